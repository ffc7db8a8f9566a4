"""An import as a row: previewed, confirmed, carried out once whoever asks how often, and kept for undoing.

A preview is the import itself, undone before anybody sees it. Confirming only says that it is due: the desk carries it
out at once, and a sweep does if the desk does not. What is claimed is claimed by a conditional update, and checked
again inside the transaction.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from aisrace.keeping.trail import record
from experts.importing import ImportStopped, Keeper, Listener, Options, Report, import_positions
from experts.importing.journal import Change, Journal
from experts.importing.report import KINDS, OUTCOMES
from experts.importing.uploads import rename
from experts.models import ImportChange, ImportRun
from experts.models.imports import PATIENCE

BATCH = 2000
State = ImportRun.State
TABLE = ImportChange._meta.db_table
COLUMNS = '(run_id, kind, row_id, outcome, line, "before", "after", note, "left")'
INSERT = f"INSERT INTO {TABLE} {COLUMNS} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '')"  # noqa: S608 (names of ours)
INSERT_ON_POSTGRESQL = f"""INSERT INTO {TABLE} {COLUMNS}
    SELECT %s, kind, row_id, outcome, line, "before", "after", note, '' FROM jsonb_to_recordset(%s::jsonb) AS changes
    (kind text, row_id bigint, outcome text, line integer, "before" jsonb, "after" jsonb, note text)"""  # noqa: S608
write_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
OPEN = (State.UPLOADED, State.PREVIEWED, State.FAILED)


class Overtaken(Exception):
    """Somebody else has carried it out meanwhile, or is about to."""


class ProgressListener(Listener):
    """Leaves in the cache how far an import is, for the page that waits for it."""

    def __init__(self, pk: int) -> None:
        self.pk = pk

    def advance(self, stage: str, done: int, total: int | None) -> None:
        cache.set(_progress_key(self.pk), {"stage": stage, "done": done, "total": total}, 3600)


class RunKeeper(Keeper):
    """Keeps the changes of a run that is carried out, and ends it, in the transaction of the import."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run

    def begin(self) -> Journal:
        if self.run._state.adding:
            self.run.save()
        elif not self._claimed().exists():
            raise Overtaken
        self.run.changes.all().delete()
        return Journal(self._keep, self.run.started_by_id)

    def end(self, report: Report) -> None:
        report.run = self.run.pk
        data = report.as_data() | {"differs": tell_differences(self.run.preview, report)}
        ended = timezone.now()
        if not self._claimed().update(state=State.DONE, report=data, ended_at=ended):
            raise Overtaken
        record("imported", self.run, by=self.run.started_by, now=ended, rows=report.rows, **count(data))

    def _claimed(self) -> Any:
        return ImportRun.objects.filter(pk=self.run.pk, state=State.IMPORTING, taken_at=self.run.taken_at)

    def _keep(self, changes: Sequence[Change]) -> None:
        store_changes(self.run, changes)


class Sketch(Keeper):
    """Holds the changes of a preview outside the database, which forgets them."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def begin(self) -> Journal:
        return Journal(self._keep)

    def _keep(self, changes: Iterable[Change]) -> None:
        self.file.writelines(json.dumps(change) + "\n" for change in changes)

    def read(self) -> Iterator[Change]:
        self.file.seek(0)
        yield from (Change(*json.loads(line)) for line in self.file)


def store_changes(run: ImportRun, changes: Iterable[Change]) -> None:
    """Past the models, which would make an import half as slow again; every value is a parameter all the same."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # many rows as one value, which its driver need not take apart
            rows = write_json([change._asdict() for change in changes])
            cursor.execute(INSERT_ON_POSTGRESQL, [run.pk, rows])
        else:
            told = [(run.pk, *c[:4], write_json(c.before), write_json(c.after), c.note) for c in changes]
            cursor.executemany(INSERT, told)


def read_options(run: ImportRun, **more: Any) -> Options:
    said = run.options | {"day": date.fromisoformat(run.options["day"]) if run.options.get("day") else None}
    return Options(**said, file_name=run.file_name, **more)


def store_options(run: ImportRun, options: dict[str, Any]) -> bool:
    """A preview of what was chosen before is out of date. False where the run is on its way already."""
    run.options, run.preview, run.report, run.state = options, {}, {}, State.UPLOADED
    chosen = {"options": options, "preview": {}, "report": {}, "state": State.UPLOADED}
    return bool(ImportRun.objects.filter(pk=run.pk, state__in=OPEN).update(**chosen))


