"""The article that a page of the conversation belongs to."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition
from articles.reading import find_newest, find_whole
from comments.models import Comment
from experts.addresses import ASK_AGAIN

MAX_KEY = 2**63  # what a database can compare a key with


type View = Callable[..., HttpResponse]
type Finding = Callable[[str, datetime], Edition | None]


def on_article(view: View) -> View:
    """Hands the view the article's newest edition, its content left out until it is asked for. One query.

    Answers 404 where nothing was published, 410 where it was withdrawn, 301 where its address has changed.
    """
    return hand_edition(view, find_newest)


def on_whole_article(view: View) -> View:
    """As `on_article`, for a page that shows something of the content: it comes with the rest, in the one query."""
    return hand_edition(view, find_whole)


def on_any_article(view: View) -> View:
    """As `on_article`, withdrawn ones too: what authors wrote there is still theirs."""
    return hand_edition(view, find_newest, is_live=False)


def hand_edition(view: View, find_edition: Finding, *, is_live: bool = True) -> View:
    @wraps(view)
    def find(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
        newest = find_edition(slug, timezone.now())
        if newest is None:
            raise Http404(f"There is no article “{slug}”.")
        if newest.is_withdrawal and is_live:
            return render(request, "articles/withdrawn.html", {"edition": newest}, status=410)
        if newest.slug != slug and request.method != "POST":
            name = request.resolver_match.view_name if request.resolver_match else "article"
            address = reverse(name, kwargs={"slug": newest.slug, **others})
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address, headers=ASK_AGAIN)
        return view(request, newest, **others)

    return find


def find_comment(article_id: int, key: int) -> Comment:
    """In any state; 404 where there is none of this number under the article. One query."""
    of_article = Comment.objects.filter(article=article_id).select_related("article", "commenter")
    comment = of_article.filter(pk=key).first() if key < MAX_KEY else None
    if comment is None:
        raise Http404("There is no such comment.")
    return comment
