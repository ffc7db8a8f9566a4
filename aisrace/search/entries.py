"""What the rooms hand in to be found, and how it is laid out as words. Pure.

A document is a row of words in their places, so that phrases can be found. Behind them stand its marks, which answer
at once what would otherwise need the places: `n_train` for a word of its own name, `c_train` for one of what it is
about, `s_train` for one that only its source has, `w_trains` for one of its name as it is spelt, by which suggestions
are found.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import Model, QuerySet

from aisrace.search.words import analyse, spell

ANALYSIS = 2  # to be raised with every change of words.py or of this layout: the documents are then seen as outdated

# What PostgreSQL keeps of the places of words; SQLite is given no more, so that both find the same phrases. A word
# beyond is found all the same, only not as part of a phrase.
PLACES = 16_000
PLACES_OF_ONE = 250
GAP = "_"  # holds a place between texts: no phrase reaches from one into the next
SHORT = 300  # characters of a text that is worth remembering
MOST_BYTES = 400_000  # of different words; PostgreSQL takes a megabyte with the places

STANDING = {"expert": 0, "question": 1, "article": 2, "position": 3, "quote": 3}
SILENT = 4

type Part = tuple[str, str]  # what it is, as readers are told, and its words


def name_parts(what: str, texts: Iterable[str]) -> tuple[Part, ...]:
    return tuple((what, text) for text in texts)


@dataclass(slots=True)
class Entry:
    """A document to be. `names` are its own, `context` is what it is about, `texts` what it says, `sources` where it
    is from, all plain text. What a part is is left empty where a result shows it anyway; others are shown where they
    are why it was found.

    `url` and `about` are for showing it. It is found from `from_at` until before `until_at`. Documents are read and
    replaced together with all others that belong to the same: a position with its quotes, an edition with those of its
    article.
    """

    kind: str
    row_id: int
    belongs_to: int
    title: str
    url: str
    from_at: datetime
    names: tuple[Part, ...] = ()
    context: tuple[Part, ...] = ()
    texts: tuple[Part, ...] = ()
    sources: tuple[Part, ...] = ()
    is_silent: bool = False
    until_at: datetime | None = None
    day: date | None = None
    topics: tuple[int, ...] = ()
    experts: tuple[int, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of everything that is stored of it."""
        told = (ANALYSIS, self.title, self.url, self.from_at, self.names, self.context, self.texts, self.sources)
        more = (self.is_silent, self.until_at, self.day, self.belongs_to, self.topics, self.experts, self.about)
        data = orjson.dumps((*told, *more))
        return hashlib.blake2b(data, digest_size=16).hexdigest()

    @property
    def text(self) -> str:
        return "\n".join([text for what, text in self.texts if text and not what])

    @property
    def parts(self) -> list[Part]:
        """What is shown only where it is why the document was found."""
        each = (*self.names, *self.context, *self.texts, *self.sources)
        return [(what, text) for what, text in each if what and text]

    @property
    def standing(self) -> int:
        return SILENT if self.is_silent else STANDING[self.kind]


type Keys = Collection[int]


@dataclass(frozen=True)
class Source:
    """Kinds of documents that are read together: what they belong to, and how those of some are read, without what is
    not for readers.
    """

    kinds: tuple[str, ...]
    owners: Callable[[], QuerySet[Any]]
    read: Callable[[Keys], Iterable[Entry]]

    @property
    def name(self) -> str:
        return " and ".join(self.kinds)


@dataclass(frozen=True)
class Touch:
    """That a change of `model` changes documents of `source`: `owners` leads from its keys to what those belong to.

    Where the documents tell of `model` itself, a row that is gone is found by what it left behind.
    """

    model: type[Model]
    source: Source
    owners: Callable[[Keys], Iterable[int]]
    tells_of_itself: bool = False


@dataclass(frozen=True)
class Facet:
    """What results can be narrowed by: rows with a `slug` and a `name`, of which readers may see `rows` at a moment."""

    name: str
    rows: Callable[[datetime], QuerySet[Any]]


@dataclass(slots=True)
class Laid:
    """The words of a document in their places, GAP where there is none; its marks; and words without a place."""

    places: list[str]
    marks: list[str]
    rest: list[str]


def lay_out(entry: Entry) -> Laid:
    words = _analyse_all((*entry.names, *entry.context, *entry.texts))
    marks = [*_mark(entry.names, "n_"), *_mark(entry.context, "c_"), *_mark(entry.names, "w_", spell)]
    if entry.sources:
        own, sources = {*words}, _analyse_all(entry.sources)
        marks += [f"s_{word}" for word in dict.fromkeys(sources) if word not in own]
        words += sources
    if len(words) <= PLACES_OF_ONE:
        return Laid(words, marks, [])
    rest: dict[str, None] = {}
    return Laid(list(_place(words, rest)), marks, list(rest))


def _analyse_all(parts: Iterable[Part]) -> list[str]:
    words: list[str] = []
    for _, text in parts:
        for line in text.split("\n") if len(text) > SHORT else (text,):
            words += analyse_short(line) if len(line) <= SHORT else analyse(line)
            words.append(GAP)
    return words


@lru_cache(maxsize=20_000)
def analyse_short(text: str) -> tuple[str, ...]:
    """For names and questions, which many documents share."""
    return tuple(analyse(text))


def _mark(parts: Iterable[Part], prefix: str, read: Callable[[str], Iterable[str]] = analyse) -> list[str]:
    marks: list[str] = []
    for _, text in parts:
        marks += _mark_one(text, prefix, read)
    return marks


@lru_cache(maxsize=20_000)
def _mark_one(text: str, prefix: str, read: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(prefix + word for word in read(text)))


def _place(words: list[str], rest: dict[str, None]) -> Iterator[str]:
    """What has no place any more goes to `rest`, or nowhere where there is too much of it."""
    seen: Counter[str] = Counter()
    left = MOST_BYTES
    for place, word in enumerate(words):
        if word not in seen:
            left -= len(word.encode()) + 8
        if left < 0:
            return
        seen[word] += 1
        if place < PLACES and (seen[word] <= PLACES_OF_ONE or word == GAP):
            yield word
        else:
            if place < PLACES:
                yield GAP
            rest[word] = None
