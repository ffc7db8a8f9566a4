"""Bringing a published table of positions into the record, all of it or nothing.

A table is read and checked before the database is touched; it is then compared with the record and written in one
transaction, one import at a time. Repeating an import changes nothing. What an editor has changed since the last one is
left alone and counted as refused, which does not fail the run; any row that is malformed does, and then nothing is
imported.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from aisrace.lib.text import clean_line
from experts.importing.columns import Columns, ColumnsUnclear, choose_columns
from experts.importing.entries import MAX_NAME, Days, Entries, Problem, read_entries
from experts.importing.journal import Journal
from experts.importing.naming import cut, key_of
from experts.importing.people import save_experts
from experts.importing.positions import Context, save_positions
from experts.importing.questions import save_questions
from experts.importing.report import ImportStopped, Report
from experts.importing.scales import Meaning, ScaleUnclear, interpret, store_scale
from experts.importing.sources import Sources
from experts.importing.wanted import describe_questions
from experts.tables import Row, Table, TableUnreadable, open_table

__all__ = ["ImportStopped", "Keeper", "Listener", "Options", "Report", "import_positions"]

SAMPLE = 200  # rows looked at to guess the columns
MAX_LANGUAGE = 35
LOCK = 0x1A15_7ACE  # any number that means nothing else on this database
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class OptionWrong(Exception):
    """Names the option."""


@dataclass(frozen=True, slots=True)
class Options:
    """`columns` maps fields to headings (empty: no such column), `answers` cells to labels or blank words.

    `day` is the date of rows without one. `source` names what was published; without it the file's name is the title,
    and the references of polls begin with nothing. `file_name` is what the file was called before it was stored.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    scale: str = ""
    source: str = ""
    publisher: str = ""
    language: str = ""
    sheet: str = ""
    day: date | None = None
    date_format: str = ""
    private: bool = False
    dry_run: bool = False
    file_name: str = ""


class Listener:
    """Told how an import goes on; this one keeps it to itself."""

    def tell(self, message: str) -> None:
        """Something that was decided, before work begins."""

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """So many rows have been read or stored."""


class Keeper:
    """Told, inside the transaction, that the import begins and that it has gone well. This one keeps nothing of it."""

    def begin(self) -> Journal:
        """Where the changes are to be taken down."""
        return Journal()

    def end(self, report: Report) -> None:
        """Whatever it raises undoes the import."""


def import_positions(
    path: Path, options: Options, now: datetime, listener: Listener | None = None, keeper: Keeper | None = None
) -> Report:
    """Raises `ImportStopped`, with everything that is wrong, and the database is as before."""
    report = Report(file=options.file_name or path.name, dry_run=options.dry_run)
    listener, keeper = listener or Listener(), keeper or Keeper()
    with _stopping(report):
        check_options(options)
        entries = _read(path, options, timezone.localdate(now), report, listener)
        with transaction.atomic():
            # What is on record is only read from here on, so that another import cannot add to it in between.
            lock_on_postgresql()
            report.journal = keeper.begin()
            meaning = _interpret(entries, options, report, listener)
            _store(
                entries, meaning, options, public_at=None if options.private else now, report=report, listener=listener
            )
            report.journal.settle()
            keeper.end(report)
            if options.dry_run:
                transaction.set_rollback(True)
    return report


def check_options(options: Options) -> None:
    for name, text in (("source", options.source), ("publisher", options.publisher)):
        if len(text) > MAX_NAME:
            raise OptionWrong(f"--{name} is longer than {MAX_NAME} characters.")
    if options.language and not (_LANGUAGE.fullmatch(options.language) and len(options.language) <= MAX_LANGUAGE):
        raise OptionWrong(f"--language “{options.language[:40]}” is not a language tag like en or zh-Hans.")


@contextmanager
def _stopping(report: Report) -> Iterator[None]:
    """Whatever stops the run becomes errors in the report, with its counts back at 0."""
    try:
        yield
        return
    except ImportStopped:
        pass  # the report knows why
    except (TableUnreadable, ColumnsUnclear, ScaleUnclear, OptionWrong) as error:
        report.errors.append(Problem(getattr(error, "line", 0), str(error)))
    except DatabaseError as error:
        report.errors.append(Problem(0, f"The database refused: {error}"))
    report.forget()
    raise ImportStopped(report)


