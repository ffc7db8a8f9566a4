"""What Prometheus is told, whom it is told to, and that two processes count together."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from aisrace.operating import gauges, metrics
from aisrace.operating.measuring import MeasureMiddleware
from aisrace.operating.readiness import Watch
from aisrace.sweeps.models import Sweep
from comments.models import Letter
from tests import talk
from tests.machines import Machine

pytestmark = pytest.mark.one_database

TOKEN = "t0ken-for-tests"
PATIENCE = 30  # seconds


@pytest.fixture
def client(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of a site that may be looked at."""
    settings.METRICS_TOKEN, settings.METRICS_ALLOWED = TOKEN, []
    settings.MIDDLEWARE = ["aisrace.operating.measuring.MeasureMiddleware", *settings.MIDDLEWARE]
    monkeypatch.setattr(gauges, "watch", Watch())
    return Client()


def read(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by its name and the values of its labels."""
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return parse(answer.text)


def parse(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


# --- Who may look ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_either_setting_there_is_nothing() -> None:
    assert Client().get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN]
)
def test_nobody_else_looks(client: Client, given: str) -> None:
    answer = client.get("/metrics", headers={"authorization": given} if given else {})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("address", "forwarded", "proxies", "may"),
    [
        ("10.1.2.3", "", 0, True),
        ("::ffff:10.1.2.3", "", 0, True),
        ("203.0.113.9", "", 0, False),
        ("203.0.113.9", "10.1.2.3", 0, False),
        ("10.1.2.3", "203.0.113.9", 1, False),
        ("10.1.2.3", "10.1.2.3, 203.0.113.9", 1, False),
        ("10.1.2.3", "", 1, True),  # past the proxy
        ("", "", 0, False),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_networks(client: Client, settings: Any, address: str, forwarded: str, proxies: int, may: bool) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOWED = "", [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert (client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == 200) is may


@pytest.mark.django_db(transaction=True)
def test_asked_inside_the_network(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["example.org"]
    headers = {"authorization": f"Bearer {TOKEN}", "host": "10.1.2.3:8000"}
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert client.post("/metrics", headers=headers).status_code == 405


# --- What is counted -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_requests(client: Client) -> None:
    before = read(client)
    client.get("/about/")
    client.get("/about/")
    client.get("/nowhere/at/all/")
    client.get("/admin/")
    client.generic("PROPFIND", "/about/")
    after = read(client)

    def grown(name: str, *labels: str) -> float:
        return after[name][labels] - before.get(name, {}).get(labels, 0)

    assert grown("aisrace_requests_total", "GET", "about", "2xx") == 2
    assert grown("aisrace_requests_total", "GET", "none", "4xx") == 1
    assert grown("aisrace_requests_total", "GET", "admin", "3xx") == 1
    assert grown("aisrace_requests_total", "other", "about", "4xx") == 1
    assert grown("aisrace_request_seconds_count", "about") == 3
    assert "process_resident_memory_bytes" in after


def test_names_of_routes_are_few() -> None:
    """Whatever is asked: a path in a label would be a new series each."""

    def respond(request: Any) -> HttpResponse:
        request.resolver_match = SimpleNamespace(view_name="admin:comments_comment_change")
        return HttpResponse()

    MeasureMiddleware(respond)(RequestFactory().get("/BAIT/"))
    routes = {labels[1] for labels in parse_own() if len(labels) == 3}
    assert "admin" in routes
    assert not [route for route in routes if "BAIT" in route or route.startswith("admin:")]


def parse_own() -> Iterator[tuple[str, ...]]:
    for family in metrics.own.collect():
        for sample in family.samples:
            yield tuple(value for _, value in sorted(sample.labels.items()))


@pytest.mark.django_db(transaction=True)
def test_what_the_page_store_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = SimpleNamespace(hits=5, unchanged=0, stale=0, rendered=2, refused=0, passed=1)
    monkeypatch.setitem(sys.modules, "aisrace.wsgi", SimpleNamespace(application=SimpleNamespace(counts=counts)))
    monkeypatch.setattr(metrics, "store", metrics.StoreReading())
    before = metrics.own.get_sample_value("aisrace_page_store_total", {"outcome": "hits"}) or 0
    assert read(client)["aisrace_page_store_total"]["hits",] == before + 5
    counts.hits = 7
    assert read(client)["aisrace_page_store_total"]["hits",] == before + 7


def test_every_outcome_of_the_store_is_told() -> None:
    from aisrace.pagestore.store import Counts

    assert set(Counts.__slots__) == set(metrics.STORE_OUTCOMES)


# --- What the rows say -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_rows(client: Client, open_conversation: None) -> None:
    now = timezone.now()
    Sweep.objects.create(name="letters", ended_at=now - timedelta(minutes=3), error="SMTPException: no")
    edition = talk.live()
    talk.comment(edition)
    talk.comment(edition, state="held")
    Letter.objects.all().delete()
    Letter.objects.create(commenter=talk.person(), kind="remember", made_at=now, due_at=now - timedelta(minutes=5))
    found = read(client)
    assert found["aisrace_database_up"] == {(): 1.0}
    assert found["aisrace_sweep_failing"]["letters",] == 1
    assert found["aisrace_sweep_lag_seconds"]["letters",] >= 180
    assert found["aisrace_due_rows"]["letters",] == 1
    assert found["aisrace_due_oldest_seconds"]["letters",] >= 300
    assert found["aisrace_due_rows"]["held comments",] == 1
    assert found["aisrace_editions"] == {("first",): 1.0}
    assert found["aisrace_comments"] == {("visible",): 1.0, ("held",): 1.0}


def test_without_a_database_the_rest_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        gauges, "watch", SimpleNamespace(look=lambda: SimpleNamespace(parts={"database": "unreachable"}))
    )
    found = read(client)
    assert found["aisrace_database_up"] == {(): 0.0}
    assert "aisrace_due_rows" not in found
    assert "aisrace_requests_total" in found


# --- Two processes ---------------------------------------------------------------------------------------------------


@contextmanager
def two_workers(tmp_path: Path) -> Iterator[int]:
    """The site on a port, in two processes that count into one folder."""
    here = Machine(tmp_path / "data", f"sqlite:///{tmp_path}/data/db.sqlite3")
    here.run("migrate", "--verbosity", "0")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "aisrace.settings",
        "DATA_DIR": str(here.data),
        "DATABASE_URL": here.database_url,
        "METRICS_TOKEN": TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "shared"),
    }
    options = ["--interface", "wsgi", "--workers", "2", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "granian", *options, "--log-level", "warning", "aisrace.wsgi:application"]
    server = subprocess.Popen(command, cwd=site.BASE_DIR, env=environment, start_new_session=True)
    try:
        yield port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(PATIENCE)


def get(port: int, path: str, **headers: str) -> str:
    """On a connection of its own, so that either process may have it. Waits for the server to begin."""
    until = timezone.now() + timedelta(seconds=PATIENCE)
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            assert timezone.now() < until
        finally:
            connection.close()


@pytest.mark.one_database
def test_two_workers_count_together(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with two_workers(tmp_path) as port:
        for _ in range(40):
            get(port, "/api/v1/")
            get(port, "/robots.txt")
        looks = [parse(get(port, "/metrics", Authorization=f"Bearer {TOKEN}")) for _ in range(30)]
        files = {file.name for file in (tmp_path / "shared").glob("counter_*.db")}
    assert len(files) == 2, "both have counted"
    assert {look["aisrace_requests_total"]["GET", "api", "2xx"] for look in looks} == {40}
    # The store's own numbers come along when a process is asked something itself.
    told = looks[-1]["aisrace_page_store_total"]
    assert told["hits",] + told["rendered",] == 40
    assert told["hits",] >= 30
