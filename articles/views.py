"""The public pages of the publication. They read editions that are live, never the working copy."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
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
    """The edition that counts now at this address, be it a withdrawal; 404 where nothing was ever live."""
    edition = Edition.objects.newest(timezone.now()).filter(slug=slug).first()
    if edition is None:
        raise Http404(f"There is no article “{slug}”.")
    return edition


def show_withdrawal(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "articles/withdrawn.html", {"edition": edition}, status=410)


def article_page(request: HttpRequest, slug: str) -> HttpResponse:
    newest = find_newest(slug)
    if newest.is_withdrawal:
        return show_withdrawal(request, newest)
    return render(request, "articles/article.html", {"open": open_edition(newest), "newest": newest, "kept": False})


def edition_list(request: HttpRequest, slug: str) -> HttpResponse:
    newest = find_newest(slug)
    if newest.is_withdrawal:
        return show_withdrawal(request, newest)
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).defer("content")
    page = cut_page(editions.order_by("-number"), request.GET, HISTORY_SIZE)
    context = {"newest": newest, "page": page, "history": list_history(page)}
    return render(request, "articles/editions.html", context)


def edition_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    newest = find_newest(slug)
    if newest.is_withdrawal:
        return show_withdrawal(request, newest)
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).exclude(content={})
    edition = get_object_or_404(editions, number=number)
    return render(request, "articles/article.html", {"open": open_edition(edition), "newest": newest, "kept": True})


def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    topic = get_object_or_404(Topic, slug=slug)
    page = cut_page(list_questions(now, None, topic), request.GET, LIST_SIZE)
    counted = count_answers(page, now, None)
    context = {"topic": topic, "articles": articles_on_topic(topic, now), "page": page, "counted": counted}
    return render(request, "articles/topic.html", context)


def author_page(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    published = Edition.objects.live(now).filter(authors=OuterRef("pk"))
    author = get_object_or_404(Author.objects.filter(Exists(published)), slug=slug)
    page = cut_page(articles_by(author, now), request.GET, LIST_SIZE)
    return render(request, "articles/author.html", {"author": author, "page": page})
