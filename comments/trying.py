"""Trying out rules on past comments before they are switched on: what they would have held. Nothing is written.

Only rules that need nothing but words and name can be tried; what was fast, repeated or a newcomer's then is not kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from articles.models import Edition
from comments.attempts import Attempt, Finding, Measure, Outcome, Rule
from comments.judging import list_protected
from comments.models import Comment
from comments.rulebook import list_textual
from comments.screening import House

State = Comment.State
MOST = 20_000  # comments, the newest
SHOWN = 20  # of those that were caught, for each rule
A_TIME = 2_000  # rows
LOOKED_AT = (State.HELD, State.VISIBLE, State.REJECTED, State.SPAM)


@dataclass(frozen=True)
class Past:
    """A past comment as far as the rules look at it."""

    pk: int
    article_id: int
    text: str
    name: str
    badge: str
    state: str
    is_decided: bool


@dataclass(frozen=True)
class Caught:
    past: Past
    finding: Finding


@dataclass
class Tried:
    """What one rule would have caught. `visible` are those that readers see, of which `shown` are the newest.

    `approved` and `rejected` is what moderators have decided about those caught.
    """

    rule: Rule
    outcome: str
    number: int = 0
    visible: int = 0
    approved: int = 0
    rejected: int = 0
    shown: list[Caught] = field(default_factory=list)

    def count(self, past: Past, finding: Finding) -> None:
        self.number += 1
        if past.state in (State.REJECTED, State.SPAM):
            self.rejected += 1
        if past.state != State.VISIBLE:
            return
        self.visible += 1
        self.approved += past.is_decided
        if len(self.shown) < SHOWN:
            self.shown.append(Caught(past, finding))


@dataclass(frozen=True)
class Trial:
    """`is_all` where every comment was looked at."""

    number: int
    is_all: bool
    results: tuple[Tried, ...]


def try_rules(house: House, now: datetime, rules: Iterable[Rule] | None = None) -> Trial:
    """As they are set in `house`; of several that object the first counts, as in `screen`.

    Rules that are off are tried where they are asked for, as if they held. One query for the comments, streamed, and
    two for each article that has any.
    """
    asked = list_textual() if rules is None else list_textual(rules)
    results = [Tried(rule, choose_outcome(house, rule, is_asked=rules is not None)) for rule in asked]
    active = [(tried, house.measure_of(tried.rule)) for tried in results if tried.outcome != Outcome.OFF]
    protected = Protected(now)
    number = 0
    for past in read_past():
        number += 1
        attempt = Attempt(past.text, past.name, past.badge, protected=protected.names_of(past.article_id))
        for tried, measure in active:
            if finding := look(tried.rule, attempt, measure):
                tried.count(past, finding)
                break
    return Trial(number, number < MOST, tuple(results))


def choose_outcome(house: House, rule: Rule, *, is_asked: bool) -> str:
    outcome = house.outcome_of(rule)
    return Outcome.HOLD if is_asked and outcome == Outcome.OFF else outcome


def read_past() -> Iterator[Past]:
    """The newest first."""
    rows = Comment.objects.filter(state__in=LOOKED_AT).order_by("-created_at", "-pk")
    names = ("pk", "article_id", "text", "name", "badge", "state", "revision", "decided_revision")
    for row in rows.values_list(*names)[:MOST].iterator(A_TIME):
        *values, revision, decided = row
        yield Past(*values, is_decided=revision == decided)  # type: ignore[misc]


def look(rule: Rule, attempt: Attempt, measure: Measure) -> Finding | None:
    """A name is looked at once for all comments under it: that is what costs."""
    if rule.key == "lookalike":
        return look_at_name(rule, attempt.name, attempt.badge, attempt.protected)
    return rule.look(attempt, measure)


@lru_cache(maxsize=MOST)
def look_at_name(rule: Rule, name: str, badge: str, protected: tuple[str, ...]) -> Finding | None:
    """A badge was given beside that name, by somebody who knew whose it is."""
    return None if badge else rule.look(Attempt("", name, protected=protected), Measure())


@dataclass
class Protected:
    """The names that are protected under each article, read where the first of its comments is looked at."""

    now: datetime
    known: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def names_of(self, article_id: int) -> tuple[str, ...]:
        if article_id not in self.known:
            newest = Edition.objects.newest(self.now).filter(article=article_id).defer("content").first()
            self.known[article_id] = list_protected(newest) if newest else ()
        return self.known[article_id]
