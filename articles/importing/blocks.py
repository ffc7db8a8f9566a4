"""What a document is made of, whichever format it came in."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from aisrace.lib.text import drop_forbidden

MAX_CHARACTERS = 200_000
MAX_BLOCKS = 5_000
MAX_DEPTH = 200  # real pages stay below a hundred


class DocumentUnreadable(Exception):
    """Says in one sentence for the editor why, and what would help where anything would."""


@dataclass(frozen=True, slots=True)
class Link:
    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph.

    `kind` is heading, paragraph, item, quote, row, figure or caption. A row's cells are parted by tabs. `bold` counts
    the characters at the beginning that are bold. `group` joins the blocks of one blockquote, list or table; `where`
    says what the markup around it shows it to be if not the article itself (“navigation”, “post”, “byline” …).
    """

    kind: str
    text: str
    level: int = 0
    links: tuple[Link, ...] = ()
    bold: int = 0
    group: int = 0
    where: str = ""
    address: str = ""

    @property
    def is_bold(self) -> bool:
        return bool(self.text) and self.bold >= len(self.text)

    @property
    def cells(self) -> list[str]:
        return self.text.split("\t")


@dataclass(frozen=True, slots=True)
class Document:
    """`meta` is what the file says of itself: title, author, date, description. `dropped` is what was left unread."""

    name: str
    blocks: tuple[Block, ...]
    meta: dict[str, str] = field(default_factory=dict)
    dropped: tuple[tuple[str, str], ...] = ()


def as_data(blocks: Iterable[Block], meta: dict[str, str], dropped: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"blocks": [asdict(block) for block in blocks], "meta": meta, "dropped": list(dropped)}


def build_document(answer: dict[str, Any], name: str) -> Document:
    """From what `as_data` gave."""
    blocks = tuple(_clean(data) for data in answer["blocks"])
    meta = {key: drop_forbidden(value) for key, value in answer["meta"].items()}
    dropped = tuple((drop_forbidden(text), why) for text, why in answer["dropped"])
    return Document(drop_forbidden(name)[:300], blocks, meta, dropped)


def _clean(data: dict[str, Any]) -> Block:
    """Characters that the site stores nowhere are dropped here, and the links moved with what is left."""
    text = data["text"]
    links = [Link(**link) for link in data["links"]]
    clean = drop_forbidden(text)
    if clean != text:
        links = [Link(len(drop_forbidden(text[: a.start])), len(drop_forbidden(text[: a.end])), a.url) for a in links]
        data["bold"] = len(drop_forbidden(text[: data["bold"]]))
    return Block(**{**data, "text": clean, "links": tuple(links)})


def check_size(blocks: list[Block]) -> list[Block]:
    if not any(block.text.strip() for block in blocks):
        raise DocumentUnreadable("The document holds no text.")
    if len(blocks) > MAX_BLOCKS or sum(len(block.text) for block in blocks) > MAX_CHARACTERS:
        raise DocumentUnreadable(f"The document is longer than an article can be ({MAX_CHARACTERS:,} characters).")
    return blocks
