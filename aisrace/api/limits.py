"""How often somebody may ask, counted in the cache for each minute by the clock.

In units: most requests are one, what costs more is more; see places.py.
"""

from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from django.core.cache import cache

WINDOW = 60  # seconds
PARTS = 50  # in which what is allowed is fetched from the cache
MOST_HELD = 5000  # names, those of past minutes among them

_held: dict[str, tuple[int, int]] = {}  # by name: the next number, and the last that was fetched
_lock = Lock()


@dataclass(frozen=True)
class Allowance:
    """`used` counts this request too, of `weight` units; `reset` is in how many seconds the count begins anew."""

    most: int
    used: int
    reset: int
    weight: int = 1

    @property
    def is_spent(self) -> bool:
        return self.used > self.most

    @property
    def headers(self) -> dict[str, str]:
        """The three that everybody knows, and the two of the newer draft (draft-ietf-httpapi-ratelimit-headers)."""
        left = max(0, self.most - self.used)
        told = {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f'"default";q={self.most};w={WINDOW}',
            "RateLimit": f'"default";r={left};t={self.reset}',
        }
        return told | {"Retry-After": str(self.reset)} if self.is_spent else told


def count(whose: str, most: int, seconds: float, weight: int = 1) -> Allowance:
    """Counts a request at that moment (seconds of the clock). None weighs more than is allowed: it can be had once.

    Whatever is wrong with the cache, the answer is not: then everybody is let through.
    """
    weight = max(1, min(weight, most))
    minute, reset = int(seconds) // WINDOW, WINDOW - int(seconds) % WINDOW
    name = f"api.{minute}.{blake2b(whose.encode(), digest_size=16).hexdigest()}"
    try:
        used = take(name, max(1, most // PARTS), reset, weight)
    except Exception:
        used = weight
    return Allowance(most, used, reset, weight)


def take(name: str, step: int, seconds: int, weight: int) -> int:
    """The last of the next numbers. Each process fetches `step` at a time: a call to Redis costs half a millisecond.

    Of several processes each may hold some that it does not use, so that the last fiftieths are given out unevenly.
    What weighs more than is held is fetched by itself, so that what is held is not lost.
    """
    with _lock:
        following, last = _held.get(name, (1, 0))
        if following + weight - 1 <= last:
            _held[name] = (following + weight, last)
            return following + weight - 1
    if weight > 1:
        return count_in_cache(name, weight, seconds)
    last = count_in_cache(name, step, seconds)
    following = last - step + 1
    if step > 1:
        with _lock:
            if len(_held) >= MOST_HELD:
                _held.clear()
            _held[name] = (following + 1, last)
    return following


def count_in_cache(name: str, step: int, seconds: int) -> int:
    try:
        return cache.incr(name, step)
    except ValueError:  # the first of this minute
        return step if cache.add(name, step, seconds + 1) else cache.incr(name, step)
