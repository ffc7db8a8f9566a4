"""The head of a document: headline, standfirst, byline and date."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.dates import find_date
from articles.importing.names import ROLE, clean_name, looks_like_name, take_apart

_BY = re.compile(
    r"^\s*(?:(?:written|posted|reported|reporting|interview|compiled|collected|gathered|edited|produced|curated|recorded|translated|assembled|text|words|article|story|author|autor(?:in)?|"
    r"auteur)\s*(?:by|von|"
    r"par)?\s*[:–-]?|by|von|par|por|propos recueillis par)\s+(?=\S)",
    re.I,
)
_LABEL = re.compile(
    r"(?:(?:first |last |originally )?(?:published|updated|posted|modified|created)(?: on| at)?|on|date|datum|"
    r"stand|veröffentlicht(?: am)?|"
    r"aktualisiert(?: am)?|erschienen(?: am)?|publié(?: le)?|mis à jour(?: le)?|le|am|vom)\s*:?\s*$",
    re.I,
)
_LABELS = re.compile(
    r"\b(?:last updated|updated|published|posted|modified|veröffentlicht|aktualisiert|publié|mis à jour)\b(?: on| "
    r"am| le)?\s*:?",
    re.I,
)
_READING = re.compile(
    r"\b(?:\d{1,3}[ -]?min(?:ute)?s?\b\.?(?: (?:read|reading time|de lecture|lesezeit))?|(?:reading time|"
    r"lesezeit)\W{1,3}\d{1,3}\s*min\w*\.?)",
    re.I,
)
_CLOCK = re.compile(
    r"(?:,?\s*(?:at|um|à)?\s*)\b\d{1,2}[:.h]\d{2}(?:\s*(?:[ap]\.?m\.?|uhr))?(?:\s*(?:[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?",
    re.I,
)
_AND = re.compile(r"\s*(?:,|;|/|\||•|·|&|\s[–—-]\s|\b(?:and|und|et|with|mit|y|avec)\b)\s*", re.I)
LONGEST_HEADLINE = 220
LONGEST_STANDFIRST = 450
LONGEST_LINE = 200
ZONE = 9  # lines looked at behind the headline


@dataclass(slots=True)
class Front:
    """`parts` names the part of each line of the head; `inner` stretches within a line that are something else."""

    headline: str = ""
    standfirst: str = ""
    authors: list[str] = field(default_factory=list)
    date: datetime.date | None = None
    parts: dict[int, tuple[str, str]] = field(default_factory=dict)
    inner: dict[int, list[tuple[int, int, str, str]]] = field(default_factory=dict)


def read_front(blocks: Sequence[Block], named: Sequence[str], meta: Mapping[str, str]) -> Front:
    """`named` says which lines are furniture; those are passed over."""
    front = Front()
    free = [n for n, block in enumerate(blocks) if not named[n] and block.kind not in ("figure", "caption")]
    at = _find_headline(blocks, free)
    if at is not None:
        front.headline = re.sub(r"^#+\s+", "", blocks[at].text)
        front.parts[at] = ("headline", "")
        _read_above(blocks, [n for n in free if n < at], front)
    _read_below(blocks, [n for n in free if at is None or n > at], front, has_headline=at is not None)
    _fill_in(blocks, free, front, meta)
    return front


def _find_headline(blocks: Sequence[Block], free: Sequence[int]) -> int | None:
    first = next((n for n in free if blocks[n].kind == "heading" and blocks[n].level == 1), None)
    if first is not None and not any(len(blocks[n].text) > 300 for n in free if n < first):
        return first
    for place, n in enumerate(free[:4]):
        block, later = blocks[n], free[place + 1] if place + 1 < len(free) else None
        if (
            block.kind == "heading"
            and (titled := take_apart(block.text))
            and not titled.is_numbered
            and not titled.has_role
        ):
            return None if looks_like_name(block.text) and place else n
        if len(block.text) > LONGEST_HEADLINE or block.kind not in ("paragraph", "heading"):
            return None
        if _is_line(block) or _is_kicker(blocks, n, later):
            continue
        is_sentence = block.text.endswith((".", ":", ",")) and len(block.text) > 100
        return None if is_sentence or (re.match(r"[“\"„«]", block.text) and not block.text.count(" ") < 20) else n
    return None


def _is_kicker(blocks: Sequence[Block], n: int, later: int | None) -> bool:
    """A word or two above the headline that name its column."""
    if later is None or len(blocks[n].text.split()) > 2 or blocks[n].text.endswith(("?", "!", ".")):
        return False
    below = blocks[later].text
    return 3 < len(below.split()) < 30 and not take_apart(below).is_numbered and not _is_line(blocks[later])


def _read_above(blocks: Sequence[Block], above: Sequence[int], front: Front) -> None:
    for n in above:
        if _is_line(blocks[n]):
            _read_line(blocks[n], n, front)
        else:
            front.parts[n] = ("leftover", "above the headline")


def _read_below(blocks: Sequence[Block], below: Sequence[int], front: Front, has_headline: bool) -> None:
    zone = _zone(blocks, below[:ZONE])
    lines = [n for n in zone if _is_line(blocks[n]) or _is_lone_name(blocks, n, zone)]
    last = max(lines, default=-1)
    for n in zone:
        block = blocks[n]
        if n in lines:
            _read_line(block, n, front)
        elif has_headline and not front.standfirst and _is_standfirst(blocks, n, zone, last):
            front.standfirst = block.text
            front.parts[n] = ("standfirst", "")


def _zone(blocks: Sequence[Block], below: Sequence[int]) -> list[int]:
    """Up to the first long paragraph or the heading of a section."""
    zone: list[int] = []
    said = False
    for place, n in enumerate(below):
        block = blocks[n]
        if re.match(r"\W?@\w", block.text) or (
            below[place + 1 :] and re.match(r"\W?@\w", blocks[below[place + 1]].text)
        ):
            break
        if said and not _is_line(block) and not _is_lone_name(blocks, n, list(below)):
            break
        said = said or bool(_is_line(block) and place and _has_name(block))
        if block.kind in ("quote", "row") or (len(block.text) > LONGEST_STANDFIRST):
            break
        if (
            block.kind in ("heading", "item")
            and not _is_line(block)
            and (place or len(block.text) < 40 or block.level > 3)
        ):
            break
        zone.append(n)
    return zone


def _is_line(block: Block) -> bool:
    """Says who wrote this, or when, and nothing else."""
    text = block.text
    if block.where in ("byline", "date"):
        return len(text) < 2 * LONGEST_LINE
    if len(text) > LONGEST_LINE or block.kind not in ("paragraph", "item", "heading"):
        return False
    if by := _BY.match(text):
        return any(looks_like_name(name) for name in _bare_names(_strip_labels(text[by.end() :]))[:1])
    if not (found := find_date(text)):
        return False
    rest = _strip_labels(text[: found[1]] + " | " + text[found[2] :])
    return not rest or (
        len(rest.split()) <= 8
        and (
            (all(looks_like_name(n) for n in _bare_names(rest)[:1]) and bool(_bare_names(rest)))
            or len(rest.split()) <= 3
        )
    )


def _has_name(block: Block) -> bool:
    return any(looks_like_name(name) for name in _bare_names(_strip_labels(block.text)))


def _is_lone_name(blocks: Sequence[Block], n: int, zone: Sequence[int]) -> bool:
    """A name by itself beside a date."""
    beside = [m for m in zone if m != n and abs(zone.index(m) - zone.index(n)) <= 1]
    return (
        blocks[n].kind == "paragraph" and looks_like_name(blocks[n].text) and any(_is_line(blocks[m]) for m in beside)
    )


def _is_standfirst(blocks: Sequence[Block], n: int, zone: Sequence[int], last: int) -> bool:
    """Marked as such, or between headline and byline, or all bold directly under the headline."""
    block = blocks[n]
    if block.where == "standfirst":
        return True
    if len(block.text.split()) < 5 or len(block.text) > LONGEST_STANDFIRST:
        return False
    if n < last:
        return True
    return n == zone[0] and (block.kind == "heading" or (block.is_bold and not block.text.endswith(":")))


def _read_line(block: Block, n: int, front: Front) -> None:
    text, inner = block.text, []
    found = find_date(text)
    if found:
        day, start, end = found
        label = _LABEL.search(text[:start])
        inner.append((label.start() if label else start, end, "date", ""))
        front.date = front.date or day
    for reading in _READING.finditer(text):
        if not any(a < reading.end() and reading.start() < b for a, b, _, _ in inner):
            inner.append((reading.start(), reading.end(), "leftover", "reading time"))
    rest = text
    for start, end, _, _ in sorted(inner, reverse=True):
        rest = rest[:start] + " | " + rest[end:]
    names = [
        name
        for name in _bare_names(_BY.sub("", _strip_labels(rest)))
        if looks_like_name(name) or (block.where == "byline" and looks_like_name(name))
    ]
    front.authors += [name for name in names if fold(name) not in map(fold, front.authors)]
    front.parts[n] = ("byline" if names or not found else "date", "")
    front.inner[n] = sorted(inner)


def _strip_labels(text: str) -> str:
    while found := find_date(text):
        text = text[: found[1]] + " | " + text[found[2] :]
    text = _CLOCK.sub(" ", _READING.sub(" ", _LABELS.sub(" | ", text)))
    text = re.sub(r"\s(?:on|am|le|vom|at)\s*(?=[|,]|$)", " ", text)
    return re.sub(r"(?:\s*[|•·–—,;:/-]\s*)+$|^(?:\s*[|•·–—,;:/-]\s*)+", "", text).strip()


def _bare_names(text: str) -> list[str]:
    pieces = [clean_name(piece) for piece in _AND.split(_BY.sub("", text))]
    return [
        piece
        for piece in pieces
        if piece
        and not (ROLE.search(piece) and len(piece.split()) > 1 and not looks_like_name(ROLE.sub("", piece)))
        and not ROLE.fullmatch(piece)
    ]


def _fill_in(blocks: Sequence[Block], free: Sequence[int], front: Front, meta: Mapping[str, str]) -> None:
    """From what the file says of itself, where its text is silent."""
    if not front.headline and meta.get("title"):
        front.headline = re.split(r"\s+[|–—-]\s+(?=[^|–—-]{2,40}$)", meta["title"])[0]
    if not front.authors and meta.get("author"):
        front.authors = [name for name in _bare_names(meta["author"]) if looks_like_name(name, least=1)]
    if not front.date and (found := find_date(meta.get("date", ""))):
        front.date = found[0]
    description = meta.get("description", "")
    opening = fold(description[:50])
    if (
        not front.standfirst
        and len(description.split()) > 4
        and not any(opening in fold(blocks[n].text[:400]) for n in free)
    ):
        front.standfirst = description
