"""Taking back a decision: everything is as before, unless something has happened since."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Subquery
from django.utils.dateparse import parse_datetime

from comments.models import Appeal, Ban, Comment, Conversation, Decision, Letter
from comments.moderating import DECIDABLE, PUT_BACK, Verb


class HappenedSince(Exception):
    """It cannot be taken back any more; the message says what came after it."""


@dataclass(frozen=True)
class Undone:
    decisions: list[Decision] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def list_batch(key: int, by: User) -> list[Decision]:
    """What this person decided at the moment of that decision, the last of it first. One query."""
    moment = Decision.objects.filter(pk=key, by=by).order_by().values("at")[:1]
    return list(Decision.objects.filter(by=by, at=Subquery(moment)).select_related("ban").order_by("-pk"))


def undo_batch(key: int, *, by: User, now: datetime) -> Undone:
    """One transaction each: what cannot be taken back keeps nothing else."""
    undone = Undone()
    for decision in list_batch(key, by):
        try:
            done = undo(decision.pk, by=by, now=now)
        except HappenedSince as refusal:
            undone.refused.append(str(refusal))
        else:
            undone.decisions.extend([decision] if done else [])
    return undone


@transaction.atomic
def undo(key: int, *, by: User | None, now: datetime) -> bool:
    """False where it is undone already. Raises `HappenedSince`; then nothing is changed.

    A letter about it that has not left is not sent; reports that it settled are open again.
    """
    decision = Decision.objects.get(pk=key)
    if decision.comment_id:
        comment = Comment.objects.select_for_update(of=("self",)).get(made_decisions=decision)
    if not Decision.objects.filter(pk=key, undone_at=None).update(undone_at=now, undone_by=by):
        return False
    if decision.verb == Verb.BANNED:
        Ban.objects.filter(pk__in=[decision.ban_id], lifted_at=None).update(lifted_at=now)
    elif decision.comment_id:
        put_back(comment, decision)
    else:
        put_back_conversation(decision)
    return True


def put_back(comment: Comment, decision: Decision) -> None:
    if comment.state not in DECIDABLE:
        raise HappenedSince("Its author has taken it back since.")
    if comment.revision != decision.revision:
        raise HappenedSince("Its author has changed it since.")
    if has_been_appealed(decision):
        raise HappenedSince("Its author has appealed since: answer the appeal instead.")
    later = Decision.objects.filter(comment=comment, pk__gt=decision.pk, undone_at=None).exclude(verb=Verb.BANNED)
    if later.exists():
        raise HappenedSince("Something else has been decided about it since.")
    before = decision.before
    changes = {name: before[name] for name in PUT_BACK if name in before}
    if "featured_at" in before:
        changes["featured_at"] = parse_datetime(before["featured_at"]) if before["featured_at"] else None
    Comment.objects.filter(pk=comment.pk).update(**changes)
    reopened = comment.reports.filter(settled_at=decision.at)
    Letter.objects.filter(report__in=reopened.values("pk"), claimed_at=None).delete()
    reopened.update(settled_at=None, told_at=None)
    Letter.objects.filter(decision=decision, claimed_at=None).delete()


def has_been_appealed(decision: Decision) -> bool:
    """Whether somebody has appealed against it, or it is itself the answer to an appeal."""
    return "appeal" in decision.before or Appeal.objects.filter(decision=decision).exists()


def put_back_conversation(decision: Decision) -> None:
    row = Conversation.objects.select_for_update().filter(article=decision.article_id).first()
    later = Decision.objects.filter(article=decision.article_id, comment=None, pk__gt=decision.pk, undone_at=None)
    if row is None or later.exists():
        raise HappenedSince("Something else has been decided about the conversation since.")
    row.mode, row.close_after = decision.before["mode"], decision.before["close_after"]
    row.save()
