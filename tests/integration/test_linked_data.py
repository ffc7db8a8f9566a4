"""What pages say of themselves to machines: schema.org, cards to share, canonical addresses, other forms."""

import gzip
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from articles.describing import describe_page
from articles.models import Edition
from articles.publishing import publish
from articles.reading import open_edition
from comments.describing import describe_beside, describe_conversation
from comments.opening import open_conversation
from experts.addresses import leave
from experts.models import Question
from tests import make, site, talk
from tests.integration.test_query_budgets import ask, publish_again, publish_one
from tests.make import NOW
from tests.pages import Page, visit
from tests.vocabulary import find_all, find_faults, nodes, read_data

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

HERE = "http://127.0.0.1:8000"
ARTICLE = f"{HERE}/articles/night-trains/"
# The kinds that each page is to be described by, whatever else there is.
TOLD = {
    "home": {"WebSite", "SearchAction", "Dataset", "Organization"},
    "articles": {"ItemList", "BreadcrumbList"},
    "article": {"Article", "Question", "Claim", "Quotation", "Comment", "CorrectionComment", "BreadcrumbList"},
    "editions": {"Article", "CorrectionComment", "BreadcrumbList"},
    "edition": {"Article", "Claim", "Quotation"},
    "experts": {"CollectionPage", "BreadcrumbList"},
    "expert": {"ProfilePage", "Person", "Claim", "Quotation", "BreadcrumbList"},
    "questions": {"CollectionPage", "BreadcrumbList"},
    "question": {"Question", "Claim", "BreadcrumbList"},
    "topic": {"CollectionPage", "ItemList", "BreadcrumbList"},
    "author": {"ProfilePage", "Person", "ItemList", "BreadcrumbList"},
    "conversation": {"DiscussionForumPosting", "BreadcrumbList"},
    "conversation, page 2": {"DiscussionForumPosting", "Comment", "BreadcrumbList"},
    "thread": {"DiscussionForumPosting", "Comment", "BreadcrumbList"},
}
HOSTILE = "</script><script>alert(1)</script><!-- ]]> & ' \" \\u003c \u2028 \u2029"


@pytest.fixture(scope="module")
def pages(django_db_setup: Any, django_db_blocker: Any) -> dict[str, Page]:
    """Every public page of the cast, rendered once: what is asked here only reads."""
    with django_db_blocker.unblock(), transaction.atomic():
        site.build()
        client = Client()
        found = {name: visit(client, address) for name, address in site.PAGES.items()}
        transaction.set_rollback(True)
    return found


# --- schema.org ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", site.PAGES)
def test_what_pages_say_is_what_schema_org_allows(pages: dict[str, Page], name: str) -> None:
    told = read_data(pages[name])
    assert [fault for each in told for fault in find_faults(each)] == []
    assert TOLD.get(name, set()) <= {kind for kind in TOLD.get(name, set()) if find_all(told, kind)}


def test_an_article_is_told_by_its_edition(pages: dict[str, Page]) -> None:
    article, *_ = nodes(pages["article"])
    expected = {
        "@type": "Article",
        "@id": f"{ARTICLE}#article",
        "url": ARTICLE,
        "mainEntityOfPage": ARTICLE,
        "headline": "Who believes in night trains",
        "description": "Two who know the tracks.",
        "image": [f"{ARTICLE}editions/2/share.png"],
        "datePublished": "2025-07-01T12:00:00+00:00",
        "dateModified": "2025-07-01T13:00:00+00:00",
        "version": 2,
        "author": [{"@type": "Person", "name": "Nell Upham", "url": f"{HERE}/authors/nell-upham/"}],
        "timeRequired": "PT1M",
    }
    assert {name: article[name] for name in expected} == expected
    assert article["correction"] == {
        "@type": "CorrectionComment",
        "text": "It was not slow.",
        "dateCreated": "2025-07-01T13:00:00+00:00",
        "url": f"{ARTICLE}editions/2/",
    }
    assert [each["name"] for each in article["about"]][:2] == ["Night trains", site.cast.QUESTIONS["trains"][1]]
    assert {each["name"] for each in article["mentions"]} == set(site.cast.NAMES.values())
    assert {each["name"] for each in article["citation"]} == {
        "The night train survey",
        "A speech on platform nine",
    }
    # Five on trains; on ferries four, for Dara declines.
    assert len(article["hasPart"]) == 9


