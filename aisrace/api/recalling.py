"""Whoever asks again for what has not changed is answered before anything else is done.

A tag is made of the bytes of an answer. Where a view says how to find the state that its answers depend on, a process
remembers in which state an address had which tag: while that is the state, that is the tag, and who has it is answered
for the price of finding the state, without routing or the view. What is forgotten, or only the state of which is
another, is made and compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from aisrace.api.answering import answer_unchanged, is_known

MOST = 5000  # addresses

type Finding = Callable[[datetime], Any]  # None where there is none to be had
type Responding = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Known:
    find: Finding
    state: Any
    tag: str


_known: dict[tuple[str, str], Known] = {}


def name(request: HttpRequest) -> tuple[str, str]:
    """All of a request that an answer depends on."""
    return f"{request.scheme}://{request.META.get('HTTP_HOST', '')}", request.get_full_path()


def remember(
    request: HttpRequest, find: Finding | None, now: datetime, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `answer` makes. Whoever asks for the first time pays for no state.

    The state is found before anything else is read: what changes meanwhile makes the next one another.
    """
    state = find(now) if find and "HTTP_IF_NONE_MATCH" in request.META else None
    response = answer()
    if find and state is not None and response.has_header("ETag"):
        if len(_known) >= MOST:
            _known.clear()
        _known[name(request)] = Known(find, state, response["ETag"])
    return response


class RecallMiddleware:
    """Behind the gate, so that who asks often is counted."""

    def __init__(self, get_response: Responding) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "HTTP_IF_NONE_MATCH" in request.META and request.method in ("GET", "HEAD"):
            return recall(request) or self.get_response(request)
        return self.get_response(request)


def recall(request: HttpRequest) -> HttpResponse | None:
    known = _known.get(name(request))
    if known is None or not is_known(request, known.tag) or known.find(timezone.now()) != known.state:
        return None
    return answer_unchanged(known.tag)
