"""Positions, quotes and sources as programs read them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from rest_framework import serializers

from aisrace.api.asking import Ask
from aisrace.api.collections import Collection, Filter, Rows, find_named
from aisrace.api.paging import Ordering
from aisrace.api.parameters import choice, day, flag, number, words
from aisrace.journal.state import Covered
from experts.api.finding import AS_OF, by_expert, by_question, by_source, by_topic
from experts.comparison import Blank
from experts.models import Position, Quote, Source
from experts.record import name_role, quote_row, read_roles, read_scales, source_row
from experts.shapes import (
    AnswerSerializer,
    BlankSerializer,
    NamedExpertSerializer,
    NamedQuestionSerializer,
    SourceSerializer,
    WordsSerializer,
)
from experts.telling import name_expert, name_question, tell_answer, tell_blank, tell_source, tell_words

LONG_AGO = date(1, 1, 1)  # where a source's date is not known


class PositionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see.")
    expert = NamedExpertSerializer()
    question = NamedQuestionSerializer()
    answer = AnswerSerializer(allow_null=True)
    blank = BlankSerializer(allow_null=True, help_text="Why there is no answer, where there is none.")
    stated_on = serializers.DateField()
    dating = serializers.ChoiceField(
        choices=Position.Dating.choices, help_text="`stated`: on that day; `reported`: reported then, said by then."
    )
    confidence = serializers.IntegerField(
        allow_null=True, help_text="1 (hardly) to 10 (certain), only as the expert gave it."
    )
    role = serializers.CharField(help_text="Held when speaking, in words; may be empty.")
    summary = serializers.CharField(help_text="In the editors' words; may be empty.")
    source = SourceSerializer(allow_null=True)  # type: ignore[assignment]
    quotes = WordsSerializer(many=True, required=False)


POSITION = (
    *("id", "expert_id", "expert__slug", "expert__name", "summary"),
    *("question_id", "question__slug", "question__label", "question__wording", "question__scale_id"),
    *("answer_id", "blank", "stated_on", "dating", "confidence"),
)


def narrow_to_current(rows: Rows, is_current: bool, ask: Ask) -> Rows:
    current = Position.objects.public(ask.now).current(ask.now, ask.as_of).order_by().values("pk")
    return rows.filter(pk__in=current) if is_current else rows.exclude(pk__in=current)


class Positions(Covered, Collection):
    """Who answered what on which day, each with its source. The newest by a day is the current one on that day."""

    place = "positions"
    serializer_class = PositionSerializer
    include = {"quotes": "the words that support it"}
    parameters = ()
    filters = (
        by_expert(lambda rows, expert, ask: rows.filter(expert=expert)),
        by_question(lambda rows, question, ask: rows.filter(question=question)),
        by_topic(lambda rows, topic, ask: rows.filter(question__topics=topic)),
        by_source(lambda rows, source, ask: rows.filter(rests_on(source)), "Only those that rest on this source."),
        Filter(AS_OF, lambda rows, as_of, ask: rows.filter(stated_on__lte=as_of)),
        Filter(
            flag("current", "Only those that count now, or on the day of `as_of`; or only those that were replaced."),
            narrow_to_current,
        ),
        Filter(
            flag("answered", "Only those with an answer, or only those without."),
            lambda rows, answered, ask: rows.filter(answer__isnull=not answered),
        ),
        Filter(
            choice("blank", "Only those without an answer for this reason.", Position.Blank.values),
            lambda rows, blank, ask: rows.filter(blank=blank),
        ),
        Filter(
            choice("dating", "Only those dated this way.", Position.Dating.values),
            lambda rows, dating, ask: rows.filter(dating=dating),
        ),
        Filter(
            day("stated_from", "Stated on this day or later."), lambda rows, on, ask: rows.filter(stated_on__gte=on)
        ),
        Filter(
            day("stated_to", "Stated on this day or earlier."), lambda rows, on, ask: rows.filter(stated_on__lte=on)
        ),
        Filter(
            words("q", "Only those whose summary contains these words."),
            lambda rows, q, ask: rows.filter(summary__icontains=q),
        ),
    )
    orderings = (Ordering("stated_on", "stated_on", is_descending=True), Ordering("id", "pk"))

    def find(self, ask: Ask) -> Rows:
        return Position.objects.public(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Five queries at most: positions, scales, roles, sources, quotes."""
        rows = list(Position.objects.filter(pk__in=ids).values(*POSITION, "source_id"))
        scales = read_scales({row["question__scale_id"] for row in rows}) if ask.wants("answer") else {}
        answers = {answer.id: tell_answer(answer) for scale in scales.values() for answer in scale.answers}
        roles = read_roles({row["expert_id"] for row in rows}) if ask.wants("role") else {}
        sources = read_sources({row["source_id"] for row in rows}, ask) if ask.wants("source") else {}
        quotes = read_quotes(ids, ask) if ask.wants("quotes") else {}
        return {
            row["id"]: tell_row(row, ask)
            | {
                "answer": answers.get(row["answer_id"]),
                "role": name_role(roles, row["expert_id"], row["stated_on"]),
                "source": sources.get(row["source_id"]),
                "quotes": quotes.get(row["id"], []),
            }
            for row in rows
        }


