"""What changed from one edition to the next, in words a reader can follow. Pure but for `list_history`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aisrace.lib.figures import day
from aisrace.lib.markup import to_plain
from aisrace.lib.wording import Part, compare_words
from articles.models import Edition
from experts.comparison import Cell, SourceRow
from experts.frozen import load


@dataclass(frozen=True)
class PlaceChange:
    """What changed in one place of the article, named in `place`: runs of words that stayed, came or went."""

    place: str
    parts: list[Part]


@dataclass(frozen=True)
class HistoryEntry:
    """An edition and what it changed; empty for the first and for a withdrawal."""

    edition: Edition
    changes: list[PlaceChange]


def list_history(page: Iterable[Edition]) -> list[HistoryEntry]:
    """Neighbouring editions of one article, in their order, each against the one before. One query."""
    editions = list(page)
    if not editions:
        return []
    # Two back: what follows a withdrawal is compared with what was withdrawn.
    numbers = {edition.number - back for edition in editions for back in range(3)}
    rows = Edition.objects.filter(article=editions[0].article_id, number__in=numbers)
    places = {row.number: list_places(row.content) for row in rows if row.content}

    def before(number: int) -> dict[str, str] | None:
        return places.get(number - 1) or places.get(number - 2)

    return [
        HistoryEntry(edition, find_place_changes(before(edition.number), places.get(edition.number)))
        for edition in editions
    ]


def find_place_changes(before: dict[str, str] | None, after: dict[str, str] | None) -> list[PlaceChange]:
    """The places whose words differ, those of `after` in their order and then those that are gone."""
    if before is None or after is None:
        return []
    return [
        PlaceChange(place, compare_words(before.get(place, ""), after.get(place, "")))
        for place in dict.fromkeys([*after, *before])
        if before.get(place, "") != after.get(place, "")
    ]


def list_places(content: dict[str, Any]) -> dict[str, str]:
    """The readable words of an edition by place, without markup."""
    places = {
        "Headline": content["headline"],
        "Standfirst": content["standfirst"],
        "Authors": ", ".join(author["name"] for author in content["byline"]),
        "Topics": ", ".join(topic["name"] for topic in content["topics"]),
        "Picture": " ".join(filter(None, _picture(content["picture"]))),
        "Introduction": to_plain(content["body"]),
        "Order of the sections": ", ".join(section["heading"] for section in content["sections"]),
    }
    for section in content["sections"]:
        place = f"Section “{section['heading']}”"
        places[place] = f"{places.get(place, '')} {to_plain(section['body'])}".strip()
    comparison = load(content["comparison"])
    places["Experts"] = "; ".join(f"{e.name} ({e.role})" if e.role else e.name for e in comparison.experts)
    for question in comparison.questions:
        places[f"The question “{question.label}”"] = question.wording
        for cell in comparison.column(question):
            places[f"{cell.expert.name} on “{question.label}”"] = " ".join(_cell_words(cell))
    places["Verdict"] = to_plain(content["verdict"])
    places["What the verdict rests on"] = "; ".join(
        f"{cell.expert.name} on “{cell.question.label}”"
        for cell in comparison.cells.values()
        if cell.position and cell.position.id in content["verdict_positions"]
    )
    return places | {"How this was made": to_plain(content["method"])}


def _picture(picture: dict[str, Any] | None) -> Iterable[str]:
    return (picture["url"], picture["alt"], picture["credit"]) if picture else ()


def _cell_words(cell: Cell) -> Iterable[str]:
    yield f"{cell.label}."
    position = cell.position
    if position is None:
        return
    yield f"({'reported ' if position.is_reported else ''}{day(position.stated_on)})"
    if position.confidence:
        yield f"(sure {position.confidence} of 10)"
    yield from filter(None, (position.role, position.summary))
    for quote in position.quotes:
        yield f"“{quote.words}”" if quote.is_quotable else quote.words
        yield from _source_words(quote.source)
    if position.source and not position.names_its_source:
        yield from _source_words(position.source)


def _source_words(source: SourceRow) -> Iterable[str]:
    published = day(source.published_on) if source.published_on else ""
    yield f"[{', '.join(filter(None, (source.author, source.title, source.publisher, published, source.url)))}]"
