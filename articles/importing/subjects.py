"""Who speaks in the words around a quotation: the name, pronoun or description that belongs to their verb."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aisrace.lib.text import fold
from articles.importing.names import NO_NAME
from articles.importing.organisations import looks_like_organisation, speaks_as
from articles.importing.people import _FOR, ACCORDING, PRONOUN, VERB, Mention, People
from articles.importing.quotations import find_quotations

_OWN = re.compile(
    r"\bin (?:his|her|their) (?:own )?(?:words?|views?|opinion|phrase|eyes)\b|\b(?:seiner|ihrer) (?:meinung|"
    r"ansicht) nach\b|"
    r"\bselon (?:lui|elle)\b",
    re.IGNORECASE,
)
FAR = 90  # characters between a verb and its subject
FAR_BACK = 1500  # and between a pronoun and whom it means
UNSAID = re.compile(
    r"\b(?:slogan|proverb|saying|sign|headline|poster|leaflet|banner|motto|song|letter|law|critics|opponents|"
    r"supporters|others|colleagues|people|neighbours|report|study|paper|document|website|treaty|bill|newspaper|guideline|"
    r"bericht|studie|gesetz|rapport|étude|sprichwort|plakat|schild|proverbe|affiche)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:an?|one|another|some|many|eine?|un|une)\s(?:[\w-]+\s){1,3}(?<!\bit\s)(?<!he\s)(?<!\ber\s)(?<!sie\s)(?<!il\s)(?<!elle\s)$",
    re.I,
)
_ANY_VERB = (
    r"(?!(?:is|was|has|as|des|als|les|est|this|its|ist|hat|mit|bis|aus|the|he|she|we|le|one|like|die|eine|not|but|at|"
    r"et|it|yet|just)\b)[a-zà-ÿ]{2,20}(?:s|ed|te?|e)\b"
)
_PREPOSED = re.compile(
    r"\b(?:in|at|of|from|near|with|against|about|into|than|outside|unlike|like|by|to|for|behind|between|on|"
    r"aus|bei|im|zu|über|de|du|des|chez|à)\s"
    r"(?:(?:the|der|dem|den|la|le)\s)?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Place:
    """What is known when a paragraph begins: whose section it is in, who spoke last, whose quotation goes on,
    who was said to speak in the line that led here with a colon."""

    people: People
    expert: str = ""
    last: str = ""
    open_speaker: str = ""
    announced: str = ""


def find_subject(clause: str, start: int, place: Place, text: str, colon: bool = False) -> str:
    """Who speaks in the clause: the name or pronoun that belongs to its verb."""
    mentions = list(place.people.mentions(clause))
    if speaker := _according_to(clause, mentions):
        return speaker
    if _OWN.search(clause) and not mentions:
        return mean(place, text, start)
    verbs = [v for v in VERB.finditer(clause) if not any(m.start <= v.start() < m.end for m in mentions)]
    if not verbs:
        return _by_colon(clause, mentions, place) if colon else _beside(clause, mentions, place, text, start)
    chosen = verbs[-1] if colon else verbs[0]
    for verb in [chosen, *verbs]:
        if speaker := _subject_of(verb, clause, mentions, place, text, start):
            return speaker
    if colon and clause.rstrip().endswith(":") and not UNSAID.search(clause):
        return _by_colon(clause, mentions, place)
    return "" if mentions or _is_other(clause[: chosen.start()]) else place.expert


def _is_other(subject: str) -> bool:
    """“The report says”, “a colleague says”: somebody or something else than whom the section is about."""
    return bool(UNSAID.search(subject[-60:]) or _ANOTHER.search(subject))


def _beside(clause: str, mentions: Sequence[Mention], place: Place, text: str, start: int) -> str:
    """Directly behind words that end in a comma any verb is one of speech: “…,” snorts Lind."""
    if not text[:start].rstrip().endswith((",”", ",’", ',"', "?”", "!”", "“,", "”,", "»,", "“", "»", "«,", "«")):
        return ""
    if clause.count(" ") < 12 and (by := re.match(rf"[\s,–—]*(?:he|she|they)\s+{_ANY_VERB}", clause)):
        return mean(place, text, start + by.start())
    for mention in mentions[:1]:
        before, behind = clause[: mention.start], clause[mention.end :]
        inverted = re.fullmatch(
            rf"[\s,–—]*{_ANY_VERB}(?:\s(?:the|der|die|le|la|l[’']|sie|er)?(?:\s?[\w-]+){{0,2}})?\s", before
        )
        if inverted or (not before.strip(" ,–—") and re.match(rf"\s(?:\w+ly\s)?{_ANY_VERB}", behind)):
            return mention.name if mention.is_known or " " in mention.name or inverted else ""
    return ""


def _according_to(clause: str, mentions: Sequence[Mention]) -> str:
    """“According to Lind, “…””, “„…“, so Lind”, “Lind zufolge”."""
    if re.search(r"\bzufolge\b", clause) and mentions:
        return mentions[0].name
    starts = [m.start() for m in ACCORDING.finditer(clause) if not _FOR.fullmatch(m[0])]
    if so := re.match(r"[\s,]*so\s", clause):
        starts.append(so.start())
    if (
        re.match(r"\s*(?:for|für|pour|to(?=\s\S+,?\sit\b))\s", clause, re.IGNORECASE)
        and mentions
        and mentions[0].is_known
    ):
        starts.append(0)
    return next((m.name for start in starts for m in mentions if 0 <= m.start - start <= FAR), "")


def _subject_of(
    verb: re.Match[str], clause: str, mentions: Sequence[Mention], place: Place, text: str, start: int
) -> str:
    before = [m for m in mentions if m.end <= verb.start() and verb.start() - m.end < FAR]
    before = [m for m in before if not _PREPOSED.search(clause[: m.start]) and not _owns(clause, m)]
    after = [m for m in mentions if m.start >= verb.end() and m.start - verb.end() < FAR]
    pronouns = _pronouns(clause, mentions, place)
    near = next((p for p in pronouns if _touches(clause, p.span(), verb.span())), None)
    if near and near.start() > verb.end() and not _is_inverted(clause, verb):
        near = None  # “Lind says she does not care”
    if near or (verb[0].lower() in ("il", "elle")):
        return mean(place, text, start + verb.start())
    behind = clause[verb.end() : after[0].start] if after else ""
    if (
        after
        and (not before or _is_inverted(clause, verb))
        and not re.search(r"[;:“„«]|\bthat\b|\bof\b|\bto\b|\bby\b|\babout\b", behind)
    ):
        return after[0].name
    if before:
        return _head(before, clause).name
    if pronouns and pronouns[0].start() < verb.start():
        return mean(place, text, start + verb.start())
    return (
        after[0].name
        if after and len(behind.split()) <= 5 and not re.search(r"\bto\b|\bby\b|\bof\b|\babout\b", behind)
        else ""
    )


def _owns(clause: str, mention: Mention) -> bool:
    """“Lind’s colleagues say”."""
    return bool(re.search(r"[’']s?$", clause[mention.start : mention.end]))


def _pronouns(clause: str, mentions: Sequence[Mention], place: Place) -> list[re.Match[str]]:
    """“she”, “the economist” where no name follows; of an organisation “it”, “the lab”."""
    found = list(PRONOUN.finditer(clause))
    pronouns = [p for p in found if not any(m.start - 2 <= p.end() and p.start() < m.end for m in mentions)]
    is_house = looks_like_organisation(place.expert, NO_NAME)
    return [*pronouns, *speaks_as(place.expert).finditer(clause)] if is_house else pronouns


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


def mean(place: Place, text: str, at: int) -> str:
    """Whom a pronoun means: in an expert's section that expert unless the paragraph opened with somebody else."""
    known = about(place, outside_quotes(text)[max(0, at - FAR_BACK) : at])
    if place.expert and (not known or place.expert in known):
        return place.expert
    return known[-1] if known else place.last or place.expert


def about(place: Place, text: str) -> list[str]:
    """Those known who are named, or else those who begin a sentence as persons do."""
    mentions = list(place.people.mentions(text))
    known = [m.name for m in mentions if m.is_known]
    return known or [m.name for m in mentions if fold(m.name) in place.people.subjects]


def _mean_plain(place: Place) -> str:
    return place.expert or place.last


@lru_cache(maxsize=64)
def outside_quotes(text: str) -> str:
    """Without what is quoted, which may name others."""
    pieces, place = [], 0
    for quotation in find_quotations(text):
        pieces += [text[place : quotation.start], "“" * (quotation.end - quotation.start)]
        place = quotation.end
    return "".join([*pieces, text[place:]])
