"""The whole record as a program downloads it: how long it takes, and how much memory grows meanwhile."""

import gc
import resource
import time
import tracemalloc
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from benchmarks.intake import analyse
from experts.models import Position

ROWS = 10_000
LIMIT_SECONDS, LIMIT_MB = 3.0, 20.0
STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class ExportFigure:
    """`grown` is the most that the process held above what it began with, `traced` what Python itself counted.

    Seconds are of a run without tracing; megabytes are of 1,000,000 bytes.
    """

    key: str
    title: str
    rows: int
    cpu: float
    seconds: float
    megabytes: float
    grown: float
    traced: float
    limit_seconds: float | None = None
    limit_mb: float | None = None


def top_up(rows: int = ROWS) -> None:
    """Further positions, each the day before one that is there, until there are so many."""
    missing = max(0, rows - Position.objects.count())
    chosen = list(Position.objects.order_by("pk")[:missing])
    for position in chosen:
        position.pk = position.reference = None
        position.stated_on -= timedelta(days=1)
    Position.objects.bulk_create(chosen)
    analyse()


def measure_exports() -> list[ExportFigure]:
    """The three forms of the whole record, by turns and each for the first time in this process."""
    top_up()
    return [measure_export(form) for form in ("csv", "jsonl", "zip")]


def measure_export(form: str, **query: Any) -> ExportFigure:
    read_export(form, {"current": "true", **query})  # connections, templates, bytecode
    gc.collect()
    before = read_memory()
    began, worked = time.perf_counter(), time.process_time()
    size, most = read_export(form, query)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    tracemalloc.start()
    begun, _ = tracemalloc.get_traced_memory()
    read_export(form, query)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    grown, traced = (most - before) / 1e6, (peak - begun) / 1e6
    limits = (LIMIT_SECONDS, LIMIT_MB) if form == "csv" else (None, LIMIT_MB)
    return ExportFigure(
        f"export_{form}",
        f"whole record as {form}",
        Position.objects.count(),
        cpu,
        seconds,
        size / 1e6,
        grown,
        traced,
        *limits,
    )


def read_export(form: str, query: dict[str, Any]) -> tuple[int, int]:
    """(bytes, most memory seen), thrown away piece by piece as a network would."""
    response: Any = Client(SERVER_NAME="localhost").get(f"/api/v1/export/positions.{form}?{urlencode(query)}")
    assert response.status_code == 200, response.content
    size = most = 0
    for piece in response:
        size += len(piece)
        most = max(most, read_memory())
    return size, most


def read_memory() -> int:
    """Bytes that this process holds; where the system does not tell, the most it has held."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
