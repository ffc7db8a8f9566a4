"""Articles as they are live, and every edition that was ever published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, HttpResponsePermanentRedirect

from aisrace.api.asking import Ask
from aisrace.api.collections import Collection, Filter, Rows, find_named
from aisrace.api.paging import Ordering
from aisrace.api.parameters import choice, moment, slug, words
from aisrace.api.problems import Problem, miss
from aisrace.api.recalling import Finding
from articles.api.contents import blank_content, read_editions, tell_content
from articles.api.shapes import ArticleSerializer, EditionSerializer
from articles.models import Edition
from articles.querysets import WITHDRAWAL
from articles.reading import authors_in_print, newest_at, topics_in_use
from experts.addresses import ASK_AGAIN
from experts.models import Expert, Question

INCLUDE = {
    "tallies": "how its experts answer each of its questions",
    "comparison": "the whole comparison with its evidence, as it was when the edition was published",
}


STATE = """SELECT COUNT(*), MAX(live_at), (SELECT MAX(id) FROM articles_edition), (SELECT MAX(epoch) FROM journal_clock)
FROM articles_edition WHERE live_at <= %s"""


def find_published(now: datetime) -> tuple[Any, ...]:
    """One query. Published editions are only ever added to, so that there are more of them after any change.

    Where a backup came back there may be as many as before, and others: then the newest is another, or the epoch.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATE, [connection.ops.adapt_datetimefield_value(now)])
        return cursor.fetchone()


class OfEditions(Collection):
    """What was published is never written again: how much there is by now tells whether anything is new."""

    include = INCLUDE
    usual_in_row = ("tallies",)
    changing: ClassVar[Sequence[str]] = ()  # filters that read what editors change

    def find_state(self, values: dict[str, Any]) -> Finding | None:
        return None if any(name in values for name in self.changing) else find_published


