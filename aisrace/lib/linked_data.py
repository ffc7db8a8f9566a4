"""Descriptions of pages in the words of schema.org, as JSON-LD: plain nodes, and how they are written into a page."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings

CONTEXT = "https://schema.org"
_ESCAPED = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")

type Node = dict[str, Any]


def node(kind: str, **properties: Any) -> Node:
    """`id` is its address as a node; what has no value is left out."""
    named = {"@id" if name == "id" else name: value for name, value in properties.items()}
    return {"@type": kind} | {name: value for name, value in named.items() if value not in ("", None, [], ())}


def graph(*nodes: Node | None) -> Node:
    return {"@context": CONTEXT, "@graph": [each for each in nodes if each]}


def whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def publisher() -> Node:
    return node("Organization", id=whole("/#publisher"), name=settings.SITE_NAME, url=whole("/"))


def crumbs(*steps: tuple[str, str]) -> Node:
    """The way to a page from the front page, as (title, path), the page itself last."""
    way = [(settings.SITE_NAME, "/"), *steps]
    items = [
        node("ListItem", position=number, name=title, item={"@id": whole(path)})
        for number, (title, path) in enumerate(way, 1)
    ]
    return node("BreadcrumbList", itemListElement=items)


def once(nodes: Iterable[Node], most: int) -> list[Node]:
    """Each once, in their order, and no more than so many."""
    found: list[Node] = []
    for each in nodes:
        if each not in found:
            found.append(each)
        if len(found) == most:
            break
    return found


def write_json(value: Any, **_: Any) -> str:
    """Without spaces and with letters as they are: a page of Cyrillic would be three times as long in escapes.

    What could end a script element is left to Jinja's tojson. Lone surrogates are written as escapes, as no text can
    hold them; so are what end lines of JavaScript, though not of JSON, and what turns its neighbours around.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
