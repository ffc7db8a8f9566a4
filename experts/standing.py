"""One position on its own, and what the expert said on the question before and since."""

from dataclasses import dataclass
from datetime import date, datetime

from experts.comparison import Cell, PositionRow, compare, lay_cell
from experts.models import Position
from experts.record import expert_row, question_row, read_positions, read_roles, read_scales
from experts.spectrum import Spectrum, place_experts


@dataclass(frozen=True)
class PositionPage:
    """`current` is what counts now; `others` are all but the one asked for, newest first.

    `since` is when readers could first see it.
    """

    cell: Cell
    position: PositionRow
    current: Cell
    others: list[Cell]
    sort_name: str
    since: datetime

    @property
    def is_current(self) -> bool:
        return self.current.position == self.position

    @property
    def history(self) -> list[Cell]:
        """All that the expert has on record on the question, newest first."""
        return sorted([self.cell, *self.others], key=_by_day, reverse=True)

    @property
    def spectrum(self) -> Spectrum:
        """The history on the scale; in each place the oldest first."""
        return place_experts(self.cell.question, self.history[::-1])


def _by_day(cell: Cell) -> tuple[date, int]:
    assert cell.position is not None  # noqa: S101 (each is laid from one)
    return cell.position.stated_on, cell.position.id


def read_position_page(pk: int, now: datetime) -> PositionPage | None:
    """None for what readers do not see. Five queries: the position, its kin, roles, scale, quotes."""
    asked = Position.objects.public(now).filter(pk=pk).select_related("expert", "question").first()
    if asked is None:
        return None
    kin = Position.objects.public(now).filter(expert=asked.expert_id, question=asked.question_id)
    roles = read_roles([asked.expert])
    rows = read_positions(kin.select_related("source").order_by("-stated_on", "-id"), roles)
    expert = expert_row(asked.expert, roles, asked.stated_on)
    question = question_row(asked.question, read_scales([asked.question.scale_id])[asked.question.scale_id])
    cells = {row.id: lay_cell(expert, question, row) for row in rows}
    current = compare([expert], [question], rows).cell(expert, question)
    position = next(row for row in rows if row.id == pk)
    others = [cell for key, cell in cells.items() if key != pk]
    dates = (asked.public_at, asked.expert.public_at, asked.question.public_at)
    since = max(moment for moment in dates if moment)
    return PositionPage(cells[pk], position, current, others, asked.expert.sort_name, since)
