"""What a query string asks for on the page, understood as far as it goes; what was not is told."""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict

from aisrace.lib.text import clean_line, drop_forbidden
from aisrace.search.asking import Asked, TooLong, Unclear, read_question
from aisrace.search.finding import Wish
from aisrace.search.results import KINDS, find_key

YEARS = range(1, 10_000)


@dataclass
class Reading:
    """`text` as it was typed, cleaned. Without a wish there is nothing to look for; `hint` says why."""

    text: str
    wish: Wish | None = None
    hint: str = ""
    errors: list[str] = field(default_factory=list)


def read_page(query: QueryDict, now: datetime) -> Reading:
    """At most two queries: for the topic and the expert that are named."""
    text = drop_forbidden(query.get("q", ""))
    reading = Reading(clean_line(text)[:1000])
    try:
        asked = read_question(text) if reading.text else None
    except TooLong as no:
        reading.errors.append(str(no))
        return reading
    except Unclear as no:
        reading.hint = str(no)
        return reading
    if asked:
        reading.wish = _read_wish(asked, query, now, reading.errors)
    return reading


def _read_wish(asked: Asked, query: QueryDict, now: datetime, errors: list[str]) -> Wish:
    kind, year = query.get("kind", ""), query.get("year", "")
    keys: dict[str, int | None] = {}
    if kind and kind not in KINDS:
        errors.append(f"“Kind” must be one of {', '.join(KINDS)}.")
    if year and not (is_year := year.isascii() and year.isdigit() and len(year) <= 4 and int(year) in YEARS):
        errors.append("“Year” must be a year like 2025.")
    for name in ("topic", "expert"):
        slug = clean_line(query.get(name, ""))[:100]
        keys[name] = find_key(name, slug, now) if slug else None
        if slug and keys[name] is None:
            errors.append(f"There is no {name} “{slug}” here.")
    return Wish(
        asked,
        kind=kind if kind in KINDS else None,
        year=int(year) if year and is_year else None,
        topic=keys["topic"],
        expert=keys["expert"],
    )
