"""The feeds of the publication: articles of the whole site, on a topic, by an author. What is withdrawn leaves them.

Five queries at most, three for whoever has the newest; one less for the whole site.
"""

from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.polling import answer_feed, poll
from aisrace.lib.syndication import Entry, Feed, Writer, make_absolute
from articles.following import Followed, find_last_change, list_newest, read_followed
from articles.models import Author, Edition
from articles.querysets import EditionQuerySet
from articles.reading import articles_by, articles_on_topic, authors_in_print, topics_in_use
from experts.addresses import lead_on
from experts.models import Topic

BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)  # a feed has to say when it was updated, even an empty one


@require_safe
def site_feed(request: HttpRequest, form: str) -> HttpResponse:
    described = "Who says what, how sure they are, and how we know."
    page, address = reverse("home"), reverse(f"site_feed_{form}")
    feed = Feed("site", settings.SITE_NAME, described, page, address, BEFORE_ALL, ())
    return answer_articles(request, form, feed, Edition.objects.live(timezone.now()))


@require_safe
@lead_on(topics_in_use)
def topic_feed(request: HttpRequest, topic: Topic, form: str) -> HttpResponse:
    title, described = f"{topic.name} · {settings.SITE_NAME}", topic.description
    page, address = topic.get_absolute_url(), reverse(f"topic_feed_{form}", args=[topic.slug])
    feed = Feed(f"topic/{topic.pk}", title, described, page, address, BEFORE_ALL, ())
    return answer_articles(request, form, feed, articles_on_topic(topic, timezone.now()))


@require_safe
@lead_on(authors_in_print)
def author_feed(request: HttpRequest, author: Author, form: str) -> HttpResponse:
    title, described = f"{author.name} · {settings.SITE_NAME}", author.bio
    page, address = author.get_absolute_url(), reverse(f"author_feed_{form}", args=[author.slug])
    feed = Feed(f"author/{author.pk}", title, described, page, address, BEFORE_ALL, ())
    return answer_articles(request, form, feed, articles_by(author, timezone.now()))


def answer_articles(request: HttpRequest, form: str, feed: Feed, live: EditionQuerySet) -> HttpResponse:
    """`feed` as known before anything is read, its addresses as paths."""
    keys, changed_at = list_newest(live), find_last_change(timezone.now())
    feed = replace(feed, page=f"{settings.SITE_URL}{feed.page}", address=f"{settings.SITE_URL}{feed.address}")
    return poll(request, (form, feed, keys), changed_at, lambda: answer_feed(form, fill(feed, read_followed(keys))))


def fill(feed: Feed, followed: list[Followed]) -> Feed:
    entries = tuple(map(tell_article, followed))
    return replace(feed, entries=entries, updated=max([entry.updated for entry in entries] or [feed.updated]))


def tell_article(followed: Followed) -> Entry:
    edition, content = followed.open.edition, followed.open.content
    page = f"{settings.SITE_URL}{reverse('article', args=[edition.slug])}"
    context = {"open": followed.open, "corrections": followed.corrections}
    return Entry(
        key=f"article/{edition.article_id}",
        title=edition.headline,
        url=page,
        published=edition.first_live_at,
        updated=edition.updated_at,
        html=make_absolute(render_to_string("feeds/article.html", context), page),
        summary=content["standfirst"],
        writers=tuple(tell_author(author) for author in content["byline"]),
        topics=tuple(topic["name"] for topic in content["topics"]),
        image=f"{settings.SITE_URL}{reverse('article_image', args=[edition.slug, edition.number])}",
    )


def tell_author(author: dict[str, str]) -> Writer:
    return Writer(author["name"], f"{settings.SITE_URL}{reverse('author', args=[author['slug']])}")