def test_a_kept_edition_is_a_version_of_the_article(pages: dict[str, Page]) -> None:
    (article,) = nodes(pages["edition"])
    assert article["@id"] == f"{ARTICLE}editions/1/#article"
    assert article["exampleOfWork"] == {"@id": f"{ARTICLE}#article"}
    assert (article["version"], article["dateModified"]) == (1, "2025-07-01T12:00:00+00:00")
    assert "correction" not in article


def test_quotations_hold_no_paraphrase(pages: dict[str, Page]) -> None:
    words = {each["text"] for each in find_all(nodes(pages["expert"]), "Quotation")}
    assert words == {"They will, and on time.", "One ticket.", "Ein Schein."}
    assert "She holds that they pay for themselves." in pages["expert"].words


def test_a_position_is_told_on_its_own_page(client: Client) -> None:
    record = site.build().record
    said, declined = record.positions[0], record.find("dara", "ferries", site.cast.JAN_24)
    page = visit(client, f"/positions/{said.pk}/")
    assert [fault for each in read_data(page) for fault in find_faults(each)] == []
    (claim,) = find_all(nodes(page), "Claim")
    assert claim["@id"] == f"{HERE}/positions/{said.pk}/#claim"
    assert [each["text"] for each in claim["citation"]] == ["They will, and on time."]
    assert read_card(page)["og:url"] == f"{HERE}/positions/{said.pk}/"
    silent = visit(client, f"/positions/{declined.pk}/")
    assert find_all(nodes(silent), "Claim") == []
    assert find_all(nodes(silent), "BreadcrumbList")


def test_a_conversation_is_told_beside_the_article(pages: dict[str, Page]) -> None:
    beside = next(each for each in nodes(pages["article"]) if "commentCount" in each)
    assert beside["@id"] == f"{ARTICLE}#article"
    assert (beside["commentCount"], len(beside["comment"])) == (26, 10)
    assert beside["discussionUrl"] == f"{ARTICLE}comments/"


def test_a_thread_is_a_posting_with_replies(pages: dict[str, Page]) -> None:
    (posting,) = find_all(nodes(pages["thread"]), "DiscussionForumPosting")
    assert posting["text"] == "I rode on four of them."
    assert posting["author"] == {"@type": "Person", "name": "Rosa Lindqvist"}
    assert posting["isPartOf"] == {"@id": f"{ARTICLE}#article"}
    (reply,) = posting["comment"]
    assert (reply["text"], reply["parentItem"]) == ("And were they on time?", {"@id": f"{ARTICLE}comments/9001/#c9001"})
    assert reply["url"] == f"{ARTICLE}comments/9002/#c9002"


def test_what_is_gone_is_not_told(pages: dict[str, Page]) -> None:
    told = str([nodes(pages[name]) for name in ("article", "conversation", "conversation, page 2")])
    assert "9005" not in told.replace("'@id': 'http://127.0.0.1:8000/articles/night-trains/comments/9005/#c9005'", "")


def test_pages_for_one_reader_or_nobody_say_nothing(client: Client) -> None:
    site.build()
    for address, status in [*((form, 200) for form in site.FORMS.values()), ("/nothing/", 404), (site.WITHDRAWN, 410)]:
        page = visit(client, address, status)
        assert read_data(page) == [], address
        assert [e for e in page.find("link") if e["rel"] in ("alternate", "canonical")] == [], address
        assert [e for e in page.find("meta") if e["property"].startswith("og:")] == [], address


