"""What is not kept for ever. Every kind goes in small portions, so that nobody waits; what is left goes next time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from comments.belongings import UNCONFIRMED_KEPT
from comments.confirming import LASTS
from comments.letters import A_MONTH
from comments.models import Ban, Comment, Commenter, Letter, Mailbox, ReaderReport
from comments.rights import NOBODY, forget_reporter

TRACES_KEPT = timedelta(days=30)  # network address and kind of browser
LETTERS_KEPT = timedelta(days=30)  # once sent or given up
MAILBOXES_KEPT = A_MONTH  # after the last link: then it counts no more
REPORTERS_KEPT = timedelta(days=30)  # once settled
STRANGERS_KEPT = timedelta(days=7)  # addresses that were never confirmed and have nothing here
NETWORK_BANS_KEPT = timedelta(days=365)  # once over
PORTION = 500  # rows
PORTIONS = 20  # of each kind in one sweep


def forget_due(now: datetime) -> int:
    """How many rows were changed or deleted. Seven queries where there is nothing to do."""
    return sum(
        forget_in_portions(rows, forget)
        for rows, forget in (
            (find_traces(now), drop_traces),
            (find_unconfirmed(now), delete),
            (find_letters(now), delete),
            (find_mailboxes(now), delete),
            (find_reporters(now), drop_reporters),
            (find_strangers(now), delete),
            (find_bans(now), delete),
        )
    )


def forget_in_portions(rows: QuerySet[Any], forget: Callable[[QuerySet[Any]], int]) -> int:
    """What has changed since it was found is looked at again once it is locked."""
    done = 0
    for _ in range(PORTIONS):
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])
        if not keys:
            break
        with transaction.atomic():
            locked = rows.model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
            list(locked.values_list("pk", flat=True))
            done += forget(rows.filter(pk__in=keys))
    return done


def delete(rows: QuerySet[Any]) -> int:
    """The rows themselves are counted, not what goes with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


def find_traces(now: datetime) -> QuerySet[Comment]:
    has_traces = Q(from_ip__isnull=False) | ~Q(user_agent="")
    return Comment.objects.filter(has_traces, created_at__lte=now - TRACES_KEPT)


def drop_traces(rows: QuerySet[Comment]) -> int:
    return rows.update(from_ip=None, user_agent="")


def find_unconfirmed(now: datetime) -> QuerySet[Comment]:
    """Nobody can have answered them; where somebody has nevertheless, they stay."""
    old = Comment.objects.filter(state=Comment.State.UNCONFIRMED, created_at__lte=now - UNCONFIRMED_KEPT)
    return old.exclude(pk__in=Comment.objects.filter(parent__state=Comment.State.UNCONFIRMED).values("parent"))


def find_letters(now: datetime) -> QuerySet[Letter]:
    before = now - LETTERS_KEPT
    return Letter.objects.filter(Q(sent_at__lte=before) | Q(given_up_at__lte=before))


def find_mailboxes(now: datetime) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(last_at__lte=now - MAILBOXES_KEPT)


def find_reporters(now: datetime) -> QuerySet[ReaderReport]:
    """Of what is gone nothing is left to settle."""
    is_settled = Q(settled_at__lte=now - REPORTERS_KEPT)
    is_gone = Q(settled_at=None, comment__state__in=[Comment.State.DELETED, Comment.State.ERASED])
    return ReaderReport.objects.filter(is_settled | is_gone).exclude(person__startswith=NOBODY)


def drop_reporters(rows: QuerySet[ReaderReport]) -> int:
    reports = list(rows)
    for report in reports:
        forget_reporter(report)
    return len(reports)


def find_strangers(now: datetime) -> QuerySet[Commenter]:
    """Whoever wants no letters is kept until that runs out, for otherwise they would get some again; so is the address
    of a letter with a link that still opens."""
    unmuted = Q(muted_until=None) | Q(muted_until__lte=now)
    strangers = Commenter.objects.filter(unmuted, confirmed_at=None, first_seen_at__lte=now - STRANGERS_KEPT)
    strangers = strangers.filter(comments=None, votes=None, reports=None)
    return strangers.exclude(pk__in=Letter.objects.filter(made_at__gt=now - LASTS).values("commenter"))


def find_bans(now: datetime) -> QuerySet[Ban]:
    before = now - NETWORK_BANS_KEPT
    return Ban.objects.filter(Q(until__lte=before) | Q(lifted_at__lte=before), kind=Ban.Kind.NETWORK)
