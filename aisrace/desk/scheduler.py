"""What the desk says about the background work: when the sweeps last ran, and what it means when they do not."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from aisrace.sweeps.models import Sweep

ASK = "Tell an administrator."
WHAT_IT_MEANS = "Articles still go live on time; announcements and mails wait."
WHAT_TO_DO = "Start “manage.py sweep” every minute, or the worker and its scheduler; docs/operations.md says how."
WHERE_TO_LOOK = "The error stands in the list of background work and in the log."


@dataclass(frozen=True)
class Scheduler:
    """`ran_at` is when every sweep had last run to its end: the oldest of their times, None where one never did."""

    ran_at: datetime | None
    late: tuple[str, ...]
    failing: tuple[str, ...]
    is_for_administrator: bool = True

    @property
    def is_well(self) -> bool:
        return not (self.late or self.failing)

    @property
    def warning(self) -> str:
        """Plain words for what is wrong; empty when all is well."""
        if not (self.is_well or self.is_for_administrator):
            return f"Scheduled {WHAT_IT_MEANS[0].lower()}{WHAT_IT_MEANS[1:]}"
        if self.failing:
            return f"Failing: {', '.join(self.failing)}."
        if self.late:
            return (
                "The background work has stopped." if self.ran_at else "The background work has never run to its end."
            )
        return ""

    @property
    def meaning(self) -> str:
        return WHAT_IT_MEANS if self.is_for_administrator else ""

    @property
    def remedy(self) -> str:
        if not self.is_for_administrator:
            return ASK
        return WHERE_TO_LOOK if self.failing else WHAT_TO_DO


def read_scheduler(now: datetime, is_for_administrator: bool = True) -> Scheduler:
    """One query. A sweep that has left the settings no longer counts."""
    rows = {row.name: row for row in Sweep.objects.filter(name__in=settings.SWEEPS)}
    ends = [row.ended_at if (row := rows.get(name)) else None for name in settings.SWEEPS]
    return Scheduler(
        ran_at=min((end for end in ends if end), default=None) if all(ends) else None,
        late=tuple(name for name in settings.SWEEPS if name not in rows or rows[name].is_late(now)),
        failing=tuple(name for name, row in rows.items() if row.error),
        is_for_administrator=is_for_administrator,
    )
