"""What became of every character of a document, for the review screen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PART_LABELS = {
    "headline": "Headline",
    "byline": "Author",
    "date": "Date",
    "standfirst": "Standfirst",
    "introduction": "Introduction",
    "heading": "Section heading",
    "body": "Section text",
    "quote": "Quotation",
    "attribution": "Who says it",
    "link": "Link",
    "source_hint": "Hint at a source",
    "figure": "Picture",
    "table": "Table",
    "verdict": "Verdict",
    "author_note": "About the author",
    "leftover": "Left over",
}


@dataclass(frozen=True)
class Piece:
    """A run of text and what it became, in words."""

    text: str
    part: str
    label: str


@dataclass(frozen=True)
class Share:
    part: str
    label: str
    characters: int


def cut_pieces(text: str, spans: Iterable[dict[str, Any]]) -> list[Piece]:
    return [Piece(text[s["start"] : s["end"]], s["part"], label_span(s)) for s in spans]


def label_span(span: dict[str, Any]) -> str:
    label = PART_LABELS[span["part"]]
    return f"{label}: {span['detail']}" if span["detail"] else label


def count_shares(spans: Iterable[dict[str, Any]]) -> list[Share]:
    """Characters by what they became; they add up to the length of the text."""
    counts = Counter[str]()
    for span in spans:
        counts[span["part"]] += span["end"] - span["start"]
    return [Share(part, label, counts[part]) for part, label in PART_LABELS.items() if counts[part]]
