"""What a search shows: results with their marked passages, and by what they can be narrowed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.db.models import Count

from aisrace.search.asking import Asked
from aisrace.search.entries import Part
from aisrace.search.finding import Matches, Wish, find
from aisrace.search.marking import Pieces, find_stems, make_snippet, mark_all
from aisrace.search.models import Document
from aisrace.search.sources import facets

MOST_VALUES = 8  # of a facet; the others are counted together
MOST_REASONS = 3  # that are shown of a result
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
    documents = Document.objects.filter(pk__in=matches.keys).select_related("passage")
    shown = {document.pk: document for document in documents}
    stems = asked.stems
    for document in (shown[key] for key in matches.keys if key in shown):
        passage = document.passage
        about = orjson.loads(passage.about)
        title, answer = mark_all(passage.title, stems), mark_all(about.get("answer", ""), stems)
        snippet = make_snippet(passage.text, stems)
        missing = set(stems) - find_stems([*title, *answer, *snippet], stems)
        yield Result(
            kind=document.kind,
            row_id=document.row_id,
            url=passage.url,
            title=title,
            answer=answer,
            snippet=snippet,
            reasons=tuple(islice(_explain(orjson.loads(passage.parts), missing, stems), MOST_REASONS)),
            about=about,
            day=document.day,
        )


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
    rows = facets[name].rows(now).filter(pk__in=kept).values_list("pk", "slug", "name")
    named = {pk: (slug, title) for pk, slug, title in rows}
    values = tuple(Value(*named[key], each[key]) for key in kept if key in named)
    return Counted(name, values, len(ordered) - len(kept), counts.get("", 0))


def find_key(name: str, slug: str, now: datetime) -> int | None:
    """Of the topic or expert that readers see at this address; None where there is none."""
    return facets[name].rows(now).filter(slug=slug).values_list("pk", flat=True).first()


def count_kinds(now: datetime) -> list[Value]:
    """How much there is to be found. One query."""
    counts = dict(Document.objects.visible(now).values_list("kind").annotate(Count("pk")))
    return [Value(kind, title, counts[kind]) for kind, title in KINDS.items() if kind in counts]
