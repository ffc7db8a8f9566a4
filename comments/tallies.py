"""How many comments there are, and on what: counted when asked, so that no number can go wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
    """One query, over an index."""
    counted = Count("*"), Count("answer"), Count("featured_at")
    rows = (
        Comment.objects.visible()
        .filter(article=article_id)
        .order_by()
        .values_list("position", "purpose")
        .annotate(n=counted[0], answers=counted[1], featured=counted[2])
    )
    return add_up(rows)


def add_up(rows: Iterable[tuple[Any, ...]]) -> Tally:
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


def read_readers(article_id: int, questions: Iterable[QuestionRow]) -> list[Readers]:
    """How readers answer each question, by the newest visible answer of each of them. One query."""
    newest = (
        Comment.objects.visible()
        .filter(article=article_id, answer__isnull=False, commenter__isnull=False)
        .order_by()
        .annotate(age=Window(RowNumber(), partition_by=[F("commenter"), F("question")], order_by=F("id").desc()))
        .filter(age=1)
    )
    counts = Counter(newest.values_list("question", "answer"))
    return [count_readers(question, counts) for question in questions]


def count_readers(question: QuestionRow, counts: Counter[tuple[int, int]]) -> Readers:
    """Pure. Answers that are not on the scale any more count for nobody."""
    scale = question.scale
    on_axis = sum(counts[question.id, answer.id] for answer in scale.axis)
    n = sum(counts[question.id, answer.id] for answer in scale.answers)

    def share(answer: AnswerRow) -> ReaderShare:
        count = counts[question.id, answer.id]
        return ReaderShare(answer, count, count / on_axis if on_axis and answer.step is not None else 0)

    return Readers(question, n, tuple(map(share, scale.axis)), tuple(map(share, scale.off_axis)))
