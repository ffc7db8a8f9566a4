"""What the record's comparisons and numbers hold as programs read them; experts/telling.py tells them so."""

from rest_framework import serializers

from experts.comparison import Blank
from experts.models import Position, Quote, Source

REASONS = [(reason.value, reason.label) for reason in Blank]


class AnswerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    step = serializers.IntegerField(
        allow_null=True, help_text="Place on the axis, from 0 at the low end; null for an answer that stands off it."
    )


class BlankSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(choices=REASONS)
    label = serializers.CharField()  # type: ignore[assignment]


class NamedExpertSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    page = serializers.URLField()


class NamedQuestionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    wording = serializers.CharField()
    url = serializers.URLField()
    page = serializers.URLField()


class SourceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Of this row; the source itself is at `address`.")
    kind = serializers.ChoiceField(choices=Source.Kind.choices)
    title = serializers.CharField()
    author = serializers.CharField()
    publisher = serializers.CharField()
    published_on = serializers.DateField(allow_null=True)
    address = serializers.CharField(help_text="Where it can be read; may be empty.")
    checked_on = serializers.DateField(allow_null=True, help_text="When somebody last looked there.")


class WordsSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()
    kind = serializers.ChoiceField(choices=Quote.Kind.choices)
    words = serializers.CharField()
    is_quotable = serializers.BooleanField(help_text="Whether the words may stand in quotation marks.")
    language = serializers.CharField(help_text="Of the original, as a language tag; may be empty.")
    original = serializers.CharField(help_text="The words in the original language; may be empty.")
    locator = serializers.CharField(help_text="Where in the source; may be empty.")
    source = SourceSerializer()  # type: ignore[assignment]


# --- Counted ---------------------------------------------------------------------------------------------------------


class ShareSerializer(serializers.Serializer):
    answer = AnswerSerializer()
    count = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of n, 0 to 1.")
    weight = serializers.IntegerField(help_text="The sum of confidences (1–10 each) of those who gave one.")
    weighted_share = serializers.FloatField(help_text="Of the sum of all confidences, 0 to 1.")


class CountedAnswerSerializer(serializers.Serializer):
    answer = AnswerSerializer()
    count = serializers.IntegerField()


class CountedBlankSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(choices=REASONS)
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class TallySerializer(serializers.Serializer):
    """How experts answer one question. Only answers on the axis enter n and the shares; the others stand beside."""

    n = serializers.IntegerField(help_text="Experts whose current answer lies on the axis.")
    shares = ShareSerializer(many=True, help_text="Every answer of the axis, low end first.")
    weighted_n = serializers.IntegerField(help_text="Those of n who say how sure they are.")
    unsure_n = serializers.IntegerField(help_text="Those of n who do not: left out of the weighted shares.")
    off_axis = CountedAnswerSerializer(many=True, help_text="Left out of n: answers that stand off the axis.")
    off_axis_n = serializers.IntegerField()
    blanks = CountedBlankSerializer(many=True, help_text="Left out of n: no answer, by reason.")
    blank_n = serializers.IntegerField(help_text="Those who were asked or read and gave no answer.")


class QuestionTallySerializer(TallySerializer):
    question = NamedQuestionSerializer()


class AgreementSerializer(serializers.Serializer):
    """Two experts over the n questions on which both stand on the axis."""

    experts = serializers.ListField(child=serializers.CharField(), help_text="Two slugs.")
    n = serializers.IntegerField()
    exact = serializers.IntegerField(help_text="Questions with the same answer.")
    near = serializers.IntegerField(help_text="Of near_n: at most one step apart.")
    near_n = serializers.IntegerField(help_text="Those of n whose scale has at least three steps.")
    is_claimed = serializers.BooleanField(help_text="Whether n is enough to claim an agreement.")
    exact_share = serializers.FloatField(allow_null=True, help_text="0 to 1; null below the minimum.")
    near_share = serializers.FloatField(allow_null=True, help_text="0 to 1; null below the minimum.")


# --- Compared --------------------------------------------------------------------------------------------------------


class ComparedExpertSerializer(NamedExpertSerializer):
    role = serializers.CharField(help_text="In words; may be empty.")


class ComparedScaleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    answers = AnswerSerializer(many=True)


class ComparedQuestionSerializer(NamedQuestionSerializer):
    scale = ComparedScaleSerializer()


class CellPositionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()
    stated_on = serializers.DateField()
    dating = serializers.ChoiceField(choices=Position.Dating.choices)
    confidence = serializers.IntegerField(allow_null=True, help_text="1 to 10, only as the expert gave it.")


class EvidenceSerializer(serializers.Serializer):
    """What stands behind a cell."""

    role = serializers.CharField(help_text="Held when speaking; may be empty.")
    summary = serializers.CharField(help_text="In the editors' words; may be empty.")
    source = SourceSerializer(allow_null=True)  # type: ignore[assignment]
    quotes = WordsSerializer(many=True)


class CellSerializer(serializers.Serializer):
    """One expert on one question: an answer, or the reason why there is none."""

    expert = serializers.CharField(help_text="Slug.")
    question = serializers.CharField(help_text="Slug.")
    answer = AnswerSerializer(allow_null=True)
    blank = BlankSerializer(allow_null=True)
    position = CellPositionSerializer(allow_null=True)
    evidence = EvidenceSerializer(allow_null=True, required=False)


class ComparisonSerializer(serializers.Serializer):
    as_of = serializers.DateField(allow_null=True, help_text="The day at whose end positions are compared.")
    experts = ComparedExpertSerializer(many=True)
    questions = ComparedQuestionSerializer(many=True)
    cells = CellSerializer(many=True, help_text="Question by question, experts in order.")
