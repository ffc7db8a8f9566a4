"""Another machine: manage.py in a process of its own, with a data folder and an empty database of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from django.conf import settings as site
from django.db import connection


@dataclass(frozen=True)
class Machine:
    data: Path
    database_url: str

    def run(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """What the command printed; asserts how it ended."""
        done = subprocess.run(
            [sys.executable, str(site.BASE_DIR / "manage.py"), *arguments],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "aisrace.settings", "DATA_DIR": str(self.data)}
            | {"DATABASE_URL": self.database_url}
            | environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        told = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, told
        return told


@contextmanager
def machine(folder: Path, vendor: str = "") -> Iterator[Machine]:
    """`vendor` is that of the tests unless named; PostgreSQL can be had where the tests run on it."""
    folder.mkdir()
    if (vendor or connection.vendor) == "sqlite":
        yield Machine(folder, f"sqlite:///{folder / 'db.sqlite3'}")
        return
    name = f"test_aisrace_{uuid4().hex[:12]}"
    told = connection.settings_dict
    server = f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
        maintenance.execute(f'CREATE DATABASE "{name}"')
        try:
            yield Machine(folder, f"{server}/{name}")
        finally:
            maintenance.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
