"""Names, labels and addresses made from what a table says."""

import re
from collections.abc import Container
from functools import lru_cache

from django.utils.text import slugify

from aisrace.lib.text import clean_line, fold

# What follows a single comma without being a first name.
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "phd", "md", "inc", "ltd", "llc", "gmbh", "plc", "ag", "sa"}
# Letters that no decomposition turns into ASCII.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {"Æ": "Ae", "Œ": "Oe", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th"}
)
# Signs that `fold` drops although they change what a sentence claims.
_SIGNS = {"%": " percent ", "+": " plus ", "<": " under ", ">": " over ", "=": " equals "}
_SIGN = re.compile(r"[%+<>=]|[-−](?=\d)")


@lru_cache(maxsize=10_000)
def split_name(cell: str) -> tuple[str, str]:
    """(name, sort name) of “Last, First” or “First Last”; no sort name where the table does not show which is which."""
    line = clean_line(cell)
    last, _, first = (part.strip() for part in line.partition(","))
    if not (last and first) or "," in first or fold(first) in _SUFFIXES:
        return line, ""
    return f"{first} {last}", f"{last}, {first}"


@lru_cache(maxsize=10_000)
def key_of(text: str) -> str:
    """`fold`, or the text itself where it is all signs (“+”, “🙂”) and folding would leave nothing."""
    return fold(text) or clean_line(text)


@lru_cache(maxsize=10_000)
def key_of_wording(wording: str) -> str:
    """As `key_of`, but “−1 %” stays different from “1 %”."""
    return key_of(_SIGN.sub(lambda sign: _SIGNS.get(sign[0], " minus "), wording))


def cut(text: str, length: int, ending: str = "…") -> str:
    """At the end of a word where there is one, never longer than `length` with its ending."""
    if len(text) <= length:
        return text
    room = length - len(ending)
    kept = text[: room + 1].rpartition(" ")[0] or text[:room]
    return kept.rstrip(" ,;:.–—-") + ending


def write_slug(text: str, length: int, otherwise: str) -> str:
    """ASCII, cut at a word; `otherwise` where nothing of the text can be written so."""
    words = slugify(text.translate(_LETTERS)).replace("_", "-").strip("-")
    return cut(words.replace("-", " "), length, "").strip().replace(" ", "-") or otherwise


def free_slug(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or the first of wanted-2, wanted-3 … that is free."""
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug
