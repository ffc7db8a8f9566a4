"""What programs send to draft an article, and the working copy as its editors have it."""

from typing import Any

from rest_framework import serializers

from aisrace.api.links import Links
from aisrace.api.strict import Slug, Strict, Text, Whole
from articles.models import Article

MOST = 300  # rows in a list
EXAMPLE = {
    "headline": "Who believes in night trains",
    "standfirst": "Two who know the tracks.",
    "body": "<p>It begins.</p>",
    "questions": ["night-trains"],
    "authors": ["nell-upham"],
    "sections": [{"expert": "ada-fernwick", "body": "<p>What Ada holds.</p>"}],
}


class SectionEntrySerializer(Strict):
    """About one expert or none; a section keeps its place in the history by its expert, or by its heading."""

    expert = Slug(required=False, allow_null=True)
    heading = Text(required=False, help_text="Empty: the expert's name.")
    body = Text(required=False, help_text="HTML; what a reader's page would not show is taken out.")


class DraftEntrySerializer(Strict):
    """Nothing is required: what publishing needs, the checklist in the desk asks for. Lists are whole lists."""

    headline = Text(required=False)
    slug = Text(required=False, help_text="The address; empty: made from the headline.")
    standfirst = Text(required=False)
    body = Text(required=False, help_text="The introduction, in HTML.")
    verdict = Text(required=False, help_text="HTML.")
    method = Text(required=False, help_text="How this was made, in HTML.")
    as_of = serializers.DateField(required=False, allow_null=True, help_text="Compare as of this day.")
    questions = serializers.ListField(child=Slug(), required=False, max_length=MOST)
    authors = serializers.ListField(child=Slug(), required=False, max_length=MOST)
    topics = serializers.ListField(child=Slug(), required=False, max_length=MOST)
    verdict_positions = serializers.ListField(
        child=Whole(), required=False, max_length=MOST, help_text="Ids of the positions that the verdict rests on."
    )
    sections = SectionEntrySerializer(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]


class DraftSectionSerializer(serializers.Serializer):
    expert = serializers.CharField(allow_null=True)
    heading = serializers.CharField()
    body = serializers.CharField()


class DraftSerializer(serializers.Serializer):
    """A working copy; `version` is its ETag. Readers see nothing of it until it is published in the desk."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Of this working copy.")
    version = serializers.IntegerField()
    headline = serializers.CharField()
    slug = serializers.CharField()
    standfirst = serializers.CharField()
    body = serializers.CharField()
    verdict = serializers.CharField()
    method = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    questions = serializers.ListField(child=serializers.CharField())
    authors = serializers.ListField(child=serializers.CharField())
    topics = serializers.ListField(child=serializers.CharField())
    verdict_positions = serializers.ListField(child=serializers.IntegerField())
    sections = DraftSectionSerializer(many=True)
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="Awaiting review since then.")
    changed_at = serializers.DateTimeField()


AS_THEY_ARE = ("id", "version", "headline", "slug", "standfirst", "body", "verdict", "method", "as_of")


def tell_draft(article: Article, links: Links) -> dict[str, Any]:
    """Five queries."""
    return {name: getattr(article, name) for name in AS_THEY_ARE} | {
        "url": links.api("drafts", article.pk),
        "questions": list_slugs(article.questions.order_by("articlequestion__order", "articlequestion__id")),
        "authors": list_slugs(article.authors.order_by("byline__order", "byline__id")),
        "topics": list_slugs(article.topics.order_by("slug")),
        "verdict_positions": list(article.verdict_positions.order_by("pk").values_list("pk", flat=True)),
        "sections": [
            {"expert": section.expert and section.expert.slug, "heading": section.heading, "body": section.body}
            for section in article.sections.select_related("expert")
        ],
        "submitted_at": article.submitted_at,
        "changed_at": article.changed_at,
    }


def list_slugs(rows: Any) -> list[str]:
    return list(rows.values_list("slug", flat=True))
