"""Feeds as a strict reader takes them: the rules of RFC 4287 (and 4685) and of JSON Feed 1.1, each asserted."""

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
THREAD = "{http://purl.org/syndication/thread/1.0}"
# RFC 4287, section 4: how often each may stand there.
ONE, AT_MOST_ONE, ANY = (1, 1), (0, 1), (0, 10_000)
OF_FEED = {
    "id": ONE,
    "title": ONE,
    "updated": ONE,
    "subtitle": AT_MOST_ONE,
    "generator": AT_MOST_ONE,
    "icon": AT_MOST_ONE,
    "logo": AT_MOST_ONE,
    "rights": AT_MOST_ONE,
    "author": ANY,
    "category": ANY,
    "contributor": ANY,
    "link": ANY,
    "entry": ANY,
}
OF_ENTRY = {
    "id": ONE,
    "title": ONE,
    "updated": ONE,
    "published": AT_MOST_ONE,
    "summary": AT_MOST_ONE,
    "content": AT_MOST_ONE,
    "rights": AT_MOST_ONE,
    "source": AT_MOST_ONE,
    "author": ANY,
    "category": ANY,
    "contributor": ANY,
    "link": ANY,
}
TAG = re.compile(r"tag:[A-Za-z0-9.\-]+,\d{4}(-\d\d){0,2}:[A-Za-z0-9/\-]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
JSON_OF_FEED = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon"),
    *("authors", "language", "expired", "hubs", "items"),
}
JSON_OF_ITEM = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image"),
    *("date_published", "date_modified", "authors", "tags", "language", "attachments"),
}


def read_atom(body: bytes) -> Any:
    """The feed's element, once everything in it has been judged."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    assert root.tag == f"{ATOM}feed"
    judge_children(root, OF_FEED)
    ids = [root.findtext(f"{ATOM}id")]
    for entry in root.findall(f"{ATOM}entry"):
        judge_children(entry, OF_ENTRY)
        assert entry.findall(f"{ATOM}author") or root.findall(f"{ATOM}author")
        assert entry.find(f"{ATOM}content") is not None or entry.findall(f"{ATOM}link[@rel='alternate']")
        for answered in entry.findall(f"{THREAD}in-reply-to"):
            assert TAG.fullmatch(answered.get("ref"))
        ids.append(entry.findtext(f"{ATOM}id"))
    assert len(set(ids)) == len(ids)
    assert len(root.findall(f"{ATOM}link[@rel='self']")) == 1
    return root


def judge_children(node: Any, allowed: dict[str, tuple[int, int]]) -> None:
    counted = dict.fromkeys(allowed, 0)
    for child in node:
        if child.tag.startswith(ATOM):
            name = child.tag.removeprefix(ATOM)
            assert name in allowed, name
            counted[name] += 1
            judge(child, name)
    assert {n: c for n, c in counted.items() if not allowed[n][0] <= c <= allowed[n][1]} == {}
    pairs = [(e.get("type"), e.get("hreflang")) for e in node.findall(f"{ATOM}link[@rel='alternate']")]
    assert len(set(pairs)) == len(pairs)


def judge(node: Any, name: str) -> None:
    match name:
        case "id":
            assert TAG.fullmatch(node.text), node.text
        case "updated" | "published":
            assert MOMENT.fullmatch(node.text), node.text
            assert datetime.fromisoformat(node.text).tzinfo
        case "link":
            assert is_whole(node.get("href")), node.get("href")
            assert node.get("type") is None or re.fullmatch(r"[\w.+-]+/[\w.+-]+", node.get("type"))
        case "category":
            assert node.get("term")
        case "author" | "contributor":
            assert [child.tag for child in node] in ([f"{ATOM}name"], [f"{ATOM}name", f"{ATOM}uri"])
            assert all(child.text for child in node)
        case "content" | "summary" | "title" | "subtitle":
            assert node.get("type", "text") in ("text", "html")
            assert node.text
            assert len(node) == 0


def is_whole(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def read_json(body: bytes) -> dict[str, Any]:
    told = json.loads(body.decode("utf-8"))
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["title"]
    assert set(told) <= JSON_OF_FEED
    assert all(is_whole(told[name]) for name in ("home_page_url", "feed_url"))
    assert all(set(hub) == {"type", "url"} for hub in told.get("hubs", []))
    ids = [item["id"] for item in told["items"]]
    assert len(set(ids)) == len(ids)
    for item in told["items"]:
        judge_item(item)
    return told


def judge_item(item: dict[str, Any]) -> None:
    assert set(item) <= JSON_OF_ITEM
    assert isinstance(item["id"], str)
    assert TAG.fullmatch(item["id"])
    assert item.get("content_html") or item.get("content_text")
    assert all(is_whole(item[name]) for name in ("url", "external_url", "image") if name in item)
    assert all(MOMENT.fullmatch(item[name]) for name in ("date_published", "date_modified") if name in item)
    assert all(set(author) <= {"name", "url", "avatar"} and author for author in item.get("authors", []))
    assert all(isinstance(tag, str) for tag in item.get("tags", []))
