"""Periodic work that belongs to the site as a whole. The schedule is CELERY_BEAT_SCHEDULE in settings.py."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from aisrace.sweeps.running import run_sweeps


@shared_task
def sweep() -> None:
    """See to everything that is due."""
    run_sweeps(timezone.now())


@shared_task
def clear_expired_sessions() -> None:
    """Deletes sign-ins that have run out; Django keeps them until told."""
    call_command("clearsessions")
