"""The comparison of experts on questions: pure functions over plain rows, no database, no clock.

Pages and frozen editions read the one `Comparison` that `compare()` builds. Rows carry ids of the record; a day is a
`date`; a *step* is the place of an answer on its scale's axis, counted from 0 at the low end.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from aisrace.lib.renditions import place_square, portrait_sources, read_size, step_focus


class Blank(StrEnum):
    """Why a cell shows no answer. The first three are recorded facts, the last two the lack of a record."""

    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    SILENT = "silent"
    LATER = "later"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        return BLANK_LABELS[self]


BLANK_LABELS = {
    Blank.NO_ANSWER: "Asked, gave no answer",
    Blank.DECLINED: "Declined to answer",
    Blank.SILENT: "The source is silent",
    Blank.LATER: "Nothing yet on that day",
    Blank.NOTHING: "No position on record",
}


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`step` is None for an answer that stands off the axis; `tone` is 1–5 along the axis, 0 off it."""

    id: int
    label: str
    step: int | None
    tone: int


@dataclass(frozen=True)
class ScaleRow:
    id: int
    name: str
    answers: tuple[AnswerRow, ...]

    @cached_property
    def axis(self) -> tuple[AnswerRow, ...]:
        """The answers on the axis, low end first."""
        return tuple(sorted((a for a in self.answers if a.step is not None), key=lambda a: a.step or 0))

    @cached_property
    def off_axis(self) -> tuple[AnswerRow, ...]:
        return tuple(a for a in self.answers if a.step is None)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    id: int
    slug: str
    wording: str
    label: str
    scale: ScaleRow


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """`role` is the role to print beside the name, already put into words; the focus of `portrait` is in percent."""

    id: int
    slug: str
    name: str
    role: str = ""
    portrait: str = ""
    portrait_alt: str = ""
    portrait_credit: str = ""
    portrait_focus_x: int = 50
    portrait_focus_y: int = 50

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalpha()] or [self.name]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def portrait_sources(self) -> tuple[tuple[str, str], ...]:
        """(format, srcset) of the renditions there are."""
        return portrait_sources(self.portrait)

    @property
    def portrait_focus(self) -> tuple[int, int]:
        """Where to hold the portrait in its square, in the steps for which there are styles."""
        focus = self.portrait_focus_x, self.portrait_focus_y
        size = read_size(self.portrait)
        return place_square(size, focus) if size else (step_focus(focus[0]), step_focus(focus[1]))


@dataclass(frozen=True, slots=True)
class SourceRow:
    id: int
    kind: str
    title: str
    author: str = ""
    publisher: str = ""
    published_on: date | None = None
    url: str = ""
    checked_on: date | None = None

    @property
    def is_secondary(self) -> bool:
        return self.kind == "secondary"


@dataclass(frozen=True, slots=True)
class QuoteRow:
    id: int
    kind: str
    words: str
    source: SourceRow
    language: str = ""
    original: str = ""
    locator: str = ""

    @property
    def is_quotable(self) -> bool:
        """Whether the words may stand in quotation marks."""
        return self.kind in ("verbatim", "translated")


@dataclass(frozen=True, slots=True)
class PositionRow:
    """`role` is the role held on `stated_on`; `dating` says whether that is the day of speaking or of the report."""

    id: int
    expert_id: int
    question_id: int
    answer_id: int | None
    blank: str
    stated_on: date
    dating: str = "stated"
    confidence: int | None = None
    summary: str = ""
    role: str = ""
    source: SourceRow | None = None
    quotes: tuple[QuoteRow, ...] = ()

    @property
    def is_reported(self) -> bool:
        return self.dating == "reported"

    @property
    def is_verbatim(self) -> bool:
        """Whether some of it is on record in the expert's own words, not translated."""
        return any(quote.kind == "verbatim" for quote in self.quotes)

    @property
    def names_its_source(self) -> bool:
        """Whether a quote that is printed with its source names the position's source too."""
        return any(quote.source == self.source for quote in self.quotes)


