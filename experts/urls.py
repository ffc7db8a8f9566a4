from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.urls import URLPattern, path

from aisrace.lib.syndication import feed_paths
from experts import embeds, feeds, views


def record_urls(
    articles_with_expert: Callable[[Any, datetime], Iterable[Any]],
    articles_with_question: Callable[[Any, datetime], Iterable[Any]],
) -> list[URLPattern]:
    """The pages of the record, given what lists the live articles about an expert or a question at a moment."""
    return [
        path("experts/", views.expert_index, name="experts"),
        path("experts/<slug:slug>/", views.expert_page, {"articles": articles_with_expert}, name="expert"),
        path("questions/", views.question_index, name="questions"),
        path("questions/<slug:slug>/", views.question_page, {"articles": articles_with_question}, name="question"),
        path("changes-of-mind/", views.changes_page, name="changes_of_mind"),
        path("compare/", views.compare_page, name="compare"),
        *feed_paths("experts/<slug:slug>/", feeds.expert_feed, "expert_feed"),
        *feed_paths("questions/<slug:slug>/", feeds.question_feed, "question_feed"),
        path("positions/<int:key>/", views.position_page, name="position"),
        path("positions/<int:key>/cite.<str:form>", views.position_citation, name="position_citation"),
        path("embed/questions/<slug:slug>/", embeds.question_embed, name="question_embed"),
        path("embed/positions/<int:key>/", embeds.position_embed, name="position_embed"),
    ]
