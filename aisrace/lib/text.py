"""The one cleaner for every text that enters: forms, imports, ORM saves and query strings."""

import re
import unicodedata

# Line feed and tab stay; every other control, NUL and lone surrogates go, as do the invisible
# characters that reorder text (a name must not be able to turn its neighbours around).
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\ufffe\uffff]"
)
_LINE_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")
_SPACES = re.compile(r"\s+")


def drop_forbidden(value: str) -> str:
    """Without controls, bidi overrides, NUL and lone surrogates; everything else untouched."""
    return _FORBIDDEN.sub("", value)


def clean_text(value: str) -> str:
    """Several lines: NFC, Unix line ends, no controls or bidi overrides, outer white space removed."""
    value = _LINE_BREAKS.sub("\n", value)
    return unicodedata.normalize("NFC", drop_forbidden(value)).strip()


def clean_line(value: str) -> str:
    """One line: as `clean_text`, and every run of white space becomes a single space."""
    return _SPACES.sub(" ", clean_text(value)).strip()


def fold(value: str) -> str:
    """A key for comparing names and headings: case, accents, hyphens and spacing do not count.

    `fold("Kai-Fu  Lee") == fold("kai fu lee")`; never shown to anybody.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", clean_line(value)).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def count_words(value: str) -> int:
    return len(value.split())
