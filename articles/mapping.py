"""All that readers can visit, for those who visit it by machine: what there is, and when it last changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from aisrace.lib.sitemaps import MOST, Address
from articles.models import Edition
from articles.reading import authors_in_print, topics_in_use
from experts.models import Expert, Position, Question

NEWS_FOR = timedelta(hours=48)
MOST_NEWS = 1_000
CHUNK = 2_000  # rows fetched at a time
UNKNOWN = Value(None, output_field=DateTimeField())
# Pages of their own. What most of them list changes all the time, so that no day is given.
PAGES = (
    *("home", "articles", "experts", "questions", "compare", "changes_of_mind", "all_corrections", "moderation_log"),
    *("about", "api_docs", "privacy", "cookies"),
)


@dataclass(frozen=True)
class Section:
    """`rows` finds what is public at a moment in an order that stays; each row has `changed`, a day or None.

    `key` is what the address of each ends in.
    """

    page: str
    rows: Callable[[datetime], QuerySet[Any]]
    key: str = "slug"

    def count_files(self, now: datetime) -> int:
        """How many files it takes. One query."""
        return -(-self.rows(now).count() // MOST)

    def list_addresses(self, now: datetime, file: int) -> Iterator[Address]:
        """Those in one of its files, counted from 1. One query, asked when the first is wanted."""
        rows = self.rows(now).values_list(self.key, "changed")[(file - 1) * MOST : file * MOST]
        stem = reverse(self.page, args=[0]).removesuffix("0/")
        return ((f"{stem}{key}/", changed) for key, changed in rows.iterator(CHUNK))


def list_articles(now: datetime) -> QuerySet[Any]:
    """A page changes with every edition, mended typing errors included."""
    return Edition.objects.live(now).annotate(changed=F("live_at")).order_by("article_id")


def list_experts(now: datetime) -> QuerySet[Any]:
    return _with_last_position(Expert.objects.public(now), "question", now)


def list_questions(now: datetime) -> QuerySet[Any]:
    return _with_last_position(Question.objects.public(now), "expert", now)


def list_positions(now: datetime) -> QuerySet[Any]:
    since = Greatest("public_at", "expert__public_at", "question__public_at")
    return Position.objects.public(now).annotate(changed=since).order_by("pk")


def _with_last_position(rows: QuerySet[Any], other: str, now: datetime) -> QuerySet[Any]:
    """Since when readers have known the last of their positions, or else themselves."""
    since = Greatest("positions__public_at", f"positions__{other}__public_at")
    public = Q(positions__public_at__lte=now) & Q(**{f"positions__{other}__public_at__lte": now})
    last = Coalesce(Max(since, filter=public), "public_at")
    return rows.annotate(changed=Greatest("public_at", last)).order_by("pk")


def list_topics(now: datetime) -> QuerySet[Any]:
    """Their pages count the answers to many questions: when those last changed is not kept."""
    return topics_in_use(now).annotate(changed=UNKNOWN).order_by("pk")


def list_authors(now: datetime) -> QuerySet[Any]:
    newest = Edition.objects.live(now).filter(authors=OuterRef("pk")).order_by("-live_at").values("live_at")
    return authors_in_print(now).annotate(changed=Subquery(newest[:1])).order_by("pk")


def list_pages() -> list[Address]:
    return [(reverse(name), None) for name in PAGES]


def list_news(now: datetime) -> list[tuple[str, datetime, str]]:
    """Path, first day and headline of what was first published in the last two days. One query."""
    fresh = Edition.objects.live(now).filter(first_live_at__gt=now - NEWS_FOR).order_by("-first_live_at", "-id")
    rows = fresh.values_list("slug", "first_live_at", "headline")[:MOST_NEWS]
    return [(reverse("article", args=[slug]), published_at, headline) for slug, published_at, headline in rows]


SECTIONS = {
    "articles": Section("article", list_articles),
    "experts": Section("expert", list_experts),
    "questions": Section("question", list_questions),
    "positions": Section("position", list_positions, key="pk"),
    "topics": Section("topic", list_topics),
    "authors": Section("author", list_authors),
}
