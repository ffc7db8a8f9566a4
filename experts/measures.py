"""What a comparison adds up to, each number with its n and what it leaves out. Pure functions.

Only answers on a scale's axis enter a share, a median or an agreement. Answers off the axis (“rejects the question”)
and blank cells are counted beside them and never bent onto the axis.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, combinations, pairwise
from statistics import median

from experts.comparison import AnswerRow, Blank, Cell, Comparison, ExpertRow, PositionRow, QuestionRow

MINIMUM_COMMON = 5  # fewer common questions than this, and no agreement between two experts is claimed
MINIMUM_PANEL = 3  # fewer answers than this, and a question has no median worth standing near or far from


@dataclass(frozen=True, slots=True)
class Share:
    """One answer: how many experts give it, their share of n, and the sum and share of their confidence."""

    answer: AnswerRow
    count: int
    share: float
    weight: int
    weighted_share: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the experts answer one question.

    `shares` lists the axis from the low end, `n` experts in all. `weighted_n` of them say how sure they are; the
    weighted shares are over the sum of their confidences (1–10 each). Left out of both: `off_axis` answers and
    `blanks` by reason.
    """

    question: QuestionRow
    shares: tuple[Share, ...]
    n: int
    weighted_n: int
    off_axis: tuple[tuple[AnswerRow, int], ...]
    blanks: tuple[tuple[Blank, int], ...]

    @property
    def bands(self) -> tuple[tuple[AnswerRow, float, float], ...]:
        """(answer, where its band begins, how wide it is) along one bar of length 1."""
        starts = accumulate((share.share for share in self.shares), initial=0.0)
        return tuple((s.answer, start, s.share) for s, start in zip(self.shares, starts, strict=False) if s.count)

    @property
    def unsure_n(self) -> int:
        """Answers on the axis that come without a confidence and so do not enter the weighted shares."""
        return self.n - self.weighted_n

    @property
    def off_axis_n(self) -> int:
        return sum(count for _, count in self.off_axis)

    @property
    def blank_n(self) -> int:
        """Experts who were asked or read and gave no answer; those with nothing on record are not counted."""
        return sum(count for reason, count in self.blanks if reason in (Blank.NO_ANSWER, Blank.DECLINED, Blank.SILENT))


type Given = tuple[int | None, Blank | None, int | None]


def distribute(question: QuestionRow, cells: Iterable[Cell]) -> Distribution:
    """The distribution over one question's cells, one per expert."""
    return tally(
        question,
        (
            (cell.answer.id if cell.answer else None, cell.blank, cell.position.confidence if cell.position else None)
            for cell in cells
        ),
    )


def tally(question: QuestionRow, given: Iterable[Given]) -> Distribution:
    """As `distribute`, over (answer id, reason for none, confidence) of each expert, read without anything else."""
    on_axis = {answer.id for answer in question.scale.axis}
    counts: Counter[int] = Counter()
    weights: Counter[int] = Counter()
    blanks: Counter[Blank] = Counter()
    weighted_n = 0
    for answer_id, blank, confidence in given:
        if answer_id is None:
            blanks[blank or Blank.NOTHING] += 1
            continue
        counts[answer_id] += 1
        if confidence is not None and answer_id in on_axis:
            weights[answer_id] += confidence
            weighted_n += 1
    n = sum(counts[pk] for pk in on_axis)
    total = sum(weights.values())
    shares = tuple(
        Share(a, counts[a.id], counts[a.id] / n if n else 0.0, weights[a.id], weights[a.id] / total if total else 0.0)
        for a in question.scale.axis
    )
    off_axis = tuple((answer, counts[answer.id]) for answer in question.scale.off_axis if counts[answer.id])
    return Distribution(question, shares, n, weighted_n, off_axis, tuple((b, blanks[b]) for b in Blank if blanks[b]))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two experts over the `n` questions on which both stand on the axis.

    `exact` of them have the same answer. `near` of the `near_n` whose scale has at least three steps are at most one
    step apart (on a yes–no scale everybody would be). Nothing may be claimed unless `is_claimed`.
    """

    n: int
    exact: int
    near: int
    near_n: int

    @property
    def is_claimed(self) -> bool:
        return self.n >= MINIMUM_COMMON

    @property
    def exact_share(self) -> float | None:
        """0–1; None below the minimum of common questions."""
        return self.exact / self.n if self.is_claimed else None

    @property
    def near_share(self) -> float | None:
        """0–1; None below the minimum of common questions with three or more steps."""
        return self.near / self.near_n if self.near_n >= MINIMUM_COMMON else None


def agree(comparison: Comparison, one: ExpertRow, other: ExpertRow) -> Agreement:
    """The agreement of two experts of the comparison; symmetric."""
    return agree_on(steps_of(comparison, one), steps_of(comparison, other), step_counts(comparison))


def steps_of(comparison: Comparison, expert: ExpertRow) -> list[int | None]:
    """An expert's steps in the order of the questions; None off the axis and where blank."""
    cells = comparison.cells
    return [cells[expert.id, question.id].step for question in comparison.questions]


