"""A worker and a scheduler with a broker of their own: they run the sweeps, and neither a broker that went away nor a
worker that was killed keeps anything from being done."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as site

from tests.machines import Machine

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server")

PATIENCE = 90  # seconds


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        cwd=site.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@dataclass
class House:
    """A machine with everything that production has around it."""

    machine: Machine
    port: int
    redis: list[str]

    @property
    def environment(self) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "aisrace.settings", "DATA_DIR": str(self.machine.data)}
        return os.environ | own | {"DATABASE_URL": self.machine.database_url, "REDIS_URL": self.url}

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, stack: ExitStack, *command: str) -> subprocess.Popen[bytes]:
        return stack.enter_context(running(list(command), self.environment))

    def celery(self, stack: ExitStack, *arguments: str) -> subprocess.Popen[bytes]:
        return self.start(stack, sys.executable, "-m", "celery", "--app", "aisrace", *arguments)

    def worker(self, stack: ExitStack) -> subprocess.Popen[bytes]:
        return self.celery(stack, "worker", "--concurrency", "1", "--loglevel", "WARNING")

    def ask(self) -> None:
        Celery(broker=self.url).send_task("aisrace.tasks.sweep", expires=PATIENCE)

    def seen(self) -> tuple[set[str], int, str]:
        """Who was there, how many sweeps have ended, and when the last of them did."""
        with closing(sqlite3.connect(self.machine.data / "db.sqlite3")) as rows:
            kinds = {kind for (kind,) in rows.execute("SELECT kind FROM sweeps_runner")}
            count, ended = rows.execute("SELECT count(ended_at), max(ended_at) FROM sweeps_sweep").fetchone()
        return kinds, count, ended or ""

    def wait(self, is_there: Any) -> tuple[set[str], int, str]:
        until = monotonic() + PATIENCE
        while not is_there(found := self.seen()):
            assert monotonic() < until, found
            sleep(0.2)
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "data").mkdir()
    machine = Machine(tmp_path / "data", f"sqlite:///{tmp_path}/data/db.sqlite3")
    machine.run("migrate", "--verbosity", "0")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    return House(machine, port, ["redis-server", *options])


def test_through_everything_that_may_happen(house: House) -> None:
    """In one test, for it takes long to begin."""
    with ExitStack() as stack:
        redis = house.start(stack, *house.redis)
        worker = house.worker(stack)
        house.celery(stack, "beat", "--schedule", str(house.machine.data / "beat"), "--pidfile", "")
        kinds, _, ended = house.wait(lambda found: "scheduler" in found[0] and found[1] == len(site.SWEEPS))
        assert kinds == {"scheduler", "worker"}, "beat asks at once when it begins"

        os.killpg(redis.pid, signal.SIGKILL)
        redis.wait(PATIENCE)
        house.start(stack, *house.redis)
        house.wait(lambda _: reaches(house.port))
        house.ask()
        _, _, ended = house.wait(lambda found: found[2] > ended)

        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(PATIENCE)
        house.ask()
        house.worker(stack)
        house.wait(lambda found: found[2] > ended)


def reaches(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
