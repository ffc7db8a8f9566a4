"""How long ago, how long until: one unit, rounded down, as somebody would say it."""

from datetime import datetime, timedelta

UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def how_long(span: timedelta) -> str:
    """“20 seconds”, “1 day”, “3 hours”; nothing is “0 seconds”."""
    seconds = max(0, int(span.total_seconds()))
    unit, length = next(((unit, length) for unit, length in UNITS if seconds >= length), UNITS[-1])
    number = seconds // length
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def ago(at: datetime, now: datetime) -> str:
    return f"{how_long(now - at)} ago" if now - at >= timedelta(seconds=1) else "just now"


def until(at: datetime, now: datetime) -> str:
    return f"in {how_long(at - now)}"
