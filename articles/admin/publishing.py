"""Publishing in the desk: the checklist, what would change, what kind of edition and when; taking back; withdrawing."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from aisrace.keeping.models import Deed
from articles.admin.pages import (
    Page,
    go_on,
    knows_zone,
    list_repairs,
    may_publish,
    open_page,
    read_zone,
    show,
    word,
)
from articles.admin.previewing import LINK_PAGES
from articles.admin.publish_form import KINDS, PublishForm, WithdrawForm
from articles.admin.reviewing import REVIEW_PAGES
from articles.checklist import list_blockers
from articles.models import Article, Edition
from articles.publishing import Moved, NotReady, Seen, look, publish, unschedule, withdraw
from articles.reviewing import read_review
from articles.standing import Standing, compare_editions, foresee, read_standing

# --- Publish ---------------------------------------------------------------------------------------------------------


def publish_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return show_publishing(admin, request, article, now)
    form = PublishForm(request.POST, zone=read_zone(request))
    if not form.is_valid():
        return show_publishing(admin, request, article, now, form)
    try:
        edition = publish_as_asked(request, article, form.cleaned_data, now)
    except Moved as moved:
        return show_publishing(admin, request, article, now, form, moved.reasons, is_moved=True)
    except NotReady as refused:
        return show_publishing(admin, request, article, now, form, refused.reasons)
    return go_on(request, article, "publish", *tell_published(request, edition, form.cleaned_data, now))


def publish_as_asked(request: HttpRequest, article: Article, asked: dict[str, Any], now: datetime) -> Edition:
    return publish(
        article,
        by=request.user,  # type: ignore[arg-type]
        now=now,
        at=asked["at"],
        kind=Edition.Kind(asked["kind"]) if asked["kind"] else None,
        note=asked["note"],
        seen=Seen.parse(asked["seen"]),
    )


def tell_published(request: HttpRequest, edition: Edition, asked: dict[str, Any], now: datetime) -> tuple[str, int]:
    if edition.number <= Seen.parse(asked["seen"]).edition:
        return f"Nothing has changed since edition {edition.number}; nothing was published.", messages.INFO
    if edition.is_published(now):
        return f"Edition {edition.number} is live.", messages.SUCCESS
    at = word(edition.live_at, request, now)
    return f"Edition {edition.number} goes live on {at.words} ({at.distance}).", messages.SUCCESS


def show_publishing(
    admin: ModelAdmin,
    request: HttpRequest,
    article: Article,
    now: datetime,
    form: PublishForm | None = None,
    refused: list[str] | None = None,
    *,
    is_moved: bool = False,
) -> HttpResponse:
    standing = read_standing(article, now)
    seen = look(article, timezone.localdate(now))
    outlook = foresee(article, standing, now)
    repairs = list_repairs(article, list_blockers(article, now))
    form = send_again(form, "seen", str(seen)) if form else begin(request, standing, seen)
    context = {
        "form": form,
        "kinds": [(kind, title, about, form["kind"].value() == kind) for kind, title, about in KINDS],
        "refused": refused or [],
        "since": list_since(article, request, now) if is_moved else [],
        "repairs": repairs,
        "outlook": outlook,
        "is_ready": not (repairs or standing.scheduled or outlook.is_same),
        "presets_zone": not knows_zone(request),
        **tell_standing(request, article, standing, now),
    }
    return show(admin, request, article, "publish", context, status=409 if is_moved else 200)


def begin(request: HttpRequest, standing: Standing, seen: Seen) -> PublishForm:
    kind = Edition.Kind.UPDATE if standing.newest else ""
    return PublishForm(initial={"seen": str(seen), "kind": kind, "when": "now"}, zone=read_zone(request))


def send_again[Form: (PublishForm, WithdrawForm)](form: Form, name: str, value: Any) -> Form:
    """What was filled in stands, for what is on the page now."""
    form.data = dict(form.data.items()) | {name: value}
    return form


def list_since(article: Article, request: HttpRequest, now: datetime) -> list[tuple[Deed, Any]]:
    """What was done to the article last; a change of the record alone leaves it as it was."""
    deeds = Deed.objects.about(article)[:3]
    return [(deed, word(deed.at, request, now)) for deed in deeds]


def tell_standing(request: HttpRequest, article: Article, standing: Standing, now: datetime) -> dict[str, Any]:
    editions = {"live": standing.live, "withdrawn": standing.withdrawn, "scheduled": standing.scheduled}
    moments = {f"{name}_at": word(edition.live_at, request, now) for name, edition in editions.items() if edition}
    waiting = standing.scheduled
    planned = compare_editions(standing.shown, waiting.content, waiting.slug) if waiting else None
    return {**editions, **moments, "standing": standing, "planned": planned, "review": read_review(article)}


# --- Take back, withdraw ---------------------------------------------------------------------------------------------


def unschedule_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    """Only the edition that was on the page."""
    now = timezone.now()
    scheduled = read_standing(article, now).scheduled
    if scheduled and request.POST.get("edition") == str(scheduled.number):
        unschedule(article, by=request.user, now=now)  # type: ignore[arg-type]
        return go_on(request, article, "publish", f"Edition {scheduled.number} is taken back. It stays a draft.")
    return go_on(request, article, "publish", "That edition is not scheduled any more.", messages.WARNING)


def withdraw_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    now = timezone.now()
    standing = read_standing(article, now)
    if standing.live is None:
        return go_on(request, article, "publish", "Nothing of it is live.", messages.INFO)
    newest = standing.newest.number if standing.newest else 0
    form = WithdrawForm(request.POST or None, initial={"edition": newest})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["edition"] == newest:
            return withdraw_as_asked(request, article, form, now)
        form.add_error(None, "Another edition has come since you opened this page. Nothing was withdrawn.")
        send_again(form, "edition", newest)
    context = {"form": form, "today": word(now, request, now), **tell_standing(request, article, standing, now)}
    return show(admin, request, article, "withdraw", context)


def withdraw_as_asked(request: HttpRequest, article: Article, form: WithdrawForm, now: datetime) -> HttpResponse:
    try:
        withdraw(article, by=request.user, now=now, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
    except NotReady as refused:
        return go_on(request, article, "withdraw", str(refused), messages.ERROR)
    return go_on(request, article, "publish", "It is withdrawn. Readers see the reason in its place.")


# --- In the article's form -------------------------------------------------------------------------------------------

PAGES = (
    Page("publish/", publish_page, publishes=True),
    Page("unschedule/", unschedule_page, publishes=True, methods=("POST",)),
    Page("withdraw/", withdraw_page, publishes=True),
    *REVIEW_PAGES,
    *LINK_PAGES,
)


class PublishingPages:
    """Before `KeptAdmin`: gives an article its pages of publishing, and its form a line that says where it stands."""

    change_form_outer_before_template = "publishing/_standing.html"

    def get_urls(self) -> list[URLPattern]:
        def bind(page: Page) -> Any:
            return self.admin_site.admin_view(partial(open_page, self, page))  # type: ignore[arg-type, attr-defined]

        own = [path(f"<int:pk>/{page.path}", bind(page), name=page.name) for page in PAGES]
        return own + super().get_urls()  # type: ignore[misc]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        article = self.get_object(request, object_id) if object_id else None  # type: ignore[attr-defined]
        context = {"standing": read_line(request, article)} if article else {}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))  # type: ignore[misc]


def read_line(request: HttpRequest, article: Article) -> dict[str, Any]:
    now = timezone.now()
    standing = read_standing(article, now)
    return tell_standing(request, article, standing, now) | {"may_publish": may_publish(request)}
