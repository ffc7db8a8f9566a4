"""The Celery app. Tasks only carry work along: what is due stands in the database, so a lost message loses nothing."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisrace.settings")

app = Celery("aisrace", include=["aisrace.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Celery sets up none of its own where somebody listens here; Django has done so already (`LOGGING`)."""


@beat_init.connect
def ask_at_once(**_: Any) -> None:
    """What has waited while no scheduler was there is not to wait for another minute."""
    app.send_task("aisrace.tasks.sweep", kwargs={"is_scheduled": True}, expires=55)
