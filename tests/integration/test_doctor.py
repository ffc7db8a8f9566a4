"""What the doctor says: nothing where all is well, and of everything that may go wrong what it is and what to do."""

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, Mock

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from aisrace.operating.doctor import data, derived, examining, machine, others, settings_of, work
from aisrace.operating.doctor.examining import EXAMINATIONS, examine
from aisrace.operating.doctor.findings import Finding, State
from aisrace.sweeps.models import Runner, Sweep
from aisrace.sweeps.runners import note_runner
from comments.models import Letter
from tests import make, talk

pytestmark = pytest.mark.django_db

REFUSING = "redis://127.0.0.1:1/0"
STRONG = "q7Zk0-Vt3xR_m9sWd5yLb1nCf8gHj2pKeT4uAzXoQiEr6vBhMw"


def look(examination: Callable[..., Iterator[Finding]]) -> list[Finding]:
    return list(examination(timezone.now()))


def one(examination: Callable[..., Iterator[Finding]]) -> Finding:
    """The last: what goes well besides comes before it."""
    return look(examination)[-1]


@pytest.fixture
def healthy(settings: Any, tmp_path: Path) -> None:
    """A machine on which everything is as it should be."""
    settings.SECRET_KEY, settings.DATA_DIR, settings.BACKUP_DIR = STRONG, tmp_path, tmp_path / "backups"
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://example.org", ["example.org"]
    settings.PAGE_STORE = True
    settings.BACKUP_DIR.mkdir()
    backup = settings.BACKUP_DIR / "aisrace-20260101T030000Z.zip"
    backup.touch(mode=0o600)
    make.user("root", is_superuser=True)
    for name in settings.SWEEPS:
        Sweep.objects.create(name=name, began_at=timezone.now(), ended_at=timezone.now())


# --- All of it -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_all_is_well(healthy: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor")
    told = capsys.readouterr().out
    assert "→" not in told
    assert "0 broken, 0 warning" in told
    call_command("doctor", "--json")
    findings = json.loads(capsys.readouterr().out)
    assert {finding["state"] for finding in findings} == {"ok"}
    assert {examination.name for examination in EXAMINATIONS} == {finding["name"] for finding in findings}
    call_command("doctor", "--json", "--quick")
    assert not {"Search", "Journal"} & {finding["name"] for finding in json.loads(capsys.readouterr().out)}


@pytest.mark.django_db(transaction=True)
def test_a_warning_is_no_failure_and_a_breach_is(healthy: None, settings: Any) -> None:
    settings.PAGE_STORE = False
    call_command("doctor", "--quick")
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--quick")
    assert ended.value.code == 1


def test_without_a_database_the_rest_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "connection", Mock(cursor=Mock(side_effect=DatabaseError("refused\nDETAIL"))))
    found = list(examine(timezone.now()))
    assert found[0] == Finding(
        "Database",
        State.BROKEN,
        "It cannot be reached: refused",
        "Start it, or correct DATABASE_URL. What needs it was not looked at.",
    )
    assert {"Folders", "Mail"} < {finding.name for finding in found}
    assert not {"Tables", "Search"} & {finding.name for finding in found}


def test_a_database_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang() -> None:
        released.wait(30)
        raise DatabaseError

    monkeypatch.setattr(examining, "connection", Mock(cursor=hang))
    monkeypatch.setattr(examining, "PATIENCE", 0.05)
    assert "does not answer" in examining.find_database()
    released.set()


def test_one_that_fails_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(now: Any) -> Iterator[Finding]:
        raise RuntimeError("odd\nand long")

    monkeypatch.setattr(examining, "find_database", lambda: "")
    monkeypatch.setattr(
        examining,
        "EXAMINATIONS",
        (examining.Examination("Odd", stumble), examining.Examination("Accounts", settings_of.examine_accounts)),
    )
    odd, accounts = examine(timezone.now())
    assert (odd.state, odd.says) == (State.BROKEN, "Cannot be looked at: RuntimeError: odd")
    assert accounts.name == "Accounts"


# --- The database ----------------------------------------------------------------------------------------------------


def test_the_database() -> None:
    assert one(data.examine_server).state == State.OK


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
@pytest.mark.parametrize(
    ("answers", "says"), [({"quick": "row 7 missing"}, "damaged"), ({"mode": "delete"}, "“delete”")]
)
def test_a_file_that_is_not_as_it_should_be(monkeypatch: Any, answers: dict[str, str], says: str) -> None:
    told = {"mode": "wal", "quick": "ok"} | answers

    def execute(query: str) -> Any:
        rows = [(told["quick" if "quick" in query else "mode"],)]
        return SimpleNamespace(fetchone=lambda: rows[0], fetchall=lambda: rows)

    cursor = nullcontext(SimpleNamespace(execute=execute))
    monkeypatch.setattr(data, "connection", Mock(cursor=lambda: cursor, settings_dict={"NAME": "x"}))
    (found,) = data.examine_sqlite("3")
    assert found.state == State.BROKEN
    assert says in found.says


