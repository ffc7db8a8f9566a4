"""What somebody who follows a conversation gets: the comments that were shown last, whatever thread they are in."""

from typing import Any

from django.db.models import QuerySet

from aisrace.lib.prepared import prepared, slot
from articles.models import Edition
from comments.lines import Line, as_said, print_lines
from comments.models import Comment
from comments.opening import find_update

MOST = 50


def read_newest(edition: Edition) -> list[Line]:
    """The visible ones under the article, newest first. One query."""
    question = ask_newest()
    return print_lines(question, question.ask(article=edition.article_id), find_update(edition))


@prepared
def ask_newest() -> QuerySet[Any]:
    visible = Comment.objects.visible().filter(article=slot("article")).order_by("-created_at", "-id")
    return as_said(visible)[:MOST]
