"""Feeds as Atom (RFC 4287) and as JSON Feed 1.1, written from plain entries: no database, no clock.

Whatever a row holds, what is written can be read: characters that XML knows no way to write are left out of both forms.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.urls import URLPattern, path

from aisrace.lib.figures import iso
from aisrace.lib.text import drop_forbidden

JSON_FEED = "https://jsonfeed.org/version/1.1"
SPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:thr": "http://purl.org/syndication/thread/1.0"}
_LINK = re.compile(r'(<a\b[^>]*? href=")([^"]*)"')


@dataclass(frozen=True)
class Writer:
    """Who an entry is by; `url` may be empty."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """`key` names what it is about for good, as “article/12”. Addresses are whole. `answers` is the key and address of
    the entry that it replies to, `sources` are where a reader can check what it says."""

    key: str
    title: str
    url: str
    published: datetime
    updated: datetime
    html: str
    summary: str = ""
    writers: tuple[Writer, ...] = ()
    topics: tuple[str, ...] = ()
    image: str = ""
    answers: tuple[str, str] | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """`page` is the address of what is followed, `address` that of the feed, each whole; `entries` newest first."""

    key: str
    title: str
    description: str
    page: str
    address: str
    updated: datetime
    entries: tuple[Entry, ...]


def name_for_good(key: str) -> str:
    """A tag (RFC 4151): it stays when slugs, titles and addresses change."""
    return f"tag:{settings.TAG_AUTHORITY}:{key}"


def make_absolute(html: str, page: str) -> str:
    """Cleaned HTML as it can be read elsewhere: its links lead where they lead on `page`."""
    return _LINK.sub(lambda found: f'{found[1]}{urljoin(page, found[2])}"', html)


# --- Atom ------------------------------------------------------------------------------------------------------------


def write_atom(feed: Feed) -> bytes:
    root = Element("feed", SPACES | {"xml:lang": "en"})
    _add(root, "id", name_for_good(feed.key))
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", iso(feed.updated))
    _add_writers(root, [Writer(settings.SITE_NAME, f"{settings.SITE_URL}/")])
    _link(root, "alternate", feed.page, "text/html")
    _link(root, "self", feed.address, TYPES["atom"].split(";")[0])
    if hub := find_hub():
        _link(root, "hub", hub)
    for entry in feed.entries:
        _add_entry(SubElement(root, "entry"), entry)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _add_entry(node: Element, entry: Entry) -> None:
    _add(node, "id", name_for_good(entry.key))
    _add(node, "title", entry.title)
    _add(node, "published", iso(entry.published))
    _add(node, "updated", iso(entry.updated))
    _add_writers(node, entry.writers)
    for topic in entry.topics:
        SubElement(node, "category", {"term": drop_forbidden(topic)})
    _link(node, "alternate", entry.url, "text/html")
    for source in entry.sources:
        _link(node, "related", source)
    if entry.answers:
        key, address = entry.answers
        SubElement(node, "thr:in-reply-to", {"ref": name_for_good(key), "href": address, "type": "text/html"})
    _add(node, "summary", entry.summary)
    _add(node, "content", entry.html, type="html")


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    if text:
        SubElement(parent, name, attributes).text = drop_forbidden(text)


def _add_writers(parent: Element, writers: Iterable[Writer]) -> None:
    for writer in writers:
        node = SubElement(parent, "author")
        _add(node, "name", writer.name)
        _add(node, "uri", writer.url)


def _link(parent: Element, rel: str, address: str, kind: str = "") -> None:
    attributes = {"rel": rel, "href": drop_forbidden(address)} | ({"type": kind} if kind else {})
    SubElement(parent, "link", attributes)


# --- JSON ------------------------------------------------------------------------------------------------------------


def write_json(feed: Feed) -> bytes:
    hub = find_hub()
    told: dict[str, Any] = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "description": feed.description,
        "language": "en",
        "authors": [{"name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"}],
        "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
    }
    items = [_tell_entry(entry) for entry in feed.entries]
    return drop_forbidden(json.dumps(_without_empty(told) | {"items": items}, ensure_ascii=False)).encode()


def _tell_entry(entry: Entry) -> dict[str, Any]:
    told = {
        "id": name_for_good(entry.key),
        "url": entry.url,
        "external_url": entry.sources[0] if entry.sources else "",
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.image,
        "date_published": iso(entry.published),
        "date_modified": iso(entry.updated),
        "authors": [_without_empty({"name": writer.name, "url": writer.url}) for writer in entry.writers],
        "tags": list(entry.topics),
        "language": "en",
    }
    return _without_empty({name: _clean(value) for name, value in told.items()})


def _without_empty(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}


def _clean(value: Any) -> Any:
    """Before it is written: an escape such as \\u0000 would bring the character back when it is read."""
    if isinstance(value, str):
        return drop_forbidden(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return {name: _clean(each) for name, each in value.items()} if isinstance(value, dict) else value


# --- Both ------------------------------------------------------------------------------------------------------------

TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}
WRITERS: dict[str, Callable[[Feed], bytes]] = {"atom": write_atom, "json": write_json}


def find_hub() -> str:
    """The WebSub hub that is told of news; empty without one."""
    return settings.WEBSUB_HUB


def feed_paths(page: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """The feed of the page at `page` in both forms: `feed.atom` and `feed.json` below it."""
    return [path(f"{page}feed.{form}", view, {"form": form}, name=f"{name}_{form}") for form in WRITERS]
