"""The background work: every sweep runs whatever becomes of the others, says so, and ends with its server."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from aisrace import tasks
from aisrace.desk.scheduler import read_scheduler
from aisrace.sweeps.management.commands import sweep as command
from aisrace.sweeps.models import LATE, Runner, Sweep
from aisrace.sweeps.runners import KEPT, note_runner
from aisrace.sweeps.running import run_sweep, run_sweeps
from aisrace.sweeps.sessions import clear_expired_sessions
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.one_database

PATIENCE = 30  # seconds
# Ctrl-C is heard again even where the tests themselves run in the background, which has it ignored.
PARENT = """
import os, signal, sys, django
signal.signal(signal.SIGINT, signal.default_int_handler)
django.setup()
from aisrace.localserver import start_sweeping
start_sweeping()
print("started", flush=True)
os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])
"""


def count_three(now: datetime) -> int:
    return 3


def stumble(now: datetime) -> int:
    raise ValueError("nothing there")


def here(name: str) -> str:
    return f"{__name__}.{name}"


@pytest.fixture
def three(settings: Any) -> None:
    settings.SWEEPS = {"first": here("stumble"), "second": here("count_three"), "third": "no.such.sweep"}


# --- Running ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_that_fails_keeps_no_other_back(three: None, caplog: pytest.LogCaptureFixture) -> None:
    run_sweeps(NOW)
    told = {row.name: (row.done, row.error, row.began_at, row.ended_at is not None) for row in Sweep.objects.all()}
    assert told["first"] == (0, "ValueError: nothing there", NOW, False)
    assert told["second"] == (3, "", NOW, True)
    assert told["third"][1].startswith("ModuleNotFoundError")
    assert "The sweep “first” failed." in caplog.text


@pytest.mark.django_db
def test_going_well_again_clears_the_error() -> None:
    run_sweep("it", here("count_three"), NOW)
    ended = Sweep.objects.get().ended_at
    assert run_sweep("it", here("stumble"), NOW).error
    assert Sweep.objects.get().ended_at == ended, "what went well before is not forgotten"
    run_sweep("it", here("count_three"), NOW)
    assert Sweep.objects.get().error == ""


@pytest.mark.django_db
def test_a_run_that_fails_does_not_take_back_that_another_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once: the second begins and ends while the first is under way."""
    run_sweep("it", here("count_three"), NOW)
    Sweep.objects.update(ended_at=NOW - timedelta(days=1))

    def overtaken(now: datetime) -> int:
        monkeypatch.undo()
        run_sweep("it", here("count_three"), NOW)
        raise ValueError

    monkeypatch.setattr(sys.modules[__name__], "stumble", overtaken)
    run_sweep("it", here("stumble"), NOW)
    assert Sweep.objects.get().ended_at > timezone.now() - timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.django_db(transaction=True)
def test_two_at_once(settings: Any) -> None:
    settings.SWEEPS = {"it": here("count_three"), "other": here("count_three")}
    failures: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(10):
                run_sweeps(timezone.now())
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert [(row.name, row.done, row.error) for row in Sweep.objects.all()] == [("it", 3, ""), ("other", 3, "")]


@pytest.mark.parametrize("path", site.SWEEPS.values())
@pytest.mark.django_db
def test_what_the_settings_name_is_there_and_idle(path: str) -> None:
    assert import_string(path)(NOW) == 0


@pytest.mark.django_db
def test_sign_ins_that_ran_out_are_cleared() -> None:
    for key, left in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=NOW + timedelta(days=left))
    assert clear_expired_sessions(NOW) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert clear_expired_sessions(NOW) == 0


# --- What is told ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_oldest_end_counts(settings: Any) -> None:
    settings.SWEEPS = {"a": here("count_three"), "b": here("count_three")}
    assert read_scheduler(NOW).late == ("a", "b")
    Sweep.objects.create(name="a", ended_at=NOW)
    assert (read_scheduler(NOW).ran_at, read_scheduler(NOW).late) == (None, ("b",))
    Sweep.objects.create(name="b", ended_at=NOW - LATE)
    Sweep.objects.create(name="left the settings", error="Long ago.")
    assert read_scheduler(NOW).is_well
    assert read_scheduler(NOW).ran_at == NOW - LATE
    assert read_scheduler(NOW + timedelta(seconds=1)).late == ("b",)


# --- Who runs them ---------------------------------------------------------------------------------------------------


def seen() -> list[tuple[str, str]]:
    return list(Runner.objects.values_list("kind", "name"))


