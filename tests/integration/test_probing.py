"""What is asked by machines: alive, and able to serve."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings as site
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from aisrace.operating import probing, readiness
from aisrace.operating.readiness import Watch

pytestmark = pytest.mark.one_database

REFUSING = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """One that has seen nothing yet."""
    fresh = Watch()
    monkeypatch.setattr(probing, "watch", fresh)
    return fresh


def test_alive_takes_no_database(client: Client) -> None:
    """Nothing is marked, so that a query would fail."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db(transaction=True)
def test_asked_by_an_address_without_https(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["example.org"]
    settings.API_LIMITS, settings.API_ANONYMOUS_LIMIT = True, 1
    for _ in range(3):
        answer = Client(headers={"host": "10.1.2.3:8000"}).get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
    assert Client().post(path).status_code == 405
    assert Client().head(path).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "cache": "ok", "database": "ok", "migrations": "ok"}


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_is_away_is_told_and_holds_nothing_up(client: Client, settings: Any) -> None:
    settings.REDIS_URL = REFUSING
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["cache"], answer.json()["ready"]) == (200, "degraded", True)


@pytest.mark.django_db(transaction=True)
def test_tables_of_another_release(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="comments").latest("id")
    newest.delete()
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, "not applied")
    finally:
        newest.save()


def test_a_database_that_refuses(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = Mock()
    refusing.cursor.side_effect = DatabaseError("connection to BAIT refused")
    monkeypatch.setattr(readiness, "connection", refusing)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "cache": "ok", "database": "unreachable", "migrations": "no answer"}
    assert refusing.close.called


def test_a_database_that_hangs(client: Client, monkeypatch: pytest.MonkeyPatch, watch: Watch) -> None:
    """Whoever asks is told, and no second thread is left behind."""
    released, begun = threading.Event(), []

    def hang(parts: dict[str, str]) -> None:
        begun.append(parts)
        released.wait(30)

    monkeypatch.setattr(readiness, "look_at_parts", hang)
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    monkeypatch.setattr(readiness, "LASTS", 0)
    for _ in range(3):
        assert client.get("/readyz").json()["database"] == "no answer"
    assert len(begun) == 1
    released.set()
    assert watch.thread
    watch.thread.join(30)
    monkeypatch.setattr(readiness, "look_at_parts", lambda parts: parts.update(database="ok", migrations="ok"))
    assert client.get("/readyz").status_code == 200


def test_asking_often_looks_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(readiness, "look_at_parts", lambda parts: looks.append(1))
    monkeypatch.setattr(readiness, "monotonic", lambda: 100.0)
    for _ in range(5):
        client.get("/readyz")
    assert looks == [1]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_command_of_the_container(status: int, code: int) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"ready": 1}')

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        environment = os.environ | {"PORT": str(server.server_address[1])}
        command = [sys.executable, str(site.BASE_DIR / "bin" / "probe")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, asked) == (code, '{"ready": 1}\n', ["/readyz"])
