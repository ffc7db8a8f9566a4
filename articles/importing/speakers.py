"""Whose words a quotation holds, told by the sentence around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from articles.importing.people import _FOR, ACCORDING, PRONOUN, VERB, Mention, People
from articles.importing.quotations import Quotation, find_quotations, is_title

_STOP = re.compile(
    r"(?<![A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bSt)(?<!\be\.g)(?<!\bi\.e)(?<!\bz\.B)[.!?…][”“\"’)]?\s+(?=[^\sa-z])"
)
_ENDS = (".", "!", "?", "…")
_OWN = re.compile(
    r"\bin (?:his|her|their) (?:own )?(?:words?|views?|opinion|phrase|eyes)\b|\b(?:seiner|ihrer) (?:meinung|"
    r"ansicht) nach\b|"
    r"\bselon (?:lui|elle)\b",
    re.IGNORECASE,
)
FAR = 90  # characters between a verb and its subject
FAR_BACK = 1500  # and between a pronoun and whom it means
SCARE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Attributed:
    """`clause` is where the words that attribute it stand, empty where nothing does but the place of the quotation."""

    quotation: Quotation
    speaker: str
    sentence: str
    clause: tuple[int, int] | None


@dataclass(slots=True)
class Place:
    """What is known when a paragraph begins: whose section it is in, who spoke last, whose quotation goes on."""

    people: People
    expert: str = ""
    last: str = ""
    open_speaker: str = ""


def attribute(text: str, place: Place) -> list[Attributed]:
    """The quotations of one paragraph that somebody is said to have spoken. `place` moves on."""
    quotations = find_quotations(text)
    found: list[Attributed] = []
    for number, quotation in enumerate(quotations):
        before_start = quotations[number - 1].end if number else 0
        after_end = quotations[number + 1].start if number + 1 < len(quotations) else len(text)
        speaker, clause = _judge(text, quotation, (before_start, after_end), place, found)
        if speaker:
            speaker = place.people.add(speaker) or speaker
            found.append(Attributed(quotation, speaker, _sentence(text, quotation), clause))
    _carry_on(text, quotations, found, place)
    _remember(text, quotations, found, place)
    return found


def _judge(
    text: str, quotation: Quotation, room: tuple[int, int], place: Place, found: list[Attributed]
) -> tuple[str, tuple[int, int] | None]:
    """By the words before it, those behind it, or by going on from the one before."""
    if place.open_speaker and quotation.start < 3:
        return place.open_speaker, None
    before, before_at = _clause_before(text[room[0] : quotation.start], room[0])
    after, after_at = _clause_after(text[quotation.end : room[1]], quotation, text[room[1] : room[1] + 1])
    if is_title(quotation) and not before.rstrip().endswith((":", ",")) and not VERB.match(after.lstrip(", ")):
        return "", None
    introduces = before.rstrip().endswith((":", ",", "that", "dass", "que"))
    if introduces and (speaker := _find_subject(before, room[0] + before_at, place, text, colon=True)):
        return speaker, (room[0] + before_at, quotation.start)
    if after and (speaker := _find_subject(after, quotation.end + after_at, place, text)):
        return speaker, (quotation.end + after_at, quotation.end + after_at + len(after))
    if before.strip() and (speaker := _find_subject(before, room[0] + before_at, place, text)):
        return speaker, (room[0] + before_at, quotation.start)
    return (_go_on(text, quotation, room, found, place), None)


def _clause_before(text: str, start: int) -> tuple[str, int]:
    """The unfinished sentence that leads to the mark; empty where a sentence ended before it."""
    ends = list(_STOP.finditer(text))
    tail_at = ends[-1].end() if ends else 0
    return text[tail_at:], tail_at


def _clause_after(text: str, quotation: Quotation, next_mark: str) -> tuple[str, int]:
    """What goes on behind the mark, up to the end of its sentence."""
    stripped = text.lstrip()
    offset = len(text) - len(stripped)
    if not stripped or stripped[0] in ".;":
        return "", 0
    stop = _STOP.search(stripped)
    clause = stripped[: stop.start() + 1] if stop else stripped
    if re.match(r"\W*(?:which|that|who|is|was|are|were|has|have|will|would|could)\b", stripped):
        return "", 0
    if quotation.words <= SCARE_WORDS and not _is_right_behind(stripped, quotation):
        return "", 0
    goes_on = stripped[0] in ",–—-" or stripped[0].islower() or not quotation.text.rstrip().endswith((".", "…"))
    if goes_on:
        return clause, offset
    is_for_next = bool(next_mark) and not stop and stripped.rstrip().endswith((":", ",", "that"))
    first = VERB.search(" ".join(clause.split()[:7]))
    return ("", 0) if is_for_next or not first or len(clause.split()) > 14 else (clause, offset)


def _is_right_behind(stripped: str, quotation: Quotation) -> bool:
    """Words quoted for their own sake stand in the middle of somebody else's sentence."""
    ends = quotation.text.rstrip().endswith((",", *_ENDS)) or stripped[0] in ",–—"
    return ends and bool(VERB.search(" ".join(stripped.split()[:5])))


