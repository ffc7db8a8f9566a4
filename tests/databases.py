"""The databases of a run: migrated once, copied for each process, and emptied quickly after tests that commit."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@contextmanager
def one_at_a_time() -> Iterator[Path]:
    """Of the processes of this run, whose folder it hands out."""
    folder = Path(os.environ["AISRACE_TEST_DATA"])
    with (folder / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def set_up() -> None:
    creation = connection.creation
    with one_at_a_time() as folder:
        if (folder / "migrated").exists():
            use(creation._get_test_db_name())
        else:
            creation.create_test_db(verbosity=0, autoclobber=True)
            (folder / "migrated").touch()
        connection.close()  # on both there is nothing to copy while somebody has it open
        (folder / f"uses-{PROCESS}").touch()
        creation.clone_test_db(PROCESS, verbosity=0)
    use(creation.get_test_db_clone_settings(PROCESS)["NAME"])


def tear_down() -> None:
    """The last process takes what all were copied from with it."""
    creation, own = connection.creation, connection.settings_dict["NAME"]
    with one_at_a_time() as folder:
        connection.close()
        creation._destroy_test_db(own, verbosity=0)
        (folder / f"uses-{PROCESS}").unlink()
        if not list(folder.glob("uses-*")):
            creation._destroy_test_db(creation._get_test_db_name(), verbosity=0)
            (folder / "migrated").unlink()


def use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def count_rows() -> None:
    """What PostgreSQL does by itself meanwhile, where it is not all one transaction; without it, it plans for a few."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def delete_rows(self: DatabaseOperations, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    """Emptying a hundred tables makes PostgreSQL new files for each of them and its indexes; few hold anything."""
    names = list(map(self.quote_name, tables))
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT {n} FROM {name} LIMIT 1)" for n, name in enumerate(names)))
        filled = sorted({names[n] for (n,) in cursor.fetchall()})
    # References are not looked at in this role: all that holds anything is emptied.
    roles = [f"SET LOCAL session_replication_role = {role}" for role in ("replica", "DEFAULT")]
    return [roles[0], *(f"DELETE FROM {name}" for name in filled), roles[1]] if filled else []


DatabaseOperations.sql_flush = delete_rows  # type: ignore[assignment, method-assign]
