"""What the question and expert pages show, read for one moment and one day. Each function names its cost in queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from experts.comparison import Cell, ExpertRow, PositionRow, QuestionRow, SourceRow, compare, lay_cell, replaces
from experts.measures import (
    MINIMUM_COMMON,
    AgainstMedian,
    Agreement,
    Change,
    Distribution,
    agree_on,
    distribute,
    find_changes,
    find_median,
    stand_beside,
)
from experts.models import Expert, Position, Question, Quote
from experts.record import (
    Roles,
    expert_row,
    question_row,
    read_positions,
    read_roles,
    read_scales,
)
from experts.spectrum import Spectrum, place_experts

CROWD = 14  # experts on one spectrum
CLOSEST = 6  # peers shown before the rest is folded away


@dataclass(frozen=True)
class QuestionPage:
    """One question and everybody who was ever put to it; `changes` only up to the day asked for."""

    question: QuestionRow
    cells: tuple[Cell, ...]
    distribution: Distribution
    spectrum: Spectrum
    changes: list["NamedChange"]

    @property
    def only_source(self) -> SourceRow | None:
        return find_only_source(self.cells)

    @property
    def is_crowded(self) -> bool:
        """Whether the spectrum has room for initials only."""
        return len(self.cells) > CROWD


def find_only_source(cells: Iterable[Cell]) -> SourceRow | None:
    """The source where all positions share one, which then need not be named at each."""
    positions = [cell.position for cell in cells if cell.position]
    sources = {position.source for position in positions}
    sources |= {quote.source for position in positions for quote in position.quotes}
    return sources.pop() if len(sources) == 1 else None


@dataclass(frozen=True)
class NamedChange:
    """A change of answer with the rows to print it."""

    change: Change
    before: Cell
    after: Cell


def read_question_page(question: Question, now: datetime, as_of: date | None, today: date) -> QuestionPage:
    """Four queries: scale, positions with their experts, quotes, roles."""
    positions = list(Position.objects.public(now).filter(question=question).select_related("expert", "source"))
    experts = list({p.expert_id: p.expert for p in sorted(positions, key=lambda p: p.expert.sort_name)}.values())
    roles = read_roles(experts)
    row = question_row(question, read_scales([question.scale_id])[question.scale_id])
    people = [expert_row(expert, roles, as_of or today) for expert in experts]
    history = read_positions(positions, roles)
    cells = compare(people, [row], history, as_of).column(row)
    seen = [p for p in history if as_of is None or p.stated_on <= as_of]
    changes = [name_change(change, {p.id: p for p in people}, {row.id: row}) for change in find_changes(seen)]
    return QuestionPage(row, cells, distribute(row, cells), place_experts(row, cells), changes)


def name_change(change: Change, experts: dict[int, ExpertRow], questions: dict[int, QuestionRow]) -> NamedChange:
    def cell(position: PositionRow) -> Cell:
        expert, question = experts[position.expert_id], questions[position.question_id]
        return lay_cell(expert, question, position)

    return NamedChange(change, cell(change.before), cell(change.after))


@dataclass(frozen=True)
class Statement:
    """One entry of an expert's record: the position, the one that it replaced, whether it is in their own words."""

    cell: Cell
    replaced: Cell | None
    has_words: bool

    @property
    def stated_on(self) -> date:
        return self.cell.position.stated_on if self.cell.position else date.min


@dataclass(frozen=True)
class Peer:
    expert: ExpertRow
    agreement: Agreement


@dataclass(frozen=True)
class ExpertPage:
    """`statements` newest first, without their evidence; `peers` sorted from most to least exact agreement.

    `peers` holds only experts with enough common questions; `left_out` counts the others that share at least one.
    """

    expert: ExpertRow
    roles: Roles
    statements: list[Statement]
    peers: list[Peer]
    left_out: int
    beside_median: AgainstMedian

    minimum = MINIMUM_COMMON

    @property
    def closest(self) -> list[Peer]:
        return self.peers[:CLOSEST]

    @property
    def further(self) -> list[Peer]:
        return self.peers[CLOSEST:]

    @property
    def answered(self) -> int:
        return sum(statement.cell.answer is not None for statement in self.statements)


def read_expert_page(expert: Expert, now: datetime, as_of: date | None, today: date) -> ExpertPage:
    """Four queries, whatever the size: roles, the expert's positions, scales, everybody's answers."""
    roles = read_roles([expert])
    person = expert_row(expert, roles, as_of or today)
    own = Position.objects.public(now).stated_by(as_of).filter(expert=expert)
    statements = list_statements(person, own)
    questions = list({s.cell.question.id: s.cell.question for s in statements}.values())
    sheet = read_sheet(questions, now, as_of)
    medians = [find_median(column) for column in zip(*sheet.steps.values(), strict=True)]
    peers = rank_peers(sheet, expert.pk)
    claimed = [peer for peer in peers if peer.agreement.is_claimed]
    beside = stand_beside(sheet.steps.get(expert.pk, []), medians)
    return ExpertPage(person, roles, statements, claimed, len(peers) - len(claimed), beside)


