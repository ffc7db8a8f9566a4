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

# What takes no room or shows as an empty box: soft hyphens, zero widths, fillers, tags, private use, non-characters.
# The two joiners and the two emoji selectors stay, for words and pictures are made with them; many in a row are one.
_INVISIBLE = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufffb"
    "\ue000-\uf8ff\ufdd0-\ufdef\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_JOINERS = re.compile("([\u200c\u200d\ufe0e\ufe0f])[\u200c\u200d\ufe0e\ufe0f]+")


def _is_plain(value: str) -> bool:
    """One line of ASCII, in which there is nothing to clean: most names, addresses and keys, told at a glance."""
    return value.isascii() and value.isprintable()


def drop_forbidden(value: str) -> str:
    """Without controls, bidi overrides, NUL and lone surrogates; everything else untouched."""
    return _FORBIDDEN.sub("", value)


def clean_text(value: str) -> str:
    """Several lines: NFC, Unix line ends, no controls or bidi overrides, outer white space removed."""
    if _is_plain(value):
        return value.strip()
    value = _LINE_BREAKS.sub("\n", value)
    return unicodedata.normalize("NFC", drop_forbidden(value)).strip()


def clean_line(value: str) -> str:
    """One line: as `clean_text`, and every run of white space becomes a single space."""
    if _is_plain(value):
        return " ".join(value.split())
    return _SPACES.sub(" ", clean_text(value)).strip()


def drop_invisible(value: str) -> str:
    """What somebody outside the desk wrote, without what hides in it. Letters and emoji stay whole."""
    if _is_plain(value):
        return value
    return _JOINERS.sub(r"\1", _INVISIBLE.sub("", drop_forbidden(value)))


def calm_marks(value: str, most: int = 4) -> str:
    """No more than `most` combining marks on one letter, so that it cannot climb over its neighbours.

    Four are enough for Vietnamese, Thai and pointed Hebrew.
    """
    if value.isascii():
        return value
    kept, run = [], 0
    for character in value:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run <= most:
            kept.append(character)
    return "".join(kept)


def fold(value: str) -> str:
    """A key for comparing names and headings: case, accents, hyphens and spacing do not count.

    `fold("Kai-Fu  Lee") == fold("kai fu lee")`; never shown to anybody.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", clean_line(value)).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def count_words(value: str) -> int:
    return len(value.split())
