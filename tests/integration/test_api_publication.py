"""Articles, editions, topics and comments as programs read them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Edition
from articles.publishing import publish, withdraw
from articles.reading import newest_at, open_edition
from comments.models import Comment
from tests import cast, make, site, talk
from tests.integration.test_api import ask
from tests.integration.test_query_budgets import repeat
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ARTICLES, EDITIONS, COMMENTS = "/api/v1/articles/", "/api/v1/editions/", "/api/v1/comments/"
TRAINS = f"{ARTICLES}night-trains/"


@pytest.fixture
def built() -> site.Site:
    return site.build()


def test_an_article_is_its_live_edition(client: Client, built: site.Site) -> None:
    (listed,) = ask(client, ARTICLES)["results"]
    row = ask(client, TRAINS)
    assert listed == {name: value for name, value in row.items() if name != "tallies"}
    assert row["id"] == built.article.pk
    assert row["body"] == "<p>The engine hums loudly in the dark before it leaves.</p>"
    assert (row["edition"]["number"], row["edition"]["kind"], row["edition"]["note"]) == (
        2,
        "correction",
        "It was not slow.",
    )
    assert [section["expert"]["slug"] for section in row["sections"]] == ["ada", "bo", "cato", "dara", "elm"]
    assert [author["slug"] for author in row["byline"]] == ["nell-upham"]
    assert row["topics"][0]["url"] == "http://testserver/api/v1/topics/night-trains/"
    assert row["updated_at"] == "2025-07-01T13:00:00Z"
    assert row["picture"] is None
    position = built.record.find("ada", "trains", cast.JAN_24).pk
    assert row["verdict_positions"] == [{"id": position, "url": f"http://testserver/api/v1/positions/{position}/"}]


def test_an_article_has_the_numbers_of_its_page(client: Client, built: site.Site) -> None:
    shown = open_edition(newest_at("night-trains", timezone.now()).get()).distributions
    row = ask(client, TRAINS + "?include=comparison")
    for tallies in (row["tallies"], ask(client, ARTICLES + "?include=tallies")["results"][0]["tallies"]):
        for told, counted in zip(tallies, shown, strict=True):
            assert told["question"]["slug"] == counted.question.slug
            assert told["n"] == counted.n
            assert [(s["count"], s["share"], s["weighted_share"]) for s in told["shares"]] == [
                (s.count, s.share, s.weighted_share) for s in counted.shares
            ]
            assert (told["off_axis_n"], told["blank_n"]) == (counted.off_axis_n, counted.blank_n)
    cells = {(cell["expert"], cell["question"]): cell for cell in row["comparison"]["cells"]}
    assert len(cells) == 10
    assert cells["ada", "trains"]["evidence"]["quotes"][0]["words"] == "They will, and on time."
    assert cells["dara", "ferries"]["blank"] == {"reason": "declined", "label": "Declined to answer"}


def test_parts_of_articles(client: Client, built: site.Site) -> None:
    assert ask(client, TRAINS + "?fields=headline") == {"headline": "Who believes in night trains"}
    assert ask(client, TRAINS + "?fields=sections.expert.name")["sections"][1] == {"expert": {"name": "Bo Quillane"}}
    assert ask(client, TRAINS + "?fields=comparison.as_of")["comparison"]["as_of"] is not None


def test_articles_are_narrowed(client: Client, built: site.Site) -> None:
    expected = {
        "topic=night-trains": 1,
        "author=nell-upham": 1,
        "expert=ada": 1,
        "question=trains": 1,
        "question=gap": 0,
        "q=BELIEVES": 1,
        "q=forged": 0,
        "updated_since=2025-07-01T13:00:00Z": 1,
        "updated_since=2025-07-01T13:00:01%2B00:00": 0,
        "published_since=2025-07-01T12:00:01Z": 0,
    }
    assert {query: ask(client, f"{ARTICLES}?{query}")["count"] for query in expected} == expected


def test_a_withdrawn_article_is_gone(client: Client, built: site.Site) -> None:
    gone = ask(client, ARTICLES + "forged/", 410)
    assert (gone["headline"], gone["note"]) == ("A forged timetable", site.REASON)
    editions = ask(client, EDITIONS + "?article=forged&ordering=number")["results"]
    assert [edition["state"] for edition in editions] == ["withdrawn", "withdrawn"]
    assert [edition["note"] for edition in editions] == [None, site.REASON]
    for edition in editions:
        assert ask(client, f"{EDITIONS}{edition['id']}/")["body"] is None
        assert {edition[name] for name in ("body", "sections", "standfirst", "picture", "page")} == {None}
    assert ask(client, COMMENTS + "?article=forged", 404)["errors"][0]["parameter"] == "article"


def test_a_former_address_leads_on(client: Client, built: site.Site) -> None:
    site.rewrite(built.article, slug="sleepers")
    publish(built.article, by=None, now=NOW + timedelta(hours=3), kind=Edition.Kind.UPDATE)
    led = client.get(TRAINS + "?fields=slug")
    assert (led.status_code, led["Location"]) == (301, "http://testserver/api/v1/articles/sleepers/?fields=slug")
    assert ask(client, EDITIONS + "?article=night-trains")["count"] == 3
    assert ask(client, COMMENTS + "?article=night-trains")["count"] > 0
    assert {e["article"]["slug"] for e in ask(client, EDITIONS + "?article=sleepers")["results"]} == {"sleepers"}


def test_editions(client: Client, built: site.Site) -> None:
    newest, first = ask(client, EDITIONS + "?article=night-trains&ordering=-number")["results"]
    assert (first["state"], newest["state"]) == ("replaced", "live")
    assert "slowly" in first["body"]
    assert "loudly" in newest["body"]
    assert ask(client, EDITIONS + f"{first['id']}/?include=tallies,comparison")["tallies"][0]["n"] == 5
    for state, count in (("live", 1), ("replaced", 1), ("withdrawn", 2)):
        assert ask(client, f"{EDITIONS}?state={state}")["count"] == count
    assert ask(client, EDITIONS + "?kind=correction")["count"] == 1


def test_what_is_published_again_is_read_again(client: Client, built: site.Site) -> None:
    now = NOW + timedelta(hours=3)
    publish(built.withdrawn, by=None, now=now, kind=Edition.Kind.UPDATE)
    states = [e["state"] for e in ask(client, EDITIONS + "?article=forged&ordering=number")["results"]]
    assert states == ["replaced", "withdrawn", "live"]
    for state in ("live", "replaced", "withdrawn"):
        assert ask(client, f"{EDITIONS}?article=forged&state={state}")["count"] == 1


def test_the_tag_of_articles_changes_with_what_is_published_and_with_time(client: Client, built: site.Site) -> None:
    addresses = (ARTICLES, TRAINS, EDITIONS, f"{ARTICLES}?topic=night-trains")
    tags = {address: client.get(address)["ETag"] for address in addresses}

    def unchanged(address: str) -> bool:
        return client.get(address, headers={"If-None-Match": tags[address]}).status_code == 304

    assert all(map(unchanged, addresses))
    site.rewrite(built.article, body="<p>The engine is silent.</p>")
    soon = timezone.now() + timedelta(seconds=1)
    publish(built.article, by=None, now=timezone.now(), at=soon, kind=Edition.Kind.TYPO)
    assert all(map(unchanged, addresses))
    while timezone.now() < soon:
        pass
    assert not any(map(unchanged, addresses[:3]))


def test_a_tag_does_not_cost_the_answer(client: Client, built: site.Site, django_assert_num_queries: Any) -> None:
    tag = client.get(ARTICLES)["ETag"]
    assert client.get(ARTICLES, headers={"If-None-Match": tag}).status_code == 304
    with django_assert_num_queries(1):
        assert client.get(ARTICLES, headers={"If-None-Match": tag}).status_code == 304


def test_a_tag_differs_by_what_is_asked(client: Client, built: site.Site) -> None:
    tags = {client.get(f"{ARTICLES}{query}")["ETag"] for query in ("", "?fields=slug", "night-trains/")}
    assert len(tags) == 3


def test_topics(client: Client, built: site.Site) -> None:
    (row,) = ask(client, "/api/v1/topics/")["results"]
    assert row == ask(client, "/api/v1/topics/night-trains/")
    for place in ("articles", "questions"):
        assert ask(client, row[place].removeprefix("http://testserver"))["count"] > 0


# --- Comments --------------------------------------------------------------------------------------------------------


def test_comments(client: Client, built: site.Site) -> None:
    listed = ask(client, COMMENTS + "?article=night-trains&ordering=id&page_size=100")
    assert listed["count"] == Comment.objects.visible().count()
    first = ask(client, f"{COMMENTS}{site.FIRST_COMMENT}/")
    assert first == listed["results"][0]
    assert first["html"] == "<p>I rode on <em>four</em> of them.</p>"
    assert first["text"] == "I rode on *four* of them."
    assert (first["purpose"], first["is_pick"], first["votes"], first["depth"]) == ("agrees", True, 20, 0)
    assert first["own_answer"]["answer"] == "Likely"
    assert first["position"]["id"] == built.record.find("ada", "trains", cast.JAN_24).pk
    answer = listed["results"][1]
    assert answer["parent"] == first["id"]
    assert answer["parent_url"] == first["url"]
    below_gone = next(row for row in listed["results"] if row["text"].startswith("What was it"))
    assert (below_gone["parent"] is not None, below_gone["parent_url"]) == (True, None)
    assert "@" not in str(listed)


def test_comments_are_narrowed(client: Client, built: site.Site) -> None:
    parent = f"parent={site.FIRST_COMMENT}"
    expected = {"purpose=error": 1, "badge=staff": 1, "picks=true": 1, parent: 1, "ordering=reading": 26}
    assert {query: ask(client, f"{COMMENTS}?{query}")["count"] for query in expected} == expected


def test_html_that_somebody_has_written_past_us_is_not_shown(client: Client, built: site.Site) -> None:
    Comment.objects.filter(pk=site.FIRST_COMMENT).update(html="<script>alert(1)</script>")
    assert "<script>" not in ask(client, f"{COMMENTS}{site.FIRST_COMMENT}/")["html"]


def test_comments_go_with_their_article(client: Client) -> None:
    edition = talk.live()
    said = talk.comment(edition)
    assert ask(client, f"{COMMENTS}{said.pk}/")["id"] == said.pk
    withdraw(edition.article, by=None, now=NOW + timedelta(hours=1), reason="Wrong.")
    assert ask(client, COMMENTS)["count"] == 0
    ask(client, f"{COMMENTS}{said.pk}/", 404)


# --- Queries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 100])
def test_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    people, questions = make.filled_record(3)
    topic = make.topic()
    article = make.article("One", slug="one", experts=people, questions=questions)
    article.topics.add(topic)
    edition = publish(article, by=None, now=NOW)
    repeat(edition, rows - 1)
    for _ in range(rows):
        position = questions[0].positions.first()
        own = {"question": questions[0], "answer": questions[0].scale.answers.first()}
        talk.comment(edition, commenter=talk.person(), position=position, **own)
    budgets = {
        ARTICLES: 2,
        f"{ARTICLES}?include=comparison,tallies": 2,
        f"{ARTICLES}?topic={topic.slug}": 3,
        f"{ARTICLES}?cursor=": 3,
        EDITIONS: 3,
        COMMENTS: 5,
        "/api/v1/topics/": 2,
    }
    for address, number in budgets.items():
        with django_assert_num_queries(number):
            ask(client, f"{address}{'&' if '?' in address else '?'}page_size=100")
    with django_assert_num_queries(2):
        ask(client, f"{ARTICLES}one/")
