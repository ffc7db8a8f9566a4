"""Periodic work that belongs to the site as a whole. The schedule is CELERY_BEAT_SCHEDULE in settings.py."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from aisrace.sweeps.models import Runner
from aisrace.sweeps.runners import note_runner
from aisrace.sweeps.running import run_sweeps


@shared_task(bind=True)
def sweep(self: Any, is_scheduled: bool = False) -> None:
    """See to everything that is due. `is_scheduled` is said by beat alone; others only ask for it to be sooner."""
    now, asked = timezone.now(), self.request
    note_runner(Runner.Kind.WORKER, (asked.hostname or "").removeprefix("celery@"), now)
    if is_scheduled:
        note_runner(Runner.Kind.SCHEDULER, (asked.origin or "").rpartition("@")[2], now)
    run_sweeps(now)
