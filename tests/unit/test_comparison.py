"""How positions are laid out into cells, and scales into steps."""

from datetime import date, timedelta

import pytest

from experts.comparison import Blank, Cell, compare, order_scale
from tests import cast, make
from tests.cast import BEFORE_ALL, END_OF_24, JAN_24, JAN_25, JUN_24, JUN_25

CAST = cast.rows()


def find(who: str, on: str, as_of: date | None = None) -> Cell:
    return CAST.compare(as_of).cell(CAST.experts[who], CAST.questions[on])


def said(cell: Cell) -> str | Blank | None:
    return cell.answer.label if cell.answer else cell.blank


# --- As of -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "on", "as_of", "answer", "earlier"),
    [
        ("ada", "ferries", None, "Likely", 1),
        ("ada", "ferries", JAN_25, "Likely", 1),
        ("ada", "ferries", JAN_25 - timedelta(days=1), "Unlikely", 0),
        ("ada", "ferries", JAN_24, "Unlikely", 0),
        ("elm", "ferries", END_OF_24, "Even", 1),
        ("elm", "ferries", JUN_25, "Rejects the question", 2),
        ("elm", "ferries", None, "Rejects the question", 2),
        ("dara", "gap", END_OF_24, Blank.SILENT, 0),
        ("dara", "gap", None, "One to five", 1),
    ],
)
def test_the_newest_position_by_the_end_of_the_day_counts(
    who: str, on: str, as_of: date | None, answer: str, earlier: int
) -> None:
    cell = find(who, on, as_of)
    assert (said(cell), cell.earlier) == (answer, earlier)


@pytest.mark.parametrize(
    ("who", "on", "as_of", "blank", "has_position"),
    [
        ("dara", "tickets", None, Blank.NO_ANSWER, True),
        ("dara", "ferries", None, Blank.DECLINED, True),
        ("dara", "gap", END_OF_24, Blank.SILENT, True),
        ("elm", "trains", END_OF_24, Blank.LATER, False),
        ("dara", "gap", BEFORE_ALL, Blank.LATER, False),
        ("elm", "gap", END_OF_24, Blank.NOTHING, False),
        ("elm", "gap", None, Blank.NOTHING, False),
    ],
)
def test_a_blank_cell_says_why(who: str, on: str, as_of: date | None, blank: Blank, has_position: bool) -> None:
    cell = find(who, on, as_of)
    assert (cell.blank, cell.answer, cell.step) == (blank, None, None)
    assert (cell.position is not None) == has_position
    assert blank.label


def test_an_answer_off_the_axis_is_an_answer_without_a_step() -> None:
    cell = find("cato", "ferries")
    assert (said(cell), cell.blank, cell.step) == ("Rejects the question", None, None)


def test_of_two_stated_on_one_day_the_one_entered_last_counts_in_any_order() -> None:
    ada, question = CAST.experts["ada"], CAST.questions["trains"]
    first = make.position_row(ada, question, "Unlikely", JAN_24, pk=901)
    second = make.position_row(ada, question, "Likely", JAN_24, pk=902)
    for history in ([first, second], [second, first]):
        cell = compare([ada], [question], history).cell(ada, question)
        assert (said(cell), cell.earlier) == ("Likely", 1)


def test_positions_of_others_are_ignored() -> None:
    ada, trains = CAST.experts["ada"], CAST.questions["trains"]
    comparison = compare([ada], [trains], CAST.positions)
    assert list(comparison.cells) == [(ada.id, trains.id)]


def test_rows_and_columns_keep_the_order_given() -> None:
    comparison = CAST.compare()
    bo, tickets = CAST.experts["bo"], CAST.questions["tickets"]
    assert [cell.question.slug for cell in comparison.row(bo)] == list(cast.QUESTIONS)
    assert [cell.expert.slug for cell in comparison.column(tickets)] == list(cast.NAMES)
    assert comparison.as_of is None


def test_nobody_and_nothing_make_an_empty_comparison() -> None:
    assert compare([], [], []).cells == {}
    assert compare([], [CAST.questions["gap"]], CAST.positions).column(CAST.questions["gap"]) == ()


def test_on_the_day_of_a_statement_it_counts() -> None:
    assert said(find("bo", "borders", JUN_24)) == "No"
    assert find("bo", "borders", JUN_24 - timedelta(days=1)).blank == Blank.LATER


# --- Scales ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "steps", "tones"),
    [
        ([7], [0], [3]),
        ([0, 1], [0, 1], [1, 5]),
        ([-1, 0, 1], [0, 1, 2], [1, 3, 5]),
        ([1, 2, 3, 4], [0, 1, 2, 3], [1, 2, 4, 5]),
        ([-2, -1, 0, 1, 2], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5]),
        ([1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6], [1, 2, 2, 3, 4, 4, 5]),
        ([10, 500, 501], [0, 1, 2], [1, 3, 5]),  # steps are ranks, not distances
        ([2, 0, 1], [2, 0, 1], [5, 1, 3]),  # the order of the list is not that of the axis
    ],
)
def test_steps_are_ranks_and_tones_span_the_axis(values: list[int], steps: list[int], tones: list[int]) -> None:
    scale = order_scale(1, "", [(value, str(value), value) for value in values])
    assert [answer.step for answer in scale.answers] == steps
    assert [answer.tone for answer in scale.answers] == tones
    assert [answer.step for answer in scale.axis] == sorted(steps)


@pytest.mark.parametrize("size", range(2, 12))
def test_tones_mirror_at_the_middle_and_never_fall(size: int) -> None:
    tones = [answer.tone for answer in make.steps_row(1, size).axis]
    assert tones == sorted(tones)
    assert (tones[0], tones[-1]) == (1, 5)
    assert all(low + high == 6 for low, high in zip(tones, tones[::-1], strict=True))


def test_answers_off_the_axis_have_no_step_and_no_tone() -> None:
    scale = make.scale_row()
    assert [(a.label, a.step, a.tone) for a in scale.off_axis] == [
        ("It depends", None, 0),
        ("Rejects the question", None, 0),
    ]
    assert order_scale(1, "", []).axis == ()
    assert order_scale(1, "", [(1, "It depends", None)]).axis == ()


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ada Fernwick", "AF"), ("Dara van Ostlund-Pike", "DO"), ("Cher", "C"), ("(The) Élan 9", "É"), ("9", "9")],
)
def test_initials(name: str, initials: str) -> None:
    assert make.expert_row(1, name).initials == initials


@pytest.mark.parametrize(("kind", "is_quotable"), [("verbatim", True), ("translated", True), ("paraphrase", False)])
def test_only_what_was_said_may_stand_in_quotation_marks(kind: str, is_quotable: bool) -> None:
    quote = make.quote_row(kind=kind)
    position = make.position_row(CAST.experts["bo"], CAST.questions["gap"], "Under a year", quotes=(quote,))
    assert quote.is_quotable is is_quotable
    assert position.is_verbatim is (kind == "verbatim")


@pytest.mark.parametrize(("blank", "stays"), [(Blank.SILENT, True), (Blank.DECLINED, False), (Blank.NO_ANSWER, False)])
def test_a_report_that_is_silent_takes_no_answer_back(blank: Blank, stays: bool) -> None:
    bo, gap = CAST.experts["bo"], CAST.questions["gap"]
    said = make.position_row(bo, gap, "Under a year", date(2024, 1, 1))
    later = make.position_row(bo, gap, None, date(2024, 2, 1), blank=blank)
    cell = compare([bo], [gap], [later, said]).cell(bo, gap)
    assert (cell.position == said) is stays
    assert cell.earlier == (0 if stays else 1)
