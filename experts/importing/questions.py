"""Questions and their topics, from the table into the record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import F, Model

from aisrace.lib.watching import tell
from experts.importing.entries import Problem, QuestionKey
from experts.importing.fingerprints import seal
from experts.importing.journal import Journal
from experts.importing.naming import free_slug, key_of, key_of_wording, write_slug
from experts.importing.report import Report
from experts.importing.wanted import NewQuestion
from experts.models import Question, Topic

type Topics = Mapping[str, str]


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


def save_questions(
    wanted: Mapping[QuestionKey, NewQuestion], scale_id: int, report: Report, public_at: datetime | None
) -> dict[QuestionKey, int | None]:
    """Ids by key; None for one that cannot be told from another. At most ten queries, and the journal's.

    A question on record with another scale, or another question under the same name, is an error in the report.
    """
    matched = match_questions(wanted, read_questions())
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
    new = {key: question for key, question in wanted.items() if not matched[key]}
    report.counts["questions"]["created"] += len(new)
    topics = save_topics(
        [question.topics for question in [*new.values(), *(after for _, after in changed)]], report.journal
    )
    with report.journal.noting_updates(Question, {known.pk: after.line for known, after in changed}):
        _update(changed, topics)
    return ids | _create(new, scale_id, topics, public_at, report.journal)


def read_questions() -> list[KnownQuestion]:
    """Two queries."""
    topics: dict[int, dict[str, str]] = defaultdict(dict)
    for question_id, name in Question.topics.through.objects.values_list("question_id", "topic__name"):
        topics[question_id][key_of(name)] = name
    rows = Question.objects.order_by("id").values_list(
        "id", "reference", "fingerprint", "wording", "label", "asked_on", "scale_id"
    )
    return [
        KnownQuestion(pk, reference, fingerprint, wording, label, asked_on, scale_id, topics[pk])
        for pk, reference, fingerprint, wording, label, asked_on, scale_id in rows
    ]


def match_questions(
    wanted: Mapping[QuestionKey, NewQuestion], known: Sequence[KnownQuestion]
) -> dict[QuestionKey, list[KnownQuestion]]:
    """By reference first, then by the words among the rest; a question that the table names, only of the same day."""
    references = {question.reference: question for question in known if question.reference}
    matched = {key: [found] for key, question in wanted.items() if (found := references.get(question.reference))}
    if len(matched) < len(wanted):
        taken = {found.pk for (found,) in matched.values()}
        for key in wanted.keys() - matched.keys():
            matched[key] = []
        _match_words(matched, wanted, [question for question in known if question.pk not in taken])
    return matched


def _match_words(
    matched: dict[QuestionKey, list[KnownQuestion]],
    wanted: Mapping[QuestionKey, NewQuestion],
    known: Iterable[KnownQuestion],
) -> None:
    by_words: dict[str, list[KnownQuestion]] = defaultdict(list)
    for question in known:
        by_words[key_of_wording(question.wording)].append(question)
    for key, new in wanted.items():
        if matched[key] or not (same := by_words.get(key_of_wording(new.wording))):
            continue
        same_day = [found for found in same if found.asked_on == new.asked_on]
        undated = [found for found in same if found.asked_on is None]
        matched[key] = same_day or undated or ([] if new.is_named else list(same))
        for found in matched[key]:
            same.remove(found)


def seal_question(wording: str, label: str, asked_on: date | None, scale_id: int, topics: Iterable[str]) -> str:
    """Over what a table can say; background is the editors' own."""
    return seal(wording, label, asked_on, scale_id, sorted(topics))


def _judge(
    question: NewQuestion,
    known: KnownQuestion,
    scale_id: int,
    changed: list[tuple[KnownQuestion, NewQuestion]],
    report: Report,
) -> None:
    if error := _find_contradiction(question, known, scale_id):
        report.errors.append(Problem(question.line, error))
        return
    day = question.asked_on if question.is_named else min(question.asked_on, known.asked_on or question.asked_on)
    topics = question.topics or known.topics
    wording, label = question.wording, question.label
    as_known = (known.wording, known.label, known.asked_on, known.scale_id, known.topics)
    is_said_before = known.fingerprint == seal_question(wording, label, day, scale_id, question.topics)
    is_by_hand = not known.fingerprint
    is_same = (wording, label, day, scale_id, topics.keys()) == (*as_known[:4], known.topics.keys())
    if is_said_before or is_by_hand or is_same:
        report.counts["questions"]["unchanged"] += 1
    elif known.fingerprint == seal_question(*as_known):
        report.counts["questions"]["updated"] += 1
        changed.append((known, replace(question, asked_on=day, topics=topics)))
    else:
        message = f"The question “{known.label or known.wording[:60]}” was changed by an editor; left alone."
        report.refuse("questions", question.line, message)


