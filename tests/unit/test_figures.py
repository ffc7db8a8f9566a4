"""Numbers, days and counts as the pages print them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.lib.figures import count, day, hundredths, iso, minute, month, percent, short_day, steps

SPACE = "\N{NO-BREAK SPACE}"
A_MOMENT = datetime(2025, 1, 31, 23, 5, 59, 999_999, tzinfo=timezone(timedelta(hours=-5)))  # in UTC already February


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0"),
        (0.634, "63"),
        (0.636, "64"),
        (1 / 3, "33"),
        (2 / 3, "67"),
        (1.0, "100"),
        (0.125, "13"),
        (0.375, "38"),
        (0.005, "1"),
        (0.004, "<1"),
        (0.994, "99"),
        (0.996, ">99"),
    ],
)
def test_percent_is_whole_and_does_not_break(share: float, words: str) -> None:
    assert percent(share) == f"{words}{SPACE}%"


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0"), (0.634, "63.4"), (1 / 3, "33.33"), (1.0, "100"), (1e-9, "1e-07")]
)
def test_hundredths_are_plain_numbers(share: float, words: str) -> None:
    assert hundredths(share) == words


@given(st.floats(0, 1))
def test_hundredths_are_what_an_svg_can_read(share: float) -> None:
    assert float(hundredths(share)) == pytest.approx(share * 100, rel=1e-3)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (0.0, "0.0 steps"),
        (0.734, "0.7 steps"),
        (0.96, "1.0 step"),
        (1.0, "1.0 step"),
        (1.04, "1.0 step"),
        (2.5, "2.5 steps"),
    ],
)
def test_steps_are_one_where_one_is_printed(distance: float, words: str) -> None:
    assert steps(distance) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "0 experts"), (1, "1 expert"), (2, "2 experts"), (1_234, "1,234 experts"), (9_660, "9,660 experts")],
)
def test_counts_agree_with_their_noun(n: int, words: str) -> None:
    assert count(n, "expert") == words


def test_days_have_no_leading_zero() -> None:
    assert day(date(2025, 1, 3)) == "3 January 2025"
    assert short_day(date(2025, 1, 3)) == "3 Jan 2025"
    assert month(date(2025, 9, 3)) == "September 2025"


@pytest.mark.parametrize(("when", "words"), [(date(1, 1, 1), "1 January 1"), (date(9999, 12, 31), "31 December 9999")])
def test_the_first_and_the_last_day_can_be_told(when: date, words: str) -> None:
    assert day(when) == words
    assert iso(when) == when.isoformat()


@given(st.dates())
def test_every_month_has_its_name(when: date) -> None:
    assert day(when).split()[1].startswith(short_day(when).split()[1])
    assert short_day(when).split()[1] == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[when.month - 1]  # noqa: SIM905


def test_moments_are_told_in_the_time_zone_of_the_site() -> None:
    assert day(A_MOMENT) == "1 February 2025"
    assert short_day(A_MOMENT) == "1 Feb 2025"
    assert minute(A_MOMENT) == "1 February 2025, 04:05 UTC"


def test_machines_get_days_and_moments_without_fractions() -> None:
    assert iso(date(2025, 1, 3)) == "2025-01-03"
    assert iso(A_MOMENT) == "2025-02-01T04:05:59+00:00"
    assert datetime.fromisoformat(iso(A_MOMENT)) == A_MOMENT.astimezone(UTC).replace(microsecond=0)
