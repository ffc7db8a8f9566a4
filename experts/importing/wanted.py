"""Questions as a table wants them: what they are called, labelled and addressed. No database."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from experts.importing.entries import PART, QuestionEntry, QuestionKey
from experts.importing.fingerprints import refer
from experts.importing.naming import cut, key_of, write_slug

LABEL_LENGTH = 80
SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question as the table wants it; `topics` are names by key. `is_named`: the table has a name for it."""

    line: int
    reference: str
    is_named: bool
    wording: str
    label: str
    slug: str
    asked_on: date
    topics: Mapping[str, str]


def describe_questions(entries: Mapping[QuestionKey, QuestionEntry], panel: str) -> dict[QuestionKey, NewQuestion]:
    """References, labels and addresses. `panel` keeps apart the polls of two panels that use the same ids."""
    labels = _label(entries)
    in_poll = Counter(poll for poll, _ in entries)
    return {
        key: NewQuestion(
            line=entry.line,
            reference=_refer(key, entry, panel, in_poll),
            is_named=bool(entry.poll),
            wording=entry.wording,
            label=labels[key],
            slug=_slug(entry),
            asked_on=entry.asked_on,
            topics=entry.topics,
        )
        for key, entry in entries.items()
    }


def _refer(key: QuestionKey, entry: QuestionEntry, panel: str, in_poll: Counter[str]) -> str:
    poll, rest = key
    if not poll:
        return refer("wording", _hash(rest))
    if rest.startswith(PART) or in_poll[poll] == 1:
        return refer(panel, poll, key_of(entry.part))
    return refer(panel, poll, _hash(rest))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _slug(entry: QuestionEntry) -> str:
    """The poll's own id where it can be read as a word, else its topic, else the wording."""
    poll = entry.poll if any(letter.isalpha() for letter in entry.poll) else _topic(entry)
    name = f"{poll} {entry.part}" if entry.poll and poll else entry.wording
    return write_slug(name, SLUG_LENGTH, "question")


def _label(entries: Mapping[QuestionKey, QuestionEntry]) -> dict[QuestionKey, str]:
    """Topic and part where that tells questions apart, with the year if a topic has several polls; else the wording."""
    polls = Counter(topic for topic, _ in {(_topic(entry), poll) for (poll, _), entry in entries.items()})
    by_topic = {key: _join_topic(entry, polls[_topic(entry)] > 1) for key, entry in entries.items()}
    counts = Counter(by_topic.values())
    return {
        key: label
        if (label := by_topic[key]) and counts[label] == 1 and len(label) <= LABEL_LENGTH
        else cut(" ".join(entry.wording.split()), LABEL_LENGTH)
        for key, entry in entries.items()
    }


def _join_topic(entry: QuestionEntry, with_year: bool) -> str:
    if not (entry.poll and entry.topics):
        return ""
    year = f" {entry.asked_on.year}" if with_year else ""
    part = f" ({entry.part})" if entry.part else ""
    return f"{_topic(entry)}{year}{part}"


def _topic(entry: QuestionEntry) -> str:
    return next(iter(entry.topics.values()), "")
