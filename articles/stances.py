"""A spectrum laid out for a share image: a column for each answer, the experts above it as space allows."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from articles.lettering import Block, fit_text, measure, set_text
from experts.comparison import Cell, ExpertRow
from experts.spectrum import Place, Spectrum

LEFT, ROOM = 60, 1080
AXIS = 452  # the height of the line
GAP = 6
PILLS = ((24, 46), (20, 38), (17, 33))  # letters and height, as large as fits
CIRCLES = ((19, 52), (15, 40), (12, 32))
BAR = 40  # the lowest
MOST_COLUMNS = 8
FACE = "Card Sans Bold"


@dataclass(frozen=True)
class Mark:
    """A pill or circle with its middle at `x` and its top at `y`."""

    x: float
    y: float
    width: float
    height: float
    corner: float
    text: Block


@dataclass(frozen=True)
class Column:
    """`is_on_axis` is False for an answer that stands beside the scale."""

    x: float
    tone: int
    is_on_axis: bool
    label: Block
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Columns:
    """The line runs from `begins` to `ends`, which are equal where no answer lies on it."""

    y: float
    begins: float
    ends: float
    columns: tuple[Column, ...]


type Name = Callable[[ExpertRow], str]


def lay_columns(spectrum: Spectrum, top: float) -> tuple[Columns, str]:
    """The columns below `top`, and in words those who stand in none of them."""
    tray = spectrum.tray if len(spectrum.places) + len(spectrum.tray) <= MOST_COLUMNS else ()
    places = (*spectrum.places, *tray)
    if not places:
        return Columns(AXIS, LEFT, LEFT, ()), tell_others(spectrum, shown=())
    pitch = ROOM / len(places)
    stack = _choose_stack(places, pitch - 10, AXIS - 20 - top)
    columns = tuple(
        Column(
            x := LEFT + pitch * (n + 0.5),
            place.answer.tone,
            place.answer.step is not None,
            _label(place, pitch),
            stack(place, x),
        )
        for n, place in enumerate(places)
    )
    return Columns(AXIS, LEFT, LEFT + pitch * len(spectrum.places), columns), tell_others(spectrum, shown=tray)


def _label(place: Place, pitch: float) -> Block:
    face = FACE if place.cells else "Card Sans"
    return fit_text(place.answer.label, face, [(21, 1), (19, 2), (17, 2), (15, 2)], pitch - 14, 1.2, balanced=True)


def _choose_stack(places: tuple[Place, ...], width: float, height: float) -> Callable[[Place, float], tuple[Mark, ...]]:
    """The first that fits everywhere: full names, last names, initials in rows, or only how many."""
    most = max(len(place.cells) for place in places)
    experts = [cell.expert for place in places for cell in place.cells]
    names: tuple[Name, ...] = (lambda expert: expert.name, lambda expert: expert.name.split()[-1])
    for name, (size, high) in product(names, PILLS):
        is_narrow = all(measure(name(expert), FACE, size) + 1.5 * size <= width for expert in experts)
        if is_narrow and most * (high + GAP) <= height:
            return lambda place, x: _pills(place.cells, x, name, size, high)
    for size, high in CIRCLES:
        across = int(width // (high + GAP))
        if across and -(-most // across) * (high + GAP) <= height:
            return lambda place, x: _circles(place.cells, x, across, size, high)
    return lambda place, x: _number(place.cells, x, width, most, height)


def _pills(cells: tuple[Cell, ...], x: float, name: Name, size: int, high: int) -> tuple[Mark, ...]:
    """The first of them on top."""
    y = AXIS - 20 - len(cells) * (high + GAP)
    texts = [set_text(name(cell.expert), FACE, size, ROOM, 1) for cell in cells]
    return tuple(
        Mark(x, y + n * (high + GAP), text.width + 1.5 * size, high, high / 2, text) for n, text in enumerate(texts)
    )


def _circles(cells: tuple[Cell, ...], x: float, across: int, size: int, high: int) -> tuple[Mark, ...]:
    """Rows from the line upwards, each in the middle."""
    marks = []
    for begin in range(0, len(cells), across):
        row = cells[begin : begin + across]
        y = AXIS - 20 - (begin // across + 1) * (high + GAP)
        for n, cell in enumerate(row):
            at = x + (n - (len(row) - 1) / 2) * (high + GAP)
            marks.append(Mark(at, y, high, high, high / 2, set_text(cell.expert.initials, FACE, size, high, 1)))
    return tuple(marks)


def _number(cells: tuple[Cell, ...], x: float, width: float, most: int, height: float) -> tuple[Mark, ...]:
    """A bar as high as they are many."""
    if not cells:
        return ()
    high = max(BAR, (height - 4) * len(cells) / most)
    return (Mark(x, AXIS - 20 - high, min(width, 120), high, 4, set_text(str(len(cells)), FACE, 24, width, 1)),)


def tell_others(spectrum: Spectrum, shown: tuple[Place, ...]) -> str:
    """Who gave answers that have no column, and who gave none, by reason."""
    groups = [(place.answer.label, place.cells) for place in spectrum.tray if place not in shown]
    groups += [(reason.label, cells) for reason, cells in spectrum.blanks]
    return " · ".join(f"{label}: {_tell(cells)}" for label, cells in groups)


def _tell(cells: tuple[Cell, ...]) -> str:
    return ", ".join(cell.expert.name for cell in cells) if len(cells) <= 3 else str(len(cells))