def _find_subject(clause: str, start: int, place: Place, text: str, colon: bool = False) -> str:
    """Who speaks in the clause: the name or pronoun that belongs to its verb."""
    mentions = list(place.people.mentions(clause))
    if speaker := _according_to(clause, mentions):
        return speaker
    if _OWN.search(clause) and not mentions:
        return _mean(place, text, start)
    verbs = [v for v in VERB.finditer(clause) if not any(m.start <= v.start() < m.end for m in mentions)]
    if not verbs:
        return _by_colon(clause, mentions, place) if colon else ""
    chosen = verbs[-1] if colon else verbs[0]
    for verb in [chosen, *verbs]:
        if speaker := _subject_of(verb, clause, mentions, place, text, start):
            return speaker
    return place.expert if not mentions else ""


def _according_to(clause: str, mentions: Sequence[Mention]) -> str:
    """“According to Lind, “…””, “„…“, so Lind”, “Lind zufolge”."""
    if re.search(r"\bzufolge\b", clause) and mentions:
        return mentions[0].name
    starts = [m.start() for m in ACCORDING.finditer(clause) if not _FOR.fullmatch(m[0])]
    if so := re.match(r"[\s,]*so\s", clause):
        starts.append(so.start())
    if re.match(r"\s*(?:for|für|pour)\s", clause, re.IGNORECASE) and mentions and mentions[0].is_known:
        starts.append(0)
    return next((m.name for start in starts for m in mentions if 0 <= m.start - start <= FAR), "")


def _subject_of(
    verb: re.Match[str], clause: str, mentions: Sequence[Mention], place: Place, text: str, start: int
) -> str:
    before = [m for m in mentions if m.end <= verb.start() and verb.start() - m.end < FAR]
    after = [m for m in mentions if m.start >= verb.end() and m.start - verb.end() < FAR]
    pronouns = [p for p in PRONOUN.finditer(clause) if not any(m.start <= p.start() < m.end for m in mentions)]
    near = next((p for p in pronouns if _touches(clause, p.span(), verb.span())), None)
    if near or (verb[0].lower() in ("il", "elle")):
        return _mean(place, text, start + verb.start())
    behind = clause[verb.end() : after[0].start] if after else ""
    if (
        after
        and (not before or _is_inverted(clause, verb))
        and not re.search(r"[;:“„«]|\bthat\b|\bof\b|\bto\b|\babout\b", behind)
    ):
        return after[0].name
    if before:
        return _head(before, clause).name
    if pronouns and pronouns[0].start() < verb.start():
        return _mean(place, text, start + verb.start())
    return (
        after[0].name
        if after and len(behind.split()) <= 5 and not re.search(r"\bto\b|\bof\b|\babout\b", behind)
        else ""
    )


def _is_inverted(clause: str, verb: re.Match[str]) -> bool:
    """Nothing before the verb but a comma: “…”, said Ada Lind."""
    return not clause[: verb.start()].strip(' ,–—-”’"') or bool(
        re.fullmatch(r"[\s,–—-]*(?:a|hat|had|has)\s*", clause[: verb.start()])
    )


def _head(before: list[Mention], clause: str) -> Mention:
    """“Lind, who worked with Marsh, says”: the first of a clause with an apposition, otherwise the nearest."""
    known = [mention for mention in before if mention.is_known]
    if known and "," in clause[known[0].end : before[-1].end]:
        return known[0]
    return known[-1] if known else before[0] if "," in clause[before[0].end :] else before[-1]


