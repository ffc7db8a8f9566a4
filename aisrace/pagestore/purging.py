"""Telling a cache for many, a CDN, to forget the pages as soon as anything was committed, by whichever way.

All public pages carry one tag (`TAG`): what a page shows of which rows is known to nobody before it is printed anew,
and to print one that has not changed costs next to nothing. So one message forgets them all, at most once a second.
"""

import json
import logging
import time
from collections.abc import Callable

from django.conf import settings

from aisrace.lib.fetch import NotFetched, post
from aisrace.pagestore.hearing import Hearing

TAG = "pages"
LOOKS_EVERY = 0.2  # seconds
AT_MOST_EVERY = 1.0  # seconds between two messages
AGAIN_AFTER = 5.0  # seconds, of a message that was refused

logger = logging.getLogger(__name__)


class NotPurged(Exception):
    """Says why, for the operator."""


def purge() -> None:
    """The message of Cloudflare and of what was made like it: tags in JSON, the token in `Authorization`."""
    headers = {"Content-Type": "application/json"}
    if settings.PURGE_TOKEN:
        headers["Authorization"] = f"Bearer {settings.PURGE_TOKEN}"
    try:
        answer = post(settings.PURGE_URL, json.dumps({"tags": [TAG]}).encode(), headers)
    except NotFetched as error:
        raise NotPurged(str(error)) from error
    if not 200 <= answer.status < 300:
        raise NotPurged(f"It answers with status {answer.status}.")


def purge_when_heard(hearing: Hearing, goes_on: Callable[[], bool]) -> None:
    """First of all at once: nobody knows what was committed before. While it is refused it is tried again."""
    told: int | None = None
    due = 0.0
    while goes_on():
        generation, now = hearing.listen(), time.monotonic()
        if generation != told and now >= due:
            try:
                purge()
            except NotPurged as error:
                logger.warning("The cache was not told to forget the pages: %s", error)
                due = now + AGAIN_AFTER
            else:
                told, due = generation, now + AT_MOST_EVERY
        time.sleep(LOOKS_EVERY)
