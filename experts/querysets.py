"""Adjectives: which experts, questions and positions, asked once and tested against their instance twins."""

from datetime import date, datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from aisrace.lib.watching import WatchedQuerySet

type Person = User | AnonymousUser

SILENT = "silent"


class DeskQuerySet(WatchedQuerySet):
    """What somebody sees and changes of the record in the desk.

    Contributors see what is public and what they entered, and change what they entered until a date is set from which
    readers see it: from then on a change would be a publication.
    """

    def entered_by_user(self, user: Person) -> Self:
        """Nobody's rows belong to nobody, not to whoever has not signed in."""
        return self.none() if user.pk is None else self.filter(entered_by=user.pk)

    def editable_by(self, user: Person) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.entered_by_user(user)


class PublicQuerySet(DeskQuerySet):
    def public(self, now: datetime) -> Self:
        """Rows that readers may see at `now`; the twin of `is_public(now)`."""
        return self.filter(public_at__lte=now)

    def readable_by(self, user: Person, now: datetime) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.entered_by_user(user) | self.public(now)

    def editable_by(self, user: Person) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.entered_by_user(user).filter(public_at=None)


class PositionQuerySet(PublicQuerySet):
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

    def current(self, now: datetime, day: date | None) -> Self:
        """Those that count at the end of `day`, None: the latest, among all public ones; twin of `compare()`.

        That is the newest, but that a silence takes the place of nothing: it counts until there is something else.
        """
        return self.stated_by(day).filter(self._counting(now, day))

    def with_standing(self, now: datetime, day: date | None) -> Self:
        """All that were stated by the end of `day`, each with `is_current`: whether it is among the `current` ones."""
        return self.stated_by(day).annotate(is_current=self._counting(now, day))

    def _counting(self, now: datetime, day: date | None) -> Q:
        """Asks twice for each row, each time by the index that keeps an expert to one position a day."""
        others = self.model._default_manager.public(now).stated_by(day)
        beside = others.filter(expert=OuterRef("expert"), question=OuterRef("question"))
        said_later = beside.filter(stated_on__gt=OuterRef("stated_on")).exclude(blank=SILENT)
        earlier = beside.filter(stated_on__lt=OuterRef("stated_on"))
        return Q(~Exists(said_later), ~Q(blank=SILENT) | ~Exists(earlier))


class SourceQuerySet(DeskQuerySet):
    """A source is as public as what rests on it: alone it could tell of a position that nobody is to know of yet."""

    def public(self, now: datetime) -> Self:
        return self.filter(Q(pk__in=self._under("positions", now)) | Q(pk__in=self._under("quotes__position", now)))

    def readable_by(self, user: Person, now: datetime) -> Self:
        return self if user.has_perm("experts.edit_any_record") else self.entered_by_user(user) | self.public(now)

    def editable_by(self, user: Person) -> Self:
        if user.has_perm("experts.edit_any_record"):
            return self
        everything = self.model._default_manager
        dated = [everything.filter(**{f"{way}__public_at__isnull": False}) for way in ("positions", "quotes__position")]
        return self.entered_by_user(user).exclude(Q(pk__in=dated[0].values("pk")) | Q(pk__in=dated[1].values("pk")))

    def _under(self, way: str, now: datetime) -> QuerySet[Any]:
        """Keys of sources of public positions; `way` leads from a source to them."""
        dates = ("public_at", "expert__public_at", "question__public_at")
        shown = self.model._default_manager.filter(**{f"{way}__{date}__lte": now for date in dates})
        return shown.order_by().values("pk")


class TopicQuerySet(DeskQuerySet):
    def asked(self, now: datetime) -> Self:
        """Topics of at least one public question."""
        return self.filter(questions__public_at__lte=now).distinct()