def rests_on(source: int) -> Q:
    return Q(source=source) | Q(Exists(Quote.objects.filter(position=OuterRef("pk"), source=source)))


def tell_row(row: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """A position without what lies in other tables."""
    links = ask.links
    return {
        "id": row["id"],
        "url": links.api("positions", row["id"]),
        "page": links.page("position", row["id"]),
        "expert": name_expert(row["expert_id"], row["expert__slug"], row["expert__name"], links),
        "question": name_question(
            row["question_id"], row["question__slug"], row["question__label"], row["question__wording"], links
        ),
        "blank": tell_blank(Blank(row["blank"])) if row["blank"] else None,
        "stated_on": row["stated_on"],
        "dating": row["dating"],
        "confidence": row["confidence"],
        "summary": row["summary"],
    }


def read_sources(ids: set[int | None], ask: Ask) -> dict[int, dict[str, Any]]:
    """One query."""
    return {s.pk: tell_source(source_row(s), ask.links) for s in Source.objects.filter(pk__in=[pk for pk in ids if pk])}


def read_quotes(ids: Sequence[int], ask: Ask) -> dict[int, list[dict[str, Any]]]:
    """By position. One query."""
    quotes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for quote in Quote.objects.filter(position__in=ids).select_related("source").order_by("id"):
        quotes[quote.position_id].append(tell_words(quote_row(quote), ask.links))
    return quotes


# --- Quotes ----------------------------------------------------------------------------------------------------------


class LinkedPositionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()
    stated_on = serializers.DateField()


class QuoteSerializer(WordsSerializer):
    position = LinkedPositionSerializer()
    expert = NamedExpertSerializer()
    question = NamedQuestionSerializer()


class Quotes(Covered, Collection):
    """Words that support a position. Only verbatim and translated ones may stand in quotation marks."""

    place = "quotes"
    serializer_class = QuoteSerializer
    filters = (
        by_expert(lambda rows, expert, ask: rows.filter(position__expert=expert)),
        by_question(lambda rows, question, ask: rows.filter(position__question=question)),
        by_topic(lambda rows, topic, ask: rows.filter(position__question__topics=topic)),
        by_source(lambda rows, source, ask: rows.filter(source=source), "Only those from this source."),
        Filter(
            number("position", "Only those that support this position."),
            lambda rows, value, ask: rows.filter(
                position=find_named(Position.objects.public(ask.now), "position", pk=value)
            ),
        ),
        Filter(AS_OF, lambda rows, as_of, ask: rows.filter(position__stated_on__lte=as_of)),
        Filter(
            choice("kind", "Only those of this kind.", Quote.Kind.values),
            lambda rows, kind, ask: rows.filter(kind=kind),
        ),
        Filter(
            words("q", "Only those that contain these words."), lambda rows, q, ask: rows.filter(words__icontains=q)
        ),
    )
    orderings = (Ordering("stated_on", "position__stated_on", is_descending=True), Ordering("id", "pk"))

    def find(self, ask: Ask) -> Rows:
        return Quote.objects.filter(position__in=Position.objects.public(ask.now).order_by().values("pk"))

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """One query."""
        links = ask.links
        rows = Quote.objects.filter(pk__in=ids).select_related("source", "position__expert", "position__question")
        told = {}
        for quote in rows:
            position = quote.position
            expert, question = position.expert, position.question
            told[quote.pk] = tell_words(quote_row(quote), links) | {
                "position": {
                    "id": position.pk,
                    "url": links.api("positions", position.pk),
                    "stated_on": position.stated_on,
                },
                "expert": name_expert(expert.pk, expert.slug, expert.name, links),
                "question": name_question(question.pk, question.slug, question.label, question.wording, links),
            }
        return told


# --- Sources ---------------------------------------------------------------------------------------------------------


class ListedSourceSerializer(SourceSerializer):
    positions = serializers.URLField(help_text="Those that rest on it, as a list.")
    quotes = serializers.URLField(help_text="Those taken from it, as a list.")


class Sources(Covered, Collection):
    """What was published, where and by whom: where a reader can check."""

    place = "sources"
    serializer_class = ListedSourceSerializer
    filters = (
        Filter(
            choice("kind", "Only what experts published themselves, or only reports of others.", Source.Kind.values),
            lambda rows, kind, ask: rows.filter(kind=kind),
        ),
        Filter(
            words("q", "Only those whose title, author or publisher contains these words."),
            lambda rows, q, ask: rows.filter(
                Q(title__icontains=q) | Q(author__icontains=q) | Q(publisher__icontains=q)
            ),
        ),
    )
    orderings = (
        Ordering("published_on", Coalesce("published_on", Value(LONG_AGO)), is_descending=True),
        Ordering("id", "pk"),
    )

    def find(self, ask: Ask) -> Rows:
        return Source.objects.public(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """One query."""
        return {
            pk: told
            | {
                "positions": f"{ask.links.list('positions')}?source={pk}",
                "quotes": f"{ask.links.list('quotes')}?source={pk}",
            }
            for pk, told in read_sources(set(ids), ask).items()
        }
