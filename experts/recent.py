"""The positions that came on record last, of an expert or on a question, with their evidence."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Greatest

from experts.comparison import Cell, PositionRow, lay_cell
from experts.models import Position
from experts.querysets import PositionQuerySet
from experts.record import expert_row, question_row, read_positions, read_roles, read_scales

MOST = 50


@dataclass(frozen=True)
class RecentPosition:
    """The position in its cell, and the moment from which readers could see it."""

    cell: Cell
    since: datetime


def read_recent(positions: PositionQuerySet, now: datetime) -> list[RecentPosition]:
    """The last of those that are public, newest first. Four queries: positions, roles, scales, quotes.

    A position is seen once its expert and its question are, whichever is last.
    """
    since = Greatest("public_at", "expert__public_at", "question__public_at")
    newest = positions.public(now).annotate(since=since).order_by("-since", "-stated_on", "-id")
    found = list(newest.select_related("expert", "question", "source")[:MOST])
    roles = read_roles({position.expert_id for position in found})
    scales = read_scales({position.question.scale_id for position in found})
    rows = read_positions(found, roles)

    def lay(position: Position, row: PositionRow) -> Cell:
        expert = expert_row(position.expert, roles, position.stated_on)
        return lay_cell(expert, question_row(position.question, scales[position.question.scale_id]), row)

    return [RecentPosition(lay(*pair), pair[0].since) for pair in zip(found, rows, strict=True)]
