"""Whose words a quotation holds, told by the sentence around it."""

import re
from dataclasses import dataclass

from articles.importing.people import PRONOUN, VERB
from articles.importing.quotations import Quotation, find_quotations, is_title
from articles.importing.subjects import FAR_BACK, UNSAID, Place, about, find_subject, mean, outside_quotes

_STOP = re.compile(
    r"(?<![A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bSt)(?<!\be\.g)(?<!\bi\.e)(?<!\bz\.B)[.!?…][”“\"’)]?\s+(?=[^\sa-z])"
)
_ENDS = (".", "!", "?", "…")
SCARE_WORDS = 3
STATEMENT = 6  # words that stand as a sentence of their own
# Words quoted for their own sake, and sayings that are nobody's.
_TERM = re.compile(
    r"(?:\bso-called|\bsogenannte\w*|\bsoi-disant|\b(?:the|an?|old|this|that|der|den|das|dem|le|la|l[’'])\s?"
    r"(?:\w+\s)?(?:term|word|phrase|expression|label|slogan|title|proverb|saying|motto|adage|cliché|begriff|wort|"
    r"ausdruck|schlagwort|terme|mot|notion|proverbe|formule)(?: of)?,?)\s*$",
    re.IGNORECASE,
)
_SUBJECT_TERM = re.compile(r"\s*(?:is|was|means|meant|remains?|ist|war|heißt|est|désigne)\b")
_MOTTO = re.compile(
    r"\W*(?:is|was|lautet|war)\s(?P<name>\S.{1,40}?)[’']s?\s(?:\w+\s)?(?:answer|motto|verdict|view|reply|conclusion|"
    r"advice|message|credo|word|warning|summary)\b"
)
_INCISE = re.compile(
    r",\s(?P<verb>dit|explique|affirme|précise|ajoute|raconte|estime|assure|poursuit|répond|insiste|reconnaît|"
    r"soupire|résume|juge|confie|rappelle|sourit|s[’']amuse|souligne)(?:-t)?(?:-(?:il|elle|on)|(?P<name>\s[^,.;]{3,60}))(?=[,.;!?])"
)
_INDIRECT = re.compile(
    r"\b(?:sei|seien|habe|hätten?|werde|würden?|komme|kämen?|könne|könnten?|müsse|wolle|dürfe|gebe|gehe|brauche|"
    r"bleibe|stehe|liege|mache|koste|solle)\b"
)


@dataclass(frozen=True, slots=True)
class Attributed:
    """`clause` is where the words that attribute it stand, empty where nothing does but the place of the quotation."""

    quotation: Quotation
    speaker: str
    sentence: str
    clause: tuple[int, int] | None


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
    place.announced = announce(text, place)
    _carry_on(text, quotations, found, place)
    _remember(text, quotations, found, place)
    return found


def _judge(
    text: str, quotation: Quotation, room: tuple[int, int], place: Place, found: list[Attributed]
) -> tuple[str, tuple[int, int] | None]:
    """By what it is itself, or else by the words before it, those behind it, or by going on from the one before."""
    settled = _judge_alone(text, quotation, place)
    return settled or _judge_by_clauses(text, quotation, room, place, found)


def _judge_alone(text: str, quotation: Quotation, place: Place) -> tuple[str, tuple[int, int] | None] | None:
    """By what was said before the paragraph, or by what the quotation is; None where the words around it must tell."""
    if place.open_speaker and quotation.start < 3:
        return place.open_speaker, None
    if place.announced and quotation.start < 3 and (quotation.is_open or not text[quotation.end :].strip()):
        return place.announced, None
    if motto := _MOTTO.match(text, quotation.end):
        return place.people.resolve(motto["name"]), (quotation.end, motto.end())
    if _is_term(text, quotation):
        return "", None
    incise = _INCISE.search(quotation.text)
    speaker = _by_incise(incise, place, text, quotation) if incise else ""
    return (speaker, None) if speaker else None


def _judge_by_clauses(
    text: str, quotation: Quotation, room: tuple[int, int], place: Place, found: list[Attributed]
) -> tuple[str, tuple[int, int] | None]:
    """The words before it, where they lead to it; those behind it; those before; or it goes on from the last one."""
    before, before_at = _clause_before(text[room[0] : quotation.start], room[0])
    after, after_at = _clause_after(text[quotation.end : room[1]], quotation, text[room[1] : room[1] + 1])
    if is_title(quotation) and not before.rstrip().endswith((":", ",")) and not VERB.match(after.lstrip(", ")):
        return "", None
    introduces = before.rstrip().endswith((":", ",", "that", "dass", "que"))
    is_ended = before.rstrip().endswith(_ENDS)
    front = (before, room[0] + before_at, (room[0] + before_at, quotation.start))
    behind = (after, quotation.end + after_at, (quotation.end + after_at, quotation.end + after_at + len(after)))
    tried = [(front, True)] * introduces + [(behind, False)] + [(front, False)] * (not is_ended)
    for (clause, at, stretch), leads in tried:
        if clause.strip() and (speaker := find_subject(clause, at, place, text, colon=leads)):
            return speaker, stretch
    if found and not is_ended and _INDIRECT.search(before + after) and not _others(before + after, found[-1], place):
        return found[-1].speaker, None
    return (_go_on(text, quotation, room, found, place), None)


