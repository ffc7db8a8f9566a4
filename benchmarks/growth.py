"""The same page with little, with a panel's worth and with several times that: time may grow, queries may not."""

from django.db.models import Count

from benchmarks.pages import Address, PageFigure, expert_address, question_address
from benchmarks.panel import Plan, plan_growth
from experts.models import Expert, Question

STATEMENTS = 1000
REGULARS = 41  # experts asked each statement, as in the panel
CROWD = 300
QUICK_REGULARS = 4


def plan(is_quick: bool) -> Plan:
    """A quick run's statements have few answers each: no table of tens of thousands of rows."""
    return plan_growth(STATEMENTS, QUICK_REGULARS if is_quick else REGULARS, CROWD)


def choose_sizes() -> list[list[Address]]:
    """Question pages with 1, 51 and 300 experts; expert pages with 1, 235 and 1,000 positions."""
    questions = Question.objects.annotate(n=Count("positions"))
    experts = Expert.objects.annotate(n=Count("positions"))
    return [
        [question_address(f"question_{n}", questions.filter(n=n).order_by("id")[0]) for n in (1, 51, CROWD)],
        [expert_address(f"expert_{n}", experts.filter(n=n).order_by("id")[0]) for n in (1, 235, STATEMENTS)],
    ]


def find_uneven(sizes: list[list[Address]], figures: list[PageFigure]) -> list[str]:
    """A line for each page whose queries are not the same at every size measured."""
    by_key = {figure.address.key: figure for figure in figures}
    uneven = []
    for addresses in sizes:
        found = [by_key[address.key] for address in addresses if address.key in by_key]
        if len({figure.queries for figure in found}) > 1:
            counts = ", ".join(f"{figure.queries} ({figure.address.title})" for figure in found)
            uneven.append(f"Queries grow with the page: {counts}.")
    return uneven
