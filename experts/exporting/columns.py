"""One position as one row: what stands in which column. The order is part of what we promise (docs/data.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from experts.comparison import Cell, PositionRow, QuoteRow, SourceRow

type Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Told:
    """A position laid on its question's scale. `is_current` says whether it is the one that counts."""

    cell: Cell
    position: PositionRow
    is_current: bool


def _source(name: str) -> Callable[[Told], Value]:
    def tell(told: Told) -> Value:
        value: Any = getattr(told.position.source, name) if told.position.source else None
        return value.isoformat() if isinstance(value, date) else value or None

    return tell


def _answer(name: str) -> Callable[[Told], Value]:
    return lambda told: getattr(told.cell.answer, name) if told.cell.answer else None


def _first_words(told: Told) -> Value:
    return next((quote.words for quote in told.position.quotes if quote.kind == "verbatim"), None)


@cache
def _before_number() -> str:
    """What stands before the number in the address of a position; to ask for each one takes longer than to write it."""
    return settings.SITE_URL + reverse("position", args=[0]).removesuffix("0/")


# What each means is told in templates/public/export/README.txt.
COLUMNS: dict[str, Callable[[Told], Value]] = {
    "position_id": lambda told: told.position.id,
    "page": lambda told: f"{_before_number()}{told.position.id}/",
    "expert_id": lambda told: told.cell.expert.id,
    "expert_slug": lambda told: told.cell.expert.slug,
    "expert_name": lambda told: told.cell.expert.name,
    "role_then": lambda told: told.position.role or None,
    "question_id": lambda told: told.cell.question.id,
    "question_slug": lambda told: told.cell.question.slug,
    "question_wording": lambda told: told.cell.question.wording,
    "scale_id": lambda told: told.cell.question.scale.id,
    "scale_name": lambda told: told.cell.question.scale.name,
    "scale_steps": lambda told: len(told.cell.question.scale.axis),
    "answer_id": _answer("id"),
    "answer": _answer("label"),
    "answer_step": _answer("step"),
    "blank": lambda told: str(told.cell.blank) if told.cell.blank else None,
    "stated_on": lambda told: told.position.stated_on.isoformat(),
    "dating": lambda told: told.position.dating,
    "confidence": lambda told: told.position.confidence,
    "is_current": lambda told: told.is_current,
    "summary": lambda told: told.position.summary or None,
    "source_id": _source("id"),
    "source_kind": _source("kind"),
    "source_title": _source("title"),
    "source_author": _source("author"),
    "source_publisher": _source("publisher"),
    "source_published_on": _source("published_on"),
    "source_url": _source("url"),
    "quote_count": lambda told: len(told.position.quotes),
    "verbatim_count": lambda told: sum(quote.kind == "verbatim" for quote in told.position.quotes),
    "first_verbatim": _first_words,
}


def tell_row(told: Told) -> list[Value]:
    """The values in the order of `COLUMNS`."""
    return [tell(told) for tell in COLUMNS.values()]


def tell_quotes(told: Told) -> list[dict[str, Any]]:
    """For JSON Lines: every quote with its own source."""
    return [_tell_quote(quote) for quote in told.position.quotes]


def _tell_quote(quote: QuoteRow) -> dict[str, Any]:
    return {
        "id": quote.id,
        "kind": quote.kind,
        "words": quote.words,
        "language": quote.language or None,
        "original": quote.original or None,
        "locator": quote.locator or None,
        "source": _tell_source(quote.source),
    }


def _tell_source(source: SourceRow) -> dict[str, Any]:
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "author": source.author or None,
        "publisher": source.publisher or None,
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "url": source.url or None,
    }
