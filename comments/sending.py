"""Letters on their way: each is claimed by one sweep, sent, and marked; whatever happens to others.

A letter that was claimed and not marked, because the worker was killed, is claimed again after ten minutes: none is
lost, and at most one goes out twice.
"""

import logging
from datetime import datetime, time, timedelta
from smtplib import SMTPException
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comments.addresses import BadAddress
from comments.composing import DIGEST_MOST, Told, tell, write_mail
from comments.models import Commenter, Letter

Kind = Letter.Kind
A_DAY = timedelta(days=1)
SWEEP_MOST = 500  # letters
SWEEP_LONGEST = 4 * 60  # seconds; a claim is never as old as it takes to be another's
A_DAY_MOST = 10  # notices to one reader, one by one
MORNING = time(8)  # of the site's time zone
PAUSES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)]
GIVEN_UP_AFTER = timedelta(days=3)

logger = logging.getLogger(__name__)


def send_due(now: datetime) -> int:
    """Every letter that is due, oldest first, up to a number and a time; how many have left."""
    ends = monotonic() + SWEEP_LONGEST
    waiting = Letter.objects.due(now).by_themselves().order_by("due_at", "id")
    keys = list(waiting.values_list("pk", flat=True)[:SWEEP_MOST])
    return sum(send(key, now) for key in keys if monotonic() < ends)


def send(key: int, now: datetime) -> bool:
    """False where it is another's to send, waits for a digest, is not wanted any more, or could not be sent."""
    letter = Letter.objects.select_related("commenter").filter(pk=key).first()
    if letter is None or not claim(letter, now):
        return False
    try:
        return deliver(letter, now)
    except BadAddress:
        give_up(letter, now)
    except (SMTPException, OSError) as error:
        # Its words are left out, for they name the reader.
        logger.warning("Letter %s was not sent: %s", letter.pk, type(error).__name__)
        put_off(letter, now)
    except Exception:
        logger.exception("Letter %s could not be written.", letter.pk)
        put_off(letter, now)
    return False


@transaction.atomic
def claim(letter: Letter, now: datetime) -> bool:
    """Takes turns with whoever sends to the same reader, so that the number of notices a day is what it says."""
    person = Commenter.objects.select_for_update(no_key=True).filter(pk=letter.commenter_id).first()
    if person is None:
        return False
    if waits_for_morning(letter, person, now):
        gather(person, now)
    free = Letter.objects.due(now).by_themselves().filter(pk=letter.pk)
    return bool(free.update(claimed_at=now, attempts=F("attempts") + 1))


def waits_for_morning(letter: Letter, person: Commenter, now: datetime) -> bool:
    if letter.kind not in (Kind.REPLY, Kind.DECISION):
        return False
    if letter.kind == Kind.REPLY and person.replies == Commenter.Notices.DAILY:
        return True
    claimed = person.letters.notices().filter(claimed_at__gt=now - A_DAY).exclude(pk=letter.pk)
    return claimed.count() >= A_DAY_MOST


def gather(person: Commenter, now: datetime) -> None:
    """One digest, into which goes what is due when it leaves. `person` is locked."""
    if not person.letters.unsent().filter(kind=Kind.DIGEST).exists():
        Letter.objects.create(commenter=person, kind=Kind.DIGEST, made_at=now, due_at=next_morning(now))


def next_morning(now: datetime) -> datetime:
    local = timezone.localtime(now)
    day = local.date() if local.time() < MORNING else local.date() + A_DAY
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)


def deliver(letter: Letter, now: datetime) -> bool:
    """False where there is nothing to tell any more: then it is gone."""
    along = list_along(letter, now)
    told: list[Told] = []
    for part in along[:DIGEST_MOST] if letter.kind == Kind.DIGEST else [letter]:
        if (said := tell(part, now)) is not None:
            told.append(said)
        else:
            part.delete()
    if not told:
        Letter.objects.filter(pk=letter.pk).delete()
        return False
    write_mail(letter, told, more=len(along[DIGEST_MOST:])).send()
    mark_sent(letter, along, now)
    return True


def list_along(letter: Letter, now: datetime) -> list[Letter]:
    """What goes in a digest: the notices to its reader that are due."""
    if letter.kind != Kind.DIGEST:
        return []
    due = Letter.objects.due(now).notices().filter(commenter=letter.commenter_id)
    return list(due.select_related("commenter").order_by("made_at", "id"))


@transaction.atomic
def mark_sent(letter: Letter, along: list[Letter], now: datetime) -> None:
    Letter.objects.filter(pk=letter.pk).update(sent_at=now)
    Letter.objects.unsent().filter(pk__in=[part.pk for part in along]).update(sent_at=now, claimed_at=None)


def put_off(letter: Letter, now: datetime) -> None:
    """Later and later, until it is given up."""
    if now >= letter.made_at + GIVEN_UP_AFTER:
        give_up(letter, now)
        return
    tried = Letter.objects.filter(pk=letter.pk).values_list("attempts", flat=True).first() or 1
    pause = PAUSES[min(tried, len(PAUSES)) - 1]
    Letter.objects.filter(pk=letter.pk).update(claimed_at=None, due_at=now + pause)


def give_up(letter: Letter, now: datetime) -> None:
    """What would have gone along is given up too: it would go to the same address."""
    keys = [letter.pk, *(part.pk for part in list_along(letter, now))]
    Letter.objects.unsent().filter(pk__in=keys).update(given_up_at=now)
