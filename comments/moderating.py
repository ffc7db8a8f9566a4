"""What moderators decide about comments. Every verb is one transaction, leaves one decision, and does nothing twice.

A decision is about the text as it was looked at: `seen` is its revision, and where the author has changed it since,
nothing is decided. What one person decides at one moment is one batch; comments/undoing.py takes it back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from aisrace.hooks.telling import take_back
from aisrace.keeping.trail import name_of
from comments.models import Comment, Decision, Letter
from comments.rulebook import title_of
from comments.showing import name_subject, show

State = Comment.State
Verb = Decision.Verb
Reason = Decision.Reason
DECIDABLE = (State.HELD, State.VISIBLE, State.REJECTED, State.SPAM)
PUT_BACK = ("state", "rule", "decided_revision")  # by undoing; `featured_at` too
UNDOABLE_FOR = timedelta(minutes=10)  # before a letter about it leaves
REPORTED, BY_HAND = "reported", "moderator"
HOLDERS = {REPORTED: "Reported by readers", BY_HAND: "Held by a moderator"}  # beside the rules


class NotDecidable(Exception):
    """Nothing was decided; the message says why."""


@dataclass(frozen=True)
class Done:
    """`refused` says of each comment that could not be decided why; what was so already is in neither."""

    decisions: list[Decision] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def approve(key: int, *, by: User | None, now: datetime, seen: int | None = None, note: str = "") -> Decision | None:
    """Visible from now on, and looked at. Whoever has waited for it is told."""
    comment = take(key, seen)
    if comment.state == State.VISIBLE and comment.is_decided and not is_reported(comment):
        return None
    changes = {"state": State.VISIBLE, "rule": "", "decided_revision": comment.revision}
    return settle(comment, Verb.APPROVED, changes, by=by, now=now, note=note, tells=comment.state != State.VISIBLE)


@transaction.atomic
def reject(
    key: int,
    reason: str,
    note: str = "",
    *,
    by: User | None,
    now: datetime,
    seen: int | None = None,
    tells: bool = True,
) -> Decision | None:
    """Hidden, for a reason that is public; the note goes to its author alone, with the way to appeal."""
    comment = take(key, seen)
    if reason not in Reason:
        raise NotDecidable("Choose a reason: its author is told, and so is the public log.")
    if comment.state == State.REJECTED:
        return None
    changes = {"state": State.REJECTED, "featured_at": None, "decided_revision": comment.revision}
    return settle(comment, Verb.REJECTED, changes, by=by, now=now, reason=reason, note=note, tells=tells)


@transaction.atomic
def mark_spam(key: int, *, by: User | None, now: datetime, seen: int | None = None) -> Decision | None:
    """Hidden, and nobody is told: a program does not read, and a person who sends it learns from it."""
    comment = take(key, seen)
    if comment.state == State.SPAM:
        return None
    changes = {"state": State.SPAM, "featured_at": None, "decided_revision": comment.revision}
    return settle(comment, Verb.SPAM, changes, by=by, now=now)


@transaction.atomic
def hold(
    key: int, *, by: User | None, now: datetime, seen: int | None = None, rule: str = BY_HAND, caught: str = ""
) -> Decision | None:
    """Out of sight until somebody decides. It is no decision about the text, so reports stay open."""
    comment = take(key, seen)
    if comment.state == State.HELD:
        return None
    comment.caught, comment.caught_from, comment.caught_to = caught, None, None
    changes = {"state": State.HELD, "rule": rule, "featured_at": None, "decided_revision": 0}
    return settle(comment, Verb.HELD, changes, by=by, now=now)


@transaction.atomic
def feature(key: int, *, by: User | None, now: datetime, seen: int | None = None) -> Decision | None:
    """An editor's pick; what is held is shown by it."""
    comment = take(key, seen)
    if comment.state == State.VISIBLE and comment.featured_at:
        return None
    changes = {"state": State.VISIBLE, "rule": "", "featured_at": now, "decided_revision": comment.revision}
    return settle(comment, Verb.FEATURED, changes, by=by, now=now)


