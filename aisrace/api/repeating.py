"""Saying yes twice to the same request: what carries an `Idempotency-Key` is done once, however often it is sent.

The claim to a name is a transaction of its own, so that whoever comes meanwhile is told that it is under way. The
answer is kept in the transaction of the deed: a process that is killed leaves both or neither, and of two who hold one
claim, because the first seemed to be cut off, only one can end it.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from aisrace.api.models import ApiKey, GivenAnswer
from aisrace.lib.portions import delete_in_portions

KEPT = timedelta(hours=24)
ERASED = 410
CUT_OFF = timedelta(minutes=2)  # after which a request that is not answered counts as cut off


class UnderWay(Exception):
    """The same was sent a moment ago and is not answered yet."""


class Different(Exception):
    """Something else was asked under this name."""


class Forgotten(Exception):
    """It was done, and what it made was erased since: it is neither told again nor done again."""


@dataclass(frozen=True)
class Given:
    """An answer; `is_repeated` where it was given before. `subject` names what it tells of, so that it can be
    forgotten."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    is_repeated: bool = False
    subject: str = ""


def answer_once(key: ApiKey, name: str, asked: str, work: Callable[[], Given], *, now: datetime) -> Given:
    """What `work` answers, or has answered within a day. `asked` is a hash of what is asked.

    Where `work` raises nothing is written and nothing kept: the same name may be used again.
    """
    claimed = claim(key, name, asked, now)
    if isinstance(claimed, Given):
        return claimed
    try:
        with transaction.atomic():
            given = work()
            keep(claimed, given)
    except BaseException:
        GivenAnswer.objects.filter(pk=claimed.pk, claim=claimed.claim, status=None).delete()
        raise
    return given


def claim(key: ApiKey, name: str, asked: str, now: datetime) -> GivenAnswer | Given:
    """The row to be answered by whoever called, or what was answered. Raises `UnderWay`, `Different`, `Forgotten`."""
    mine = uuid.uuid4()
    with transaction.atomic():
        GivenAnswer.objects.filter(api_key=key, name=name, claimed_at__lte=now - KEPT).delete()
        fresh = {"asked": asked, "claim": mine, "claimed_at": now}
        row, is_new = GivenAnswer.objects.get_or_create(api_key=key, name=name, defaults=fresh)
        if is_new:
            return row
        if row.status == ERASED:
            raise Forgotten
        if row.asked != asked:
            raise Different
        if row.status is not None:
            return Given(row.status, row.body, row.headers, is_repeated=True)
        cut_off = GivenAnswer.objects.filter(pk=row.pk, claim=row.claim, status=None, claimed_at__lte=now - CUT_OFF)
        if not cut_off.update(claim=mine, claimed_at=now):
            raise UnderWay
        row.claim = mine
        return row


def keep(row: GivenAnswer, given: Given) -> None:
    """Raises `UnderWay` where somebody has taken over: then the deed is theirs, and this one is taken back."""
    own = GivenAnswer.objects.filter(pk=row.pk, claim=row.claim, status=None)
    if not own.update(status=given.status, headers=given.headers, body=given.body, subject=given.subject):
        raise UnderWay


def forget(subjects: Iterable[str]) -> None:
    """What was answered about these. That it was done stays known as long as answers are kept. One query."""
    told = GivenAnswer.objects.filter(subject__in=list(subjects))
    told.update(status=ERASED, headers={}, body="", asked="", subject="")


def forget_answers(now: datetime) -> int:
    """A sweep."""
    return delete_in_portions(GivenAnswer.objects.filter(claimed_at__lte=now - KEPT))
