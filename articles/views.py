"""The public pages of the publication. They read editions that are live, never the working copy."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.paging import cut_page
from articles.changes import list_history
from articles.front import read_front
from articles.models import Author, Edition
from articles.previewing import find_link, open_link
from articles.reading import articles_by, articles_on_topic, authors_in_print, open_edition, topics_in_use
from articles.sharing import NotInEdition, share_article, share_position
from experts.addresses import ASK_AGAIN, lead_on
from experts.listing import count_answers, list_questions
from experts.models import Topic

LIST_SIZE = 20
HISTORY_SIZE = 10
UNKEPT = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/home.html", {"front": read_front(timezone.now())})


def article_index(request: HttpRequest) -> HttpResponse:
    page = cut_page(Edition.objects.live(timezone.now()).recent(), request.GET, LIST_SIZE)
    return render(request, "articles/index.html", {"page": page})


def find_newest(slug: str) -> Edition:
    """The edition that counts now of the article that is or was at this address; 404 where none ever was.

    It may be a withdrawal, and it may be at another address by now.
    """
    now = timezone.now()
    known = Edition.objects.published(now).filter(slug=slug)
    edition = Edition.objects.newest(now).filter(article__in=known.values("article")).first()
    if edition is None:
        raise Http404(f"There is no article “{slug}”.")
    return edition


def find_edition(newest: Edition, number: int) -> Edition:
    """Another edition of the same article, replaced ones too; 404 for withdrawals and what is not live yet."""
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).exclude(content={})
    return get_object_or_404(editions, number=number)


def lead_to_newest(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands the view the newest edition; answers 410 for a withdrawn article, 301 where the address has changed."""

    @wraps(view)
    def lead(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
        newest = find_newest(slug)
        if newest.is_withdrawal:
            return render(request, "articles/withdrawn.html", {"edition": newest}, status=410)
        if newest.slug != slug:
            name = request.resolver_match.view_name if request.resolver_match else "article"
            address = reverse(name, kwargs={"slug": newest.slug, **others})
            return HttpResponsePermanentRedirect(address, headers=ASK_AGAIN)
        return view(request, newest, **others)

    return lead


@lead_to_newest
def article_page(request: HttpRequest, newest: Edition) -> HttpResponse:
    return render(request, "articles/article.html", {"open": open_edition(newest), "newest": newest, "kept": False})


@lead_to_newest
def edition_list(request: HttpRequest, newest: Edition) -> HttpResponse:
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).defer("content")
    page = cut_page(editions.order_by("-number"), request.GET, HISTORY_SIZE)
    context = {"newest": newest, "page": page, "history": list_history(page)}
    return render(request, "articles/editions.html", context)


@lead_to_newest
def edition_page(request: HttpRequest, newest: Edition, number: int) -> HttpResponse:
    opened = open_edition(find_edition(newest, number))
    return render(request, "articles/article.html", {"open": opened, "newest": newest, "kept": True})


@lead_to_newest
def article_image(request: HttpRequest, newest: Edition, number: int) -> HttpResponse:
    return answer_image(share_article(open_edition(find_edition(newest, number))))


@lead_to_newest
def position_image(request: HttpRequest, newest: Edition, number: int, position: int) -> HttpResponse:
    try:
        return answer_image(share_position(open_edition(find_edition(newest, number)), position))
    except NotInEdition as refusal:
        raise Http404("The edition shows no such position.") from refusal


def answer_image(data: bytes) -> HttpResponse:
    """An edition never changes, nor does its picture: whoever has it need not ask again."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(data, content_type="image/png", headers=headers)


@lead_on(topics_in_use)
def topic_page(request: HttpRequest, topic: Topic) -> HttpResponse:
    now = timezone.now()
    page = cut_page(list_questions(now, None, topic), request.GET, LIST_SIZE)
    articles = articles_on_topic(topic, now)
    context = {"topic": topic, "articles": list(articles), "page": page, "counted": count_answers(page, now, None)}
    return render(request, "articles/topic.html", context)


@lead_on(authors_in_print)
def author_page(request: HttpRequest, author: Author) -> HttpResponse:
    page = cut_page(articles_by(author, timezone.now()), request.GET, LIST_SIZE)
    return render(request, "articles/author.html", {"author": author, "page": page})


@require_safe
def preview_page(request: HttpRequest, token: str) -> HttpResponse:
    """By link, for outsiders. One answer for every token that opens nothing; none is kept, listed or told on."""
    now = timezone.now()
    link = find_link(token, now)
    if link is None:
        response = render(request, "404.html", status=404)
    else:
        opened = open_link(link, now)
        context = {"open": opened, "newest": opened.edition, "until": link.expires_at}
        response = render(request, "articles/preview.html", context)
    for header, value in UNKEPT.items():
        response[header] = value
    return response
