"""Where somebody works, as far as tables saw it: at which organisation, from which day to which."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from experts.importing.naming import key_of

type Sightings = Mapping[tuple[date, str], str]


@dataclass(frozen=True, slots=True)
class Role:
    """An affiliation as plain data; `pk` is None before it is stored. `is_edited`: it holds more than a table says."""

    organisation: str
    seen_from: date | None
    seen_until: date | None
    starts_on: date | None = None
    ends_on: date | None = None
    pk: int | None = field(default=None, compare=False)
    is_edited: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        return key_of(self.organisation)

    def covers(self, day: date) -> bool:
        """As `Affiliation.is_seen_on`."""
        first = self.starts_on or self.seen_from or date.min
        return first <= day and (day < self.ends_on if self.ends_on else day <= (self.seen_until or date.max))

    def measure_gap(self, day: date) -> tuple[date, date] | None:
        """What lies between the role and a day outside it; None where an editor's dates say that it is another."""
        if self.starts_on or self.ends_on:
            return None
        first, last = self.seen_from or day, self.seen_until or day
        return (last, day) if last < day else (day, first)

    def widen(self, day: date) -> "Role":
        """A side that is open stays open."""
        first, last = self.seen_from, self.seen_until
        return replace(self, seen_from=first and min(first, day), seen_until=last and max(last, day))


def merge_roles(known: Sequence[Role], sightings: Sightings) -> list[Role]:
    """What is on record with what a table saw: organisations by day and key. Merging the same again changes nothing.

    Each sighting lies in a role, widens the nearest if no other organisation was seen in between, or begins another.
    """
    roles = [role for role in known if role.is_edited or not _is_corrected(role, sightings)]
    ends = {(day, role.key) for role in roles for day in (role.seen_from, role.seen_until) if day}
    days: list[date] = []
    own: dict[str, list[date]] = defaultdict(list)
    for day, key in sorted(ends | sightings.keys()):
        days.append(day)
        own[key].append(day)
    for day, key in sorted(sightings):
        same = [place for place, role in enumerate(roles) if role.key == key]
        if any(roles[place].covers(day) for place in same):
            continue
        gaps = {place: gap for place in same if (gap := roles[place].measure_gap(day))}
        free = [place for place, gap in gaps.items() if _count(days, *gap) == _count(own[key], *gap)]
        if free:
            nearest = min(free, key=lambda place: gaps[place][1] - gaps[place][0])
            roles[nearest] = roles[nearest].widen(day)
        else:
            roles.append(Role(sightings[day, key], day, day))
    return roles


def _is_corrected(role: Role, sightings: Sightings) -> bool:
    """The table looks on the first and the last day of the role, and sees only others."""
    ends = {role.seen_from, role.seen_until}
    return ends <= {day for day, _ in sightings} and not any((day, role.key) in sightings for day in ends if day)


def _count(days: Sequence[date], after: date, before: date) -> int:
    return bisect_left(days, before) - bisect_right(days, after)