def _find_contradiction(question: NewQuestion, known: KnownQuestion, scale_id: int) -> str:
    if known.scale_id != scale_id:
        return f"The question “{known.label or known.wording[:60]}” is on record with another scale; give that one."
    has_other_words = key_of_wording(known.wording) != key_of_wording(question.wording)
    if question.is_named and has_other_words and known.asked_on != question.asked_on:
        return (
            f"On record this is another question, of {known.asked_on}: “{known.wording[:80]}”. "
            "Give --source to keep the polls of two panels apart."
        )
    return ""


def save_topics(wanted: Iterable[Topics], journal: Journal) -> dict[str, int]:
    """Ids by key; found by name or address, else created. Two queries, none where nothing is wanted."""
    names = {key: name for topics in wanted for key, name in topics.items()}
    if not names:
        return {}
    known = list(Topic.objects.values_list("id", "name", "slug"))
    slugs = {slug: pk for pk, _, slug in known}
    found = {key: slugs[slug] for key, name in names.items() if (slug := write_slug(name, 90, "topic")) in slugs}
    found |= {key_of(name): pk for pk, name, _ in known if key_of(name) in names}
    new: dict[str, Topic] = {}
    for key, name in names.items():
        if key not in found:
            slug = free_slug(write_slug(name, 90, "topic"), slugs)
            slugs[slug] = 0
            new[key] = Topic(name=name, slug=slug, entered_by_id=journal.by_id)
    Topic.objects.bulk_create(new.values())
    journal.note_created(list(new.values()), [0] * len(new))
    return found | {key: topic.pk for key, topic in new.items()}


def _create(
    wanted: Mapping[QuestionKey, NewQuestion],
    scale_id: int,
    topics: Mapping[str, int],
    public_at: datetime | None,
    journal: Journal,
) -> dict[QuestionKey, int]:
    taken = set(Question.objects.values_list("slug", flat=True)) if wanted else set()
    questions: list[Question] = []
    for question in wanted.values():
        slug = free_slug(question.slug, taken)
        taken.add(slug)
        questions.append(
            Question(
                wording=question.wording,
                label=question.label,
                slug=slug,
                scale_id=scale_id,
                asked_on=question.asked_on,
                public_at=public_at,
                reference=question.reference,
                fingerprint=seal_question(
                    question.wording, question.label, question.asked_on, scale_id, question.topics
                ),
                entered_by_id=journal.by_id,
            )
        )
    Question.objects.bulk_create(questions)
    links = _link(
        ((stored.pk, question.topics) for stored, question in zip(questions, wanted.values(), strict=True)), topics
    )
    tell(Question, links)
    journal.note_created(questions, [question.line for question in wanted.values()], links)
    return {key: question.pk for key, question in zip(wanted, questions, strict=True)}


def _update(changed: Sequence[tuple[KnownQuestion, NewQuestion]], topics: Mapping[str, int]) -> None:
    questions = [
        Question(
            pk=known.pk,
            wording=question.wording,
            label=question.label,
            asked_on=question.asked_on,
            fingerprint=seal_question(
                question.wording, question.label, question.asked_on, known.scale_id, question.topics
            ),
            version=F("version") + 1,
        )
        for known, question in changed
    ]
    Question.objects.bulk_update(questions, ["wording", "label", "asked_on", "fingerprint", "version"], batch_size=500)
    moved = [(known.pk, new.topics) for known, new in changed if known.topics.keys() != new.topics.keys()]
    Question.topics.through.objects.filter(question__in=[pk for pk, _ in moved]).delete()
    _link(moved, topics)
    tell(Question, [pk for pk, _ in moved])


def _link(questions: Iterable[tuple[int, Topics]], topics: Mapping[str, int]) -> dict[int, list[Model]]:
    """The links by question. Two spellings can mean one topic, which is linked once."""
    link = Question.topics.through
    pairs = {(pk, topics[key]): None for pk, wanted in questions for key in wanted}
    links: dict[int, list[Model]] = defaultdict(list)
    for stored in link.objects.bulk_create([link(question_id=question, topic_id=topic) for question, topic in pairs]):
        links[stored.question_id].append(stored)
    return links
