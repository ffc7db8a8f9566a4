"""A cache that goes on without Redis."""

from time import monotonic
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE = 10  # seconds before Redis is asked again


class SteadyRedisCache(RedisCache):
    """Redis while it answers, this process's own memory while it does not.

    Limits on failed sign-ins are counted here. Without Redis they still hold, for each process by itself: neither is
    the door open to guessing, nor are editors locked out because a cache is gone.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.memory = LocMemCache("while Redis is away", own | {"OPTIONS": {"MAX_ENTRIES": 10_000}})
        self.away_until = 0.0

    def _ask(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        if monotonic() >= self.away_until:
            try:
                return getattr(super(), verb)(*args, **kwargs)
            except RedisError:
                self.away_until = monotonic() + PAUSE
        return getattr(self.memory, verb)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._ask("clear")
