"""What the log says of requests and of work, and what it does not."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client, RequestFactory
from structlog.contextvars import get_contextvars

from aisrace.operating.logs import REQUESTS, build_logging, make_formatter
from aisrace.operating.requests import RequestMiddleware
from aisrace.sweeps.running import run_sweep
from tests.make import NOW

pytestmark = pytest.mark.one_database

NOT_TOLD = ("203.0.113.9", "BAIT", "Mozilla", "198.51.100.7")
type Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """All that is logged, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter(as_json=True))
    root, requests = logging.getLogger(), logging.getLogger(REQUESTS)
    before = requests.level
    root.addHandler(handler)
    requests.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    requests.setLevel(before)


@pytest.fixture
def lines(stream: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


# --- Requests --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_leaves_one_line(client: Client, lines: Lines) -> None:
    answer = client.get("/about/?q=BAIT", headers={"user-agent": "Mozilla BAIT", "referer": "https://BAIT"})
    (line,) = lines()
    assert line["timestamp"].endswith("Z")
    del line["timestamp"]
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "logger": "aisrace.requests",
        "event": "request",
        "request_id": answer["X-Request-Id"],
        "method": "GET",
        "path": "/about/",
        "status": 200,
        "bytes": len(answer.content),
    }


@pytest.mark.parametrize(
    "path",
    [
        "/comments/confirm/BAIT/",
        "/comments/letters/off/BAIT/",
        "/comments/appeal/BAIT:x/",
        "/preview/BAIT/",
        "/preview/%0A%7B%22event%22%3A%22forged%22%7D%0ABAIT/",
        "/accounts/password/reset/key/1-BAIT/",
        "/%0D%0Aforged%E2%80%A8line/",
        "/%FF%FE/",
        "/x%00y%1B%5B31m/",
    ],
)
@pytest.mark.django_db
def test_no_line_tells_of_a_person_or_a_token(stream: io.StringIO, lines: Lines, settings: Any, path: str) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    client = Client(
        REMOTE_ADDR="198.51.100.7",
        headers={"x-forwarded-for": "203.0.113.9", "user-agent": "Mozilla", "cookie": "sessionid=BAIT"},
    )
    client.get(path, {"token": "BAIT"})
    assert len(lines()) == len(stream.getvalue().strip("\n").split("\n")) == 1
    assert not any(word in stream.getvalue() for word in NOT_TOLD)
    assert lines()[0]["event"] == "request"


def answering(response: HttpResponseBase, lines: Lines, method: str = "GET") -> list[dict[str, Any]]:
    """What is told while it is answered and read to its end."""
    answer = RequestMiddleware(lambda request: response)(RequestFactory().generic(method, "/x/"))
    if isinstance(answer, StreamingHttpResponse):
        assert lines() == []
        b"".join(answer)
        answer.close()
    return lines()


@pytest.mark.django_db  # an answer that ends looks after connections
def test_what_is_streamed_is_told_of_at_its_end(lines: Lines) -> None:
    (line,) = answering(StreamingHttpResponse(iter([b"four", b"seven77"])), lines)
    assert (line["bytes"], line["status"]) == (11, 200)


@pytest.mark.django_db
def test_whoever_leaves_early_is_told_of(lines: Lines) -> None:
    response = StreamingHttpResponse(iter([b"four", b"seven77"]))
    answer = RequestMiddleware(lambda request: response)(RequestFactory().get("/x/"))
    assert next(iter(answer)) == b"four"
    answer.close()
    assert [line["bytes"] for line in lines()] == [4]


def test_sizes(lines: Lines) -> None:
    assert answering(HttpResponse(b"12345"), lines)[-1]["bytes"] == 5
    assert answering(HttpResponse(b"", headers={"Content-Length": "77"}), lines)[-1]["bytes"] == 77
    assert answering(HttpResponse(b"12345"), lines, "HEAD")[-1]["bytes"] == 0


@pytest.mark.django_db
def test_probes_are_not_told_of(client: Client, lines: Lines) -> None:
    client.get("/healthz")
    assert lines() == []


# --- The name of a request -------------------------------------------------------------------------------------------

