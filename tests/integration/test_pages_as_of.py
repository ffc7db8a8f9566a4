"""Question, expert, question list and compare pages as of a day: what the record said by then, and nothing later."""

from datetime import date

import pytest
from django.test import Client

from tests import cast
from tests.cast import BEFORE_ALL, END_OF_24, JAN_24, JAN_25, JUN_24, JUN_25
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


stands_on = cast.record


@pytest.fixture(autouse=True)
def record(standing: cast.Record) -> cast.Record:
    return standing


def at(client: Client, address: str, day: date | None = None) -> Page:
    return visit(client, f"{address}{'&' if '?' in address else '?'}as_of={day or ''}")


def distribution(page: Page) -> list[str]:
    """Label and count of every answer."""
    rows = page.find("table", "distribution")[0].find("tbody")[0].rows
    return [f"{label} {count.split(' · ')[0]}" for label, _, count, *_ in rows]


def answers(page: Page) -> list[str]:
    """The answers of a side-by-side table in reading order."""
    return page.find("table", "sides")[0].texts("span", "answer")


def test_a_question_counts_the_answers_of_the_day(client: Client) -> None:
    now = distribution(at(client, "/questions/ferries/"))
    then = distribution(at(client, "/questions/ferries/", END_OF_24))
    assert now == ["Very unlikely 0", "Unlikely 0", "Even 0", "Likely 2", "Very likely 0", "Rejects the question 2"]
    assert then == ["Very unlikely 0", "Unlikely 1", "Even 1", "Likely 1", "Very likely 0", "Rejects the question 1"]


def test_a_question_before_anybody_spoke_counts_nobody(client: Client) -> None:
    page = at(client, "/questions/ferries/", BEFORE_ALL)
    assert "Nobody on the scale" in page.words
    assert "as of 31 December 2023" in page.words
    assert page.find("div", "statement") == []


def test_a_question_tells_only_the_changes_of_mind_made_by_the_day(client: Client) -> None:
    def changes(day: date | None) -> list[str]:
        return [item for item in at(client, "/questions/ferries/", day).texts("li", "row") if "became" in item]

    assert changes(None) == [
        "Elm Street Railway Institute Even became Rejects the question 30 June 2025",
        "Ada Fernwick Unlikely became Likely 15 January 2025",
        "Elm Street Railway Institute It depends became Even 20 June 2024",
    ]
    assert changes(END_OF_24) == ["Elm Street Railway Institute It depends became Even 20 June 2024"]
    assert changes(JAN_24) == []


@pytest.mark.parametrize(("day", "answered"), [(None, 7), (JUN_25, 7), (END_OF_24, 6), (JAN_24, 5), (BEFORE_ALL, 0)])
def test_an_expert_shows_what_was_said_by_the_day(client: Client, day: date | None, answered: int) -> None:
    page = at(client, "/experts/ada/", day)
    assert f"{answered} answers on record" in page.words
    assert len(page.find("div", "statement")) == answered


def test_an_expert_shows_what_a_position_replaced(client: Client) -> None:
    assert at(client, "/experts/ada/").texts("p", "replaced") == ["Before, 10 January 2024: Unlikely"]
    assert at(client, "/experts/ada/", END_OF_24).texts("p", "replaced") == []


def test_an_expert_stands_there_in_the_role_of_the_day(client: Client) -> None:
    def role(day: date | None) -> str:
        return at(client, "/experts/ada/", day).texts("p", "meta")[0]

    assert role(None) == role(JUN_24) == "Engineer, Signal Works"
    assert role(JAN_24) == "Lecturer, Harbour College"


def test_an_expert_agrees_with_others_as_far_as_they_did_on_the_day(client: Client) -> None:
    def agreement(day: date | None) -> list[list[str]]:
        tables = at(client, "/experts/ada/", day).find("table", "peers")
        return tables[0].rows[1:] if tables else []

    # With Bo: trains, sleepers and, since January 2025, ferries of six; with Cato: none of five.
    assert agreement(None) == [["Bo Quillane", "50 %", "–", "6"], ["Cato Mirrenby", "0 %", "–", "5"]]
    assert agreement(END_OF_24) == [["Bo Quillane", "33 %", "–", "6"], ["Cato Mirrenby", "0 %", "–", "5"]]
    assert agreement(BEFORE_ALL) == []


def test_a_comparison_shows_the_answers_of_the_day(client: Client) -> None:
    address = "/compare/?expert=ada&expert=bo&question=ferries"
    assert answers(at(client, address)) == ["Likely", "Likely"]
    assert answers(at(client, address, JAN_25)) == ["Likely", "Likely"]
    assert answers(at(client, address, END_OF_24)) == ["Unlikely", "Likely"]
    assert answers(at(client, address, BEFORE_ALL)) == ["Nothing yet on that day"] * 2


def test_a_comparison_shows_no_evidence_from_after_the_day(client: Client, record: cast.Record) -> None:
    address = "/compare/?expert=ada&expert=bo&question=ferries"
    late = record.find("ada", "ferries", JAN_25)
    assert f'id="p{late.pk}"' in at(client, address).source
    assert f'id="p{late.pk}"' not in at(client, address, END_OF_24).source


def test_the_list_of_questions_counts_the_answers_of_the_day(client: Client) -> None:
    def counts(day: date | None) -> list[str]:
        return [e["aria-label"] for e in at(client, "/questions/?q=ferries", day).find("svg", "stack")]

    assert counts(None) == ["Likely 2"]
    assert counts(END_OF_24) == ["Unlikely 1, Even 1, Likely 1"]
    assert counts(BEFORE_ALL) == []


@pytest.mark.parametrize("address", ["/questions/ferries/", "/experts/ada/", "/compare/?expert=ada&expert=bo"])
def test_the_day_asked_for_stays_in_the_form_and_is_named(client: Client, address: str) -> None:
    page = at(client, address, END_OF_24)
    assert [e["value"] for e in page.find("input") if e["name"] == "as_of"] == ["2024-12-31"]
    assert "as of 31 December 2024" in page.words


@pytest.mark.parametrize("address", ["/questions/ferries/", "/experts/ada/", "/compare/?expert=ada&expert=bo"])
def test_an_empty_day_is_today(client: Client, address: str) -> None:
    assert at(client, address).words == visit(client, address).words


def test_the_first_and_the_last_day_are_days(client: Client) -> None:
    assert at(client, "/questions/ferries/", date(9999, 12, 31)).texts("h1") == ["Will ferries take trains again?"]
    assert at(client, "/questions/ferries/", date(1, 1, 1)).texts("h1") == ["Will ferries take trains again?"]
