"""Asking for the sweeps at once instead of within the minute, where there is a broker that carries the question."""

import logging
import threading

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

PAUSE = 5  # seconds in which one question is enough
EXPIRES = 60  # seconds after which the sweeps have come by themselves

logger = logging.getLogger(__name__)


def nudge() -> None:
    """Once the transaction is sure. No request waits for it or fails by it, and what is lost comes a minute later."""
    if settings.REDIS_URL and not is_waiting():
        transaction.on_commit(start_asking, robust=True)


def is_waiting() -> bool:
    """Whether this transaction will ask anyway; those who write much ask with every statement."""
    return any(function is start_asking for _, function, _ in transaction.get_connection().run_on_commit)


def start_asking() -> None:
    threading.Thread(target=ask_for_sweeps, daemon=True).start()


def ask_for_sweeps() -> bool:
    """Whether it was asked. A broker that hangs takes two seconds, in a thread of its own."""
    if not cache.add("sweeps.nudged", True, PAUSE):
        return False
    try:
        current_app.send_task("aisrace.tasks.sweep", retry=False, ignore_result=True, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The sweeps could not be asked for at once: %s", type(error).__name__)
        return False
    return True
