"""What an article and its editions hold, as programs read them."""

from rest_framework import serializers

from articles.models import Edition
from experts.shapes import ComparisonSerializer, NamedExpertSerializer, QuestionTallySerializer

HTML = "Sanitised HTML; may be empty."


class AuthorSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    bio = serializers.CharField()
    page = serializers.URLField()


class TopicLinkSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    page = serializers.URLField()


class RenditionSerializer(serializers.Serializer):
    format = serializers.CharField(help_text="`avif` or `webp`.")
    width = serializers.IntegerField()
    url = serializers.URLField()


class PictureSerializer(serializers.Serializer):
    url = serializers.URLField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField()
    credit = serializers.CharField()
    focus = serializers.ListField(
        child=serializers.IntegerField(), help_text="What to keep in view: x and y, in percent."
    )
    renditions = RenditionSerializer(many=True)


class SectionSerializer(serializers.Serializer):
    heading = serializers.CharField()
    expert = NamedExpertSerializer(allow_null=True)
    body = serializers.CharField(help_text=HTML)


class CountsSerializer(serializers.Serializer):
    experts = serializers.IntegerField()
    questions = serializers.IntegerField()
    positions = serializers.IntegerField(help_text="Answers given.")
    silences = serializers.IntegerField(help_text="Recorded reasons for no answer.")
    quotes = serializers.IntegerField(help_text="Verbatim ones.")


class PositionLinkSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()


class ContentSerializer(serializers.Serializer):
    """The words of an edition."""

    standfirst = serializers.CharField(allow_null=True)
    body = serializers.CharField(allow_null=True, help_text=HTML)
    verdict = serializers.CharField(allow_null=True, help_text=HTML)
    method = serializers.CharField(allow_null=True, help_text=HTML)
    sections = SectionSerializer(many=True, allow_null=True)
    byline = AuthorSerializer(many=True, allow_null=True)
    topics = TopicLinkSerializer(many=True, allow_null=True)
    picture = PictureSerializer(allow_null=True)
    share_image = serializers.URLField(allow_null=True)
    counts = CountsSerializer(allow_null=True)
    minutes = serializers.IntegerField(allow_null=True, help_text="Reading time.")
    verdict_positions = PositionLinkSerializer(many=True, allow_null=True, help_text="What the verdict rests on.")
    tallies = QuestionTallySerializer(
        many=True, allow_null=True, required=False, help_text="How its experts answer each of its questions."
    )
    comparison = ComparisonSerializer(allow_null=True, required=False)


class EditionLinkSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Edition.Kind.choices)
    note = serializers.CharField(help_text="What changed and why; may be empty.")
    live_at = serializers.DateTimeField()
    url = serializers.URLField()
    page = serializers.URLField()


class ArticleSerializer(ContentSerializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see.")
    headline = serializers.CharField()
    published_at = serializers.DateTimeField(help_text="When it was first published.")
    updated_at = serializers.DateTimeField(help_text="When something of substance last changed.")
    edition = EditionLinkSerializer(help_text="The one that readers read now.")
    editions = serializers.URLField(help_text="All of them, as a list.")
    comments = serializers.URLField(help_text="What readers say, as a list.")


class ArticleLinkSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField(help_text="Its address now.")
    url = serializers.URLField()
    page = serializers.URLField()


STATES = [
    ("live", "What readers read now"),
    ("replaced", "Followed by another"),
    ("withdrawn", "Withdrawn: no content"),
]


class EditionSerializer(ContentSerializer):
    """Of what was withdrawn there is only that it was there: every word of it is null."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(allow_null=True, help_text="What readers see.")
    article = ArticleLinkSerializer()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Edition.Kind.choices)
    state = serializers.ChoiceField(choices=STATES)
    note = serializers.CharField(allow_null=True, help_text="What changed and why; may be empty.")
    live_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(help_text="When its article was first published.")
    updated_at = serializers.DateTimeField(help_text="When something of substance had last changed.")
    headline = serializers.CharField(allow_null=True)
