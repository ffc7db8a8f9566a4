"""The author of a rejected comment asks once more, and gets an answer."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction

from aisrace.keeping.trail import name_of
from aisrace.lib.text import clean_text
from comments.models import Appeal, Comment, Decision, Letter
from comments.moderating import DECIDABLE, NotDecidable, Verb, approve, tell_author

SALT = "comments.appeal"
LASTS = timedelta(days=60)
LONGEST = 4_000  # characters
HIDDEN = (Comment.State.REJECTED, Comment.State.SPAM)
Outcome = Appeal.Outcome


class NoAppeal(Exception):
    """Nothing was written; the message is for the author."""


def make_appeal_token(decision: Decision) -> str:
    """What stands in the link of the letter about a decision; nothing in the database opens it."""
    return signing.dumps(decision.pk, salt=SALT)


def find_appeal(token: str, now: datetime) -> Decision | None:
    """The decision that the link is about, open to an appeal or not; None where it is forged, or all of it is gone."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    rows = Decision.objects.filter(pk=key, verb__in=[Verb.REJECTED, Verb.SPAM], undone_at=None)
    decision = rows.select_related("comment__article", "comment__appeal").first()
    if decision is None or decision.comment is None or decision.comment.state not in DECIDABLE:
        return None
    is_answered = read_appeal(decision.comment) is not None
    return decision if is_answered or now < decision.at + LASTS else None


def read_appeal(comment: Comment) -> Appeal | None:
    return getattr(comment, "appeal", None)


def may_appeal(decision: Decision, now: datetime) -> bool:
    comment = decision.comment
    if comment is None or read_appeal(comment) is not None:
        return False
    return comment.state in HIDDEN and now < decision.at + LASTS


@transaction.atomic
def appeal(decision: Decision, typed: str, *, now: datetime) -> Appeal:
    """Once for a comment, whatever is decided about it later: the second time the first is returned."""
    comment = Comment.objects.select_for_update(of=("self",)).get(made_decisions=decision)
    if first := Appeal.objects.filter(comment=comment).first():
        return first
    if comment.state not in HIDDEN:
        raise NoAppeal("The comment is not hidden any more.")
    if now >= decision.at + LASTS:
        raise NoAppeal(f"Appeals are possible for {LASTS.days} days.")
    text = clean_text(typed)
    if not text or len(text) > LONGEST:
        raise NoAppeal(f"Say in at most {LONGEST:,} characters why the decision should be another.")
    # They know of it: a letter about it that has not left would only cross the answer.
    Letter.objects.filter(decision=decision, sent_at=None, claimed_at=None).delete()
    return Appeal.objects.create(comment=comment, decision=decision, text=text, at=now)


@transaction.atomic
def settle_appeal(key: int, typed: str, *, overturns: bool, by: User, now: datetime) -> Appeal | None:
    """The answer goes to the author by mail. Overturned, the comment is shown again. None where it is settled already.

    Either way it is a decision, so that the public log has it; it cannot be undone. The comment is locked before the
    appeal, as everywhere: its author may be erasing everything, and then there is no appeal any more.
    """
    appealed = Comment.objects.select_for_update(of=("self",)).filter(appeal=key)
    list(appealed.values_list("pk", flat=True))
    row = Appeal.objects.select_related("comment", "decision").get(pk=key)
    answer, outcome = clean_text(typed), Outcome.OVERTURNED if overturns else Outcome.UPHELD
    if not answer:
        raise NotDecidable("Say why: the author gets your answer.")
    done = Appeal.objects.filter(pk=key, outcome=Outcome.OPEN).update(
        outcome=outcome, answer=answer, settled_at=now, by=by
    )
    if not done:
        return None
    decision = approve(row.comment_id, by=by, now=now, note=answer) if overturns else None
    if decision is None:
        decision = confirm_decision(row, answer, outcome, by, now)
    decision.before |= {"appeal": row.pk}
    decision.save(update_fields=["before"])
    row.refresh_from_db()
    return row


def confirm_decision(row: Appeal, answer: str, outcome: str, by: User, now: datetime) -> Decision:
    """The old decision once more, or, where the comment is shown already, that it is."""
    was = row.decision
    decision = Decision.objects.create(
        verb=was.verb if outcome == Outcome.UPHELD else Verb.APPROVED,
        comment=row.comment,
        article_id=was.article_id,
        revision=was.revision,
        reason=was.reason if outcome == Outcome.UPHELD else "",
        note=answer,
        by=by,
        by_name=name_of(by),
        at=now,
    )
    tell_author(row.comment, decision, now)
    return decision