class Articles(OfEditions):
    """What readers read: the live edition of every article."""

    place = "articles"
    key = "slug"
    serializer_class = ArticleSerializer
    changing = ("topic", "author", "expert", "question")
    filters = (
        Filter(
            slug("topic", "Only those on this topic."),
            lambda rows, value, ask: rows.filter(topics=find_named(topics_in_use(ask.now), "topic", slug=value)),
        ),
        Filter(
            slug("author", "Only those by this author."),
            lambda rows, value, ask: rows.filter(authors=find_named(authors_in_print(ask.now), "author", slug=value)),
        ),
        Filter(
            slug("expert", "Only those that compare this expert."),
            lambda rows, value, ask: rows.filter(
                experts=find_named(Expert.objects.public(ask.now), "expert", slug=value)
            ),
        ),
        Filter(
            slug("question", "Only those that ask this question."),
            lambda rows, value, ask: rows.filter(
                questions=find_named(Question.objects.public(ask.now), "question", slug=value)
            ),
        ),
        Filter(
            moment("updated_since", "Only those of which something of substance changed at this moment or later."),
            lambda rows, at, ask: rows.filter(updated_at__gte=at),
        ),
        Filter(
            moment("published_since", "Only those first published at this moment or later."),
            lambda rows, at, ask: rows.filter(first_live_at__gte=at),
        ),
        Filter(
            words("q", "Only those whose headline contains these words."),
            lambda rows, q, ask: rows.filter(headline__icontains=q),
        ),
    )
    orderings = (
        Ordering("updated", "updated_at", is_descending=True),
        Ordering("published", "first_live_at", is_descending=True),
        Ordering("id", "article_id"),
    )

    def find(self, ask: Ask) -> Rows:
        return Edition.objects.live(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """One query."""
        return {row["id"]: tell_article(row, ask) for row in read_editions(ids, ask)}

    def miss(self, key: Any, ask: Ask) -> HttpResponse:
        newest = newest_at(key, ask.now).first()
        if newest is None:
            return super().miss(key, ask)
        if newest.is_withdrawal:
            raise Problem(410, "This article was withdrawn.", "withdrawn", **tell_withdrawal(newest))
        return HttpResponsePermanentRedirect(ask.lead_to(self.place, newest.slug), headers=ASK_AGAIN)


def tell_withdrawal(edition: Edition) -> dict[str, Any]:
    return {"headline": edition.headline, "note": edition.note, "withdrawn_at": edition.live_at}


def tell_article(row: dict[str, Any], ask: Ask) -> dict[str, Any]:
    links, address = ask.links, row["slug"]
    return tell_content(row, ask) | {
        "id": row["article_id"],
        "slug": address,
        "url": links.api("articles", address),
        "page": links.page("article", address),
        "headline": row["headline"],
        "published_at": row["first_live_at"],
        "updated_at": row["updated_at"],
        "edition": {
            "id": row["id"],
            "number": row["number"],
            "kind": row["kind"],
            "note": row["note"],
            "live_at": row["live_at"],
            "url": links.api("editions", row["id"]),
            "page": links.page("edition", address, row["number"]),
        },
        "editions": f"{links.list('editions')}?article={address}",
        "comments": f"{links.list('comments')}?article={address}",
    }


# --- Editions --------------------------------------------------------------------------------------------------------


def narrow_to_article(rows: Rows, address: str, ask: Ask) -> Rows:
    """By any address it has had; also one that was withdrawn."""
    article = newest_at(address, ask.now).values_list("article", flat=True).first()
    if article is None:
        raise miss("article", f"article “{address}”")
    return rows.filter(article=article)


def narrow_to_state(rows: Rows, state: str, ask: Ask) -> Rows:
    newest = Edition.objects.newest(ask.now)
    withdrawn = newest.filter(kind=WITHDRAWAL).order_by().values("article")
    match state:
        case "withdrawn":
            return rows.filter(Q(article__in=withdrawn) | Q(kind=WITHDRAWAL))
        case "live":
            return rows.filter(pk__in=Edition.objects.live(ask.now).order_by().values("pk"))
    later = Edition.objects.published(ask.now).filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    return rows.filter(Exists(later)).exclude(kind=WITHDRAWAL).exclude(article__in=withdrawn)


class Editions(OfEditions):
    """Every version of every article that readers could ever read; of what was withdrawn, that it was there."""

    place = "editions"
    serializer_class = EditionSerializer
    filters = (
        Filter(slug("article", "Only those of this article, by any address it has had."), narrow_to_article),
        Filter(
            choice("kind", "Only those of this kind.", Edition.Kind.values),
            lambda rows, kind, ask: rows.filter(kind=kind),
        ),
        Filter(choice("state", "Only those in this state.", ["live", "replaced", "withdrawn"]), narrow_to_state),
        Filter(
            moment("live_since", "Only those that went live at this moment or later."),
            lambda rows, at, ask: rows.filter(live_at__gte=at),
        ),
    )
    orderings = (
        Ordering("live_at", "live_at", is_descending=True),
        Ordering("number", "number"),
        Ordering("id", "pk"),
    )

    def find(self, ask: Ask) -> Rows:
        return Edition.objects.published(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Two queries: the editions, and the newest of each of their articles."""
        rows = read_editions(ids, ask)
        newest = Edition.objects.newest(ask.now).filter(article__in={row["article_id"] for row in rows})
        counts = {article: (pk, slug, kind) for article, pk, slug, kind in newest.values_list(*NEWEST)}
        return {row["id"]: tell_edition(row, *counts[row["article_id"]], ask) for row in rows}


NEWEST = ("article_id", "pk", "slug", "kind")


def tell_edition(row: dict[str, Any], newest: int, address: str, newest_kind: str, ask: Ask) -> dict[str, Any]:
    """`newest`, `address` and `newest_kind` are of the edition that counts now."""
    links = ask.links
    is_withdrawal = row["kind"] == WITHDRAWAL
    is_gone = is_withdrawal or newest_kind == WITHDRAWAL
    told = blank_content() if is_gone else tell_content(row, ask)
    return told | {
        "id": row["id"],
        "url": links.api("editions", row["id"]),
        "page": None if is_gone else links.page("edition", address, row["number"]),
        "article": {
            "id": row["article_id"],
            "slug": address,
            "url": links.api("articles", address),
            "page": links.page("article", address),
        },
        "number": row["number"],
        "kind": row["kind"],
        "state": "withdrawn" if is_gone else "live" if row["id"] == newest else "replaced",
        # Why something was withdrawn is said; what was withdrawn is not.
        "note": row["note"] if is_withdrawal or not is_gone else None,
        "headline": row["headline"] if is_withdrawal or not is_gone else None,
        "live_at": row["live_at"],
        "published_at": row["first_live_at"],
        "updated_at": row["updated_at"],
    }
