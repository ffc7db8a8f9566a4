"""What the start page says of machines that are to be told and cannot be."""

from datetime import datetime

from django.contrib.auth.models import User

from aisrace.desk.sections import MANY, Line, Part, as_part, changing
from aisrace.desk.when import ago
from aisrace.hooks.models import Endpoint


def broken_endpoints(person: User, now: datetime) -> Part | None:
    """Switched off because they failed for days. One query."""
    if not person.has_perm("hooks.change_endpoint"):
        return None
    endpoints = list(Endpoint.objects.exclude(disabled_at=None).order_by("-disabled_at", "id")[: MANY + 1])
    lines = tuple(
        Line(
            title=str(endpoint),
            url=changing("hooks.endpoint", endpoint.pk),
            about="is not told any more: it failed for three days, or said that it is gone",
            when=ago(endpoint.disabled_at or now, now),
        )
        for endpoint in endpoints[:MANY]
    )
    return as_part("Endpoints that were switched off", lines, more="All endpoints", url="hooks.endpoint")
