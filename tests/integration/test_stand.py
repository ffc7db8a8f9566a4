"""Where do you stand: the reader's result without any script, and that nothing of what they answer stays anywhere."""

import logging
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.demo import install_demo
from articles.models import Article
from articles.publishing import publish
from experts.addresses import leave
from experts.models import Expert, Position, Question, Topic
from tests import cast, make, site
from tests.make import NOW
from tests.pages import Element, Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ARTICLE, TOPIC = "/articles/all-six/where-do-you-stand/", "/topics/night-trains/where-do-you-stand/"
both = pytest.mark.parametrize("address", [ARTICLE, TOPIC])
READER = {
    "trains": "Very likely",
    "tickets": "Likely",
    "sleepers": "Yes",
    "gap": "Under a year",
    "ferries": "It depends",
    "borders": "Yes",
}


@pytest.fixture
def record() -> cast.Record:
    made = cast.record()
    questions = list(made.questions.values())
    publish(
        make.article("All six", slug="all-six", experts=made.experts.values(), questions=questions), by=None, now=NOW
    )
    return made


def fields(said: dict[str, str], *doubled: str) -> dict[str, str]:
    """What a form with these answers sends."""
    chosen = {q: q.scale.answers.get(label=said[q.slug]) for q in Question.objects.filter(slug__in=said)}
    sent = {f"q{question.pk}": f"{answer.pk}" for question, answer in chosen.items()}
    return sent | {f"w{question.pk}": "2" for question in chosen if question.slug in doubled}


def send(client: Client, address: str, data: dict[str, str]) -> Page:
    response = client.post(address, data)
    assert response.status_code == 200
    return Page(response.content.decode())


def results(page: Page) -> list[Element]:
    return page.find("li", "beside-you")


def told(page: Page) -> list[tuple[str, str, str]]:
    return [(e.texts("a")[0], e.texts("p", "share")[0], e.texts("p", "meta")[-1]) for e in results(page)]


# --- The result ------------------------------------------------------------------------------------------------------


def test_on_an_article(client: Client, record: cast.Record) -> None:
    page = send(client, ARTICLE, fields(READER))
    assert [(name, share) for name, share, _ in told(page)] == [
        ("Ada Fernwick", "The same: 100 %"),
        ("Bo Quillane", "The same: 40 %"),
        ("Cato Mirrenby", "The same: 0 %"),
        ("Dara Ostlund-Pike", "The same: too few"),
        ("Elm Street Railway Institute", "The same: too few"),
    ]
    assert "Same answer: 2 of 5 · at most a step apart: 3 of 3 (100 %)" in results(page)[1].text
    assert "2 common questions, 3 needed · same answer: 0 of 2 · at most a step apart: 2 of 2" in results(page)[3].text
    assert "A percentage is shown from 3 questions that both you and the expert have answered" in page.words
    assert "You stand on the scale of 5 of 6 questions." in page.words
    assert "5 experts, as they stood on 1 July 2025" in page.words


def test_the_demo_has_a_result(client: Client) -> None:
    """Whoever answers all its questions is told more than “too few”, though experts are silent on every third."""
    install_demo(NOW)
    address = "/articles/china-usa-ai-race/where-do-you-stand/"
    first = [asked.find("input")[0] for asked in visit(client, address).find("fieldset", "ask")]
    page = send(client, address, {answer["name"]: answer["value"] for answer in first})
    shares = {name: share for name, share, _ in told(page)}
    assert shares.pop("Yann LeCun") == "The same: too few"
    assert len(shares) == 4
    assert all(share.endswith("%") for share in shares.values()), shares
    assert "1 common question, 3 needed · same answer: 1 of 1" in results(page)[-1].text
    assert "No common question, 3 needed" in (nothing := results(send(client, address, {}))[0].text)
    assert " of 0" not in nothing


def test_a_question_that_counts_double(client: Client, record: cast.Record) -> None:
    page = send(client, ARTICLE, fields(READER, "trains", "sleepers"))
    assert told(page)[1][1] == "The same: 57 %"
    assert "Same answer: 2 of 5" in results(page)[1].text
    assert {e["name"] for e in page.find("input") if e["type"] == "checkbox" and "checked" in e.attributes} == {
        f"w{record.questions[key].pk}" for key in ("trains", "sleepers")
    }


