"""What a search shows: results with their marked passages, and by what they can be narrowed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.db.models import Count, QuerySet

from aisrace.lib.prepared import fill, prepared, round_up, slot, slots
from aisrace.search.asking import Asked
from aisrace.search.entries import Part
from aisrace.search.finding import Matches, Wish, find
from aisrace.search.marking import Pieces, find_stems, make_snippet, mark_all
from aisrace.search.models import Document
from aisrace.search.sources import facets

MOST_VALUES = 8  # of a facet; the others are counted together
MOST_REASONS = 3  # that are shown of a result
A_STEP = 20  # results that are read at once, or twice, …
KINDS = {
    "article": "Articles",
    "expert": "Experts",
    "question": "Questions",
    "position": "Positions",
    "quote": "Quotes",
}


@dataclass(frozen=True)
class Reason:
    """Where else than in title, answer and snippet something stands that was asked for: in what, and its words."""

    what: str
    words: Pieces


@dataclass(frozen=True)
class Result:
    """`about` is what its room told of it; see the `about` of experts/indexing/ and articles/indexing.py."""

    kind: str
    row_id: int
    url: str
    title: Pieces
    answer: Pieces
    snippet: Pieces
    reasons: tuple[Reason, ...]
    about: Mapping[str, Any]
    day: Any


@dataclass(frozen=True)
class Value:
    """One value of a facet: as in an address, as it is read, how many results have it."""

    value: str
    title: str
    count: int


@dataclass(frozen=True)
class Counted:
    """`more` is the number of values that are not listed, `without` that of results that have none."""

    name: str
    values: tuple[Value, ...]
    more: int
    without: int


@dataclass(frozen=True)
class Found:
    count: int
    results: tuple[Result, ...]
    facets: tuple[Counted, ...]


def search(wish: Wish, now: datetime, first: int = 0, size: int = 20) -> Found:
    """Four queries: what matches, the passages shown, names of topics, names of experts."""
    matches = find(wish, now, first, size)
    return Found(matches.count, tuple(_read(matches, wish.asked)), tuple(_count_all(matches, wish, now)))


def _read(matches: Matches, asked: Asked) -> Iterable[Result]:
    stems = asked.stems
    for kind, row_id, day, url, heading, told, text, parts in _read_shown(matches.keys):
        about = orjson.loads(told)
        title, answer = mark_all(heading, stems), mark_all(about.get("answer", ""), stems)
        snippet = make_snippet(text, stems)
        missing = set(stems) - find_stems([*title, *answer, *snippet], stems)
        yield Result(
            kind=kind,
            row_id=row_id,
            url=url,
            title=title,
            answer=answer,
            snippet=snippet,
            reasons=tuple(islice(_explain(orjson.loads(parts), missing, stems), MOST_REASONS)),
            about=about,
            day=day,
        )


def _read_shown(keys: Sequence[int]) -> Iterable[Sequence[Any]]:
    """In this order; one that has gone meanwhile is left out. One query."""
    room = round_up(len(keys), A_STEP)
    question = _ask_shown(room)
    rows = question.ask(**fill("key", room, keys, 0))
    shown = {key: question.read(row)[1:] for row in rows for key in row[:1]}
    return [shown[key] for key in keys if key in shown]


@prepared
def _ask_shown(room: int) -> QuerySet[Any]:
    passage = [f"passage__{name}" for name in ("url", "title", "about", "text", "parts")]
    return Document.objects.filter(pk__in=slots("key", room)).values_list("pk", "kind", "row_id", "day", *passage)


def _explain(parts: Iterable[Part], missing: set[str], stems: Sequence[str]) -> Iterator[Reason]:
    """The parts that have what is missing, each for something that none before it has."""
    for what, text in parts:
        if not missing:
            return
        words = make_snippet(text, stems)
        if found := find_stems(words, stems) & missing:
            missing = missing - found
            yield Reason(what, words)


def _count_all(matches: Matches, wish: Wish, now: datetime) -> Iterable[Counted]:
    counts = matches.counts["kind"]
    kinds = (Value(kind, title, counts[kind]) for kind, title in KINDS.items() if kind in counts)
    yield Counted("kind", tuple(kinds), 0, 0)
    for name in ("topic", "expert"):
        yield _count_keys(name, matches.counts[name], getattr(wish, name), now)
    years = sorted(((year, n) for year, n in matches.counts["year"].items() if year), reverse=True)
    values = [Value(year, year, n) for year, n in years]
    kept = [v for n, v in enumerate(values) if n < MOST_VALUES or v.value == str(wish.year)]
    yield Counted("year", tuple(kept), len(values) - len(kept), matches.counts["year"].get("", 0))


def _count_keys(name: str, counts: Mapping[str, int], chosen: int | None, now: datetime) -> Counted:
    """Most first; the one chosen is always among them. One query."""
    each: Counter[int] = Counter()
    for keys, n in counts.items():
        for key in keys.split(",")[1:-1]:
            each[int(key)] += n
    ordered = sorted(each, key=lambda key: (-each[key], key))
    kept = [key for place, key in enumerate(ordered) if place < MOST_VALUES or key == chosen]
    rows = _ask_names(name).ask(now=now, **fill("key", MOST_VALUES + 1, kept, 0)) if kept else ()
    named = {pk: (slug, title) for pk, slug, title in rows}
    values = tuple(Value(*named[key], each[key]) for key in kept if key in named)
    return Counted(name, values, len(ordered) - len(kept), counts.get("", 0))


@prepared
def _ask_names(name: str) -> QuerySet[Any]:
    rows = facets[name].rows(slot("now")).filter(pk__in=slots("key", MOST_VALUES + 1))
    return rows.values_list("pk", "slug", "name")


def find_key(name: str, slug: str, now: datetime) -> int | None:
    """Of the topic or expert that readers see at this address; None where there is none."""
    return facets[name].rows(now).filter(slug=slug).values_list("pk", flat=True).first()


def count_kinds(now: datetime) -> list[Value]:
    """How much there is to be found. One query."""
    counts = dict(Document.objects.visible(now).values_list("kind").annotate(Count("pk")))
    return [Value(kind, title, counts[kind]) for kind, title in KINDS.items() if kind in counts]
