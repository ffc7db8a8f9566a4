"""The one cookie there is for readers: set when they have confirmed an address, or have written without having to."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from aisrace.lib.text import clean_line
from aisrace.lib.visitors import client_ip
from comments.models import Commenter
from comments.visitors import Visitor

COOKIE = "reader"
SALT = "comments.reader"
LASTS = 180 * 24 * 60 * 60  # seconds
WRITTEN = 20  # comments that a browser is known to have written


def read_visitor(request: HttpRequest) -> Visitor:
    """One query where there is a cookie; a cookie that is forged, old or of a forgotten generation tells nothing."""
    told = _read(request)
    agent = clean_line(request.META.get("HTTP_USER_AGENT", ""))[:300]
    return Visitor(client_ip(request), agent, _find(told), frozenset(told.get("wrote", [])))


def remember_reader(request: HttpRequest, response: HttpResponse, reader: Commenter) -> None:
    _write(response, _read(request) | {"reader": [reader.pk, reader.generation]})


def remember_writing(request: HttpRequest, response: HttpResponse, comment_id: int) -> None:
    told = _read(request)
    wrote = [pk for pk in told.get("wrote", []) if pk != comment_id][-WRITTEN + 1 :]
    _write(response, told | {"wrote": [*wrote, comment_id]})


def forget_reader(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def forget_devices(reader: Commenter) -> None:
    """Every cookie of this reader says nothing from now on."""
    Commenter.objects.filter(pk=reader.pk).update(generation=F("generation") + 1)


def _read(request: HttpRequest) -> dict[str, Any]:
    if COOKIE not in request.COOKIES:
        return {}
    try:
        told = signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return told if isinstance(told, dict) else {}


def _find(told: Mapping[str, Any]) -> Commenter | None:
    if not told.get("reader"):
        return None
    pk, generation = told["reader"]
    known = Commenter.objects.filter(pk=pk, generation=generation, confirmed_at__isnull=False)
    return known.select_related("user", "expert").first()


def _write(response: HttpResponse, told: dict[str, Any]) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=SALT),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
