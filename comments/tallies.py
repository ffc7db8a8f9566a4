"""How many comments there are, and on what: counted when asked, so that no number can go wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from aisrace.lib.prepared import Row, prepared, slot
from comments.models import Comment
from experts.comparison import AnswerRow, QuestionRow

ENOUGH = 10  # readers, below which their distribution is not shown
PURPOSES = Comment.Purpose


@dataclass(frozen=True)
class Talk:
    """What is said about one position: comments by purpose; `total` holds those of none too."""

    total: int
    agrees: int = 0
    challenges: int = 0
    source: int = 0
    error: int = 0

    @property
    def others(self) -> int:
        """Remarks, and what was said in answer to comments."""
        return self.total - self.agrees - self.challenges - self.source - self.error


@dataclass(frozen=True, eq=False)
class Tally:
    """Of one article, over its visible comments. `positions` by id; `answers` and `featured` are how many there are."""

    total: int = 0
    answers: int = 0
    featured: int = 0
    positions: dict[int, Talk] = field(default_factory=dict)


@dataclass(frozen=True)
class ReaderShare:
    answer: AnswerRow
    count: int
    share: float


@dataclass(frozen=True, eq=False)
class Readers:
    """How readers answer a question; `n` is everybody who did. `shares` run along the axis, `off_axis` beside it.

    Whoever comments is no sample of anything: this stands beside the experts' numbers, and in none of them.
    """

    question: QuestionRow
    n: int
    shares: tuple[ReaderShare, ...] = ()
    off_axis: tuple[ReaderShare, ...] = ()

    @property
    def on_axis(self) -> int:
        return sum(share.count for share in self.shares)

    @property
    def is_shown(self) -> bool:
        return self.n >= ENOUGH


def tally(article_id: int) -> Tally:
    """One query, over an index. Of the same numbers it is the same tally."""
    return add_up(ask_counts().ask(article=article_id))


@prepared
def ask_counts() -> QuerySet[Any]:
    visible = Comment.objects.visible().filter(article=slot("article")).order_by()
    counted = visible.values("position", "purpose").annotate(
        n=Count("*"), answers=Count("answer"), picked=Count("featured_at")
    )
    return counted.values_list("position", "purpose", "n", "answers", "picked")


@lru_cache(maxsize=256)
def add_up(rows: tuple[Row, ...]) -> Tally:
    total = answers = featured = 0
    by_position: dict[int, Counter[str]] = {}
    for position, purpose, n, answered, picked in rows:
        total, answers, featured = total + n, answers + answered, featured + picked
        if position:
            by_position.setdefault(position, Counter())[purpose] += n
    talks = {
        position: Talk(counts.total(), *(counts[purpose] for purpose in PURPOSES))
        for position, counts in by_position.items()
    }
    return Tally(total, answers, featured, talks)


def read_readers(article_id: int, questions: Iterable[QuestionRow]) -> tuple[Readers, ...]:
    """How readers answer each question, by the newest visible answer of each of them. One query.

    Of the same answers they are the same.
    """
    return count_all(ask_answers().ask(article=article_id), tuple(questions))


@lru_cache(maxsize=256)
def count_all(rows: tuple[Row, ...], questions: tuple[QuestionRow, ...]) -> tuple[Readers, ...]:
    counts = Counter(rows)
    return tuple(count_readers(question, counts) for question in questions)


@prepared
def ask_answers() -> QuerySet[Any]:
    newest = Comment.objects.visible().filter(article=slot("article"), answer__isnull=False, commenter__isnull=False)
    aged = newest.order_by().annotate(
        age=Window(RowNumber(), partition_by=[F("commenter"), F("question")], order_by=F("id").desc())
    )
    return aged.filter(age=1).values_list("question", "answer")


def count_readers(question: QuestionRow, counts: Counter[Row]) -> Readers:
    """Pure. Answers that are not on the scale any more count for nobody."""
    scale = question.scale
    on_axis = sum(counts[question.id, answer.id] for answer in scale.axis)
    n = sum(counts[question.id, answer.id] for answer in scale.answers)

    def share(answer: AnswerRow) -> ReaderShare:
        count = counts[question.id, answer.id]
        return ReaderShare(answer, count, count / on_axis if on_axis and answer.step is not None else 0)

    return Readers(question, n, tuple(map(share, scale.axis)), tuple(map(share, scale.off_axis)))
