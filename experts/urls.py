from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.urls import URLPattern, path

from experts import views


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
        path("compare/", views.compare_page, name="compare"),
    ]
