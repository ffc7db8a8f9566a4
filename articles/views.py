"""The public pages of the publication. They read editions that are live, never the working copy."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from aisrace.lib.paging import cut_page
from articles.changes import list_history
from articles.front import read_front
from articles.models import Author, Edition
from articles.reading import articles_by, articles_on_topic, open_edition
from experts.listing import count_answers, list_questions
from experts.models import Topic

LIST_SIZE = 20
HISTORY_SIZE = 10


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


def lead_to_newest(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands the view the newest edition; answers 410 for a withdrawn article, 301 where the address has changed."""

    @wraps(view)
    def lead(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
        newest = find_newest(slug)
        if newest.is_withdrawal:
            return render(request, "articles/withdrawn.html", {"edition": newest}, status=410)
        if newest.slug != slug:
            name = request.resolver_match.view_name if request.resolver_match else "article"
            return redirect(name, slug=newest.slug, permanent=True, **others)
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
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).exclude(content={})
    edition = get_object_or_404(editions, number=number)
    return render(request, "articles/article.html", {"open": open_edition(edition), "newest": newest, "kept": True})


def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    topic = get_object_or_404(Topic, slug=slug)
    page = cut_page(list_questions(now, None, topic), request.GET, LIST_SIZE)
    articles = list(articles_on_topic(topic, now))
    if not page and not articles:
        raise Http404("Nothing public is on this topic.")
    context = {"topic": topic, "articles": articles, "page": page, "counted": count_answers(page, now, None)}
    return render(request, "articles/topic.html", context)


def author_page(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    published = Edition.objects.live(now).filter(authors=OuterRef("pk"))
    author = get_object_or_404(Author.objects.filter(Exists(published)), slug=slug)
    page = cut_page(articles_by(author, now), request.GET, LIST_SIZE)
    return render(request, "articles/author.html", {"author": author, "page": page})
