"""Adjectives: which documents readers may find at a moment."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

SHOWN = "SELECT COALESCE(MAX(shown), 1) FROM search_shelf"


class DocumentQuerySet(QuerySet[Any]):
    def shown(self) -> Self:
        """Of the generation that readers are shown, whenever."""
        return self.filter(generation=RawSQL(f"({SHOWN})", ()))  # noqa: S611 (ours)

    def visible(self, now: datetime) -> Self:
        return self.shown().filter(Q(until_at=None) | Q(until_at__gt=now), from_at__lte=now)
