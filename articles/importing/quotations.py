"""Where quotation marks open and close: “ ”, " ", „ “, « », » «, ‘ ’, and nested ones left inside."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = re.compile(r"\w+(?:[’'-]\w+)*")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


@dataclass(frozen=True, slots=True)
class Quotation:
    """From the opening mark to behind the closing one. `is_open` where none closes it before the paragraph ends."""

    start: int
    end: int
    text: str
    is_open: bool = False

    @property
    def words(self) -> int:
        return len(_WORDS.findall(self.text))


LONGEST = 5000  # further away no mark closes
CLOSING = {"“": '”"', "„": '“”"', "«": "»", "»": "«", "‟": "”", "‚": "‘’", "‹": "›", "›": "‹"}

_MARKS = re.compile(f"[{''.join({*CLOSING, *''.join(CLOSING.values())})}]")


def find_quotations(text: str) -> list[Quotation]:
    """In order, none inside another."""
    found: list[Quotation] = []
    place = 0
    straight = _straight_closes(text)
    while place < len(text):
        quotation = _read_at(text, place, straight) if _opens(text, place) else None
        if quotation:
            found.append(quotation)
        place = quotation.end if quotation else place + 1
    return found or _find_single(text)


def _opens(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if mark in "„«‟":
        return bool(after)
    if mark == "“":
        return bool(after.strip()) and not before.isalnum()
    if mark == "»":  # » … « as printed in German books
        return bool(after.strip()) and not before.isalnum() and before not in list(".,!?…")
    if mark == '"':
        return bool(after.strip()) and (not before or before.isspace() or before in "([{—–-:/‘'")
    return False


def _straight_closes(text: str) -> list[int]:
    """Where " can close: behind a word and not before one."""
    places = [match.start() for match in re.finditer(r'"', text)]
    return [at for at in places if not text[at - 1 : at].isspace() and not text[at + 1 : at + 2].isalnum()]


def _read_at(text: str, place: int, straight: Sequence[int]) -> Quotation | None:
    mark = text[place]
    end = _find_close(text, place, mark, straight)
    if end < 0:
        is_open = mark in "“„«" and len(text) - place > 20 and place < 3
        return _make(text, place, len(text), is_open=True) if is_open else None
    return _make(text, place, end + 1)


def _find_close(text: str, place: int, mark: str, straight: Sequence[int]) -> int:
    if mark == '"':
        following = bisect_right(straight, place)
        at = straight[following] if following < len(straight) else len(text)
        return at if at < min(len(text), place + LONGEST) else -1
    depth = 0
    for match in _MARKS.finditer(text, place + 1, min(len(text), place + LONGEST)):
        at, character = match.start(), match[0]
        if character == mark and mark in "“«„" and mark not in CLOSING[mark]:
            depth += 1
        elif character in CLOSING[mark] and not (character == '"' and _opens(text, at)):
            if not depth:
                return at
            depth -= 1
    return -1


def _find_single(text: str) -> list[Quotation]:
    """‘ … ’ and ' … ' as outer marks, where no others are used. An apostrophe closes nothing."""
    found: list[Quotation] = []
    place = 0
    closes = [close.start() for close in re.finditer(r"(?<=[\w.,!?…)\]])[’'‘](?!\w)", text)]
    for match in re.finditer(r"(?:(?<=^)|(?<=[\s(\[—–:]))[‘'‚](?=[^\W\d_\[])", text):
        if match.start() < place:
            continue
        for n in range(bisect_right(closes, match.end()), len(closes)):
            end = closes[n]
            if end > match.end() + LONGEST:
                break
            quotation = _make(text, match.start(), end + 1)
            is_plural = text[end - 1] == "s" and text[end + 1 : end + 2] == " " and text[end + 2 : end + 3].islower()
            if is_plural and re.search(r"[.,!?…\w][’'](?!\w)", text[end + 1 : end + 600]):
                continue
            if quotation.words >= 3:
                found.append(quotation)
                place = end + 1
            break
    return found


def _make(text: str, start: int, end: int, is_open: bool = False) -> Quotation:
    inner = text[start + 1 : end if is_open else end - 1]
    return Quotation(start, end, inner.strip(), is_open)


def is_title(quotation: Quotation) -> bool:
    """The name of a book or a programme: each longer word begins with a capital, nothing ends it as a sentence."""
    words = [word for word in _WORDS.findall(quotation.text) if len(word) > 3]
    if quotation.text.rstrip()[-1:] in (".", "!", "?", "…") or quotation.words > 9 or not words:
        return False
    if quotation.text.endswith(",") and len(words) == 1:
        return False
    return quotation.words > 1 and all(word[0].isupper() for word in words)
