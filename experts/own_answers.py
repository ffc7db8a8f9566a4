"""Where a reader stands: their own answers beside those of the experts, by the measures that hold between experts.

Pure functions over a comparison; what a reader answers is looked at and forgotten. `static/js/stand.js` does the same
in the reader's own browser; tests/browser/test_where_you_stand.py holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aisrace.lib.figures import count, percent
from experts.comparison import AnswerRow, Cell, Comparison, ExpertRow, QuestionRow
from experts.measures import MINIMUM_COMMON, Agreement, agree_on, steps_of, tells_apart

FIRST = 10  # questions before the rest is folded away; with more than these, those that tell most apart come first
DOUBLE = 2  # how often a question counts that matters to the reader
FEWEST = 3  # common questions, below which no share is claimed however little is asked


@dataclass(frozen=True)
class Asked:
    """The questions put to a reader, with everybody who has an answer on the scale of one of them.

    Left out are `unasked` questions, those on whose scale nobody stands or beyond the most that are asked, and
    `absent` experts.
    """

    comparison: Comparison
    unasked: int = 0
    absent: int = 0

    @property
    def minimum(self) -> int:
        return find_minimum(len(self.questions))

    @property
    def questions(self) -> tuple[QuestionRow, ...]:
        return self.comparison.questions

    @property
    def first(self) -> tuple[QuestionRow, ...]:
        return self.questions[:FIRST]

    @property
    def further(self) -> tuple[QuestionRow, ...]:
        return self.questions[FIRST:]


def find_minimum(questions: int) -> int:
    """Common questions that a share needs where so many are asked: half of them, at least three, at most five."""
    return min(MINIMUM_COMMON, max(FEWEST, (questions + 1) // 2))


type Steps = Mapping[int, Sequence[int | None]]  # of every expert, in the order of the questions


def choose_questions(questions: Sequence[QuestionRow], steps: Steps, most: int | None = None) -> list[QuestionRow]:
    """Those on whose scale somebody stands; if there are many, in the order in which they tell the experts apart."""
    columns = zip(*steps.values(), strict=True)
    asked = [(q, column) for q, column in zip(questions, columns, strict=False) if set(column) - {None}]
    if len(asked) > FIRST:
        asked.sort(key=lambda pair: -tells_apart(pair[1], len(pair[0].scale.axis)))
    return [question for question, _ in asked][:most]


def ask(comparison: Comparison) -> Asked:
    """All that a comparison lets one ask."""
    steps = {expert.id: steps_of(comparison, expert) for expert in comparison.experts}
    questions = choose_questions(comparison.questions, steps)
    present = [e for e in comparison.experts if any(comparison.cell(e, q).step is not None for q in questions)]
    cells = {(e.id, q.id): comparison.cell(e, q) for e in present for q in questions}
    return Asked(
        Comparison(tuple(present), tuple(questions), comparison.as_of, cells),
        len(comparison.questions) - len(questions),
        len(comparison.experts) - len(present),
    )


@dataclass(frozen=True)
class OwnAnswer:
    """What a reader answers to a question, None where they skip it, and how often it is to count."""

    question: QuestionRow
    answer: AnswerRow | None = None
    weight: int = 1

    @property
    def step(self) -> int | None:
        return self.answer.step if self.answer else None


def read_own(questions: Sequence[QuestionRow], given: Mapping[str, str]) -> list[OwnAnswer]:
    """From a form's fields: `q` and the key of the question holds the answer's, `w` and the key whether it is doubled.

    What is no answer of the question's scale counts as skipped.
    """

    def read(question: QuestionRow) -> OwnAnswer:
        chosen = given.get(f"q{question.id}")
        answer = next((answer for answer in question.scale.answers if str(answer.id) == chosen), None)
        return OwnAnswer(question, answer, DOUBLE if given.get(f"w{question.id}") else 1)

    return [read(question) for question in questions]


@dataclass(frozen=True)
class Point:
    """A reader and an expert on one question."""

    own: OwnAnswer
    cell: Cell

    @property
    def verdict(self) -> str:
        if self.own.step is None or self.cell.step is None:
            return "not counted"
        apart = abs(self.own.step - self.cell.step)
        return f"{apart} {'step' if apart == 1 else 'steps'} apart" if apart else "same answer"


@dataclass(frozen=True)
class Beside:
    """A reader beside one expert: `agreement` as between any two, `weighed` with every doubled question twice.

    A weight moves the share, never the number of common questions: a claim needs the `minimum` of them. `place` counts
    the experts in the order of the comparison.
    """

    place: int
    expert: ExpertRow
    points: tuple[Point, ...]
    agreement: Agreement
    weighed: Agreement
    minimum: int

    @property
    def share(self) -> float | None:
        """Of the same answers, 0–1; None below the minimum of common questions."""
        return self.weighed.exact / self.weighed.n if self.agreement.n >= self.minimum else None

    @property
    def near_share(self) -> float | None:
        """As `share`, at most one step apart; None below the minimum of questions with three or more steps."""
        return self.weighed.near / self.weighed.near_n if self.agreement.near_n >= self.minimum else None

    @property
    def tally(self) -> str:
        """The numbers behind the share, or how many common questions it lacks. What there is nothing of is left out."""
        common, told = self.agreement, []
        if self.share is None:
            shared = count(common.n, "common question") if common.n else "No common question"
            told.append(f"{shared}, {self.minimum} needed")
        if common.n:
            told.append(f"same answer: {common.exact} of {common.n}")
        if common.near_n:
            near = "" if self.near_share is None else f" ({percent(self.near_share)})"
            told.append(f"at most a step apart: {common.near} of {common.near_n}{near}")
        text = " · ".join(told)
        return text[0].upper() + text[1:]


def compare_own(comparison: Comparison, own: Sequence[OwnAnswer]) -> list[Beside]:
    """Everybody, most agreement first; of whom nothing can be claimed last, by the number of common questions."""
    besides = []
    for place, expert in enumerate(comparison.experts):
        points = tuple(Point(answer, comparison.cell(expert, answer.question)) for answer in own)
        doubled = [point for point in points for _ in range(point.own.weight)]
        besides.append(Beside(place, expert, points, agree_at(points), agree_at(doubled), find_minimum(len(own))))
    return sorted(besides, key=_by_agreement)


def agree_at(points: Sequence[Point]) -> Agreement:
    sizes = [len(point.own.question.scale.axis) for point in points]
    return agree_on([point.own.step for point in points], [point.cell.step for point in points], sizes)


def _by_agreement(beside: Beside) -> tuple[bool, float, float, int]:
    return (beside.share is None, -(beside.share or 0), -(beside.near_share or 0), -beside.agreement.n)
