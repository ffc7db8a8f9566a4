"""Adjectives: which experts, questions and positions, asked once and tested against their instance twins."""

from datetime import date, datetime
from typing import Any, Self

from django.db.models import QuerySet


class PublicQuerySet(QuerySet[Any]):
    def public(self, now: datetime) -> Self:
        """Rows that readers may see at `now`; the twin of `is_public(now)`."""
        return self.filter(public_at__lte=now)


class PositionQuerySet(QuerySet[Any]):
    def public(self, now: datetime) -> Self:
        """Public positions of public experts on public questions."""
        return self.filter(
            public_at__lte=now,
            expert__public_at__lte=now,
            question__public_at__lte=now,
        )

    def stated_by(self, day: date | None) -> Self:
        """Everything stated up to and including `day`; all of it for None."""
        return self if day is None else self.filter(stated_on__lte=day)


class TopicQuerySet(QuerySet[Any]):
    def asked(self, now: datetime) -> Self:
        """Topics of at least one public question."""
        return self.filter(questions__public_at__lte=now).distinct()
