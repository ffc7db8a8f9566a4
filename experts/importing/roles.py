"""Where somebody worked, from where a table saw them on which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise

from experts.importing.naming import key_of


@dataclass(frozen=True, slots=True)
class Role:
    """An affiliation as plain data; `pk` is None before it is stored. `is_edited`: it holds more than a table says."""

    organisation: str
    starts_on: date | None
    ends_on: date | None
    checked_on: date | None
    pk: int | None = None
    is_edited: bool = False

    def is_held_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on > day)


@dataclass(frozen=True, slots=True)
class Stay:
    """The first and last day on which a table sees somebody at one organisation without a break."""

    organisation: str
    first: date
    last: date


def find_stays(sightings: Mapping[date, str]) -> list[Stay]:
    """Consecutive days at the same organisation are one stay, oldest first."""
    days = sorted(sightings)
    groups = (list(group) for _, group in groupby(days, key=lambda day: key_of(sightings[day])))
    return [Stay(sightings[group[0]], group[0], group[-1]) for group in groups]


def date_roles(stays: Sequence[Stay]) -> list[Role]:
    """A role begins, and the one before it ends, on the day it is first seen; the start of the first is not known."""
    firsts = [stay.first for stay in stays]
    changes = [None, *firsts[1:], None]
    return [Role(stay.organisation, *days, stay.last) for stay, days in zip(stays, pairwise(changes), strict=False)]


def merge_roles(known: Sequence[Role], stays: Sequence[Stay]) -> list[Role] | None:
    """What is on record with what a table saw, or None where the two cannot both be right.

    A stay within a known role of that organisation moves its `checked_on` on; one that begins after everything known
    ends the last role and opens a new one. Merging the same stays again changes nothing.
    """
    if not known:
        return date_roles(stays)
    roles = list(known)
    for stay in stays:
        place = next((n for n, role in enumerate(roles) if _covers(role, stay)), None)
        if place is not None:
            roles[place] = _seen_until(roles[place], stay.last)
        elif all(stay.first > (role.checked_on or role.starts_on or date.min) for role in roles):
            roles = [_ended_by(role, stay.first) for role in roles]
            roles.append(Role(stay.organisation, stay.first, None, stay.last))
        else:
            return None
    return roles


def replace_roles(known: Sequence[Role], stays: Sequence[Stay]) -> list[Role] | None:
    """The table's word instead of the record's: only where it sees as far and nobody has edited the roles."""
    seen = max((role.checked_on or date.min for role in known), default=date.min)
    if not stays or stays[-1].last < seen or any(role.is_edited for role in known):
        return None
    return date_roles(stays)


def _covers(role: Role, stay: Stay) -> bool:
    return key_of(role.organisation) == key_of(stay.organisation) and role.is_held_on(stay.first)


def _seen_until(role: Role, day: date) -> Role:
    return replace(role, checked_on=max(role.checked_on or day, day))


def _ended_by(role: Role, day: date) -> Role:
    return role if role.ends_on else replace(role, ends_on=max(day, role.starts_on or day))
