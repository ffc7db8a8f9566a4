"""What authors do to their own comments: mend them for a while, and take them back."""

from datetime import datetime, timedelta

from django.db import transaction

from articles.models import Edition
from comments.attempts import Outcome
from comments.bodies import to_plain
from comments.conversations import read_terms
from comments.drafts import LONGEST_TEXT, NotUnderstood, tell_flood, words_key_of
from comments.judging import look_up
from comments.lookups import ask
from comments.models import Appeal, Comment, ReportedError, Revision
from comments.moderating import HOLDERS
from comments.screening import read_house, screen
from comments.showing import forget_told, show
from comments.submitting import Refused, State, settle, write
from comments.visitors import Visitor

WHILE = timedelta(minutes=10)
MENDABLE = (State.VISIBLE, State.HELD)
EDITS_MOST = 20
TAKEN_BACK = (State.UNCONFIRMED, State.HELD, State.VISIBLE, State.REJECTED, State.SPAM)


class NotYours(Exception):
    """It is somebody else's, the time for it is over, or a moderator has decided about it."""


def may_edit(comment: Comment, visitor: Visitor, now: datetime) -> bool:
    in_time = now < comment.created_at + WHILE
    return in_time and comment.state in MENDABLE and visitor.has_written(comment)


def may_delete(comment: Comment, visitor: Visitor) -> bool:
    return comment.state in TAKEN_BACK and visitor.has_written(comment)


@transaction.atomic
def edit(key: int, typed: str, visitor: Visitor, *, now: datetime) -> Comment:
    """New words, screened like new ones: an approval was for the old. Nothing happens where they are the same.

    What a rule held may be shown by it; what readers or a moderator held waits until a moderator has looked at it.
    Raises `NotYours`, `NotUnderstood` or `Refused`; then the comment says what it said.
    """
    comment = Comment.objects.select_for_update(of=("self",)).select_related("commenter").get(pk=key)
    if not may_edit(comment, visitor, now):
        raise NotYours
    if len(typed) > LONGEST_TEXT:
        raise NotUnderstood({"body": tell_flood(typed)})
    text = to_plain(typed)
    if not text:
        raise NotUnderstood({"body": "Write something, or delete the comment."})
    if text == comment.text:
        return comment
    if comment.revision > EDITS_MOST:
        raise NotUnderstood({"body": "This has been edited often enough. You can still delete it."})
    was_visible = comment.state == State.VISIBLE
    Revision.objects.create(comment=comment, number=comment.revision, text=comment.text, written_at=now)
    write(comment, text)
    comment.words_key = words_key_of(text)
    comment.revision += 1
    comment.edited_at = now
    comment.featured_at = None  # a pick was for other words
    newest = Edition.objects.newest(now).get(article=comment.article_id)
    address = comment.commenter.address if comment.commenter else ""
    known = ask(address, visitor.ip, comment.words_key, now, besides=comment.pk)
    verdict = screen(look_up(comment, known, newest, read_terms(newest), now), read_house())
    if verdict and verdict.outcome == Outcome.REFUSE:
        raise Refused(verdict.rule)
    if not is_held_by_people(comment):
        settle(comment, verdict)
    comment.save()
    if comment.state == State.VISIBLE and not was_visible:
        show(comment, now)
    return comment


def is_held_by_people(comment: Comment) -> bool:
    return comment.state == State.HELD and comment.rule in HOLDERS


@transaction.atomic
def delete(key: int, visitor: Visitor, *, now: datetime) -> bool:
    """Words and name go; the row stays where others have answered it. False where it is deleted already."""
    comment = Comment.objects.select_for_update(of=("self",)).get(pk=key)
    if comment.state == State.DELETED and visitor.has_written(comment):
        return False
    if not may_delete(comment, visitor):
        raise NotYours
    take_back(comment, State.DELETED, now=now)
    return True


def take_back(comment: Comment, state: str, *, now: datetime) -> None:
    """What was said is not kept anywhere; its place is. Nobody waits for anything about it any more: not whoever
    reported it or an error in it, nor the author for an answer.
    """
    blank(comment)
    comment.state = state
    comment.save()
    comment.revisions.all().delete()
    forget_told([comment.pk])
    comment.reports.filter(settled_at=None).update(settled_at=now)
    Appeal.objects.filter(comment=comment, outcome=Appeal.Outcome.OPEN).delete()
    Appeal.objects.filter(comment=comment).update(text="")  # that it was asked and answered stays in the numbers
    ReportedError.objects.filter(comment=comment, outcome=ReportedError.Outcome.OPEN).delete()


def blank(comment: Comment) -> None:
    comment.text = comment.html = comment.seal = comment.name = comment.badge = comment.caught = ""
    comment.words_key = comment.user_agent = comment.purpose = ""
    comment.fingerprint = comment.from_ip = comment.featured_at = None
    comment.caught_from = comment.caught_to = None
    comment.answer_id = None
