"""Periodic work that belongs to the site as a whole. The schedule is CELERY_BEAT_SCHEDULE in settings.py."""

from celery import shared_task
from django.utils import timezone

from aisrace.sweeps.running import run_sweeps


@shared_task
def sweep() -> None:
    """See to everything that is due."""
    run_sweeps(timezone.now())