def test_no_row_breaks_out_of_its_page(client: Client) -> None:
    expert = make.expert(HOSTILE, slug="x", bio=HOSTILE, aliases=HOSTILE)
    topic = make.topic(HOSTILE[:200], slug="x", description=HOSTILE)
    question = make.question(HOSTILE, slug="x", background=HOSTILE, label=HOSTILE[:80])
    question.topics.add(topic)
    source = make.source(HOSTILE, author=HOSTILE, publisher=HOSTILE)
    position = make.position(expert, question, source=source, summary=HOSTILE)
    make.quote(position, HOSTILE, source=source)
    make.affiliation(expert, HOSTILE, role=HOSTILE)
    author = make.author(HOSTILE, slug="x", bio=HOSTILE)
    other = make.expert()
    make.position(other, question)
    asked = {"experts": [expert, other], "questions": [question], "authors": [author]}
    article = make.article(HOSTILE, slug="x", standfirst=HOSTILE, **asked)
    article.topics.add(topic)
    edition = publish(article, by=None, now=NOW)
    first = talk.comment(edition, HOSTILE, name=HOSTILE[:80])
    site.rewrite(article, body="<p>Again.</p>")
    publish(article, by=None, now=NOW, kind=Edition.Kind.CORRECTION, note=HOSTILE)
    places = (
        "articles/x/comments/",
        f"articles/x/comments/{first.pk}/",
        "articles/x/editions/",
        "articles/x/editions/1/",
    )
    for place in ("", "articles/", "articles/x/", "experts/x/", "questions/x/", "topics/x/", "authors/x/", *places):
        page = visit(client, f"/{place}")
        assert [e for e in page.find("script") if e["type"] != "application/ld+json" and not e["src"]] == [], place
        assert "alert(1)" not in "".join(e["src"] for e in page.find("script"))
        told = read_data(page)
        assert [fault for each in told for fault in find_faults(each)] == [], place
        assert "alert(1)" in str(told) or place == "", place
        for e in page.find("script"):
            assert e["src"] or not set("<>&\u2028\u2029") & set(e.data)


# --- What it weighs and costs ----------------------------------------------------------------------------------------


def test_an_article_with_fifty_comments_stays_light(client: Client) -> None:
    people, questions = ask(5, 4)
    article = make.article(slug="one", experts=people, questions=questions)
    edition = publish(article, by=None, now=NOW)
    for n in range(50):
        talk.comment(edition, f"Remark {n}: the *hearings* of spring {n} showed something else. " * 6)
    response = client.get("/articles/one/")
    assert len(gzip.compress(response.content, compresslevel=6)) < 45_000
    told = read_data(Page(response.content.decode()))
    assert len(find_all(told, "Comment")) == 10
    assert all(len(each["text"]) <= 500 for each in find_all(told, "Comment"))


def test_describing_asks_nothing(django_assert_num_queries: Any) -> None:
    edition = publish_one(5, 2)
    publish_again(edition, 2)
    talk.comment(edition)
    opened, conversation = open_edition(edition), open_conversation(edition, NOW)
    with django_assert_num_queries(0):
        describe_page(opened, edition)
        describe_beside(edition, conversation.tally, conversation.discussion.threads)
        describe_conversation(edition, conversation.discussion.threads)


# --- Cards -----------------------------------------------------------------------------------------------------------


def read_card(page: Page) -> dict[str, str]:
    found = [(e["property"] or e["name"], e["content"]) for e in page.find("meta")]
    told = [(name, content) for name, content in found if name.startswith(("og:", "twitter:"))]
    assert len(dict(told)) == len(told)
    return dict(told)


