"""Writing the trail."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model

from aisrace.keeping.models import Deed
from aisrace.keeping.querysets import kind_of

type Person = User | AnonymousUser | None


def record(verb: str, row: Model, *, by: Person, now: datetime, note: str = "", **detail: Any) -> Deed:
    """Call it in the transaction of the deed itself, before a row that is to be deleted loses its key."""
    person = by if isinstance(by, User) else None
    return Deed.objects.create(
        at=now,
        by=person,
        by_name=name_of(person),
        verb=verb,
        kind=kind_of(row),
        row_id=str(row.pk),
        label=str(row)[:300],
        note=note,
        detail=detail,
    )


def name_of(person: Person) -> str:
    return person.get_full_name() or person.get_username() if isinstance(person, User) else ""
