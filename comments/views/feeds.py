"""The feed of a conversation. It tells of a person what the page tells: the name they wrote under."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from aisrace.lib.polling import answer_feed, poll
from aisrace.lib.syndication import Entry, Feed, Writer, make_absolute
from articles.models import Edition
from comments.following import read_newest
from comments.lines import Line
from comments.views.finding import on_article


@require_safe
@on_article
def conversation_feed(request: HttpRequest, newest: Edition, form: str) -> HttpResponse:
    """Two queries. A comment that is taken back or hidden leaves it, and nobody notes when: the ETag decides."""
    entries = tuple(tell_comment(line, newest) for line in read_newest(newest))
    feed = Feed(
        key=f"article/{newest.article_id}/comments",
        title=f"The conversation on “{newest.headline}” · {settings.SITE_NAME}",
        description=f"What readers say to “{newest.headline}”.",
        page=f"{settings.SITE_URL}{reverse('conversation', args=[newest.slug])}",
        address=f"{settings.SITE_URL}{reverse(f'conversation_feed_{form}', args=[newest.slug])}",
        updated=max([entry.updated for entry in entries] or [newest.first_live_at]),
        entries=entries,
    )
    return poll(request, (form, feed), None, lambda: answer_feed(form, feed))


def tell_comment(line: Line, newest: Edition) -> Entry:
    row = line.row
    page = f"{settings.SITE_URL}{reverse('comment', args=[newest.slug, row.id])}"
    return Entry(
        key=f"comment/{row.id}",
        title=f"{row.name} on “{newest.headline}”",
        url=f"{page}#c{row.id}",
        published=row.created_at,
        updated=row.edited_at or row.created_at,
        html=make_absolute(render_to_string("feeds/comment.html", {"line": line, "slug": newest.slug}), page),
        writers=(Writer(row.name),),
        answers=name_answered(line, newest),
    )


def name_answered(line: Line, newest: Edition) -> tuple[str, str]:
    """Key and address of the comment that it replies to, else of the article."""
    parent = line.row.parent_id
    if parent is None:
        return f"article/{newest.article_id}", f"{settings.SITE_URL}{reverse('article', args=[newest.slug])}"
    return f"comment/{parent}", f"{settings.SITE_URL}{reverse('comment', args=[newest.slug, parent])}"
