"""The public pages of the publication. They read editions that are live, never the working copy."""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aisrace.lib.citing import answer_citation
from aisrace.lib.paging import cut_page
from articles.changes import list_history
from articles.citations import cite_edition
from articles.describing import (
    describe_articles,
    describe_author_page,
    describe_history,
    describe_kept,
    describe_page,
    describe_site,
    describe_topic_page,
)
from articles.front import read_front
from articles.models import Author, Edition
from articles.previewing import find_link, open_link
from articles.reading import (
    articles_by,
    articles_on_topic,
    authors_in_print,
    find_whole,
    open_edition,
    topics_in_use,
)
from articles.related import list_related
from articles.sharing import NotInEdition, share_article, share_position
from articles.sharing_record import share_expert, share_question, share_site
from experts.addresses import ASK_AGAIN, lead_on
from experts.asking import ask_about
from experts.listing import count_answers, list_questions
from experts.models import Expert, Position, Question, Topic
from experts.own_answers import Asked, ask, compare_own, read_own
from experts.reading import read_question_page
from experts.record import expert_row, read_roles

type Conversing = Callable[[Edition, datetime], Any]  # what the site's urls hand in: this room knows no comments

LIST_SIZE = 20
HISTORY_SIZE = 10
UNKEPT = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "articles/home.html", {"front": read_front(timezone.now()), "linked": describe_site()})


def article_index(request: HttpRequest) -> HttpResponse:
    page = cut_page(Edition.objects.live(timezone.now()).recent(), request.GET, LIST_SIZE)
    return render(request, "articles/index.html", {"page": page, "linked": describe_articles(page)})


def takes_answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Also by POST, without a token: nothing is kept of what is sent, so there is nothing to forge."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))


def find_edition(newest: Edition, number: int) -> Edition:
    """Another edition of the same article, replaced ones too; 404 for withdrawals and what is not live yet."""
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).exclude(content={})
    return get_object_or_404(editions, number=number)