def test_tables() -> None:
    assert one(data.examine_tables).state == State.OK
    newest = MigrationRecorder.Migration.objects.filter(app="comments").latest("id")
    MigrationRecorder.Migration.objects.create(app="comments", name="0099_tomorrow")
    assert one(data.examine_tables).says == "A newer release has been here: comments 0099_tomorrow."
    newest.delete()
    assert one(data.examine_tables) == Finding(
        "Tables", State.BROKEN, "Migrations have not run: comments.", "Run: manage.py migrate"
    )


def test_a_clock_that_went_back() -> None:
    assert one(data.examine_clock).state == State.OK
    Sweep.objects.create(name="it", began_at=timezone.now() + timedelta(hours=1))
    assert "has not come yet" in one(data.examine_clock).says


# --- The machine -----------------------------------------------------------------------------------------------------


def test_folders(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(machine.examine_folders).state == State.OK
    monkeypatch.setattr(machine.tempfile, "TemporaryFile", Mock(side_effect=PermissionError(13, "Permission denied")))
    found = one(machine.examine_folders)
    assert found.state == State.BROKEN
    assert "Permission denied" in found.says


@pytest.mark.parametrize(("free", "state"), [(10**9 * 50, State.OK), (10**9, State.WARNING), (10**7, State.BROKEN)])
def test_room(healthy: None, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    assert {finding.state for finding in look(machine.examine_space)} == {state}


def test_static_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for manifest, state in ((None, State.BROKEN), ("{}", State.OK)):
        monkeypatch.setattr(machine, "staticfiles_storage", Mock(read_manifest=Mock(return_value=manifest)))
        assert one(machine.examine_static).state == state


def test_backups(healthy: None, settings: Any) -> None:
    assert one(machine.examine_backups).state == State.OK
    (backup,) = settings.BACKUP_DIR.iterdir()
    backup.chmod(0o644)
    assert "Others on this machine may read" in one(machine.examine_backups).says
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(backup, (long_ago, long_ago))
    assert "72 hours old" in one(machine.examine_backups).says
    backup.unlink()
    assert "There are none" in one(machine.examine_backups).says


# --- Settings --------------------------------------------------------------------------------------------------------


def test_addresses(healthy: None, settings: Any) -> None:
    assert look(settings_of.examine_addresses) == [Finding("Settings", State.OK, "Local, at https://example.org.")]
    settings.PRODUCTION, settings.TRUSTED_PROXY_COUNT, settings.REQUIRE_MFA = True, 0, False
    assert [f.name for f in look(settings_of.examine_addresses) if f.state == State.WARNING] == ["Proxy", "Sign-in"]
    settings.ALLOWED_HOSTS = ["www.example.org"]
    assert look(settings_of.examine_addresses)[0].remedy.startswith("Add example.org to ALLOWED_HOSTS")
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://localhost", ["localhost"]
    assert look(settings_of.examine_addresses)[0].state == State.BROKEN


@pytest.mark.parametrize(("key", "state"), [(STRONG, State.OK), ("xyzzy", State.BROKEN), ("ab" * 40, State.BROKEN)])
def test_the_secret_key(healthy: None, settings: Any, key: str, state: State) -> None:
    settings.SECRET_KEY = key
    found = one(settings_of.examine_secret_key)
    assert found.state == state
    assert key not in found.says


def test_a_secret_key_that_others_may_read(healthy: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(mode=0o644)
    path.chmod(0o644)
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))
    assert one(settings_of.examine_secret_key).remedy == f"chmod 600 {path}"


def test_accounts() -> None:
    assert one(settings_of.examine_accounts).state == State.WARNING
    make.user("root", is_superuser=True)
    assert one(settings_of.examine_accounts).state == State.OK


# --- Other servers ---------------------------------------------------------------------------------------------------


def test_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = ""
    assert one(others.examine_redis).state == State.OK
    settings.PRODUCTION = True
    assert one(others.examine_redis).state == State.WARNING
    settings.REDIS_URL = REFUSING
    assert one(others.examine_redis).says.startswith("It does not answer (ConnectionError).")
    monkeypatch.setattr(others, "Redis", MagicMock())
    assert one(others.examine_redis).state == State.OK
    monkeypatch.setattr(others, "SLOW", -1)
    assert one(others.examine_redis).state == State.WARNING


def test_redis_that_has_stopped(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes the connection and says nothing
        settings.REDIS_URL, settings.REDIS_TIMEOUT = f"redis://127.0.0.1:{server.getsockname()[1]}/0", 0.1
        assert one(others.examine_redis).says.startswith("It does not answer (TimeoutError).")


@pytest.fixture
def mail_server() -> Iterator[int]:
    """Says what has to be said for somebody who signs in and goes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as client, client.makefile("rwb") as lines:
            lines.write(b"220 here\r\n")
            lines.flush()
            for line in lines:
                lines.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 well\r\n")
                lines.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    thread.join(30)


def test_mail(settings: Any, mail_server: int) -> None:
    smtp = "django.core.mail.backends.smtp.EmailBackend"

    def reach(port: int) -> Finding:
        options = {"host": "127.0.0.1", "port": port, "username": "", "password": "", "timeout": 5}
        settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
        return one(others.examine_mail)

    assert reach(mail_server).says == f"127.0.0.1:{mail_server} takes letters."
    assert reach(1).state == State.BROKEN
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    assert one(others.examine_mail).state == State.OK


# --- Work ------------------------------------------------------------------------------------------------------------


def test_sweeps(healthy: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(work.examine_sweeps).state == State.OK
    Sweep.objects.filter(name="letters").update(error="SMTPException: no")
    assert one(work.examine_sweeps).says == "“letters” fails: SMTPException: no"
    Sweep.objects.update(ended_at=timezone.now() - timedelta(hours=1), error="")
    found = one(work.examine_sweeps)
    assert found.state == State.BROKEN
    assert found.says.startswith("The background work has stopped.")
    settings.REDIS_URL = REFUSING
    for answers, told in (([], "No Celery worker"), ([{"celery@a": {"ok": "pong"}}], "look whether beat runs")):
        monkeypatch.setattr(current_app.control, "ping", lambda timeout, answers=answers: answers)
        assert told in one(work.examine_sweeps).remedy


def test_two_schedulers(healthy: None) -> None:
    for name in ("web-1", "web-2"):
        note_runner(Runner.Kind.SCHEDULER, name, timezone.now())
    assert one(work.examine_sweeps).says == "2 schedulers ask for it: web-1, web-2."


def test_who_was_last_seen(healthy: None) -> None:
    now = timezone.now()
    Sweep.objects.update(ended_at=now - timedelta(hours=1))
    note_runner(Runner.Kind.SCHEDULER, "web-1", now - timedelta(hours=3, minutes=1))
    note_runner(Runner.Kind.WORKER, "web-2", now - timedelta(hours=4, minutes=1))
    note_runner(Runner.Kind.WORKER, "web-1", now - timedelta(minutes=2))
    told = one(work.examine_sweeps).remedy
    assert told.startswith("Last seen: Scheduler on web-1 3 hours ago, Worker on web-1 2 minutes ago. Start")


def test_rows_that_nobody_saw_to() -> None:
    assert one(work.examine_queues).says == "Nothing is overdue."
    now = timezone.now()
    letter = Letter.objects.create(commenter=talk.person(), kind="remember", made_at=now, due_at=now)
    assert one(work.examine_queues).says == "Nothing is overdue; waiting: 1 letters."
    letter.due_at = now - timedelta(hours=1)
    letter.save()
    found = one(work.examine_queues)
    assert (found.name, found.state) == ("Due rows", State.WARNING)
    assert "1 letters are due" in found.says


# --- What is derived -------------------------------------------------------------------------------------------------


@pytest.mark.searching
def test_an_index_that_lacks_something() -> None:
    make.expert()
    assert one(derived.examine_search).state == State.OK
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_document SET digest = ''")
    assert one(derived.examine_search).remedy == "Run: manage.py rebuild_search"


def test_a_journal_that_lacks_something() -> None:
    assert one(derived.examine_journal).state == State.OK
    expert = make.expert()
    assert one(derived.examine_journal).says == "What was written since the last sweep is not in it yet."
    call_command("settle", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE experts_expert SET name = 'Other' WHERE id = %s", [expert.pk])
    assert one(derived.examine_journal).remedy == "Run: manage.py settle --all"


def test_the_page_store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PAGE_STORE = False
    assert one(derived.examine_store).state == State.WARNING
    settings.PAGE_STORE = True
    bell = Mock()
    monkeypatch.setattr(derived, "find_bell", lambda: bell)
    assert one(derived.examine_store).state == State.OK
    bell.ask.side_effect = DatabaseError("too many connections")
    assert one(derived.examine_store).state == State.BROKEN
    assert bell.drop.call_count == 2
