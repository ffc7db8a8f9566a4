"""In which state the public record is, for those who want to know whether an answer can have changed."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from aisrace.api.collections import Reading
from aisrace.api.recalling import Finding
from aisrace.journal.kinds import find_kinds
from aisrace.journal.models import Clock, Touch


def journal_state(now: datetime) -> tuple[object, ...] | None:
    """Differs whenever anything may differ that the journal covers; None before it has begun. One query.

    Covered is what readers see of the kinds in `settings.JOURNAL_KINDS`, and what can be counted over it: at once, for
    whoever writes leaves a touch in the same transaction, and by time, for the last moment at which something became
    public is part of it, whether or not anybody has settled since. Not covered are comments, files, settings, what the
    day decides (add the day) and what is written past the ORM.
    """
    statement, moments = write_statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(now)] * moments)
        return cursor.fetchone()


@cache
def write_statement() -> tuple[str, int]:
    """And how often it asks for the moment. One statement, for it has to see all of one moment."""
    touch = Touch._meta.db_table
    begins = [(kind.model._meta.db_table, kind.begins) for kind in find_kinds() if kind.begins]
    parts = [
        *("epoch", "seq", f"(SELECT MAX(id) FROM {touch})", f"(SELECT COUNT(*) FROM {touch})"),  # noqa: S608
        *(f"(SELECT MAX({column}) FROM {table} WHERE {column} <= %s)" for table, column in begins),  # noqa: S608
    ]
    return f"SELECT {', '.join(parts)} FROM {Clock._meta.db_table}", len(begins)  # noqa: S608


class Covered(Reading):
    """A view that tells of nothing but what the journal covers, and what the day decides of it."""

    def find_state(self, values: dict[str, Any]) -> Finding | None:
        return find_state_today


def find_state_today(now: datetime) -> tuple[object, ...] | None:
    """One query."""
    state = journal_state(now)
    return state and (*state, timezone.localdate(now))
