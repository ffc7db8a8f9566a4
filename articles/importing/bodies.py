"""Blocks written as simple HTML, every word of them escaped."""

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from articles.importing.blocks import Block, Link

_MARKER = re.compile(r"^(?:[-*•·‣◦▪●]|\(?\d{1,3}[.)])\s+")


def write_html(blocks: Iterable[Block]) -> str:
    """Lists, quotations and tables are put together again from their lines."""
    pieces: list[str] = []
    for (kind, _), run in groupby(
        blocks, key=lambda b: (b.kind, b.group if b.kind in ("item", "quote", "row") else -1)
    ):
        lines = list(run)
        if kind == "item":
            pieces.append(_write_list(lines))
        elif kind == "quote":
            pieces.append("<blockquote>" + "".join(f"<p>{_inline(line)}</p>" for line in lines) + "</blockquote>")
        elif kind == "row":
            pieces.append("<table><tbody>" + "".join(map(_write_row, lines)) + "</tbody></table>")
        elif kind == "heading":
            pieces += [f"<h3>{_inline(line)}</h3>" for line in lines]
        else:
            pieces += [f"<p>{_inline(line)}</p>" for line in lines]
    return "\n".join(pieces)


def strip_marker(text: str) -> str:
    return _MARKER.sub("", text)


def _write_list(lines: list[Block]) -> str:
    is_numbered = all(re.match(r"\(?\d", line.text) for line in lines) or lines[0].level == 1
    tag = "ol" if is_numbered else "ul"
    items = "".join(f"<li>{_inline(cut(line, _lead(line.text), len(line.text)))}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>"


def _lead(text: str) -> int:
    found = _MARKER.match(text)
    return found.end() if found else 0


def _write_row(row: Block) -> str:
    tag = "th" if row.level else "td"
    cells, start = [], 0
    for cell in row.cells:
        cells.append(f"<{tag}>{_inline(cut(row, start, start + len(cell)))}</{tag}>")
        start += len(cell) + 1
    return f"<tr>{''.join(cells)}</tr>"


def cut(block: Block, start: int, end: int) -> Block:
    """A stretch of the block, its links moved."""
    links = tuple(
        Link(max(a.start, start) - start, min(a.end, end) - start, a.url)
        for a in block.links
        if a.start < end and a.end > start
    )
    return Block(
        block.kind, block.text[start:end], block.level, links, max(0, min(block.bold, end) - start), block.group
    )


def _inline(block: Block) -> str:
    pieces, place = [], 0
    for link in sorted(block.links, key=lambda a: a.start):
        if link.start < place:
            continue
        pieces.append(escape(block.text[place : link.start]))
        pieces.append(f'<a href="{escape(link.url)}">{escape(block.text[link.start : link.end])}</a>')
        place = link.end
    return "".join([*pieces, escape(block.text[place:])]).strip()