def test_why_is_told_question_by_question_with_words_and_source(client: Client, record: cast.Record) -> None:
    ada = results(send(client, ARTICLE, fields(READER)))[0]
    trains = ada.find("li", "point")[0]
    assert trains.texts("span", "stance") == ["Very likely", "Very likely"]
    assert "same answer" in trains.text
    assert "“They will, and on time.”" in trains.text
    assert "A speech on platform nine" in trains.text
    assert "/questions/trains/" in trains.links
    ferries = ada.find("li", "point")[4]
    assert ferries.texts("span", "stance") == ["It depends", "Likely"]
    assert "not counted" in ferries.text


def test_the_article_is_its_edition_and_the_topic_is_today(client: Client, record: cast.Record) -> None:
    """What is recorded after publication counts on the topic alone."""
    make.position(record.experts["bo"], record.questions["borders"], "Yes", stated_on=make.A_DAY.replace(year=2026))
    assert told(send(client, ARTICLE, fields(READER)))[1][1] == "The same: 40 %"
    assert told(send(client, TOPIC, fields(READER)))[1][1] == "The same: 60 %"
    assert "5 experts, as they stand on record today" in visit(client, TOPIC).words


def test_a_page_that_has_not_been_answered_shows_no_result(client: Client, record: cast.Record) -> None:
    for address in (ARTICLE, TOPIC):
        page = visit(client, address)
        (result,) = [e for e in page.find("section") if e["id"] == "result"]
        assert "hidden" in result.attributes
        assert [e.text for e in page.find("legend")] == [
            f"{n} of 6{question.wording}" for n, question in enumerate(record.questions.values(), 1)
        ]
        assert len([e for e in page.find("input") if "checked" in e.attributes and e["value"] == ""]) == 6


def test_many_questions_are_cut_and_say_so(client: Client) -> None:
    people, asked = make.filled_record(61, 21)
    topic = make.topic("Long", slug="long")
    topic.questions.add(*asked, make.question("Nobody has answered this?"))
    answer = asked[-1].scale.answers.get(label="Likely")
    Position.objects.filter(question=asked[-1], expert__in=people[:30]).update(answer=answer)
    page = visit(client, "/topics/long/where-do-you-stand/")
    wordings = [e.text for e in page.find("legend")]
    assert len(wordings) == 20
    assert wordings[0] == f"1 of 20{asked[-1].wording}"
    assert len(results(page)) == 60
    assert "20 questions, those first on which the experts differ most; 2 left out" in page.words
    assert "60 experts, as they stand on record today; 1 left out" in page.words
    assert page.texts("summary")[0] == "10 further questions"


def test_nothing_to_ask(client: Client) -> None:
    topic = make.topic("Bare", slug="bare")
    topic.questions.add(make.question())
    page = visit(client, "/topics/bare/where-do-you-stand/")
    assert "There is no question here" in page.words
    for bare in (page, send(client, "/topics/bare/where-do-you-stand/", {})):
        assert [e["action"] for e in bare.find("form")] == ["/search/"]


def test_links_lead_there(client: Client, record: cast.Record) -> None:
    assert ARTICLE in visit(client, "/articles/all-six/").links
    assert ARTICLE not in visit(client, "/articles/all-six/editions/1/").links
    assert TOPIC in visit(client, "/topics/night-trains/").links


def test_addresses_that_have_moved_or_are_not_there(client: Client, record: cast.Record) -> None:
    topic = Topic.objects.get(slug="night-trains")
    topic.slug = "sleepers"
    topic.save()
    leave(topic, "night-trains", NOW)
    assert client.get(TOPIC)["Location"] == "/topics/sleepers/where-do-you-stand/"
    Article.objects.filter(slug="all-six").update(slug="six")
    publish(Article.objects.get(slug="six"), by=None, now=NOW)
    assert client.get(ARTICLE)["Location"] == "/articles/six/where-do-you-stand/"
    for kind in ("articles", "topics"):
        visit(client, f"/{kind}/nothing/where-do-you-stand/", 404)
    site_made = make.article("Gone", slug="gone")
    visit(client, f"/articles/{site_made.slug}/where-do-you-stand/", 404)