@dataclass(frozen=True, slots=True)
class Cell:
    """One expert on one question: the current position and its answer, or `blank`, the reason for none.

    A recorded silence has both a position (its evidence) and a blank. `earlier` counts what the position replaced.
    """

    expert: ExpertRow
    question: QuestionRow
    position: PositionRow | None
    answer: AnswerRow | None
    blank: Blank | None
    earlier: int = 0

    @property
    def label(self) -> str:
        """The answer in words, or the reason for none."""
        return self.answer.label if self.answer else (self.blank or Blank.NOTHING).label

    @property
    def step(self) -> int | None:
        """Place on the axis; None where there is no answer or the answer stands off it."""
        return self.answer.step if self.answer else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Questions × experts in the order given, each cell as it stood at the end of `as_of` (None: the latest)."""

    experts: tuple[ExpertRow, ...]
    questions: tuple[QuestionRow, ...]
    as_of: date | None
    cells: dict[tuple[int, int], Cell] = field(repr=False)

    def cell(self, expert: ExpertRow, question: QuestionRow) -> Cell:
        return self.cells[expert.id, question.id]

    def row(self, expert: ExpertRow) -> tuple[Cell, ...]:
        return tuple(self.cells[expert.id, question.id] for question in self.questions)

    def column(self, question: QuestionRow) -> tuple[Cell, ...]:
        return tuple(self.cells[expert.id, question.id] for expert in self.experts)

    @property
    def rows(self) -> tuple[tuple[ExpertRow, tuple[Cell, ...]], ...]:
        return tuple((expert, self.row(expert)) for expert in self.experts)

    @property
    def columns(self) -> tuple[tuple[QuestionRow, tuple[Cell, ...]], ...]:
        return tuple((question, self.column(question)) for question in self.questions)


def order_scale(scale_id: int, name: str, answers: Iterable[tuple[int, str, int | None]]) -> ScaleRow:
    """A scale from (id, label, value) in list order: steps are the ranks of the values, tones spread over 1–5."""
    listed = tuple(answers)
    ranks = {value: step for step, value in enumerate(sorted(v for _, _, v in listed if v is not None))}
    last = max(len(ranks) - 1, 1)

    def place(pk: int, label: str, value: int | None) -> AnswerRow:
        if value is None:
            return AnswerRow(pk, label, None, 0)
        step = ranks[value]
        return AnswerRow(pk, label, step, 1 + round(4 * step / last) if len(ranks) > 1 else 3)

    return ScaleRow(scale_id, name, tuple(place(*answer) for answer in listed))


def compare(
    experts: Sequence[ExpertRow],
    questions: Sequence[QuestionRow],
    positions: Iterable[PositionRow],
    as_of: date | None = None,
) -> Comparison:
    """Lay the positions out; those of other experts or questions are ignored.

    The current position is the newest stated by the end of `as_of`, but for `replaces`; of two stated on one day
    (which the record does not allow) the one entered last counts.
    """
    current: dict[tuple[int, int], PositionRow] = {}
    replaced: Counter[tuple[int, int]] = Counter()
    later: set[tuple[int, int]] = set()
    for position in sorted(positions, key=lambda p: (p.stated_on, p.id)):
        key = (position.expert_id, position.question_id)
        if as_of is not None and position.stated_on > as_of:
            later.add(key)
            continue
        if key not in current:
            current[key] = position
        elif replaces(position.blank):
            current[key] = position
            replaced[key] += 1

    cells: dict[tuple[int, int], Cell] = {}
    for question in questions:
        for expert in experts:
            key = (expert.id, question.id)
            if newest := current.get(key):
                cells[key] = lay_cell(expert, question, newest, replaced[key])
            else:
                cells[key] = Cell(expert, question, None, None, Blank.LATER if key in later else Blank.NOTHING)
    return Comparison(tuple(experts), tuple(questions), as_of, cells)


def replaces(blank: str) -> bool:
    """Whether a position takes the place of what the expert said before.

    A report that is silent on somebody takes nothing back; declining and not answering are the expert's own doing.
    """
    return blank != Blank.SILENT


def lay_cell(expert: ExpertRow, question: QuestionRow, position: PositionRow, earlier: int = 0) -> Cell:
    """One position on its own. An answer that is not on the question's scale counts as none on record."""
    for answer in question.scale.answers:
        if answer.id == position.answer_id:
            return Cell(expert, question, position, answer, None, earlier)
    return Cell(expert, question, position, None, Blank(position.blank or Blank.NOTHING), earlier)
