"""What programs send to record a position, and the position as its editors have it."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from aisrace.api.links import Links
from aisrace.api.strict import A_KEY, KeyOrName, Moment, Slug, Strict, Text, Whole, Words, as_key
from experts.models import Position, Quote, Source

MOST_QUOTES = 100
EXAMPLE = {
    "expert": "ada-fernwick",
    "question": "night-trains",
    "answer": "Likely",
    "stated_on": "2025-01-31",
    "source": {
        "title": "Notes from the sleeping car",
        "publisher": "The Timetable",
        "url": "https://example.org/notes",
    },
    "quotes": [{"words": "They will, and on time.", "locator": "p. 3"}],
}


class SourceEntrySerializer(Strict):
    """Something published. Where the same is on record already, by its address or its title, that is used."""

    kind = serializers.ChoiceField(choices=Source.Kind.choices, required=False)
    title = Words()
    author = Text(required=False)
    publisher = Text(required=False)
    published_on = serializers.DateField(required=False, allow_null=True)
    url = Text(required=False, help_text="With http:// or https://.")
    checked_on = serializers.DateField(required=False, allow_null=True, help_text="When somebody last looked.")
    seen = Text(required=False, help_text="What we saw there.")


class SourceField(serializers.Field):
    """A source on record by its id, or one as `SourceEntry` tells it."""

    def to_internal_value(self, data: Any) -> Any:
        if (key := as_key(data)) is not None:
            return key
        if isinstance(data, dict):
            return dict(SourceEntrySerializer().run_validation(data))
        raise serializers.ValidationError("This must be the id of a source, or an object that tells of one.")

    def to_representation(self, value: Any) -> Any:
        return value


class SourceFieldInContract(OpenApiSerializerFieldExtension):
    target_class = SourceField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        entry = auto_schema.resolve_serializer(SourceEntrySerializer, direction).ref
        return {"oneOf": [A_KEY, entry]}


class QuoteEntrySerializer(Strict):
    id = Whole(required=False, help_text="Of a quote that stands there already.")
    kind = serializers.ChoiceField(choices=Quote.Kind.choices, required=False)
    words = Text(required=False)
    language = Text(required=False, help_text="Original language, as in HTML: en, zh-Hans.")
    original = Text(required=False, help_text="The words in the original language.")
    locator = Text(required=False, help_text="Where in the source: page, paragraph, minute.")
    source = SourceField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="Where the words stand; without it, the position's."
    )


class PositionEntrySerializer(Strict):
    """Give an answer, or say with `blank` why there is none."""

    expert = Slug()
    question = Slug()
    answer = KeyOrName(required=False, allow_null=True, help_text="Of the question's scale: its id, or its label.")
    blank = serializers.ChoiceField(choices=["", *Position.Blank.values], required=False)
    stated_on = serializers.DateField()
    dating = serializers.ChoiceField(choices=Position.Dating.values, required=False)
    confidence = Whole(required=False, allow_null=True, max_value=10, help_text="1 to 10, only as the expert gave it.")
    summary = Text(required=False, help_text="In the editors' words.")
    source = SourceField(required=False, allow_null=True)  # type: ignore[assignment]
    quotes = QuoteEntrySerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=MOST_QUOTES, help_text="All of them: what is left out goes."
    )
    public_at = Moment(
        required=False,
        allow_null=True,
        help_text="Readers see it from then on; a moment that has passed means at once. For those who may change any "
        "record.",
    )


class RecordedQuoteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Quote.Kind.values)
    words = serializers.CharField()
    language = serializers.CharField()
    original = serializers.CharField()
    locator = serializers.CharField()
    source = serializers.IntegerField()  # type: ignore[assignment]


class RecordedSerializer(serializers.Serializer):
    """A position as its editors have it; `version` is its ETag."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="As readers see it, once it is public.")
    record = serializers.URLField(help_text="This representation.")
    version = serializers.IntegerField()
    expert = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.IntegerField(allow_null=True)
    blank = serializers.CharField()
    stated_on = serializers.DateField()
    dating = serializers.CharField()
    confidence = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    source = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    quotes = RecordedQuoteSerializer(many=True)
    public_at = serializers.DateTimeField(allow_null=True)


def tell_recorded(position: Position, links: Links) -> dict[str, Any]:
    """One query for the quotes, and those for expert and question where they are not at hand."""
    return {
        "id": position.pk,
        "url": links.api("positions", position.pk),
        "record": f"{links.api('positions', position.pk)}record/",
        "version": position.version,
        "expert": position.expert.slug,
        "question": position.question.slug,
        "answer": position.answer_id,
        "blank": position.blank,
        "stated_on": position.stated_on,
        "dating": position.dating,
        "confidence": position.confidence,
        "summary": position.summary,
        "source": position.source_id,
        "quotes": [tell_quote(quote) for quote in position.quotes.all()],
        "public_at": position.public_at,
    }


def tell_quote(quote: Quote) -> dict[str, Any]:
    names = ("id", "kind", "words", "language", "original", "locator")
    return {name: getattr(quote, name) for name in names} | {"source": quote.source_id}
