"""A site of its own: data folder, database, web server, sweeps; and whoever asks it."""

import atexit
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import quantiles
from typing import LiteralString
from urllib.parse import urlencode

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = "/articles/china-usa-ai-race/"  # of the demo
LONG = os.environ.get("FAULTS") == "long"
# What of the person's own environment a house must not see.
LEFT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


def often[Number: (int, float)](short: Number, long: Number) -> Number:
    """How often, or for how many seconds: in the short run and in the long one."""
    return long if LONG else short


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """How long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with suppress(OSError, http.client.HTTPException):
            if condition():
                return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


@dataclass
class Answer:
    status: int
    body: bytes
    seconds: float


def ask(port: int, path: str, body: str | None = None, timeout: float = 30) -> Answer:
    """On a connection of its own. A `body` is posted as a browser would. Raises `OSError` and `HTTPException`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    began = time.monotonic()
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(), time.monotonic() - began)
    finally:
        connection.close()


@dataclass
class House:
    """`environment` is what its processes see."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=find_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        """`more` is what this process alone sees."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment | more,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def serve(
        self, workers: int = 1, threads: int = 4, port: int | None = None, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """On the port of the house, unless told another."""
        port = port or self.port
        options = ["--interface", "wsgi", "--workers", str(workers), "--blocking-threads", str(threads)]
        options += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        process = self.start("-m", "granian", *options, "aisrace.wsgi:application", **(more or {}))
        wait_until(lambda: ask(port, "/").status == 200, 60, "the first page")
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """With all that it has started, and without a word."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def list_comments(self) -> list[str]:
        code = "from comments.models import Comment; print(*Comment.objects.values_list('text', flat=True), sep='|')"
        return self.run(code).split("|")

    def count_comments(self) -> int:
        return int(self.run("from comments.models import Comment; print(Comment.objects.count())"))


@contextmanager
def build(folder: Path, database_url: str = "", **more: str) -> Iterator[House]:
    """With the demo in it. Comments are taken from everybody, as they come.

    `database_url` is an address of PostgreSQL, where a database of that name is made anew; else it is a file.
    """
    model = build_model(database_url.rpartition("/")[0])
    model.copy_to(folder, database_url)
    house = House(folder, describe(folder, database_url) | {"STATIC_ROOT": model.environment["STATIC_ROOT"]} | more)
    try:
        yield house
    finally:
        for process in house.processes:
            house.kill(process)


def describe(folder: Path, database_url: str) -> dict[str, str]:
    environment = {name: os.environ[name] for name in LEFT if name in os.environ}
    environment |= {"DJANGO_SETTINGS_MODULE": "aisrace.settings", "DATA_DIR": str(folder / "data")}
    environment |= {"COMMENTS_MODE": "open", "COMMENTS_CONFIRM": "off", "COMMENTS_PROOF_OF_WORK": "off"}
    environment |= {"COMMENTS_LIMITS": "off", "API_LIMITS": "off", "LOG_LEVEL": "WARNING"}
    return environment | ({"DATABASE_URL": database_url} if database_url else {})


class Model(House):
    """What houses are copied from: to build one takes longer than most of what is tried in it."""

    def copy_to(self, folder: Path, database_url: str) -> None:
        """A database of that name is replaced; nobody may be in either."""
        shutil.copytree(self.folder / "data", folder / "data")
        if database_url:
            copy, model = map(name_database, (database_url, self.environment["DATABASE_URL"]))
            tell_server(database_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)
            tell_server(database_url, "CREATE DATABASE {} TEMPLATE {}", copy, model)

    def tear_down(self) -> None:
        shutil.rmtree(self.folder)
        if database_url := self.environment.get("DATABASE_URL"):
            with suppress(psycopg.OperationalError):  # the server of one test alone is gone by now
                tell_server(database_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name_database(database_url))


@cache
def build_model(server: str) -> Model:
    """With the demo in it, once in a process for each server of PostgreSQL and, told none, with a file."""
    folder = Path(tempfile.mkdtemp(prefix="aisrace-faults-"))
    (folder / "data").mkdir()
    database_url = f"{server}/{folder.name}" if server else ""
    if database_url:
        tell_server(database_url, "CREATE DATABASE {}", name_database(database_url))
    model = Model(folder, describe(folder, database_url) | {"STATIC_ROOT": str(folder / "static")})
    atexit.register(model.tear_down)
    model.manage("migrate", "--verbosity", "0")
    model.manage("collectstatic", "--verbosity", "0", "--no-input")
    model.manage("demo")
    return model


def name_database(url: str) -> sql.Identifier:
    return sql.Identifier(url.rpartition("/")[2])


def tell_server(url: str, statement: LiteralString, *names: sql.Identifier) -> None:
    """About databases, from one that nobody copies."""
    with psycopg.connect(f"{url.rpartition('/')[0]}/postgres", autocommit=True, connect_timeout=3) as server:
        server.execute(sql.SQL(statement).format(*names))


@dataclass
class Crowd:
    """Readers and writers that go on until they are told to stop. What could not be had at all counts as `broken`."""

    port: int
    statuses: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    accepted: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def read(self, paths: list[str], people: int, pause: float = 0.0) -> None:
        for _ in range(people):
            self._begin(self._read, paths, pause)

    def write(self, people: int, comments: int, pause: float = 0.0, first: int = 0) -> None:
        """`first` is the number of the first of them: others would say the same."""
        for person in range(first, first + people):
            self._begin(self._write, person, comments, pause)

    def stop(self) -> None:
        self.stopped.set()
        self.join()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()

    def slowest(self, method: str, percent: int) -> float:
        return quantiles(self.waits[method], n=100, method="inclusive")[percent - 1]

    def _begin(self, what: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _read(self, paths: list[str], pause: float) -> None:
        number = 0
        while not self.stopped.is_set():
            self._ask(paths[number % len(paths)])
            number += 1
            time.sleep(pause)

    def _write(self, person: int, comments: int, pause: float) -> None:
        for number in range(comments):
            if self.stopped.is_set():
                return
            text = f"Comment {number} by writer {person}, with some words."
            told = {"body": text, "name": f"Writer {person}", "email": f"writer-{person}@example.org"}
            answer = self._ask(f"{ARTICLE}comments/new/", urlencode(told))
            if answer and answer.status == 303:
                self.accepted.append(text)
            time.sleep(pause)

    def _ask(self, path: str, body: str | None = None) -> Answer | None:
        method = "GET" if body is None else "POST"
        try:
            answer = ask(self.port, path, body)
        except (OSError, http.client.HTTPException):
            self.statuses[f"{method} broken"] += 1
            return None
        self.statuses[f"{method} {answer.status}"] += 1
        self.waits[method].append(answer.seconds)
        return answer