def _touches(clause: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    between = clause[first[1] : second[0]]
    return len(between.split()) <= 3 and not re.search(r"[,;:]", between)


def _by_colon(clause: str, mentions: Sequence[Mention], place: Place) -> str:
    """“Ada Lind: “…””, “Ada Lind, economist: “…”” and “In Lind’s words, “…””."""
    if not clause.rstrip().endswith(":") and not re.search(r"words|view|opinion|phrase", clause):
        return ""
    named = next((m for m in mentions if m.is_known), None) or next(iter(mentions), None)
    if named:
        return named.name
    return (
        _mean_plain(place)
        if PRONOUN.search(clause) or re.search(r"\b(?:his|her|their|seine?|ihre?)\b", clause, re.I)
        else ""
    )


def _mean(place: Place, text: str, at: int) -> str:
    """Whom a pronoun means: in an expert's section that expert unless the paragraph opened with somebody else."""
    known = [m.name for m in place.people.mentions(_outside(text)[max(0, at - FAR_BACK) : at]) if m.is_known]
    if place.expert and (not known or place.expert in known):
        return place.expert
    return known[-1] if known else place.last or place.expert


def _mean_plain(place: Place) -> str:
    return place.expert or place.last


@lru_cache(maxsize=64)
def _outside(text: str) -> str:
    """Without what is quoted, which may name others."""
    pieces, place = [], 0
    for quotation in find_quotations(text):
        pieces += [text[place : quotation.start], "“" * (quotation.end - quotation.start)]
        place = quotation.end
    return "".join([*pieces, text[place:]])


def _go_on(text: str, quotation: Quotation, room: tuple[int, int], found: list[Attributed], place: Place) -> str:
    """“…,” she said. “…”: the same speaker goes on. Alone in a paragraph of an expert's section, it is theirs."""
    if quotation.words <= SCARE_WORDS:
        return ""
    between = text[room[0] : quotation.start].strip()
    if found and found[-1].quotation.end == room[0]:
        clause = found[-1].clause
        if not between or (clause and clause[1] >= room[0] + len(text[room[0] : quotation.start].rstrip()) - 2):
            return found[-1].speaker
    is_sentence = quotation.text.rstrip().endswith(_ENDS) or quotation.is_open
    return _lead_to(text, quotation, place) if is_sentence else ""


def _lead_to(text: str, quotation: Quotation, place: Place) -> str:
    """A whole paragraph, or a sentence behind one that speaks of one person only: “Lind was blunt. “We lost.””"""
    outside = _outside(text)
    if not outside.strip(" .,–—-“\n"):
        return place.expert
    if not re.search(r"[.!?]\s*$", text[: quotation.start]):
        return ""
    known = {m.name for m in place.people.mentions(outside) if m.is_known}
    if len(known) == 1 and (not place.expert or place.expert in known):
        return known.pop()
    return place.expert if not known and PRONOUN.search(outside) else ""


def _carry_on(text: str, quotations: list[Quotation], found: list[Attributed], place: Place) -> None:
    is_open = bool(quotations) and quotations[-1].is_open
    place.open_speaker = found[-1].speaker if is_open and found else ""


def _remember(text: str, quotations: list[Quotation], found: list[Attributed], place: Place) -> None:
    known = [mention.name for mention in place.people.mentions(_outside(text)) if mention.is_known]
    if found:
        place.last = found[-1].speaker
    elif known:
        place.last = known[0]


def _sentence(text: str, quotation: Quotation) -> str:
    """From the end of the sentence before the quotation to the end of the one it stands in."""
    outside = _outside(text)
    near = max(0, quotation.start - FAR_BACK)
    starts = [m.end() for m in _STOP.finditer(outside, near, quotation.start + 1)]
    start = starts[-1] if starts else near
    ending = _STOP.search(outside, quotation.end)
    if quotation.text.rstrip().endswith((".", "!", "?")) and outside[quotation.end :].lstrip()[:1].isupper():
        return text[start : quotation.end].strip()
    return text[start : ending.start() + 1 if ending else len(text)].strip()
