"""Looking up what the rules need to know about a comment, once, before they look at it."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Value
from django.db.models.functions import Concat

from articles.models import Edition
from comments.attempts import Attempt
from comments.conversations import Terms
from comments.limits import TEN_MINUTES, allows
from comments.lookalikes import find_lookalike
from comments.lookups import Known
from comments.models import Comment, Commenter
from comments.rulebook import find_rule
from comments.screening import House

A_MINUTE = 60  # seconds


def look_up(comment: Comment, known: Known, newest: Edition, terms: Terms, now: datetime, **facts: bool) -> Attempt:
    """A comment that is about to be shown, as the rules see it. `facts` are what only the request tells.

    At most two queries, one of them for whoever has a badge: their own names are theirs to use.
    """
    bearer = list_own_names(known) if comment.badge else ()
    return Attempt(
        text=comment.text,
        name=comment.name,
        badge=comment.badge,
        is_open=terms.is_open(now),
        mode=terms.mode,
        ban=known.ban,
        is_repeated=known.was_said,
        is_newcomer=not known.was_shown,
        protected=tuple(name for name in list_protected(newest) if name not in bearer),
        **facts,
    )


def list_protected(newest: Edition) -> tuple[str, ...]:
    """Names that only their bearers may have here: the article's experts and authors, the staff, all with a badge.

    One query a minute: an edition's are always the same, and the staff is not another every moment.
    """
    key = f"protected.{newest.pk}.{newest.created_at.timestamp()}"
    return cast(tuple[str, ...], cache.get_or_set(key, lambda: read_protected(newest), A_MINUTE))


def read_protected(newest: Edition) -> tuple[str, ...]:
    names = (
        newest.experts.order_by().values_list("name", flat=True),
        Commenter.objects.filter(expert__isnull=False).order_by().values_list("expert__name", flat=True),
        newest.authors.order_by().values_list("name", flat=True),
        User.objects.filter(is_staff=True, is_active=True)
        .exclude(last_name="")
        .order_by()
        .values_list(Concat("first_name", Value(" "), "last_name"), flat=True),
    )
    return (settings.SITE_NAME, *names[0].union(*names[1:]).order_by())


def list_own_names(known: Known) -> tuple[str, ...]:
    """What whoever has the address is called here. One query."""
    names = Commenter.objects.filter(address=known.address).values_list(
        "expert__name", "user__author__name", Concat("user__first_name", Value(" "), "user__last_name")
    )
    return tuple(name for row in names for name in row if name)


def is_too_fast(fingerprint: str, network: str, address: str, house: House) -> bool:
    """Counts an attempt, but not the same one twice: whoever presses the button again is not in a hurry."""
    attempt = f"attempt.{fingerprint}"
    if not settings.COMMENTS_LIMITS or not cache.add(attempt, 1, TEN_MINUTES):
        return False
    rule = find_rule("too_fast")
    most = house.measure_of(rule).number if rule else 0
    if allows("comment", network, most) and allows("author", address, most):
        return False
    cache.delete(attempt)  # what was refused is refused again
    return True


def find_badge(person: Commenter | None, newest: Edition, name: str) -> str:
    """Who they are known to be, never who they say they are; an expert's only beside the expert's name.

    At most one query, for staff.
    """
    if person is None:
        return ""
    if person.expert and find_lookalike(name, [person.expert.name]) == person.expert.name:
        return Comment.Badge.EXPERT
    if person.user is None or not (person.user.is_active and person.user.is_staff):
        return ""
    is_author = newest.authors.filter(user=person.user_id).exists()
    return Comment.Badge.AUTHOR if is_author else Comment.Badge.STAFF
