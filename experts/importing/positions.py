"""Positions and their quotes, from the table into the record, batch by batch."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from typing import NamedTuple

from django.db.models import F

from aisrace.lib.watching import together
from experts.importing.entries import PollKey, PositionEntry, QuestionKey
from experts.importing.fingerprints import seal
from experts.importing.report import Report
from experts.importing.scales import Meaning
from experts.importing.sources import Sources
from experts.models import Position, Quote

BATCH = 1000
RESTATED = ["answer", "blank", "confidence", "source", "fingerprint", "version"]

type Place = tuple[int, int, date]


class Words(NamedTuple):
    """A quote as it counts for what an import says."""

    kind: str
    words: str
    language: str = ""
    original: str = ""
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Stance:
    """A position as it counts. `source` is a reference; empty where the import was not told to mind it."""

    answer_id: int | None
    blank: str
    confidence: int | None
    source: str
    quotes: tuple[Words, ...]
    dating: str = Position.Dating.STATED
    summary: str = ""

    def seal(self) -> str:
        return seal(
            self.answer_id, self.blank, self.confidence, self.source, self.quotes, str(self.dating), self.summary
        )


@dataclass(slots=True)
class KnownPosition:
    pk: int
    fingerprint: str
    source_id: int | None
    stance: Stance
    quote_ids: Sequence[int]

    @property
    def is_untouched(self) -> bool:
        """As last imported, with or without a source said then."""
        return self.fingerprint in (self.stance.seal(), replace(self.stance, source="").seal())


@dataclass(frozen=True, slots=True)
class Context:
    """What all positions of one import share. `experts` and `questions` give ids, None for the refused."""

    experts: Mapping[str, int | None]
    questions: Mapping[QuestionKey, int | None]
    meaning: Meaning
    sources: Sources
    minds_source: bool
    language: str
    public_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row with its place in the record and what it says."""

    entry: PositionEntry
    place: Place
    stance: Stance


def save_positions(
    entries: Sequence[PositionEntry], context: Context, report: Report, advance: Callable[[int], None]
) -> None:
    """At most ten queries for each thousand rows, and the journal's; `advance` is told after each how many are done."""
    ordered = sorted(entries, key=lambda entry: (entry.question, entry.line))
    done = 0
    for batch in batched(ordered, BATCH):
        with together():  # whoever is told of a position is told of its quotes by the same
            _save_batch(_place(batch, context, report), context, report)
        report.journal.settle()
        done += len(batch)
        advance(done)


def _place(batch: Iterable[PositionEntry], context: Context, report: Report) -> list[Wanted]:
    """The rows whose expert and question are clear; the others are refused with them."""
    placed = []
    for entry in batch:
        expert, question = context.experts[entry.expert], context.questions[entry.question]
        if expert is None or question is None:
            report.refuse("positions", entry.line, "Its expert or question cannot be told from another on record.")
            report.counts["quotes"]["refused"] += bool(entry.comment)
        else:
            placed.append(Wanted(entry, (expert, question, entry.day), _read_stance(entry, context)))
    return placed


def _read_stance(entry: PositionEntry, context: Context) -> Stance:
    label = context.meaning.labels.get(entry.answer)
    quotes = (Words(Quote.Kind.VERBATIM, entry.comment, context.language),) if entry.comment else ()
    return Stance(
        answer_id=None if label is None else context.meaning.scale.ids[label],
        blank=str(context.meaning.blanks[entry.answer]) if label is None else "",
        confidence=entry.confidence,
        source=context.sources.refer(entry.poll) if context.minds_source else "",
        quotes=quotes,
    )


def _save_batch(wanted: Sequence[Wanted], context: Context, report: Report) -> None:
    known = read_positions([row.place for row in wanted])
    new: list[Wanted] = []
    changed: list[tuple[Wanted, KnownPosition]] = []
    for row in wanted:
        if (found := known.get(row.place)) is None:
            new.append(row)
        elif says_already(found, row.stance):
            report.counts["positions"]["unchanged"] += 1
            report.counts["quotes"]["unchanged"] += bool(row.stance.quotes)
        elif found.is_untouched:
            changed.append((row, found))
        else:
            report.refuse("positions", row.entry.line, _why_refused(found), _describe(row))
            report.counts["quotes"]["refused"] += bool(row.stance.quotes)
    written = [row.entry.poll for row in [*new, *(row for row, _ in changed)]]
    sources = context.sources.save(dict.fromkeys(written))
    _create(new, sources, context.public_at, report)
    _update(changed, sources, report)


def says_already(known: KnownPosition, wanted: Stance) -> bool:
    """The table said so before, whatever an editor did since; or the record says it anyway.

    To a row of the import's own, no comment means none; to an editor's row, that the table is silent.
    """
    if known.fingerprint == wanted.seal():
        return True
    stance = known.stance
    if known.is_untouched:
        return _complete(wanted, stance) == stance
    quoted = {quote.words for quote in stance.quotes}
    return (
        (wanted.answer_id, wanted.blank, wanted.confidence) == (stance.answer_id, stance.blank, stance.confidence)
        and wanted.source in ("", stance.source)
        and all(quote.words in quoted for quote in wanted.quotes)
    )


