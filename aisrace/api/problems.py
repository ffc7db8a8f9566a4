"""What went wrong, told to programs: RFC 9457. Every error under /api/ is such an answer, whoever raised it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse
from django.utils.encoding import force_str
from rest_framework import exceptions
from rest_framework.views import set_rollback

from aisrace.api.links import DOCS

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_SHOWN = 60  # of what may be asked instead
# What a status means where nothing more is said of it. Each has its place in the docs.
KINDS = {
    400: "bad-request",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    410: "gone",
    411: "length-required",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    500: "server-error",
}

FORESEEN: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "Nothing is here."),
    (PermissionDenied, 403, "You may not do this."),
    (RequestDataTooBig, 413, "The request is too large."),
    (SuspiciousOperation, 400, "The request cannot be understood."),
)


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong with a request: which parameter, or where in its body, and what would be right."""

    name: str
    detail: str
    allowed: Sequence[Any] | None = None
    where: str = "parameter"

    def as_data(self) -> dict[str, Any]:
        told: dict[str, Any] = {self.where: self.name, "detail": self.detail}
        return told if self.allowed is None else told | {"allowed": list(self.allowed)[:MOST_SHOWN]}


class Problem(Exception):
    """`kind` names it for programs and is its place in the docs; `more` are further members of the answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        kind: str = "",
        reasons: Sequence[Reason] = (),
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.reasons, self.headers, self.more = reasons, headers or {}, more


def refuse(*reasons: Reason) -> Problem:
    """All that is wrong with the parameters at once."""
    return Problem(400, " ".join(reason.detail for reason in reasons), "bad-parameter", reasons)


def miss(name: str, what: str) -> Problem:
    """A parameter names something that is not there, or that is private, which is the same."""
    return miss_all(Reason(name, f"“{name}” leads nowhere: there is no {what}."))


def miss_all(*reasons: Reason) -> Problem:
    return Problem(404, " ".join(reason.detail for reason in reasons), "not-found", reasons)


def answer_problem(problem: Problem) -> HttpResponse:
    status = problem.status
    kind = problem.kind or KINDS.get(status)
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}{DOCS}#{kind}" if kind else "about:blank",
        "title": name_status(status),
        "status": status,
        "detail": problem.detail,
    }
    if problem.reasons:
        body["errors"] = [reason.as_data() for reason in problem.reasons]
    headers = {"Cache-Control": "no-store"} | problem.headers
    return HttpResponse(orjson.dumps(body | problem.more), status=status, content_type=MEDIA_TYPE, headers=headers)


def name_status(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def answer_exception(exception: Exception, context: dict[str, Any]) -> HttpResponse:
    """For REST framework: every exception of a view becomes a problem, unforeseen ones too, which are logged."""
    set_rollback()
    if isinstance(exception, Problem):
        return answer_problem(exception)
    if isinstance(exception, exceptions.APIException):
        return answer_problem(translate(exception))
    for kind, status, words in FORESEEN:
        if isinstance(exception, kind):
            return answer_problem(Problem(status, words))
    request = context["request"]
    logger.error("The API failed at %s", request.path, exc_info=exception)
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return answer_problem(Problem(500, "Something went wrong here. It has been noted."))


def translate(error: exceptions.APIException) -> Problem:
    """What REST framework raises by itself."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        reasons = list(list_reasons(error.detail))
        return Problem(error.status_code, "The body cannot be taken as it is.", "invalid-body", reasons, headers)
    return Problem(error.status_code, force_str(error.detail), "", (), headers)


def list_reasons(detail: Any, path: str = "") -> list[Reason]:
    """A serializer's errors, each with a JSON pointer to where it is."""
    if isinstance(detail, dict):
        return [r for key, inner in detail.items() for r in list_reasons(inner, f"{path}/{key}")]
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        return [r for n, inner in enumerate(detail) for r in list_reasons(inner, f"{path}/{n}")]
    told = detail if isinstance(detail, list) else [detail]
    return [Reason(path, force_str(words), where="pointer") for words in told if words]
