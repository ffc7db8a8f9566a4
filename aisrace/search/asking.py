"""What a reader asks for: words, "phrases", -exclusions and OR. Pure.

`night trains`      both words, in any form (train, trains) and order
`"night trains"`    side by side in this order; so are the parts of `night-trains` and the characters of 夜行列车
`-ferry`            not where this is said
`train OR ferry`    either
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aisrace.lib.text import clean_line
from aisrace.search.words import STOP, analyse, spell

LONGEST = 300  # characters
MOST = 20  # words and phrases

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("−–—﹣－", "-"))
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

type Phrase = tuple[str, ...]  # stems side by side; most have one


class Unclear(ValueError):
    """What was asked cannot be answered; says why, for the reader."""


class TooLong(Unclear):
    """So long that nobody looks at what it says."""


@dataclass(frozen=True)
class Asked:
    """`wanted` are all to be there, each as one of its alternatives; nothing of `unwanted` is.

    `said` are the wanted as they were typed; `left_out` are words too common to be looked for.
    """

    wanted: tuple[tuple[Phrase, ...], ...]
    unwanted: tuple[Phrase, ...] = ()
    left_out: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def stems(self) -> list[str]:
        """Every stem that is to be marked where it stands."""
        return list(dict.fromkeys(stem for group in self.wanted for phrase in group for stem in phrase))

    @property
    def in_a_row(self) -> Phrase:
        """All that is wanted as one phrase; empty where it is one already or has alternatives."""
        if len(self.wanted) < 2 or any(len(group) > 1 for group in self.wanted):
            return ()
        return tuple(stem for (phrase,) in self.wanted for stem in phrase)


@dataclass(frozen=True)
class _Part:
    phrase: Phrase
    text: str
    is_unwanted: bool
    is_or: bool
    is_common: bool


def read_question(text: str) -> Asked:
    """Raises `Unclear` where there is nothing to look for, or too much."""
    if len(text) > LONGEST:
        raise TooLong(f"Ask in at most {LONGEST} characters; these are {len(text):,}.")
    parts = list(_split(clean_line(text).translate(_QUOTES)))
    if len(parts) > MOST:
        raise Unclear(f"Ask for at most {MOST} words; these are {len(parts)}.")
    unwanted = tuple(part.phrase for part in parts if part.is_unwanted)
    wished = [part for part in parts if not part.is_unwanted]
    if all(part.is_or for part in wished) and wished:
        wished = [_Part(part.phrase, part.text, False, False, True) for part in wished]
    said = [part for part in wished if not part.is_or]
    if not said:
        raise Unclear(
            "Say also what to look for: there are only words to leave out." if unwanted else "There is no word in it."
        )
    rare = [part for part in wished if not part.is_common]
    kept = rare if any(not part.is_or for part in rare) else wished
    left_out = tuple(part.text for part in said if part not in kept)
    groups = list(_group(kept))
    wanted = tuple(tuple(dict.fromkeys(part.phrase for part in group)) for group in groups)
    return Asked(wanted, unwanted, left_out, tuple(" OR ".join(part.text for part in group) for group in groups))


def _split(text: str) -> Iterable[_Part]:
    for found in _PART.finditer(text):
        said = found["phrase"] if found["word"] is None else found["word"]
        minus = found["minus"] is not None
        if found["word"] and said.startswith("-"):
            said, minus = said.lstrip("-"), True
        phrase = tuple(analyse(said))
        if not phrase:
            continue
        is_word = found["word"] is not None
        yield _Part(
            phrase,
            said if is_word else f'"{said}"',
            is_unwanted=minus,
            is_or=is_word and not minus and said == "OR",
            is_common=is_word and not minus and said != "OR" and STOP.issuperset(spell(said)),
        )


def _group(parts: Iterable[_Part]) -> Iterable[list[_Part]]:
    """Neighbours with OR between them are alternatives. An OR with nothing on one side says nothing."""
    group: list[_Part] = []
    joins = False
    for part in parts:
        if part.is_or:
            joins = bool(group)
            continue
        if group and not joins:
            yield group
            group = []
        group.append(part)
        joins = False
    if group:
        yield group
