"""Plain text becomes blocks: paragraphs, lines that stand alone, lists, quotations, tables drawn with bars."""

import re
from collections.abc import Iterator
from itertools import pairwise

from articles.importing.blocks import Block

type Read = tuple[list[Block], dict[str, str], list[tuple[str, str]]]

_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"\s*(?:[-*•·‣◦▪●]|\d{1,2}[.)])\s+\S")
_QUOTED = re.compile(r"\s*>\s?")
_RULE = re.compile(r"\s*([-=_*~])(?:\s*\1){2,}\s*$|[\s|:+-]*-{3,}[\s|:+-]*$")
_UNDERLINE = re.compile(r"(=|-){3,}\s*$")
_SPACES = re.compile(r"[^\S\n\t]+")
LONGEST_WRAPPED = 110


def read_plain(text: str) -> Read:
    lines = _BREAKS.sub("\n", text).split("\n")
    width = _wrap_width(lines)
    blocks: list[Block] = []
    for number, group in enumerate(_paragraphs(lines), start=1):
        blocks += _read_group(group, width, number)
    return blocks, {}, []


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []


def _read_group(lines: list[str], width: int, number: int) -> Iterator[Block]:
    """Lines with no empty one between them."""
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and len(lines[0]) < LONGEST_WRAPPED:
        yield Block("heading", _squeeze(lines[0]), level=1 if lines[1][0] == "=" else 2)
        yield Block("rule", _squeeze(lines[1]))
        return
    joined = _join_wrapped(lines, width)
    bars = {line.strip().strip("|").count("|") for line in joined}
    is_table = len(joined) > 1 and len(bars) == 1 and bars != {0}
    for line in joined:
        yield _read_line(line, number, is_table)


def _read_line(line: str, number: int, is_table: bool) -> Block:
    if heading := _HEADING.match(line):
        return Block("heading", _squeeze(heading[2]), level=len(heading[1]))
    if _RULE.fullmatch(line):
        return Block("rule", _squeeze(line))
    if quoted := _QUOTED.match(line):
        return Block("quote", _squeeze(line[quoted.end() :]), group=number)
    is_item = bool(_ITEM.match(line))
    if is_table or ("\t" in line.strip() and not is_item):
        cells = line.strip().strip("|").split("|") if is_table else line.strip().split("\t")
        return Block("row", "\t".join(map(_squeeze, cells)), group=number)
    return Block("item" if is_item else "paragraph", _squeeze(line), group=number)


def _wrap_width(lines: list[str]) -> int:
    """How wide the text was broken into lines by whoever saved it; 0 where a line is a paragraph."""
    width = max(map(len, lines), default=0)
    if not 50 <= width <= LONGEST_WRAPPED:
        return 0
    inner = [line for line, below in pairwise(lines) if line.strip() and below.strip()]
    full = sum(len(line) > width - 16 for line in inner)
    return width if inner and full >= 0.6 * len(inner) and full >= 3 else 0


def _join_wrapped(lines: list[str], width: int) -> list[str]:
    """A line goes on in the next one where that one's first word would not have fitted."""
    if not width:
        return lines
    joined = [lines[0]]
    last = lines[0]
    for line in lines[1:]:
        begins = _ITEM.match(line) or _HEADING.match(line) or re.match(r"\s*([—–>|]|-- )", line)
        if not begins and len(last) + 1 + len(line.split(maxsplit=1)[0]) > width - 4:
            joined[-1] += " " + line.strip()
        elif _QUOTED.match(line) and _QUOTED.match(last) and len(last) > width - 16:
            joined[-1] += " " + _QUOTED.sub("", line, count=1)
        else:
            joined.append(line)
        last = line
    return joined


def _squeeze(line: str) -> str:
    return _SPACES.sub(" ", line.replace("\t", " ")).strip()
