"""What a screening rule is: a function from a comment that somebody wants to show to what it objects to."""

from collections.abc import Callable
from dataclasses import dataclass

from comments.models import ScreeningRule

Outcome = ScreeningRule.Outcome


@dataclass(frozen=True)
class Attempt:
    """A comment as the rules see it, with what had to be looked up for them."""

    text: str
    name: str = ""
    badge: str = ""
    is_trap_filled: bool = False
    is_open: bool = True
    mode: str = "open"
    ban: str = ""
    is_too_fast: bool = False
    has_worked: bool = True
    is_repeated: bool = False
    is_newcomer: bool = False
    protected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a rule objects to, in a moderator's words; `span` is where in the text, in characters."""

    caught: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Measure:
    number: int = 0
    words: tuple[str, ...] = ()


type Look = Callable[[Attempt, Measure], Finding | None]


@dataclass(frozen=True)
class Rule:
    """`told` is said to whoever is refused.

    A `fixed` rule is not the desk's to change; a `textual` one needs nothing but the words and the name, so that it can
    be tried out on past comments.
    """

    key: str
    title: str
    about: str
    told: str
    look: Look
    outcome: str = Outcome.HOLD
    number: int | None = None
    unit: str = ""
    has_words: bool = False
    is_fixed: bool = False
    is_textual: bool = False
