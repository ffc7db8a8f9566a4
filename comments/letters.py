"""The outbox: letters to readers as rows that say they are due. Asking for one is quick; sending is the sweeps' work.

A letter with a link, or about a notice, goes to an address that somebody has typed, who may be anybody: so there are
few, whoever asks for them, and none to an address whose owner has said that they did not ask. They are counted for the
mailbox, beside the letters: what is deleted still counts.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aisrace.lib.nudging import nudge
from comments.addresses import mailbox_key
from comments.models import Comment, Commenter, Letter, Mailbox

Kind = Letter.Kind
A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
A_DAY_MOST = 3  # letters with a link, to one mailbox
UNANSWERED_MOST = 6  # in a month, of which none was opened
AGAIN_AFTER = timedelta(minutes=10)  # for the same comment


def ask_to_confirm(comment: Comment, now: datetime) -> Letter | None:
    """A letter with the link that shows a comment's address to be its author's; None where there have been enough.

    To be called in a transaction. Takes turns with others to the same address: their number is what it says.
    """
    person = Commenter.objects.select_for_update(of=("self",), no_key=True).filter(comments=comment).first()
    if person is None or was_just_asked(comment, now):
        return None
    return write_link(person, Kind.CONFIRM, now, comment)


def ask_again(comment: Comment, now: datetime) -> Letter | None:
    """As `ask_to_confirm`, for a comment that was sent before: of many at once most find it asked, and take no turn."""
    if was_just_asked(comment, now):
        return None
    with transaction.atomic():
        return ask_to_confirm(comment, now)


def was_just_asked(comment: Comment, now: datetime) -> bool:
    return Letter.objects.filter(kind=Kind.CONFIRM, comment=comment, made_at__gt=now - AGAIN_AFTER).exists()


@transaction.atomic
def ask_to_remember(address: str, now: datetime) -> Letter | None:
    """A letter with the link by which another device is remembered; None where there have been enough.

    An address that nobody has used before is treated alike, so that nothing tells whether it has been: it gets a row,
    by which its letters are counted, and a letter.
    """
    people = Commenter.objects.select_for_update(no_key=True)
    person, _ = people.get_or_create(address=address, defaults={"first_seen_at": now})
    return write_link(person, Kind.REMEMBER, now)


def write_link(person: Commenter, kind: str, now: datetime, comment: Comment | None = None) -> Letter | None:
    """As `write_to_anybody`; the link is made when it leaves."""
    return write_to_anybody(person, now, kind=kind, comment=comment)


def write_to_anybody(person: Commenter, now: datetime, *, kind: str, **about: Any) -> Letter | None:
    """To an address that somebody has typed. `person` is locked, and then the mailbox. Three queries."""
    if person.muted_until and now < person.muted_until:
        return None
    boxes = Mailbox.objects.select_for_update()
    box, _ = boxes.get_or_create(key=mailbox_key(person.address), defaults={"last_at": now})
    if not has_room(box, person, kind, now):
        return None
    box.links = sorted([*box.links, now.timestamp()])[-UNANSWERED_MOST:]
    box.last_at = max(box.last_at, now)
    box.save(update_fields=["links", "last_at"])
    letter = Letter.objects.create(commenter=person, kind=kind, made_at=now, due_at=now, **about)
    nudge()
    return letter


def has_room(box: Mailbox, person: Commenter, kind: str, now: datetime) -> bool:
    """Whoever has shown once that they read that mail gets to what is theirs, however many letters others ask for."""
    if count_links(box, now - A_DAY) >= A_DAY_MOST:
        return False
    if kind in (Kind.REMEMBER, Kind.NOTICE) and person.confirmed_at:
        return True
    was_opened = box.opened_at is not None and box.opened_at > now - A_MONTH
    return was_opened or count_links(box, now - A_MONTH) < UNANSWERED_MOST


def count_links(box: Mailbox, since: datetime) -> int:
    return sum(moment > since.timestamp() for moment in box.links)


def mark_opened(person: Commenter, now: datetime) -> None:
    """Whoever reads that mail wants these letters."""
    Mailbox.objects.filter(key=mailbox_key(person.address)).update(opened_at=now)