@pytest.mark.parametrize("name", site.PAGES)
def test_every_page_has_a_card(pages: dict[str, Page], name: str) -> None:
    card = read_card(pages[name])
    canonical = next(e["href"] for e in pages[name].find("link") if e["rel"] == "canonical")
    # What is shared of a kept edition is that edition.
    assert card["og:url"] == (f"{ARTICLE}editions/1/" if name == "edition" else canonical)
    assert card["og:title"]
    assert card["og:description"]
    assert card["og:site_name"] == "aisrace"
    assert card["og:type"] == {
        "expert": "profile",
        "author": "profile",
        "article": "article",
        "edition": "article",
    }.get(name, "website")
    assert card["og:image"].startswith(f"{HERE}/")
    assert (card["og:image:width"], card["og:image:height"]) == ("1200", "630")
    assert card["og:image:alt"]
    assert card["twitter:card"] == "summary_large_image"


def test_the_picture_of_the_site_is_drawn_and_kept(client: Client, settings: Any) -> None:
    first = client.get("/share.png")
    assert first.status_code == HTTPStatus.OK
    assert first["Content-Type"] == "image/png"
    assert first.content.startswith(b"\x89PNG")
    assert int.from_bytes(first.content[16:20]), int.from_bytes(first.content[20:24]) == (1200, 630)
    assert client.get("/share.png").content == first.content
    settings.SITE_NAME = "Another name"
    assert client.get("/share.png").content != first.content


@pytest.mark.parametrize(("kind", "slug", "queries"), [("experts", "ada", 3), ("questions", "ferries", 5)])
def test_experts_and_questions_have_pictures_that_follow_the_record(
    client: Client, django_assert_num_queries: Any, kind: str, slug: str, queries: int
) -> None:
    record = site.build().record
    address = f"/{kind}/{slug}/share.png"
    assert read_card(visit(client, f"/{kind}/{slug}/"))["og:image"] == f"{HERE}{address}"
    first = client.get(address)
    assert (first.status_code, first["Content-Type"]) == (HTTPStatus.OK, "image/png")
    assert first["Cache-Control"].startswith("public, max-age=3600")
    with django_assert_num_queries(queries):
        assert client.get(address).content == first.content
    make.position(record.experts["ada"], record.questions["ferries"], "Unlikely", stated_on=make.NOW.date())
    assert client.get(address).content != first.content
    for hidden in (make.expert(slug="x", public_at=None), make.question(slug="x", public_at=None)):
        assert client.get(f"{hidden.get_absolute_url()}share.png").status_code == HTTPStatus.NOT_FOUND


def test_pictures_are_drawn_of_whatever_a_row_holds(client: Client) -> None:
    long = "Донаудампфшифффартсгезельшафт 日本語 </text> & \u0301\u0301 " * 8
    expert, question = make.expert(long[:200], slug="x"), make.question(long, slug="x")
    make.affiliation(expert, long[:200], role=long[:200])
    for n in range(60):
        make.position(make.expert(f"Person {n}"), question, stated_on=make.A_DAY)
    for kind in ("experts", "questions"):
        assert client.get(f"/{kind}/x/share.png").content.startswith(b"\x89PNG")
    assert client.get(make.question(slug="bare").get_absolute_url() + "share.png").status_code == HTTPStatus.OK


# --- Addresses -------------------------------------------------------------------------------------------------------


def canonical(client: Client, address: str) -> str:
    (link,) = [e["href"] for e in visit(client, address).find("link") if e["rel"] == "canonical"]
    return link.removeprefix(HERE)


