"""Where experts stand on one question: places along the axis, and those who do not stand on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from experts.comparison import AnswerRow, Blank, Cell, QuestionRow


@dataclass(frozen=True, slots=True)
class Place:
    answer: AnswerRow
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """`places` holds every answer of the axis from the low end, empty ones too; `tray` the answers given off it.

    `blanks` groups the experts without an answer by reason, those with nothing on record last.
    """

    question: QuestionRow
    places: tuple[Place, ...]
    tray: tuple[Place, ...]
    blanks: tuple[tuple[Blank, tuple[Cell, ...]], ...]


def place_experts(question: QuestionRow, cells: Sequence[Cell]) -> Spectrum:
    """The spectrum of one question's cells; experts keep their order within a place."""

    def at(answer: AnswerRow) -> Place:
        return Place(answer, tuple(cell for cell in cells if cell.answer == answer))

    silent = ((reason, tuple(cell for cell in cells if cell.blank == reason)) for reason in Blank)
    return Spectrum(
        question,
        tuple(at(answer) for answer in question.scale.axis),
        tuple(place for place in map(at, question.scale.off_axis) if place.cells),
        tuple((reason, group) for reason, group in silent if group),
    )
