"""Whether a comment is shown, held or refused: an ordered row of small rules, of which the first that objects decides.

A rule is a function from an `Attempt` and its measure to what it found, or None. It looks at nothing but the attempt,
so that the very same rule can be tried out on past comments (comments/trying.py). What a rule does when it objects can
be set in the desk, but for the few that must always hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from aisrace.lib.prepared import prepared
from comments.attempts import Attempt, Finding, Measure, Outcome, Rule
from comments.models import ScreeningRule
from comments.rulebook import RULES


@dataclass(frozen=True)
class Verdict:
    """The first objection. `outcome` is hold or refuse."""

    rule: Rule
    outcome: str
    finding: Finding


@dataclass(frozen=True)
class House:
    """The rules as the desk has set them."""

    settings: Mapping[str, ScreeningRule] = field(default_factory=dict)

    def outcome_of(self, rule: Rule) -> str:
        row = self.settings.get(rule.key)
        return rule.outcome if row is None or rule.is_fixed else row.outcome

    def measure_of(self, rule: Rule) -> Measure:
        row = self.settings.get(rule.key)
        number = row.number if row and row.number is not None else rule.number
        return Measure(number or 0, tuple(row.words.split("\n")) if row and row.words else ())


def read_house() -> House:
    """One query."""
    rows = [ScreeningRule(**dict(zip(SET, row, strict=True))) for row in ask_rules().ask()]
    return House({row.key: row for row in rows})


SET = ("key", "outcome", "number", "words")


@prepared
def ask_rules() -> QuerySet[Any]:
    return ScreeningRule.objects.order_by().values_list(*SET)


def screen(attempt: Attempt, house: House) -> Verdict | None:
    """None where nothing objects. Pure: no query."""
    for rule in RULES:
        outcome = house.outcome_of(rule)
        if outcome != Outcome.OFF and (finding := rule.look(attempt, house.measure_of(rule))):
            return Verdict(rule, outcome, finding)
    return None
