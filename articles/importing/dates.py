"""A day as newspapers print it, in English, German, French, Spanish and as programs write it."""

import re
from datetime import date

_MONTHS = (
    "january jan januar jänner janvier janv enero",
    "february feb februar février févr fevrier febrero",
    "march mar märz maerz mrz mars marzo",
    "april apr avril avr abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug août aout agosto",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre déc decembre diciembre",
)
NUMBERS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
_NAMES = "|".join(sorted(NUMBERS, key=len, reverse=True))
_PATTERNS = (
    re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:T[\d:.+Z-]*)?(?!\d)"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s*(?:of\s+|"
        rf"de\s+)?(?P<n>{_NAMES})\b\.?,?\s*(?:de\s+)?(?P<y>(?:19|20)\d\d)\b",
        re.I,
    ),
    re.compile(rf"\b(?P<n>{_NAMES})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)\b", re.I),
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:19|20)\d\d)\b"),
    re.compile(r"\b(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>(?:19|20)\d\d)\b"),
    re.compile(r"\b(?P<y>(?:19|20)\d\d)[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})\b"),
    re.compile(r"(?P<y>(?:19|20)\d\d)\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日"),
)


def find_date(text: str) -> tuple[date, int, int] | None:
    """The first day in the text and where it stands. 03/04/2025 is the third of April, unless that cannot be."""
    found = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if day := _make(match):
                found.append((match.start(), match.end(), day))
                break
    if not found:
        return None
    start, end, day = min(found)
    return day, start, end


def _make(match: re.Match[str]) -> date | None:
    said = match.groupdict()
    month = NUMBERS[said["n"].lower()] if said.get("n") else int(said["m"])
    day = int(said["d"])
    if month > 12 and day <= 12:
        day, month = month, day
    try:
        return date(int(said["y"]), month, day)
    except ValueError:
        return None
