"""Answers to programs that ask again and again: what has not changed is not sent again."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag

from aisrace.lib.syndication import TYPES, WRITERS, Feed, find_hub

REMEMBERED = 30 * 24 * 60 * 60  # seconds


def poll(
    request: HttpRequest, state: Any, changed_at: datetime | None, build: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `build` makes, or 304 for whoever has it: `state` is all that it depends on, told before it is made.

    `changed_at` is no earlier than the last change; where nobody notes that, it is when the answer was first seen so.
    """
    told = repr((state, settings.SITE_NAME, settings.SITE_URL, settings.TAG_AUTHORITY, find_hub()))
    etag = quote_etag(hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32])
    changed_at = changed_at or recall_change(request.path, etag, timezone.now())
    moment = int(changed_at.timestamp()) if changed_at else None
    response = get_conditional_response(request, etag, moment) or build()
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    if moment is not None:
        response["Last-Modified"] = http_date(moment)
    return response


def recall_change(path: str, etag: str, now: datetime) -> datetime | None:
    """Since when the answer at this address is known to be what it is; None in the first second of that.

    Within that second there may have been another, and a header says no more than the second. What the cache has
    forgotten is as if it had just changed: sent once more than needed.
    """
    key = f"first-seen:{hashlib.sha256(path.encode()).hexdigest()[:32]}"
    known, since = cache.get(key) or ("", now)
    if known != etag:
        since = now
        cache.set(key, (etag, now), REMEMBERED)
    return since if now - since > timedelta(seconds=1) else None


def answer_feed(form: str, feed: Feed) -> HttpResponse:
    """The feed in one of its forms; subscribers need not read it to find its hub."""
    response = HttpResponse(WRITERS[form](feed), content_type=TYPES[form])
    links = [f'<{feed.address}>; rel="self"', *([f'<{hub}>; rel="hub"'] if (hub := find_hub()) else [])]
    response["Link"] = ", ".join(links)
    return response
