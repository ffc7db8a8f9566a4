"""What goes into a table, read in portions: memory stays the same however long the table is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from aisrace.lib.moments import one_moment
from experts.comparison import Comparison, ExpertRow, PositionRow, QuoteRow, SourceRow, lay_cell
from experts.exporting.columns import Told
from experts.models import Expert, Question, Quote, Source
from experts.querysets import PositionQuerySet
from experts.record import name_role, read_questions, read_roles

PORTION = 1000
OWN = ("id", "expert_id", "question_id", "answer_id", "blank", "stated_on", "dating", "confidence", "summary")
WORDS = ("position_id", "id", "kind", "words", "language", "original", "locator")


def read_record(
    positions: PositionQuerySet, now: datetime, as_of: date | None, *, only_current: bool = False
) -> Iterator[Told]:
    """Those of `positions` that are public at `now` and stated by the end of `as_of`, in the order of their ids.

    Each portion is a question of its own that begins behind the last id: nothing is held open while somebody slow
    reads on. Seven queries a portion, whatever is in it, all as of one moment.
    """
    chosen = positions.public(now).with_standing(now, as_of).order_by("pk")
    chosen = chosen.filter(is_current=True) if only_current else chosen
    last: int | None = 0
    while last is not None:
        with one_moment():
            portion = list(chosen.filter(pk__gt=last).values_list(*OWN, "source_id", "is_current")[:PORTION])
            told: Iterable[Told] = _tell_portion(portion) if portion else ()
        yield from told
        last = portion[-1][0] if portion else None


def read_edition(comparison: Comparison) -> Iterator[Told]:
    """What an edition shows, expert by expert. No query: an edition holds only positions that count on its day."""
    for _, cells in comparison.rows:
        for cell in cells:
            if cell.position:
                yield Told(cell, cell.position, is_current=True)


def _tell_portion(portion: Sequence[Any]) -> Iterator[Told]:
    """All is read at once, and laid out as it is wanted. Plain rows: a model instance for each takes twice as long."""
    people = Expert.objects.filter(pk__in={row[1] for row in portion}).values_list("pk", "slug", "name")
    experts = {row[0]: ExpertRow(*row) for row in people}
    questions = {row.id: row for row in read_questions(Question.objects.filter(pk__in={row[2] for row in portion}))}
    quoted = list(
        Quote.objects.filter(position__in=[row[0] for row in portion]).order_by("id").values_list(*WORDS, "source_id")
    )
    sources = read_sources({row[-2] for row in portion} | {row[-1] for row in quoted})
    quotes: dict[int, list[QuoteRow]] = defaultdict(list)
    for position, pk, kind, words, *more, source in quoted:
        quotes[position].append(QuoteRow(pk, kind, words, sources[source], *more))
    roles = read_roles(experts)

    def lay(*own: Any, source: int | None, is_current: bool) -> Told:
        values = [*own, name_role(roles, own[1], own[5]), sources.get(source), tuple(quotes[own[0]])]
        position = PositionRow(*values)
        return Told(lay_cell(experts[own[1]], questions[own[2]], position), position, is_current)

    return (lay(*own, source=source, is_current=is_current) for *own, source, is_current in portion)


def read_sources(ids: Iterable[int | None]) -> dict[int | None, SourceRow]:
    """One query."""
    rows = Source.objects.filter(pk__in=[pk for pk in ids if pk]).values_list(
        *(field.name for field in fields(SourceRow))
    )
    return {row[0]: SourceRow(*row) for row in rows}
