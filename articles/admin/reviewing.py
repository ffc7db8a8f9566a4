"""Review in the desk: hand in, take back, return with a note; approving leads to publishing."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.admin.pages import Page, go_on, list_repairs, may_publish, show, word
from articles.admin.publish_form import NoteForm
from articles.checklist import list_blockers
from articles.models import Article
from articles.publishing import NotReady
from articles.reviewing import read_review, return_to_author, submit, take_back
from experts.models import Position

AS_IT_WAS = "Somebody was faster: that was done already."


def review_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    return show_review(admin, request, article)


def show_review(
    admin: ModelAdmin, request: HttpRequest, article: Article, form: NoteForm | None = None
) -> HttpResponse:
    now = timezone.now()
    review = read_review(article)
    readable = Position.objects.readable_by(request.user, now)
    context = {
        "review": review,
        "review_at": word(review.deed.at, request, now) if review.deed else None,
        "submitted_at": word(article.submitted_at, request, now) if article.submitted_at else None,
        "repairs": list_repairs(article, list_blockers(article, now, readable)),
        "form": form or NoteForm(),
        "may_publish": may_publish(request),
    }
    return show(admin, request, article, "review", context)


def submit_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show_review(admin, request, article, form)
    note = form.cleaned_data["note"]
    done = submit(article, by=request.user, now=timezone.now(), note=note)  # type: ignore[arg-type]
    return answer(request, article, done, "It awaits review.")


def take_back_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    done = take_back(article, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    return answer(request, article, done, "It is taken back. Go on writing.")


def return_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show_review(admin, request, article, form)
    note = form.cleaned_data["note"]
    try:
        done = return_to_author(article, by=request.user, now=timezone.now(), note=note)  # type: ignore[arg-type]
    except NotReady as refused:
        form.add_error("note", refused.reasons)
        return show_review(admin, request, article, form)
    return answer(request, article, done, "It is returned with your note.")


def answer(request: HttpRequest, article: Article, done: bool, said: str) -> HttpResponse:
    if done:
        return go_on(request, article, "review", said)
    return go_on(request, article, "review", AS_IT_WAS, messages.INFO)


REVIEW_PAGES = (
    Page("review/", review_page, methods=("GET", "HEAD")),
    Page("submit/", submit_page, methods=("POST",)),
    Page("take-back/", take_back_page, methods=("POST",)),
    Page("send-back/", return_page, publishes=True, methods=("POST",)),
)
