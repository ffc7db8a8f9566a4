"""Places in a conversation. A path is a row of segments, one for each level, each the moment at which somebody spoke.

Sorted as text, paths give every thread in reading order: a comment, then all below it, oldest first. They are made of
digits alone, which every collation sorts alike. Below the last level that is shown, replies stand one after the other,
so a path has an end however deep a thread goes.
"""

import secrets
from datetime import UTC, datetime, timedelta

from comments.models.comments import LEVELS, SEGMENT, Comment

END = "9" * SEGMENT  # behind a path: comes after all that stands below it, and before what follows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 100_000_000  # in segments
_NOISE = 100  # tells apart what was said in the same microsecond


def make_segment(at: datetime) -> str:
    """Microseconds and two digits of chance. Of the same moment and digits the older row is read first."""
    moment = max((at - _EPOCH) // timedelta(microseconds=1), 0)
    return f"{moment * _NOISE + secrets.randbelow(_NOISE):0{SEGMENT}d}"


def place(comment: Comment, parent: Comment | None, at: datetime) -> None:
    """Give the comment its place below `parent`."""
    segment = make_segment(at)
    if parent is None:
        comment.depth, comment.thread, comment.path = 0, segment, segment
        return
    comment.parent, comment.depth, comment.thread = parent, parent.depth + 1, parent.thread
    comment.path = parent.path[: SEGMENT * (LEVELS + 1)] + segment


def place_apart(comment: Comment, parent: Comment | None, at: datetime) -> None:
    """As `place`, behind all that has that moment: what comes from elsewhere often has dates without a time.

    At most two queries, however many there are.
    """
    place(comment, parent, at)
    siblings = Comment.objects.filter(article=comment.article_id, parent=parent)
    if not siblings.filter(path=comment.path).exists():
        return
    above, segment = comment.path[:-SEGMENT], int(comment.path[-SEGMENT:])
    moment = siblings.filter(path__gte=comment.path, path__lt=f"{above}{segment + _SECOND:0{SEGMENT}d}")
    last = moment.order_by("-path").values_list("path", flat=True)[0]
    segment = int(last[len(above) : len(above) + SEGMENT]) + 1
    comment.path = f"{above}{segment:0{SEGMENT}d}"
    if parent is None:
        comment.thread = comment.path


def level_of(path: str) -> int:
    """How far in it is shown: 0 for the first of a thread, at most `LEVELS` + 1."""
    return len(path) // SEGMENT - 1