def test_a_withdrawn_article(client: Client) -> None:
    site.build()
    visit(client, f"{site.WITHDRAWN}where-do-you-stand/", 410)


# --- Nothing stays ---------------------------------------------------------------------------------------------------


@both
def test_nothing_is_written_set_or_logged(
    client: Client, record: cast.Record, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    data = fields(READER, "trains")
    with (
        caplog.at_level(logging.DEBUG),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        response = client.post(address, data)
    statements = [query["sql"] for query in asked.captured_queries]
    assert statements
    assert [sql for sql in statements if not sql.lstrip(" (").upper().startswith("SELECT")] == []
    assert not response.cookies
    assert Session.objects.count() == 0
    ours = " ".join(line.getMessage() for line in caplog.records if line.name != "django.db.backends")
    assert [name for name, value in data.items() if f"{name}={value}" in ours or f"'{name}'" in ours] == []
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


@both
def test_answers_in_an_address_are_not_looked_at(client: Client, record: cast.Record, address: str) -> None:
    plain = client.get(address).content
    assert client.get(address, fields(READER)).content == plain
    (form,) = [e for e in Page(plain.decode()).find("form") if e["action"] != "/search/"]
    assert (form["method"], form["action"]) == ("post", f"{address}#result")
    assert client.put(address).status_code == 405


@both
def test_who_comes_from_elsewhere_learns_and_leaves_nothing(record: cast.Record, address: str) -> None:
    """A post needs no token: all it does is answer."""
    client = Client(enforce_csrf_checks=True)
    assert client.post(address, fields(READER), headers={"origin": "null"}).status_code == 200


def test_what_is_not_public_is_neither_asked_nor_shown(client: Client, record: cast.Record) -> None:
    topic = Topic.objects.get(slug="night-trains")
    hidden = make.question("A zorkmid question?", public_at=None)
    topic.questions.add(hidden)
    secret = make.expert("A zorkmid expert", public_at=None)
    make.position(secret, record.questions["trains"], "Likely", summary="zorkmid")
    ada, trains = record.experts["ada"], record.questions["trains"]
    make.position(ada, hidden, summary="zorkmid")
    make.position(ada, trains, "Even", stated_on=make.A_DAY.replace(year=2026), public_at=None, summary="zorkmid")
    page = send(client, TOPIC, fields(READER))
    assert "zorkmid" not in page.source
    assert told(page)[0][1] == "The same: 100 %"


BODIES = [
    b"",
    b"q1=%00&w1=%00",
    b"q1=%ED%A0%80",
    b"q1=" + b"x" * 10_000,
    b"q1=%E2%80%AE%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    b"&" * 3_000,
    b"q" + b"9" * 5_000 + b"=1",
    b"=&==&%zz%",
    b"\xff\xfe",
]
FORM = "application/x-www-form-urlencoded"
KINDS = ["application/json", "multipart/form-data; boundary=x", "text/plain", f"{FORM}; charset=zz", "x"]


@both
def test_whatever_is_sent_the_answer_is_a_page(client: Client, record: cast.Record, address: str) -> None:
    for body in BODIES:
        page = Page(client.post(address, body, content_type=FORM).content.decode())
        assert page.find("footer", "colophon"), body[:40]
        assert "<script>alert" not in page.source
        assert "You stand on the scale of 0 of 6 questions." in page.words, body[:40]
    for kind in KINDS:
        response = client.generic("POST", address, b'{"q1": [1]}\x00\xff', content_type=kind)
        assert response.status_code in (200, 400), kind
        assert b"colophon" in response.content


# --- What it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("experts", "questions"), [(2, 1), (100, 5), (3, 100)])
def test_the_number_of_queries_does_not_grow(
    client: Client, django_assert_num_queries: Any, experts: int, questions: int
) -> None:
    people, asked = make.filled_record(experts, questions)
    make.topic(slug="asked").questions.add(*asked)
    article = make.article("One", slug="one", experts=people[:10], questions=asked[:10])
    publish(article, by=None, now=NOW)
    visit(client, "/")
    with django_assert_num_queries(9):
        visit(client, "/topics/asked/where-do-you-stand/")
    with django_assert_num_queries(1):
        visit(client, "/articles/one/where-do-you-stand/")
    assert Expert.objects.count() == experts
