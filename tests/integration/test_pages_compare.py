"""Experts of the reader's choice, side by side: what may be asked, and what is said where it may not."""

import pytest
from django.test import Client

from tests import cast, make
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BOTH = "/compare/?expert=ada&expert=bo"


stands_on = cast.record


@pytest.fixture(autouse=True)
def record(standing: cast.Record) -> cast.Record:
    return standing


def refusals(client: Client, query: str) -> list[str]:
    """What the page says is wrong; the way to choose again stands below."""
    page = visit(client, f"/compare/?{query}", 400)
    assert page.find("form")
    assert page.find("table", "sides") == []
    return page.find("ul", "error-list")[0].texts("li")


def chosen(page: Page, name: str = "expert") -> list[str]:
    return [e["value"] for e in page.find("input") if e["name"] == name and "checked" in e.attributes]


def asked(page: Page) -> list[str]:
    """The questions of the table in their order."""
    links = page.find("table", "sides")[0].find("tbody")[0].links
    return [link.split("/")[2] for link in links if link.startswith("/questions/")]


def test_without_experts_everybody_may_be_chosen(client: Client) -> None:
    page = visit(client, "/compare/")
    assert [e["value"] for e in page.find("input") if e["name"] == "expert"] == [*cast.NAMES]
    assert chosen(page) == []
    assert "Choose two to six experts" in page.words


def test_one_expert_is_asked_for_another(client: Client) -> None:
    page = visit(client, "/compare/?expert=ada")
    assert "Choose at least one more expert to compare with Ada Fernwick." in page.words
    assert chosen(page) == ["ada"]
    assert page.find("table", "sides") == []


def test_two_experts_stand_side_by_side_on_every_question_of_either(client: Client) -> None:
    page = visit(client, BOTH)
    assert page.texts("h1") == ["Ada Fernwick and Bo Quillane"]
    assert sorted(asked(page)) == sorted(cast.QUESTIONS)
    assert chosen(page) == ["ada", "bo"]


def test_the_widest_differences_come_first(client: Client) -> None:
    # In shares of the axis: borders 1/1, gap 1/2, tickets 1/4, the others none.
    assert asked(visit(client, BOTH))[:3] == ["borders", "gap", "tickets"]


def test_experts_stand_in_the_order_of_the_address(client: Client) -> None:
    page = visit(client, "/compare/?expert=bo&expert=ada&question=tickets")
    assert page.find("table", "sides")[0].texts("span", "answer") == ["Even", "Likely"]


def test_only_the_questions_asked_for_are_compared(client: Client) -> None:
    page = visit(client, f"{BOTH}&question=gap&question=trains")
    assert asked(page) == ["gap", "trains"]
    assert chosen(page, "question") == ["trains", "gap"]


def test_agreement_is_given_with_its_number_of_questions(client: Client) -> None:
    page = visit(client, f"{BOTH}&expert=dara")
    assert page.find("table", "peers")[0].rows[1:] == [
        ["Ada Fernwick and Bo Quillane", "50 %", "–", "6"],
        ["Ada Fernwick and Dara Ostlund-Pike", "too few", "–", "2"],
        ["Bo Quillane and Dara Ostlund-Pike", "too few", "–", "2"],
    ]


def test_every_answer_opens_its_evidence(client: Client) -> None:
    page = visit(client, BOTH)
    opened = {e["popovertarget"] for e in page.find("button", "cell")}
    assert opened
    assert opened == {e["id"] for e in page.find("section", "evidence")}
    assert "“They will, and on time.”" in page.words
    assert "A speech on platform nine" in page.words


def test_unknown_experts_are_named(client: Client) -> None:
    assert refusals(client, "expert=ada&expert=nobody&expert=noone") == [
        "There is no expert “nobody” here.",
        "There is no expert “noone” here.",
    ]


def test_repeated_experts_are_named(client: Client) -> None:
    assert refusals(client, "expert=ada&expert=bo&expert=ada&expert=ada") == [
        "The expert “ada” is chosen more than once."
    ]


def test_too_many_experts_are_counted(client: Client) -> None:
    for n in range(3):
        make.expert(f"Extra {n}", slug=f"extra-{n}")
    everybody = "&".join(f"expert={slug}" for slug in [*cast.NAMES, "extra-0", "extra-1"])
    assert refusals(client, everybody) == ["Choose at most 6 experts; 7 are chosen."]
    assert visit(client, f"/compare/?{everybody.removesuffix('&expert=extra-1')}").find("table", "sides")


def test_unknown_and_repeated_questions_are_named(client: Client) -> None:
    assert refusals(client, "expert=ada&expert=bo&question=gap&question=gap&question=nothing") == [
        "The question “gap” is chosen more than once.",
        "There is no question “nothing” here.",
    ]


def test_all_that_is_wrong_is_said_at_once(client: Client) -> None:
    assert len(refusals(client, "expert=ada&expert=ada&expert=nobody&question=nothing&as_of=x")) == 4


def test_a_choice_that_was_refused_is_kept_for_correcting(client: Client) -> None:
    assert chosen(visit(client, "/compare/?expert=ada&expert=nobody", 400)) == ["ada"]


def test_private_experts_and_questions_are_as_unknown_as_any(client: Client) -> None:
    make.expert("Hidden", slug="hidden", public_at=None)
    make.question("Hidden?", slug="hidden", public_at=None)
    assert refusals(client, "expert=ada&expert=hidden") == ["There is no expert “hidden” here."]
    assert refusals(client, "expert=ada&expert=bo&question=hidden") == ["There is no question “hidden” here."]


def test_empty_choices_are_none(client: Client) -> None:
    assert visit(client, "/compare/?expert=&expert=&question=").texts("h1") == ["Compare experts"]


def test_what_a_reader_typed_comes_back_harmless(client: Client) -> None:
    page = visit(client, "/compare/?expert=%3Cb%3E%22%E2%80%AEx", 400)
    assert 'There is no expert “<b>"x” here.' in page.words
    assert "<b>" not in page.source


def test_experts_without_any_position_are_told_so(client: Client) -> None:
    make.expert("New One", slug="new-one")
    make.expert("New Two", slug="new-two")
    page = visit(client, "/compare/?expert=new-one&expert=new-two")
    assert "None of these experts is on record on any question." in page.words


def test_many_questions_come_a_page_at_a_time_and_keep_the_choice(client: Client) -> None:
    experts, _ = make.filled_record(2, 45)
    query = "&".join(f"expert={expert.slug}" for expert in experts)
    first = visit(client, f"/compare/?{query}")
    last = visit(client, f"/compare/?{query}&page=3")
    assert (len(asked(first)), len(asked(last))) == (20, 5)
    assert not set(asked(first)) & set(asked(last))
    assert f"?{query}&page=2" in first.links
