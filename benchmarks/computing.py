"""The comparison and its measures over the whole panel, from plain rows: no database, no page."""

from itertools import combinations

from django.utils import timezone

from benchmarks.timing import Subject
from experts.comparison import Comparison, compare
from experts.measures import Agreement, Distribution, against_median, agree_on, distribute, step_counts, steps_of
from experts.models import Question
from experts.reading import read_panel
from experts.record import read_questions

LIMIT_MS = 150


def choose_computations() -> list[Subject]:
    """Over the imported questions; those of the demo stand on other scales."""
    now = timezone.now()
    rows = read_questions(Question.objects.public(now).filter(scale__slug="agreement").order_by("id"))
    panel = read_panel(rows, now, None)
    experts = list(panel.experts.values())
    comparison = compare(experts, rows, panel.positions)
    size = f"{len(experts)} × {len(rows)}"
    pairs = len(experts) * (len(experts) - 1) // 2

    def compute_all() -> None:
        whole = compare(experts, rows, panel.positions)
        agree_all(whole)
        distribute_all(whole)
        against_median(whole)

    return [
        Subject("compare_rows", f"compare, {size}", lambda: compare(experts, rows, panel.positions), LIMIT_MS),
        Subject("agreements", f"all {pairs:,} agreements", lambda: agree_all(comparison)),
        Subject("distributions", f"all {len(rows)} distributions", lambda: distribute_all(comparison)),
        Subject("medians", "everybody against the median", lambda: against_median(comparison)),
        Subject("whole", "all four in one go", compute_all, LIMIT_MS),
    ]


def agree_all(comparison: Comparison) -> list[Agreement]:
    """Each expert's steps are read once, as pages do it."""
    sizes = step_counts(comparison)
    steps = [steps_of(comparison, expert) for expert in comparison.experts]
    return [agree_on(one, other, sizes) for one, other in combinations(steps, 2)]


def distribute_all(comparison: Comparison) -> list[Distribution]:
    return [distribute(question, cells) for question, cells in comparison.columns]
