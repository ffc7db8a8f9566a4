"""What stands in a frame on other people's pages: the answer that may be framed, and the code that frames it."""

import hashlib
from collections.abc import Callable
from functools import wraps
from html import escape
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

# As strict as every page, but for who may frame it; and nothing is sent from a frame.
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
THEMES = ("light", "dark")
ROW, AROUND, MOST = 96, 330, 1200  # pixels: an expert's row in a comparison, all above and below the rows, the whole
# What a frame takes without its script, by those of the demo: of a position, any at 640 pixels, most on a phone.
QUESTION_HEIGHT, POSITION_HEIGHT = 520, 590
FRESH = 300  # seconds

type View = Callable[..., HttpResponse]


def embeddable(view: View) -> View:
    """Any site may frame the answer and any cache keep it; what is not there is said in a frame, too."""

    @require_safe
    @xframe_options_exempt
    @csp_override(POLICY)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = answer_without(request, 404)
        response["Cache-Control"] = f"public, max-age={FRESH}"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.status_code != 200:
            return response
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The colours follow the reader's system unless `?theme=` asks for light or dark."""
    theme = request.GET.get("theme", "")
    return render(request, template, {**context, "theme": theme if theme in THEMES else ""})


def answer_without(request: HttpRequest, status: int, **told: Any) -> HttpResponse:
    """400, 404 or 410, said shortly."""
    response = show(request, "embed/nothing.html", {"status": status, "headline": "", "reason": "", **told})
    response.status_code = status
    return response


def embed_code(path: str, title: str, height: int, width: str = "100%") -> str:
    """HTML for others to paste: a frame that works by itself, and a script that only fits its height.

    To us it is plain text, shown in a field or told in JSON.
    """
    site = settings.SITE_URL
    src, name, script = (escape(text) for text in (f"{site}{path}", title, f"{site}{script_path()}"))
    size = f'width="{width}" height="{height}"'
    return (
        f'<iframe src="{src}" title="{name}" {size} loading="lazy" style="border:0"></iframe>\n'
        f'<script async src="{script}"></script>'
    )


def comparison_height(experts: int) -> int:
    """Pixels that the frame of a comparison takes where there is room for its table."""
    return min(AROUND + ROW * experts, MOST)


def script_path() -> str:
    """Without the hash that our own pages use: what others have pasted must go on working."""
    return f"{settings.STATIC_URL}js/embed.js"
