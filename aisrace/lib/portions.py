"""Deleting much without holding anybody up: a few at a time, each portion by itself, and what is left another time."""

from typing import Any

from django.db.models import QuerySet

PORTION = 500  # rows
PORTIONS = 40  # at once


def delete_in_portions(rows: QuerySet[Any]) -> int:
    """The rows themselves are counted, not what goes with them. One query where there are none."""
    done = 0
    for _ in range(PORTIONS):
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])
        if not keys:
            break
        # Asked again, for one of them may have changed meanwhile.
        done += rows.filter(pk__in=keys).delete()[1].get(rows.model._meta.label, 0)
    return done
