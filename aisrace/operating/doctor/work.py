"""The work that waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from aisrace.desk.scheduler import WHAT_IT_MEANS, WHAT_TO_DO, read_scheduler
from aisrace.desk.when import ago
from aisrace.operating.doctor.findings import Finding, broken, warning, well
from aisrace.operating.waiting import read_queues
from aisrace.sweeps.models import LATE, Runner, Sweep
from aisrace.sweeps.runners import find_runners

OVERDUE = timedelta(minutes=15)


def examine_sweeps(now: datetime) -> Iterator[Finding]:
    scheduler = read_scheduler(now)
    errors = Sweep.objects.filter(name__in=scheduler.failing).values_list("name", "error")
    for name, error in errors:
        yield broken("Background work", f"“{name}” fails: {error}", "The log says where.")
    if scheduler.late:
        told = scheduler.warning if not scheduler.failing else f"Late: {', '.join(scheduler.late)}."
        remedy = " ".join(filter(None, [tell_runners(now), ask_workers(), WHAT_TO_DO]))
        yield broken("Background work", f"{told} {WHAT_IT_MEANS}", remedy)
    elif not scheduler.failing and scheduler.ran_at:
        yield well("Background work", f"All of it last ran {(now - scheduler.ran_at).total_seconds():.0f} seconds ago.")
    schedulers = find_runners().filter(kind=Runner.Kind.SCHEDULER, seen_at__gt=now - LATE)
    if len(names := sorted(runner.name for runner in schedulers)) > 1:
        told = f"{len(names)} schedulers ask for it: {', '.join(names)}."
        yield warning("Scheduler", told, "Run exactly one beat; right after an update this passes by itself.")


def tell_runners(now: datetime) -> str:
    """The newest of each kind: which of them is missing says what to start."""
    newest = {runner.kind: runner for runner in find_runners().order_by("seen_at")}
    told = [f"{newest[kind]} {ago(newest[kind].seen_at, now)}" for kind in sorted(newest)]
    return f"Last seen: {', '.join(told)}." if told else ""


def ask_workers() -> str:
    """What there is of Celery, where there may be some."""
    if not settings.REDIS_URL:
        return ""
    try:
        answers = current_app.control.ping(timeout=2.0)
    except (OperationalError, OSError):
        return "The broker does not answer."
    if answers:
        return f"Workers answer ({len(answers)}): look whether beat runs."
    return "No Celery worker answers."


def examine_queues(now: datetime) -> Iterator[Finding]:
    queues = read_queues(now)
    late = [queue for queue in queues if queue.since and queue.since < now - OVERDUE]
    for queue in late:
        assert queue.since  # noqa: S101 (asked above)
        told = f"{queue.count:,} {queue.name} are due, the oldest since {queue.since:%Y-%m-%d %H:%M} UTC."
        yield warning(
            "Due rows", told, "If background work runs, it cannot keep up, or whom it is for does not answer."
        )
    if not late:
        waiting = ", ".join(f"{queue.count:,} {queue.name}" for queue in queues if queue.count)
        yield well("Due rows", f"Nothing is overdue{f'; waiting: {waiting}' if waiting else ''}.")
