"""What every page has that writes or knows its reader: nothing of it is kept, and no other site posts to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

UNKEPT = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin"}

type View = Callable[..., HttpResponse]


def from_here(view: View) -> View:
    """GET and POST for a page without a token, so that the page before it needs neither a cookie nor a reader's name.

    A browser says where a post comes from (`Sec-Fetch-Site`, `Origin`); what says that it comes from elsewhere is
    refused. The reader's cookie is `SameSite=Lax`, so that it would not come along anyway.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and comes_from_elsewhere(request):
            response = render(request, "comments/elsewhere.html", status=403)
        else:
            response = view(request, *args, **kwargs)
        return keep_nowhere(response)

    return guarded


def from_anywhere(view: View) -> View:
    """For what programs that read mail post to by themselves: the address alone says what it is about."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return keep_nowhere(view(request, *args, **kwargs))

    return guarded


def keep_nowhere(response: HttpResponse) -> HttpResponse:
    for header, value in UNKEPT.items():
        response.headers.setdefault(header, value)
    return response


def comes_from_elsewhere(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "")
    return bool(origin) and read_host(origin) != request.get_host()


def read_host(origin: str) -> str:
    """With its port; empty for what is no address, such as “null”."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
