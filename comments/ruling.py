"""Setting the house rules: a row is kept for every rule that was ever set otherwise than it comes."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from aisrace.keeping.trail import record
from comments.attempts import Rule
from comments.models import ScreeningRule
from comments.rulebook import RULES

MOST_WORDS = 500  # lines
LONGEST_WORD = 80  # characters of one line
# A star between letters is looked for anew from every letter of a long word: twenty such lines take seconds.
AT_THE_ENDS = re.compile(r"\*?[^*\s]([^*]*[^*\s])?\*?")


def find_faults(words: str) -> list[str]:
    """What is wrong with a list of words, for whoever typed it."""
    lines = [line.strip() for line in words.split("\n") if line.strip()]
    faults = [f"“{line[:40]}” is too long." for line in lines if len(line) > LONGEST_WORD]
    faults += [f"“{line[:40]}” would be found in everything." for line in lines if not line.strip("* ")]
    faults += [
        f"“{line[:40]}”: a star stands only before the first letter or after the last."
        for line in lines
        if line.strip("* ") and not AT_THE_ENDS.fullmatch(line)
    ]
    return faults + ([f"At most {MOST_WORDS} lines."] if len(lines) > MOST_WORDS else [])


def is_as_it_comes(row: ScreeningRule, rule: Rule) -> bool:
    return row.outcome == rule.outcome and row.number in (None, rule.number) and not row.words


@transaction.atomic
def set_rules(rows: Iterable[ScreeningRule], *, by: User, now: datetime) -> list[str]:
    """`rows` are not saved yet; those that are not named stay. Returns the titles of the rules that have changed."""
    rules = {rule.key: rule for rule in RULES if not rule.is_fixed}
    known = {row.key: row for row in ScreeningRule.objects.select_for_update()}
    changed = []
    for row in rows:
        rule, was = rules[row.key], known.get(row.key)
        if is_same(row, was) if was else is_as_it_comes(row, rule):
            continue
        row.pk = was.pk if was else None
        row.save()
        record("changed", row, by=by, now=now)
        changed.append(rule.title)
    return changed


def is_same(row: ScreeningRule, was: ScreeningRule) -> bool:
    return (row.outcome, row.number, row.words) == (was.outcome, was.number, was.words)
