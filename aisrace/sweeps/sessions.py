"""Sign-ins that have run out."""

from datetime import datetime

from django.contrib.sessions.models import Session


def clear_expired_sessions(now: datetime) -> int:
    """Django keeps them until told. One query where there are none."""
    deleted, _ = Session.objects.filter(expire_date__lt=now).delete()
    return deleted
