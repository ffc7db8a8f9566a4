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
    """Milliseconds per call. `spread` is how far apart the rounds' medians lie, as a share of the median.

    `yardstick` is what the yardstick took meanwhile, and `units` the median in yardsticks, round by round: on a machine
    that slows down and speeds up it moves less than milliseconds do.
    """

    best: float
    median: float
    spread: float
    wall: float
    calls: int
    yardstick: float
    units: float


@dataclass(frozen=True)
class Round:
    """One subject's calls in a row; `yardstick` is the mean of one run before them and one after."""

    cpu: list[float]
    wall: list[float]
    yardstick: float


def time_all(subjects: Sequence[Subject], pace: Pace, before: Callable[[], None] = lambda: None) -> dict[str, Timing]:
    """By key. `before` runs ahead of each call and is not timed."""
    rounds: dict[str, list[Round]] = {subject.key: [] for subject in subjects}
    for subject in subjects:
        for _ in range(pace.warm):
            before()
            subject.call()
    for _ in range(pace.rounds):
        for subject in subjects:
            rounds[subject.key].append(_go_round(subject.call, pace.calls, before))
    return {key: _sum_up(found) for key, found in rounds.items()}


def _go_round(call: Callable[[], Any], calls: int, before: Callable[[], None]) -> Round:
    gc.collect()  # nobody pays for what another left behind
    first, _ = _time(run_yardstick)
    times = []
    for _ in range(calls):
        before()
        times.append(_time(call))
    last, _ = _time(run_yardstick)
    return Round([cpu for cpu, _ in times], [wall for _, wall in times], (first + last) / 2)


def _time(call: Callable[[], Any]) -> tuple[float, float]:
    """(CPU, wall) in milliseconds."""
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    call()
    return (time.process_time_ns() - cpu) / 1e6, (time.perf_counter_ns() - wall) / 1e6


def _sum_up(rounds: list[Round]) -> Timing:
    cpu = [spent for found in rounds for spent in found.cpu]
    medians = [median(found.cpu) for found in rounds]
    middle = median(cpu)
    return Timing(
        best=min(cpu),
        median=middle,
        spread=(max(medians) - min(medians)) / middle,
        wall=median(spent for found in rounds for spent in found.wall),
        calls=len(cpu),
        yardstick=median(found.yardstick for found in rounds),
        units=median(median(found.cpu) / found.yardstick for found in rounds),
    )


def run_yardstick() -> int:
    """A fixed piece of pure Python, the unit in which runs on different machines can be compared.

    Integers, dictionaries, tuples and text, as pages use them. To change it is to make old figures mean nothing.
    """
    counts: dict[tuple[int, str], int] = {}
    state = 12345
    for n in range(20_000):
        state = (state * 1103515245 + 12345) % 2147483648
        key = (state % 97, str(n % 89))
        counts[key] = counts.get(key, 0) + 1
    parts = [f"<li>{number}:{name.rjust(3)}={count}</li>" for (number, name), count in sorted(counts.items())]
    return len("".join(parts))
