"""A walk over parsed HTML that writes down its visible text, block by block."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from articles.importing.blocks import Block, Link
from articles.importing.furnishing import Furnishing

_HIDDEN = {
    "script",
    "style",
    "template",
    "noscript",
    "head",
    "svg",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "canvas",
}
_INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
    ),
    *("q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "strike", "acronym"),
}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_GROUPS = {"blockquote", "ul", "ol", "table", "dl"}
_KINDS = {"li": "item", "blockquote": "quote", "figcaption": "caption", "caption": "caption"}
LONG_CELL = 400
MAX_URL = 2000

SCRIPT_LINK = "a link that would run a script; the link was dropped"
REMOTE_PICTURE = "a picture on another site; it was not fetched"
INNER_PICTURE = "a picture inside the document; bring it in by itself"
FRAME = "a frame from another site; it was not fetched"


class Walk:
    """Holds the line being written; a block element ends it."""

    def __init__(self, furnishing: Furnishing) -> None:
        self.furnishing = furnishing
        self.blocks: list[Block] = []
        self.dropped: list[tuple[str, str]] = []
        self.pieces: list[str] = []
        self.length = 0
        self.links: list[Link] = []
        self.bold = 0
        self.is_lead = True  # all so far is bold
        self.groups = 0
        self.state = Block("paragraph", "")

    def finish(self) -> tuple[list[Block], list[tuple[str, str]]]:
        self.flush()
        return self.blocks, self.dropped[:500]

    def enter(self, element: Any, bold: bool = False) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _HIDDEN or self._is_unseen(element):
            if tag == "iframe" and element.get("src"):
                self.dropped.append((_host(element.get("src")), FRAME))
            return
        if tag == "br":
            self.write(" ", bold) if self.state.kind in ("heading", "row") else self.flush()
        elif tag == "img":
            self.add_picture(element)
        elif tag == "hr":
            self.flush()
        elif tag == "tr" and not self._is_layout(element):
            self.add_row(element)
        elif tag in _INLINE:
            self.enter_inline(element, bold or tag in ("b", "strong"))
        else:
            self.enter_block(element)

    def enter_inline(self, element: Any, bold: bool) -> None:
        start = self.length
        if element.tag == "q":
            self.write("“", bold)
        self.inside(element, bold)
        if element.tag == "q":
            self.write("”", bold)
        if element.tag == "a" and element.get("href"):
            self.add_link(element, start)

    def enter_block(self, element: Any) -> None:
        self.flush()
        before, tag = self.state, element.tag
        kind = _KINDS.get(tag) or ("heading" if tag in _HEADINGS else before.kind)
        if before.kind == "quote" and tag in ("li", "p", "div"):
            kind = "quote"
        if tag in _GROUPS and before.kind != "quote":
            self.groups += 1
        group = self.groups if tag in _GROUPS else before.group
        where = self.furnishing.name(element, before.where)
        level = _HEADINGS.get(tag) or (int(tag == "ol") if tag in _GROUPS else before.level)
        self.state = replace(before, kind=kind, level=level, group=group, where=where)
        self.inside(element, bold=tag in ("dt", "th"))
        self.flush()
        self.state = before

    def inside(self, element: Any, bold: bool) -> None:
        self.write(element.text or "", bold)
        for child in element:
            self.enter(child, bold)
            self.write(child.tail or "", bold)

    def write(self, text: str, bold: bool) -> None:
        text = _SPACES.sub(" ", text)
        if not self.length:
            text = text.lstrip()
        elif self.pieces[-1].endswith(" ") and text.startswith(" "):
            text = text[1:]
        if not text:
            return
        self.is_lead = self.is_lead and (bold or not text.strip())
        self.pieces.append(text)
        self.length += len(text)
        if self.is_lead:
            self.bold = self.length

    def add_link(self, element: Any, start: int) -> None:
        url = (element.get("href") or "").strip()
        words = "".join(self.pieces)[start:].strip()
        if re.match(r"[\s\x00-\x1f]*(javascript|vbscript|data)\s*:", url, re.IGNORECASE):
            self.dropped.append((words[:200] or element.tag, SCRIPT_LINK))
        elif is_web(url) and self.length > start:
            self.links.append(Link(start, self.length, url[:MAX_URL]))

    def add_picture(self, element: Any) -> None:
        """The words for those who do not see it stand for the picture; the line around it goes on."""
        source, alt = (element.get("src") or "").strip(), _SPACES.sub(" ", element.get("alt") or "").strip()[:500]
        address = source[:MAX_URL] if is_web(source) else ""
        why = REMOTE_PICTURE if address or source.startswith("//") else INNER_PICTURE
        self.dropped.append((alt or _host(source) or "picture", why))
        if alt or address:
            self.blocks.append(Block("figure", alt, where=self.state.where, address=address))

    def add_row(self, row: Any) -> None:
        self.flush()
        before = self.state
        where = self.furnishing.name(row, before.where)
        self.state = replace(before, kind="row", where=where, level=int(all(cell.tag == "th" for cell in row)))
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        for number, cell in enumerate(cells):
            if number:
                self.pieces = ["".join(self.pieces).rstrip(" ") + "\t"]
                self.length = len(self.pieces[0])
            self.inside_cell(cell)
        self.flush()
        self.state = before

    def inside_cell(self, cell: Any) -> None:
        """A cell is one line, whatever stands in it."""
        self.write(cell.text or "", bold=cell.tag == "th")
        for child in cell:
            if not isinstance(child.tag, str) or child.tag in _HIDDEN or self._is_unseen(child):
                self.write(child.tail or "", bold=False)
                continue
            start = self.length
            if child.tag == "img":
                self.add_picture(child)
            elif child.tag in _INLINE:
                self.inside_cell(child)
            else:
                self.write(" ", bold=False)
                self.inside_cell(child)
                self.write(" ", bold=False)
            if child.tag == "a":
                self.add_link(child, start)
            self.write(child.tail or "", bold=False)

    def flush(self) -> None:
        """Ends the line."""
        text = "".join(self.pieces)
        clean = text.rstrip(" ") if self.state.kind == "row" else text.rstrip()
        if clean.strip():
            links = tuple(
                Link(a.start, min(a.end, len(clean)), a.url) for a in self.links if a.start < min(a.end, len(clean))
            )
            self.blocks.append(replace(self.state, text=clean, links=links, bold=min(self.bold, len(clean))))
        self.pieces, self.length, self.links, self.bold, self.is_lead = [], 0, [], 0, True

    def _is_layout(self, row: Any) -> bool:
        """A table that arranges a page: its cells hold paragraphs and headings, not facts."""
        if row.find(".//table") is not None or row.find(".//h2") is not None or row.find(".//h1") is not None:
            return True
        return any(len(cell.findall(".//p")) > 1 and len(cell.text_content()) > LONG_CELL for cell in row)

    def _is_unseen(self, element: Any) -> bool:
        return element.get("hidden") is not None or bool(_UNSEEN.search(element.get("style") or ""))


def is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https") and bool(urlsplit(url).netloc)
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or parts.path.rsplit("/", 1)[-1])[:200]
    except ValueError:
        return ""
