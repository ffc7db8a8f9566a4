"""HTML becomes blocks, everything visible of it; nothing in it is fetched, run or followed.

Markdown and Word files come this way, too, as HTML without pictures or scripts.
"""

import json
import re
from typing import Any

import lxml.html
from lxml import etree
from markdown_it import MarkdownIt

from articles.importing.blocks import MAX_DEPTH, Block, DocumentUnreadable
from articles.importing.furnishing import Furnishing
from articles.importing.walking import Walk

type Read = tuple[list[Block], dict[str, str], list[tuple[str, str]]]

_ENTITY = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE)
_DATA = re.compile(r"data:[\w.+/-]{0,80}(?:;[\w=.-]{0,80}){0,4},[^\s\"'<>)]{200,}", re.IGNORECASE)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.{0,5000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(\w+):\s*(.*?)\s*$")
_NO_SCRIPT = re.compile(
    r"(enable|turn on|activate|requires?|needs?|aktivieren|activer)\W+(\w+\W+){0,3}javascript", re.I
)
_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "author": ("author", "article:author", "dc.creator", "parsely-author", "twitter:creator"),
    "date": ("article:published_time", "date", "dc.date", "publish-date", "pubdate", "datepublished"),
    "description": ("description", "og:description", "twitter:description"),
}
DRAWN = (
    "The text of this page is drawn by a script and is not in the file; copy it from the browser and paste it instead."
)
DEEP = f"The document is nested more than {MAX_DEPTH} levels deep; no article is, and it may be made to do harm."
ENTITIES = "The document declares entities (DOCTYPE), which articles never need and attacks do; save it without them."


def read_page(text: str) -> Read:
    if _ENTITY.search(text):
        raise DocumentUnreadable(ENTITIES)
    root = parse(text)
    if root is None:
        return [], {}, []
    scripts = _weigh_scripts(root)
    wants_script = bool(_NO_SCRIPT.search(" ".join(root.itertext("noscript", "body", "div", "p"))[:20_000]))
    walk = Walk(Furnishing(root))
    walk.enter(root)
    blocks, dropped = walk.finish()
    _refuse_drawn(blocks, scripts, wants_script)
    return blocks, _read_meta(root), dropped


def read_fragment(html: str) -> tuple[list[Block], list[tuple[str, str]]]:
    """HTML that this program made, of a Word file or of Markdown: no page around it."""
    root = parse(html)
    if root is None:
        return [], []
    walk = Walk(Furnishing(None))
    walk.enter(root)
    return walk.finish()


def read_markdown(text: str) -> Read:
    """HTML inside Markdown stays what it is, text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    meta, before = {}, []
    if front := _FRONT.match(text):
        fields = [found for line in front[1].split("\n") if (found := _FIELD.match(line))]
        meta = {found[1].lower(): found[2].strip("\"'[]") for found in fields}
        before = [
            Block("paragraph", line.strip(), where="front matter") for line in front[1].split("\n") if line.strip()
        ]
        text = text[front.end() :]
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_DEPTH}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # judged with all others in `Walk`
    environment: dict[str, Any] = {}
    tokens = reader.parse(text, environment)
    if any(token.level >= MAX_DEPTH - 1 for token in tokens) or re.search(r"^\s{0,3}(>\s?){100}", text, re.MULTILINE):
        raise DocumentUnreadable(DEEP)
    blocks, dropped = read_fragment(reader.renderer.render(tokens, reader.options, environment))
    wanted = ("title", "author", "date", "description")
    return before + blocks, {key: meta[key] for key in wanted if meta.get(key)}, dropped


def parse(text: str) -> Any:
    """The root, None of an empty page. Pictures written into the page are cut before the parser sees them."""
    text = _DATA.sub("data:,", text).replace("\x00", "")
    if not text.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as error:  # lenient with everything but a lack of memory
        raise MemoryError from error
    except etree.ParserError:
        return None
    _refuse_deep(root)
    if any("depth" in error.message.lower() or "huge" in error.message.lower() for error in parser.error_log):
        raise DocumentUnreadable(DEEP)
    return root


def _refuse_deep(root: Any) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise DocumentUnreadable(DEEP)


def _weigh_scripts(root: Any) -> int:
    """Bytes of script, with 1,000 for each that would be fetched."""
    return sum(len(script.text or "") + 1000 * bool(script.get("src")) for script in root.iter("script"))


def _refuse_drawn(blocks: list[Block], scripts: int, wants_script: bool) -> None:
    words = sum(len(block.text.split()) for block in blocks if not block.where)
    if (words < 60 and wants_script) or (words < 25 and scripts > 300):
        raise DocumentUnreadable(DRAWN)


def _read_meta(root: Any) -> dict[str, str]:
    said: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        if name and tag.get("content"):
            said.setdefault(name, " ".join(tag.get("content").split())[:1000])
    meta = {key: next((said[name] for name in names if name in said), "") for key, names in _META.items()}
    title = root.find(".//title")
    if not meta["title"] and title is not None:
        meta["title"] = " ".join(title.text_content().split())[:300]
    _add_linked_data(root, meta)
    return {key: value for key, value in meta.items() if value and not value.startswith(("http:", "https:", "@"))}


def _add_linked_data(root: Any, meta: dict[str, str]) -> None:
    """Author and date as the page tells search engines, where its meta tags are silent."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or len(script.text or "") > 100_000:
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        items = data.get("@graph", [data]) if isinstance(data, dict) else data if isinstance(data, list) else []
        for item in items:
            if isinstance(item, dict) and "Article" in str(item.get("@type", "")):
                meta["date"] = meta["date"] or str(item.get("datePublished", ""))[:40]
                meta["author"] = meta["author"] or ", ".join(_names(item.get("author")))


def _names(author: Any) -> list[str]:
    people = author if isinstance(author, list) else [author]
    return [str(p["name"])[:200] for p in people if isinstance(p, dict) and isinstance(p.get("name"), str)]
