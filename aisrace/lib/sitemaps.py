"""Sitemaps (sitemaps.org 0.9, and Google's news extension), written a line at a time: no database, no clock."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import StreamingHttpResponse

from aisrace.lib.figures import iso
from aisrace.lib.text import drop_forbidden

MOST = 50_000  # addresses in one file
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'

type Address = tuple[str, datetime | None]  # a path, and when what is there last changed, where that is known


def write_addresses(addresses: Iterable[Address]) -> Iterator[str]:
    yield f"{HEAD}<urlset {SPACE}>\n"
    for path, changed_at in addresses:
        yield f"<url>{_place(path, changed_at)}</url>\n"
    yield "</urlset>\n"


def write_index(maps: Iterable[Address]) -> Iterator[str]:
    yield f"{HEAD}<sitemapindex {SPACE}>\n"
    for path, changed_at in maps:
        yield f"<sitemap>{_place(path, changed_at)}</sitemap>\n"
    yield "</sitemapindex>\n"


def write_news(news: Iterable[tuple[str, datetime, str]]) -> Iterator[str]:
    """Path, when it was first published and title of each."""
    yield f"{HEAD}<urlset {SPACE} {NEWS}>\n"
    paper = f"<news:publication><news:name>{_text(settings.SITE_NAME)}</news:name>"
    paper += "<news:language>en</news:language></news:publication>"
    for path, published_at, title in news:
        when = f"<news:publication_date>{iso(published_at)}</news:publication_date>"
        told = f"{paper}{when}<news:title>{_text(title)}</news:title>"
        yield f"<url>{_place(path, None)}<news:news>{told}</news:news></url>\n"
    yield "</urlset>\n"


def _place(path: str, changed_at: datetime | None) -> str:
    changed = f"<lastmod>{iso(changed_at)}</lastmod>" if changed_at else ""
    return f"<loc>{_text(settings.SITE_URL + path)}</loc>{changed}"


def _text(value: str) -> str:
    return escape(drop_forbidden(value), {'"': "&quot;", "'": "&apos;"})


def send(lines: Iterator[str]) -> StreamingHttpResponse:
    """Sent as it is written, so that the longest takes no more room than the shortest."""
    return StreamingHttpResponse(lines, content_type="application/xml; charset=utf-8")
