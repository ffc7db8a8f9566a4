# Loaded with Django, so that every process sends tasks through the configured app and not through Celery's default one.
from .celery import app as celery_app

__all__ = ["celery_app"]
