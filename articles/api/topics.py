"""Topics as programs read them."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from aisrace.api.asking import Ask
from aisrace.api.collections import Rows
from aisrace.api.paging import Ordering
from aisrace.journal.state import Covered
from articles.reading import topics_in_use
from experts.addresses import Moving
from experts.models import Topic


class TopicSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.URLField(help_text="Of this row.")
    page = serializers.URLField(help_text="What readers see.")
    name = serializers.CharField()
    description = serializers.CharField(help_text="May be empty.")
    articles = serializers.URLField(help_text="Those on it, as a list.")
    questions = serializers.URLField(help_text="Those that belong to it, as a list.")


class Topics(Covered, Moving):
    """What questions and articles are about: topics with a public question or a live article."""

    place = "topics"
    serializer_class = TopicSerializer
    orderings = (Ordering("name", "name"), Ordering("slug", "slug"), Ordering("id", "pk"))

    def find(self, ask: Ask) -> Rows:
        return topics_in_use(ask.now)

    def read(self, ids: Sequence[int], ask: Ask) -> dict[int, dict[str, Any]]:
        """One query."""
        links = ask.links
        return {
            topic.pk: {
                "id": topic.pk,
                "slug": topic.slug,
                "url": links.api("topics", topic.slug),
                "page": links.page("topic", topic.slug),
                "name": topic.name,
                "description": topic.description,
                "articles": f"{links.list('articles')}?topic={topic.slug}",
                "questions": f"{links.list('questions')}?topic={topic.slug}",
            }
            for topic in Topic.objects.filter(pk__in=ids)
        }
