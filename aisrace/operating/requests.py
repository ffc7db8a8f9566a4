"""Every request has a name, and leaves a line in the log that says nothing of who sent it."""

import logging
import re
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import cast
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from structlog.contextvars import bound_contextvars

from aisrace.operating.logs import REQUESTS
from aisrace.operating.probing import PROBES
from aisrace.operating.scrubbing import scrub_path

HEADER = "X-Request-Id"
NAME = re.compile(r"[A-Za-z0-9_-]{8,64}")

logger = logging.getLogger(REQUESTS)


class RequestMiddleware:
    """The outermost: what others refuse is told too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, name = perf_counter(), name_request(request)
        with bound_contextvars(request_id=name):
            response = self.get_response(request)
        response.headers[HEADER] = name
        if not logger.isEnabledFor(logging.INFO):
            return response

        def note(size: int) -> None:
            tell(request, response.status_code, size, (perf_counter() - began) * 1000, name)

        if isinstance(response, StreamingHttpResponse) and not response.has_header("Content-Length"):
            response.streaming_content = count_bytes(cast("Iterator[bytes]", response.streaming_content), note)
        else:
            note(0 if request.method == "HEAD" else size_of(response))
        return response


def name_request(request: HttpRequest) -> str:
    """As our own proxy has named it; what anybody else says counts nothing."""
    told = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    return told if NAME.fullmatch(told) else uuid4().hex


def size_of(response: HttpResponseBase) -> int:
    """Of the body as it is sent from here."""
    if length := response.get("Content-Length"):
        return int(length)
    return len(response.content) if isinstance(response, HttpResponse) else 0


def count_bytes(parts: Iterator[bytes], note: Callable[[int], None]) -> Iterator[bytes]:
    """Notes when the last of it has gone, or when whoever reads has."""
    size = 0
    try:
        for part in parts:
            size += len(part)
            yield part
    finally:
        note(size)


def tell(request: HttpRequest, status: int, size: int, ms: float, name: str) -> None:
    """Probes come every few seconds and mean nothing."""
    level = logging.DEBUG if request.path_info in PROBES else logging.INFO
    told = {"method": request.method, "path": scrub_path(request.path_info), "status": status}
    logger.log(level, "request", extra={**told, "bytes": size, "ms": round(ms, 1), "request_id": name})
