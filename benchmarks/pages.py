"""The public pages, asked of the whole WSGI application: middleware, views, queries, templates, nothing cached."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as once
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from aisrace.lib.figures import count
from articles.models import Edition
from benchmarks.timing import Pace, Subject, Timing, time_all
from experts.models import Expert, Question


@dataclass(frozen=True)
class Address:
    """A page to measure; `limit_ms` is CPU per request, `limit_kb` of its bytes, compressed."""

    key: str
    title: str
    path: str
    query: str = ""
    limit_ms: float | None = None
    limit_queries: int | None = None
    limit_kb: float | None = None


@dataclass(frozen=True)
class PageFigure:
    address: Address
    timing: Timing
    queries: int
    plain: int
    gzipped: int


class PageBroken(Exception):
    """A page answered with another status than 200."""


def choose_pages() -> list[Address]:
    """The pages that the limits speak of, and their neighbours; the fullest question and experts there are."""
    article = Edition.objects.values_list("slug", flat=True)[0]
    question = Question.objects.annotate(n=Count("positions")).order_by("-n", "id")[0]
    experts = Expert.objects.annotate(n=Count("positions")).order_by("-n", "id")[:6]
    chosen = urlencode([("expert", expert.slug) for expert in experts])
    compared = Question.objects.filter(positions__expert__in=experts).distinct().count()
    return [
        Address("article", "article, demo", reverse("article", args=[article]), "", 25, 6),
        Address("editions", "editions of the article", reverse("editions", args=[article])),
        Address("home", "home", "/"),
        expert_address("expert", experts[0]),
        question_address("question", question, 25),
        Address("compare", f"compare {len(experts)} × {compared}", reverse("compare"), chosen, None, 8),
        Address("experts", "expert index", reverse("experts")),
        Address("questions", "question index", reverse("questions")),
    ]


def expert_address(key: str, expert: Expert) -> Address:
    title = f"expert, {count(expert.positions.count(), 'position')}"
    return Address(key, title, reverse("expert", args=[expert.slug]), "", None, 8)


def question_address(key: str, question: Question, limit_ms: float | None = None) -> Address:
    title = f"question, {count(question.positions.count(), 'answer')}"
    return Address(key, title, reverse("question", args=[question.slug]), "", limit_ms, 8)


def measure_pages(addresses: Sequence[Address], pace: Pace) -> list[PageFigure]:
    subjects = [Subject(a.key, a.title, lambda a=a: request(a), a.limit_ms) for a in addresses]  # type: ignore[misc]
    timings = time_all(subjects, pace, cache.clear)
    return [_weigh(address, timings[address.key]) for address in addresses]


def _weigh(address: Address, timing: Timing) -> PageFigure:
    """Queries and bytes do not vary, so they are taken once and apart from the time."""
    cache.clear()
    counted = 0

    def execute_counted(execute: Any, *args: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*args)

    with connection.execute_wrapper(execute_counted):
        body = request(address)
    return PageFigure(address, timing, counted, len(body), len(gzip.compress(body, compresslevel=6)))


@once
def start_application() -> Any:
    """At the first request, when there are static files to be found."""
    return get_wsgi_application()


def request(address: Address) -> bytes:
    """The body, through the application as a server calls it."""
    environ: dict[str, Any] = {"PATH_INFO": address.path, "QUERY_STRING": address.query, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    found: list[str] = []

    def start_response(status: str, *_: Any) -> Any:
        found.append(status)

    answer = start_application()(environ, start_response)
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    if found != ["200 OK"]:
        raise PageBroken(f"{address.path} answered {found}")
    return body
