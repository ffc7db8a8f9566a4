"""Comments as they are printed: what stands on a page of each, and nothing that only moderators see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet

from aisrace.lib.prepared import Prepared, Row
from comments.bodies import trusted_html
from comments.models import Comment
from comments.models.comments import LEVELS
from comments.paths import level_of

KEPT = 2000  # lines, those of some dozen pages

GONE_WORDS = {
    "held": "This comment is being looked at by a moderator.",
    "rejected": "A moderator has removed this comment.",
    "spam": "A moderator has removed this comment.",
    "deleted": "Its author has deleted this comment.",
    "erased": "Its author has left and taken this comment along.",
}


class Said(NamedTuple):
    """A comment with a few words of all that it hangs on; of what is not there they are None."""

    id: int
    parent_id: int | None
    thread: str
    path: str
    depth: int
    state: str
    name: str
    badge: str
    text: str
    html: str
    renderer: int
    seal: str
    purpose: str
    position_id: int | None
    votes: int
    featured_at: datetime | None
    created_at: datetime
    edited_at: datetime | None
    expert: str | None
    asked: str | None
    asked_at_length: str | None
    words: str | None
    answer: str | None
    answered: str | None
    answered_at_length: str | None
    parent_name: str | None
    parent_state: str | None

    @property
    def about(self) -> str:
        """The question of the position that it hangs on."""
        return self.asked or self.asked_at_length or ""

    @property
    def own_question(self) -> str:
        """The question to which its author gives an answer of their own."""
        return self.answered or self.answered_at_length or ""

    @property
    def badge_label(self) -> str:
        return str(Comment.Badge(self.badge).label)

    @property
    def purpose_label(self) -> str:
        return str(Comment.Purpose(self.purpose).label)


ELSEWHERE = {
    "expert": "position__expert__name",
    "asked": "position__question__label",
    "asked_at_length": "position__question__wording",
    "words": "quote__words",
    "answer": "answer__label",
    "answered": "question__label",
    "answered_at_length": "question__wording",
    "parent_name": "parent__name",
    "parent_state": "parent__state",
}


def as_said(comments: QuerySet[Comment]) -> QuerySet[Any]:
    """To be asked for rows of which `print_lines` makes lines."""
    return comments.values_list(*(ELSEWHERE.get(name, name) for name in Said._fields))


@dataclass(frozen=True, eq=False)
class Line:
    """A comment as printed; of one that is gone only its place and why. `answers` names whom it answers, where the
    place alone does not tell."""

    row: Said
    html: str
    answers: str = ""
    before: datetime | None = None

    @property
    def level(self) -> int:
        return level_of(self.row.path)

    @property
    def is_visible(self) -> bool:
        return self.row.state == Comment.State.VISIBLE

    @property
    def gone(self) -> str:
        return GONE_WORDS.get(self.row.state, "This comment is not shown.")


def print_lines(question: Prepared, rows: Iterable[Row], updated_at: datetime | None) -> list[Line]:
    """Of the same row and date it is the same line."""
    return [print_line(question, row, updated_at) for row in rows]


@lru_cache(maxsize=KEPT)
def print_line(question: Prepared, row: Row, updated_at: datetime | None) -> Line:
    said = Said(*question.read(row))
    if said.state != Comment.State.VISIBLE:
        return Line(said, "")
    html = trusted_html(said.text, said.html, said.renderer, said.seal)
    before = updated_at if updated_at and said.created_at < updated_at else None
    return Line(said, html, name_parent(said), before)


def name_parent(said: Said) -> str:
    """Below the last level replies stand one after the other: only there it is to be said whom one answers."""
    if said.depth <= LEVELS + 1:
        return ""
    return said.parent_name or "" if said.parent_state == Comment.State.VISIBLE else "a comment that is gone"