GOOD, FORGED = "0f3c-a_B9", ["short", "a" * 65, "with space 1", "line\nbreak1", "{{ 7*7 }}xx", "naïve-name", ""]


@pytest.mark.parametrize(
    ("told", "count", "is_taken"), [(GOOD, 1, True), (GOOD, 0, False)] + [(w, 1, False) for w in FORGED]
)
def test_only_our_own_proxy_names_a_request(settings: Any, told: str, count: int, is_taken: bool) -> None:
    settings.TRUSTED_PROXY_COUNT = count
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=told)
    seen: list[str] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(get_contextvars()["request_id"])
        return HttpResponse()

    name = RequestMiddleware(respond)(request).headers["X-Request-Id"]
    assert (name == told) is is_taken
    assert is_taken or re.fullmatch("[0-9a-f]{32}", name)
    assert seen == [name]
    assert "request_id" not in get_contextvars()


def test_what_goes_wrong_is_told_with_the_name(lines: Lines, stream: io.StringIO) -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        try:
            raise ValueError("address rosa@example.org is BAIT-free\nand forged")
        except ValueError:
            logging.getLogger("some.library").exception("At %s", request.path, extra={"ip": "203.0.113.9"})
        return HttpResponse(status=500)

    answer = RequestMiddleware(respond)(RequestFactory().get("/preview/BAIT/"))
    error, line = lines()
    assert error["request_id"] == line["request_id"] == answer["X-Request-Id"]
    assert (error["level"], error["event"], error["logger"]) == ("error", "At /preview/***", "some.library")
    assert "Traceback" in error["exception"]
    assert not any(word in stream.getvalue() for word in ("rosa", "203.0.113.9", "/preview/BAIT"))


def test_half_characters_are_logged_too() -> None:
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "half \ud800 of it"})
    shown = make_formatter(as_json=True).format(record)
    assert shown.isascii()
    assert json.loads(shown)["event"] == "half \ud800 of it"


# --- At home ---------------------------------------------------------------------------------------------------------


def test_a_plain_line_cannot_be_forged() -> None:
    formatter = make_formatter(as_json=False)
    told = {"path": "/a\nb", "status": 404, "ip": "203.0.113.9"}
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "one\n2026-01-01 forged\r\x1b[31m\u202e", "created": 0.0, **told}
    )
    shown = formatter.format(record)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO x: one\n"
        r"  2026-01-01 forged\\u000d\\u001b\[31m\\u202e path=/a\\nb status=404",
        shown,
    )


def test_locally_requests_are_not_told_of() -> None:
    quiet, loud = (build_logging(as_json=False, level="INFO", with_requests=flag) for flag in (False, True))
    assert [config["loggers"][REQUESTS]["level"] for config in (quiet, loud)] == ["WARNING", "INFO"]


# --- Work ------------------------------------------------------------------------------------------------------------


def see_to_two(now: datetime) -> int:
    return 2


def find_nothing(now: datetime) -> int:
    return 0


def stumble(now: datetime) -> int:
    raise ValueError("rosa@example.org")


@pytest.mark.django_db
def test_a_sweep_says_what_it_did_and_how_long(lines: Lines) -> None:
    for name, sweep in (("letters", see_to_two), ("idle", find_nothing), ("broken", stumble)):
        run_sweep(name, f"{__name__}.{sweep.__name__}", NOW)
    done, failed = lines()
    assert (done["event"], done["sweep"], done["rows"], done["level"]) == ("sweep", "letters", 2, "info")
    assert (failed["sweep"], failed["level"]) == ("broken", "error")
    assert done["ms"] >= 0
    assert failed["ms"] >= 0
    assert "rosa" not in failed["exception"]


def test_a_worker_writes_the_same_lines(tmp_path: Path) -> None:
    """Celery would set up logs of its own."""
    code = (
        "import django, logging; django.setup()\n"
        "from aisrace.celery import app\n"
        "app.log.setup('INFO', redirect_stdouts=False)\n"
        "logging.getLogger('celery.app.trace').info('Task done')\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "aisrace.settings",
        "DATA_DIR": str(tmp_path),
        "LOG_JSON": "1",
        "PYTHONPATH": str(site.BASE_DIR),
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["event"] == "Task done"
