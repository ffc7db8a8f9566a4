"""Whether many people speak in turn, a paragraph each, and who of them says so in words of another shape."""

import re
from collections.abc import Sequence

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.names import looks_like_name
from articles.importing.people import People
from articles.importing.quotations import find_quotations
from articles.importing.respondents import Respondent
from articles.importing.speakers import attribute
from articles.importing.subjects import Place

LEAST = 3


def complete_roll(
    blocks: Sequence[Block], places: Sequence[int], found: Sequence[Respondent], people: People
) -> list[Respondent]:
    """Where three or more are introduced alike, a paragraph in which one person alone is quoted is of another:
    “In Lind’s view, “…””, “Asked whether …, Lind replied: “…””."""
    introduced = {fold(r.name) for r in found if r.kind == "roll"}
    taken = {n for r in found for n in range(r.first, r.last + 1)}
    if len(introduced) < LEAST:
        return list(found)
    more = [r for n in places if n not in taken and (r := _read_only_speaker(blocks[n], n, people))]
    return sorted([*found, *more], key=lambda r: r.first) if len(more) <= len(found) else list(found)


def _read_only_speaker(block: Block, n: int, people: People) -> Respondent | None:
    quotations = find_quotations(block.text) if block.kind in ("paragraph", "item") else []
    attributed = attribute(block.text, Place(people)) if quotations else []
    speakers = {found.speaker for found in attributed}
    if len(speakers) != 1 or len(attributed) < len(quotations):
        return None
    name = speakers.pop()
    is_named = any(fold(word) in fold(block.text).split() for word in name.split())
    return Respondent(n, n, name) if is_named and looks_like_name(name, least=1) else None


def are_a_roll(blocks: Sequence[Block], places: Sequence[int], found: Sequence[Respondent]) -> bool:
    """Whether a part of the text is made of its respondents, rather than quoting them as it goes along."""
    if len({fold(r.name) for r in found}) < 2:
        return False
    covered = {n for r in found for n in range(r.first, r.last + 1)}
    last_covered = False
    for n in places:
        goes_on = last_covered and bool(re.match(r"[“\"„«]|(?:He|She|They|Er|Sie|Il|Elle|His|Her)\b", blocks[n].text))
        last_covered = n in covered or goes_on
        covered |= {n} if last_covered else set()
    inside = [n for n in places if found[0].first <= n]
    total = sum(len(blocks[n].text) for n in inside)
    return sum(len(blocks[n].text) for n in inside if n in covered) >= 0.6 * total
