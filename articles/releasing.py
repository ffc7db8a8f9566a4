"""What an edition makes public of the record, and how that is taken back together with the edition.

A row of the record is private or has the date an editor gave it. An edition only ever moves it forward, to its own
`live_at`; what stood there before is kept in `Announcement.released`, as {model: {key: date or null}}.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from articles.models import Announcement, Edition
from experts.models import Expert, Position, Question

SHOWN: dict[str, type[Model]] = {"experts": Expert, "questions": Question, "positions": Position}

type Moments = dict[str, dict[str, str | None]]


def list_shown(edition: Edition) -> Iterator[tuple[str, QuerySet[Any]]]:
    for name, model in SHOWN.items():
        yield name, model._default_manager.filter(pk__in=[row["id"] for row in edition.content["comparison"][name]])


def lock_planned(now: datetime) -> QuerySet[Announcement]:
    """All that tell of editions to come, with these. Whoever moves dates locks them first, rows of the record after.

    To be read anew once they are locked: those who had them before may have written others. One query.
    """
    planned = Announcement.objects.filter(due_at__gt=now).order_by("pk")
    list(planned.select_for_update().values_list("pk", flat=True))
    return planned.select_related("edition")


def release(edition: Edition, now: datetime) -> None:
    """Make everything the edition shows public from its `live_at`, where it is not public sooner. Eight queries."""
    lock_planned(now)
    edition.announcement.released = {name: move_forward(rows, edition) for name, rows in list_shown(edition)}
    edition.announcement.save(update_fields=["released"])


def move_forward(rows: QuerySet[Any], edition: Edition) -> dict[str, str | None]:
    """What stood there before, by key."""
    later = rows.filter(Q(public_at=None) | Q(public_at__gt=edition.live_at)).order_by("pk")
    before = dict(later.select_for_update().values_list("pk", "public_at"))
    later.model._default_manager.filter(pk__in=before).update(public_at=edition.live_at, version=F("version") + 1)
    return {str(pk): moment and moment.isoformat() for pk, moment in before.items()}


def take_back(edition: Edition, now: datetime) -> None:
    """Every row gets the date back that it had; one that was moved since, by whomever, keeps where it was moved to.

    Editions that are still scheduled and rely on ours having released a row release it themselves.
    """
    planned = list(lock_planned(now))
    released: Moments = next((each.released for each in planned if each.edition_id == edition.pk), {})
    lock_rows(released)
    for name, rows in released.items():
        for pk, before in rows.items():
            row = SHOWN[name]._default_manager.filter(pk=pk, public_at=edition.live_at)
            row.update(public_at=before and parse_datetime(before), version=F("version") + 1)
    for other in planned:
        if other.edition_id == edition.pk:
            continue
        forget(other, edition, released)
        rely_on_itself(other, released)
        other.save(update_fields=["released"])


def lock_rows(released: Moments) -> None:
    """By model and key, as `release` does: of two who each wait for the other's row, the database ends one."""
    for name, model in SHOWN.items():
        rows = model._default_manager.filter(pk__in=released.get(name, {})).order_by("pk")
        list(rows.select_for_update().values_list("pk", flat=True))


def forget(other: Announcement, edition: Edition, released: Moments) -> None:
    """Where `other` remembers our date as the one before its own, what stood before ours takes its place."""
    for name, rows in other.released.items():
        for pk, before in rows.items():
            if before and pk in released.get(name, {}) and parse_datetime(before) == edition.live_at:
                rows[pk] = released[name][pk]


def rely_on_itself(other: Announcement, released: Moments) -> None:
    """Rows that `other` has moved itself are left out: where they stand by now, somebody has put them."""
    for name, rows in list_shown(other.edition):
        known = other.released.setdefault(name, {})
        known |= move_forward(rows.filter(pk__in=released.get(name, {}).keys() - known.keys()), other.edition)


def list_held_back(edition: Edition) -> list[tuple[str, datetime]]:
    """What the edition would show before the date that an editor (no edition) gave it, and that date. Six queries."""
    held: list[tuple[str, datetime]] = []
    for name, rows in list_shown(edition):
        later = list(rows.filter(public_at__gt=edition.live_at))
        dates = Announcement.objects.filter(due_at__in=[row.public_at for row in later]).values_list(
            "due_at", "released"
        )
        moved = {(due_at, pk) for due_at, released in dates for pk in released.get(name, {})}
        held += [(str(row), row.public_at) for row in later if (row.public_at, str(row.pk)) not in moved]
    return held
