"""Which addresses programs ask and which are read, how asking is counted, and what it costs."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest

from aisrace.api.links import BASE, DOCS

API = "/api/"
SEARCHING = "/search/"
OEMBED = "/oembed"
FEEDS = ("/feed.atom", "/feed.json")
PAGES = (DOCS, SEARCHING)  # of what is counted, that which people read


class Counted(StrEnum):
    """As what: neither uses up what the other has."""

    PROGRAMS = "network"
    READERS = "readers"


@dataclass(frozen=True)
class Place:
    """Where asking is counted. Keys are looked at under /api/ alone."""

    counted_as: Counted
    takes_keys: bool = False


THE_API = Place(Counted.PROGRAMS, takes_keys=True)
ELSEWHERE = Place(Counted.PROGRAMS)
SEARCH = Place(Counted.READERS)


def find_place(path: str) -> Place | None:
    """None for most pages: they cost no more than what it takes to count."""
    if path.startswith(API):
        return THE_API
    if path.startswith(SEARCHING):
        return SEARCH
    return ELSEWHERE if path == OEMBED or path.endswith(FEEDS) else None


def is_for_programs(path: str) -> bool:
    """Whether whatever is wrong there is told as a problem."""
    return path.startswith(API) and path not in PAGES


# --- What it costs ---------------------------------------------------------------------------------------------------

WHOLE, NARROWED, SEVERAL = 100, 5, 3  # units; one is what a list of twenty rows takes
EXPORT = re.compile(rf"{BASE}export/positions\.")
COSTLY = re.compile(rf"(?:{BASE}(?:search|compare|changes)|/search)/$")
NARROWING = ("expert", "question", "article")


def weigh(request: HttpRequest) -> int:
    """How many units a request is counted as. Told by the address alone, before anything is looked up."""
    if EXPORT.match(request.path_info) and request.method == "GET":
        named = sum(len(request.GET.getlist(name)) for name in NARROWING)
        return min(WHOLE, NARROWED * named) if named else WHOLE
    return SEVERAL if COSTLY.match(request.path_info) else 1
