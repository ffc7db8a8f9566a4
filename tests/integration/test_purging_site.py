"""Pages behind a cache that is told to forget them: what they say, and that it is told."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from tests import make, site

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds


@pytest.mark.django_db
def test_pages_carry_the_tag_and_may_be_kept_for_longer(client: Client, settings: Any) -> None:
    site.build()
    settings.PURGE_URL = "https://cdn.example.org/purge"
    page, mine = client.get("/articles/night-trains/"), client.get("/comments/mine/")
    assert page["Cache-Control"] == "public, max-age=0, s-maxage=60, stale-while-revalidate=1"
    assert page["Cache-Tag"] == page["Surrogate-Key"] == "pages"
    assert "s-maxage" not in mine["Cache-Control"]
    assert "Cache-Tag" not in mine
    settings.PURGE_URL = ""
    page = client.get("/articles/night-trains/")
    assert page["Cache-Control"].endswith("s-maxage=1, stale-while-revalidate=1")
    assert "Cache-Tag" not in page


def test_without_a_cache_there_is_nobody_to_tell(settings: Any) -> None:
    settings.PURGE_URL = ""
    with pytest.raises(CommandError, match="PURGE_URL is not set"):
        call_command("purge")


class Cache(BaseHTTPRequestHandler):
    told: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((self.headers["Authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def told() -> Iterator[tuple[int, list[tuple[str, dict[str, Any]]]]]:
    Cache.told = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Cache) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], Cache.told
        server.shutdown()
        thread.join()


def wait_for(told: list[Any], count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(told) < count:
        assert time.monotonic() < until, told
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_it_is_told_after_a_commit(told: tuple[int, list[tuple[str, dict[str, Any]]]], tmp_path: Path) -> None:
    port, messages = told
    served = {
        "SERVED_DATABASE": str(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "tests.told",
        "PURGED_AT": f"http://127.0.0.1:{port}/purge",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "purge", "--follow"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | served, stderr=subprocess.PIPE) as follower:
        try:
            wait_for(messages, 1)
            time.sleep(1.5)
            quiet = len(messages)
            make.topic("Rails")
            wait_for(messages, quiet + 1)
        finally:
            follower.terminate()
            follower.communicate(timeout=PATIENCE)
    if connection.vendor == "sqlite":  # PostgreSQL tells of commits to its other databases, too
        assert quiet == 1
    assert messages[-1] == ("Bearer secret", {"tags": ["pages"]})
