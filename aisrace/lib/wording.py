"""What changed from one text to another, word by word."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

CONTEXT = 12  # unchanged words kept on either side of a change
REWRITTEN = 0.25  # where less than this share of the shorter text stayed, it did so by chance

type Op = Literal["same", "added", "removed", "skipped"]


@dataclass(frozen=True)
class Part:
    op: Op
    text: str


def compare_words(before: str, after: str) -> list[Part]:
    """A word-level diff; long unchanged runs are cut to their ends."""
    old, new = before.split(), after.split()
    parts: list[Part] = []
    for is_same, a, b, c, d in match_words(old, new):
        if is_same:
            parts += _cut(new[c:d], is_first=a == c == 0, is_last=b == len(old) and d == len(new))
            continue
        if b > a:
            parts.append(Part("removed", " ".join(old[a:b])))
        if d > c:
            parts.append(Part("added", " ".join(new[c:d])))
    return parts


def match_words(old: list[str], new: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """As `get_opcodes`. What both begin and end with is set aside: most changes are small, and matching is slow."""
    begin = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    rest = zip(reversed(old[begin:]), reversed(new[begin:]), strict=False)
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    old_end, new_end = len(old) - end, len(new) - end
    if begin:
        yield True, 0, begin, 0, begin
    yield from _match_middle(old[begin:old_end], new[begin:new_end], begin)
    if end:
        yield True, old_end, len(old), new_end, len(new)


def _match_middle(old: list[str], new: list[str], begin: int) -> Iterator[tuple[bool, int, int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = sum(block.size for block in matcher.get_matching_blocks())
    if old and new and stayed < REWRITTEN * min(len(old), len(new)):
        yield False, begin, begin + len(old), begin, begin + len(new)
        return
    for op, a, b, c, d in matcher.get_opcodes():
        yield op == "equal", a + begin, b + begin, c + begin, d + begin


def _cut(words: list[str], *, is_first: bool, is_last: bool) -> list[Part]:
    head = 0 if is_first else CONTEXT
    tail = 0 if is_last else CONTEXT
    if len(words) <= head + tail:
        return [Part("same", " ".join(words))]
    pieces = [Part("same", " ".join(words[:head]))] if head else []
    pieces.append(Part("skipped", "…"))
    return pieces + ([Part("same", " ".join(words[-tail:]))] if tail else [])
