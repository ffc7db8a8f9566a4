"""A reader beside the cast, worked out by hand, and what is asked in which order."""

from random import Random

import pytest
from django.http import QueryDict

from experts.comparison import compare
from experts.measures import MINIMUM_COMMON, Agreement, agree_on, step_counts, steps_of, tells_apart
from experts.own_answers import (
    DOUBLE,
    FIRST,
    Beside,
    OwnAnswer,
    ask,
    choose_questions,
    compare_own,
    find_minimum,
    read_own,
)
from tests import cast, make

CAST = cast.rows()
NOW = CAST.compare()
# Steps: trains 4, tickets 3, sleepers 1, gap 0, ferries off the axis, borders 1.
READER = {
    "trains": "Very likely",
    "tickets": "Likely",
    "sleepers": "Yes",
    "gap": "Under a year",
    "ferries": "It depends",
    "borders": "Yes",
}


def answer_as(said: dict[str, str], doubled: tuple[str, ...] = ()) -> list[OwnAnswer]:
    return [
        OwnAnswer(
            question,
            make.answer_row(question.scale, said[key]) if key in said else None,
            DOUBLE if key in doubled else 1,
        )
        for key, question in CAST.questions.items()
    ]


def beside(said: dict[str, str], doubled: tuple[str, ...] = ()) -> dict[str, Beside]:
    return {beside.expert.slug: beside for beside in compare_own(NOW, answer_as(said, doubled))}


def test_by_hand() -> None:
    found = beside(READER)
    # Ada [4/4] [3/3] 1/1 [0/0] 1/1; Bo [4/4] [2/3] 1/1 [1/0] 0/1; Cato [0/4] [0/3] 0/1 [2/0] 0/1.
    # Ferries count with nobody: the reader's own answer lies off the scale.
    assert found["ada"].agreement == Agreement(n=5, exact=5, near=3, near_n=3)
    assert found["bo"].agreement == Agreement(n=5, exact=2, near=3, near_n=3)
    assert found["cato"].agreement == Agreement(n=5, exact=0, near=0, near_n=3)
    assert found["dara"].agreement == Agreement(n=2, exact=0, near=2, near_n=2)
    assert [found[key].share for key in cast.NAMES] == [1.0, 2 / 5, 0.0, None, None]
    assert [found[key].near_share for key in cast.NAMES] == [1.0, 1.0, 0.0, None, None]
    assert [found[key].tally for key in cast.NAMES] == [
        "Same answer: 5 of 5 · at most a step apart: 3 of 3 (100\u00a0%)",
        "Same answer: 2 of 5 · at most a step apart: 3 of 3 (100\u00a0%)",
        "Same answer: 0 of 5 · at most a step apart: 0 of 3 (0\u00a0%)",
        "2 common questions, 3 needed · same answer: 0 of 2 · at most a step apart: 2 of 2",
        "2 common questions, 3 needed · same answer: 1 of 2 · at most a step apart: 0 of 1",
    ]
    assert [*found] == ["ada", "bo", "cato", "dara", "elm"]


def test_question_by_question() -> None:
    points = beside(READER)["bo"].points
    assert [point.verdict for point in points] == [
        *("same answer", "1 step apart", "same answer", "1 step apart", "not counted", "1 step apart")
    ]
    assert beside(READER)["cato"].points[0].verdict == "4 steps apart"


def test_who_answers_like_an_expert_agrees_as_that_expert_does() -> None:
    """The same measure as everywhere: a reader with Bo's answers is to everybody what Bo is."""
    bo = CAST.experts["bo"]
    own = [OwnAnswer(question, NOW.cell(bo, question).answer) for question in NOW.questions]
    for other in compare_own(NOW, own):
        expected = agree_on(steps_of(NOW, bo), steps_of(NOW, other.expert), step_counts(NOW))
        assert other.agreement == other.weighed == expected
        if expected.is_claimed:
            assert other.share == expected.exact_share


def test_a_weight_moves_the_share_and_never_the_number_of_questions() -> None:
    found = beside(READER, ("trains", "sleepers", "ferries"))["bo"]
    assert found.agreement == Agreement(n=5, exact=2, near=3, near_n=3)
    assert found.share == 4 / 7
    two = {key: READER[key] for key in ("trains", "tickets")}
    assert beside(two, tuple(two))["ada"].share is None
    assert (
        beside(two)["ada"].tally == "2 common questions, 3 needed · same answer: 2 of 2 · at most a step apart: 2 of 2"
    )


@pytest.mark.parametrize(("asked", "needed"), [(1, 3), (3, 3), (6, 3), (7, 4), (8, 4), (9, 5), (20, MINIMUM_COMMON)])
def test_a_share_takes_half_of_what_is_asked(asked: int, needed: int) -> None:
    assert find_minimum(asked) == needed


