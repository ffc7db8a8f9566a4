"""What the question and expert pages show, read for one moment and one day. Each function names its cost in queries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from experts.comparison import Cell, Comparison, ExpertRow, PositionRow, QuestionRow, SourceRow, compare
from experts.measures import (
    MINIMUM_COMMON,
    Agreement,
    AgainstMedian,
    Change,
    Distribution,
    against_median,
    agree_on,
    distribute,
    find_changes,
    step_counts,
    steps_of,
)
from experts.models import Expert, Position, Question
from experts.record import (
    Roles,
    expert_row,
    question_row,
    read_positions,
    read_questions,
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
        """The source where all positions share one, which then need not be named at each."""
        sources = {cell.position.source for cell in self.cells if cell.position}
        return sources.pop() if len(sources) == 1 else None

    @property
    def is_crowded(self) -> bool:
        """Whether the spectrum has room for initials only."""
        return len(self.cells) > CROWD


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
        return compare([expert], [question], [position]).cell(expert, question)

    return NamedChange(change, cell(change.before), cell(change.after))


@dataclass(frozen=True)
class Statement:
    """One entry of an expert's record: the position as a cell, and the one that it replaced."""

    cell: Cell
    replaced: Cell | None


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
    """Four queries, whatever the size: questions, scales, everybody's answers to them, roles."""
    roles = read_roles([expert])
    person = expert_row(expert, roles, as_of or today)
    theirs = Position.objects.public(now).stated_by(as_of).filter(expert=expert)
    questions = read_questions(Question.objects.filter(pk__in=theirs.values("question")).order_by())
    panel = read_panel(questions, now, as_of)
    own = [p for p in panel.positions if p.expert_id == expert.pk and (as_of is None or p.stated_on <= as_of)]
    others = [row for row in panel.experts.values() if row.id != expert.pk]
    comparison = compare([person, *others], questions, panel.positions, as_of)
    peers = rank_peers(comparison, person)
    claimed = [peer for peer in peers if peer.agreement.is_claimed]
    beside = against_median(comparison)[person.id]
    return ExpertPage(person, roles, list_statements(person, questions, own), claimed, len(peers) - len(claimed), beside)


@dataclass(frozen=True)
class Panel:
    """Everybody's bare answers to some questions: enough to count, nothing to print."""

    experts: dict[int, ExpertRow]
    positions: list[PositionRow]


def read_panel(
    questions: Sequence[QuestionRow], now: datetime, as_of: date | None, of: Sequence[Expert] | None = None
) -> Panel:
    """The answers of everybody, or `of` some experts only. One query."""
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


def rank_peers(comparison: Comparison, expert: ExpertRow) -> list[Peer]:
    """Everybody else with at least one common question, most exact agreement first, larger n before smaller."""
    sizes = step_counts(comparison)
    own = steps_of(comparison, expert)
    peers = [
        Peer(other, agree_on(own, steps_of(comparison, other), sizes))
        for other in comparison.experts
        if other.id != expert.id
    ]
    common = [peer for peer in peers if peer.agreement.n]
    return sorted(common, key=lambda p: (-p.agreement.exact / p.agreement.n, -p.agreement.n, p.expert.name))


def list_statements(
    expert: ExpertRow, questions: Sequence[QuestionRow], positions: Sequence[PositionRow]
) -> list[Statement]:
    """Every position of the expert, newest first, beside the one it replaced."""
    by_id = {question.id: question for question in questions}
    last: dict[int, Cell] = {}
    statements = []
    for position in sorted(positions, key=lambda p: (p.stated_on, p.id)):
        question = by_id[position.question_id]
        cell = compare([expert], [question], [position]).cell(expert, question)
        statements.append(Statement(cell, last.get(question.id)))
        last[question.id] = cell
    return statements[::-1]


def add_evidence(statements: Sequence[Statement], roles: Roles) -> list[Statement]:
    """The same statements with summary, source and quotes, for those that are printed. Two queries."""
    ids = [s.cell.position.id for s in statements if s.cell.position]
    full = {p.id: p for p in read_positions(Position.objects.filter(pk__in=ids).select_related("source"), roles)}

    def fill(cell: Cell) -> Cell:
        return replace(cell, position=full[cell.position.id] if cell.position else None)

    return [Statement(fill(statement.cell), statement.replaced) for statement in statements]
