"""nginx before two processes of the site: what is committed is seen, what is private is not, restarts lose nothing."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from articles.publishing import publish, withdraw
from experts.models import Expert
from tests import make, site
from tests.nginx import ROOT, Answered, Nginx, find_port, nginx, wait_for

# With those that commit, behind all others: what is emptied in the end includes the groups that migrations make.
pytestmark = [pytest.mark.nginx, pytest.mark.one_database, pytest.mark.django_db(transaction=True)]

ARTICLE = site.PAGES["article"]
PATIENCE = 30  # seconds


class Web:
    """One process of the site, served as the image serves it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = find_port(), folder / f"web-{id(self)}.log"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--blocking-threads", "4"]
        command += ["--workers-kill-timeout", "10s"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "aisrace.wsgi:application"]
        served = {"SERVED_DATABASE": str(connection.settings_dict["NAME"]), "DJANGO_SETTINGS_MODULE": "tests.served"}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | served, stdout=log, stderr=log)

    def wait(self) -> None:
        """As the health check of the container does: it listens long before it can answer."""
        wait_for(self.port, self.process, self.log)
        with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=PATIENCE) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction around each of these tests: the site reads what is committed."""


@pytest.fixture(scope="module")
def webs(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Web]]:
    with django_db_blocker.unblock(), tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        assert "test" in Path(connection.settings_dict["NAME"]).name, "what follows empties the database"
        ends.callback(call_command, "flush", interactive=False, verbosity=0)
        site.build()
        connection.close()
        made = [Web(Path(folder)) for _ in range(2)]
        for web in made:
            ends.callback(web.stop)
            web.wait()
        yield made


@pytest.fixture(scope="module")
def before(webs: list[Web]) -> Iterator[Nginx]:
    with (
        tempfile.TemporaryDirectory(prefix="ngx-", dir="/tmp") as folder,
        nginx(Path(folder) / "site", [web.port for web in webs]) as started,
    ):
        yield started


def ask_until(before: Nginx, path: str, status: int, text: str = "", **headers: str) -> Answered:
    ends = time.monotonic() + PATIENCE
    while (answered := before.ask(path, **headers)).status != status or text not in answered.text:
        assert time.monotonic() < ends, (answered.status, answered.text[:500])
    return answered


def test_pages_come_out_of_the_cache_and_are_new_after_a_commit(before: Nginx) -> None:
    assert "HIT" in {before.ask(ARTICLE).cache for _ in range(20)}
    Expert.objects.filter(slug="ada").update(bio="Quaggas were her first love.")
    answered = ask_until(before, "/experts/ada/", 200, "Quaggas were")
    assert answered.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not answered.headers["Set-Cookie"]
    assert before.ask("/experts/ada/", Accept_Encoding="br").headers["Content-Encoding"] == "br"


def test_what_is_withdrawn_is_gone(before: Nginx) -> None:
    article = make.article("Soon gone", slug="soon-gone")
    publish(article, by=None, now=timezone.now())
    ask_until(before, "/articles/soon-gone/", 200, "Soon gone")
    withdraw(article, by=None, now=timezone.now(), reason="It was a forgery.")
    ask_until(before, "/articles/soon-gone/", 410, "It was a forgery.")
    assert "HIT" not in {before.ask("/articles/soon-gone/").cache for _ in range(5)}


def test_what_is_for_one_reader_is_for_nobody_else(before: Nginx) -> None:
    """Sent through nginx, so that the cookie is what a browser would have."""
    form = b"name=Zuleika+Dobson&email=z%40example.org&body=Quagga+between+us"
    kind = "application/x-www-form-urlencoded"
    posted = before.ask(f"{ARTICLE}comments/new/", "POST", form, Content_Type=kind)
    assert posted.status == 303, posted.text
    cookie = posted.headers["Set-Cookie"].partition(";")[0]
    assert cookie.startswith("reader=")
    mine = before.ask("/comments/mine/", Cookie=cookie)
    assert "Quagga between us" in mine.text
    for path in ("/comments/mine/", f"{ARTICLE}comments/new/", ARTICLE):
        answered = [before.ask(path) for _ in range(3)]
        assert not [a for a in answered if "z@example.org" in a.text or a.headers["Set-Cookie"]], path


def test_a_restart_of_one_after_the_other_loses_nothing(webs: list[Web], before: Nginx) -> None:
    """Pages that are kept, pages that are not, and posts. Each request has a connection of its own."""
    found: Counter[tuple[str, int]] = Counter()
    stop, numbers = threading.Event(), count(1)

    def load(kind: str, ask: Any) -> None:
        while not stop.is_set():
            found[kind, ask(next(numbers)).status] += 1

    def post(number: int) -> Answered:
        body = json.dumps({"parent": number}).encode()
        return before.ask("/api/v1/comments/", "POST", body, Content_Type="application/json")

    kinds = {
        "page": lambda number: before.ask("/questions/"),
        "new page": lambda number: before.ask(f"/experts/?q={number}"),
        "somebody's page": lambda number: before.ask("/comments/mine/", Cookie="reader=x"),
        "post": post,
    }
    threads = [threading.Thread(target=load, args=kind) for kind in kinds.items()]
    for thread in threads:
        thread.start()
    try:
        for web in webs:
            before_this = sum(found.values())
            web.stop()
            web.start()
            web.wait()
            assert sum(found.values()) > before_this
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    # What is posted there lacks all that it needs, and is refused by the site itself; or by nginx, as too much.
    answered = {("page", 200), ("new page", 200), ("somebody's page", 200), ("post", 400)}
    assert answered <= set(found) <= {*answered, ("post", 429)}, found
