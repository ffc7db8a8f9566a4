"""What is due and not done, by queue: for the doctor and the metrics."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from aisrace.hooks.models import Delivery
from aisrace.journal.models import Touch
from articles.models import Announcement
from comments.answering import find_unanswered
from comments.models import Comment, Letter
from experts.models import ImportRun


@dataclass(frozen=True)
class Queue:
    """`since` is when the oldest became due; None where nothing is, or where nobody noted it."""

    name: str
    count: int
    since: datetime | None


def read_queues(now: datetime) -> list[Queue]:
    """Seven queries, each by an index or over few rows."""
    imports = ImportRun.objects.filter(state=ImportRun.State.IMPORTING, taken_at=None)
    return [
        measure("announcements", Announcement.objects.filter(done_at=None, due_at__lte=now), "due_at"),
        measure("letters", Letter.objects.due(now).by_themselves(), "due_at"),
        measure("deliveries", Delivery.objects.due(now), "due_at"),
        measure("imports", imports, "confirmed_at"),
        measure("notices", find_unanswered(now), "settled_at"),
        Queue("journal", Touch.objects.count(), None),
        # These wait for people.
        Queue("held comments", Comment.objects.filter(state=Comment.State.HELD).count(), None),
    ]


def measure(name: str, rows: QuerySet[Any], field: str) -> Queue:
    found = rows.order_by().aggregate(count=Count("pk"), since=Min(field))
    return Queue(name, found["count"], found["since"])
