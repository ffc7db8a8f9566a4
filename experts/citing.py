"""A source from the reference that somebody pastes: an address, a line of a bibliography, BibTeX or RIS.

Reading is pure; `find_source` asks the record whether the source is there already.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit, urlunsplit

from django.db.models import QuerySet

from aisrace.lib.text import clean_line, clean_text, fold
from experts.models import Source

MONTHS = [month.casefold() for month in calendar.month_name[1:]]
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DATES = (
    re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+{_MONTH},?\s+(?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b"),
    re.compile(rf"\b(?P<year>(?:19|20)\d\d),\s+{_MONTH}\s+(?P<day>\d{{1,2}})\b"),
)
_ADDRESS = re.compile(r"https?://[^\s<>“”\"]+[^\s<>“”\".,;:!?)\]’]")
_TITLED = re.compile(r"[“\"„«‘](?P<title>.{3,}?)[,.]?[”\"“»’](?=[\s,.;:(]|$)")
_BIBTEX = re.compile(r"@\w+\s*\{")
_BIBTEX_FIELD = re.compile(r"(\w+)\s*=\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|\"([^\"]*)\"|(\d+))")
_RIS_LINE = re.compile(r"^([A-Z][A-Z0-9])\s\s?-\s?(.*)$", re.MULTILINE)
_TRACKING = re.compile(r"(?:^|&)(?:utm_\w+|fbclid|gclid|mc_[ce]id)=[^&]*")
_EDGES = " \t\n,.;:–—-()[]"


class ReferenceUnclear(Exception):
    """Says what is missing, in a sentence."""


@dataclass(frozen=True)
class Reference:
    title: str
    author: str = ""
    publisher: str = ""
    published_on: date | None = None
    url: str = ""

    def as_source(self) -> Source:
        """Not saved yet."""
        return Source(**vars(self))


def read_reference(text: str) -> Reference:
    """Raises `ReferenceUnclear` where no title can be made out; everything else may be missing."""
    text = clean_text(text)
    if _BIBTEX.match(text):
        reference = _from_fields(_bibtex_fields(text))
    elif _RIS_LINE.match(text):
        reference = _from_fields(_ris_fields(text))
    else:
        reference = _from_line(clean_line(text))
    if not reference.title:
        raise ReferenceUnclear("No title can be made out; put it in quotation marks.")
    return replace(reference, title=reference.title[:300], author=reference.author[:200])


def _from_line(text: str) -> Reference:
    """“Author, “Title”, Publisher, day, address” in about any order of punctuation; or an address alone."""
    url = found[0] if (found := _ADDRESS.search(text)) else ""
    rest = text.replace(url, " ") if url else text
    published_on, rest = _take_date(rest)
    titled = _TITLED.search(rest)
    if titled:
        author, title, publisher = rest[: titled.start()], titled["title"], rest[titled.end() :]
    else:
        author, title, publisher = _split_sentences(rest)
    if not title.strip(_EDGES) and url:
        title = urlsplit(url).netloc.removeprefix("www.")
    return Reference(_trim(title), _trim(author), _trim(publisher)[:200], published_on, clean_address(url))


def _split_sentences(text: str) -> tuple[str, str, str]:
    """“Author. Title. Publisher.”; fewer parts are the title, then its publisher."""
    parts = [part for part in map(_trim, re.split(r"(?<=[^\W\d]{2})[.?!]\s+|\s+[–—|]\s+|\)\.?\s+", text)) if part]
    if len(parts) >= 3:
        return parts[0], parts[1], parts[2]
    title, publisher = [*parts, "", ""][:2]
    return "", title, publisher


def _take_date(text: str) -> tuple[date | None, str]:
    """The first date that exists, and the text without it."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            if day := _as_date(found.groupdict()):
                return day, f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


def _as_date(parts: dict[str, str]) -> date | None:
    name = parts.get("month", "").lower()
    month = int(parts["number"]) if "number" in parts else _month_of(name)
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _month_of(name: str) -> int:
    """0 for what is no month."""
    return next((n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)), 0)


def _bibtex_fields(text: str) -> dict[str, str]:
    fields = {name.lower(): a or b or c for name, a, b, c in _BIBTEX_FIELD.findall(text)}
    return {name: re.sub(r"[{}]", "", value) for name, value in fields.items()}


def _ris_fields(text: str) -> dict[str, str]:
    names = {"TI": "title", "T1": "title", "AU": "author", "A1": "author", "PB": "publisher", "T2": "journal"}
    names |= {"JO": "journal", "UR": "url", "DA": "date", "PY": "year", "DO": "doi"}
    fields: dict[str, str] = {}
    for tag, value in _RIS_LINE.findall(text):
        if name := names.get(tag):
            fields[name] = f"{fields[name]} and {value}" if name == "author" and name in fields else value.strip()
    return fields


def _from_fields(fields: dict[str, str]) -> Reference:
    url = fields.get("url", "") or (f"https://doi.org/{fields['doi']}" if fields.get("doi") else "")
    day, _ = _take_date(fields.get("date", "").replace("/", "-"))
    return Reference(
        title=_trim(fields.get("title", "")),
        author=", ".join(map(_turn_name, fields.get("author", "").split(" and "))),
        publisher=_trim(fields.get("journal") or fields.get("journaltitle") or fields.get("publisher", "")),
        published_on=day,
        url=clean_address(url),
    )


def _turn_name(name: str) -> str:
    """“Lovelace, Ada” as people say it."""
    last, comma, first = clean_line(name).partition(", ")
    return f"{first} {last}" if comma else last


def _trim(value: str) -> str:
    return re.sub(r"\s*\(\s*\)\s*", " ", clean_line(value)).strip(_EDGES)


def clean_address(url: str) -> str:
    """Without what only says through which link somebody came."""
    parts = urlsplit(url)
    query = _TRACKING.sub("", parts.query).lstrip("&")
    return urlunsplit(parts._replace(query=query)) if url else ""


def find_source(reference: Reference, sources: QuerySet[Source]) -> Source | None:
    """The one of `sources` that is the same publication: by address, else by title and day or publisher."""
    if reference.url and (found := sources.filter(url__in=spell_address(reference.url)).order_by("id").first()):
        return found
    same_title = sources.filter(title__iexact=reference.title).order_by("id")
    return next((row for row in same_title if _agrees(row, reference)), None)


def spell_address(url: str) -> list[str]:
    """The same place by either scheme, with and without a closing slash."""
    bare = url.partition("://")[2].rstrip("/")
    return [f"{scheme}://{bare}{slash}" for scheme in ("https", "http") for slash in ("", "/")]


def _agrees(row: Source, reference: Reference) -> bool:
    """Nothing that both say differs, and one of the two is said by both."""
    if row.url and reference.url:
        return False
    days = row.published_on, reference.published_on
    publishers = fold(row.publisher), fold(reference.publisher)
    if all(days) and days[0] != days[1]:
        return False
    if all(publishers) and publishers[0] != publishers[1]:
        return False
    return all(days) or all(publishers)