def step_counts(comparison: Comparison) -> list[int]:
    """How many steps each question's axis has."""
    sizes = {question.scale.id: len(question.scale.axis) for question in comparison.questions}
    return [sizes[question.scale.id] for question in comparison.questions]


def agree_on(one: Sequence[int | None], other: Sequence[int | None], sizes: Sequence[int]) -> Agreement:
    """As `agree`, for rows of steps read once: for every pair of a large panel."""
    n = exact = near = near_n = 0
    for a, b, size in zip(one, other, sizes, strict=True):
        if a is None or b is None:
            continue
        n += 1
        exact += a == b
        if size >= 3:
            near_n += 1
            near += -1 <= a - b <= 1
    return Agreement(n, exact, near, near_n)


@dataclass(frozen=True, slots=True)
class AgainstMedian:
    """One expert beside the panel over the `n` questions that have a median and this expert on the axis.

    `with_median` of them lie at most half a step from it (half: an even panel's median falls between two answers);
    `distance` is the mean distance in steps.
    """

    n: int
    with_median: int
    distance: float

    @property
    def share(self) -> float | None:
        """0–1; None below the minimum of questions."""
        return self.with_median / self.n if self.n >= MINIMUM_COMMON else None


def find_median(steps: Iterable[int | None]) -> float | None:
    """The median of everybody on the axis, the expert in question included; None below `MINIMUM_PANEL`."""
    on_axis = [step for step in steps if step is not None]
    return median(on_axis) if len(on_axis) >= MINIMUM_PANEL else None


def against_median(comparison: Comparison) -> dict[int, AgainstMedian]:
    """Every expert of the comparison against its median, by expert id."""
    rows = {expert.id: steps_of(comparison, expert) for expert in comparison.experts}
    medians = [find_median(column) for column in zip(*rows.values(), strict=True)]
    return {expert: stand_beside(row, medians) for expert, row in rows.items()}


def stand_beside(steps: Iterable[int | None], medians: Iterable[float | None]) -> AgainstMedian:
    """As `against_median`, for one expert's steps and the medians of the same questions."""
    pairs = zip(steps, medians, strict=True)
    distances = [abs(step - middle) for step, middle in pairs if step is not None and middle is not None]
    n = len(distances)
    return AgainstMedian(n, sum(d <= 0.5 for d in distances), sum(distances) / n if n else 0.0)


def spread(cells: Iterable[Cell]) -> float:
    """How far apart the answers to one question lie: 0 (all the same) to 1 (both ends of the axis).

    An answer off the axis beside any other answer counts as a full difference: to reject a question is no middle.
    """
    answered = [cell for cell in cells if cell.answer]
    if len({cell.answer.id for cell in answered if cell.answer}) < 2:
        return 0.0
    steps = [cell.step for cell in answered if cell.step is not None]
    if len(steps) < len(answered):
        return 1.0
    return (max(steps) - min(steps)) / (len(answered[0].question.scale.axis) - 1)


def tells_apart(steps: Sequence[int | None], size: int) -> float:
    """How far one question sets a panel apart: the mean distance between any two of it, as a share of the axis.

    Whoever is not on the axis is at no distance from anybody, so that a question few have answered tells little. A
    question with one answer on its axis, or a panel of one, tells nothing.
    """
    pairs = len(steps) * (len(steps) - 1) / 2
    if not pairs or size < 2:
        return 0.0
    counts = Counter(step for step in steps if step is not None)
    distances = sum(abs(a - b) * counts[a] * counts[b] for a, b in combinations(counts, 2))
    return distances / (pairs * (size - 1))


@dataclass(frozen=True, slots=True)
class Change:
    """One expert answering one question differently from before. A silence is no answer and so no change."""

    before: PositionRow
    after: PositionRow

    @property
    def on(self) -> date:
        return self.after.stated_on


def find_changes(positions: Iterable[PositionRow]) -> list[Change]:
    """Every change of answer in the history of each expert and question, newest first."""
    histories: dict[tuple[int, int], list[PositionRow]] = {}
    for position in positions:
        if position.answer_id is not None:
            histories.setdefault((position.expert_id, position.question_id), []).append(position)
    changes = [
        Change(before, after)
        for history in histories.values()
        for before, after in pairwise(sorted(history, key=lambda p: (p.stated_on, p.id)))
        if before.answer_id != after.answer_id
    ]
    return sorted(changes, key=lambda change: change.on, reverse=True)
