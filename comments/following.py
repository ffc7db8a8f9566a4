"""What somebody who follows a conversation gets: the comments that were shown last, whatever thread they are in."""

from articles.models import Edition
from comments.discussion import Line, print_lines, with_related
from comments.models import Comment
from comments.opening import find_update

MOST = 50


def read_newest(edition: Edition) -> list[Line]:
    """The visible ones under the article, newest first. One query."""
    visible = Comment.objects.visible().filter(article=edition.article_id).order_by("-created_at", "-id")
    return print_lines(with_related(visible)[:MOST], find_update(edition))
