"""What is shown of a document: the passage that has most of what was asked, with the words marked. Pure.

Texts are never taken apart as a whole, for a long article would take longer than the search: a pattern finds the
beginnings of the stems, whatever their case and accents, and only what it finds is analysed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import chain

from aisrace.search.words import SPACELESS, analyse, plain

LENGTH = 240  # characters of a snippet, about
LEAD = 60  # of them before the first word that is marked
LOOKED_AT = 400  # places in a text; where there are more, the first decide
BEGINNING = 3  # characters by which a stem is sought
# Latin, Greek, Cyrillic; Latin and Greek with accents; ligatures; full width.
SPELT = ((0x41, 0x250), (0x386, 0x530), (0x1E00, 0x2000), (0xFB00, 0xFB07), (0xFF10, 0xFF5B))


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_marked: bool = False


type Pieces = list[Piece]
type Span = tuple[int, int, frozenset[str]]


def mark_all(text: str, stems: Sequence[str]) -> Pieces:
    """The whole text."""
    return _cut(text, 0, len(text), list(_find(text, stems)))


def make_snippet(text: str, stems: Sequence[str]) -> Pieces:
    """The best passage of a text, cut at the borders of words; the beginning where nothing of it is asked for."""
    spans = list(_find(text, stems))
    start, end = _choose(text, spans)
    pieces = _cut(text, start, end, spans)
    if start > 0:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces


def find_stems(pieces: Pieces, stems: Sequence[str]) -> set[str]:
    """Which of the stems are marked."""
    return {stem for piece in pieces if piece.is_marked for stem in analyse(piece.text)}.intersection(stems)


def as_text(pieces: Pieces) -> str:
    return "".join(piece.text for piece in pieces)


def as_html(pieces: Pieces) -> str:
    """Escaped, for programs that print it."""
    return "".join(f"<mark>{escape(p.text)}</mark>" if p.is_marked else escape(p.text) for p in pieces)


def _find(text: str, stems: Sequence[str]) -> Iterator[Span]:
    """Where words stand that have one of the stems, and which."""
    if not stems or not text:
        return
    wanted = set(stems)
    for number, found in enumerate(_pattern(tuple(stems)).finditer(text)):
        if number == LOOKED_AT:
            return
        if hits := wanted.intersection(analyse(found[0])):
            yield found.start(), found.end(), frozenset(hits)


@lru_cache(maxsize=500)
def _pattern(stems: tuple[str, ...]) -> re.Pattern[str]:
    """A word that begins like one of the stems, or one character where words are not told apart by spaces."""
    heads = dict.fromkeys(stem[:BEGINNING] if stem.isascii() else stem[:1] for stem in stems)
    begins = "|".join("".join(_class(character) for character in head) for head in heads)
    inside = rf"[^\W_{SPACELESS}]"
    return re.compile(rf"(?<!{inside})(?:{begins})(?:(?<=[{SPACELESS}])|{inside}*)")


@lru_cache(maxsize=5000)
def _class(character: str) -> str:
    """The character in every case, accent and width."""
    spellings = _spellings().get(character, "") + character
    return f"[{re.escape(spellings)}]" if len(spellings) > 1 else re.escape(character)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Letters by the small plain letter that they are read as, or begin with."""
    found: dict[str, str] = {}
    for letter in map(chr, chain.from_iterable(range(first, last) for first, last in SPELT)):
        if unicodedata.category(letter)[0] in "LN" and (bare := plain(letter)) and bare != letter:
            found[bare[0]] = found.get(bare[0], "") + letter
    return found


def _choose(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """The first of the passages with most different stems, then with most marks."""
    if len(text) <= LENGTH:
        return 0, len(text)
    best, best_worth, end = 0, (0, 0), 0
    for first, (start, _, _) in enumerate(spans):
        inside = [stems for begin, stop, stems in spans[first : first + 40] if stop <= start + LENGTH - LEAD]
        worth = (len(frozenset[str]().union(*inside)), len(inside))
        if worth > best_worth:
            best, best_worth = start, worth
    start = _border(text, max(0, best - LEAD)) if best > LEAD else 0
    end = start + LENGTH
    if end >= len(text):
        return start, len(text)
    cut = text.rfind(" ", start + LENGTH // 2, end)
    return start, cut if cut > 0 else end


def _border(text: str, place: int) -> int:
    """Behind the next space, if there is one nearby."""
    space = text.find(" ", place, place + LEAD)
    return space + 1 if space >= 0 else place


def _cut(text: str, start: int, end: int, spans: Sequence[Span]) -> Pieces:
    pieces: Pieces = []
    at = start
    for begin, stop, _ in spans:
        if begin < at or stop > end:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin]))
        pieces.append(Piece(text[begin:stop], is_marked=True))
        at = stop
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces
