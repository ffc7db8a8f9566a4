"""Questions and their scales as programs read them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from rest_framework import serializers

from aisrace.api.asking import Ask
from aisrace.api.collections import Filter, Rows, find_named
from aisrace.api.paging import Ordering
from aisrace.api.parameters import flag, slug, words
from aisrace.journal.state import Covered
from experts.addresses import Moving
from experts.api.finding import AS_OF, by_expert, by_topic
from experts.comparison import ScaleRow
from experts.listing import read_given
from experts.measures import tally
from experts.models import Answer, Position, Question, Scale
from experts.record import question_row, read_scales
from experts.shapes import AnswerSerializer, TallySerializer
from experts.telling import name_question, tell_answer, tell_tally

NOT_A_POLL = date(9999, 12, 31)  # newest first, questions outside polls come before all


class MeantAnswerSerializer(AnswerSerializer):
    value = serializers.IntegerField(allow_null=True, help_text="As entered: only its order among the others counts.")
    description = serializers.CharField(help_text="May be empty.")


class ScaleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.URLField()
    name = serializers.CharField()
    description = serializers.CharField()
    answers = MeantAnswerSerializer(many=True, help_text="In the order of lists and legends.")
    questions = serializers.URLField(help_text="Those put on this scale, as a list.")


class NamedScaleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()


class NamedTopicSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    page = serializers.URLField()


class QuestionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see.")
    wording = serializers.CharField(help_text="The exact words, the same for every expert.")
    label = serializers.CharField(help_text="A few words for headings.")  # type: ignore[assignment]
    background = serializers.CharField(help_text="May be empty.")
    asked_on = serializers.DateField(allow_null=True, help_text="The day a panel was asked; null where it is no poll.")
    topics = NamedTopicSerializer(many=True)
    scale = NamedScaleSerializer()
    tally = TallySerializer(help_text="How everybody on record answers, as on the question's page.")
    positions = serializers.URLField(help_text="Everything on record, as a list.")
    answers = MeantAnswerSerializer(many=True, required=False)


class Scales(Covered, Moving):
    """Sets of answers, each shared by the questions that are put in the same form."""

    place = "scales"
    serializer_class = ScaleSerializer
    orderings = (Ordering("name", "name"), Ordering("id", "pk"))

    def find(self, ask: Ask) -> Rows:
        """Those of public questions: alone a scale could tell of what is being prepared."""
        return Scale.objects.filter(Exists(Question.objects.public(ask.now).filter(scale=OuterRef("pk"))))

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Three queries."""
        meant = read_meanings(ids, read_scales(ids))
        return {
            scale.pk: {
                "id": scale.pk,
                "slug": scale.slug,
                "url": ask.links.api("scales", scale.slug),
                "name": scale.name,
                "description": scale.description,
                "answers": meant[scale.pk],
                "questions": f"{ask.links.list('questions')}?scale={scale.slug}",
            }
            for scale in Scale.objects.filter(pk__in=ids)
        }


def read_meanings(ids: Sequence[int], scales: dict[int, ScaleRow]) -> dict[int, list[dict[str, Any]]]:
    """The answers of each scale with what they mean. One query."""
    told = {answer.id: tell_answer(answer) for scale in scales.values() for answer in scale.answers}
    meant: dict[int, list[dict[str, Any]]] = defaultdict(list)
    answers = Answer.objects.filter(scale__in=ids).order_by("order", "id")
    for pk, scale, value, description in answers.values_list("pk", "scale_id", "value", "description"):
        if pk in told:
            meant[scale].append(told[pk] | {"value": value, "description": description})
    return meant


def narrow_by_expert(rows: Rows, expert: int, ask: Ask) -> Rows:
    on_record = Position.objects.public(ask.now).stated_by(ask.as_of).filter(expert=expert)
    return rows.filter(pk__in=on_record.order_by().values("question"))


class Questions(Covered, Moving):
    """What was put to every expert in the same words, and how they answer."""

    place = "questions"
    serializer_class = QuestionSerializer
    include = {"answers": "the answers of its scale with what each means"}
    parameters = (AS_OF,)
    filters = (
        by_topic(lambda rows, topic, ask: rows.filter(topics=topic), "Only those of this topic."),
        by_expert(narrow_by_expert, "Only those on which this expert is on record."),
        Filter(
            slug("scale", "Only those put on this scale."),
            lambda rows, value, ask: rows.filter(scale=find_named(Scales().find(ask), "scale", slug=value)),
        ),
        Filter(
            flag("poll", "Only those that a panel was asked on one day, or only others."),
            lambda rows, is_poll, ask: rows.filter(asked_on__isnull=not is_poll),
        ),
        Filter(
            words("q", "Only those whose wording or label contains these words."),
            lambda rows, q, ask: rows.filter(Q(wording__icontains=q) | Q(label__icontains=q)),
        ),
    )
    orderings = (
        Ordering("asked", Coalesce("asked_on", Value(NOT_A_POLL)), is_descending=True),
        Ordering("slug", "slug"),
        Ordering("id", "pk"),
    )

    def find(self, ask: Ask) -> Rows:
        return Question.objects.public(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """Five queries at most: questions with their scales, topics, answers, what they mean, what was answered."""
        questions = Question.objects.filter(pk__in=ids).select_related("scale")
        topics = read_topics(ids, ask) if ask.wants("topics") else {}
        tallies, meant = self.count(list(questions), ask)
        return {
            question.pk: {
                **name_question(question.pk, question.slug, question.label, question.wording, ask.links),
                "background": question.background,
                "asked_on": question.asked_on,
                "topics": topics.get(question.pk, []),
                "scale": name_scale(question.scale, ask),
                "tally": tallies.get(question.pk),
                "positions": f"{ask.links.list('positions')}?question={question.slug}",
                "answers": meant.get(question.scale_id, []),
            }
            for question in questions
        }

    def count(self, questions: list[Question], ask: Ask) -> tuple[dict[int, Any], dict[int, Any]]:
        """Tallies by question and meanings by scale, those that are asked for. Three queries."""
        if not ask.wants("tally", "answers"):
            return {}, {}
        used = sorted({question.scale_id for question in questions})
        scales = read_scales(used)
        meant = read_meanings(used, scales) if ask.wants("answers") else {}
        if not ask.wants("tally"):
            return {}, meant
        rows = [question_row(question, scales[question.scale_id]) for question in questions]
        given = read_given(rows, ask.now, ask.as_of)
        return {row.id: tell_tally(tally(row, given[row.id].values())) for row in rows}, meant


def read_topics(ids: Sequence[int], ask: Ask) -> dict[int, list[dict[str, Any]]]:
    """By question, in the order of names. One query."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    through = Question.topics.through.objects.filter(question__in=ids).order_by("topic__name", "topic_id")
    for question, slug_, name in through.values_list("question_id", "topic__slug", "topic__name"):
        page = ask.links.page("topic", slug_)
        found[question].append({"slug": slug_, "name": name, "url": ask.links.api("topics", slug_), "page": page})
    return found


def name_scale(scale: Scale, ask: Ask) -> dict[str, Any]:
    return {"id": scale.pk, "slug": scale.slug, "name": scale.name, "url": ask.links.api("scales", scale.slug)}
