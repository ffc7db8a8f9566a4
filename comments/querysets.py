"""Adjectives: which comments readers see, which wait, which bans are in force, which letters are to be sent."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

VISIBLE = "visible"
NOTICES = ("reply", "decision")  # letters about what has happened; a digest holds many of them
LONG_CLAIMED = timedelta(minutes=10)  # no letter takes so long to send: whoever claimed it is gone
GONE = ("held", "rejected", "spam", "deleted", "erased")  # once shown perhaps, and with replies below


class CommentQuerySet(QuerySet[Any]):
    def visible(self) -> Self:
        return self.filter(state=VISIBLE)

    def threads(self) -> Self:
        """First comments: those that answer the article."""
        return self.filter(parent=None)

    def held(self) -> Self:
        """Awaiting a moderator, longest first."""
        return self.filter(state="held").order_by("created_at", "id")

    def featured(self) -> Self:
        """Editor's picks, newest first."""
        return self.visible().filter(featured_at__isnull=False).order_by("-featured_at", "-id")


class BanQuerySet(QuerySet[Any]):
    def in_force(self, now: datetime) -> Self:
        """Twin of `Ban.is_in_force(now)`."""
        return self.filter(Q(until=None) | Q(until__gt=now), begins_at__lte=now, lifted_at=None)


class LetterQuerySet(QuerySet[Any]):
    def unsent(self) -> Self:
        return self.filter(sent_at=None, given_up_at=None)

    def due(self, now: datetime) -> Self:
        """To be sent, and nobody is at it."""
        is_free = Q(claimed_at=None) | Q(claimed_at__lte=now - LONG_CLAIMED)
        return self.unsent().filter(is_free, due_at__lte=now)

    def notices(self) -> Self:
        return self.filter(kind__in=NOTICES)

    def by_themselves(self) -> Self:
        """Without the notices that wait for a digest to the same reader."""
        digests = self.model._default_manager.unsent().filter(kind="digest", commenter=OuterRef("commenter"))
        return self.exclude(Q(kind__in=NOTICES) & Exists(digests))
