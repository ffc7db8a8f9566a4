"""The desk is Django's admin in Unfold's clothes, at /admin/."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

from aisrace.desk.home import read_home
from aisrace.desk.refusing import refusing
from aisrace.desk.searching import search_desk

# Looser than for readers, and only here: Unfold's menus are written in Alpine, which evaluates expressions, and sets
# styles on elements. Nothing loads from elsewhere, and pages of the desk may only be framed by the desk itself.
DESK_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


class Desk(UnfoldAdminSite):
    index_title = "Start"

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        return csp_override(DESK_CSP)(super().admin_view(refusing(self, view), cacheable))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        home = read_home(request, cast(User, request.user), timezone.now())  # nobody else gets past `admin_view`
        return super().index(request, (extra_context or {}) | {"home": home})

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Unfold's own reads whole tables and remembers for five minutes what somebody may no longer see."""
        groups = search_desk(request, request.GET.get("s", ""))
        return TemplateResponse(request, "desk/found.html", {"groups": groups, "asked": request.GET.get("s", "")})
