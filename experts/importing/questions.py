"""Questions and their topics, from the table into the record."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from experts.importing.entries import Problem, QuestionEntry, QuestionKey
from experts.importing.fingerprints import refer, seal
from experts.importing.naming import cut, free_slug, key_of, key_of_wording, write_slug
from experts.importing.report import Report
from experts.models import Question, Topic

LABEL_LENGTH = 80


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


@dataclass(slots=True)
class KnownQuestion:
    pk: int
    reference: str | None
    fingerprint: str
    wording: str
    label: str
    asked_on: date | None
    scale_id: int
    topics: dict[str, str] = field(default_factory=dict)


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
    if entry.part or rest.startswith("part ") or in_poll[poll] == 1:
        return refer(panel, poll, key_of(entry.part))
    return refer(panel, poll, _hash(rest))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _slug(entry: QuestionEntry) -> str:
    """The poll's own id where it can be read as a word, else its topic, else the wording."""
    topic = next(iter(entry.topics.values()), "")
    poll = entry.poll if any(letter.isalpha() for letter in entry.poll) else topic
    name = f"{poll} {entry.part}" if entry.poll and poll else entry.wording
    return write_slug(name, 60, "question")


def _label(entries: Mapping[QuestionKey, QuestionEntry]) -> dict[QuestionKey, str]:
    """Topic and part where that tells the questions apart, with the year if need be; else the wording, cut."""
    labels = {key: cut(" ".join(entry.wording.split()), LABEL_LENGTH) for key, entry in entries.items()}
    ways: tuple[Callable[[QuestionEntry], str], ...] = (
        lambda entry: _by_topic(entry, f" {entry.asked_on.year}"),
        lambda entry: _by_topic(entry, ""),
    )
    for way in ways:
        counts = Counter(way(entry) for entry in entries.values())
        fitting = {key: way(entry) for key, entry in entries.items() if counts[way(entry)] == 1 and way(entry)}
        labels |= {key: label for key, label in fitting.items() if len(label) <= LABEL_LENGTH}
    return labels


def _by_topic(entry: QuestionEntry, year: str) -> str:
    topic = next(iter(entry.topics.values()), "")
    part = f" ({entry.part})" if entry.part else ""
    return f"{topic}{year}{part}" if topic and entry.poll else ""


def save_questions(
    wanted: Mapping[QuestionKey, NewQuestion], scale_id: int, report: Report, public_at: datetime | None
) -> dict[QuestionKey, int | None]:
    """Ids by key; None for one that cannot be told from another. At most nine queries.

    A question on record with another scale, or another question under the same name, is an error in the report.
    """
    matched = match_questions(wanted, read_questions())
    topics = save_topics(name for question in wanted.values() for name in question.topics.items())
    changed: list[tuple[KnownQuestion, NewQuestion]] = []
    ids: dict[QuestionKey, int | None] = {}
    for key, question in wanted.items():
        candidates = matched[key]
        if len(candidates) > 1:
            ids[key] = None
            report.refuse("questions", question.line, f"{len(candidates)} questions on record have these words.")
        elif candidates:
            ids[key] = candidates[0].pk
            _judge(question, candidates[0], scale_id, changed, report)
    _update(changed, topics)
    new = {key: question for key, question in wanted.items() if not matched[key]}
    report.counts["questions"]["created"] += len(new)
    return ids | _create(new, scale_id, topics, public_at)
