"""Adjectives: which experts, questions and positions, asked once and tested against their instance twins."""

from datetime import date, datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet


class DeskQuerySet(QuerySet[Any]):
    """What somebody sees and changes of the record in the desk; contributors see what is public and what is theirs."""

    def editable_by(self, user: User | AnonymousUser) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.filter(entered_by=user.pk)


class PublicQuerySet(DeskQuerySet):
    def public(self, now: datetime) -> Self:
        """Rows that readers may see at `now`; the twin of `is_public(now)`."""
        return self.filter(public_at__lte=now)

    def readable_by(self, user: User | AnonymousUser, now: datetime) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.filter(entered_by=user.pk) | self.public(now)


class PositionQuerySet(DeskQuerySet):
    def public(self, now: datetime) -> Self:
        """Public positions of public experts on public questions."""
        return self.filter(
            public_at__lte=now,
            expert__public_at__lte=now,
            question__public_at__lte=now,
        )

    def readable_by(self, user: User | AnonymousUser, now: datetime) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.filter(entered_by=user.pk) | self.public(now)

    def stated_by(self, day: date | None) -> Self:
        """Everything stated up to and including `day`; all of it for None."""
        return self if day is None else self.filter(stated_on__lte=day)


class TopicQuerySet(DeskQuerySet):
    def asked(self, now: datetime) -> Self:
        """Topics of at least one public question."""
        return self.filter(questions__public_at__lte=now).distinct()
