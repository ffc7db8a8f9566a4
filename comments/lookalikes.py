"""A badge says who somebody is; a name must not say it for them.

What two names look like is compared by their skeletons: the letters that a reader sees, whatever script they are from.
The table of confusable letters is that of Unicode (TR39), as kept by disarm.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, dropwhile

import disarm

from aisrace.lib.text import calm_marks, clean_line, drop_invisible, fold

LONGEST = 80  # characters of a name
SHORT = 4  # letters; a single word that has fewer is found in too many names
# Names that sound like those whom a badge is for.
OFFICES = (
    *("admin", "administrator", "admins", "author", "editor", "editorial", "editors", "expert", "moderator"),
    *("moderators", "mod team", "official", "staff", "support team", "sysadmin", "verified", "webmaster"),
)

_LOOKS = str.maketrans("0123456789i@$!|€", "olzeasbtbglaslle") | {ord("æ"): "ae", ord("œ"): "oe"}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Words end at spaces and signs, and inside of DrYannLeCun2 too; a sign that stands for a letter is one.
_PARTS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+|[@$!|€](?=\w)")
_JOINERS = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Joiners belong to the spelling in Arabic and Indic scripts; anywhere else they only hide.
_STRAY_JOINERS = re.compile("(?<![\u0600-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u0dff])|[\ufe0e\ufe0f]")


def clean_name(name: str) -> str:
    """What a reader's name becomes: letters, digits and the signs of names, at most 80 characters; "" if none is left.

    Symbols go, for ✓ or ⭐ behind a name looks like a badge. No letter is cut off from its marks.
    """
    visible = "".join(c for c in drop_invisible(clean_line(name)) if not _is_symbol(c))
    calm = clean_line(calm_marks(_STRAY_JOINERS.sub("", visible)))
    whole = _cut("".join(dropwhile(_hangs, calm)))
    return whole if any(c.isalnum() for c in whole) else ""


def skeleton(name: str) -> str:
    """What a name looks like, as one word: `skeleton("Yаnn-LеCun")`, half Cyrillic, is that of "Yann LeCun".

    A key to compare within one run, neither to show nor to store: a newer table of letters may give another.
    """
    return _fold_pairs("".join(_split(name)))


def find_lookalike(name: str, protected: Iterable[str]) -> str | None:
    """Which of the protected names, or of `OFFICES`, a name equals, imitates or contains as words of its own.

    Surname first counts too. One word of less than four letters counts only where it is the whole name: a reader
    called Bo Li is not Li. Some microseconds for each protected name.
    """
    parts = _split(name)
    whole, runs = _fold_pairs("".join(parts)), set(_run_together(parts))
    for candidate in (*protected, *OFFICES):
        keys, is_telling = _keys(candidate)
        if whole in keys or (is_telling and not keys.isdisjoint(runs)):
            return candidate
    return None


def see_words(text: str) -> str:
    """The words of a text as a reader sees them, one space between them: to look for words in whatever letters.

    `see_words("vіаgra")`, partly Cyrillic, is `see_words("ViÁgra")`.
    """
    return " ".join(_see_word(word) for word in fold(_JOINERS.sub("", text)).split())


@lru_cache(maxsize=8192)
def _see_word(word: str) -> str:
    return disarm.skeleton_key(word)


def _is_symbol(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":  # new letters come in with every year, the rare ones of Chinese names in planes 2 and 3
        return not 0x20000 <= ord(character) < 0x3FFFE
    if category in ("Sm", "Sk"):
        return not character.isascii() and character not in "´¨"
    return category in ("So", "Me", "Cc", "Co", "Cs") or (category == "Cf" and character not in "\u200c\u200d")


def _hangs(character: str) -> bool:
    """Whether it needs something before it."""
    return unicodedata.category(character)[0] in "MZC"


def _cut(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    ends = accumulate(len(cluster) for cluster in disarm.grapheme_split(name))
    return name[: max((end for end in ends if end <= LONGEST), default=0)].rstrip()


def _split(name: str) -> list[str]:
    """Letters as they look, in the words that they form. No more of them than a name can have."""
    seen = disarm.strip_obfuscation(clean_line(name))
    return [disarm.skeleton_key(part).translate(_LOOKS) for part in _PARTS.findall(seen)[:LONGEST]]


def _fold_pairs(letters: str) -> str:
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters


def _run_together(parts: list[str]) -> Iterator[str]:
    for start in range(len(parts)):
        yield from map(_fold_pairs, accumulate(parts[start:]))


@lru_cache(maxsize=4096)
def _keys(candidate: str) -> tuple[frozenset[str], bool]:
    """What it looks like, surname last and first, and whether that is telling inside of a longer name."""
    words = candidate.split()
    orders = (words, [*words[-1:], *words[:-1]])
    is_telling = len(words) > 1 or len(candidate) >= SHORT
    return frozenset(filter(None, (skeleton(" ".join(order)) for order in orders))), is_telling