def lead_to_newest(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands the view the newest edition; answers 410 for a withdrawn article, 301 where the address has changed."""

    @wraps(view)
    def lead(request: HttpRequest, slug: str, **others: Any) -> HttpResponse:
        newest = find_whole(slug, timezone.now())
        if newest is None:
            raise Http404(f"There is no article “{slug}”.")
        if newest.is_withdrawal:
            return render(request, "articles/withdrawn.html", {"edition": newest}, status=410)
        if newest.slug != slug:
            name = request.resolver_match.view_name if request.resolver_match else "article"
            known = request.resolver_match.captured_kwargs if request.resolver_match else {}  # type: ignore[attr-defined]
            address = reverse(name, kwargs={**known, "slug": newest.slug})
            return HttpResponsePermanentRedirect(address, headers=ASK_AGAIN)
        return view(request, newest, **others)

    return lead


@lead_to_newest
def article_page(request: HttpRequest, newest: Edition, conversation: Conversing) -> HttpResponse:
    now, opened = timezone.now(), open_edition(newest)
    context = {
        "open": opened,
        "newest": newest,
        "related": list_related(newest, now),
        "conversation": conversation(newest, now),
        "describe": partial(describe_page, opened, newest),
        "citation": cite_edition(newest, timezone.localdate(now)),
    }
    return render(request, "articles/article.html", context)


@lead_to_newest
def edition_list(request: HttpRequest, newest: Edition) -> HttpResponse:
    editions = Edition.objects.published(timezone.now()).filter(article=newest.article_id).defer("content")
    page = cut_page(editions.order_by("-number"), request.GET, HISTORY_SIZE)
    context = {"newest": newest, "page": page, "history": list_history(page), "linked": describe_history(newest, page)}
    return render(request, "articles/editions.html", context)


@lead_to_newest
def edition_page(request: HttpRequest, newest: Edition, number: int) -> HttpResponse:
    opened = open_edition(find_edition(newest, number))
    context = {
        "open": opened,
        "newest": newest,
        "kept": True,
        "describe": partial(describe_kept, opened, newest),
        "citation": cite_edition(opened.edition, timezone.localdate()),
    }
    return render(request, "articles/article.html", context)


@lead_to_newest
def edition_citation(request: HttpRequest, newest: Edition, number: int, form: str) -> HttpResponse:
    return answer_citation(lambda: cite_edition(find_edition(newest, number), timezone.localdate()), form)


@lead_to_newest
def article_image(request: HttpRequest, newest: Edition, number: int) -> HttpResponse:
    return answer_image(share_article(open_edition(find_edition(newest, number))))


@lead_to_newest
def position_image(request: HttpRequest, newest: Edition, number: int, position: int) -> HttpResponse:
    try:
        return answer_image(share_position(open_edition(find_edition(newest, number)), position))
    except NotInEdition as refusal:
        raise Http404("The edition shows no such position.") from refusal


def site_image(request: HttpRequest) -> HttpResponse:
    return answer_changing(share_site())


@lead_on(Question.objects.public)
def question_image(request: HttpRequest, question: Question) -> HttpResponse:
    """Five queries."""
    now = timezone.now()
    return answer_changing(share_question(question, read_question_page(question, now, None, timezone.localdate(now))))


@lead_on(Expert.objects.public)
def expert_image(request: HttpRequest, expert: Expert) -> HttpResponse:
    """Three queries."""
    now = timezone.now()
    row = expert_row(expert, read_roles([expert]), timezone.localdate(now))
    answered = Position.objects.public(now).filter(expert=expert, answer__isnull=False).count()
    return answer_changing(share_expert(expert, row, answered))


def answer_changing(data: bytes) -> HttpResponse:
    """Its address stays when what is on it changes."""
    response = answer_image(data)
    response["Cache-Control"] = "public, max-age=3600"
    return response


def answer_image(data: bytes) -> HttpResponse:
    """An edition never changes, nor does its picture: whoever has it need not ask again."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(data, content_type="image/png", headers=headers)


@lead_on(topics_in_use)
def topic_page(request: HttpRequest, topic: Topic) -> HttpResponse:
    now = timezone.now()
    page = cut_page(list_questions(now, None, topic), request.GET, LIST_SIZE)
    articles = list(articles_on_topic(topic, now))
    context = {
        "topic": topic,
        "articles": articles,
        "page": page,
        "counted": count_answers(page, now, None),
        "linked": describe_topic_page(topic, articles),
    }
    return render(request, "articles/topic.html", context)


@takes_answers
@lead_to_newest
def article_stand(request: HttpRequest, newest: Edition) -> HttpResponse:
    """On the comparison of the live edition, as it was frozen."""
    asked = ask(open_edition(newest).comparison)
    return answer_stand(request, asked, {"about": newest.headline, "back": reverse("article", args=[newest.slug])})


@takes_answers
@lead_on(topics_in_use)
def topic_stand(request: HttpRequest, topic: Topic) -> HttpResponse:
    """On the public record as it stands now."""
    now = timezone.now()
    asked = ask_about(topic, now, timezone.localdate(now))
    return answer_stand(request, asked, {"about": topic.name, "back": topic.get_absolute_url()})


def answer_stand(request: HttpRequest, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    """The questions; to who sends answers, which no address holds, the result too, and it is kept nowhere."""
    own = read_own(asked.questions, request.POST.dict())
    sides = compare_own(asked.comparison, own)
    context |= {"asked": asked, "own": own, "sides": sides, "is_sent": request.method == "POST"}
    response = render(request, "experts/stand.html", context)
    return keep_nowhere(response) if context["is_sent"] else response


@lead_on(authors_in_print)
def author_page(request: HttpRequest, author: Author) -> HttpResponse:
    page = cut_page(articles_by(author, timezone.now()), request.GET, LIST_SIZE)
    context = {"author": author, "page": page, "linked": describe_author_page(author, page)}
    return render(request, "articles/author.html", context)


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
    return keep_nowhere(response)


def keep_nowhere(response: HttpResponse) -> HttpResponse:
    for header, value in UNKEPT.items():
        response[header] = value
    return response
