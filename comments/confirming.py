"""What a mailed link does: it shows that whoever opens it reads the mail of an address.

A GET shows what would happen; only a POST does it, once, so that a program that looks into mails changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction

from articles.models import Edition
from comments.attempts import Outcome
from comments.conversations import read_terms
from comments.judging import find_badge, look_up
from comments.letters import mark_opened
from comments.lookups import ask
from comments.models import Comment, Commenter, Letter
from comments.paths import place
from comments.screening import Verdict, read_house, screen
from comments.showing import show
from comments.submitting import NO_PROOF, State, settle
from comments.visitors import Visitor

SALT = "comments.letter"
LASTS = timedelta(days=7)
MUTED = timedelta(days=90)


@dataclass(frozen=True)
class Confirmed:
    """`refused` are comments that may no longer be shown, each with the reason in words."""

    reader: Commenter
    comments: list[Comment]
    refused: list[tuple[Comment, str]]


def make_token(letter: Letter) -> str:
    """What stands in the link; nothing in the database opens it."""
    return signing.dumps([letter.pk, letter.commenter_id], salt=SALT)


def find_letter(token: str, now: datetime) -> Letter | None:
    """The letter whose link this is, used or not; None where it is forged or too old, or the letter is gone."""
    try:
        pk, person = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    letters = Letter.objects.filter(pk=pk, commenter=person, made_at__gt=now - LASTS)
    return letters.select_related("commenter", "comment__article").first()


def list_waiting(person: Commenter) -> list[Comment]:
    """What was sent with this address and waits for it to be confirmed. One query."""
    waiting = person.comments.filter(state=State.UNCONFIRMED).select_related("article")
    return list(waiting.order_by("created_at", "id"))


@transaction.atomic
def confirm(letter: Letter, chosen: set[int], visitor: Visitor, *, now: datetime) -> Confirmed | None:
    """Whoever has the link is the reader of that address; of what waits, the `chosen` comments are theirs.

    They are screened anew and take their place now. None where the link has done its work already.
    """
    reader = lock_reader(letter)
    if reader is None or not use(letter, now):
        return None
    mark_opened(reader, now)
    reader.confirmed_at = reader.confirmed_at or now
    reader.muted_until = None
    reader.user = User.objects.filter(email__iexact=reader.address, is_active=True, is_staff=True).first()
    done = Confirmed(reader, [], [])
    for comment in list_waiting(reader):
        if comment.pk in chosen:
            take_in(comment, done, visitor, now)
    reader.save()
    return done


def lock_reader(letter: Letter) -> Commenter | None:
    """With what waits of theirs. The letter comes last: whoever sends it again has its reader first."""
    reader = Commenter.objects.select_for_update(no_key=True).filter(pk=letter.commenter_id).first()
    waiting = Comment.objects.filter(commenter=letter.commenter_id, state=State.UNCONFIRMED).order_by("pk")
    list(waiting.select_for_update(of=("self",)).values_list("pk", flat=True))
    return reader


def use(letter: Letter, now: datetime) -> bool:
    return bool(Letter.objects.filter(pk=letter.pk, used_at=None).update(used_at=now))


def take_in(comment: Comment, done: Confirmed, visitor: Visitor, now: datetime) -> None:
    """Its place is where the conversation is by now; what it answers must still be there."""
    reader = done.reader
    newest = Edition.objects.newest(now).filter(article=comment.article_id).first()
    parent = comment.parent
    if newest is None or newest.is_withdrawal or (parent and parent.state != State.VISIBLE):
        done.refused.append((comment, "What it was about is not there any more."))
        return
    comment.badge = find_badge(reader, newest, comment.name)
    verdict = judge_confirmed(comment, reader, visitor, newest, now)
    if verdict and verdict.outcome == Outcome.REFUSE:
        done.refused.append((comment, verdict.rule.told))
        return
    settle(comment, verdict)
    comment.created_at, comment.edition = now, newest.number
    place(comment, parent, now)
    comment.save()
    reader.name = comment.name
    if comment.wants_replies and reader.replies == Commenter.Notices.NEVER:
        reader.replies = Commenter.Notices.EACH
    if comment.state == State.VISIBLE:
        show(comment, now)
    done.comments.append(comment)


def judge_confirmed(
    comment: Comment, reader: Commenter, visitor: Visitor, newest: Edition, now: datetime
) -> Verdict | None:
    """As when it was sent, and with what is known of whose address it is by now."""
    known = ask(reader.address, visitor.ip, comment.words_key, now, besides=comment.pk)
    attempt = look_up(comment, known, newest, read_terms(newest), now, has_worked=comment.rule != NO_PROOF)
    return screen(attempt, read_house())


@transaction.atomic
def disown(letter: Letter, *, now: datetime) -> int:
    """Whoever reads that mail did not write: what waits is deleted, and no letters follow for a while. How many.

    Nothing where the link has done its work already.
    """
    if lock_reader(letter) is None or not use(letter, now):
        return 0
    Commenter.objects.filter(pk=letter.commenter_id).update(muted_until=now + MUTED)
    return (
        Comment.objects.filter(commenter=letter.commenter_id, state=State.UNCONFIRMED)
        .delete()[1]
        .get(Comment._meta.label, 0)
    )
