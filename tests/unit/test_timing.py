"""Clock times in a zone: one moment, none or two; days, zones and waits in words."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from articles.timing import NoSuchTime, TwiceThatDay, find_zone, list_zones, tell, to_moment, until

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves by half an hour
APIA = ZoneInfo("Pacific/Apia")  # left out 30 December 2011
KATHMANDU = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "at", "zone", "moment"),
    [
        (date(2026, 1, 10), time(9), BERLIN, datetime(2026, 1, 10, 8, tzinfo=UTC)),
        (date(2026, 7, 10), time(9), BERLIN, datetime(2026, 7, 10, 7, tzinfo=UTC)),
        (date(2026, 3, 29), time(1, 59), BERLIN, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(3), BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 7, 10), time(0, 15), KATHMANDU, datetime(2026, 7, 9, 18, 30, tzinfo=UTC)),
        (date(2026, 7, 10), time(9), ZoneInfo("UTC"), datetime(2026, 7, 10, 9, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_once(on: date, at: time, zone: ZoneInfo, moment: datetime) -> None:
    found = to_moment(on, at, zone)
    assert found == moment
    assert found.tzinfo == UTC
    assert to_moment(on, at, zone, fold=1) == moment  # an answer to a question nobody asked


@pytest.mark.parametrize(
    ("on", "at", "zone", "next_valid"),
    [
        (date(2026, 3, 29), time(2), BERLIN, "2026-03-29T03:00:00+02:00"),
        (date(2026, 3, 29), time(2, 59), BERLIN, "2026-03-29T03:00:00+02:00"),
        (date(2026, 3, 8), time(2, 30), NEW_YORK, "2026-03-08T03:00:00-04:00"),
        (date(2026, 10, 4), time(2, 15), LORD_HOWE, "2026-10-04T02:30:00+11:00"),
        (date(2011, 12, 30), time(12), APIA, "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_time_that_is_skipped(on: date, at: time, zone: ZoneInfo, next_valid: str) -> None:
    for fold in (None, 0, 1):
        with pytest.raises(NoSuchTime) as refused:
            to_moment(on, at, zone, fold)
        assert refused.value.next_valid.isoformat() == next_valid


def test_the_refusal_says_what_to_choose_instead() -> None:
    with pytest.raises(NoSuchTime) as refused:
        to_moment(date(2026, 3, 29), time(2, 30), BERLIN)
    assert str(refused.value) == (
        "There is no 02:30 on 29 March 2026 in Europe/Berlin: the clocks go forward then. "
        "The next time there is: 29 March 2026, 03:00 CEST (UTC+02:00)."
    )


@pytest.mark.parametrize(
    ("on", "at", "zone", "first", "second"),
    [
        (date(2026, 10, 25), time(2), BERLIN, "2026-10-25T00:00:00+00:00", "2026-10-25T01:00:00+00:00"),
        (date(2026, 10, 25), time(2, 59), BERLIN, "2026-10-25T00:59:00+00:00", "2026-10-25T01:59:00+00:00"),
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30:00+00:00", "2026-11-01T06:30:00+00:00"),
        (date(2026, 4, 5), time(1, 45), LORD_HOWE, "2026-04-04T14:45:00+00:00", "2026-04-04T15:15:00+00:00"),
    ],
)
def test_a_time_that_comes_twice(on: date, at: time, zone: ZoneInfo, first: str, second: str) -> None:
    with pytest.raises(TwiceThatDay) as asked:
        to_moment(on, at, zone)
    assert [choice.astimezone(UTC).isoformat() for choice in asked.value.choices] == [first, second]
    assert to_moment(on, at, zone, fold=0).isoformat() == first
    assert to_moment(on, at, zone, fold=1).isoformat() == second


def test_the_question_is_asked_in_words() -> None:
    with pytest.raises(TwiceThatDay, match="02:30 comes twice") as asked:
        to_moment(date(2026, 10, 25), time(2, 30), BERLIN)
    assert [tell(choice) for choice in asked.value.choices] == [
        "25 October 2026, 02:30 CEST (UTC+02:00)",
        "25 October 2026, 02:30 CET (UTC+01:00)",
    ]


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "28 March 2026, 12:00 UTC"),
        ("Europe/London", "28 March 2026, 12:00 GMT (UTC+00:00)"),
        ("America/Sao_Paulo", "28 March 2026, 09:00 UTC-03:00"),
        ("Asia/Kathmandu", "28 March 2026, 17:45 UTC+05:45"),
    ],
)
def test_a_moment_is_told_with_its_zone(zone: str, told: str) -> None:
    assert tell(NOW, ZoneInfo(zone)) == told


@pytest.mark.parametrize(
    ("distance", "told"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "in 1 minute"),
        (timedelta(minutes=59, seconds=59), "in 59 minutes"),
        (timedelta(hours=3, minutes=40), "in 3 hours"),
        (timedelta(days=2, hours=23), "in 2 days"),
        (-timedelta(minutes=5), "5 minutes ago"),
        (-timedelta(days=400), "400 days ago"),
    ],
)
def test_how_long_until(distance: timedelta, told: str) -> None:
    assert until(NOW + distance, NOW) == told


def test_every_zone_in_the_list_can_be_chosen() -> None:
    zones = [zone for _, places in list_zones() for zone, _ in places]
    assert len(zones) == len(set(zones)) > 300
    assert {"UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Calcutta"} <= set(zones)
    assert all(find_zone(zone) for zone in zones)
    assert not any(zone.startswith("Etc/") for zone in zones)


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Etc/GMT+5", "posix/UTC", "europe/berlin", "\0"])
def test_other_names_are_no_zones(name: str) -> None:
    assert find_zone(name) is None
