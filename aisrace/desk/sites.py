"""The desk is Django's admin in Unfold's clothes, at /admin/."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

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
    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        return xframe_options_sameorigin(csp_override(DESK_CSP)(super().admin_view(view, cacheable)))
