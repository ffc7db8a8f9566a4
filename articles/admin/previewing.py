"""The preview in the desk, and the links that open it for others."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.admin.pages import Page, go_on, show, word
from articles.admin.publish_form import LinkForm
from articles.models import Article, PreviewLink
from articles.previewing import address_of, make_link, open_preview, revoke_link

SHOWN = 50


def preview_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    opened = open_preview(article, timezone.now(), request.user)
    return render(request, "articles/preview.html", {"open": opened, "newest": opened.edition, "until": None})


def link_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        make_link(article, by=request.user, now=timezone.now(), **asked)  # type: ignore[arg-type]
        return go_on(request, article, "links", "The link is made. Copy it from the list.")
    now = timezone.now()
    links = article.preview_links.select_related("made_by")[:SHOWN]
    told = [tell_link(request, link, now) for link in links]
    return show(admin, request, article, "links", {"form": form, "links": told})


def tell_link(request: HttpRequest, link: PreviewLink, now: datetime) -> dict[str, object]:
    return {
        "link": link,
        "is_open": link.is_open(now),
        "address": settings.SITE_URL + address_of(link),
        "made_at": word(link.made_at, request, now),
        "expires_at": word(link.expires_at, request, now),
        "revoked_at": word(link.revoked_at, request, now) if link.revoked_at else None,
    }


def revoke_page(admin: ModelAdmin, request: HttpRequest, article: Article) -> HttpResponse:
    key = request.POST.get("link", "")
    link = (
        article.preview_links.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    )
    if link and revoke_link(link, by=request.user, now=timezone.now()):  # type: ignore[arg-type]
        return go_on(request, article, "links", "The link opens nothing any more.")
    return go_on(request, article, "links", "That link was closed already.", messages.INFO)


LINK_PAGES = (
    Page("preview/", preview_page, methods=("GET", "HEAD")),
    Page("links/", link_page),
    Page("links/revoke/", revoke_page, methods=("POST",)),
)
