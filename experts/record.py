"""Reading the record into the plain rows that comparisons are made of. Each function names its cost in queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from aisrace.lib.figures import month
from experts.comparison import (
    Comparison,
    ExpertRow,
    PositionRow,
    QuestionRow,
    QuoteRow,
    ScaleRow,
    SourceRow,
    compare,
    order_scale,
)
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Source

type Roles = dict[int, list[Affiliation]]


def read_comparison(
    experts: Sequence[Expert],
    questions: Sequence[Question],
    positions: QuerySet[Position],
    as_of: date | None,
    today: date,
) -> Comparison:
    """The comparison with its whole evidence; roles as held on `as_of` or `today`.

    `positions` says which may be seen. Four queries whatever the size: roles, scales, positions, quotes.
    """
    roles = read_roles(experts)
    chosen = positions.filter(expert__in=experts, question__in=questions)
    return compare(
        [expert_row(expert, roles, as_of or today) for expert in experts],
        read_questions(questions),
        read_positions(chosen.select_related("source"), roles),
        as_of,
    )


def read_questions(questions: Iterable[Question]) -> list[QuestionRow]:
    """Rows in the order given. One query, for the answers of all their scales."""
    questions = list(questions)
    scales = read_scales({question.scale_id for question in questions})
    return [question_row(question, scales[question.scale_id]) for question in questions]


def read_scales(ids: Iterable[int]) -> dict[int, ScaleRow]:
    """Scales by id. One query."""
    answers: dict[int, list[tuple[int, str, int | None]]] = defaultdict(list)
    names: dict[int, str] = {}
    rows = Answer.objects.filter(scale__in=set(ids)).order_by("order", "id")
    for pk, label, value, scale_id, name in rows.values_list("id", "label", "value", "scale_id", "scale__name"):
        answers[scale_id].append((pk, label, value))
        names[scale_id] = name
    return {pk: order_scale(pk, names.get(pk, ""), answers[pk]) for pk in ids}


def read_roles(experts: Iterable[Expert | int]) -> Roles:
    """Affiliations by expert id, oldest first. One query."""
    roles: Roles = defaultdict(list)
    for affiliation in Affiliation.objects.filter(expert__in=list(experts)):
        roles[affiliation.expert_id].append(affiliation)
    return roles


def read_positions(positions: Iterable[Position], roles: Roles) -> list[PositionRow]:
    """Rows with source, quotes and the role held when speaking, in the order given.

    One query for the quotes, after the one of the positions, which are to come with their `source` selected.
    """
    found = list(positions)
    quotes: dict[int, list[QuoteRow]] = defaultdict(list)
    for quote in Quote.objects.filter(position__in=[p.pk for p in found]).select_related("source").order_by("id"):
        quotes[quote.position_id].append(quote_row(quote))
    return [position_row(position, roles, tuple(quotes[position.pk])) for position in found]


def name_role(roles: Roles, expert_id: int, day: date) -> str:
    """The roles held on `day` in words; where nobody vouches for that day, the ones seen last, “as of” then."""
    held = [role for role in roles.get(expert_id, []) if role.is_held_on(day)]
    if seen := [role for role in held if role.is_seen_on(day)]:
        return "; ".join(map(str, seen))
    last = max((role.seen_until for role in held if role.seen_until), default=None)
    return "; ".join(
        f"{role} (as of {month(role.seen_until)})" for role in held if role.seen_until and role.seen_until == last
    )


def expert_row(expert: Expert, roles: Roles, day: date) -> ExpertRow:
    row = ExpertRow(expert.pk, expert.slug, expert.name, name_role(roles, expert.pk, day))
    if not expert.portrait:
        return row
    return replace(
        row,
        portrait=expert.portrait.url,
        portrait_alt=expert.portrait_alt,
        portrait_credit=expert.portrait_credit,
        portrait_focus_x=expert.portrait_focus_x,
        portrait_focus_y=expert.portrait_focus_y,
    )


def question_row(question: Question, scale: ScaleRow) -> QuestionRow:
    return QuestionRow(question.pk, question.slug, question.wording, str(question), scale)


def source_row(source: Source) -> SourceRow:
    return SourceRow(
        source.pk,
        source.kind,
        source.title,
        source.author,
        source.publisher,
        source.published_on,
        source.url,
        source.checked_on,
    )


def quote_row(quote: Quote) -> QuoteRow:
    return QuoteRow(
        quote.pk, quote.kind, quote.words, source_row(quote.source), quote.language, quote.original, quote.locator
    )


def position_row(position: Position, roles: Roles, quotes: tuple[QuoteRow, ...]) -> PositionRow:
    return PositionRow(
        position.pk,
        position.expert_id,
        position.question_id,
        position.answer_id,
        position.blank,
        position.stated_on,
        position.dating,
        position.confidence,
        position.summary,
        name_role(roles, position.expert_id, position.stated_on),
        source_row(position.source) if position.source else None,
        quotes,
    )
