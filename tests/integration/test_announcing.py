"""That an edition went live is said once, whatever happens to who says it; readers have it in time regardless."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from aisrace.keeping.models import Deed
from aisrace.sweeps.models import Sweep
from articles.announcing import announce, announce_due
from articles.models import Announcement, Article, Edition
from articles.publishing import publish, unschedule
from tests import make
from tests.make import NOW

HOUR = timedelta(hours=1)
SOON = NOW + HOUR
ROOT = Path(__file__).parents[2]
PATIENCE = 40  # seconds


def announced() -> list[tuple[str, int]]:
    deeds = Deed.objects.filter(verb="went live").order_by("row_id", "id")
    return [(deed.row_id, deed.detail["edition"]) for deed in deeds]


def schedule(count: int = 1, **values: Any) -> list[Article]:
    """Articles that went live a moment ago by the real clock, as sweeps in other processes know it."""
    now = timezone.now()
    articles = [make.article(f"Number {n}") for n in range(count)]
    for article in articles:
        publish(article, by=values.get("by"), now=now - 2 * HOUR, at=now - HOUR)
    return articles


# --- What is said ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_goes_live_is_announced_once() -> None:
    article = make.article()
    publish(article, by=None, now=NOW, at=SOON)
    assert announce_due(SOON - timedelta(microseconds=1)) == 0
    assert announce_due(SOON + HOUR) == 1
    assert announce_due(SOON + HOUR) == 0
    deed = Deed.objects.get(verb="went live")
    assert (deed.row_id, deed.at, deed.by, deed.detail) == (str(article.pk), SOON, None, {"edition": 1})
    assert Announcement.objects.get().done_at == SOON + HOUR


@pytest.mark.django_db
def test_what_is_taken_back_is_not_announced() -> None:
    article = make.article()
    publish(article, by=None, now=NOW, at=SOON)
    unschedule(article, by=None, now=NOW)
    assert announce_due(SOON) == 0
    assert announced() == []


@pytest.mark.django_db
def test_who_scheduled_it_and_who_wrote_it_are_told(django_capture_on_commit_callbacks: Any) -> None:
    editor, writer = make.user("editor", email="editor@example.org"), make.user("writer", email="writer@example.org")
    article = make.article("Trains", authors=[make.author(user=writer), make.author("No account")])
    edition = publish(article, by=editor, now=NOW, at=SOON)
    with django_capture_on_commit_callbacks(execute=True):
        announce_due(SOON)
    assert sorted(letter.to for letter in mail.outbox) == [["editor@example.org"], ["writer@example.org"]]
    assert {letter.subject for letter in mail.outbox} == {"Live: Trains"}
    assert all(letter.body.endswith(f"{settings.SITE_URL}{edition.get_absolute_url()}") for letter in mail.outbox)


@pytest.mark.django_db
def test_nobody_is_told_what_they_did_themselves(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        publish(make.article(), by=make.user(email="editor@example.org"), now=NOW)
        assert announce_due(NOW) == 1
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_sent_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = make.user(email="editor@example.org")
    schedule(3, by=editor)

    def fail(*args: Any, **values: Any) -> None:
        raise OSError("no such host")

    monkeypatch.setattr("articles.announcing.send_mail", fail)
    assert announce_due(timezone.now()) == 3
    assert len(announced()) == 3


@pytest.mark.django_db
def test_an_announcement_and_its_entry_stand_or_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(make.article(), by=None, now=NOW, at=SOON)

    def fail(**values: Any) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr(Deed.objects, "create", fail)
    with pytest.raises(RuntimeError, match="no log"):
        announce_due(SOON)
    assert Announcement.objects.get().done_at is None


# --- At once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_announce_once() -> None:
    schedule(6)
    results: list[int] = []
    barrier = threading.Barrier(3)

    def sweep() -> None:
        try:
            barrier.wait(10)
            results.append(announce_due(timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 3
    assert sum(results) == len(announced()) == len(set(announced())) == 6


@pytest.mark.django_db(transaction=True)
def test_one_claimed_by_another_is_left_to_it() -> None:
    schedule(1)
    key = Announcement.objects.get().pk
    assert announce(key, timezone.now()) is True
    assert announce(key, timezone.now()) is False


# --- Killed ----------------------------------------------------------------------------------------------------------

SLOW = """
import os, time
from pathlib import Path
from aisrace.settings import *
from django.core.mail.backends.base import BaseEmailBackend

MAILERS = {"default": {"BACKEND": "slow.Backend"}}
SWEEPS = {"announcements": "slow.announce_slowly"}

def linger(where):
    if os.environ["LINGER"] == where:
        Path(os.environ["ARRIVED"]).touch()
        time.sleep(120)

class Backend(BaseEmailBackend):
    def send_messages(self, messages):
        linger("mailing")
        return len(messages)

def announce_slowly(now):
    from articles import announcing
    first = announcing.record
    calls = []
    def record(*args, **values):
        deed = first(*args, **values)
        calls.append(deed)
        if len(calls) == 2:
            linger("writing")
        return deed
    announcing.record = record
    return announcing.announce_due(now)
"""


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    person = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    return f"postgres://{person}@{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}/{values['NAME']}"


class Sweeping:
    """`manage.py sweep` in processes of their own, on the test's database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "slow.py").write_text(SLOW)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, linger: str = "") -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "slow",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": database_url(),
            "LINGER": linger,
            "ARRIVED": str(self.folder / "arrived"),
        }
        command = [sys.executable, str(ROOT / "manage.py"), "sweep"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        self.running.append(process)
        return process

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors.decode()

    def kill_in_the_middle(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE
        while not (self.folder / "arrived").exists():
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < until, "it never got there"
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def sweeping(tmp_path: Path) -> Iterator[Sweeping]:
    sweeping = Sweeping(tmp_path)
    yield sweeping
    for process in sweeping.running:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("linger", "said_before"), [("writing", 1), ("mailing", 1)])
def test_a_sweep_killed_in_the_middle_is_made_good_by_the_next(
    sweeping: Sweeping, client: Client, linger: str, said_before: int
) -> None:
    articles = schedule(4, by=make.user(email="editor@example.org"))
    sweeping.kill_in_the_middle(sweeping.start(linger))
    assert len(announced()) == said_before
    assert Sweep.objects.get().ended_at is None  # the desk can tell
    for article in articles:
        assert client.get(article.get_absolute_url()).status_code == 200

    sweeping.finish(sweeping.start())
    assert announced() == sorted((str(article.pk), 1) for article in articles)
    sweeping.finish(sweeping.start())
    assert len(announced()) == 4
    assert not Announcement.objects.filter(done_at=None).exists()
    assert Sweep.objects.get().ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_sweeping_processes_announce_once(sweeping: Sweeping) -> None:
    articles = schedule(8, by=make.user(email="editor@example.org"))
    for process in [sweeping.start(), sweeping.start()]:
        sweeping.finish(process)
    assert announced() == sorted((str(article.pk), 1) for article in articles)


@pytest.mark.django_db
def test_readers_have_it_at_its_time_without_any_sweep(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    article, now = make.article("Trains"), timezone.now()
    publish(article, by=None, now=now, at=now + HOUR)
    assert client.get(article.get_absolute_url()).status_code == 404
    monkeypatch.setattr(timezone, "now", lambda: now + HOUR)
    assert "Trains" in client.get(article.get_absolute_url()).text
    assert announced() == []
    assert Edition.objects.live(now + HOUR).exists()