@pytest.mark.django_db
def test_who_was_there(settings: Any) -> None:
    settings.SWEEPS = {"it": here("count_three")}
    call_command("sweep")
    assert seen() == [("command", socket.gethostname())]
    run_task = tasks.sweep.apply
    run_task()
    assert [kind for kind, _ in seen()] == ["command", "worker"], "who asks for it to be sooner is no scheduler"
    run_task(kwargs={"is_scheduled": True})
    run_task(kwargs={"is_scheduled": True})
    assert [kind for kind, _ in seen()] == ["command", "scheduler", "worker"]
    assert Sweep.objects.get().done == 3


@pytest.mark.django_db
def test_who_has_not_been_there_for_days_is_forgotten() -> None:
    note_runner(Runner.Kind.WORKER, "old", NOW - KEPT - timedelta(seconds=1))
    note_runner(Runner.Kind.WORKER, "new", NOW)
    assert seen() == [("worker", "new")]


def test_what_beat_asks_for_expires_before_it_asks_again() -> None:
    """Or what nobody took up would be done again and again when somebody comes back."""
    asked: Any = site.CELERY_BEAT_SCHEDULE["sweep"]
    assert asked["options"]["expires"] < asked["schedule"]
    assert asked["task"] == tasks.sweep.name


# --- The command -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_for_cron_it_runs_once_and_fails_aloud(three: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Failed: first, third"):
        call_command("sweep")
    assert "first: ValueError: nothing there" in capsys.readouterr().out
    assert Sweep.objects.get(name="second").done == 3


def test_a_database_that_is_away_ends_nothing(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    runs: list[datetime] = []

    def run(now: datetime) -> list[Sweep]:
        runs.append(now)
        if len(runs) == 3:
            raise KeyboardInterrupt
        raise DatabaseError("gone")

    monkeypatch.setattr(command, "run_sweeps", run)
    monkeypatch.setattr(command, "note_runner", lambda *_: None)
    monkeypatch.setattr(command, "close_old_connections", lambda: None)
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    call_command("sweep", every=5)
    assert len(runs) == 3
    assert "gone" in caplog.text


# --- With the server -------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Something long-lived in a session of its own that has started the sweeps as `make run` does.

    The sweeper has its standard output too, so the end of that is the end of both.
    """
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "aisrace.settings",
        "DATA_DIR": str(tmp_path),
        "PYTHONPATH": ".",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=site.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
    process.stdout.close()


def test_the_sweeper_ends_when_the_server_is_killed(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.communicate(timeout=PATIENCE)


@pytest.mark.one_database
def test_the_sweeper_lives_as_long_as_the_server(server: subprocess.Popen[str]) -> None:
    """Bait for the other: what is waited for there does not come by itself."""
    with pytest.raises(subprocess.TimeoutExpired):
        server.communicate(timeout=5)


def test_ctrl_c_ends_both(server: subprocess.Popen[str]) -> None:
    os.killpg(server.pid, 2)
    server.communicate(timeout=PATIENCE)


# --- In the desk -----------------------------------------------------------------------------------------------------


def sign_in(client: Client, group: str) -> None:
    user = make.user(group, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)


@pytest.mark.django_db
def test_an_administrator_runs_them_now(client: Client, three: None) -> None:
    sign_in(client, "administrator")
    run = reverse("admin:sweeps_sweep_run")
    assert client.get(run).status_code == 405
    assert not Sweep.objects.exists()
    note_runner(Runner.Kind.SCHEDULER, "web-1", timezone.now())
    page = client.post(run, follow=True)
    assert "Scheduler on web-1, last seen" in page.text
    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "“first” failed: ValueError: nothing there"
    assert said[-1] == "Ran, with rows seen to: second (3)."
    assert "Failed: ValueError: nothing there" in page.text


@pytest.mark.parametrize("group", ["contributor", "editor", "moderator"])
@pytest.mark.django_db
def test_nobody_else_does(client: Client, group: str, three: None) -> None:
    sign_in(client, group)
    assert client.post(reverse("admin:sweeps_sweep_run")).status_code == 403
    assert client.get(reverse("admin:sweeps_sweep_changelist")).status_code == 403
    assert not Sweep.objects.exists()


@pytest.mark.django_db
def test_nothing_there_is_written_by_hand(admin_client: Client) -> None:
    row = Sweep.objects.create(name="it")
    assert admin_client.get(reverse("admin:sweeps_sweep_change", args=[row.pk])).status_code == 200
    assert admin_client.get(reverse("admin:sweeps_sweep_add")).status_code == 403
    for page in ("change", "delete"):
        address = reverse(f"admin:sweeps_sweep_{page}", args=[row.pk])
        assert admin_client.post(address, {"name": "BAIT", "post": "yes"}).status_code == 403
    assert Sweep.objects.get().name == "it"
