"""Bringing an invented table in through `manage.py import_positions`, which is what is timed."""

import json
import time
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from benchmarks.panel import Plan, write_table

LIMIT_SECONDS = 15


@dataclass(frozen=True)
class ImportFigure:
    """Seconds are by the clock, `cpu` this process's own."""

    key: str
    title: str
    rows: int
    seconds: float
    cpu: float
    limit_seconds: float | None = None

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds


class ImportBroken(Exception):
    """The importer did not do what it was given."""


def bring_in(plan: Plan, path: Path, key: str, limit: float | None = None, repeats: bool = True) -> list[ImportFigure]:
    """Three imports of one table: rolled back, for good, and again with nothing left to do. Without `repeats` one."""
    write_table(plan, path)
    size = f"{plan.size:,} rows"
    figures = [_import(path, plan, f"{key}_dry", f"{size}, dry run", "created", limit, "--dry-run")] if repeats else []
    figures.append(_import(path, plan, key, f"{size}, new", "created", limit))
    if repeats:
        figures.append(_import(path, plan, f"{key}_again", f"{size}, unchanged", "unchanged", limit))
    analyse()
    return figures


def _import(
    path: Path, plan: Plan, key: str, title: str, outcome: str, limit: float | None, *options: str
) -> ImportFigure:
    out = StringIO()
    wall, cpu = time.perf_counter(), time.process_time()
    command = ("import_positions", str(path), "--scale", "agreement", "--json", *options)
    call_command(*command, stdout=out, stderr=StringIO())
    figure = ImportFigure(
        key, title, plan.size, time.perf_counter() - wall, time.process_time() - cpu, limit_seconds=limit
    )
    report = json.loads(out.getvalue())
    if report["positions"][outcome] != plan.size:
        raise ImportBroken(f"{plan.size} positions should be {outcome}: {report['positions']}")
    return figure


def analyse() -> None:
    """What autovacuum does within a minute; SQLite has nobody to do it, and gets nothing here either."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
