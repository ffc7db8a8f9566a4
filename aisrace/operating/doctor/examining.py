"""One examination after the other, whatever becomes of each. None changes anything."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection

from aisrace.operating.doctor import data, derived, machine, others, settings_of, work
from aisrace.operating.doctor.findings import Finding, broken
from aisrace.operating.schema import find_missing

PATIENCE = 10  # seconds for a database that hangs
DATABASE = "Database"

type Look = Callable[[datetime], Iterator[Finding]]


@dataclass(frozen=True)
class Examination:
    """`is_long` is what reads everything there is."""

    name: str
    look: Look
    needs_database: bool = True
    is_long: bool = False


EXAMINATIONS = (
    Examination("Settings", settings_of.examine_addresses, needs_database=False),
    Examination("Secret key", settings_of.examine_secret_key, needs_database=False),
    Examination(DATABASE, data.examine_server),
    Examination("Tables", data.examine_tables),
    Examination("Clock", data.examine_clock),
    Examination("Folders", machine.examine_folders, needs_database=False),
    Examination("Disk", machine.examine_space, needs_database=False),
    Examination("Static files", machine.examine_static, needs_database=False),
    Examination("Backups", machine.examine_backups, needs_database=False),
    Examination("Redis", others.examine_redis, needs_database=False),
    Examination("Mail", others.examine_mail, needs_database=False),
    Examination("Background work", work.examine_sweeps),
    Examination("Due rows", work.examine_queues),
    Examination("Accounts", settings_of.examine_accounts),
    Examination("Page store", derived.examine_store),
    Examination("Search", derived.examine_search, is_long=True),
    Examination("Journal", derived.examine_journal, is_long=True),
)


def examine(now: datetime, *, is_quick: bool = False) -> Iterator[Finding]:
    """Without those that need a database where there is none."""
    why_not = find_database()
    if why_not:
        yield broken(DATABASE, why_not, "Start it, or correct DATABASE_URL. What needs it was not looked at.")
    for examination in EXAMINATIONS:
        if not (why_not and examination.needs_database) and not (is_quick and examination.is_long):
            yield from look(examination, now)


def look(examination: Examination, now: datetime) -> Iterator[Finding]:
    try:
        yield from list(examination.look(now))
    except Exception as error:
        if isinstance(error, DatabaseError) and find_missing(connection):
            return  # for want of tables, as another finding says
        told = str(error).strip().split("\n")[0]
        yield broken(examination.name, f"Cannot be looked at: {type(error).__name__}: {told}", "")


def find_database() -> str:
    """Why there is none; empty where it answers. From a thread of its own, for one that hangs would hold us up."""
    found: list[str] = []

    def ask() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            found.append("")
        except DatabaseError as error:
            found.append(f"It cannot be reached: {str(error).strip().split('\n')[0]}")
        finally:
            connection.close()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else f"It does not answer within {PATIENCE} seconds."
