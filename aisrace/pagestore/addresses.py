"""Which addresses are kept, and by which of their parameters a page differs. Everything else goes to Django as it is.

A parameter that is not listed does not reach the page: `?utm_source=…` makes neither another entry nor another page.
tests/integration/test_pagestore_addresses.py finds a parameter that a page reads and that is missing here.
"""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve

LONGEST = 1_000  # characters of path and query; whoever asks more is answered, but nothing is kept
MOST = 60  # parameters

FEEDS = ("site", "topic", "author", "expert", "question", "conversation")

PARAMETERS: dict[str, tuple[str, ...]] = {
    "home": (),
    "articles": ("page",),
    "article": (),
    "editions": ("page",),
    "edition": (),
    "topic": ("page",),
    "author": ("page",),
    "article_stand": (),
    "topic_stand": (),
    "experts": ("q", "page"),
    "expert": ("as_of", "show", "q", "page"),
    "questions": ("q", "topic", "as_of", "page"),
    "question": ("as_of", "show", "page"),
    "changes_of_mind": ("q", "topic", "page"),
    "compare": ("expert", "question", "as_of", "page"),
    "position": (),
    "search": ("q", "kind", "topic", "expert", "year", "page"),
    "conversation": ("order", "position", "page"),
    "comment": ("page",),
    "corrections": ("page",),
    "all_corrections": ("page",),
    "moderation_log": ("page",),
    "about": (),
    "privacy": (),
    "cookies": (),
    "robots": (),
    "llms": (),
    "sitemap_index": (),
    "sitemap_pages": (),
    "sitemap_news": (),
    "sitemap_section": (),
    "article_embed": ("theme",),
    "edition_embed": ("theme",),
    "question_embed": ("as_of", "theme"),
    "position_embed": ("theme",),
    "site_image": (),
    "article_image": (),
    "position_image": (),
    "question_image": (),
    "expert_image": (),
    **{f"{name}_feed_{form}": () for name in FEEDS for form in ("atom", "json")},
}


class Place(NamedTuple):
    """A page of its own. `query` is what its view is given."""

    path: str
    query: str


@lru_cache(maxsize=4_000)
def find_place(path: str, query: str) -> Place | None:
    """`path` and `query` as they stand in the request; None for what is not kept."""
    if len(path) + len(query) > LONGEST:
        return None
    name = _find_name(path)
    if name not in PARAMETERS:
        return None
    try:
        asked = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST, encoding="utf-8", errors="strict")
    except ValueError:
        return None
    wanted = PARAMETERS[name]
    # The order of different parameters says nothing, that of one given twice does.
    kept = sorted((pair for pair in asked if pair[0] in wanted), key=lambda pair: wanted.index(pair[0]))
    return Place(path, urlencode(kept))


def _find_name(path: str) -> str:
    """By the path as the gateway tells it: UTF-8, each byte a character."""
    try:
        return resolve(path.encode("latin-1").decode()).view_name
    except (Resolver404, UnicodeError):
        return ""
