"""How requests are counted, and what is told of it."""

from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisGone

from aisrace.api import limits
from aisrace.api.limits import Allowance, count

A_MINUTE = 1_800_000_000 // 60 * 60  # in which nobody else counts


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def test_a_minute_is_counted_by_the_clock() -> None:
    first, second = (count("somebody", 2, A_MINUTE + second) for second in (0, 59.9))
    assert (first.used, first.reset, first.is_spent) == (1, 60, False)
    assert (second.used, second.reset, second.is_spent) == (2, 1, False)
    assert count("somebody", 2, A_MINUTE + 59.99).is_spent
    assert count("somebody", 2, A_MINUTE + 60).used == 1
    assert count("somebody else", 2, A_MINUTE).used == 1


def test_what_is_told() -> None:
    assert Allowance(600, 1, 42).headers == {
        "RateLimit-Limit": "600",
        "RateLimit-Remaining": "599",
        "RateLimit-Reset": "42",
        "RateLimit-Policy": '"default";q=600;w=60',
        "RateLimit": '"default";r=599;t=42',
    }
    spent = Allowance(2, 5, 7).headers
    assert (spent["RateLimit-Remaining"], spent["Retry-After"]) == ("0", "7")


@pytest.mark.parametrize("trouble", [RedisGone(), TimeoutError(), ValueError(), RuntimeError()])
def test_a_cache_that_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise trouble

    monkeypatch.setattr(cache, "incr", fail)
    monkeypatch.setattr(cache, "add", fail)
    assert not count("somebody", 1, A_MINUTE).is_spent


def test_many_are_fetched_at_a_time_and_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call to Redis is slow; whoever may ask a hundred times is not to pay for it each time."""
    calls: list[int] = []
    incr = cache.incr

    def note(name: str, step: int) -> int:
        calls.append(step)
        return incr(name, step)

    monkeypatch.setattr(cache, "incr", note)
    counted = [count("many", 200, A_MINUTE) for _ in range(201)]
    assert [one.used for one in counted] == [*range(1, 202)]
    assert (counted[199].is_spent, counted[200].is_spent) == (False, True)
    assert calls == [4] * 51


def test_what_weighs_more_takes_as_much_and_leaves_no_gap() -> None:
    light = [count("mixed", 200, A_MINUTE) for _ in range(3)]
    heavy = [count("mixed", 200, A_MINUTE, weight=60) for _ in range(3)]
    assert [one.is_spent for one in (*light, *heavy)] == [False] * 6
    rest = [count("mixed", 200, A_MINUTE).is_spent for _ in range(20)]
    assert rest.count(False) == 200 - 3 - 3 * 60


def test_two_processes_together_let_through_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[dict[str, tuple[int, int]]] = [{}, {}]
    through = 0
    for number in range(400):
        monkeypatch.setattr(limits, "_held", held[number % 7 % 2])
        through += not count("both", 100, A_MINUTE).is_spent
    assert through == 100


def test_threads_are_counted_apart() -> None:
    used: list[int] = []
    threads = [
        Thread(target=lambda: used.extend(count("at once", 1000, A_MINUTE).used for _ in range(50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(used)) == 400


def test_a_count_that_another_process_begins_meanwhile_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    add = cache.add
    monkeypatch.setattr(cache, "add", lambda *args: add(*args) and False)
    assert count("somebody", 9, A_MINUTE).used == 2
