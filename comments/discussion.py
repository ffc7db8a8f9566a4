"""A page of the conversation, ready to print: whole threads, each shown up to a length, with the way to the rest.

Every page costs the same few queries, however many comments there are and however deep they go.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, RowNumber

from comments.bodies import trusted_html
from comments.models import Comment
from comments.models.comments import LEVELS
from comments.paths import END, level_of
from comments.querysets import GONE

THREADS = 20  # on a page
SHOWN = 8  # comments of a thread, before “more replies”
OF_A_THREAD = 50  # comments on a page of one thread


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    VALUED = "valued"
    POSITION = "position"


SORTED: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: ("-path", "-id"),
    Order.OLDEST: ("path", "id"),
    Order.VALUED: ("-votes", "-path", "-id"),
    Order.POSITION: (F("position").asc(nulls_last=True), "path", "id"),
}


@dataclass(frozen=True)
class Line:
    """A comment as printed; of one that is gone only its place and why. `answers` names whom it answers, where the
    place alone does not tell."""

    row: Comment
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


GONE_WORDS = {
    "held": "This comment is being looked at by a moderator.",
    "rejected": "A moderator has removed this comment.",
    "spam": "A moderator has removed this comment.",
    "deleted": "Its author has deleted this comment.",
    "erased": "Its author has left and taken this comment along.",
}


@dataclass(frozen=True)
class Thread:
    """`lines` in reading order; `more` are further comments in it that this page leaves out."""

    lines: tuple[Line, ...]
    more: int = 0

    @property
    def first(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True)
class Discussion:
    """`number` of `pages`; `count` of all threads. `picks` are the editors' newest, wherever they stand."""

    threads: tuple[Thread, ...]
    order: Order
    number: int
    count: int
    picks: tuple[Line, ...] = ()
    size: int = THREADS

    @cached_property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))


