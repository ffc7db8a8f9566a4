"""Saying who an address belongs to: the one way to an expert's badge."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from aisrace.keeping.trail import record
from comments.models import Commenter
from experts.models import Expert


class NotConfirmed(Exception):
    """Whoever has the address has not shown yet that it is theirs."""


@transaction.atomic
def recognise(key: int, expert: Expert | None, *, by: User, now: datetime) -> bool:
    """From the next comment on it has the expert's badge, or with None no more. False where that is so already.

    Somebody has made sure of it, outside this site; the trail says who.
    """
    person = Commenter.objects.select_for_update(no_key=True).get(pk=key)
    if person.expert_id == (expert.pk if expert else None):
        return False
    if expert and person.confirmed_at is None:
        raise NotConfirmed
    person.expert = expert
    person.save(update_fields=["expert"])
    note = f"Writes as {expert}." if expert else "Writes as nobody in particular."
    record("recognised", person, by=by, now=now, note=note, expert=expert.pk if expert else None)
    return True