def test_every_page_names_the_address_at_which_it_is_to_be_found(client: Client) -> None:
    site.build()
    Question.objects.bulk_create(
        Question(wording=f"Q {n}?", slug=f"q-{n}", scale=make.scale(f"S {n}"), public_at=make.LONG_AGO)
        for n in range(45)
    )
    expected = {
        "/?utm_source=x": "/",
        "/questions/?page=2": "/questions/?page=2",
        "/questions/?page=99": "/questions/?page=2",
        "/questions/?page=1": "/questions/",
        "/questions/?utm_source=x&page=2": "/questions/?page=2",
        "/questions/?q=Q&page=2": "/questions/",
        "/questions/?as_of=2024-01-01": "/questions/",
        "/questions/ferries/?as_of=2024-06-01&show=quoted": "/questions/ferries/",
        "/experts/ada/?q=x": "/experts/ada/",
        "/compare/?as_of=2024-06-01": "/compare/",
        "/compare/?expert=ada": "/compare/",
        "/compare/?expert=bo&expert=ada": "/compare/?expert=ada&expert=bo",
        "/compare/?expert=bo&expert=ada&question=trains&as_of=2024-06-01&x=1": (
            "/compare/?expert=ada&expert=bo&question=trains"
        ),
        "/articles/night-trains/editions/1/": "/articles/night-trains/",
        "/articles/night-trains/comments/?order=oldest": "/articles/night-trains/comments/",
        "/articles/night-trains/comments/?page=2": "/articles/night-trains/comments/?page=2",
        "/articles/night-trains/comments/9001/": "/articles/night-trains/comments/9001/",
    }
    assert {address: canonical(client, address) for address in expected} == expected
    for address in set(expected.values()):
        assert canonical(client, address) == address


def test_a_former_address_leads_to_the_one_that_pages_name(client: Client) -> None:
    expert = make.expert(slug="old")
    expert.slug = "new"
    expert.save()
    leave(expert, "old", NOW)
    response = client.get("/experts/old/")
    assert (response.status_code, response["Location"]) == (301, "/experts/new/")
    assert canonical(client, "/experts/new/") == "/experts/new/"


def test_kept_editions_are_not_to_be_indexed(pages: dict[str, Page]) -> None:
    def robots(name: str) -> list[str]:
        return [e["content"] for e in pages[name].find("meta") if e["name"] == "robots"]

    assert robots("edition") == ["noindex"]
    assert [name for name in site.PAGES if robots(name)] == ["edition", "search"]


FOLLOWED = {
    "topic": "/topics/night-trains/",
    "author": "/authors/nell-upham/",
    "expert": "/experts/ada/",
    "question": "/questions/ferries/",
    "article": "/articles/night-trains/comments/",
    "conversation": "/articles/night-trains/comments/",
    "conversation, page 2": "/articles/night-trains/comments/",
    "edition": "/articles/night-trains/comments/",
    "thread": "/articles/night-trains/comments/",
}
DATA = {
    "article": "articles/night-trains",
    "edition": "articles/night-trains",
    "expert": "experts/ada",
    "question": "questions/ferries",
    "topic": "topics/night-trains",
}


FRAMED = {"article", "edition", "question"}


@pytest.mark.parametrize("name", site.PAGES)
def test_pages_lead_to_their_feeds_and_to_themselves_as_data(pages: dict[str, Page], name: str) -> None:
    links = [e for e in pages[name].find("link") if e["rel"] == "alternate"]
    of = {kind: [e["href"] for e in links if e["type"] == kind] for kind in {e["type"] for e in links}}
    framed = {kind for kind in of if kind.endswith("+oembed")}  # tests/integration/test_oembed.py follows them
    assert len(framed) == (2 if name in FRAMED else 0)
    own = ["/", *([FOLLOWED[name]] if name in FOLLOWED else [])]
    assert of.pop("application/atom+xml") == [f"{HERE}{page}feed.atom" for page in own]
    assert of.pop("application/feed+json") == [f"{HERE}{page}feed.json" for page in own]
    assert of.pop("application/json", []) == ([f"{HERE}/api/v1/{DATA[name]}/"] if name in DATA else [])
    assert set(of) == framed
    assert all(e["title"] for e in links if e["type"] in ("application/atom+xml", "application/feed+json"))


def test_what_is_named_is_there(client: Client) -> None:
    site.build()
    found = {e["href"] for name in site.PAGES for e in visit(client, site.PAGES[name]).find("link") if e["title"]}
    assert len(found) == 18
    for address in found:
        assert client.get(address.removeprefix(HERE)).status_code == HTTPStatus.OK, address
