"""Finding a comment valuable: once a reader, and it can be taken back."""

from datetime import datetime

from django.db import transaction

from comments.models import Comment, Commenter, Vote


class NotVotable(Exception):
    """It is not visible, or it is the reader's own, or the reader has just left."""


@transaction.atomic
def vote(key: int, reader: Commenter, *, wants: bool, now: datetime) -> int:
    """The tally afterwards. Saying the same twice changes nothing.

    Voters of one comment take turns, and the tally is counted anew from the rows, so that it is always what they say.
    First the reader is locked, then the comment, as everywhere. Not the reader's key: a moderator who has their comment
    may be about to write to them.
    """
    is_here = Commenter.objects.select_for_update(no_key=True).filter(pk=reader.pk).values_list("pk", flat=True)
    comment = Comment.objects.select_for_update(of=("self",)).filter(pk=key).first() if list(is_here) else None
    if comment is None or comment.state != Comment.State.VISIBLE or comment.commenter_id == reader.pk:
        raise NotVotable
    if wants:
        Vote.objects.get_or_create(comment=comment, commenter=reader, defaults={"at": now})
    else:
        Vote.objects.filter(comment=comment, commenter=reader).delete()
    return recount(comment)


def has_voted(comment: Comment, reader: Commenter) -> bool:
    return Vote.objects.filter(comment=comment, commenter=reader).exists()


def recount(comment: Comment) -> int:
    """`comment` is locked."""
    comment.votes = comment.vote_set.count()
    comment.save(update_fields=["votes"])
    return comment.votes
