"""Posting comments to the site as it is served, one worker on SQLite, and to Isso in the same minute."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scratch import OF_THE_PERSON, CannotMeasure
from benchmarks.serving import find_port, granian, install, run, running

ISSO_NEEDS = ("isso==0.14.0", "gevent==26.9.0")  # with gevent its own server is faster than without
ARTICLE = "china-usa-ai-race"  # of the demo
TURNS = 3
COMMENTS, QUICK_COMMENTS = 60, 10  # of each writer in a turn
WARM = 5
LEAST_RATIO = 2
OPEN_SITE = {"MODE": "open", "CONFIRM": "off", "PROOF_OF_WORK": "off", "LIMITS": "off"}
BLOCKING_THREADS = 4  # as `make run` has it

ISSO_SETTINGS = """
[general]
dbpath = {folder}/isso.db
host = http://localhost/
[server]
listen = http://127.0.0.1:{port}/
[guard]
enabled = false
[moderation]
enabled = false
"""


@dataclass
class PostingFigure:
    """`turns` in requests a second; `accepted` and `rows` are what writers were told and what is in the database."""

    key: str
    title: str
    turns: list[float] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    rows: int = 0
    locked: int = 0

    @property
    def rate(self) -> float:
        return median(self.turns)

    @property
    def lost(self) -> int:
        return self.accepted - self.rows


@dataclass(frozen=True)
class Site:
    """Something that takes comments. `table` has a row for each."""

    figure: PostingFigure
    port: int
    path: str
    database: Path
    table: str
    log: Path


def measure_posting(folder: Path, is_quick: bool, say: Callable[[str], None]) -> tuple[list[PostingFigure], list[str]]:
    """The figures of both, by turns, or ours alone with a line that says why."""
    notes: list[str] = []
    with serve_ours(folder) as ours:
        try:
            environment = install("Isso", ISSO_NEEDS, say)
        except CannotMeasure as error:
            notes.append(str(error))
            sites = [ours]
            take_turns(sites, is_quick)
        else:
            with serve_isso(folder, environment) as isso:
                sites = [isso, ours]
                take_turns(sites, is_quick)
        for site in sites:
            look_after(site)
    figures = [site.figure for site in reversed(sites)]
    return figures, notes + [f"{f.title}: {f.lost} lost, {f.locked} locked" for f in figures if f.lost or f.locked]


def take_turns(sites: list[Site], is_quick: bool) -> None:
    for turn in range(TURNS + 1):
        for site in sites:
            comments = WARM if not turn else QUICK_COMMENTS if is_quick else COMMENTS
            told = send(site, comments, f"{turn}")
            site.figure.accepted += told["accepted"]
            site.figure.refused += sum(told["refused"].values())
            if turn:
                site.figure.turns.append(told["accepted"] / told["seconds"])


def send(site: Site, comments: int, name: str) -> dict[str, Any]:
    writers = [sys.executable, "-I", str(Path(__file__).with_name("writers.py"))]
    of_run = [site.figure.key, str(site.port), site.path, str(comments), name]
    done = subprocess.run([*writers, *of_run], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def look_after(site: Site) -> None:
    """What has become of what was sent."""
    with sqlite3.connect(site.database) as connection:
        (site.figure.rows,) = connection.execute(f"SELECT count(*) FROM {site.table}").fetchone()
    site.figure.locked = site.log.read_text(encoding="utf-8", errors="replace").count("locked")


# --- Ours ------------------------------------------------------------------------------------------------------------


@contextmanager
def serve_ours(folder: Path) -> Iterator[Site]:
    """With the demo's article and nothing said under it."""
    data, port, log = folder / "posting", find_port(), folder / "posting.log"
    environment = make_environment(data)
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        run([sys.executable, "manage.py", *command], environment)
    command = [sys.executable, *granian(port, BLOCKING_THREADS), "aisrace.wsgi:application"]
    with running(command, environment, port, log):
        figure, path = PostingFigure("ours", "ours"), f"/articles/{ARTICLE}/comments/new/"
        yield Site(figure, port, path, data / "db.sqlite3", "comments_comment", log)


def make_environment(data: Path) -> dict[str, str]:
    ours = {"DJANGO_SETTINGS_MODULE": "aisrace.settings", "DATA_DIR": str(data), "LOG_LEVEL": "WARNING"}
    ours |= {f"COMMENTS_{name}": value for name, value in OPEN_SITE.items()}
    return {name: value for name, value in os.environ.items() if name not in OF_THE_PERSON.split()} | ours


# --- Isso ------------------------------------------------------------------------------------------------------------


@contextmanager
def serve_isso(folder: Path, environment: Path) -> Iterator[Site]:
    port, log, settings = find_port(), folder / "isso.log", folder / "isso.cfg"
    settings.write_text(ISSO_SETTINGS.format(folder=folder, port=port))
    with running([str(environment / "bin" / "isso"), "-c", str(settings), "run"], dict(os.environ), port, log):
        figure = PostingFigure("isso", f"Isso {ISSO_NEEDS[0].partition('==')[2]}")
        yield Site(figure, port, f"/new?uri=/articles/{ARTICLE}/", folder / "isso.db", "comments", log)
