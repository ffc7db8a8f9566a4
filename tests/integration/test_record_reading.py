"""Reading the record into rows: the right rows, at a price that does not grow."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from experts.comparing import read_compare_page
from experts.comparison import Blank, Comparison
from experts.forms import CompareForm
from experts.listing import count_answers
from experts.measures import Agreement, agree, distribute, find_changes, find_median
from experts.models import Affiliation, Expert, Position, Question
from experts.reading import read_expert_page, read_question_page
from experts.record import name_role, read_comparison, read_positions, read_questions, read_roles, read_scales
from tests import cast, make
from tests.cast import END_OF_24, JAN_24, JAN_25, JUN_24
from tests.make import LONG_AGO, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2025, 7, 1)


def read_cast(record: cast.Record, as_of: date | None = None) -> Comparison:
    return read_comparison(
        list(record.experts.values()), list(record.questions.values()), Position.objects.public(NOW), as_of, TODAY
    )


# --- The same numbers from the database ------------------------------------------------------------------------------


def test_the_cast_read_from_the_database_has_the_numbers_worked_out_by_hand() -> None:
    record = cast.record()
    for as_of, distributed in ((None, cast.NOW_DISTRIBUTED), (END_OF_24, cast.END_OF_24_DISTRIBUTED)):
        comparison = read_cast(record, as_of)
        for question in comparison.questions:
            if question.slug in distributed:
                expected, cells = distributed[question.slug], comparison.column(question)
                found = distribute(question, cells)
                assert [(share.count, share.weight) for share in found.shares] == list(
                    zip(expected.counts, expected.weights, strict=True)
                )
                assert find_median(cell.step for cell in cells) == expected.median
    experts = {expert.slug: expert for expert in read_cast(record).experts}
    for (one, other), numbers in cast.AGREEMENTS.items():
        assert agree(read_cast(record), experts[one], experts[other]) == Agreement(*numbers)
    history = read_positions(Position.objects.select_related("source"), {})
    assert [change.on for change in find_changes(history)] == [day for _, _, day, _, _ in cast.CHANGES]


def test_only_positions_that_may_be_seen_are_read() -> None:
    record = cast.record()
    Position.objects.filter(expert__slug="ada", stated_on=JAN_25).update(public_at=None)
    make.position(record.experts["bo"], record.questions["gap"], "More than five", stated_on=TODAY, public_at=None)
    comparison = read_cast(record)
    ada, bo, *_ = comparison.experts
    questions = {question.slug: question for question in comparison.questions}
    for expert, on, answer in ((ada, "ferries", "Unlikely"), (bo, "gap", "One to five")):
        found = comparison.cell(expert, questions[on]).answer
        assert found
        assert found.label == answer


def test_evidence_comes_with_its_sources() -> None:
    record = cast.record()
    comparison = read_cast(record)
    cell = comparison.cell(comparison.experts[0], comparison.questions[0])
    assert cell.position
    assert cell.position.source
    assert (cell.position.summary, cell.position.source.is_secondary) == ("In short.", True)
    (quote,) = cell.position.quotes
    assert (quote.words, quote.locator, quote.source.title) == (
        "They will, and on time.",
        "minute 3",
        "A speech on platform nine",
    )


def test_a_silence_comes_with_its_evidence() -> None:
    comparison = read_cast(cast.record())
    dara, tickets = comparison.experts[3], comparison.questions[1]
    cell = comparison.cell(dara, tickets)
    assert cell.blank == Blank.NO_ANSWER
    assert cell.position
    assert cell.position.source


# --- Roles -----------------------------------------------------------------------------------------------------------


def test_the_role_held_when_speaking_and_the_role_now() -> None:
    comparison = read_cast(cast.record())
    ada, trains, borders = comparison.experts[0], comparison.questions[0], comparison.questions[5]
    assert ada.role == "Engineer, Signal Works"
    then = comparison.cell(ada, trains).position
    changed_that_day = comparison.cell(ada, borders).position
    assert then
    assert changed_that_day
    assert (then.role, changed_that_day.role) == ("Lecturer, Harbour College", "Engineer, Signal Works")
    assert read_cast(cast_again := cast_of(comparison), END_OF_24).experts[0].role == "Engineer, Signal Works"
    assert read_cast(cast_again, JUN_24 - timedelta(days=1)).experts[0].role == "Lecturer, Harbour College"


def cast_of(comparison: Comparison) -> cast.Record:
    experts = {e.slug: Expert.objects.get(pk=e.id) for e in comparison.experts}
    return cast.Record(experts, {q.slug: Question.objects.get(pk=q.id) for q in comparison.questions}, [])


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([], ""),
        ([("Guest", "", None, None)], "Guest"),
        ([("Guest", "", None, None), ("Host", "", None, None)], "Guest; Host"),
        ([("Guest", "Chair", JAN_24, None), ("Host", "", JUN_24, None)], "Chair, Guest; Host"),
        ([("Host", "", JUN_24, None), ("Guest", "Chair", JAN_24, None)], "Chair, Guest; Host"),
        ([("Guest", "", None, None), ("Host", "Chair", JAN_24, None)], "Guest; Chair, Host"),
        ([("Gone", "", JAN_24, JAN_25), ("Coming", "", date(2026, 1, 1), None)], ""),
    ],
)
def test_a_role_in_words(roles: list[tuple[str, str, date | None, date | None]], words: str) -> None:
    expert = make.expert()
    for organisation, role, starts_on, ends_on in roles:
        make.affiliation(expert, organisation, role=role, starts_on=starts_on, ends_on=ends_on)
    assert name_role(read_roles([expert]), expert.pk, JAN_25) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (JAN_24 - timedelta(days=1), ""),
        (JAN_24, "Guest"),
        (JUN_24, "Guest"),
        (JUN_24 + timedelta(days=1), "Guest (as of June 2024)"),
        (JAN_25, "Host"),
        (date(2030, 1, 1), "Host (as of January 2025)"),
    ],
)
def test_a_role_that_was_only_seen_is_told_as_of_then(day: date, words: str) -> None:
    expert = make.expert()
    make.affiliation(expert, "Guest", role="", seen_from=JAN_24, seen_until=JUN_24)
    make.affiliation(expert, "Host", role="", seen_from=JAN_25, seen_until=JAN_25)
    assert name_role(read_roles([expert]), expert.pk, day) == words


def test_a_role_is_read_the_same_by_expert_and_by_id() -> None:
    expert = make.expert()
    make.affiliation(expert)
    make.affiliation(make.expert("Other"))
    assert read_roles([expert]) == read_roles([expert.pk]) == {expert.pk: [Affiliation.objects.get(expert=expert)]}


# --- Scales ----------------------------------------------------------------------------------------------------------


def test_a_scale_is_read_in_the_order_of_its_list() -> None:
    scale = make.scale("Backwards", [("High", 9), ("It depends", None), ("Low", 1)])
    empty = make.scale("Empty", [])
    found = read_scales([scale.pk, empty.pk])
    assert [(a.label, a.step) for a in found[scale.pk].answers] == [("High", 1), ("It depends", None), ("Low", 0)]
    assert found[scale.pk].name == "Backwards"
    assert found[empty.pk].answers == ()


# --- Prices ----------------------------------------------------------------------------------------------------------


def ask(people: list[Expert], asked: list[Question]) -> Any:
    query = QueryDict(mutable=True)
    query.setlist("expert", [person.slug for person in people[:6]])
    return read_compare_page(CompareForm(query), NOW, TODAY)


PRICES: dict[str, tuple[int, Callable[[list[Expert], list[Question]], Any]]] = {
    "comparison": (4, lambda e, q: read_comparison(e, q, Position.objects.public(NOW), None, TODAY)),
    "questions": (1, lambda e, q: read_questions(q)),
    "roles": (1, lambda e, q: read_roles(e)),
    "positions": (2, lambda e, q: read_positions(Position.objects.select_related("source"), {})),
    "question page": (4, lambda e, q: read_question_page(q[0], NOW, None, TODAY)),
    "expert page": (4, lambda e, q: read_expert_page(e[0], NOW, None, TODAY)),
    "counted answers": (2, lambda e, q: count_answers(q, NOW, None)),
    "compare page": (5, ask),
}


@pytest.mark.parametrize(("queries", "read"), PRICES.values(), ids=PRICES)
@pytest.mark.parametrize(("experts", "questions"), [(2, 1), (300, 1), (2, 150)])
def test_reading_costs_the_same_at_any_size(
    django_assert_num_queries: DjangoAssertNumQueries,
    queries: int,
    read: Callable[..., Any],
    experts: int,
    questions: int,
) -> None:
    people, asked = make.filled_record(experts, questions)
    with django_assert_num_queries(queries):
        assert read(people, asked)


def test_a_filled_record_is_public() -> None:
    make.filled_record(1)
    assert Position.objects.public(LONG_AGO).count() == 1