def lock_on_postgresql() -> None:
    """Imports take turns, until the transaction ends. On SQLite they do anyway: every transaction is IMMEDIATE."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _read(path: Path, options: Options, today: date, report: Report, listener: Listener) -> Entries:
    with open_table(path, options.sheet) as table:
        sample = list(islice(table.rows, SAMPLE))
        cells = [row.cells for row in sample if len(row.cells) == len(table.headings)]
        columns = choose_columns(table.headings, cells, options.columns, has_date=options.day is not None)
        report.sheet, report.columns = table.sheet, columns.headings
        listener.tell(_describe_columns(columns, table))
        rows = _count(chain(sample, table.rows), listener)
        days = Days(today, options.date_format, options.day)
        entries = read_entries(Table(table.headings, rows, table.sheet), columns, days)
        listener.advance("Reading", len(entries.positions), len(entries.positions))
    report.rows = len(entries.positions)
    report.errors += entries.problems
    return entries


def _describe_columns(columns: Columns, table: Table) -> str:
    chosen = ", ".join(f"{field} = “{heading[:40]}”" for field, heading in columns.headings.items())
    ignored = [heading[:40] for heading in table.headings if heading and heading not in columns.headings.values()]
    sheet = f"Sheet: {table.sheet}\n" if table.sheet else ""
    return f"{sheet}Columns: {chosen}" + (f"\nIgnored: {', '.join(ignored)}" if ignored else "")


def _count(rows: Iterable[Row], listener: Listener) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if not number % 1000:
            listener.advance("Reading", number, None)
        yield row


def _interpret(entries: Entries, options: Options, report: Report, listener: Listener) -> Meaning:
    """Stops here where anything was wrong with the rows, so that unknown answers are told with the rest."""
    if not entries.positions:
        raise ImportStopped(report)
    counts = Counter(entry.answer for entry in entries.positions)
    meaning = interpret(counts, options.scale, options.answers)
    first = {entry.answer: entry.line for entry in reversed(entries.positions)}
    for answer in meaning.unknown:
        times = f"{counts[answer]:,} time{'s' * (counts[answer] > 1)}"
        message = f"“{answer}” ({times}, first here) is no answer of the scale “{meaning.scale.slug}”."
        report.errors.append(Problem(first[answer], f"{message} See --answer."))
    if report.errors:
        raise ImportStopped(report)
    report.scale = meaning.scale.slug
    report.blanks.update(str(meaning.blanks[answer]) for answer in counts.elements() if answer in meaning.blanks)
    listener.tell(f"Scale: {meaning.scale.slug} ({', '.join(meaning.scale.answers)})")
    return meaning


def _store(
    entries: Entries,
    meaning: Meaning,
    options: Options,
    *,
    public_at: datetime | None,
    report: Report,
    listener: Listener,
) -> None:
    scale = store_scale(meaning.scale, report.journal)
    sources = _name_sources(entries, options, report)
    experts = save_experts(entries.experts, report, public_at)
    questions = save_questions(describe_questions(entries.questions, sources.panel), scale.pk, report, public_at)
    if report.errors:
        raise ImportStopped(report)
    context = Context(
        experts=experts,
        questions=questions,
        meaning=replace(meaning, scale=scale),
        sources=sources,
        minds_source=bool(sources.panel),
        language=options.language,
        public_at=public_at,
    )
    total = len(entries.positions)
    save_positions(entries.positions, context, report, lambda done: listener.advance("Storing", done, total))


def _name_sources(entries: Entries, options: Options, report: Report) -> Sources:
    said = clean_line(options.source)
    title = said or cut(" ".join(clean_line(Path(report.file).stem).replace("_", " ").split()), MAX_NAME) or "Table"
    days = {entry.day for entry in entries.positions}
    only_day = min(days) if len(days) == 1 else None
    return Sources(key_of(said), title, clean_line(options.publisher), entries.polls, only_day, report.journal)
