"""What a feed says of its entries, whatever they hold, as strict readers read it."""

from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from aisrace.lib.syndication import Entry, Feed, Writer, make_absolute, write_atom, write_json
from tests.syndicated import ATOM, read_atom, read_json

AT = datetime(2025, 7, 1, 12, tzinfo=UTC)
HOSTILE = [
    "]]> & <b>x</b> </title></content>",
    "NUL \x00 and \x0b, \x1b[31m, \x7f, \x85",
    "a lone \ud800 surrogate and \udfff",
    "\u202eturned\u202c \u2066round\u2069 \ufeff\uffff\ufffe",
    "lines\u2028and\u2029paragraphs\r\nand tabs\t",
    "\"quotes\" 'and' &amp; entities &#0; &nbsp; <!-- <![CDATA[ x ]]>",
    "😀 日本語 \u202e العربية " * 500,
]


def feed(**values: Any) -> Feed:
    entry = {
        "key": "article/1",
        "title": "Trains",
        "url": "https://example.org/a/",
        "published": AT,
        "updated": AT,
        "html": "<p>x</p>",
    }
    told = Entry(**entry | values)
    return Feed("site", "Site", "Of trains.", "https://example.org/", "https://example.org/feed.atom", AT, (told,))


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_row_holds_can_be_read(text: str) -> None:
    made = feed(title=text, html=f"<p>{text}</p>", summary=text, writers=(Writer(text),), topics=(text,))
    entry = read_atom(write_atom(made)).find(f"{ATOM}entry")
    item = read_json(write_json(made))["items"][0]
    for told in (entry.findtext(f"{ATOM}title"), item["title"], item["tags"][0], item["authors"][0]["name"]):
        assert not set(told) & set("\x00\x0b\x1b\x7f\x85\ud800\udfff\u202e\u2066\ufeff\uffff\ufffe")
    assert entry.findtext(f"{ATOM}content") == item["content_html"] == f"<p>{item['title']}</p>"
    assert not feedparser.parse(write_atom(made)).bozo


def test_what_is_not_said_is_left_out() -> None:
    entry = read_atom(write_atom(feed())).find(f"{ATOM}entry")
    assert [child.tag.removeprefix(ATOM) for child in entry] == [
        *("id", "title", "published", "updated", "link", "content"),
    ]
    item = read_json(write_json(feed()))["items"][0]
    assert set(item) == {"id", "url", "title", "content_html", "date_published", "date_modified", "language"}


def test_a_hub_is_named_where_there_is_one(settings: Any) -> None:
    assert "hubs" not in read_json(write_json(feed()))
    settings.WEBSUB_HUB = "https://hub.example/"
    assert read_atom(write_atom(feed())).find(f"{ATOM}link[@rel='hub']").get("href") == "https://hub.example/"
    assert read_json(write_json(feed()))["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_ids_stay_when_the_site_moves(settings: Any) -> None:
    settings.TAG_AUTHORITY = "old.example,2024"
    settings.SITE_URL = "https://new.example"
    assert read_atom(write_atom(feed())).findtext(f"{ATOM}id") == "tag:old.example,2024:site"


@pytest.mark.parametrize(
    ("html", "absolute"),
    [
        ('<a href="/about/" rel="noopener">x</a>', '<a href="https://example.org/about/" rel="noopener">x</a>'),
        ('<a title="t" href="#verdict">x</a>', '<a title="t" href="https://example.org/articles/one/#verdict">x</a>'),
        ('<a href="//other.example/?a=1&amp;b=2">x</a>', '<a href="https://other.example/?a=1&amp;b=2">x</a>'),
        ('<a href="mailto:a@example.org">x</a>', '<a href="mailto:a@example.org">x</a>'),
        ('<p>&lt;a href="/x"</p>', '<p>&lt;a href="/x"</p>'),
    ],
)
def test_links_lead_where_they_lead_on_the_page(html: str, absolute: str) -> None:
    assert make_absolute(html, "https://example.org/articles/one/") == absolute
