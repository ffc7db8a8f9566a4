"""Where each article of the list stands: draft, awaiting review, scheduled, live, withdrawn."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Article, Edition
from articles.timing import tell

LABELS = {
    "draft": "Draft",
    "submitted": "Awaiting review",
    "scheduled": "Scheduled",
    "live": "Live",
    "withdrawn": "Withdrawn",
}


def name_state(article: Any, now: datetime) -> str:
    """Of an article read `with_newest()`, in the words that matter most."""
    if article.submitted_at:
        return LABELS["submitted"]
    if article.newest_number is None:
        return LABELS["draft"]
    if article.newest_live_at > now:
        return f"Scheduled: {tell(article.newest_live_at, timezone.get_current_timezone())}"
    if article.newest_kind == Edition.Kind.WITHDRAWAL:
        return LABELS["withdrawn"]
    return f"Live, edition {article.newest_number}"


def find_state(state: str, now: datetime) -> Q:
    """For articles `with_newest()`; twin of `name_state`."""
    conditions = {
        "draft": Q(newest_number=None, submitted_at=None),
        "submitted": Q(submitted_at__isnull=False),
        "scheduled": Q(newest_live_at__gt=now, submitted_at=None),
        "live": Q(newest_live_at__lte=now, submitted_at=None) & ~Q(newest_kind=Edition.Kind.WITHDRAWAL),
        "withdrawn": Q(newest_live_at__lte=now, newest_kind=Edition.Kind.WITHDRAWAL, submitted_at=None),
    }
    return conditions[state]


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return LABELS.items()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        state = self.value()
        return queryset.filter(find_state(state, timezone.now())) if state in LABELS else queryset
