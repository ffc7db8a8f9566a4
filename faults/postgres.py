"""A PostgreSQL of its own that may be killed: no password, reached from this machine only."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from faults.house import find_port, tell_server, wait_until


def find_binaries() -> Path | None:
    """The newest server that is installed."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or [Path(shutil.which("postgres") or "/none")]
    return there[-1].parent if there[-1].exists() else None


@dataclass
class Postgres:
    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Of a database that is not there yet."""
        return f"postgres://postgres@127.0.0.1:{self.port}/aisrace"

    def run(self, name: str, *arguments: str) -> None:
        """As the user that may: PostgreSQL refuses to be run by root."""
        owner = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.getuid() == 0 else []
        command = [*owner, str(self.binaries / name), "--pgdata", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        """After a kill it may take a moment until the last of its processes has noticed and let go of the memory."""
        wait_until(self._starts, 30, "the start of PostgreSQL")
        wait_until(self.answers, 30, "PostgreSQL")

    def _starts(self) -> bool:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        try:
            self.run("pg_ctl", "--log", str(self.folder / "log"), "--wait", "--options", options, "start")
        except subprocess.CalledProcessError:
            return False
        return True

    def answers(self) -> bool:
        try:
            tell_server(self.url, "SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """The whole of it, as if the power went."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until(lambda: not Path(f"/proc/{pid}").exists() or is_dead(pid), 10, "the end of PostgreSQL")


def is_dead(pid: int) -> bool:
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """In a folder that its own user can get to, which those of pytest are not."""
    binaries = find_binaries()
    assert binaries
    with tempfile.TemporaryDirectory(prefix="aisrace-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(binaries, Path(folder), find_port())
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server.run("initdb", "--username", "postgres", "--auth", "trust", "--encoding", "UTF8")
        server.start()
        try:
            yield server
        finally:
            server.kill()
