"""What a form and the browser that keeps its unsaved text tell each other; see static/js/desk/autosave.js."""

import re

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

COOKIE = "desk_saved"
NAME = re.compile(r"[A-Za-z0-9.:_-]{1,120}")
MOST = 20  # names that the cookie holds, when no page has read it for long


def read_version(posted: QueryDict) -> int | None:
    """The version that what was posted began from."""
    text = posted.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def read_draft(posted: QueryDict) -> str:
    """The name under which the browser keeps the text of the form."""
    name = posted.get("_draft", "")
    return name if NAME.fullmatch(name) else ""


def tell_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Names the kept text that is saved now, so that the next page of the desk forgets it."""
    if name := read_draft(request.POST):
        names = [*filter(NAME.fullmatch, request.COOKIES.get(COOKIE, "").split("|")), name][-MOST:]
        response.set_cookie(
            COOKIE, "|".join(names), path=reverse("admin:index"), samesite="Lax", secure=request.is_secure()
        )
    return response