@transaction.atomic
def unfeature(key: int, *, by: User | None, now: datetime, seen: int | None = None) -> Decision | None:
    comment = take(key, seen)
    if comment.featured_at is None:
        return None
    return settle(comment, Verb.UNFEATURED, {"featured_at": None}, by=by, now=now)


def decide_many(
    verb: Callable[..., Decision | None], seen: Mapping[int, int | None], *, by: User | None, now: datetime, **how: Any
) -> Done:
    """`seen` has the revision that was looked at by the comment's key.

    One transaction each: a comment that cannot be decided stops no other.
    """
    done = Done()
    for key, revision in seen.items():
        try:
            decision = verb(key, by=by, now=now, seen=revision, **how)
        except NotDecidable as refusal:
            done.refused[key] = str(refusal)
        else:
            done.decisions.extend([decision] if decision else [])
    return done


def name_holder(rule: str) -> str:
    """What held a comment, for people."""
    return HOLDERS.get(rule) or title_of(rule)


# --- What all have in common -----------------------------------------------------------------------------------------


def take(key: int, seen: int | None = None) -> Comment:
    """The comment, locked until the transaction ends, so that two moderators take turns. One query."""
    rows = Comment.objects.select_for_update(of=("self",)).select_related("commenter")
    comment: Comment | None = rows.filter(pk=key).first()
    if comment is None or comment.state in (State.DELETED, State.ERASED):
        raise NotDecidable("It is gone: its author has taken it back.")
    if comment.state not in DECIDABLE:
        raise NotDecidable("Its author has not confirmed the address yet.")
    if seen is not None and comment.revision != seen:
        raise NotDecidable("Its author has changed it since you looked at it.")
    return comment


def is_reported(comment: Comment) -> bool:
    return comment.reports.filter(settled_at=None).exists()


def settle(
    comment: Comment,
    verb: str,
    changes: Mapping[str, Any],
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    note: str = "",
    tells: bool = False,
) -> Decision:
    """Change the comment as decided and write down what it was. `comment` is locked."""
    was_visible = comment.state == State.VISIBLE
    decision = write_decision(comment, verb, changes, by=by, now=now, reason=reason, note=note)
    for name, value in changes.items():
        setattr(comment, name, value)
    comment.save(update_fields=[*changes, "caught", "caught_from", "caught_to"])
    if comment.state == State.VISIBLE and not was_visible:
        show(comment, now)
    if was_visible and comment.state != State.VISIBLE:
        take_back(name_subject(comment.pk))
    if comment.is_decided and verb != Verb.UNFEATURED:
        comment.reports.filter(settled_at=None).update(settled_at=now)
    if tells:
        tell_author(comment, decision, now)
    return decision


def write_decision(
    comment: Comment, verb: str, changes: Mapping[str, Any], *, by: User | None, now: datetime, reason: str, note: str
) -> Decision:
    before = {name: getattr(comment, name) for name in PUT_BACK if name in changes}
    if "featured_at" in changes:
        before["featured_at"] = comment.featured_at.isoformat() if comment.featured_at else None
    return Decision.objects.create(
        verb=verb,
        comment=comment,
        article_id=comment.article_id,
        revision=comment.revision,
        reason=reason,
        rule=changes["rule"] if verb == Verb.HELD else comment.rule,
        note=note,
        by=by,
        by_name=name_of(by),
        at=now,
        before=before,
    )


def tell_author(comment: Comment, decision: Decision, now: datetime) -> None:
    """A letter, later than now, to those who have confirmed their address and want to know."""
    person = comment.commenter
    if person and person.confirmed_at and person.decisions:
        Letter.objects.create(
            commenter=person,
            kind=Letter.Kind.DECISION,
            comment=comment,
            decision=decision,
            made_at=now,
            due_at=now + UNDOABLE_FOR,
        )
