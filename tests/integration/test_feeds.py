"""Following the site by feed: what stands in each, when it leaves, what polling costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from articles.models import Edition
from articles.publishing import publish, withdraw
from experts.addresses import leave
from experts.models import Expert, Position, Question, Quote, Topic
from tests import make, site, talk
from tests.integration.test_query_budgets import ask, converse, publish_one, repeat
from tests.make import NOW
from tests.syndicated import ATOM, THREAD, read_atom, read_json

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

FEEDS = {
    "site": "/feed.",
    "topic": "/topics/night-trains/feed.",
    "author": "/authors/nell-upham/feed.",
    "expert": "/experts/ada/feed.",
    "question": "/questions/trains/feed.",
    "conversation": "/articles/night-trains/comments/feed.",
}


@pytest.fixture
def built() -> site.Site:
    return site.build()


def follow(client: Client, address: str) -> list[Any]:
    """The entries of a feed in both forms, which say the same."""
    atom, told = client.get(f"{address}atom"), client.get(f"{address}json")
    assert atom["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert told["Content-Type"] == "application/feed+json; charset=utf-8"
    entries = read_atom(atom.content).findall(f"{ATOM}entry")
    items = read_json(told.content)["items"]
    for entry, item in zip(entries, items, strict=True):
        assert entry.findtext(f"{ATOM}id") == item["id"]
        assert entry.findtext(f"{ATOM}title") == item["title"]
        assert entry.findtext(f"{ATOM}content") == item["content_html"]
        assert entry.findtext(f"{ATOM}updated") == item["date_modified"]
    return items


# --- What stands in them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FEEDS)
def test_every_feed_is_read_by_strict_and_by_lenient_readers(built: site.Site, client: Client, name: str) -> None:
    assert follow(client, FEEDS[name])
    parsed = feedparser.parse(client.get(f"{FEEDS[name]}atom").content)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert all(entry.link.startswith("http://127.0.0.1:8000/") and entry.updated_parsed for entry in parsed.entries)
    own = [link.href for link in parsed.feed.links if link.rel == "self"]
    assert own == [f"http://127.0.0.1:8000{FEEDS[name]}atom"]
    assert client.get(f"{FEEDS[name]}atom")["Link"] == f'<{own[0]}>; rel="self"'


@pytest.mark.parametrize("name", ["site", "topic", "author"])
def test_an_article_comes_whole_with_what_was_corrected(built: site.Site, client: Client, name: str) -> None:
    (item,) = follow(client, FEEDS[name])
    assert item["url"] == "http://127.0.0.1:8000/articles/night-trains/"
    assert item["id"] == f"tag:127.0.0.1,2026:article/{built.article.pk}"
    assert (item["date_published"], item["date_modified"]) == ("2025-07-01T12:00:00+00:00", "2025-07-01T13:00:00+00:00")
    assert item["authors"] == [{"name": "Nell Upham", "url": "http://127.0.0.1:8000/authors/nell-upham/"}]
    assert item["tags"] == ["Night trains"]
    assert item["image"] == "http://127.0.0.1:8000/articles/night-trains/editions/2/share.png"
    html = item["content_html"]
    for words in (
        *("Corrected 1 July 2025:</strong> It was not slow.", "hums loudly", "Two of five believe.", "We rode along."),
        *("“They will, and on time.”", "A speech on platform nine", "Declined to answer", "What Ada Fernwick holds."),
    ):
        assert words in html
    assert "hums slowly" not in html
    assert "forged" not in html
    assert 'href="/' not in html


def test_positions_come_with_words_source_and_link(built: site.Site, client: Client) -> None:
    items = follow(client, FEEDS["expert"])
    assert len(items) == Position.objects.filter(expert__slug="ada").count()
    trains = built.record.positions[0]
    item = next(item for item in items if item["id"].endswith(f":position/{trains.pk}"))
    assert item["title"] == "Ada Fernwick on “trains”: Very likely"
    assert item["url"] == f"http://127.0.0.1:8000/positions/{trains.pk}/"
    assert "<p>“They will, and on time.”</p>" in item["content_html"]
    assert "A speech on platform nine" in item["content_html"]
    assert "minute 3" in item["content_html"]
    assert "sure 9 of 10" in item["content_html"]
    paraphrase = next(item for item in items if "sleepers" in item["title"])["content_html"]
    assert "She holds that they pay for themselves." in paraphrase
    assert "“She holds" not in paraphrase
    assert "Paraphrase, not their words." in paraphrase


def test_a_question_is_followed_over_all_experts(built: site.Site, client: Client) -> None:
    titles = [item["title"] for item in follow(client, "/questions/ferries/feed.")]
    assert "Dara Ostlund-Pike on “ferries”: Declined to answer" in titles
    assert len(titles) == Position.objects.filter(question__slug="ferries").count()


def test_sources_are_linked(client: Client) -> None:
    source = make.source(url="https://example.org/notes?a=1&b=2")
    position = make.position(make.expert(slug="one"), make.question(), source=source)
    make.quote(position, source=source)
    (item,) = follow(client, "/experts/one/feed.")
    assert item["external_url"] == "https://example.org/notes?a=1&b=2"
    entry = read_atom(client.get("/experts/one/feed.atom").content).find(f"{ATOM}entry")
    assert [e.get("href") for e in entry.findall(f"{ATOM}link[@rel='related']")] == [source.url]


def test_a_conversation_tells_what_its_page_tells(built: site.Site, client: Client) -> None:
    items = follow(client, FEEDS["conversation"])
    assert len(items) == 26
    first = next(item for item in items if item["id"].endswith(":comment/9001"))
    assert "I rode on <em>four</em> of them." in first["content_html"]
    assert "Agrees with" in first["content_html"]
    assert first["authors"] == [{"name": "Rosa Lindqvist"}]
    entries = read_atom(client.get(f"{FEEDS['conversation']}atom").content).findall(f"{ATOM}entry")
    answered = {e.findtext(f"{ATOM}id"): e.find(f"{THREAD}in-reply-to").get("ref") for e in entries}
    assert answered["tag:127.0.0.1,2026:comment/9002"] == "tag:127.0.0.1,2026:comment/9001"
    assert answered["tag:127.0.0.1,2026:comment/9001"] == f"tag:127.0.0.1,2026:article/{built.article.pk}"
    for address in (item["url"].removeprefix("http://127.0.0.1:8000").split("#")[0] for item in items):
        assert client.get(address, follow=True).status_code == 200


# --- What does not ---------------------------------------------------------------------------------------------------


def test_nothing_that_is_not_public_is_told(built: site.Site, client: Client) -> None:
    edition = Edition.objects.get(slug="night-trains", number=2)
    for state in ("held", "rejected", "spam", "deleted", "unconfirmed"):
        talk.comment(edition, "Hedgehog.", state=state)
    talk.comment(edition, "Hello.", commenter=talk.person(address="hedgehog@example.org"), from_ip="198.51.100.77")
    ada, trains = Expert.objects.get(slug="ada"), Question.objects.get(slug="trains")
    later = {"stated_on": make.A_DAY - timedelta(days=1), "summary": "Hedgehog."}
    make.position(ada, make.question("Hedgehog?", public_at=None), **later)
    make.position(make.expert("Hedgehog", public_at=None), trains, **later)
    make.position(ada, trains, **later | {"public_at": None})
    publish(make.article("Hedgehog"), by=None, now=NOW, at=make.datetime(2999, 1, 1, tzinfo=make.UTC))
    make.article("Hedgehog")
    for address in FEEDS.values():
        for form in ("atom", "json"):
            body = client.get(f"{address}{form}").content.decode().lower()
            assert "hedgehog" not in body, address
            assert "198.51" not in body


def test_a_withdrawn_article_leaves_its_feeds_and_they_say_when(built: site.Site, client: Client) -> None:
    before = client.get("/feed.atom")
    withdraw(built.article, by=None, now=NOW + timedelta(days=3), reason="Wrong.")
    for name in ("site", "topic"):
        assert follow(client, FEEDS[name]) == []
    assert client.get("/authors/nell-upham/feed.atom").status_code == 404
    assert client.get("/articles/night-trains/comments/feed.atom").status_code == 410
    since = client.get("/feed.atom", headers={"If-Modified-Since": before["Last-Modified"]})
    assert since.status_code == 200
    assert since["Last-Modified"] == "Fri, 04 Jul 2025 12:00:00 GMT"


@pytest.mark.parametrize("kind", ["topics", "authors", "experts", "questions"])
def test_what_is_not_there_has_no_feed(client: Client, kind: str) -> None:
    make.topic(slug="empty")
    make.author(slug="empty")
    make.expert(slug="empty", public_at=None)
    make.question(slug="empty", public_at=None)
    for slug in ("empty", "nobody"):
        assert client.get(f"/{kind}/{slug}/feed.atom").status_code == 404
    assert client.get(f"/{kind}/empty/feed.rss").status_code == 404


def test_an_empty_site_has_a_valid_feed(client: Client) -> None:
    assert follow(client, "/feed.") == []
    make.expert(slug="new")
    assert follow(client, "/experts/new/feed.") == []


# --- Following an address that moves ---------------------------------------------------------------------------------


def test_ids_stay_and_readers_are_led_on_when_slugs_change(built: site.Site, client: Client) -> None:
    ids = {name: [item["id"] for item in follow(client, address)] for name, address in FEEDS.items()}
    for model, slug in ((Expert, "ada"), (Question, "trains"), (Topic, "night-trains")):
        row = model.objects.get(slug=slug)
        row.slug = f"{slug}-moved"
        row.save()
        leave(row, slug, NOW)
    site.rewrite(built.article, slug="moved", body="<p>Moved.</p>")
    publish(built.article, by=None, now=NOW + timedelta(hours=3))
    for name in ("expert", "question", "topic", "conversation"):
        response = client.get(f"{FEEDS[name]}json?a=1")
        assert response.status_code == 301, name
        assert response["Location"].endswith("feed.json?a=1")
        address = response["Location"].removesuffix("json?a=1")
        assert "moved/" in address
        assert [item["id"] for item in follow(client, address)] == ids[name]


# --- What it costs ---------------------------------------------------------------------------------------------------


def one_or_many_articles(rows: int) -> list[str]:
    repeat(publish_one(), rows - 1)
    return ["/feed.", "/topics/asked/feed.", "/authors/writer/feed."]


def one_or_many_positions(rows: int) -> list[str]:
    """Of one expert, and of many on one question."""
    (expert, *_), _ = ask(1, rows)
    _, (question,) = make.filled_record(rows)
    return [f"{expert.get_absolute_url()}feed.", f"{question.get_absolute_url()}feed."]


def one_or_many_comments(rows: int) -> list[str]:
    converse(publish_one(), rows, 0)
    return ["/articles/one/comments/feed."]


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize(
    ("build", "queries"),
    [(one_or_many_articles, [4, 5, 5]), (one_or_many_positions, [5, 5]), (one_or_many_comments, [2])],
)
def test_the_same_queries_for_one_row_and_for_many(
    client: Client,
    django_assert_num_queries: Any,
    build: Callable[[int], list[str]],
    queries: list[int],
    rows: int,
) -> None:
    for address, number in zip(build(rows), queries, strict=True):
        for form in ("atom", "json"):
            with django_assert_num_queries(number):
                assert client.get(f"{address}{form}").status_code == 200


def test_what_has_not_changed_is_not_sent_again(
    built: site.Site, client: Client, django_assert_num_queries: Any
) -> None:
    for name, address in FEEDS.items():
        for form in ("atom", "json"):
            whole = client.get(f"{address}{form}")
            again = client.get(f"{address}{form}", headers={"If-None-Match": whole["ETag"]})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", whole["ETag"]), name
            assert client.get(f"{address}{form}", headers={"If-None-Match": '"other"'}).status_code == 200
            assert not whole.cookies
            assert client.head(f"{address}{form}")["Content-Length"] == str(len(whole.content))
    whole = client.get("/feed.atom")
    with django_assert_num_queries(2):
        since = client.get("/feed.atom", headers={"If-Modified-Since": whole["Last-Modified"]})
    assert since.status_code == 304
    assert client.get("/feed.json")["ETag"] != whole["ETag"]


@pytest.mark.parametrize("name", ["expert", "question", "conversation"])
def test_where_nobody_notes_changes_the_day_is_when_it_was_first_seen(
    built: site.Site, client: Client, name: str
) -> None:
    def ask(at: datetime, since: str = "") -> Any:
        with time_machine.travel(at, tick=False):
            return client.get(f"{FEEDS[name]}atom", headers={"If-Modified-Since": since} if since else {})

    cache.clear()
    first = datetime(2025, 8, 1, 12, 0, 0, tzinfo=UTC)
    assert not ask(first).has_header("Last-Modified")
    since = ask(first + timedelta(seconds=5))["Last-Modified"]
    assert since == "Fri, 01 Aug 2025 12:00:00 GMT"
    assert ask(first + timedelta(days=1), since).status_code == 304
    Quote.objects.update(words="They may, and late.")
    talk.comment(Edition.objects.get(slug="night-trains", number=2), "News.")
    assert ask(first + timedelta(days=2), since).status_code == 200
    assert ask(first + timedelta(days=3))["Last-Modified"] == "Sun, 03 Aug 2025 12:00:00 GMT"


def test_every_change_is_sent(built: site.Site, client: Client) -> None:
    def tags() -> dict[str, str]:
        return {name: client.get(f"{address}atom")["ETag"] for name, address in FEEDS.items()}

    before = tags()
    Quote.objects.update(words="They may, and late.")
    talk.comment(Edition.objects.get(slug="night-trains", number=2), "News.")
    site.rewrite(built.article, body="<p>New.</p>")
    publish(built.article, by=None, now=NOW + timedelta(days=1), kind=Edition.Kind.TYPO)
    after = tags()
    assert {name for name in FEEDS if before[name] == after[name]} == set()


def test_feeds_are_only_read(built: site.Site, client: Client) -> None:
    for address in FEEDS.values():
        assert client.post(f"{address}atom").status_code in (403, 405)
