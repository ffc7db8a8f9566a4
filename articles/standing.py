"""Where an article stands between draft and readers: what is live, what is scheduled, what publishing would change."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from articles.changes import PlaceChange, find_place_changes, list_places
from articles.freezing import freeze
from articles.models import Article, Edition
from articles.publishing import says_the_same


@dataclass(frozen=True)
class Standing:
    """`newest` has the highest number, `current` is what counts now, `shown` the last that readers could read."""

    newest: Edition | None
    current: Edition | None
    shown: Edition | None
    scheduled: Edition | None

    @property
    def live(self) -> Edition | None:
        return self.current if self.current and not self.current.is_withdrawal else None

    @property
    def withdrawn(self) -> Edition | None:
        return self.current if self.current and self.current.is_withdrawal else None

    @property
    def next_number(self) -> int:
        return self.newest.number + 1 if self.newest else 1


def read_standing(article: Article, now: datetime) -> Standing:
    """One query: at most the newest is scheduled, and a withdrawal follows something to read."""
    editions = list(article.editions.order_by("-number")[:3])
    published = [edition for edition in editions if edition.is_published(now)]
    return Standing(
        newest=next(iter(editions), None),
        current=next(iter(published), None),
        shown=next((edition for edition in published if edition.content), None),
        scheduled=next((edition for edition in editions if not edition.is_published(now)), None),
    )


@dataclass(frozen=True)
class Outlook:
    """What readers would find changed, told in `changes` as far as it is in words.

    `is_new` where they have had nothing to compare it with, `is_same` where publishing would change nothing at all,
    `is_planned` where it is what the scheduled edition says.
    """

    changes: list[PlaceChange]
    is_new: bool = False
    is_same: bool = False
    is_planned: bool = False


def foresee(article: Article, standing: Standing, now: datetime) -> Outlook:
    """From what readers have, or last had, to the working copy as it would be published today. Ten queries."""
    content = freeze(article, timezone.localdate(now))
    outlook = compare_editions(standing.shown, content, article.slug)

    def is_in(edition: Edition | None) -> bool:
        return edition is not None and edition.slug == article.slug and says_the_same(edition.content, content)

    return replace(outlook, is_same=is_in(standing.live), is_planned=is_in(standing.scheduled))


def compare_editions(before: Edition | None, content: dict[str, Any], slug: str) -> Outlook:
    if before is None:
        return Outlook([], is_new=True)
    was, will_be = list_places(before.content), list_places(content)
    return Outlook(find_place_changes({"Address": before.slug} | was, {"Address": slug} | will_be))
