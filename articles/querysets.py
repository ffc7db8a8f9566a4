"""Adjectives: which editions readers may see at a moment, which articles somebody may work on."""

from datetime import datetime
from typing import Any, Never, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from aisrace.lib.watching import WatchedQuerySet

WITHDRAWAL = "withdrawal"


class ArticleQuerySet(QuerySet[Any]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those a person may see and change in the desk; twin of `Article.is_editable_by(user)`.

        Contributors have their own: begun by them or with them in the byline.
        """
        if user.has_perm("articles.edit_any_article"):
            return self
        if not user.has_perm("articles.change_article"):
            return self.none()
        return self.filter(Q(entered_by=user.pk) | Q(pk__in=self.model.objects.filter(authors__user=user.pk)))

    def readable_by(self, user: User | AnonymousUser, now: datetime) -> Self:
        """A working copy is seen by those who may work on it."""
        return self.editable_by(user)

    def with_newest(self) -> Self:
        """What is known of the edition with the highest number: `newest_kind`, `newest_number`, `newest_live_at`."""
        editions = self.model.editions.rel.related_model._base_manager
        newest = editions.filter(article=OuterRef("pk")).order_by("-number")
        names = ("kind", "number", "live_at")
        return self.annotate(**{f"newest_{name}": Subquery(newest.values(name)[:1]) for name in names})

    def submitted(self) -> Self:
        """Awaiting review, longest first."""
        return self.filter(submitted_at__isnull=False).order_by("submitted_at", "id")


class IntakeQuerySet(QuerySet[Any]):
    def readable_by(self, user: User | AnonymousUser, now: datetime) -> Self:
        """Documents that wait with whoever brought them in; once there is an article, for those who may work on it."""
        if user.has_perm("articles.edit_any_article"):
            return self
        articles = self.model.article.field.related_model._default_manager.editable_by(user)
        # A list, for without an account the key is None, and that would find what nobody brought in.
        return self.filter(Q(article=None, brought_by__in=[user.pk]) | Q(article__in=articles))


class EditionQuerySet(WatchedQuerySet):
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

    def unpublish(self, now: datetime) -> int:
        """Delete those that nobody has read yet; only `unschedule` does."""
        return super(EditionQuerySet, self.scheduled(now)).delete()[0]

    def update(self, **values: Any) -> Never:
        raise TypeError("What was published is not written again.")

    def delete(self) -> Never:
        raise TypeError("What was published stays; unschedule takes back what was not.")
