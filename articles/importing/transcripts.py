"""Conversations printed as such: “Q:” and “A:”, or a name before each turn."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aisrace.lib.text import fold
from articles.importing.blocks import Block
from articles.importing.names import NAME, clean_name, is_caseless, looks_like_name
from articles.importing.people import People

_LABEL = re.compile(
    rf"^(?:(?P<short>[QAFR])\s*[:.]\s+|(?P<word>(?i:Question|Answer|Frage|Antwort|Réponse|Interviewer(?:in)?|"
    rf"Moderator(?:in)?|Host|Interview|"
    rf"Us|Editor|Redaktion|Journalist|Intervieweur|Reporter|Presenter|Anchor|Facilitator|Chair|Compere|Announcer|"
    rf"Audience(?: member)?|Caller))\s*[:：]\s*|"
    rf"(?P<name>(?:(?:Dr|DR|Prof|PROF|Sir|Dame|Mr|MR|Ms|MS|Mrs|MRS)\.?\s+)*(?:{NAME}|"
    rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·]{{2,8}}))\s*[:：]\s+)(?=\S)"
)
_ASKING = {
    "q",
    "question",
    "frage",
    "f",
    "interviewer",
    "interviewerin",
    "moderator",
    "moderatorin",
    "host",
    "interview",
    "us",
    "editor",
}
_ASKING |= {"redaktion", "journalist", "intervieweur", "reporter", "presenter", "anchor", "facilitator", "chair"}
_ASKING |= {"compere", "announcer", "audience", "audience member", "caller"}
_ANSWERING = {"a", "answer", "antwort", "r", "reponse"}
LEAST_TURNS = 4
_CONVERSATION = re.compile(
    r"\b(?:interview|conversation|in conversation|q ?& ?a|questions (?:to|for)|talks? (?:to|with)|talked (?:to|"
    r"with)|spoke (?:to|with)|"
    r"meets? us|met us|tells us|answers|gespräch|entretien|entrevista)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Begins in block `place`, the words behind `lead`; goes on until the next. `speaker` is empty for who asks."""

    place: int
    lead: int
    speaker: str


def find_turns(blocks: Sequence[Block], places: Sequence[int], people: People, hints: str) -> list[Turn]:
    """None unless the text is a conversation: four turns or more, labels that come again, most of the text in them.

    `hints` is headline and introduction, where whoever is only called “A” should be named.
    """
    labelled = [
        (n, found)
        for n in places
        if blocks[n].kind not in ("heading", "row") and (found := _LABEL.match(blocks[n].text))
    ]
    long = _join_labels(labelled)
    counts = Counter(long[_key(found)] for _, found in labelled)
    repeated = [(n, found) for n, found in labelled if counts[long[_key(found)]] > 1 or _is_generic(found)]
    if len(repeated) < LEAST_TURNS or len({_key(found) for _, found in repeated}) < 2:
        return []
    asking = {_key(f) for _, f in repeated if _key(f) in _ASKING}
    asking = asking or _who_asks(blocks, labelled)
    everyone = {_key(found): _who(found, people, hints) for _, found in labelled}
    answering = {name for key, name in everyone.items() if key not in asking and name}
    if not answering or (not asking and len(answering) < 2):
        return []
    return [
        Turn(n, f.end(), "" if _key(f) in asking else everyone[_key(f)])
        for n, f in labelled
        if everyone[_key(f)] or _key(f) in asking
    ]


def _join_labels(labelled: Sequence[tuple[int, re.Match[str]]]) -> dict[str, str]:
    """“Lind:” is “Mara Lind:” from the second turn on."""
    keys = {_key(found): found for _, found in labelled}
    return {key: next((long for long in keys if long.endswith(f" {key}") and keys[key]["name"]), key) for key in keys}


def spread(turns: Sequence[Turn], runs: Iterable[Sequence[int]]) -> dict[int, tuple[str, int]]:
    """Whose turn each line is and where its words begin; lines without a label go on with the turn before them."""
    by_place = {turn.place: turn for turn in turns}
    spoken: dict[int, tuple[str, int]] = {}
    for run in runs:
        speaker: str | None = None
        for n in run:
            if turn := by_place.get(n):
                speaker = turn.speaker
                spoken[n] = speaker, turn.lead
            elif speaker is not None:
                spoken[n] = speaker, 0
    return spoken


def find_labels(blocks: Sequence[Block], places: Sequence[int]) -> set[int]:
    """Lines that begin with a label which comes again: no headings, however short."""
    labelled = {
        n: _key(found) for n in places if blocks[n].kind != "heading" and (found := _LABEL.match(blocks[n].text))
    }
    counts = Counter(labelled.values())
    several = sum(counts.values()) >= LEAST_TURNS and max(counts.values()) > 1
    return {n for n, key in labelled.items() if several or key in _ASKING | _ANSWERING}


def _key(found: re.Match[str]) -> str:
    return fold(found["short"] or found["word"] or clean_name(found["name"]))


def _is_generic(found: re.Match[str]) -> bool:
    return bool(found["short"] or found["word"])


def _who_asks(blocks: Sequence[Block], labelled: Sequence[tuple[int, re.Match[str]]]) -> set[str]:
    """The one whose every turn, or all but one, is a question."""
    turns: dict[str, list[bool]] = {}
    for n, found in labelled:
        turns.setdefault(_key(found), []).append(blocks[n].text.rstrip().endswith(("?", "？")))
    asks = {key for key, questions in turns.items() if len(questions) > 1 and sum(questions) >= 0.7 * len(questions)}
    return asks if len(asks) < len(turns) else set()


def _who(found: re.Match[str], people: People, hints: str) -> str:
    if found["name"]:
        name = clean_name(found["name"])
        return people.resolve(name) or _spell_out(name, people, hints)
    if _key(found) in _ANSWERING:
        return _named_in(people, hints)
    return ""


def _spell_out(name: str, people: People, hints: str) -> str:
    """“Lind” or “AL” by the full name in the introduction; a word that is no name is nobody's label."""
    for mention in people.mentions(hints):
        words = fold(mention.name).split()
        initials = "".join(word[0] for word in words)
        if len(words) > 1 and (
            fold(name) in words or fold(name).replace(" ", "") in (initials, initials[0] + initials[-1])
        ):
            return people.add(mention.name)
    name = name.title() if name.isupper() and " " in name else name
    return people.add(name) if looks_like_name(name) or is_caseless(name) else ""


def name_answerer(people: People, hints: str) -> str:
    """Who answers where only the questions are set off, if the head of the text says that this is a conversation."""
    return _named_in(people, hints) if _CONVERSATION.search(hints) else ""


def _named_in(people: People, hints: str) -> str:
    """Who the introduction is about: known already, or the first full name in it."""
    mentions = list(people.mentions(hints))
    known = Counter(m.name for m in mentions if m.is_known)
    if known:
        return known.most_common(1)[0][0]
    return next((people.add(m.name) for m in mentions if looks_like_name(m.name)), "")
