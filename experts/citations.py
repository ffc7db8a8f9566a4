"""How to cite a position."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from aisrace.lib.citations import Citation, split_name
from aisrace.lib.figures import day
from experts.comparison import Cell, SourceRow
from experts.standing import PositionPage


def cite_position(shown: PositionPage, today: date) -> Citation:
    """Issued on the day from which readers could see it; on which day it was said, and where, is a note.

    Who gave no answer is not the author of that.
    """
    cell, position = shown.cell, shown.position
    told = f"{'Reported' if position.is_reported else 'Stated'} on {day(position.stated_on)}"
    source = position.source or next((quote.source for quote in position.quotes), None)
    return Citation(
        key=f"position-{position.id}",
        title=_name(cell) if cell.answer else f"{cell.expert.name}: {_name(cell)}",
        authors=(split_name(cell.expert.name, shown.sort_name),) if cell.answer else (),
        issued=timezone.localdate(shown.since),
        site=settings.SITE_NAME,
        url=f"{settings.SITE_URL}{reverse('position', args=[position.id])}",
        accessed=today,
        note=f"{told}; source: {_name_source(source)}" if source else told,
    )


def _name(cell: Cell) -> str:
    """The question and what was answered, which begins with a capital letter: so it stands behind what ends."""
    asked = cell.question.wording
    return f"{asked if asked.endswith(('?', '.', '!', '…')) else asked + '.'} {cell.label}"


def _name_source(source: SourceRow) -> str:
    when = day(source.published_on) if source.published_on else ""
    parts = (source.author, f"“{source.title}”", source.publisher, when, source.url)
    return ", ".join(dict.fromkeys(filter(None, parts)))
