"""The numbers, against those worked out by hand in tests/cast.py, and against what must hold for any panel."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.comparison import Blank, Comparison, ExpertRow, PositionRow, QuestionRow, compare
from experts.measures import (
    AgainstMedian,
    Agreement,
    Change,
    Distribution,
    against_median,
    agree,
    agree_on,
    distribute,
    find_changes,
    find_median,
    spread,
)
from tests import cast, make
from tests.cast import AGREEMENTS, BESIDE_MEDIAN, CLAIMED, END_OF_24, END_OF_24_DISTRIBUTED, NOW_DISTRIBUTED, Expected

CAST = cast.rows()
approx = pytest.approx
DISTRIBUTED = [(None, on, expected) for on, expected in NOW_DISTRIBUTED.items()] + [
    (END_OF_24, on, expected) for on, expected in END_OF_24_DISTRIBUTED.items()
]


def distribution(on: str, as_of: date | None) -> Distribution:
    question = CAST.questions[on]
    return distribute(question, CAST.compare(as_of).column(question))


# --- By hand ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("as_of", "on", "expected"), DISTRIBUTED)
def test_distributions(as_of: date | None, on: str, expected: Expected) -> None:
    found = distribution(on, as_of)
    assert [share.count for share in found.shares] == expected.counts
    assert [share.share for share in found.shares] == approx(expected.shares)
    assert [share.weight for share in found.shares] == expected.weights
    assert [share.weighted_share for share in found.shares] == approx(expected.weighted_shares)
    assert (found.n, found.weighted_n, found.unsure_n) == (
        expected.n,
        expected.weighted_n,
        expected.n - expected.weighted_n,
    )
    assert {answer.label: count for answer, count in found.off_axis} == expected.off
    assert found.off_axis_n == sum(expected.off.values())
    assert dict(found.blanks) == expected.blanks
    assert found.blank_n == sum(n for why, n in expected.blanks.items() if why not in (Blank.NOTHING, Blank.LATER))


@pytest.mark.parametrize(("as_of", "on", "expected"), DISTRIBUTED)
def test_medians_and_spreads(as_of: date | None, on: str, expected: Expected) -> None:
    cells = CAST.compare(as_of).column(CAST.questions[on])
    assert find_median(cell.step for cell in cells) == expected.median
    assert spread(cells) == approx(expected.spread)


@pytest.mark.parametrize(("pair", "expected"), AGREEMENTS.items())
def test_agreements(pair: tuple[str, str], expected: tuple[int, int, int, int]) -> None:
    one, other = (CAST.experts[key] for key in pair)
    found = agree(CAST.compare(), one, other)
    assert found == Agreement(*expected)
    assert found == agree(CAST.compare(), other, one)
    assert found.is_claimed == (pair in CLAIMED)
    assert found.exact_share == (approx(CLAIMED[pair]) if pair in CLAIMED else None)
    assert found.near_share is None


def test_every_pair_of_the_cast_is_worked_out() -> None:
    assert set(AGREEMENTS) == set(combinations(cast.NAMES, 2))


def test_within_one_step_is_claimed_from_five_questions_with_three_steps_or_more() -> None:
    # Same, one apart, two apart, one apart, five apart on larger scales: three of five near. Two yes–no ones: no part.
    found = agree_on([0, 1, 2, 6, 0, 1, 0], [0, 2, 0, 5, 5, 1, 1], [3, 3, 3, 7, 7, 2, 2])
    assert found == Agreement(n=7, exact=2, near=3, near_n=5)
    assert (found.exact_share, found.near_share) == (approx(2 / 7), approx(3 / 5))


def test_four_common_questions_claim_nothing() -> None:
    found = agree_on([1, 1, 1, 1, None, 1], [1, 1, 1, 1, 1, None], [5] * 6)
    assert (found.n, found.exact, found.is_claimed, found.exact_share, found.near_share) == (4, 4, False, None, None)


def test_everybody_against_the_median() -> None:
    found = against_median(CAST.compare())
    for key, (n, with_median, distance) in BESIDE_MEDIAN.items():
        mine = found[CAST.experts[key].id]
        assert mine == AgainstMedian(n, with_median, approx(distance))
        assert mine.share == (approx(cast.MEDIAN_SHARES[key]) if cast.MEDIAN_SHARES[key] is not None else None)


def test_half_a_step_from_an_even_panels_median_is_with_it() -> None:
    # At the end of 2024 the median on trains is 3.5: Dara at 3, Ada and Bo at 4, Cato at 0.
    trains = CAST.questions["trains"]
    experts = [CAST.experts[key] for key in ("ada", "bo", "cato", "dara")]
    found = against_median(compare(experts, [trains], CAST.positions, END_OF_24))
    assert [found[e.id].with_median for e in experts] == [1, 1, 0, 1]
    assert [found[e.id].distance for e in experts] == [0.5, 0.5, 3.5, 0.5]


def test_nobody_beside_a_median_that_is_not_there() -> None:
    ferries = CAST.questions["ferries"]
    found = against_median(compare(list(CAST.experts.values()), [ferries], CAST.positions))
    assert set(found.values()) == {AgainstMedian(0, 0, 0.0)}


def named(change: Change) -> tuple[str, str, date, str, str]:
    def said(position: PositionRow) -> str:
        answers = {a.id: a.label for q in CAST.questions.values() for a in q.scale.answers}
        return answers[position.answer_id] if position.answer_id else position.blank

    experts = {expert.id: key for key, expert in CAST.experts.items()}
    questions = {question.id: key for key, question in CAST.questions.items()}
    after = change.after
    return (experts[after.expert_id], questions[after.question_id], change.on, said(change.before), said(after))


def test_changes() -> None:
    assert [named(change) for change in find_changes(CAST.positions)] == cast.CHANGES


def test_saying_the_same_again_is_no_change() -> None:
    ada, trains = CAST.experts["ada"], CAST.questions["trains"]
    days = [date(2024, month, 1) for month in range(1, 6)]
    answers = ["Even", "Even", None, None, "Even"]
    history = [make.position_row(ada, trains, said, day) for said, day in zip(answers, days, strict=True)]
    assert find_changes(history) == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], 0),
        (["Even"], 0),
        (["Even", "Even"], 0),
        (["Even", None], 0),
        (["It depends"], 0),
        (["It depends", "It depends"], 0),
        (["It depends", "Even"], 1),
        (["It depends", "Rejects the question"], 1),
        (["Even", "Likely"], 1 / 4),
        (["Unlikely", "Even", "Likely"], 1 / 2),
        (["Very unlikely", "Very likely", None], 1),
    ],
)
def test_spread(answers: list[str | None], expected: float) -> None:
    trains = CAST.questions["trains"]
    experts = list(CAST.experts.values())[: len(answers)]
    rows = [make.position_row(who, trains, said) for who, said in zip(experts, answers, strict=True)]
    assert spread(compare(experts, [trains], rows).column(trains)) == approx(expected)


def test_one_answer_makes_no_spread_on_a_scale_of_one() -> None:
    question = make.question_row(1, make.steps_row(1, 1))
    experts = [make.expert_row(n) for n in (1, 2)]
    rows = [make.position_row(who, question, "Step 0", confidence=3) for who in experts]
    cells = compare(experts, [question], rows).column(question)
    assert spread(cells) == 0
    assert [share.share for share in distribute(question, cells).shares] == [1.0]


# --- For any panel ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    experts: list[ExpertRow]
    questions: list[QuestionRow]
    positions: list[PositionRow]

    def compare(self, as_of: date | None = None) -> Comparison:
        return compare(self.experts, self.questions, self.positions, as_of)


START = date(2024, 1, 1)
DAYS = st.integers(0, 30).map(lambda n: START + timedelta(days=n))


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    experts = [make.expert_row(n, f"Person {n}") for n in range(1, draw(st.integers(1, 6)) + 1)]
    sizes = draw(st.lists(st.integers(1, 7), min_size=1, max_size=7))
    questions = [
        make.question_row(pk, make.scale_row(pk, [*((f"{n}", n) for n in range(size)), ("Rejects", None)]))
        for pk, size in enumerate(sizes, 1)
    ]
    positions = []
    for question in questions:
        labels = st.sampled_from([*(answer.label for answer in question.scale.answers), None])
        for expert in experts:
            for day in draw(st.lists(DAYS, max_size=3)):  # now and then two on one day
                confidence = draw(st.none() | st.integers(1, 10))
                positions.append(make.position_row(expert, question, draw(labels), day, confidence=confidence))
    return Panel(experts, questions, positions)


anything = settings(deadline=None, max_examples=60)


@anything
@given(panels(), st.none() | DAYS)
def test_shares_sum_to_one_and_every_expert_is_counted_once(panel: Panel, as_of: date | None) -> None:
    comparison = panel.compare(as_of)
    for question in panel.questions:
        found = distribute(question, comparison.column(question))
        assert sum(share.share for share in found.shares) == approx(1 if found.n else 0)
        assert sum(share.weighted_share for share in found.shares) == approx(1 if found.weighted_n else 0)
        assert found.n + found.off_axis_n + sum(n for _, n in found.blanks) == len(panel.experts)
        assert 0 <= found.weighted_n <= found.n


@anything
@given(panels())
def test_agreement_is_symmetric_and_full_with_oneself(panel: Panel) -> None:
    comparison = panel.compare()
    for one, other in permutations(panel.experts, 2):
        found = agree(comparison, one, other)
        assert found == agree(comparison, other, one)
        assert 0 <= found.exact <= found.n <= len(panel.questions)
        assert found.near <= found.near_n <= found.n
    for expert in panel.experts:
        same = agree(comparison, expert, expert)
        assert (same.exact, same.near) == (same.n, same.near_n)


@anything
@given(panels(), st.randoms(use_true_random=False), st.none() | DAYS)
def test_the_order_of_positions_does_not_matter(panel: Panel, random: Random, as_of: date | None) -> None:
    shuffled = random.sample(panel.positions, len(panel.positions))
    assert compare(panel.experts, panel.questions, shuffled, as_of) == panel.compare(as_of)
    assert {(c.before, c.after) for c in find_changes(shuffled)} == {
        (c.before, c.after) for c in find_changes(panel.positions)
    }


@anything
@given(panels(), st.randoms(use_true_random=False))
def test_the_order_of_experts_does_not_matter_to_any_number(panel: Panel, random: Random) -> None:
    turned = Panel(random.sample(panel.experts, len(panel.experts)), panel.questions, panel.positions)
    one, other = panel.compare(), turned.compare()
    assert against_median(one) == against_median(other)
    for question in panel.questions:
        cells, turned_cells = one.column(question), other.column(question)
        assert distribute(question, cells) == distribute(question, turned_cells)
        assert (find_median(cell.step for cell in cells), spread(cells)) == (
            find_median(cell.step for cell in turned_cells),
            spread(turned_cells),
        )


@anything
@given(panels(), DAYS, DAYS)
def test_a_later_day_never_knows_less(panel: Panel, one: date, other: date) -> None:
    sooner, later = panel.compare(min(one, other)), panel.compare(max(one, other))
    for key, cell in sooner.cells.items():
        if cell.position:
            found = later.cells[key].position
            assert found is not None
            assert found.stated_on >= cell.position.stated_on
            assert later.cells[key].earlier >= cell.earlier
        if later.cells[key].blank == Blank.NOTHING:
            assert cell.blank == Blank.NOTHING


@anything
@given(panels())
def test_after_the_last_day_as_of_changes_nothing(panel: Panel) -> None:
    assert panel.compare(START + timedelta(days=30)).cells == panel.compare().cells


@anything
@given(panels())
def test_medians_and_spreads_stay_on_the_axis(panel: Panel) -> None:
    comparison = panel.compare()
    for question in panel.questions:
        cells = comparison.column(question)
        middle = find_median(cell.step for cell in cells)
        assert middle is None or 0 <= middle <= len(question.scale.axis) - 1
        assert 0 <= spread(cells) <= 1
