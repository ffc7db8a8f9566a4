"""The comparison of an article, for frames on other people's pages: what is live, or one edition for good."""

from datetime import datetime

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aisrace.lib.embeds import FRESH, answer_without, embeddable, show
from articles.models import Edition
from articles.oembed import describe, find_shown, write_xml
from articles.reading import find_whole, open_edition
from experts.addresses import ASK_AGAIN


@embeddable
def article_embed(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    newest = find_newest(slug, now)
    if newest.is_withdrawal:
        return tell_withdrawn(request, newest)
    if newest.slug != slug:
        return lead(request, reverse("article_embed", args=[newest.slug]))
    return show_edition(request, newest, newest)


@embeddable
def edition_embed(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    now = timezone.now()
    newest = find_newest(slug, now)
    if newest.is_withdrawal:
        return tell_withdrawn(request, newest)
    if newest.slug != slug:
        return lead(request, reverse("edition_embed", args=[newest.slug, number]))
    kept = Edition.objects.published(now).filter(article=newest.article_id, number=number).exclude(content={}).first()
    if kept is None:
        raise Http404("There is no such edition.")
    return show_edition(request, kept, newest)


def find_newest(slug: str, now: datetime) -> Edition:
    """The edition that counts, be it a withdrawal. One query."""
    newest = find_whole(slug, now)
    if newest is None:
        raise Http404(f"There is no article “{slug}”.")
    return newest


def tell_withdrawn(request: HttpRequest, newest: Edition) -> HttpResponse:
    return answer_without(request, 410, headline=newest.headline, reason=newest.note)


def lead(request: HttpRequest, address: str) -> HttpResponse:
    """To where the article is now, with what was asked of its look."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address, headers=ASK_AGAIN)


def show_edition(request: HttpRequest, edition: Edition, newest: Edition) -> HttpResponse:
    return show(request, "embed/article.html", {"open": open_edition(edition), "newest": newest})


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """`?url=…`, and `format`, `maxwidth` and `maxheight`; 501 for other formats, as the standard says."""
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return refuse_oembed(501, "There are the formats json and xml.")
    try:
        width, height = (read_size(request.GET.get(name, "")) for name in ("maxwidth", "maxheight"))
    except ValueError:
        return refuse_oembed(400, "maxwidth and maxheight are whole numbers of pixels.")
    if not (url := request.GET.get("url", "")):
        return refuse_oembed(400, "The parameter url is missing.")
    if (shown := find_shown(url, request.get_host(), timezone.now())) is None:
        return refuse_oembed(404, "Nothing at this address can be embedded.")
    told = describe(shown, width, height)
    response = HttpResponse(write_xml(told), content_type="text/xml; charset=utf-8")
    if form == "json":
        response = HttpResponse(orjson.dumps(told), content_type="application/json")
    response["Cache-Control"] = f"public, max-age={FRESH}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def read_size(text: str) -> int | None:
    """None where nothing was asked; raises ValueError for what is no number of pixels."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 5 and int(text)):
        raise ValueError(text)
    return int(text)


def refuse_oembed(status: int, reason: str) -> HttpResponse:
    headers = {"Access-Control-Allow-Origin": "*"}
    return HttpResponse(f"{reason}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
