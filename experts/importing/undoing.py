"""Undoing a whole import: what it created goes, what it changed is put back, what has been touched or used since stays.

Everything is judged by what is on record now: a row is as the import left it, or it is left alone and listed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Model, Q

from aisrace.keeping.trail import record
from aisrace.lib.watching import tell, together
from experts.importing import lock_on_postgresql
from experts.importing.pictures import (
    MODELS,
    PARTS,
    Names,
    Picture,
    draw_stored,
    read_parts,
    read_values,
    strip_names,
)
from experts.models import ImportChange, ImportRun, Position

BATCH = 500
CREATED, UPDATED = ImportChange.Outcome.CREATED, ImportChange.Outcome.UPDATED
GONE = "It is not there any more."
CHANGED = "It was changed since."
# Readers may have seen a position, or an author counts on it. The relations are those that articles add to ours.
SHOWN = {
    "A published edition compares this expert on this question.": Q(question__editions__experts=F("expert")),
    "An article compares this expert on this question.": Q(question__articles__sections__expert=F("expert")),
}


@dataclass(slots=True)
class Undoing:
    """What undoing did or, tried out, would do. `left`: changes with their reason."""

    removed: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    left: list[ImportChange] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        return {"removed": dict(self.removed), "restored": dict(self.restored), "left": len(self.left)}


class NotUndoable(Exception):
    """Says why."""


def undo(run: ImportRun, by: User | None, now: datetime) -> Undoing | None:
    """In one transaction; None where it was undone before."""
    with transaction.atomic():
        lock_on_postgresql()
        claimed = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.DONE)
        if not claimed.update(state=ImportRun.State.UNDONE, undone_at=now, undone_by=by):
            if ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.UNDONE).exists():
                return None
            raise NotUndoable("Only an import that was carried out can be undone.")
        done = _take_back(run)
        ImportChange.objects.bulk_update(done.left, ["left"], batch_size=BATCH)
        ImportRun.objects.filter(pk=run.pk).update(undoing=done.as_data())
        record("undid import", run, by=by, now=now, **done.as_data())
    return done


def try_undoing(run: ImportRun) -> Undoing:
    """What `undo` would do: it does it, and then the database forgets."""
    with transaction.atomic():
        done = _take_back(run)
        transaction.set_rollback(True)
    return done


def _take_back(run: ImportRun) -> Undoing:
    """Positions first, for experts and questions are only free to go when these are gone."""
    done = Undoing()
    for kind, model in MODELS.items():
        for outcome in (UPDATED, CREATED):
            changes = run.changes.filter(kind=kind, outcome=outcome).order_by("-id").iterator(BATCH)
            for batch in batched(changes, BATCH):
                with together():
                    _take_back_batch(model, batch, outcome, done)
    return done


def _take_back_batch(model: type[Model], changes: Sequence[ImportChange], outcome: str, done: Undoing) -> None:
    by_id = {change.row_id or 0: change for change in changes}
    reasons = find_reasons(model, by_id, outcome)
    for pk, reason in reasons.items():
        by_id[pk].left = reason
        done.left.append(by_id[pk])
    free = [change for pk, change in by_id.items() if pk not in reasons]
    if outcome == CREATED:
        model._default_manager.filter(pk__in=[change.row_id for change in free]).delete()
        done.removed[changes[0].kind] += len(free)
    else:
        for change in free:
            _put_back(model, change.row_id or 0, change.before)
        done.restored[changes[0].kind] += len(free)


def find_reasons(model: type[Model], changes: Mapping[int, ImportChange], outcome: str) -> dict[int, str]:
    """Why these are to be left as they are, by id."""
    now = draw_stored(model, changes, Names())
    reasons = dict.fromkeys(changes.keys() - now.keys(), GONE)
    for pk, picture in now.items():
        if strip_names(picture) != strip_names(changes[pk].after):
            reasons[pk] = CHANGED
    unchanged = changes.keys() - reasons.keys()
    if model is Position:
        reasons |= find_shown(unchanged)
    return reasons | find_uses(model, unchanged - reasons.keys(), also_ours=outcome == CREATED)


def find_shown(ids: Collection[int]) -> dict[int, str]:
    found = {
        reason: Position.objects.filter(shown, pk__in=ids).order_by().values_list("pk", flat=True).distinct()
        for reason, shown in reversed(SHOWN.items())
    }
    return {pk: reason for reason, positions in found.items() for pk in positions}


def find_uses(model: type[Model], ids: Collection[int], also_ours: bool) -> dict[int, str]:
    """Rows of other apps, and of our own where the row is to go, that point to these or to what belongs to them."""
    uses = {pk: f"Used by {name}." for pk, name in _find_pointing(model, ids, also_ours)}
    if model in PARTS:
        _, part, owner = PARTS[model]
        owners = dict(part._default_manager.filter(**{f"{owner}__in": ids}).values_list("pk", owner))
        uses |= {owners[pk]: f"Used by {name}." for pk, name in _find_pointing(part, owners.keys(), also_ours)}
    return uses


def _find_pointing(model: type[Model], ids: Collection[int], also_ours: bool) -> Iterable[tuple[int, str]]:
    """One query for each relation to the model."""
    parts = {part for _, part, _ in PARTS.values()}
    for relation in model._meta.related_objects if ids else ():
        pointing = relation.related_model
        is_ours = pointing._meta.app_label == model._meta.app_label
        if pointing in parts and PARTS.get(model, (None, None))[1] is pointing:
            continue
        if is_ours and not also_ours:
            continue
        name = str(pointing._meta.verbose_name_plural)
        path = relation.field.name
        rows = pointing._default_manager.filter(**{f"{path}__in": ids}).order_by()
        yield from ((pk, name) for pk in rows.values_list(path, flat=True).distinct() if pk in ids)


def _put_back(model: type[Model], pk: int, picture: Picture) -> None:
    """The version goes on counting, so that nobody saves what they opened before over it."""
    model._default_manager.filter(pk=pk).update(**read_values(model, picture), version=F("version") + 1)
    if model in PARTS:
        name, part, owner = PARTS[model]
        wanted = {row["id"]: read_values(part, row) | {owner: pk} for row in picture.get(name, ())}
        there = {row.pk for row in read_parts(model, [pk]).get(pk, ())}
        part._default_manager.filter(pk__in=there - wanted.keys()).delete()
        for part_pk, values in wanted.items():
            if part_pk in there:
                part._default_manager.filter(pk=part_pk).update(**values)
            else:
                part._default_manager.create(pk=part_pk, **values)
        tell(model, [pk])
