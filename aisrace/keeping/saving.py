"""Changing a row that is kept: locked, checked against what its editor saw, told in history and trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import reversion
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from aisrace.keeping.models import Deed, Kept
from aisrace.keeping.states import State, bookkeeping, differ, find_newest, make_entry, read_state, same_values
from aisrace.keeping.trail import Person, record
from aisrace.lib.figures import minute

FOUND = "found"  # the comment of a revision that keeps what was changed outside the desk


class Overtaken(Exception):
    """Somebody saved the row after it was read; nothing was written."""

    def __init__(self, row: Kept) -> None:
        self.row = row
        self.deed = find_last_change(row)
        super().__init__(f"{tell_change(self.deed)} after you opened it. Nothing was saved.")


@contextmanager
def keeping[Row: Kept](
    row: Row,
    *,
    by: Person,
    now: datetime,
    verb: str = "changed",
    expected: int | None = None,
    note: str = "",
    **detail: Any,
) -> Iterator[Row]:
    """Gives the row locked and fresh; change and save it and its parts inside the block.

    At its end the version goes up, a revision is kept and the deed recorded, in one transaction; not where nothing
    differs. Raises `Overtaken` where `expected` is given and no longer the version. `row` gets the new version.
    """
    with transaction.atomic():
        current = lock(type(row), row.pk)
        if current is None:
            raise type(row).DoesNotExist(f"“{row}” was deleted meanwhile.")
        if expected is not None and current.version != expected:
            raise Overtaken(current)
        keep_as_found(current, now)
        before = read_state(current)
        yield current
        if keep_change(current, before, by=by, now=now):
            record(verb, current, by=by, now=now, note=note, saved_version=current.version, **detail)
    row.version = current.version


def keep_new(row: Kept, *, by: Person, now: datetime, note: str = "", **detail: Any) -> None:
    """For a row that was made outside the desk's forms, in the transaction that made it."""
    write_revision(row, by=by, at=now)
    record("added", row, by=by, now=now, note=note, saved_version=row.version, **detail)


def lock[Row: Kept](model: type[Row], pk: Any) -> Row | None:
    """The row, for this transaction alone; None where there is none or the key makes no sense."""
    try:
        return model._base_manager.select_for_update().filter(pk=pk).first()
    except (ValueError, ValidationError):
        return None


def keep_as_found(row: Kept, now: datetime) -> None:
    """Before a change: a revision of what is there, where no revision has it. So every version can be gone back to."""
    newest = find_newest(row)
    if newest is None or not same_values(newest, make_entry(row)) or newest.values.get("version") != row.version:
        write_revision(row, by=None, at=now, comment=FOUND)


def keep_change(row: Kept, before: State, *, by: Person, now: datetime) -> bool:
    """After a change: a new version and its revision. Where nothing differs the row gets its dates back."""
    if not differ(before, read_state(row)):
        undo_dates(row, before)
        return False
    row.version = before.version + 1
    row.save(update_fields=["version"])
    write_revision(row, by=by, at=now)
    return True


def undo_dates(row: Kept, before: State) -> None:
    dates = {name: before.root.values[name] for name in bookkeeping(type(row)) - {"version"}}
    if dates:
        type(row)._base_manager.filter(pk=row.pk).update(**dates)


def write_revision(row: Kept, *, by: Person, at: datetime, comment: str = "") -> None:
    """The row and its parts as the database has them now."""
    with reversion.create_revision(manage_manually=True):
        reversion.set_user(by if isinstance(by, User) else None)
        reversion.set_comment(comment)
        reversion.set_date_created(at)
        reversion.add_to_revision(type(row)._base_manager.get(pk=row.pk))


# --- Who changed it --------------------------------------------------------------------------------------------------


def find_last_change(row: Kept) -> Deed | None:
    """What brought the row to its version, where that was told."""
    return Deed.objects.about(row).filter(detail__saved_version=row.version).first()


def tell_change(deed: Deed | None) -> str:
    if deed is None:
        return "Somebody saved a newer version"
    return f"{deed.by_name or 'The system'} saved a newer version on {minute(deed.at)}"
