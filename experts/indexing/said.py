"""What was said, as it can be found: positions, and the quotes of each.

Thousands are imported at once, so what they share is read once for all of them, and addresses are made by hand.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aisrace.lib.jinja import url
from aisrace.lib.keys import among
from aisrace.search.entries import Entry, Keys, Part, name_parts
from experts.comparison import AnswerRow, Blank
from experts.models import Expert, Position, Question, Quote, Source
from experts.record import read_scales


@dataclass(frozen=True, slots=True)
class Speaker:
    public_at: datetime
    slug: str
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    public_at: datetime
    slug: str
    label: str
    scale: int
    parts: tuple[Part, ...]


def read_said(keys: Keys) -> Iterator[Entry]:
    """The documents of these positions, each followed by those of its quotes. Seven queries."""
    fields = ("pk", "public_at", "stated_on", "summary", "answer_id", "blank", "expert_id", "question_id", "source_id")
    public = Position.objects.filter(**among("pk", keys), public_at__isnull=False)
    rows = list(public.order_by("pk").values_list(*fields))
    speakers = _read_speakers({row[6] for row in rows})
    questions = _read_questions({row[7] for row in rows})
    topics = {question: tuple(found) for question, found in read_topics(questions).items()}
    answers = _read_answers({asked.scale for asked in questions.values()})
    quotes = _read_quotes([row[0] for row in rows])
    sources = _read_sources({row[8] for row in rows} | {row[-1] for own in quotes.values() for row in own})
    before, _, after = url("position", 0).partition("0")
    for pk, public_at, day, summary, answer, blank, expert, question, source in rows:
        speaker, asked = speakers.get(expert), questions.get(question)
        if speaker is None or asked is None:
            continue
        given = answers.get(answer)
        told = given.label if given else Blank(blank).label
        title, address = f"{speaker.name} on “{asked.label}”", f"{before}{pk}{after}"
        from_at = max(public_at, speaker.public_at, asked.public_at)
        context, on, by = speaker.parts + asked.parts, topics.get(question, ()), (expert,)
        about = _tell(pk, day, speaker, asked, given, told)
        yield Entry(
            kind="position",
            row_id=pk,
            belongs_to=pk,
            title=title,
            url=address,
            from_at=from_at,
            context=(*context, ("", told)),
            texts=(("", summary),),
            sources=sources[source],
            is_silent=not given,
            day=day,
            topics=on,
            experts=by,
            about=about,
        )
        for _, quote, kind, words, language, original, quoted in quotes.get(pk, ()):
            yield Entry(
                kind="quote",
                row_id=quote,
                belongs_to=pk,
                title=title,
                url=address,
                from_at=from_at,
                context=context,
                texts=(("", words), ("In the original", original)),
                sources=sources[quoted],
                day=day,
                topics=on,
                experts=by,
                about=about | {"quote_kind": kind, "language": language},
            )


def _tell(pk: int, day: date, speaker: Speaker, asked: Asked, given: AnswerRow | None, told: str) -> dict[str, Any]:
    """What results show."""
    return {
        "position": pk,
        "expert": {"slug": speaker.slug, "name": speaker.name},
        "question": {"slug": asked.slug, "label": asked.label},
        "stated_on": day.isoformat(),
        "answer": told,
        "tone": given.tone if given else None,
        "is_silent": not given,
    }


def read_topics(questions: Iterable[int]) -> Mapping[int, dict[int, str]]:
    """Names of topics by their keys, for each question. One query."""
    topics: dict[int, dict[int, str]] = defaultdict(dict)
    links = Question.topics.through.objects.filter(question__in=questions).order_by("topic__name", "topic")
    for question, topic, name in links.values_list("question_id", "topic_id", "topic__name"):
        topics[question][topic] = name
    return topics


# Whose position it is, and on what, in the order in which it is told; without those that readers never see.


def _read_speakers(keys: Collection[int]) -> dict[int, Speaker]:
    rows = Expert.objects.filter(pk__in=keys, public_at__isnull=False).order_by()
    return {
        pk: Speaker(public_at, slug, name, (("", name), *name_parts("Also known as", aliases.splitlines())))
        for pk, public_at, slug, name, aliases in rows.values_list("pk", "public_at", "slug", "name", "aliases")
    }


def _read_questions(keys: Collection[int]) -> dict[int, Asked]:
    rows = Question.objects.filter(pk__in=keys, public_at__isnull=False).order_by()
    fields = ("pk", "public_at", "slug", "label", "wording", "scale_id")
    return {
        pk: Asked(public_at, slug, label or wording, scale, _name_asked(label, wording))
        for pk, public_at, slug, label, wording, scale in rows.values_list(*fields)
    }


def _name_asked(label: str, wording: str) -> tuple[Part, ...]:
    return (("", label), ("Question", wording)) if label else (("", wording),)


def _read_answers(scales: Iterable[int]) -> dict[int | None, AnswerRow]:
    return {answer.id: answer for scale in read_scales(scales).values() for answer in scale.answers}


def _read_quotes(positions: Collection[int]) -> Mapping[int, list[Any]]:
    fields = ("position_id", "pk", "kind", "words", "language", "original", "source_id")
    quotes: dict[int, list[Any]] = defaultdict(list)
    for row in Quote.objects.filter(**among("position__pk", positions)).order_by("pk").values_list(*fields):
        quotes[row[0]].append(row)
    return quotes


def _read_sources(keys: Collection[int | None]) -> dict[int | None, tuple[Part, ...]]:
    """Author, title and publisher, of which any may be missing; so may the source."""
    rows = Source.objects.filter(pk__in=[key for key in keys if key is not None]).order_by()
    sources: dict[int | None, tuple[Part, ...]] = {None: (("Source", ""),)}
    for pk, *names in rows.values_list("pk", "author", "title", "publisher"):
        sources[pk] = (("Source", ", ".join(filter(None, names))),)
    return sources
