"""Where the browser of somebody who has an article open says so; see static/js/desk/presence.js."""

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone

from aisrace.keeping.admin import holds_keys
from aisrace.lib.figures import iso
from articles.models import Article
from articles.presence import Company, note_presence, tell_name


def presence_view(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """For those who may change the article; to others it does not exist."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    article = admin.get_object(request, str(pk))
    if article is None or not admin.has_change_permission(request, article) or not isinstance(request.user, User):
        raise Http404
    posted = request.POST.get("version", "")
    version = int(posted) if holds_keys(posted) else None
    try:
        company = note_presence(article, request.user, version=version, now=timezone.now())
    except Article.DoesNotExist as error:
        raise Http404 from error
    return JsonResponse(tell_company(company))


def tell_company(company: Company) -> dict[str, Any]:
    newer = company.newer
    told = {"by": newer.by_name if newer else "", "at": iso(newer.at if newer else timezone.now())}
    others = [{"name": tell_name(one), "seen": iso(one.seen_at)} for one in company.others]
    return {"others": others, "newer": told if company.is_overtaken else None}