def _complete(wanted: Stance, known: Stance) -> Stance:
    """With the source and language on record where the import was told none."""
    languages = {quote.words: quote.language for quote in known.quotes}
    return replace(
        wanted,
        source=wanted.source or known.source,
        quotes=tuple(q._replace(language=q.language or languages.get(q.words, "")) for q in wanted.quotes),
    )


def _why_refused(known: KnownPosition) -> str:
    if known.fingerprint:
        return "The position was changed by an editor since the last import; left alone."
    return "A position with other content was entered by hand for this expert, question and day; left alone."


def read_positions(places: Sequence[Place]) -> dict[Place, KnownPosition]:
    """Those on record at these places, perhaps with others near them. Two queries."""
    rows = Position.objects.filter(
        expert__in={expert for expert, _, _ in places},
        question__in={question for _, question, _ in places},
        stated_on__in={day for _, _, day in places},
    ).values_list(
        *("id", "expert_id", "question_id", "stated_on", "fingerprint", "source_id", "source__reference"),
        *("answer_id", "blank", "confidence", "dating", "summary"),
    )
    found = list(rows.order_by())
    quotes = _read_quotes([row[0] for row in found])
    known = {}
    for pk, expert, question, day, fingerprint, source, reference, answer, blank, confidence, dating, summary in found:
        words = tuple(words for _, words in quotes[pk])
        stance = Stance(answer, blank, confidence, reference or "", words, dating, summary)
        known[expert, question, day] = KnownPosition(pk, fingerprint, source, stance, [i for i, _ in quotes[pk]])
    return known


def _read_quotes(positions: Sequence[int]) -> Mapping[int, list[tuple[int, Words]]]:
    quotes: dict[int, list[tuple[int, Words]]] = defaultdict(list)
    rows = Quote.objects.filter(position__in=positions).order_by("id")
    for pk, position, *words in rows.values_list(
        "id", "position_id", "kind", "words", "language", "original", "locator"
    ):
        quotes[position].append((pk, Words(*words)))
    return quotes


def _create(new: Sequence[Wanted], sources: Mapping[PollKey, int], public_at: datetime | None, report: Report) -> None:
    positions = [_describe(row) for row in new]
    for position, row in zip(positions, new, strict=True):
        position.source_id = sources[row.entry.poll]
        position.public_at = public_at
        position.fingerprint = row.stance.seal()
        position.entered_by_id = report.journal.by_id
    Position.objects.bulk_create(positions)
    quotes = {
        position.pk: [
            Quote(position_id=position.pk, source_id=position.source_id or 0, **words._asdict())
            for words in row.stance.quotes
        ]
        for position, row in zip(positions, new, strict=True)
    }
    stored = Quote.objects.bulk_create([quote for own in quotes.values() for quote in own])
    report.journal.note_created(positions, [row.entry.line for row in new], quotes)
    report.counts["positions"]["created"] += len(positions)
    report.counts["quotes"]["created"] += len(stored)


def _describe(row: Wanted) -> Position:
    """What the table says of it, not stored."""
    return Position(
        expert_id=row.place[0],
        question_id=row.place[1],
        stated_on=row.place[2],
        answer_id=row.stance.answer_id,
        blank=row.stance.blank,
        confidence=row.stance.confidence,
    )


def _update(changed: Sequence[tuple[Wanted, KnownPosition]], sources: Mapping[PollKey, int], report: Report) -> None:
    """Only rows as the import left them, so each has one quote at most. A quote taken out counts as updated."""
    positions = [_restate(row, known, sources) for row, known in changed]
    added: list[Quote] = []
    altered: list[Quote] = []
    removed: list[int] = []
    for position, (row, known) in zip(positions, changed, strict=True):
        words = _complete(row.stance, known.stance).quotes
        kept = known.quote_ids[0] if known.quote_ids else None
        source = position.source_id or 0  # never without one: see _restate
        quotes = [Quote(pk=kept, position=position, source_id=source, **q._asdict()) for q in words]
        if not quotes:
            removed += known.quote_ids
        elif kept is None:
            added += quotes
        elif (words, position.source_id) != (known.stance.quotes, known.source_id):
            altered += quotes
        else:
            report.counts["quotes"]["unchanged"] += 1
    with report.journal.noting_updates(Position, {known.pk: row.entry.line for row, known in changed}):
        Position.objects.bulk_update(positions, RESTATED, batch_size=500)
        Quote.objects.bulk_create(added)
        Quote.objects.bulk_update(altered, ["words", "language", "source"], batch_size=500)
        Quote.objects.filter(pk__in=removed).delete()
    report.counts["positions"]["updated"] += len(positions)
    report.counts["quotes"]["created"] += len(added)
    report.counts["quotes"]["updated"] += len(altered) + len(removed)


def _restate(row: Wanted, known: KnownPosition, sources: Mapping[PollKey, int]) -> Position:
    """The stored row with what the table says now; its source stays unless one was said."""
    keeps_source = known.source_id and not row.stance.source
    return Position(
        pk=known.pk,
        answer_id=row.stance.answer_id,
        blank=row.stance.blank,
        confidence=row.stance.confidence,
        source_id=known.source_id if keeps_source else sources[row.entry.poll],
        fingerprint=row.stance.seal(),
        version=F("version") + 1,
    )
