"""CPU time of calls, in rounds so that noise shows, beside a yardstick that makes machines comparable."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Subject:
    """What is called. `limit_ms` is CPU per call."""

    key: str
    title: str
    call: Callable[[], Any]
    limit_ms: float | None = None


@dataclass(frozen=True)
class Pace:
    """`warm` calls are not timed; then `rounds` of `calls` each, the subjects by turns."""

    rounds: int = 5
    calls: int = 6
    warm: int = 2


FULL = Pace()
QUICK = Pace(rounds=2, calls=3, warm=1)


@dataclass(frozen=True)
class Timing:
    """Milliseconds per call. `spread` is how far apart the rounds' medians lie, as a share of the median."""

    best: float
    median: float
    spread: float
    wall: float
    calls: int


def time_all(subjects: Sequence[Subject], pace: Pace, before: Callable[[], None] = lambda: None) -> dict[str, Timing]:
    """By key. `before` runs ahead of each call and is not timed."""
    rounds: dict[str, list[list[tuple[float, float]]]] = {subject.key: [] for subject in subjects}
    for subject in subjects:
        for _ in range(pace.warm):
            before()
            subject.call()
    for _ in range(pace.rounds):
        for subject in subjects:
            gc.collect()  # nobody pays for what another left behind
            rounds[subject.key].append([_time(subject.call, before) for _ in range(pace.calls)])
    return {key: _sum_up(times) for key, times in rounds.items()}


def _time(call: Callable[[], Any], before: Callable[[], None]) -> tuple[float, float]:
    """(CPU, wall) in milliseconds."""
    before()
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    call()
    return (time.process_time_ns() - cpu) / 1e6, (time.perf_counter_ns() - wall) / 1e6


def _sum_up(rounds: list[list[tuple[float, float]]]) -> Timing:
    cpu = [spent for times in rounds for spent, _ in times]
    wall = [spent for times in rounds for _, spent in times]
    medians = [median(spent for spent, _ in times) for times in rounds]
    middle = median(cpu)
    return Timing(min(cpu), middle, (max(medians) - min(medians)) / middle, median(wall), len(cpu))


def measure_yardstick(pace: Pace) -> Timing:
    """A fixed piece of pure Python: the unit in which runs on different machines can be compared."""
    subject = Subject("yardstick", "yardstick", run_yardstick)
    return time_all([subject], pace)["yardstick"]


def run_yardstick() -> int:
    """Integers, dictionaries, tuples and text, as pages use them; never change it, or old figures lose their meaning."""
    counts: dict[tuple[int, str], int] = {}
    state = 12345
    for n in range(20_000):
        state = (state * 1103515245 + 12345) % 2147483648
        key = (state % 97, str(n % 89))
        counts[key] = counts.get(key, 0) + 1
    parts = [f"<li>{number}:{name.rjust(3)}={count}</li>" for (number, name), count in sorted(counts.items())]
    return len("".join(parts))
