"""The page on which readers set experts of their choice side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from django.db.models import Q

from experts.comparison import Comparison, ExpertRow, QuestionRow, compare
from experts.forms import CompareForm
from experts.measures import MINIMUM_COMMON, Agreement, agree_on, spread, step_counts, steps_of
from experts.models import Expert, Position, Question
from experts.reading import read_panel
from experts.record import Roles, expert_row, read_positions, read_questions, read_roles


@dataclass(frozen=True)
class Pair:
    one: ExpertRow
    other: ExpertRow
    agreement: Agreement


@dataclass(frozen=True)
class ComparePage:
    """`questions` with the widest differences first; `pairs` from most to least agreement.

    `experts` may be chosen from; `choosable` are the questions on which any chosen expert is on record.
    """

    experts: list[Expert]
    choosable: list[Question]
    comparison: Comparison
    questions: list[QuestionRow]
    pairs: list[Pair]
    roles: Roles

    minimum = MINIMUM_COMMON

    @property
    def chosen(self) -> tuple[ExpertRow, ...]:
        return self.comparison.experts


def read_compare_page(form: CompareForm, now: datetime, today: date) -> ComparePage:
    """Adds errors to `form` for unknown experts and questions; with any error nothing is compared. Five queries."""
    experts = list(Expert.objects.public(now))
    by_slug = {expert.slug: expert for expert in experts}
    choosable = list_choosable(form, now)
    form.is_valid()
    form.refuse_unknown(set(by_slug), {question.slug for question in choosable})
    if not form.is_valid():
        return ComparePage(experts, [], Comparison((), (), None, {}), [], [], {})

    chosen = [by_slug[slug] for slug in form.experts]
    roles = read_roles(chosen)
    asked = [question for question in choosable if not form.questions or question.slug in form.questions]
    rows = read_questions(asked) if len(chosen) > 1 else []
    people = [expert_row(expert, roles, form.day or today) for expert in chosen]
    panel = read_panel(rows, now, form.day, chosen) if rows else None
    comparison = compare(people, rows, panel.positions if panel else [], form.day)
    return ComparePage(experts, choosable, comparison, order_by_difference(comparison), list_pairs(comparison), roles)


def list_choosable(form: CompareForm, now: datetime) -> list[Question]:
    """Public questions on which a chosen expert is on record, and those chosen by name."""
    on_record = Position.objects.public(now).filter(expert__slug__in=form.experts)
    return list(
        Question.objects.public(now).filter(Q(pk__in=on_record.values("question")) | Q(slug__in=form.questions))
    )


def list_pairs(comparison: Comparison) -> list[Pair]:
    """Every two experts of the comparison, most agreement first; none where nothing is compared."""
    if not comparison.questions:
        return []
    sizes = step_counts(comparison)
    steps = [(expert, steps_of(comparison, expert)) for expert in comparison.experts]
    pairs = [Pair(a, b, agree_on(x, y, sizes)) for (a, x), (b, y) in combinations(steps, 2)]
    return sorted(pairs, key=_by_agreement)


def order_by_difference(comparison: Comparison) -> list[QuestionRow]:
    """The questions by spread, widest first; then by how many answered; those with fewer than two answers last."""

    def key(question: QuestionRow) -> tuple[bool, float, int]:
        column = comparison.column(question)
        answered = sum(cell.answer is not None for cell in column)
        return (answered < 2, -spread(column), -answered)

    return sorted(comparison.questions, key=key)


def read_evidence(page: ComparePage, questions: Sequence[QuestionRow], now: datetime) -> Comparison:
    """The comparison on `questions` only, with summaries, sources and quotes. Two queries."""
    if not questions:
        return Comparison(page.chosen, (), page.comparison.as_of, {})
    positions = (
        Position.objects.public(now)
        .filter(expert__in=[expert.id for expert in page.chosen], question__in=[q.id for q in questions])
        .select_related("source")
    )
    return compare(page.chosen, questions, read_positions(positions, page.roles), page.comparison.as_of)


def _by_agreement(pair: Pair) -> tuple[bool, float, int]:
    agreement = pair.agreement
    return (not agreement.is_claimed, -(agreement.exact_share or 0), -agreement.n)
