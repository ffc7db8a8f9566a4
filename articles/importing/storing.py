"""A reading as plain data and back, for the time between understanding a document and the editor's word."""

from dataclasses import asdict
from datetime import date
from typing import Any

from articles.importing.reading import Figure, Named, Part, Quoted, Reading, Span


def dump_reading(reading: Reading) -> dict[str, Any]:
    return asdict(reading) | {"date": reading.date.isoformat() if reading.date else ""}


def load_reading(data: dict[str, Any]) -> Reading:
    return Reading(
        **data
        | {
            "date": date.fromisoformat(data["date"]) if data["date"] else None,
            "spans": [Span(**span) for span in data["spans"]],
            "sections": [load_part(part) for part in data["sections"]],
            "people": [Named(**person) for person in data["people"]],
            "figures": [Figure(**figure) for figure in data["figures"]],
            "leftovers": [(text, why) for text, why in data["leftovers"]],
        }
    )


def load_part(data: dict[str, Any]) -> Part:
    quotes = [Quoted(**quoted) for quoted in data["quotes"]]
    return Part(**data | {"quotes": quotes, "links": [(text, url) for text, url in data["links"]]})
