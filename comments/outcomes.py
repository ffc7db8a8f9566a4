"""What has become of comments that were just confirmed, carried to the next page in its address.

Signed, and good for an hour, so that the page can be loaded again. The words are for their author alone: whoever else
has the address learns that somebody has confirmed theirs.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core import signing

from comments.belongings import Belonging, list_belongings
from comments.confirming import Confirmed
from comments.models import Comment
from comments.visitors import Visitor

SALT = "comments.outcome"
LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Outcome:
    """`refused` hold the reason in `because`. Both are empty for whoever is not known as the author."""

    taken: list[Belonging]
    refused: list[Belonging]


def make_outcome_token(done: Confirmed) -> str:
    told = [[comment.pk for comment in done.comments], [[comment.pk, reason] for comment, reason in done.refused]]
    return signing.dumps(told, salt=SALT, compress=True)


def read_outcome(token: str, visitor: Visitor, now: datetime) -> Outcome | None:
    """None where the token is forged or old. What was deleted meanwhile is left out. Three queries."""
    try:
        taken, refused = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    reasons = dict(refused)
    comments = Comment.objects.filter(pk__in=[*taken, *reasons]).order_by("created_at", "id")
    found = list_belongings(comments, visitor, now)
    return Outcome(
        [one for one in found if one.comment.pk not in reasons],
        [
            replace(one, title="Not taken", because=reasons[one.comment.pk])
            for one in found
            if one.comment.pk in reasons
        ],
    )
