"""What tells that something was committed, by whichever way, in whichever process. Asking takes microseconds."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TIMEOUT = 1  # seconds; a page is not to wait longer for a database that hangs


class Bell(Protocol):
    def ask(self) -> Any:
        """Differs from what it was whenever a transaction was committed in between. Raises what its driver raises."""
        ...

    def drop(self) -> None:
        """Lets go of a connection that may be broken."""
        ...


class SqliteBell:
    """`PRAGMA data_version` of a connection that writes nothing, and which file that is: a backup may replace it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._opened = 0

    def ask(self) -> Any:
        status = self.path.stat()
        file = (status.st_dev, status.st_ino)
        if self._connection is None or self._file != file:
            self.drop()
            address = f"{self.path.as_uri()}?mode=ro"
            self._connection = sqlite3.connect(
                address, uri=True, timeout=TIMEOUT, check_same_thread=False, isolation_level=None
            )
            self._file = file
            self._opened += 1
        ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        return self._opened, version

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresBell:
    """The snapshot that a new transaction would see: two that are written alike see the same rows."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._connection: Any = None

    def ask(self) -> Any:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection.execute("SELECT pg_current_snapshot()::text").fetchone()[0]

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def find_bell() -> Bell | None:
    """Of the database that the site uses; None where it is in memory, which no other process can write to or read."""
    database = connections["default"]
    if database.vendor == "sqlite":
        name = str(database.settings_dict["NAME"])
        return None if ":memory:" in name or "mode=memory" in name else SqliteBell(Path(name).absolute())
    return PostgresBell(lambda: _connect_to_postgres(database))


def _connect_to_postgres(database: BaseDatabaseWrapper) -> Any:
    """As Django does, but apart from any request, and impatient."""
    parameters: dict[str, Any] = {**database.get_connection_params(), "autocommit": True, "connect_timeout": TIMEOUT}
    options = f"{parameters.get('options') or ''} -c statement_timeout={TIMEOUT * 1000}"
    limits = {"options": options.strip(), "tcp_user_timeout": TIMEOUT * 1000}
    return database.get_new_connection(parameters | limits)
