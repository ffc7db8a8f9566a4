"""Where somebody works: what a day says about a role, and what a table's days make of the roles on record."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.importing.naming import key_of
from experts.importing.roles import Role, Sightings, merge_roles
from experts.models import Affiliation

DAY = date(2025, 1, 1)
DAYS = [None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
SPANS = [(first, last) for first in DAYS for last in DAYS if first is None or last is None or first <= last]


@pytest.mark.parametrize("known", SPANS)
@pytest.mark.parametrize("seen", SPANS)
def test_a_role_on_a_day(known: tuple[date | None, date | None], seen: tuple[date | None, date | None]) -> None:
    (starts_on, ends_on), (seen_from, seen_until) = known, seen
    role = Affiliation(starts_on=starts_on, ends_on=ends_on, seen_from=seen_from, seen_until=seen_until)
    has_begun = starts_on <= DAY if starts_on else seen_from is None or seen_from <= DAY
    is_held = has_begun and (ends_on is None or ends_on > DAY)
    assert role.is_held_on(DAY) == is_held
    assert role.is_seen_on(DAY) == (is_held and (ends_on is not None or seen_until is None or seen_until >= DAY))
    assert Role("A", seen_from, seen_until, starts_on, ends_on).covers(DAY) == role.is_seen_on(DAY)


# --- What tables see -------------------------------------------------------------------------------------------------

D1, D2, D3, D4, D5, D6, D7 = (date(2020, month, 1) for month in range(1, 8))


def look(*seen: tuple[date, str]) -> Sightings:
    return {(day, key_of(organisation)): organisation for day, organisation in seen}


def test_consecutive_days_at_one_place_are_one_role() -> None:
    seen = look((D3, "B"), (D1, "A"), (D2, "a"), (D4, "A"))
    assert merge_roles([], seen) == [Role("A", D1, D2), Role("B", D3, D3), Role("A", D4, D4)]
    assert merge_roles([], {}) == []


def test_two_places_on_one_day_are_two_roles() -> None:
    seen = look((D1, "A"), (D1, "B"), (D2, "A"), (D3, "A"), (D3, "B"))
    assert merge_roles([], seen) == [Role("A", D1, D3), Role("B", D1, D1), Role("B", D3, D3)]
    both = merge_roles([], look((D1, "A"), (D1, "B"), (D2, "A"), (D2, "B")))
    assert both == [Role("A", D1, D2), Role("B", D1, D2)]
    assert merge_roles(both, look((D4, "B"), (D4, "A"))) == [Role("A", D1, D4), Role("B", D1, D4)]


@pytest.mark.parametrize(
    ("known", "seen", "expected"),
    [
        ([Role("A", D2, D3)], [(D5, "A")], [Role("A", D2, D5)]),
        ([Role("A", D2, D3)], [(D1, "a")], [Role("A", D1, D3)]),
        ([Role("A", D5, D5)], [(D1, "A"), (D2, "A")], [Role("A", D1, D5)]),
        (
            [Role("A", D1, D2)],
            [(D3, "A"), (D4, "B"), (D5, "A")],
            [Role("A", D1, D3), Role("B", D4, D4), Role("A", D5, D5)],
        ),
        ([Role("A", D4, D4)], [(D1, "A"), (D2, "B")], [Role("A", D4, D4), Role("A", D1, D1), Role("B", D2, D2)]),
        (
            [Role("A", D1, D2), Role("B", D3, D4)],
            [(D6, "A")],
            [Role("A", D1, D2), Role("B", D3, D4), Role("A", D6, D6)],
        ),
        ([Role("A", D1, D2), Role("B", D4, D5)], [(D3, "A")], [Role("A", D1, D3), Role("B", D4, D5)]),
        ([Role("A", D1, D2), Role("A", D4, D4)], [(D5, "A")], [Role("A", D1, D2), Role("A", D4, D5)]),
        ([Role("A", D1, D6)], [(D2, "B"), (D4, "B")], [Role("A", D1, D6), Role("B", D2, D4)]),
    ],
)
def test_a_sighting_widens_a_role_unless_another_place_was_seen_in_between(
    known: list[Role], seen: list[tuple[date, str]], expected: list[Role]
) -> None:
    assert merge_roles(known, look(*seen)) == expected


@pytest.mark.parametrize(
    "role",
    [
        Role("A", None, None),
        Role("A", None, D4),
        Role("A", D3, D3, starts_on=D1),
        Role("A", None, None, starts_on=D1, ends_on=D5),
        Role("A", D1, D1, ends_on=D5),
    ],
)
def test_known_dates_that_cover_a_sighting_stay(role: Role) -> None:
    assert merge_roles([role], look((D2, "A"))) == [role]


def test_known_dates_are_not_widened() -> None:
    role = Role("A", D2, D3, starts_on=D1, ends_on=D4, is_edited=True)
    assert merge_roles([role], look((D5, "A"))) == [role, Role("A", D5, D5)]
    open_side = Role("A", None, D2, is_edited=True)
    assert merge_roles([open_side], look((D5, "A"))) == [Role("A", None, D5)]


def test_a_table_that_looks_where_a_role_begins_and_ends_corrects_it() -> None:
    known = [Role("A", D1, D1, pk=7), Role("Bb", D2, D3, pk=8)]
    corrected = merge_roles(known, look((D2, "B"), (D3, "B"), (D4, "B")))
    assert corrected == [Role("A", D1, D1), Role("B", D2, D4)]
    assert [role.pk for role in corrected] == [7, None]
    assert merge_roles(known, look((D3, "B"))) == [*known, Role("B", D3, D3)]
    assert merge_roles(known, look((D2, "B"), (D3, "Bb"))) == [*known, Role("B", D2, D2)]
    known[1] = Role("Bb", D2, D2, is_edited=True)
    assert merge_roles(known, look((D2, "B"))) == [*known, Role("B", D2, D2)]


SIGHTINGS = st.sets(st.tuples(st.sampled_from([D1, D2, D3, D4, D5, D6, D7]), st.sampled_from("ABC"))).map(
    lambda seen: look(*seen)
)


@settings(deadline=None)
@given(st.lists(SIGHTINGS, min_size=1, max_size=4))
def test_whatever_comes_is_seen_once_and_nothing_is_dated(tables: list[Sightings]) -> None:
    roles: list[Role] = []
    for table in tables:
        roles = merge_roles(roles, table)
        assert merge_roles(roles, table) == roles
        for (day, key), organisation in table.items():
            assert [r.organisation for r in roles if r.key == key and r.covers(day)] == [organisation]
        for key in "abc":
            spans = sorted((r.seen_from or DAY, r.seen_until or DAY) for r in roles if r.key == key)
            assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert not any(role.starts_on or role.ends_on for role in roles)
