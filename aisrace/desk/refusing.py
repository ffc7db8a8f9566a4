"""What the desk answers where somebody may not go on: a page of its own, with the way back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

type View = Callable[..., HttpResponse]


def refusing(site: AdminSite, view: View) -> View:
    """For views that only staff reach. What scripts ask for stays as short as Django makes it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (PermissionDenied, Http404) as refusal:
            if is_asked_by_script(request):
                raise
            return refuse(site, request, 404 if isinstance(refusal, Http404) else 403)

    return answer


def refuse(site: AdminSite, request: HttpRequest, status: int) -> HttpResponse:
    title = "Not here" if status == 404 else "Not allowed"
    context = site.each_context(request) | {"title": title, "status": status, "is_popup": "_popup" in request.GET}
    return TemplateResponse(request, "desk/refused.html", context, status=status)


def is_asked_by_script(request: HttpRequest) -> bool:
    """Browsers say so of `fetch`; choices are asked for as JSON."""
    is_fetched = request.headers.get("Sec-Fetch-Dest") == "empty"
    return is_fetched or request.get_preferred_type(["text/html", "application/json"]) != "text/html"
