"""What was pressed in the queue, carried out, and told in a line."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from comments.banning import ban_author, ban_network
from comments.conducting import close_conversation, reopen_conversation
from comments.drafts import read_key
from comments.models import Comment, Decision
from comments.moderating import (
    Done,
    NotDecidable,
    approve,
    decide_many,
    feature,
    hold,
    mark_spam,
    reject,
    unfeature,
)

ADDRESS = "address"
BAN, CONDUCT = "comments.add_ban", "comments.change_conversation"
NEEDED = {"ban": BAN, "close": CONDUCT, "open": CONDUCT}  # beside the right to moderate
MOST = 100  # comments at once
LONGEST_NOTE = 2_000
# For how long a ban may last, in days; the last is for good.
LENGTHS = {"day": ("a day", 1), "week": ("a week", 7), "month": ("a month", 30), "year": ("a year", 365)}
VERBS: dict[str, Callable[..., Decision | None]] = {
    "approve": approve,
    "reject": reject,
    "spam": mark_spam,
    "hold": hold,
    "feature": feature,
    "unfeature": unfeature,
}
COMMENTS_DONE = {
    Decision.Verb.APPROVED: "approved",
    Decision.Verb.REJECTED: "rejected",
    Decision.Verb.SPAM: "marked as spam",
    Decision.Verb.HELD: "held",
    Decision.Verb.FEATURED: "made an editor’s pick",
    Decision.Verb.UNFEATURED: "no pick any more",
}


def may(deed: str, by: User) -> bool:
    """Whether somebody who moderates may do this too."""
    return deed not in NEEDED or by.has_perm(NEEDED[deed])


def carry_out(asked: QueryDict, by: User, now: datetime) -> Done:
    """The deed that a form asks for, for every comment that it names.

    Raises `NotDecidable` for what is no deed, and `PermissionDenied` where it is not theirs to do.
    """
    deed, seen = asked.get("deed", ""), read_seen(asked)
    if not may(deed, by):
        raise PermissionDenied
    if not seen:
        raise NotDecidable("Select a comment first.")
    note = asked.get("note", "")[:LONGEST_NOTE]
    if deed == "ban":
        return ban(asked, seen, note, by, now)
    if deed in ("close", "open"):
        return conduct(deed, seen, by, now)
    if deed not in VERBS:
        raise NotDecidable("There is no such deed.")
    how: dict[str, Any] = {"reason": asked.get("reason", ""), "note": note} if deed == "reject" else {}
    return decide_many(VERBS[deed], seen, by=by, now=now, **how)


def read_seen(asked: QueryDict) -> dict[int, int | None]:
    """The comments named, with the revision that was on the page."""
    keys = [read_key(typed) for typed in asked.getlist("comment")[:MOST]]
    return {key: read_key(asked.get(f"seen-{key}", "")) for key in keys if key is not None}


def ban(asked: QueryDict, seen: Mapping[int, int | None], note: str, by: User, now: datetime) -> Done:
    """`target` is “address” or one of the networks around; `length` one of `LENGTHS`, or for good."""
    target, days = asked.get("target", ADDRESS), LENGTHS.get(asked.get("length", ""))

    def place(key: int, seen: int | None, **how: Any) -> Decision | None:
        """A ban is about a person, whatever the text says by now."""
        return ban_author(key, **how) if target == ADDRESS else ban_network(key, target, **how)

    return decide_many(
        place,
        seen,
        by=by,
        now=now,
        until=now + timedelta(days=days[1]) if days else None,
        reason=asked.get("reason", ""),
        note=note,
        rejects_held="rejects" in asked,
    )


def conduct(deed: str, seen: Iterable[int], by: User, now: datetime) -> Done:
    """Close or open the conversations that the comments belong to."""
    verb = close_conversation if deed == "close" else reopen_conversation
    done = Done()
    articles = {
        comment.article_id: comment for comment in Comment.objects.filter(pk__in=seen).select_related("article")
    }
    for comment in articles.values():
        try:
            decision = verb(comment.article, by=by, now=now)
        except NotDecidable as refusal:
            done.refused[comment.pk] = str(refusal)
        else:
            done.decisions.extend([decision] if decision else [])
    return done


def tell_done(decisions: Iterable[Decision]) -> str:
    """“2 comments approved.” Of one batch; says nothing of what is undone already."""
    standing = [decision for decision in decisions if not decision.undone_at]
    numbers = Counter(decision.verb for decision in standing)
    lines = [
        f"{n:,} comment{'' if n == 1 else 's'} {COMMENTS_DONE[Decision.Verb(verb)]}."
        for verb, n in numbers.items()
        if verb in COMMENTS_DONE
    ]
    for decision in standing:
        if decision.ban:
            ends = f"until {decision.ban.until:%-d %B %Y}" if decision.ban.until else "for good"
            lines.insert(0, f"Banned {ends}: {decision.ban.label[:1].lower()}{decision.ban.label[1:]}.")
        elif decision.verb in (Decision.Verb.CLOSED, Decision.Verb.OPENED):
            lines.insert(0, f"The conversation is {decision.verb}.")
    return " ".join(lines)


def tell_refused(done: Done) -> list[str]:
    """Each reason once, with how many it kept."""
    return [
        f"{number:,} of them: {reason}" if len(done.refused) > 1 else reason
        for reason, number in Counter(done.refused.values()).items()
    ]
