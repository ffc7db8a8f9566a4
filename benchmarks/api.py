"""The API as it is served, one worker: a list of twenty articles with all they say, asked for anew and asked for again,
and the same articles of Wagtail's API in the same turns.

Rates by the clock fall with whatever else the machine does, those of all alike; CPU time of the server's own processes
does not.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from articles.models import Article, Edition
from benchmarks import wagtail
from benchmarks.scratch import CannotMeasure
from benchmarks.serving import find_port, granian, install, measure_cpu, running

ARTICLES = 40  # two pages
SHOWN = 20
LIST = f"/api/v1/articles/?page_size={SHOWN}"
TURNS = 5
REQUESTS, QUICK_REQUESTS, WARM = 100, 20, 10  # of a turn
LEAST_WAGTAIL, LEAST_WORDPRESS = 2.5, 10  # times as many requests a second
LEAST_SAVED = 10  # times cheaper to say that nothing has changed
WORDS = ("body", "standfirst", "verdict", "method")


@dataclass
class ApiFigure:
    """By turns: requests a second by the clock, and the server's CPU milliseconds for each."""

    key: str
    title: str
    size: int = 0
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def milliseconds(self) -> float:
        return median(self.cpu)

    def outdoes(self, other: "ApiFigure") -> float:
        """How many times as many requests a second: by the clock, turn by turn, or of CPU time, whichever is less."""
        by_clock = median(mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True))
        return min(by_clock, other.milliseconds / self.milliseconds)


@dataclass(frozen=True)
class Subject:
    figure: ApiFigure
    port: int
    path: str
    headers: dict[str, str]
    status: int = 200


def measure_api(folder: Path, is_quick: bool, say: Callable[[str], None]) -> tuple[list[ApiFigure], list[str]]:
    """The list, the same packed, the answer that it has not changed, Wagtail's list, and our bytes by the server alone.

    Without Wagtail a line says why.
    """
    content = fill_articles()
    notes: list[str] = []
    with ExitStack() as servers:
        port = servers.enter_context(serve("aisrace.wsgi:application", folder / "api.log"))
        body, tag = fetch(port, LIST)
        require_articles(json.loads(body)["results"], content)
        (folder / "raw.json").write_bytes(body)
        subjects = [
            Subject(ApiFigure("api_list", f"{SHOWN} articles"), port, LIST, {}),
            Subject(ApiFigure("api_packed", f"{SHOWN} articles, gzip"), port, LIST, {"Accept-Encoding": "gzip"}),
            Subject(ApiFigure("api_known", f"{SHOWN} articles, not changed"), port, LIST, {"If-None-Match": tag}, 304),
        ]
        try:
            environment = install("Wagtail", wagtail.NEEDS, say)
        except CannotMeasure as error:
            notes.append(str(error))
        else:
            theirs = servers.enter_context(wagtail.serve_wagtail(folder, environment, content, ARTICLES))
            require_articles(json.loads(fetch(theirs, wagtail.LIST)[0])["items"], content)
            figure = ApiFigure("api_wagtail", f"{SHOWN} articles, Wagtail {wagtail.VERSION}")
            subjects.append(Subject(figure, theirs, wagtail.LIST, {}))
        raw = servers.enter_context(
            serve("benchmarks.raw:application", folder / "raw.log", RAW_BODY=str(folder / "raw.json"))
        )
        subjects.append(Subject(ApiFigure("api_raw", "the same bytes, server alone"), raw, "/", {}))
        for turn in range(TURNS + 1):
            for subject in subjects:
                take_turn(subject, QUICK_REQUESTS if is_quick else REQUESTS if turn else WARM, is_counted=turn > 0)
    return [subject.figure for subject in subjects], notes


def fill_articles() -> dict[str, Any]:
    """Copies of the demo's article, which is as long as articles are; what each of them says."""
    newest = Edition.objects.order_by("-pk")[0]
    articles = Article.objects.bulk_create(Article(headline=f"No. {n}", slug=f"copy-{n}") for n in range(ARTICLES))
    names = ("live_at", "first_live_at", "updated_at", "headline", "card", "content")
    same = {name: getattr(newest, name) for name in names}
    Edition.objects.bulk_create(
        Edition(article=article, number=1, kind=Edition.Kind.FIRST, slug=article.slug, **same) for article in articles
    )
    content: dict[str, Any] = newest.content
    return content


def require_articles(told: Sequence[dict[str, Any]], content: dict[str, Any]) -> None:
    """An answer that leaves something out is no answer to be compared."""
    bodies = [section["body"] for section in content["sections"]]
    whole = [
        all(article[name] == content[name] for name in WORDS)
        and [section.get("value", section)["body"] for section in article["sections"]] == bodies
        for article in told
    ]
    if len(whole) != SHOWN or not all(whole):
        raise RuntimeError(f"{sum(whole)} of {len(whole)} articles were whole, not {SHOWN}.")


@contextmanager
def serve(application: str, log: Path, **environment: str) -> Iterator[int]:
    """On the database of this run, with nobody counted."""
    port = find_port()
    variables = dict(os.environ) | {"API_LIMITS": "off", "LOG_LEVEL": "WARNING"} | environment
    with running([sys.executable, *granian(port), application], variables, port, log):
        yield port


def fetch(port: int, path: str) -> tuple[bytes, str]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.read(), response.headers["ETag"] or ""


def take_turn(subject: Subject, requests: int, is_counted: bool) -> None:
    connection = HTTPConnection("127.0.0.1", subject.port)
    cpu, began = measure_cpu(), time.perf_counter()
    for _ in range(requests):
        connection.request("GET", subject.path, headers=subject.headers)
        response = connection.getresponse()
        subject.figure.size = len(response.read())
        if response.status != subject.status:
            raise RuntimeError(f"{subject.path} answered {response.status}")
    seconds, spent = time.perf_counter() - began, measure_cpu() - cpu
    if is_counted:
        subject.figure.rates.append(requests / seconds)
        subject.figure.cpu.append(spent / requests * 1000)