def announce(text: str, place: Place) -> str:
    """“Lind keeps bees, and writes:” — whose words the next paragraph holds."""
    if not text.rstrip().endswith(":") or len(text) > FAR_BACK:
        return ""
    outside = outside_quotes(text)
    clause, at = _clause_before(outside, 0)
    if speaker := find_subject(clause, at, place, text, colon=True):
        return place.people.add(speaker) or speaker
    named = list(dict.fromkeys(about(place, clause)))
    return place.people.add(named[0]) if len(named) == 1 else ""


def _is_term(text: str, quotation: Quotation) -> bool:
    """“The so-called “hour count””, and “that “low risk” is a term nobody defined”."""
    before = text[max(0, quotation.start - 80) : quotation.start]
    if _TERM.search(before) and not before.rstrip().endswith(":"):
        return True
    is_short = quotation.words <= SCARE_WORDS and not quotation.text.rstrip().endswith((",", *_ENDS))
    return is_short and bool(_SUBJECT_TERM.match(text, quotation.end))


def _by_incise(incise: re.Match[str], place: Place, text: str, quotation: Quotation) -> str:
    """« On compte, dit-elle, les heures. »: French says within the marks who speaks."""
    if not incise["name"]:
        return mean(place, text, quotation.start)
    return next((mention.name for mention in place.people.mentions(incise["name"])), "")


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
    near = " ".join(stripped.split()[:5])
    if quotation.text.endswith(","):
        return True
    return ends and bool(
        VERB.search(near)
        or re.match(r"[,–—]\s*[a-zà-ÿ]+\s", stripped)
        or re.match(r"\W*(?:so|laut|selon|according)\b", near)
    )


def _others(text: str, found: Attributed, place: Place) -> bool:
    return any(mention.is_known and mention.name != found.speaker for mention in place.people.mentions(text))


def _go_on(text: str, quotation: Quotation, room: tuple[int, int], found: list[Attributed], place: Place) -> str:
    """“…,” she said. “…”: the same speaker goes on. Alone in a paragraph of an expert's section, it is theirs."""
    is_sentence = quotation.text.rstrip().endswith(_ENDS) or quotation.is_open
    if quotation.words <= SCARE_WORDS and not (is_sentence and found and found[-1].quotation.end == room[0]):
        return ""
    between = text[room[0] : quotation.start].strip()
    if found and found[-1].quotation.end == room[0]:
        clause = found[-1].clause
        if not between or (clause and clause[1] >= room[0] + len(text[room[0] : quotation.start].rstrip()) - 2):
            return found[-1].speaker
    return _lead_to(text, quotation, place) if is_sentence else ""


def _lead_to(text: str, quotation: Quotation, place: Place) -> str:
    """A whole paragraph, or a sentence behind one that speaks of one person only: “Lind was blunt. “We lost.””"""
    outside = outside_quotes(text)
    if not outside.strip(" .,–—-“\n"):
        return place.expert
    if not re.search(r"[.!?]\s*$", text[max(0, quotation.start - 4) : quotation.start]):
        return ""
    leading = re.split(r"[.!?]\s", outside[max(0, quotation.start - 400) : quotation.start].rstrip(" .!?"))[-1]
    begins = next((m.name for m in place.people.mentions(leading) if m.is_known and m.start < 3), "")
    known = {begins} if begins else set(about(place, outside))
    if len(known) == 1 and (not place.expert or place.expert in known):
        return known.pop()
    if known or not place.expert:
        return ""
    is_statement = quotation.words >= STATEMENT and not UNSAID.search(" ".join(leading.split()[:5]))
    return place.expert if is_statement or PRONOUN.search(outside) else ""


def _carry_on(text: str, quotations: list[Quotation], found: list[Attributed], place: Place) -> None:
    is_open = bool(quotations) and quotations[-1].is_open
    place.open_speaker = found[-1].speaker if is_open and found else ""


def _remember(text: str, quotations: list[Quotation], found: list[Attributed], place: Place) -> None:
    known = [mention.name for mention in place.people.mentions(outside_quotes(text)) if mention.is_known]
    if found:
        place.last = found[-1].speaker
    elif known:
        place.last = known[0]


def _sentence(text: str, quotation: Quotation) -> str:
    """From the end of the sentence before the quotation to the end of the one it stands in."""
    outside = outside_quotes(text)
    near = max(0, quotation.start - FAR_BACK)
    starts = [m.end() for m in _STOP.finditer(outside, near, quotation.start + 1)]
    start = starts[-1] if starts else near
    ending = _STOP.search(outside, quotation.end)
    if quotation.text.rstrip().endswith((".", "!", "?")) and outside[quotation.end :].lstrip()[:1].isupper():
        return text[start : quotation.end].strip()
    return text[start : ending.start() + 1 if ending else len(text)].strip()
