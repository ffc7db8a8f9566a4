"""The database itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from django.db import connection
from django.utils import timezone

from aisrace.operating.doctor.findings import Finding, broken, warning, well
from aisrace.operating.schema import find_missing, find_unknown
from aisrace.sweeps.models import Sweep

SLOW = 50  # milliseconds
OLDEST = 15  # of PostgreSQL, that is tested
FULL = 0.8  # of the connections
LONG_WAL = 500_000_000  # bytes
SKEW = timedelta(seconds=5)


def examine_server(now: datetime) -> Iterator[Finding]:
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    took = (perf_counter() - began) * 1000
    version = ".".join(map(str, connection.get_database_version()))
    if took > SLOW:
        yield warning("Database", f"It takes {took:.0f} ms to answer.", "Look at its load, and at the way to it.")
    yield from examine_sqlite(version) if connection.vendor == "sqlite" else examine_postgres(version)


def examine_sqlite(version: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
        damage = [row[0] for row in cursor.execute("PRAGMA quick_check(3)").fetchall()]
    if damage != ["ok"]:
        yield broken("Database", f"The file is damaged: {damage[0]}", "Stop the site and restore the newest backup.")
        return
    if mode != "wal":
        yield broken("Database", f"Its journal is “{mode}”.", "WAL does not work on network drives; use a local disk.")
        return
    wal = Path(f"{connection.settings_dict['NAME']}-wal")
    if wal.exists() and (size := wal.stat().st_size) > LONG_WAL:
        told = f"The write-ahead log has grown to {size / 1_000_000:,.0f} MB."
        yield warning("Database", told, "Something has been reading for very long; restart the site.")
    yield well("Database", f"SQLite {version} with WAL, whole.")


def examine_postgres(version: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone()
    if used > FULL * most:
        told = f"{used} of {most} connections are in use."
        yield warning("Database", told, "Raise max_connections, run fewer processes, or put PgBouncer between.")
    if connection.get_database_version()[0] < OLDEST:
        yield warning("Database", f"PostgreSQL {version} is not tested.", f"Bring it to {OLDEST} or newer.")
    else:
        yield well("Database", f"PostgreSQL {version} answers.")


def examine_tables(now: datetime) -> Iterator[Finding]:
    if missing := find_missing(connection):
        told = ", ".join(app for app, _ in missing)
        yield broken("Tables", f"Migrations have not run: {told}.", "Run: manage.py migrate")
    elif unknown := find_unknown(connection):
        told = ", ".join(" ".join(step) for step in unknown)
        yield warning("Tables", f"A newer release has been here: {told}.", "Run that release everywhere.")
    else:
        yield well("Tables", "They are those of this release.")


def examine_clock(now: datetime) -> Iterator[Finding]:
    """Time decides what readers see."""
    there = now
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            there = cursor.fetchone()[0].astimezone(UTC)
        now = timezone.now()
    skew = abs(there - now)
    newest = Sweep.objects.order_by("-began_at").exclude(began_at=None).values_list("began_at", flat=True).first()
    if skew > SKEW:
        told = f"It differs from the database's by {skew.total_seconds():.0f} seconds."
        yield warning("Clock", told, "Let both follow a time server (chrony, systemd-timesyncd).")
    elif newest and newest > now + SKEW:
        told = f"Something ran at {newest:%Y-%m-%d %H:%M:%S} UTC, which has not come yet."
        yield warning("Clock", told, "The clock has gone back, or another machine's goes fast; use a time server.")
    else:
        yield well("Clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, as the database has it.")