def preview(run: ImportRun, now: datetime) -> bool:
    """Whether it can be imported; `run.preview` says what would be done, or everything that is wrong."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        sketch = Sketch(file)
        try:
            report = import_positions(
                Path(run.file.path), read_options(run, dry_run=True), now, ProgressListener(run.pk), sketch
            )
            state, data = State.PREVIEWED, report.as_data()
        except ImportStopped as stopped:
            state, data = State.UPLOADED, _rename_errors(run, stopped.report.as_data())
            file.truncate(0)
        with transaction.atomic():
            if not ImportRun.objects.filter(pk=run.pk, state__in=OPEN).update(state=state, preview=data, report={}):
                raise Overtaken
            run.changes.all().delete()
            for batch in batched(sketch.read(), BATCH):
                store_changes(run, batch)
    run.state, run.preview = state, data
    return state == State.PREVIEWED


def confirm(run: ImportRun, by: User, now: datetime) -> bool:
    """From here on it is due. False where it was confirmed before, or its preview is not up to date."""
    cache.delete(_progress_key(run.pk))  # the preview's
    claimed = ImportRun.objects.filter(pk=run.pk, state=State.PREVIEWED)
    return bool(claimed.update(state=State.IMPORTING, confirmed_at=now, taken_at=None, started_by=by))


def retry(run: ImportRun, now: datetime) -> bool:
    """Lets an import that stopped without a word be carried out again; what it had written is gone with it."""
    stuck = ImportRun.objects.filter(pk=run.pk, state=State.IMPORTING, taken_at__lte=now - PATIENCE)
    return bool(stuck.update(taken_at=None))


def carry_out(pk: int, now: datetime) -> bool:
    """The import that was confirmed, if nobody else is at it; whether it was done."""
    if not ImportRun.objects.filter(pk=pk, state=State.IMPORTING, taken_at=None).update(taken_at=now):
        return False
    run = ImportRun.objects.select_related("started_by").get(pk=pk)
    taken = ImportRun.objects.filter(pk=pk, state=State.IMPORTING, taken_at=now)
    try:
        import_positions(Path(run.file.path), read_options(run), now, ProgressListener(pk), RunKeeper(run))
    except Overtaken:
        return False
    except ImportStopped as stopped:
        data = _rename_errors(run, stopped.report.as_data())
        taken.update(state=State.FAILED, report=data, ended_at=timezone.now())
        return False
    except Exception as error:
        taken.update(state=State.FAILED, report=_blame(error), ended_at=timezone.now())
        raise
    return True


def import_due(now: datetime) -> int:
    """A sweep: carries out what was confirmed and nobody has taken up."""
    due = ImportRun.objects.filter(state=State.IMPORTING, taken_at=None).order_by("confirmed_at")
    return sum(carry_out(pk, now) for pk in due.values_list("pk", flat=True))


def import_by_command(path: Path, options: Options, now: datetime, listener: Listener) -> Report:
    """An import without a preview; it leaves a row to undo it by, where it is not a dry run and went well."""
    if options.dry_run:
        return import_positions(path, options, now, listener)
    chosen = {k: v for k, v in asdict(options).items() if k not in ("dry_run", "file_name")}
    chosen["day"] = options.day.isoformat() if options.day else None
    run = ImportRun(
        file_name=path.name[:200],
        options=chosen,
        state=State.IMPORTING,
        created_at=now,
        confirmed_at=now,
        taken_at=now,
    )
    return import_positions(path, options, now, listener, RunKeeper(run))


def read_progress(run: ImportRun) -> dict[str, Any]:
    """Empty where another process, that shares no cache with this one, carries it out."""
    return cache.get(_progress_key(run.pk)) or {}


def count(data: dict[str, Any]) -> dict[str, Any]:
    return {kind: data[kind] for kind in KINDS if kind in data}


def tell_differences(preview: dict[str, Any], report: Report) -> list[str]:
    """Where what was done is not what the preview announced: the record changed in between."""
    return [
        f"{kind.capitalize()} {outcome}: {report.counts[kind][outcome]:,}, not {preview[kind][outcome]:,}."
        for kind in KINDS
        for outcome in OUTCOMES
        if preview and report.counts[kind][outcome] != preview[kind][outcome]
    ]


def _rename_errors(run: ImportRun, data: dict[str, Any]) -> dict[str, Any]:
    return data | {"errors": [error | {"message": rename(run, error["message"])} for error in data["errors"]]}


def _blame(error: Exception) -> dict[str, Any]:
    return {"errors": [{"line": 0, "message": f"Something went wrong that should not: {type(error).__name__}."}]}


def _progress_key(pk: int) -> str:
    return f"import-progress-{pk}"