def test_nobody_has_answered_anything() -> None:
    found = compare_own(NOW, answer_as({}))
    assert [(b.agreement.n, b.share, b.place) for b in found] == [(0, None, place) for place in range(5)]
    assert {b.tally for b in found} == {"No common question, 3 needed"}


# --- What is sent ----------------------------------------------------------------------------------------------------


def test_answers_are_read_by_the_keys_of_question_and_answer() -> None:
    trains, tickets, sleepers, *others = NOW.questions
    likely, no_opinion = make.answer_row(trains.scale, "Likely"), make.answer_row(sleepers.scale, "No opinion")
    sent = {f"q{trains.id}": f"{likely.id}", f"w{trains.id}": "2", f"q{sleepers.id}": f"{no_opinion.id}"}
    assert read_own(NOW.questions, sent) == [
        OwnAnswer(trains, likely, DOUBLE),
        OwnAnswer(tickets),
        OwnAnswer(sleepers, no_opinion),
        *map(OwnAnswer, others),
    ]


@pytest.mark.parametrize(
    "value",
    ["", "0", "-1", "\x00", "\ud800", "x" * 10_000, "\u202e1", '"', "1e2", "١٠٠", " 100", "999999999999999999999"],
)
def test_what_is_no_answer_is_skipped(value: str) -> None:
    question = NOW.questions[0]
    sent = QueryDict(mutable=True)
    sent[f"q{question.id}"] = value
    assert read_own([question], sent.dict()) == [OwnAnswer(question)]


def test_an_answer_of_another_scale_is_skipped() -> None:
    trains, sleepers = CAST.questions["trains"], CAST.questions["sleepers"]
    assert read_own([trains], {f"q{trains.id}": f"{sleepers.scale.answers[0].id}"}) == [OwnAnswer(trains)]


# --- What is asked ---------------------------------------------------------------------------------------------------


def test_how_far_a_question_tells_a_panel_apart() -> None:
    # Of four: pairs 0–4, 0–4, 0–0, 4–4 … two at each end: four pairs of six are a whole axis apart.
    assert tells_apart([0, 4, 0, 4], 5) == pytest.approx(4 / 6)
    assert tells_apart([0, 4, None, None], 5) == pytest.approx(1 / 6)
    assert tells_apart([0, 1, 2], 3) == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert tells_apart([1, 1, 1], 3) == tells_apart([None, None], 3) == tells_apart([2], 3) == tells_apart([], 3) == 0
    assert tells_apart([0, 0], 1) == 0


def test_few_questions_keep_their_order_and_many_are_asked_by_what_they_tell() -> None:
    scale = make.steps_row(1, 5)
    questions = [make.question_row(n, scale) for n in range(30)]
    steps: dict[int, list[int | None]] = {1: [0] * 30, 2: [n % 5 for n in range(30)]}
    few = {expert: row[:FIRST] for expert, row in steps.items()}
    assert choose_questions(questions[:FIRST], few) == questions[:FIRST]
    asked = choose_questions(questions, steps, 12)
    assert [question.id for question in asked] == [4, 9, 14, 19, 24, 29, 3, 8, 13, 18, 23, 28]
    assert len(choose_questions(questions, steps)) == 30


def test_what_nobody_stands_on_is_not_asked_and_who_stands_nowhere_is_left_out() -> None:
    empty = make.question_row(7, make.steps_row(9, 3), slug="empty")
    silent = make.expert_row(9, "Fenn Silent")
    asked = ask(compare([*CAST.experts.values(), silent], [*CAST.questions.values(), empty], CAST.positions))
    assert asked.questions == NOW.questions
    assert asked.comparison.experts == NOW.experts
    assert (asked.unasked, asked.absent) == (1, 1)
    assert asked.first == NOW.questions
    assert asked.further == ()
    nothing = ask(compare([silent], [empty], []))
    assert (nothing.questions, nothing.unasked, nothing.absent) == ((), 1, 1)
    assert ask(compare([], [], [])).questions == ()


def test_everybody_is_ranked_by_share_then_nearness_then_number() -> None:
    random = Random(7)
    scale = make.steps_row(1, 5)
    questions = [make.question_row(n, scale, slug=f"q{n}") for n in range(1, 9)]
    experts = [make.expert_row(n, f"Person {n}") for n in range(1, 30)]
    positions = [
        make.position_row(e, q, f"Step {random.randrange(5)}")
        for e in experts
        for q in questions
        if random.random() < 0.8
    ]
    own = [OwnAnswer(q, random.choice([None, *scale.axis]), random.choice([1, DOUBLE])) for q in questions]
    found = compare_own(compare(experts, questions, positions), own)
    claimed = [b for b in found if b.share is not None]
    assert found[: len(claimed)] == claimed
    assert [b.share for b in claimed] == sorted((b.share or 0 for b in claimed), reverse=True)
    rest = [b.agreement.n for b in found[len(claimed) :]]
    assert rest == sorted(rest, reverse=True)
    assert sorted(b.place for b in found) == [*range(29)]
