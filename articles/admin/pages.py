"""What the pages around an article in the desk have in common: who may open them, and what each shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from articles.checklist import Blocker
from articles.models import Article
from articles.timing import find_zone, tell, until

TABS = (
    ("publish", "Publish"),
    ("review", "Review"),
    ("links", "Links to the preview"),
)
ZONE = "desk_zone"  # the cookie in which static/js/desk/publishing.js tells the time zone of the browser


@dataclass(frozen=True)
class Page:
    """One page about an article. `show` is called for those who may edit it; with `publishes` they also may publish."""

    path: str
    show: Callable[[ModelAdmin, HttpRequest, Article], HttpResponse]
    publishes: bool = False
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    @property
    def name(self) -> str:
        return f"articles_article_{self.path.strip('/').replace('/', '_')}"


def open_page(admin: ModelAdmin, page: Page, request: HttpRequest, pk: int) -> HttpResponse:
    """404 for articles that are not theirs to see, 403 where they may not; nothing is changed by looking."""
    article = admin.get_object(request, str(pk))
    if article is None:
        raise Http404
    if not admin.has_change_permission(request, article) or (page.publishes and not may_publish(request)):
        raise PermissionDenied
    if request.method not in page.methods:
        return HttpResponseNotAllowed(page.methods)
    return page.show(admin, request, article)


def may_publish(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.publish_article")


def show(
    admin: ModelAdmin, request: HttpRequest, article: Article, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    here = (request.resolver_match and request.resolver_match.url_name) or ""
    common = admin.admin_site.each_context(request) | {
        "opts": admin.opts,
        "original": article,
        "article": article,
        "title": str(article),
        "tabs": [tab for tab in list_tabs(article, here) if may_publish(request) or tab["name"] != "publish"],
        "zone": read_zone(request),
    }
    return TemplateResponse(request, f"publishing/{template}.html", common | context, status=status)


def list_tabs(article: Article, here: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "title": title, "url": address(article, name), "is_here": here == f"articles_article_{name}"}
        for name, title in TABS
    ]


def address(article: Article, name: str) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk])


def go_on(request: HttpRequest, article: Article, name: str, said: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, said)
    return HttpResponseRedirect(address(article, name))


# --- Time ------------------------------------------------------------------------------------------------------------


def read_zone(request: HttpRequest) -> ZoneInfo:
    """That of the browser; until it has told it, the site's."""
    return find_zone(request.COOKIES.get(ZONE, "")) or ZoneInfo(settings.TIME_ZONE)


def knows_zone(request: HttpRequest) -> bool:
    return find_zone(request.COOKIES.get(ZONE, "")) is not None


@dataclass(frozen=True)
class Moment:
    """A moment as these pages print it: in words with its zone, and how far off."""

    at: datetime
    words: str
    distance: str

    @property
    def told(self) -> str:
        return format_html('<time datetime="{}">{}</time> ({})', self.at.isoformat(), self.words, self.distance)


def word(at: datetime, request: HttpRequest, now: datetime) -> Moment:
    return Moment(at, tell(at, read_zone(request)), until(at, now))


# --- The checklist ---------------------------------------------------------------------------------------------------


def list_repairs(article: Article, blockers: list[Blocker]) -> list[tuple[str, str]]:
    """(reason, where it is mended)."""
    return [(blocker.reason, find_repair(article, blocker)) for blocker in blockers]


@dataclass(frozen=True)
class Repair:
    """Beside the article's form: its own fields are a jump away, other rows open in a dialog."""

    reason: str
    address: str
    is_elsewhere: bool


def list_repairs_here(article: Article, blockers: list[Blocker]) -> list[Repair]:
    return [repair_here(article, blocker) for blocker in blockers]


def repair_here(article: Article, blocker: Blocker) -> Repair:
    if blocker.row is None:
        return Repair(blocker.reason, find_place(blocker), False)
    address = find_repair(article, blocker)
    return Repair(blocker.reason, f"{address}{'&' if '?' in address else '?'}_popup=1", True)


def find_place(blocker: Blocker) -> str:
    is_list = blocker.field in ("sections", "byline_set", "articlequestion_set")
    return f"#{blocker.field}-group" if is_list else f"#id_{blocker.field}"


def find_repair(article: Article, blocker: Blocker) -> str:
    form = reverse("admin:articles_article_change", args=[article.pk])
    if blocker.row is None:
        return f"{form}{find_place(blocker)}"
    model, key = blocker.row
    name = model.replace(".", "_")
    try:
        if key:
            return reverse(f"admin:{name}_change", args=[key])
        return f"{reverse(f'admin:{name}_add')}?{urlencode(blocker.given)}"
    except NoReverseMatch:
        return form
