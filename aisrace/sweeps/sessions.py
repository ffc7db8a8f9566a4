"""Sign-ins that have run out."""

from datetime import datetime

from django.contrib.sessions.models import Session

from aisrace.lib.portions import delete_in_portions


def clear_expired_sessions(now: datetime) -> int:
    """Django keeps them until told."""
    return delete_in_portions(Session.objects.filter(expire_date__lt=now))
