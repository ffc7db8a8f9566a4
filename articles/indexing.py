"""What of the publication can be found: the edition of an article that counts at a moment, from when until when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from aisrace.lib.jinja import url
from aisrace.lib.markup import to_plain
from aisrace.search.entries import Entry, Facet, Keys, Part, Source, Touch, name_parts
from articles.models import Article, Edition
from articles.querysets import WITHDRAWAL
from articles.reading import topics_in_use

TOPICS, EXPERTS = Edition.topics.through, Edition.experts.through


def read_editions(keys: Keys) -> Iterator[Entry]:
    """Those of these articles that readers see now or are to see. Four queries.

    One that has been followed by another is over and is left out; a withdrawal ends the one before it.
    """
    shown = dict(_time(keys, timezone.now()))
    topics, experts = _link(TOPICS, "topic_id", shown), _link(EXPERTS, "expert_id", shown)
    for edition in Edition.objects.filter(pk__in=shown).order_by("pk"):
        content = edition.content
        yield Entry(
            kind="article",
            row_id=edition.pk,
            belongs_to=edition.article_id,
            title=edition.headline,
            url=url("article", edition.slug),
            from_at=edition.live_at,
            until_at=shown[edition.pk],
            names=(("", edition.headline),),
            context=tuple(_surroundings(content)),
            texts=name_parts("", _texts(content)),
            day=timezone.localdate(edition.updated_at),
            topics=topics[edition.pk],
            experts=experts[edition.pk],
            about={
                "slug": edition.slug,
                "edition": edition.number,
                "byline": [author["name"] for author in content.get("byline", ())],
                "updated_at": edition.updated_at.isoformat(),
            },
        )


def _time(keys: Keys, now: datetime) -> Iterator[tuple[int, datetime | None]]:
    """When each edition ends that is not over: as soon as the time of any with a higher number has come."""
    editions = Edition.objects.filter(article__in=keys).order_by("article", "-number")
    ends: datetime | None = None
    before: int | None = None
    for pk, article, kind, live_at in editions.values_list("pk", "article_id", "kind", "live_at"):
        ends = ends if article == before else None
        before = article
        if kind != WITHDRAWAL and (ends is None or (ends > live_at and ends > now)):
            yield pk, ends
        ends = live_at if ends is None else min(ends, live_at)


def _link(through: type[Model], other: str, editions: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    links = through._default_manager.filter(edition__in=list(editions)).order_by(other)
    for edition, key in links.values_list("edition_id", other):
        found[edition] += (key,)
    return found


def _surroundings(content: Mapping[str, Any]) -> Iterator[Part]:
    """Who writes, on what, and who is compared on which questions."""
    yield from (("By", author["name"]) for author in content.get("byline", ()))
    yield from (("Topic", topic["name"]) for topic in content.get("topics", ()))
    comparison = content.get("comparison", {})
    yield from (("Compares", expert["name"]) for expert in comparison.get("experts", ()))
    yield from (("Asks", question["wording"]) for question in comparison.get("questions", ()))


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    """What the article says for itself; positions and quotes are found as such."""
    yield content.get("standfirst", "")
    yield to_plain(content.get("body", ""))
    for section in content.get("sections", ()):
        yield f"{section['heading']}\n{to_plain(section['body'])}"
    yield from (to_plain(content.get(part, "")) for part in ("verdict", "method"))


def articles_of_editions(keys: Keys) -> Iterable[int]:
    return Edition.objects.filter(pk__in=keys).order_by().values_list("article_id", flat=True).distinct()


ARTICLES = Source(("article",), Article.objects.all, read_editions)

PARTS = (
    ARTICLES,
    Touch(Edition, ARTICLES, articles_of_editions, tells_of_itself=True),
    Facet("topic", topics_in_use),
)
