"""What any cache is told of a page for all: ours in front of Django, nginx, a CDN, the reader's own."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from aisrace.pagestore.addresses import PARAMETERS
from aisrace.pagestore.purging import TAG

# A browser asks every time, and is told in a few bytes that nothing has changed.
FOR_ALL = "public, max-age=0"
# A cache for many asks us once a second, however long browsers may keep it, and has the old page for one second more
# while it does: what is withdrawn is gone for all within two.
SHARED = "s-maxage=1, stale-while-revalidate=1"
# One that is told to forget (aisrace/pagestore/purging.py) need not ask. A message that is lost costs a minute.
PURGED = "s-maxage=60, stale-while-revalidate=1"
TAGS = ("Cache-Tag", "Surrogate-Key")  # as Cloudflare and its like call it, and Fastly


class SharedCacheMiddleware:
    """Views say themselves how long a browser may keep what does not change soon, or that it is for one reader."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match and match.view_name in PARAMETERS and request.method in ("GET", "HEAD"):
            if response.status_code == 200:
                response.headers.setdefault("Cache-Control", FOR_ALL)
            rules = response.get("Cache-Control", "")
            if "public" in rules and "no-cache" not in rules:
                response["Cache-Control"] = f"{rules}, {PURGED if settings.PURGE_URL else SHARED}"
                for name in TAGS if settings.PURGE_URL else ():
                    response[name] = TAG
        return response
