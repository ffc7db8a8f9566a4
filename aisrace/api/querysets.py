"""Adjectives for keys: which of them open anything, and whose they are."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet


class ApiKeyQuerySet(QuerySet[Any]):
    def usable(self, now: datetime) -> Self:
        """Keys that open something; twin of `is_usable(now)`. A closed account, or one that left the desk, has none."""
        alive = self.filter(revoked_at=None, person__is_active=True, person__is_staff=True)
        return alive.filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def readable_by(self, user: User | AnonymousUser, now: datetime) -> Self:
        """Everybody sees their own, superusers all."""
        if user.is_superuser:
            return self
        return self.none() if user.pk is None else self.filter(person=user.pk)
