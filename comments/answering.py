"""Who sends a notice of illegal content is told what was decided (article 16 of the DSA, paragraph 5).

Told once, and not before the decision can no longer be taken back in passing. The address is one that somebody has
typed: the letter holds nothing else that they have typed, and counts among the few that go to a mailbox.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from comments.letters import write_to_anybody
from comments.models import Commenter, Letter, ReaderReport
from comments.moderating import UNDOABLE_FOR

MOST = 200  # in one sweep


def answer_due(now: datetime) -> int:
    """How many letters are due by it. One query where there is nothing to do."""
    keys = list(find_unanswered(now).order_by("settled_at", "id").values_list("pk", flat=True)[:MOST])
    return sum(answer(key, now) for key in keys)


def find_unanswered(now: datetime) -> QuerySet[ReaderReport]:
    settled = ReaderReport.objects.filter(settled_at__lte=now - UNDOABLE_FOR, told_at=None)
    return settled.filter(kind=ReaderReport.Kind.ILLEGAL).exclude(address="")


@transaction.atomic
def answer(key: int, now: datetime) -> bool:
    """False where another has, or where there have been enough letters to that mailbox."""
    report = find_unanswered(now).filter(pk=key).first()
    if report is None:
        return False
    people = Commenter.objects.select_for_update(no_key=True)
    person, _ = people.get_or_create(address=report.address, defaults={"first_seen_at": now})
    if not find_unanswered(now).filter(pk=key, address=report.address).update(told_at=now):
        return False
    return write_to_anybody(person, now, kind=Letter.Kind.NOTICE, report=report) is not None
