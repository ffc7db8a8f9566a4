"""The conversation under an article, opened for readers: what is set, how much is said, and one page of it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime

from aisrace.lib.linked_data import Node
from articles.models import Edition
from articles.reading import open_edition
from comments.conversations import Terms, read_terms
from comments.describing import describe_beside
from comments.discussion import Discussion, Order, read_page
from comments.tallies import ENOUGH, Readers, Tally, read_readers, tally

PICKS = 3


@dataclass(frozen=True)
class OpenConversation:
    """`position` is the one that it is narrowed to. `readers` are questions that enough readers have answered."""

    edition: Edition
    terms: Terms
    is_open: bool
    tally: Tally
    discussion: Discussion
    readers: tuple[Readers, ...] = ()
    position: int | None = None

    @property
    def printed_of(self) -> Hashable:
        """Equal where all is equal that a page prints of the conversation, besides the article."""
        return self.terms, self.is_open, self.tally, self.discussion, self.readers, self.position

    @property
    def linked(self) -> Node | None:
        """What the article's own page says of it to machines."""
        if not self.tally.total:
            return None
        return describe_beside(self.edition, self.tally, self.discussion.threads)

    @property
    def is_plain(self) -> bool:
        """The first page as everybody comes to it."""
        return self.discussion.number == 1 and self.position is None


def open_conversation(
    newest: Edition, now: datetime, order: Order = Order.NEWEST, number: int = 1, position: int | None = None
) -> OpenConversation:
    """Two queries where nothing has been said; five, and one for readers' answers, where it has."""
    terms, counted = read_terms(newest), tally(newest.article_id)
    opened = OpenConversation(
        newest, terms, terms.is_open(now), counted, Discussion((), order, 1, 0), position=position
    )
    if not counted.total:
        return opened
    picks = PICKS if counted.featured and position is None else 0
    discussion = read_page(newest.article_id, find_update(newest), order, number, position, picks)
    opened = replace(opened, discussion=discussion)
    return replace(opened, readers=read_answers(newest, counted)) if opened.is_plain else opened


def find_update(newest: Edition) -> datetime | None:
    """When readers were last told of an update; None where there was none since it was first published."""
    return newest.updated_at if newest.updated_at > newest.first_live_at else None


def read_answers(newest: Edition, counted: Tally) -> tuple[Readers, ...]:
    if counted.answers < ENOUGH:
        return ()
    questions = open_edition(newest).comparison.questions
    return tuple(readers for readers in read_readers(newest.article_id, questions) if readers.is_shown)
