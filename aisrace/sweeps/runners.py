"""Who runs the sweeps, and when they were last seen."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from aisrace.sweeps.models import Runner

KEPT = timedelta(days=3)  # containers have another name after each update


def note_runner(kind: Runner.Kind, name: str, now: datetime) -> None:
    """Two queries, or three for somebody new."""
    name = name[:200] or "unknown"
    if not Runner.objects.filter(kind=kind, name=name).update(seen_at=now):
        Runner.objects.update_or_create(kind=kind, name=name, defaults={"seen_at": now})
    Runner.objects.filter(seen_at__lt=now - KEPT).delete()


def find_runners() -> QuerySet[Runner]:
    return Runner.objects.order_by("kind", "-seen_at")
