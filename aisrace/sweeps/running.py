"""The sweeps: each finds rows that are due and sees to them. Celery, cron and `make run` call this alike.

A sweep is a function of `now` that returns how many rows it saw to. It must be able to run twice at once and to be
killed at any point: what it claims, it claims by a conditional update.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from aisrace.sweeps.models import Sweep

NOTICEABLE = 1.0  # seconds; a sweep that finds nothing to do and takes no longer is told of to nobody

logger = logging.getLogger(__name__)


def run_sweeps(now: datetime) -> list[Sweep]:
    """Every sweep once, in the order of the settings. One that fails says so in its row and keeps no other back."""
    return [run_sweep(name, path, now) for name, path in settings.SWEEPS.items()]


def run_sweep(name: str, path: str, now: datetime) -> Sweep:
    """Writes only what this run knows: of two at once, one that fails does not take back that the other ended."""
    row, _ = Sweep.objects.get_or_create(name=name)
    note(row, began_at=now)
    began = monotonic()
    try:
        sweep: Callable[[datetime], int] = import_string(path)
        done = sweep(now)
    except Exception as error:
        logger.exception("The sweep “%s” failed.", name, extra=tell(name, began))
        note(row, error=f"{type(error).__name__}: {error}")
    else:
        note(row, done=done, error="", ended_at=timezone.now())
        level = logging.INFO if done or monotonic() - began > NOTICEABLE else logging.DEBUG
        logger.log(level, "sweep", extra={**tell(name, began), "rows": done})
    return row


def tell(name: str, began: float) -> dict[str, object]:
    return {"sweep": name, "ms": round((monotonic() - began) * 1000, 1)}


def note(row: Sweep, **values: object) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    row.save(update_fields=list(values))
