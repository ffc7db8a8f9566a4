"""What readers find of themselves: their comments, and in their own words what has become of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from aisrace.lib.figures import day
from articles.models import Edition
from comments.appeals import make_appeal_token, may_appeal
from comments.editing import may_delete, may_edit
from comments.models import Comment, Decision
from comments.rulebook import find_rule
from comments.visitors import Visitor

State = Comment.State
UNCONFIRMED_KEPT = timedelta(days=7)
HIDING = (Decision.Verb.HELD, Decision.Verb.REJECTED, Decision.Verb.SPAM)
TITLES = {
    State.UNCONFIRMED: "Waits to be confirmed",
    State.HELD: "Waits for a moderator",
    State.VISIBLE: "Visible",
    State.REJECTED: "Not shown",
    State.SPAM: "Not shown",
    State.DELETED: "Deleted",
    State.ERASED: "Erased",
}


@dataclass(frozen=True)
class Belonging:
    """`because` says why it stands as it does; `edition` is the article as readers know it, None where they do not.

    `appeal` is the token with which the author can ask once more.
    """

    comment: Comment
    edition: Edition | None
    title: str
    because: str = ""
    note: str = ""
    may_edit: bool = False
    may_delete: bool = False
    appeal: str = ""

    @property
    def is_visible(self) -> bool:
        return self.comment.state == State.VISIBLE


def find_own(visitor: Visitor) -> QuerySet[Comment]:
    """What the reader wrote, or this browser where nobody is remembered; without what they took back. Newest first."""
    is_own = Q(pk__in=visitor.wrote)
    if visitor.reader:
        is_own |= Q(commenter=visitor.reader)
    return (
        Comment.objects.filter(is_own).exclude(state__in=[State.DELETED, State.ERASED]).order_by("-created_at", "-id")
    )


def list_belongings(comments: Iterable[Comment], visitor: Visitor, now: datetime) -> list[Belonging]:
    """Of what the visitor wrote; the rest is left out, for notes and appeals are the author's. Two queries, however
    many they are.
    """
    comments = [comment for comment in comments if visitor.has_written(comment)]
    editions = find_editions(comments, now)
    decisions = find_decisions(comments)
    return [describe(one, editions.get(one.article_id), decisions.get(one.pk), visitor, now) for one in comments]


def describe(
    comment: Comment, edition: Edition | None, decision: Decision | None, visitor: Visitor, now: datetime
) -> Belonging:
    return Belonging(
        comment,
        edition,
        TITLES[State(comment.state)],
        explain(comment, decision),
        decision.note if decision else "",
        may_edit(comment, visitor, now),
        may_delete(comment, visitor),
        make_appeal_token(decision) if decision and visitor.reader and may_appeal(decision, now) else "",
    )


def explain(comment: Comment, decision: Decision | None) -> str:
    if comment.state == State.UNCONFIRMED:
        until = day(comment.created_at + UNCONFIRMED_KEPT)
        return f"It is shown once you open the link that was mailed to you. Unless you do, it is deleted on {until}."
    if comment.state == State.HELD:
        rule = find_rule(comment.rule)
        return rule.told if rule else "It was taken out of sight until a moderator has looked at it."
    if comment.state == State.REJECTED:
        return f"A moderator’s reason: {decision.get_reason_display()}." if decision and decision.reason else ""
    return "It was taken for advertising." if comment.state == State.SPAM else ""


def find_editions(comments: Iterable[Comment], now: datetime) -> dict[int, Edition]:
    """By article, what readers read of it; withdrawn ones are left out. One query."""
    live = Edition.objects.live(now).defer("content").filter(article__in={comment.article_id for comment in comments})
    return {edition.article_id: edition for edition in live}


def find_decisions(comments: Iterable[Comment]) -> dict[int, Decision]:
    """The newest of a moderator about what is not shown, by comment. One query."""
    keys = [comment.pk for comment in comments if comment.state in (State.HELD, State.REJECTED, State.SPAM)]
    made = Decision.objects.filter(comment__in=keys, undone_at=None, verb__in=HIDING).order_by("at", "id")
    made = made.select_related("comment__appeal")
    return {decision.comment_id: decision for decision in made if decision.comment_id}
