"""Long lists narrowed by words, topic and kind of evidence, a page at a time, without any script."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from experts.models import Expert, Question
from tests import cast, make
from tests.pages import Page, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PANEL = Path(__file__).parents[1] / "data" / "panel.csv"


stands_on = cast.record


@pytest.fixture(autouse=True)
def record(standing: cast.Record) -> cast.Record:
    return standing


def people(page: Page) -> list[str]:
    return page.texts("span", "name")


def listed_questions(page: Page) -> list[str]:
    return [link.split("/")[2] for e in page.find("ul", "asked-list") for h in e.find("h3") for link in h.links]


def statements(page: Page) -> list[str]:
    return [e.texts("h3")[0] for e in page.find("div", "statement")]


def speakers(page: Page) -> list[str]:
    rows = [*page.find("div", "statement"), *(li for e in page.find("ul", "bare") for li in e.find("li"))]
    return [e.texts("a", "name")[0] for e in rows]


def test_experts_stand_by_sort_name_with_role_and_number_of_answers(client: Client) -> None:
    page = visit(client, "/experts/")
    assert people(page) == [*cast.NAMES.values()]
    assert page.texts("span", "meta")[:2] == ["Engineer, Signal Works · 7 answers", "6 answers"]


def test_what_is_the_same_for_a_whole_record_is_told_once(client: Client, record: cast.Record) -> None:
    lee = make.expert("Lee", slug="lee")
    make.affiliation(lee, "Sinovation", role="Chief", seen_until=date(2025, 1, 31))
    source = make.source("One report")
    for question in list(record.questions.values())[:3]:
        make.position(lee, question, stated_on=date(2025, 1, 31), source=source)
    page = visit(client, "/experts/lee/")
    assert page.words.count("One report") == 1
    assert "One source for all: One report" in page.words
    assert "Then Chief" not in page.words
    assert "needs 5 questions with enough experts on the scale, and there are 3." in page.words
    make.position(lee, record.questions["gap"], stated_on=date(2025, 1, 31))
    assert visit(client, "/experts/lee/").words.count("One report") == 3
    assert "Then Lecturer, Harbour College" in visit(client, "/experts/ada/").words


@pytest.mark.parametrize(("words", "found"), [("quill", ["Bo Quillane"]), ("  ADA ", ["Ada Fernwick"]), ("zz", [])])
def test_experts_are_found_by_a_part_of_the_name(client: Client, words: str, found: list[str]) -> None:
    page = visit(client, f"/experts/?q={words}")
    assert people(page) == found
    assert ("Nobody here fits." in page.words) == (not found)


def test_questions_are_found_by_words_and_topic(client: Client, record: cast.Record) -> None:
    other = make.topic("Wagons", slug="wagons")
    record.questions["sleepers"].topics.set([other])
    assert listed_questions(visit(client, "/questions/?q=SLEEPING")) == ["sleepers"]
    assert listed_questions(visit(client, "/questions/?topic=wagons")) == ["sleepers"]
    assert listed_questions(visit(client, "/questions/?topic=night-trains&q=sleeping")) == []
    assert len(listed_questions(visit(client, "/questions/"))) == 6


def test_a_record_is_narrowed_by_words_whatever_their_case_and_accents(client: Client) -> None:
    ferries = "Will ferries take trains again?"
    assert statements(visit(client, "/experts/ada/?q=FÉRRIES")) == [ferries, ferries]
    assert "Nothing on record fits." in visit(client, "/experts/ada/?q=zeppelins").words


def test_a_record_is_narrowed_to_answers_or_blanks(client: Client) -> None:
    assert len(statements(visit(client, "/experts/dara/"))) == 6
    assert len(statements(visit(client, "/experts/dara/?show=answered"))) == 3
    assert len(statements(visit(client, "/experts/dara/?show=blank"))) == 3


def test_a_record_is_narrowed_to_what_is_quoted(client: Client) -> None:
    # Of her three quotes one is a translation and one a paraphrase.
    assert len(visit(client, "/experts/ada/").find("blockquote")) == 3
    assert len(statements(visit(client, "/experts/ada/?show=quoted"))) == 1


def test_answers_are_narrowed_to_what_is_quoted_or_blank(client: Client) -> None:
    assert speakers(visit(client, "/questions/trains/?show=quoted")) == ["Ada Fernwick"]
    assert speakers(visit(client, "/questions/ferries/?show=blank")) == ["Dara Ostlund-Pike"]
    assert "Nobody fits." in visit(client, "/questions/borders/?show=quoted").words


def test_answers_stand_from_the_high_end_and_the_surest_first(client: Client) -> None:
    # Very likely: Ada 9, Bo 5; Likely: Dara; Even: Elm; Very unlikely: Cato.
    assert speakers(visit(client, "/questions/trains/")) == [
        cast.NAMES[key] for key in ("ada", "bo", "dara", "elm", "cato")
    ]


def test_narrowing_leaves_the_numbers_of_the_question_alone(client: Client) -> None:
    whole, narrowed = visit(client, "/questions/trains/"), visit(client, "/questions/trains/?show=quoted")
    assert narrowed.find("table", "distribution")[0].rows == whole.find("table", "distribution")[0].rows


def test_only_verbatim_and_translated_words_stand_in_quotation_marks(client: Client) -> None:
    assert set(visit(client, "/experts/ada/").texts("blockquote")) == {
        "She holds that they pay for themselves.",
        "“One ticket.”",
        "“They will, and on time.”",
    }


def test_a_long_record_comes_a_page_at_a_time_and_keeps_the_choices(client: Client) -> None:
    (expert,), _ = make.filled_record(1, 45)
    first = visit(client, f"/experts/{expert.slug}/?show=answered")
    last = visit(client, f"/experts/{expert.slug}/?show=answered&page=2")
    assert (len(statements(first)), len(statements(last))) == (40, 5)
    assert not set(statements(first)) & set(statements(last))
    assert "?show=answered&page=2" in first.links
    assert "1–40 of 45" in first.words


def test_a_panel_of_many_stays_readable_and_complete(client: Client) -> None:
    _, (question,) = make.filled_record(130)
    first = visit(client, f"/questions/{question.slug}/")
    last = visit(client, f"/questions/{question.slug}/?page=2")
    assert (len(speakers(first)), len(speakers(last))) == (120, 10)
    assert len(set(speakers(first)) | set(speakers(last))) == 130
    assert "130 experts on the scale" in first.words


def test_the_number_of_answers_of_everybody_equals_what_their_pages_show(client: Client) -> None:
    call_command("import_positions", PANEL, "--scale", "agreement", "--json")
    for expert in Expert.objects.all():
        page = visit(client, f"/experts/{expert.slug}/?show=answered")
        listed = visit(client, f"/experts/?q={expert.name}").texts("span", "meta")[0]
        assert f"{len(statements(page))} answer" in listed


def test_imported_questions_stand_with_the_day_they_were_asked(client: Client) -> None:
    call_command("import_positions", PANEL, "--scale", "agreement", "--json")
    question = Question.objects.filter(asked_on=date(2021, 3, 2)).first()
    assert question is not None
    page = visit(client, question.get_absolute_url())
    assert "Asked 2 March 2021" in page.words
