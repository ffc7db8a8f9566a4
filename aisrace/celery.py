"""The Celery app. Tasks only carry work along: what is due stands in the database, so a lost message loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisrace.settings")

app = Celery("aisrace", include=["aisrace.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
