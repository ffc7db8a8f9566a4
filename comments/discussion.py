"""A page of the conversation, ready to print: whole threads, each shown up to a length, with the way to the rest.

Every page costs the same few queries, however many comments there are and however deep they go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, RowNumber

from aisrace.lib.prepared import Row, fill, prepared, round_up, slot, slots
from comments.lines import Line, as_said, print_lines
from comments.models import Comment
from comments.paths import END
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


@dataclass(frozen=True, eq=False)
class Thread:
    """`lines` in reading order; `more` are further comments in it that this page leaves out."""

    lines: tuple[Line, ...]
    more: int = 0

    @property
    def first(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True, eq=False)
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

    A page too high is the last, at two more. Of the same rows it is the same discussion.
    """
    place = {"article": article_id, "position": position}
    threads = ask_threads(order, number, position is not None).ask(**place)
    if not threads and number > 1:
        number = max(1, -(-threads_of(article_id, position).count() // THREADS))
        threads = ask_threads(order, number, position is not None).ask(**place)
    names = fill("thread", THREADS, [thread for thread, _ in threads], "")
    inside = ask_inside().ask(article=article_id, **names) if threads else ()
    lines = read_lines([key for key, _, _ in inside], updated_at, picks if number == 1 else 0, article_id)
    return lay_page(threads, inside, lines, order, number, picks if number == 1 else 0)


@lru_cache(maxsize=64)
def lay_page(
    threads: tuple[Row, ...], inside: tuple[Row, ...], lines: tuple[Line, ...], order: Order, number: int, picks: int
) -> Discussion:
    """Of threads with how many there are in all, keys with the thread of each and how long that is, and the lines."""
    keys, sizes = {key for key, _, _ in inside}, {thread: size for _, thread, size in inside}
    laid = lay_threads([thread for thread, _ in threads], sizes, [line for line in lines if line.row.id in keys])
    return Discussion(laid, order, number, threads[0][1] if threads else 0, choose_picks(lines, picks))


def read_lines(
    keys: Sequence[int], updated_at: datetime | None, picks: int = 0, article_id: int | None = None
) -> tuple[Line, ...]:
    """In reading order, and the newest `picks` of the article among them. One query, in one of few forms."""
    room = round_up(len(keys), A_STEP)
    question = ask_rows(room, picks)
    lines = print_lines(question, question.ask(article=article_id, **fill("key", room, keys, 0)), updated_at)
    return tuple(sorted(lines, key=lambda line: (line.row.path, line.row.id)))


# --- Prepared --------------------------------------------------------------------------------------------------------

A_STEP = 16  # keys; the rest of the slots stay empty


def threads_of(article: Any, position: Any) -> QuerySet[Comment]:
    threads = shown(Comment.objects.threads().filter(article=article))
    return threads if position is None else threads.filter(position=position)


@prepared
def ask_threads(order: Order, number: int, is_narrow: bool) -> QuerySet[Any]:
    """The threads of a page, and how many there are in all."""
    first = (number - 1) * THREADS
    threads = threads_of(slot("article"), slot("position") if is_narrow else None)
    counted = threads.annotate(of=Window(Count("pk"))).order_by(*SORTED[order])
    return counted.values_list("thread", "of")[first : first + THREADS]


@prepared
def ask_inside() -> QuerySet[Any]:
    """Of the first comments of each thread the key, with the thread and how long that is."""
    inside = shown(Comment.objects.filter(article=slot("article"), thread__in=slots("thread", THREADS))).order_by()
    numbered = inside.annotate(
        place=Window(RowNumber(), partition_by=F("thread"), order_by=[F("path").asc(), F("id").asc()]),
        size=Window(Count("pk"), partition_by=F("thread")),
    )
    return numbered.filter(place__lte=SHOWN).values_list("pk", "thread", "size")


@prepared
def ask_rows(room: int, picks: int) -> QuerySet[Any]:
    """Comments by key, and the newest `picks` of the article among them."""
    chosen = Q(pk__in=slots("key", room))
    if picks:
        chosen |= Q(pk__in=Comment.objects.featured().filter(article=slot("article"))[:picks].values("pk"))
    return as_said(Comment.objects.filter(chosen).order_by())


def shown(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """What has a place on the page: what is visible, and what is gone from above something visible."""
    below = Comment.objects.visible().filter(
        article=OuterRef("article"),
        thread=OuterRef("thread"),
        path__gt=OuterRef("path"),
        path__lt=Concat(OuterRef("path"), Value(END)),
    )
    return comments.filter(Q(state=Comment.State.VISIBLE) | (Q(state__in=GONE) & Exists(below)))


def lay_threads(threads: Sequence[str], sizes: dict[str, int], lines: Iterable[Line]) -> tuple[Thread, ...]:
    laid: dict[str, list[Line]] = {thread: [] for thread in threads}
    for line in lines:
        laid[line.row.thread].append(line)
    return tuple(Thread(tuple(laid[t]), sizes[t] - len(laid[t])) for t in threads if laid[t])


def choose_picks(lines: Iterable[Line], most: int) -> tuple[Line, ...]:
    picked = [line for line in lines if line.row.featured_at and line.is_visible]
    return tuple(sorted(picked, key=lambda line: (line.row.featured_at, line.row.id), reverse=True)[:most])


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
    return OneThread(read_lines(keys, updated_at), number, count)


def cut_thread(inside: QuerySet[Comment], number: int) -> tuple[list[int], int]:
    first = (number - 1) * OF_A_THREAD
    rows = list(inside.annotate(of=Window(Count("pk"))).values_list("pk", "of")[first : first + OF_A_THREAD])
    return [key for key, _ in rows], rows[0][1] if rows else 0
