"""The record as programs read it: what the pages show, in the same numbers."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from experts.comparison import compare
from experts.measures import Distribution, distribute
from experts.models import Position, Question
from experts.reading import read_question_page
from tests import cast, make
from tests.integration.test_api import ask

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
DAYS = [None, cast.JAN_24, cast.JUN_24, date(2024, 12, 31), cast.JUN_25, date(2020, 1, 1)]


stands_on = cast.record


@pytest.fixture(autouse=True)
def record(standing: cast.Record) -> cast.Record:
    return standing


def slugs(found: dict[str, Any]) -> list[str]:
    return [row["slug"] for row in found["results"]]


def test_positions_that_count_on_a_day_are_those_of_the_comparison() -> None:
    rows = cast.rows()
    for day in DAYS:
        cells = rows.compare(day).cells.values()
        expected = {(c.expert.slug, c.question.slug, c.position.stated_on) for c in cells if c.position}
        found = Position.objects.current(timezone.now(), day).values_list("expert__slug", "question__slug", "stated_on")
        assert set(found) == expected
        assert len(found) == len(expected)


def test_a_silence_counts_until_something_is_said(record: cast.Record) -> None:
    who = make.expert()
    asked = record.questions["trains"]
    for day, blank in ((1, "silent"), (2, "silent"), (3, "declined"), (4, "silent")):
        make.position(who, asked, blank=blank, stated_on=date(2023, 1, day))
    now = timezone.now()

    def current(day: int) -> list[int]:
        found = Position.objects.filter(expert=who).current(now, date(2023, 1, day))
        return [on.day for on in found.values_list("stated_on", flat=True)]

    assert [current(day) for day in (1, 2, 3, 4)] == [[1], [1], [3], [3]]


def test_what_is_not_public_yet_replaces_nothing(record: cast.Record) -> None:
    now = timezone.now()
    ada, trains = record.experts["ada"], record.questions["trains"]
    make.position(ada, trains, stated_on=date(2025, 1, 1), public_at=now + timedelta(days=1))
    assert Position.objects.public(now).current(now, None).filter(expert=ada, question=trains).exists()


def test_the_tally_is_that_of_the_page(client: Client) -> None:
    for day in DAYS:
        query = f"?as_of={day}" if day else ""
        listed = {row["slug"]: row["tally"] for row in ask(client, f"/api/v1/questions/{query}")["results"]}
        assert len(listed) == len(cast.QUESTIONS)
        assert ask(client, f"/api/v1/questions/ferries/{query}")["tally"] == listed["ferries"]
        for question in Question.objects.all():
            shown = read_question_page(question, timezone.now(), day, timezone.localdate()).distribution
            assert_same_tally(listed[question.slug], shown)


def assert_same_tally(told: dict[str, Any], shown: Distribution) -> None:
    assert (told["n"], told["weighted_n"], told["blank_n"]) == (shown.n, shown.weighted_n, shown.blank_n)
    assert [(s["answer"]["label"], s["count"], s["share"], s["weight"]) for s in told["shares"]] == [
        (s.answer.label, s.count, s.share, s.weight) for s in shown.shares
    ]
    assert [(o["answer"]["label"], o["count"]) for o in told["off_axis"]] == [
        (answer.label, count) for answer, count in shown.off_axis
    ]
    # The page knows those who speak only later; the tally of what was said by the day does not.
    blanks = {blank["reason"]: blank["count"] for blank in told["blanks"]}
    assert blanks == {reason: count for reason, count in shown.blanks if reason != "later"}


def test_a_question(client: Client) -> None:
    row = ask(client, "/api/v1/questions/ferries/?include=answers")
    assert row["topics"] == [
        {
            "slug": "night-trains",
            "name": "Night trains",
            "url": "http://testserver/api/v1/topics/night-trains/",
            "page": "http://testserver/topics/night-trains/",
        }
    ]
    assert row["scale"]["url"].startswith("http://testserver/api/v1/scales/")
    assert [answer["step"] for answer in row["answers"]][:3] == [0, 1, 2]
    assert row["positions"] == "http://testserver/api/v1/positions/?question=ferries"


NARROWED = {
    "questions/?topic=night-trains": 6,
    "questions/?expert=elm": 3,
    "questions/?expert=elm&as_of=2024-12-31": 1,
    "questions/?poll=true": 0,
    "positions/?expert=ada&question=trains": 1,
    "positions/?expert=elm&question=ferries": 3,
    "positions/?expert=elm&question=ferries&current=true": 1,
    "positions/?expert=elm&question=ferries&current=true&as_of=2024-07-01": 1,
    "positions/?expert=elm&question=ferries&current=false": 2,
    "positions/?blank=declined": 1,
    "positions/?answered=false&expert=dara": 3,
    "positions/?stated_from=2025-06-30": 2,
    "positions/?stated_to=2020-01-01": 0,
    "positions/?topic=night-trains&dating=reported": 0,
    "quotes/?expert=ada": 3,
    "quotes/?kind=verbatim": 1,
    "quotes/?expert=bo": 0,
    "quotes/?q=time": 1,
    "sources/?kind=secondary": 1,
    "sources/?q=PLATFORM": 1,
    "scales/": len(cast.SCALES),
}


def test_lists_are_narrowed(client: Client) -> None:
    found = {query: ask(client, f"/api/v1/{query}") for query in NARROWED}
    assert {query: answer["count"] for query, answer in found.items()} == NARROWED
    assert {query: len(answer["results"]) for query, answer in found.items()} == NARROWED


def test_a_position_with_its_words(client: Client, record: cast.Record) -> None:
    pk = record.find("ada", "trains", cast.JAN_24).pk
    row = ask(client, f"/api/v1/positions/{pk}/?include=quotes")
    assert row["page"] == f"http://testserver/positions/{pk}/"
    assert row["answer"]["label"] == "Very likely"
    assert (row["blank"], row["role"], row["confidence"]) == (None, "Lecturer, Harbour College", 9)
    (quote,) = row["quotes"]
    assert (quote["words"], quote["locator"], quote["is_quotable"]) == ("They will, and on time.", "minute 3", True)
    listed = ask(
        client, f"/api/v1/quotes/{quote['id']}/?fields=id,url,kind,words,is_quotable,language,original,locator,source"
    )
    assert listed == quote
    assert ask(client, f"/api/v1/quotes/?position={pk}")["count"] == 1
    source = ask(client, quote["source"]["url"].removeprefix("http://testserver"))
    assert source["title"] == "A speech on platform nine"
    assert ask(client, f"/api/v1/positions/?source={source['id']}")["count"] == 3


def test_a_row_that_is_not_there_narrows_nothing(client: Client) -> None:
    for name, value in {"expert": "nobody", "question": "nothing", "topic": "none", "source": "99999999"}.items():
        (error,) = ask(client, f"/api/v1/positions/?{name}={value}", 404)["errors"]
        assert error["parameter"] == name


def test_comparing(client: Client) -> None:
    found = ask(client, "/api/v1/compare/?expert=ada&expert=bo&expert=cato")
    agreements = {tuple(sorted(a["experts"])): a for a in found["agreements"]}
    for pair, (n, exact, near, near_n) in cast.AGREEMENTS.items():
        if pair in agreements:
            told = agreements[pair]
            assert (told["n"], told["exact"], told["near"], told["near_n"]) == (n, exact, near, near_n)
            assert told["exact_share"] == cast.CLAIMED.get(pair)
    assert len(agreements) == 3
    assert len(found["cells"]) == 3 * len(found["questions"]) == 18
    assert [d["question"]["slug"] for d in found["distributions"]] == [q["slug"] for q in found["questions"]]
    rows = cast.rows()
    chosen = [rows.experts[slug] for slug in ("ada", "bo", "cato")]
    comparison = compare(chosen, [*rows.questions.values()], rows.positions)
    for told in found["distributions"]:
        question = rows.questions[told["question"]["slug"]]
        shown = distribute(question, comparison.column(question))
        assert (told["n"], told["off_axis_n"], told["blank_n"]) == (shown.n, shown.off_axis_n, shown.blank_n)
    assert "evidence" not in found["cells"][0]
    assert found["page"] == "http://testserver/compare/?expert=ada&expert=bo&expert=cato"


def test_comparing_with_evidence(client: Client) -> None:
    address = "/api/v1/compare/?expert=ada&expert=bo&question=trains&as_of=2024-12-31"
    cells = ask(client, f"{address}&include=cells.evidence")["cells"]
    assert [cell["expert"] for cell in cells] == ["ada", "bo"]
    assert cells[0]["evidence"]["quotes"][0]["words"] == "They will, and on time."
    assert ask(client, f"{address}&fields=cells.evidence.summary")["cells"] == [
        {"evidence": {"summary": "In short."}},
        {"evidence": {"summary": "In short."}},
    ]


@pytest.mark.parametrize(
    ("query", "status", "name", "words"),
    [
        ("expert=nobody&expert=ada", 404, "expert", "There is no expert “nobody” here."),
        ("expert=ada&question=nothing", 404, "question", "There is no question “nothing” here."),
        ("expert=ada&expert=ada", 400, "expert", "more than once"),
        ("&".join(f"expert=e{n}" for n in range(7)), 400, "expert", "up to 6 times"),
        ("expert=", 400, "expert", "a slug"),
    ],
)
def test_comparing_what_is_not_there(client: Client, query: str, status: int, name: str, words: str) -> None:
    errors = ask(client, f"/api/v1/compare/?{query}", status)["errors"]
    assert any(error["parameter"] == name and words in error["detail"] for error in errors)


def test_comparing_nobody(client: Client) -> None:
    assert ask(client, "/api/v1/compare/")["cells"] == []


LISTS = {
    "experts/?include=affiliations": 4,
    "questions/?include=answers": 6,
    "questions/?fields=slug": 2,
    "scales/": 4,
    "positions/?include=quotes": 6,
    "positions/?fields=id,stated_on": 2,
    "positions/?current=true&fields=id": 2,
    "quotes/": 2,
    "sources/": 2,
}


@pytest.mark.parametrize("rows", [1, 100])
def test_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    people, _ = make.filled_record(rows, 2 if rows == 1 else 20)
    make.filled_record(1, rows)
    for address, number in LISTS.items():
        with django_assert_num_queries(number):
            ask(client, f"/api/v1/{address}{'&' if '?' in address else '?'}page_size=100")
    both = "&".join(f"expert={expert.slug}" for expert in people[:6])
    if rows > 1:
        with django_assert_num_queries(7):
            ask(client, f"/api/v1/compare/?{both}&include=cells.evidence")
