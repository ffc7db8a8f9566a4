"""Clock times as an editor says them, and the moments they mean. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

from aisrace.lib.figures import count, day

MINUTE = timedelta(minutes=1)
# Names that stand for no place, kept by the time zone database for old machines.
NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")
UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (MINUTE, "minute"))


class NoSuchTime(ValueError):
    """The clocks skip this time; `next_valid` is the first that they show afterwards."""

    def __init__(self, when: datetime, next_valid: datetime) -> None:
        self.next_valid = next_valid
        super().__init__(
            f"There is no {when:%H:%M} on {day(when.date())} in {when.tzinfo}: the clocks go forward then. "
            f"The next time there is: {tell(next_valid)}."
        )


class TwiceThatDay(ValueError):
    """The clocks show this time twice; `choices` are both moments, the earlier first."""

    def __init__(self, when: datetime) -> None:
        self.choices = tuple(when.replace(fold=fold) for fold in (0, 1))
        super().__init__(
            f"The clocks go back on {day(when.date())} in {when.tzinfo}: {when:%H:%M} comes twice. Which do you mean?"
        )


def to_moment(on: date, at: time, zone: ZoneInfo, fold: int | None = None) -> datetime:
    """The moment, in UTC, when clocks in `zone` show this; `fold` says which (0 or 1) of two.

    Raises `NoSuchTime` where they never do, and `TwiceThatDay` where they do twice and `fold` is not given.
    """
    when = datetime.combine(on, at.replace(fold=0, tzinfo=None), zone)
    if not exists(when):
        raise NoSuchTime(when, find_next_valid(when))
    is_twice = when.utcoffset() != when.replace(fold=1).utcoffset()
    if is_twice and fold is None:
        raise TwiceThatDay(when)
    return when.replace(fold=fold or 0).astimezone(UTC)


def exists(when: datetime) -> bool:
    """Whether the clocks of its zone ever show it: there and back again it is another time."""
    return when.astimezone(UTC).astimezone(when.tzinfo).replace(tzinfo=None) == when.replace(tzinfo=None)


def find_next_valid(when: datetime) -> datetime:
    """The longest gap on record is a day."""
    while not exists(when):
        when = (when + MINUTE).replace(second=0, microsecond=0)
    return when


def tell(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """“29 March 2026, 03:00 CEST (UTC+02:00)”, in `zone` or the moment's own."""
    local = moment.astimezone(zone) if zone else moment
    return f"{day(local.date())}, {local:%H:%M} {tell_zone(local)}"


def tell_zone(local: datetime) -> str:
    """“CEST (UTC+02:00)”; where the zone has no letters of its own, the offset alone."""
    offset = tell_offset(local)
    name = local.tzname() or ""
    return f"{name} ({offset})" if name.isalpha() and name != "UTC" else offset


def tell_offset(local: datetime) -> str:
    offset = f"{local:%:z}"
    return "UTC" if offset == "+00:00" and local.tzname() == "UTC" else f"UTC{offset}"


def until(moment: datetime, now: datetime) -> str:
    """“in 3 hours”, “2 days ago”, “now” for less than a minute either way."""
    distance = abs(moment - now)
    for size, unit in UNITS:
        if distance >= size:
            words = count(distance // size, unit)
            return f"in {words}" if moment > now else f"{words} ago"
    return "now"


@cache
def list_zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """(region, [(zone, place)]), for a list to choose from. Read from the machine's time zone database once."""
    return (("Everywhere", (("UTC", "UTC"),)), *((region, tuple(places)) for region, places in _regions()))


def _regions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(NO_PLACES))
    for region, places in groupby(names, key=lambda name: name.split("/")[0]):
        yield region, [(name, name.split("/", 1)[1].replace("_", " ").replace("/", ", ")) for name in places]


def find_zone(name: str) -> ZoneInfo | None:
    """None for a name that is not in the list."""
    known = name == "UTC" or any(name == zone for _, places in list_zones() for zone, _ in places)
    return ZoneInfo(name) if known else None
