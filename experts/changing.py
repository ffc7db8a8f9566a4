"""Changes of mind across the whole record: whose current answer is another than the one it replaced."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from experts.comparison import Blank, Cell, ExpertRow, PositionRow, QuestionRow, lay_cell
from experts.measures import Change
from experts.models import Position, Quote, Topic
from experts.querysets import PositionQuerySet
from experts.reading import NamedChange, name_change
from experts.record import Roles, expert_row, position_row, question_row, read_roles, read_scales

QUOTED = Quote.objects.filter(position=OuterRef("pk"), kind__in=[Quote.Kind.VERBATIM, Quote.Kind.TRANSLATED])


@dataclass(frozen=True)
class ListedChange:
    """`has_words` where the new answer can be read in the expert's own words, translated or not."""

    named: NamedChange
    has_words: bool


def changes_of_mind(now: datetime) -> PositionQuerySet:
    """Public positions that are a change, newest first; `before_id` is the answer that each replaced.

    As `measures.find_changes`: silences are skipped, for they are no answers. Listed is a change to an answer on the
    axis that is still the expert's current one: nobody is held to what they have since declined to repeat.
    """
    same = Position.objects.filter(expert=OuterRef("expert"), question=OuterRef("question"), public_at__lte=now)
    later = same.filter(stated_on__gt=OuterRef("stated_on")).exclude(blank=Blank.SILENT)
    before = same.filter(stated_on__lt=OuterRef("stated_on"), answer__isnull=False).order_by("-stated_on")
    differs = before.values(differs=ExpressionWrapper(~Q(answer=OuterRef("answer")), BooleanField()))
    rows = Position.objects.public(now).filter(Subquery(differs[:1]), ~Exists(later.order_by()))
    on_axis = rows.filter(pk__in=_follow_others(), answer__value__isnull=False)
    return on_axis.annotate(before_id=Subquery(before.values("pk")[:1])).order_by("-stated_on", "-id")


def _follow_others() -> QuerySet[Position, Any]:
    """Keys of those that are not their expert's first on the question: few in most records, and found in an index."""
    earlier = Q(expert__positions__question=F("question"), expert__positions__stated_on__lt=F("stated_on"))
    return Position.objects.filter(earlier).order_by().values("pk")


def narrow_changes(changes: PositionQuerySet, words: str | None, topic: Topic | None) -> PositionQuerySet:
    """Those of experts whose name, or on questions whose wording, holds the words."""
    if words:
        sought = Q(expert__name__icontains=words) | Q(question__wording__icontains=words)
        changes = changes.filter(sought | Q(question__label__icontains=words))
    return changes.filter(question__topics=topic) if topic else changes


type Pair = tuple[int, int]  # keys of the position that is a change and of the one that it replaced


def pair_ids(changes: PositionQuerySet) -> list[Pair]:
    """One query."""
    return [*changes.values_list("pk", "before_id")]


def list_rows(changes: PositionQuerySet) -> QuerySet[Position, Any]:
    """What `list_changes` takes of each: the keys of the change, of what it replaced and of the expert; any words."""
    return changes.values_list("pk", "before_id", "expert_id", Exists(QUOTED))


def list_changes(rows: Iterable[tuple[int, int, int, bool]]) -> list[ListedChange]:
    """Those of one page, with sources and the roles held when speaking. Three queries and that of `rows`."""
    found = [*rows]
    roles = read_roles({expert for _, _, expert, _ in found})
    loose = read_loose([pk for after, before, _, _ in found for pk in (after, before)], roles)
    return [ListedChange(loose.change((after, before)), has_words) for after, before, _, has_words in found]


@dataclass(frozen=True)
class Loose:
    """Positions of any experts on any questions, each to be printed on its own; `positions` by their keys."""

    positions: dict[int, PositionRow]
    experts: dict[int, ExpertRow]
    questions: dict[int, QuestionRow]

    def cell(self, pk: int) -> Cell:
        position = self.positions[pk]
        return lay_cell(self.experts[position.expert_id], self.questions[position.question_id], position)

    def change(self, pair: Pair) -> NamedChange:
        after, before = pair
        return name_change(Change(self.positions[before], self.positions[after]), self.experts, self.questions)


def read_loose(ids: Collection[int], roles: Roles) -> Loose:
    """With their sources, without their quotes. Two queries: positions, scales."""
    found = [*Position.objects.filter(pk__in=ids).select_related("expert", "question", "source")]
    scales = read_scales({position.question.scale_id for position in found})
    return Loose(
        {position.pk: position_row(position, roles, ()) for position in found},
        {position.expert_id: expert_row(position.expert, {}, position.stated_on) for position in found},
        {p.question_id: question_row(p.question, scales[p.question.scale_id]) for p in found},
    )
