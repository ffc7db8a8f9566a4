"""What holds for every answer under /api/: problems for errors, other sites may read, small on the wire."""

import gzip
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from aisrace.api.places import API, is_for_programs
from aisrace.api.problems import MEDIA_TYPE, Problem, answer_problem

READING = ("GET", "HEAD", "OPTIONS")
TAKES_GZIP = re.compile(r"(?<![\w-])(?:x-)?gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
SMALL = 500  # bytes; not worth packing
PACKED = 3  # of 9: a third of the time of the usual 6, a tenth larger
EXPOSED = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Deprecation, Sunset"
)
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
SAID = {
    400: "The request cannot be understood.",
    403: "You may not do this.",
    404: "Nothing is here.",
    405: "This cannot be done here.",
    500: "Something went wrong here. It has been noted.",
}

type Responding = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """The outermost, so that what others refuse is a problem too."""

    def __init__(self, get_response: Responding) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return self.get_response(request)
        if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
            return leave_empty(HttpResponse(status=204, headers=PREFLIGHT))
        response = self.get_response(request)
        if is_for_programs(request.path_info):
            response = tell_problem(response)
        if request.method in READING:
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = EXPOSED
        if response.status_code in (204, 304):
            leave_empty(response)
        if isinstance(response, HttpResponse):
            pack(request, response)
            if request.method == "HEAD":
                response["Content-Length"] = str(len(response.content))
                response.content = b""
        return response


def tell_problem(response: HttpResponseBase) -> HttpResponseBase:
    status = response.status_code
    if status < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    kept = {name: value for name, value in response.items() if name not in ("Content-Type", "Content-Length")}
    return answer_problem(Problem(status, SAID.get(status, "This did not work."), headers=kept))


def leave_empty(response: HttpResponseBase) -> HttpResponseBase:
    """What has no content has neither type nor length."""
    for name in ("Content-Type", "Content-Length"):
        response.headers.pop(name, None)
    return response


def pack(request: HttpRequest, response: HttpResponse) -> None:
    """The tag of what is packed says that it is not the same bytes.

    What it depends on is said of everything: an answer without content says what the whole one would.
    """
    patch_vary_headers(response, ["Accept-Encoding"])
    if response.has_header("Content-Encoding") or len(response.content) < SMALL:
        return
    if not TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return
    response.content = gzip.compress(response.content, PACKED, mtime=0)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    if (tag := response.get("ETag")) and not tag.startswith("W/"):
        response["ETag"] = f"W/{tag}"
