"""Numbers, days and counts as the pages print them."""

from datetime import date, datetime
from math import floor

from django.utils import timezone

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def percent(share: float) -> str:
    """A share of 1 as whole percent, halves up: 0.634 → “63 %”, with a space that does not break.

    A little is not nothing and nearly all is not all: 0.001 → “<1 %”, 0.999 → “>99 %”.
    """
    if 0 < share < 0.005:
        return "<1\u00a0%"
    if 0.995 <= share < 1:
        return ">99\u00a0%"
    return f"{floor(share * 100 + 0.5)}\u00a0%"


def hundredths(share: float) -> str:
    """A share of 1 as a plain number of hundredths, for coordinates: 0.634 → “63.4”."""
    return f"{share * 100:.4g}"


def steps(distance: float) -> str:
    """A distance on a scale: 0.734 → “0.7 steps”, 1.0 → “1.0 step”."""
    return f"{distance:.1f} {'step' if f'{distance:.1f}' == '1.0' else 'steps'}"


def count(n: int, noun: str) -> str:
    """“1 expert”, “2 experts”, for nouns that only take an s."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def day(when: date | datetime) -> str:
    """“31 January 2025”; a moment is told in the site's time zone."""
    when = _local(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_day(when: date | datetime) -> str:
    """“31 Jan 2025”."""
    when = _local(when)
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def month(when: date) -> str:
    return f"{MONTHS[when.month - 1]} {when.year}"


def minute(when: datetime) -> str:
    """“31 January 2025, 14:05 UTC”."""
    local = timezone.localtime(when)
    return f"{day(when)}, {local:%H:%M} {local.tzname()}"


def clock(when: datetime) -> str:
    """“14:05 UTC”, for what happens today."""
    local = timezone.localtime(when)
    return f"{local:%H:%M} {local.tzname()}"


def iso(when: date | datetime) -> str:
    """For machines: a day as 2025-01-31, a moment with its offset, without fractions of a second."""
    when = _local(when)
    return when.isoformat(timespec="seconds") if isinstance(when, datetime) else when.isoformat()


def _local[When: (date, datetime)](when: When) -> When:
    return timezone.localtime(when) if isinstance(when, datetime) else when
