"""Sending what is due: each message at least once, and nobody waits for somebody else's slow machine.

In rounds: of every endpoint one message is claimed and all are sent at the same time, without the database. Who was
slow or failed has had its turn for this run. So a run lasts no longer than one slow answer and some quick ones.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from aisrace.hooks.models import CLAIMED_FOR, Delivery, Endpoint
from aisrace.hooks.signing import sign
from aisrace.lib.fetch import NotFetched, post
from aisrace.lib.portions import delete_in_portions

logger = logging.getLogger(__name__)

PATIENCE = 10  # seconds for one message
QUICK = 2  # seconds; who takes longer waits for the next run
RUN = 20  # seconds after which no new round begins
AT_ONCE = 16  # messages on their way
# Until the next attempt, after the first, the second …; then it is given up.
PAUSES = [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)] + [
    timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)
]
LONG = timedelta(days=3)  # of nothing but failures
KEPT = timedelta(days=30)
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """`status` is that of the answer; without one `error` says why."""

    seconds: float
    status: int | None = None
    answer: str = ""
    error: str = ""

    @property
    def is_done(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_due(now: datetime) -> int:
    """The sweep: how many were sent, whatever came of it. Two queries where none is due; one forgets old ones."""
    delete_in_portions(Delivery.objects.over().filter(made_at__lt=now - KEPT))
    began, sent, tired = time.monotonic(), 0, set[int | None]()
    while time.monotonic() - began < RUN:
        moment = now + timedelta(seconds=time.monotonic() - began)
        claimed = [delivery for delivery in choose(moment, tired) if claim(delivery, moment)]
        if not claimed:
            break
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = list(pool.map(send, claimed))
        for delivery, outcome in zip(claimed, outcomes, strict=True):
            note(delivery, outcome, now + timedelta(seconds=time.monotonic() - began))
            if not outcome.is_done or outcome.seconds > QUICK:
                tired.add(delivery.endpoint_id)
        sent += len(claimed)
    return sent


def choose(now: datetime, tired: set[int | None]) -> list[Delivery]:
    """The oldest of every endpoint that is not tired. Two queries, or one where there is none."""
    oldest = Delivery.objects.due(now).order_by().values_list("endpoint").annotate(first=Min("pk"))
    keys = [first for endpoint, first in oldest if endpoint not in tired]
    rows = Delivery.objects.filter(pk__in=keys).select_related("endpoint").order_by("pk")
    return list(rows[:AT_ONCE]) if keys else []


def claim(delivery: Delivery, now: datetime) -> bool:
    """Of two who want it one gets it. Whoever is killed with it leaves it to the next when the claim has run out."""
    rows = Delivery.objects.free(now).filter(pk=delivery.pk)
    until = now + timedelta(seconds=CLAIMED_FOR)
    return bool(rows.update(claimed_until=until, tried_at=now, attempts=F("attempts") + 1))


def send(delivery: Delivery) -> Outcome:
    """In a thread, without the database."""
    began = time.monotonic()
    if delivery.endpoint:
        url = delivery.endpoint.url
        headers = sign(delivery.endpoint.secret, delivery.key, timezone.now(), delivery.body)
    else:
        url, headers = settings.WEBSUB_HUB, {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = post(url, delivery.body.encode(), headers, seconds=PATIENCE)
    except NotFetched as error:
        return Outcome(time.monotonic() - began, error=str(error))
    except Exception as error:  # one that goes wrong in an unknown way holds back no other
        logger.exception("A message could not be sent.")
        return Outcome(time.monotonic() - began, error=type(error).__name__)
    return Outcome(time.monotonic() - began, answer.status, answer.body.decode(errors="replace"))


@transaction.atomic
def note(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """What came of it, and when it is tried again."""
    attempts = Delivery.objects.filter(pk=delivery.pk).values_list("attempts", flat=True).first()
    if attempts is None:  # taken back, or its endpoint was removed, while it was on its way
        return
    delivery.attempts = attempts
    delivery.status, delivery.seconds = outcome.status, round(outcome.seconds, 3)
    delivery.answer, delivery.error, delivery.claimed_until = outcome.answer, outcome.error, None
    if outcome.is_done:
        delivery.done_at = now
    elif delivery.attempts > len(PAUSES):
        delivery.given_up_at = now
    else:
        delivery.due_at = now + PAUSES[delivery.attempts - 1]
    told = ["status", "seconds", "answer", "error", "claimed_until", "done_at", "given_up_at", "due_at"]
    delivery.save(update_fields=told)
    if delivery.endpoint_id:
        note_endpoint(delivery.endpoint_id, outcome, now)


def note_endpoint(key: int, outcome: Outcome, now: datetime) -> None:
    """Switched off after three days without one success, or at once where the receiver says that it is gone."""
    rows = Endpoint.objects.filter(pk=key, is_active=True)
    if outcome.is_done:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.filter(failing_since=None).update(failing_since=now)
    lost = rows if outcome.status == GONE else rows.filter(failing_since__lte=now - LONG)
    lost.update(is_active=False, disabled_at=now)