def read_page(
    article_id: int,
    updated_at: datetime | None,
    order: Order = Order.NEWEST,
    number: int = 1,
    position: int | None = None,
    picks: int = 0,
) -> Discussion:
    """Three queries: which threads, which comments of them, then these and, on the first page, the newest `picks`.

    A page too high is the last, at two more.
    """
    threads = shown(Comment.objects.threads().filter(article=article_id))
    if position is not None:
        threads = threads.filter(position=position)
    keys, count = cut(threads.order_by(*SORTED[order]), number, THREADS)
    if not keys and number > 1:
        number = max(1, -(-threads.count() // THREADS))
        keys, count = cut(threads.order_by(*SORTED[order]), number, THREADS)
    sizes, inside = number_lines(article_id, keys) if keys else ({}, set())
    picks = picks if number == 1 else 0
    picked = Comment.objects.featured().filter(article=article_id)[:picks] if picks else None
    lines = print_lines(read_rows(inside, picked), updated_at)
    laid = lay_threads(keys, sizes, [line for line in lines if line.row.pk in inside])
    return Discussion(laid, order, number, count, choose_picks(lines, picks))


def shown(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """What has a place on the page: what is visible, and what is gone from above something visible."""
    below = Comment.objects.visible().filter(
        article=OuterRef("article"),
        thread=OuterRef("thread"),
        path__gt=OuterRef("path"),
        path__lt=Concat(OuterRef("path"), Value(END)),
    )
    return comments.filter(Q(state=Comment.State.VISIBLE) | (Q(state__in=GONE) & Exists(below)))


def cut(threads: QuerySet[Comment], number: int, size: int) -> tuple[list[str], int]:
    """The threads of a page, and how many there are in all (0 on a page beyond them). One query."""
    first = (number - 1) * size
    rows = list(threads.annotate(of=Window(Count("pk"))).values_list("thread", "of")[first : first + size])
    return [thread for thread, _ in rows], rows[0][1] if rows else 0


def number_lines(article_id: int, threads: Sequence[str]) -> tuple[dict[str, int], set[int]]:
    """How long each thread is, and the keys of the first comments of each. One query."""
    inside = shown(Comment.objects.filter(article=article_id, thread__in=threads)).order_by()
    numbered = inside.annotate(
        place=Window(RowNumber(), partition_by=F("thread"), order_by=[F("path").asc(), F("id").asc()]),
        size=Window(Count("pk"), partition_by=F("thread")),
    )
    rows = list(numbered.filter(place__lte=SHOWN).values_list("pk", "thread", "size"))
    return {thread: size for _, thread, size in rows}, {key for key, _, _ in rows}


def lay_threads(threads: Sequence[str], sizes: dict[str, int], lines: Iterable[Line]) -> tuple[Thread, ...]:
    laid: dict[str, list[Line]] = {thread: [] for thread in threads}
    for line in lines:
        laid[line.row.thread].append(line)
    return tuple(Thread(tuple(laid[t]), sizes[t] - len(laid[t])) for t in threads if laid[t])


def choose_picks(lines: Iterable[Line], most: int) -> tuple[Line, ...]:
    picked = [line for line in lines if line.row.featured_at and line.is_visible]
    return tuple(sorted(picked, key=lambda line: (line.row.featured_at, line.row.pk), reverse=True)[:most])


def read_rows(keys: Collection[int], besides: QuerySet[Comment] | None = None) -> list[Comment]:
    """In reading order, and those `besides` among them. One query."""
    chosen = Q(pk__in=keys) if besides is None else Q(pk__in=keys) | Q(pk__in=besides.values("pk"))
    return sorted(with_related(Comment.objects.filter(chosen)), key=lambda row: (row.path, row.pk))


def with_related(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """With what is printed of position, quote, question, answer and parent: of that two words, not the whole row."""
    related = "position__expert", "position__question", "quote", "answer", "question"
    return comments.select_related(*related).annotate(parent_name=F("parent__name"), parent_state=F("parent__state"))


def print_lines(rows: Iterable[Comment], updated_at: datetime | None) -> list[Line]:
    return [print_line(row, updated_at) for row in rows]


def print_line(row: Comment, updated_at: datetime | None) -> Line:
    if row.state != Comment.State.VISIBLE:
        return Line(row, "")
    html = trusted_html(row.text, row.html, row.renderer, row.seal)
    return Line(row, html, name_parent(row), updated_at if updated_at and row.created_at < updated_at else None)


def name_parent(row: Any) -> str:
    """Below the last level replies stand one after the other: only there it is to be said whom one answers."""
    if row.depth <= LEVELS + 1:
        return ""
    return row.parent_name if row.parent_state == Comment.State.VISIBLE else "a comment that is gone"


# --- One thread ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a comment stands: in which thread, which comment begins that, on which page of it."""

    thread: str
    first: int
    number: int


def find_place(article_id: int, key: int) -> Place | None:
    """None for a comment that has no place before readers. Three queries."""
    of_article = Comment.objects.filter(article=article_id)
    row = shown(of_article.filter(pk=key)).values_list("thread", "path").first()
    if row is None:
        return None
    thread, path = row
    first = of_article.filter(thread=thread, parent=None).order_by("path", "id").values_list("pk", flat=True).first()
    if first is None:
        return None
    before = shown(of_article.filter(thread=thread, path__lt=path)).count()
    return Place(thread, first, before // OF_A_THREAD + 1)


@dataclass(frozen=True)
class OneThread:
    """A page of one thread; `lines` are not the first ones of it on later pages."""

    lines: tuple[Line, ...]
    number: int
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // OF_A_THREAD))


def read_thread(article_id: int, thread: str, updated_at: datetime | None, number: int) -> OneThread:
    """Two queries, three for a page beyond the last."""
    inside = shown(Comment.objects.filter(article=article_id, thread=thread)).order_by("path", "id")
    keys, count = cut_thread(inside, number)
    if not keys and number > 1:
        number = max(1, -(-inside.count() // OF_A_THREAD))
        keys, count = cut_thread(inside, number)
    return OneThread(tuple(print_lines(read_rows(keys), updated_at)), number, count)


def cut_thread(inside: QuerySet[Comment], number: int) -> tuple[list[int], int]:
    first = (number - 1) * OF_A_THREAD
    rows = list(inside.annotate(of=Window(Count("pk"))).values_list("pk", "of")[first : first + OF_A_THREAD])
    return [key for key, _ in rows], rows[0][1] if rows else 0
