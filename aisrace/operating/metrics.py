"""What Prometheus is told: counted here, asked of the database when it looks, read from the page store as it is.

Imported only where somebody may look. With PROMETHEUS_MULTIPROC_DIR in the environment, processes that share that
folder count together, and any of them answers for all.
"""

import os
import sys
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector

from aisrace.operating.gauges import RowCollector

SHARED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
STORE_OUTCOMES = ("hits", "unchanged", "stale", "rendered", "refused", "passed")
SYNC = 1.0  # seconds

disable_created_metrics()  # one more line for each, which nobody asks for
if SHARED:
    Path(SHARED).mkdir(parents=True, exist_ok=True)

own = CollectorRegistry()
REQUESTS = Counter("aisrace_requests", "Requests that reached Django.", ["route", "method", "status"], registry=own)
SECONDS = Histogram("aisrace_request_seconds", "How long Django took.", ["route"], registry=own, buckets=BUCKETS)
STORE = Counter("aisrace_page_store", "Requests by what the page store did.", ["outcome"], registry=own)


def count_request(route: str, method: str | None, status: int, seconds: float) -> None:
    """A few microseconds."""
    REQUESTS.labels(route, method if method in METHODS else "other", f"{status // 100}xx").inc()
    SECONDS.labels(route).observe(seconds)
    store.sync()


class StoreReading:
    """The store counts for itself in plain numbers, so that counting costs it nothing. They are taken over from it now
    and then: when a request reaches Django anyway."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.known = dict.fromkeys(STORE_OUTCOMES, 0)
        self.due = 0.0

    def sync(self, *, at_once: bool = False) -> None:
        if monotonic() < self.due and not at_once:
            return
        counts = find_store_counts()
        if counts is None:
            return
        with self.lock:
            self.due = monotonic() + SYNC
            for outcome, before in self.known.items():
                self.known[outcome] = getattr(counts, outcome)
                STORE.labels(outcome).inc(self.known[outcome] - before)


def find_store_counts() -> Any:
    """Of this process. By name, for the store is made around what imports us."""
    return getattr(getattr(sys.modules.get("aisrace.wsgi"), "application", None), "counts", None)


store = StoreReading()


def write_metrics() -> bytes:
    store.sync(at_once=True)
    registry = CollectorRegistry()
    if SHARED:
        MultiProcessCollector(registry)
    else:
        registry.register(own)
        ProcessCollector(registry=registry)
    registry.register(RowCollector())
    return generate_latest(registry)