def list_statements(expert: ExpertRow, positions: QuerySet[Position]) -> list[Statement]:
    """Every position beside the one it replaced: newest first, of one day the answers before the silences.

    Two queries: positions with questions, scales.
    """
    verbatim = Quote.objects.filter(position=OuterRef("pk"), kind=Quote.Kind.VERBATIM)
    rows = positions.order_by("stated_on", "id").values_list(
        *("id", "expert_id", "question_id", "answer_id", "blank", "stated_on", "dating", "confidence"),
        *("question__slug", "question__wording", "question__label", "question__scale_id", Exists(verbatim)),
    )
    found = [(PositionRow(*row[:8]), row[8:]) for row in rows]
    scales = read_scales({scale_id for _, (*_, scale_id, _) in found})
    last: dict[int, Cell] = {}
    statements = []
    for position, (slug, wording, label, scale_id, has_words) in found:
        replaced = last.get(position.question_id)
        question = (
            replaced.question
            if replaced
            else QuestionRow(position.question_id, slug, wording, label or wording, scales[scale_id])
        )
        last[question.id] = lay_cell(expert, question, position)
        statements.append(Statement(last[question.id], replaced, has_words))
    statements.sort(key=lambda s: (s.stated_on, s.cell.answer is not None), reverse=True)
    return statements


@dataclass(frozen=True)
class Sheet:
    """Everybody's current steps on some questions, by expert id, in the order of the questions; None off the axis.

    Enough to count by, and several times cheaper than a comparison of a whole panel.
    """

    questions: Sequence[QuestionRow]
    experts: dict[int, ExpertRow]
    steps: dict[int, list[int | None]]


def read_sheet(questions: Sequence[QuestionRow], now: datetime, as_of: date | None) -> Sheet:
    """One query."""
    index = {question.id: i for i, question in enumerate(questions)}
    step_of = {answer.id: answer.step for question in questions for answer in question.scale.answers}
    rows = Position.objects.public(now).stated_by(as_of).filter(question__in=index).order_by("stated_on", "id")
    experts: dict[int, ExpertRow] = {}
    steps: dict[int, list[int | None]] = {}
    for expert_id, question_id, answer_id, blank, slug, name in rows.values_list(
        "expert_id", "question_id", "answer_id", "blank", "expert__slug", "expert__name"
    ):
        if expert_id not in steps:
            experts[expert_id] = ExpertRow(expert_id, slug, name)
            steps[expert_id] = [None] * len(index)
        # The order is the history. Nothing is on the axis before the first answer, so a silence can only be skipped.
        if replaces(blank):
            steps[expert_id][index[question_id]] = step_of.get(answer_id)
    return Sheet(questions, experts, steps)


def rank_peers(sheet: Sheet, expert_id: int) -> list[Peer]:
    """Everybody else with at least one common question, most exact agreement first, larger n before smaller."""
    sizes = [len(question.scale.axis) for question in sheet.questions]
    own = sheet.steps.get(expert_id, [])
    peers = [
        Peer(sheet.experts[other], agree_on(own, steps, sizes))
        for other, steps in sheet.steps.items()
        if other != expert_id
    ]
    common = [peer for peer in peers if peer.agreement.n]
    return sorted(common, key=lambda p: (-p.agreement.exact / p.agreement.n, -p.agreement.n, p.expert.name))


@dataclass(frozen=True)
class Panel:
    """The bare answers to some questions: enough to compare and count, nothing to print."""

    experts: dict[int, ExpertRow]
    positions: list[PositionRow]


def read_panel(
    questions: Sequence[QuestionRow], now: datetime, as_of: date | None, of: Sequence[Expert] | None = None
) -> Panel:
    """The answers of everybody, or `of` some experts only; those stated after `as_of` too. One query."""
    rows = Position.objects.public(now).filter(question__in=[q.id for q in questions]).order_by()
    if of is not None:
        rows = rows.filter(expert__in=of)
    experts: dict[int, ExpertRow] = {}
    positions = []
    for slug, name, *values in rows.values_list(
        *("expert__slug", "expert__name"),
        *("id", "expert_id", "question_id", "answer_id", "blank", "stated_on", "dating", "confidence"),
    ):
        position = PositionRow(*values)
        positions.append(position)
        if position.expert_id not in experts:
            experts[position.expert_id] = ExpertRow(position.expert_id, slug, name)
    return Panel(experts, positions)


def add_evidence(statements: Sequence[Statement], roles: Roles) -> list[Statement]:
    """The same statements with summary, source and quotes, for those that are printed. Two queries."""
    ids = [s.cell.position.id for s in statements if s.cell.position]
    full = {p.id: p for p in read_positions(Position.objects.filter(pk__in=ids).select_related("source"), roles)}

    def fill(cell: Cell) -> Cell:
        return replace(cell, position=full[cell.position.id] if cell.position else None)

    return [replace(statement, cell=fill(statement.cell)) for statement in statements]
