"""Pages as they are served, one worker: from the store and anew, beside the same bytes sent by the web server alone."""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Edition
from benchmarks.crowd import fill
from benchmarks.driving import Driven, drive, name_driver
from benchmarks.posting import ARTICLE
from benchmarks.serving import find_port, granian, list_descendants, measure_cpu, running

TURNS, QUICK_TURNS = 5, 2
SECONDS, QUICK_SECONDS = 3, 1
COMMENTS, DEEP = 50, 5
LEAST_STORED = 0.85  # of the rate of the server alone
LEAST_COLD = 750 / 33_000  # likewise
FEW, MANY = 10, 500  # articles
MOST_GROWTH = 1.1  # times the CPU time
THREADS = 2  # blocking ones; more of them wait for each other


@dataclass
class StoredFigure:
    """`turns` by the clock, `cpu` the server's microseconds a request, `memory` its MB when the turn was over."""

    key: str
    title: str
    size: int = 0
    turns: list[Driven] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def rate(self) -> float:
        return median(turn.rate for turn in self.turns)

    @property
    def microseconds(self) -> float:
        return median(self.cpu)

    def share_of(self, other: "StoredFigure") -> float:
        """Of the other's rate, turn by turn: what slows the machine down slows both."""
        return median(mine.rate / theirs.rate for mine, theirs in zip(self.turns, other.turns, strict=True))


@dataclass(frozen=True)
class Subject:
    figure: StoredFigure
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class StoredResults:
    """`warm_up`: seconds from the first request to a new process until it answers from the store."""

    driver: str
    figures: dict[str, StoredFigure]
    warm_up: float


def measure_store(folder: Path, is_quick: bool, peers: Sequence[str]) -> StoredResults:
    """`peers` are addresses of other servers, asked in the same turns; what their CPU does is not seen from here."""
    path = reverse("article", args=[ARTICLE])
    fill_article()
    fill_others(FEW)
    known = {"Accept-Encoding": "gzip"}
    with ExitStack() as servers:
        served = servers.enter_context(serve("aisrace.wsgi:application", folder / "kept.log"))
        anew = address(
            servers.enter_context(serve("aisrace.wsgi:application", folder / "anew.log", PAGE_STORE="off")), path
        )
        kept = address(served, path)
        raw, packed = (
            address(servers.enter_context(serve_bytes(kept, headers, folder / name)), path)
            for name, headers in (("raw", {}), ("packed", known))
        )
        tag = ask(kept, known)[1]["ETag"]
        subjects = [
            Subject(StoredFigure("stored", "article, kept"), kept, {}),
            Subject(StoredFigure("stored_gzip", "article, kept, gzip"), kept, known),
            Subject(StoredFigure("stored_known", "article, not changed"), kept, known | {"If-None-Match": tag}),
            Subject(StoredFigure("cold", f"article anew, of {FEW}"), anew, {}),
            Subject(StoredFigure("raw", "the same bytes, server alone"), raw, {}),
            Subject(StoredFigure("raw_gzip", "the same, gzip"), packed, {}),
            *(Subject(StoredFigure(url, url), url, {}) for url in peers),
        ]
        take_turns(subjects, is_quick)
        fill_others(MANY)
        grown = Subject(StoredFigure("cold_many", f"article anew, of {MANY}"), anew, {})
        take_turns([grown], is_quick)
    figures = {subject.figure.key: subject.figure for subject in [*subjects, grown]}
    return StoredResults(name_driver(), figures, measure_warm_up(folder, path))


def take_turns(subjects: list[Subject], is_quick: bool) -> None:
    seconds, turns = (QUICK_SECONDS, QUICK_TURNS) if is_quick else (SECONDS, TURNS)
    for subject in subjects:
        drive(subject.url, 1, subject.headers)
        subject.figure.size = len(ask(subject.url, subject.headers)[0])
    for _ in range(turns):
        for subject in subjects:
            before = measure_cpu()
            driven = drive(subject.url, seconds, subject.headers)
            spent = measure_cpu() - before
            subject.figure.turns.append(driven)
            subject.figure.cpu.append(spent / driven.requests * 1e6)
            subject.figure.memory = measure_memory()


def address(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}{path}"


@contextmanager
def serve(application: str, log: Path, **environment: str) -> Iterator[int]:
    port = find_port()
    variables = dict(os.environ) | {"API_LIMITS": "off", "LOG_LEVEL": "WARNING"} | environment
    with running([sys.executable, *granian(port, THREADS), application], variables, port, log):
        yield port


@contextmanager
def serve_bytes(url: str, headers: dict[str, str], name: Path) -> Iterator[int]:
    """What the site answers there, headers and all, by the least application there is."""
    body, told = ask(url, headers)
    made = ("server", "date")  # by the server itself
    sent = [[key, value] for key, value in told.items() if key.lower() not in made]
    name.with_suffix(".body").write_bytes(body)
    name.with_suffix(".headers").write_text(json.dumps(sent))
    files = {"RAW_BODY": str(name.with_suffix(".body")), "RAW_HEADERS": str(name.with_suffix(".headers"))}
    with serve("benchmarks.raw:application", name.with_suffix(".log"), **files) as raw:
        yield raw


def ask(url: str, headers: dict[str, str]) -> tuple[bytes, Message]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", parts._replace(scheme="", netloc="").geturl() or "/", headers=headers)
    response = connection.getresponse()
    return response.read(), response.headers


def measure_memory() -> float:
    """MB resident of the largest of the servers begun here."""
    statuses = [Path(f"/proc/{child}/status").read_text() for child, _ in list_descendants(os.getpid())]
    lines = [line for status in statuses for line in status.splitlines() if line.startswith("VmRSS:")]
    return max(int(line.split()[1]) for line in lines) / 1000


def measure_warm_up(folder: Path, path: str) -> float:
    with serve("aisrace.wsgi:application", folder / "new.log") as port:
        began = time.perf_counter()
        for _ in range(2):
            ask(address(port, path), {})
        return time.perf_counter() - began


def fill_article() -> None:
    newest = Edition.objects.newest(timezone.now()).get(slug=ARTICLE)
    fill(newest, timezone.now() - timedelta(hours=1), COMMENTS, DEEP)


def fill_others(count: int) -> None:
    """Copies of the demo's article, until there are so many."""
    newest = Edition.objects.newest(timezone.now()).get(slug=ARTICLE)
    names = ("live_at", "first_live_at", "updated_at", "headline", "card", "content")
    same = {name: getattr(newest, name) for name in names}
    there = Article.objects.count()
    made = Article.objects.bulk_create(
        Article(headline=f"No. {n}", slug=f"stored-{n}") for n in range(there, max(there, count))
    )
    Edition.objects.bulk_create(
        Edition(article=article, number=1, kind=Edition.Kind.FIRST, slug=article.slug, **same) for article in made
    )
