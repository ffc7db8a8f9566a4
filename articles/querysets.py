"""Adjectives: which editions readers may see at a moment."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

WITHDRAWAL = "withdrawal"


class EditionQuerySet(QuerySet[Any]):
    def published(self, now: datetime) -> Self:
        """Every edition whose time has come, replaced ones and withdrawals included; twin of `is_published(now)`."""
        return self.filter(live_at__lte=now)

    def newest(self, now: datetime) -> Self:
        """The one edition per article that counts at `now`, be it a withdrawal."""
        newer = self.model._default_manager.filter(
            article=OuterRef("article"), number__gt=OuterRef("number"), live_at__lte=now
        )
        return self.published(now).filter(~Exists(newer))

    def live(self, now: datetime) -> Self:
        """What readers read at `now`: the newest edition of every article that is not withdrawn."""
        return self.newest(now).exclude(kind=WITHDRAWAL)

    def scheduled(self, now: datetime) -> Self:
        """Editions whose time is still to come."""
        return self.filter(live_at__gt=now)

    def recent(self) -> Self:
        """Newest “updated” first, without the content that only the article's own page needs."""
        return self.defer("content").order_by("-updated_at", "-id")
