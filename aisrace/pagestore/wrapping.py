"""Putting the store around the site, as the settings want it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from aisrace.journal.kinds import find_kinds, find_next
from aisrace.pagestore.bells import find_bell
from aisrace.pagestore.hearing import Hearing
from aisrace.pagestore.store import PageStore


def wrap(application: Any) -> Any:
    """The application itself where `PAGE_STORE` is off, or nobody could tell us of changes."""
    bell = find_bell() if settings.PAGE_STORE else None
    if bell is None:
        return application
    hearing, limit = Hearing(bell, find_change), settings.PAGE_STORE_MB * 1_000_000
    return PageStore(application, hearing, limit, settings.PAGE_STORE_COOKIES)


def find_change() -> float:
    """Seconds until pages change by themselves: something becomes public, or it is another day."""
    now = timezone.now()
    tomorrow = datetime.combine(
        timezone.localdate(now) + timedelta(days=1), datetime.min.time(), timezone.get_current_timezone()
    )
    return (min(find_next(find_kinds(), now) or tomorrow, tomorrow) - now).total_seconds()
