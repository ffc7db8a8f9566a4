"""A comparison as plain data (and back), for keeping in an edition and for programs. Days are ISO 8601 strings."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from experts.comparison import (
    AnswerRow,
    Blank,
    Comparison,
    ExpertRow,
    PositionRow,
    QuestionRow,
    QuoteRow,
    ScaleRow,
    SourceRow,
    compare,
)

DAYS = {"published_on", "checked_on", "stated_on"}


def dump(comparison: Comparison) -> dict[str, Any]:
    """Everything that `load` needs for an equal comparison; scales and sources once each, by id.

    Only current positions are kept, so `earlier` of every loaded cell is 0. `later` lists the cells, as expert and
    question, whose first position came after the day.
    """
    positions = [cell.position for cell in comparison.cells.values() if cell.position]
    return {
        "as_of": comparison.as_of.isoformat() if comparison.as_of else None,
        "scales": [asdict(scale) for scale in _once(question.scale for question in comparison.questions)],
        "sources": [_flat(source) for source in _once(_sources(positions))],
        "questions": [_flat(question, scale=question.scale.id) for question in comparison.questions],
        "experts": [_flat(expert) for expert in comparison.experts],
        "positions": [_dump_position(position) for position in positions],
        "later": [list(key) for key, cell in comparison.cells.items() if cell.blank == Blank.LATER],
    }


def load(data: dict[str, Any]) -> Comparison:
    """The comparison that `dump` wrote."""
    scales = {scale["id"]: _load_scale(scale) for scale in data["scales"]}
    sources = {source["id"]: SourceRow(**_dated(source)) for source in data["sources"]}
    comparison = compare(
        [ExpertRow(**expert) for expert in data["experts"]],
        [QuestionRow(**{**question, "scale": scales[question["scale"]]}) for question in data["questions"]],
        [_load_position(position, sources) for position in data["positions"]],
        date.fromisoformat(data["as_of"]) if data["as_of"] else None,
    )
    for expert, question in data["later"]:
        comparison.cells[expert, question] = replace(comparison.cells[expert, question], blank=Blank.LATER)
    return comparison


def _sources(positions: Iterable[PositionRow]) -> Iterable[SourceRow]:
    for position in positions:
        if position.source:
            yield position.source
        yield from (quote.source for quote in position.quotes)


def _once[Row: (ScaleRow, SourceRow)](rows: Iterable[Row]) -> list[Row]:
    return list({row.id: row for row in rows}.values())


def _flat(row: Any, **instead: Any) -> dict[str, Any]:
    values = {f.name: getattr(row, f.name) for f in fields(row)} | instead
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    return {k: date.fromisoformat(v) if k in DAYS and v else v for k, v in values.items()}


def _dump_position(position: PositionRow) -> dict[str, Any]:
    quotes = [_flat(quote, source=quote.source.id) for quote in position.quotes]
    return _flat(position, source=position.source.id if position.source else None, quotes=quotes)


def _load_scale(values: dict[str, Any]) -> ScaleRow:
    return ScaleRow(**values | {"answers": tuple(AnswerRow(**answer) for answer in values["answers"])})


def _load_position(values: dict[str, Any], sources: dict[int, SourceRow]) -> PositionRow:
    quotes = tuple(QuoteRow(**{**quote, "source": sources[quote["source"]]}) for quote in values["quotes"])
    source = sources[values["source"]] if values["source"] else None
    return PositionRow(**_dated(values | {"source": source, "quotes": quotes}))
