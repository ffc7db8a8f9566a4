"""Whether this process can serve readers, part by part. Nobody who asks waits long, and asking often costs nothing."""

import threading
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

from aisrace.operating.schema import find_missing

PATIENCE = 2.0  # seconds for all parts
LASTS = 1.0  # seconds in which nothing is looked at again
OK, DEGRADED, SILENT = "ok", "degraded", "no answer"
ESSENTIAL = ("database", "migrations")


@dataclass(frozen=True)
class Readiness:
    """`parts` in plain words, none of which tells where anything is."""

    parts: dict[str, str]

    @property
    def is_ready(self) -> bool:
        return all(self.parts.get(part) == OK for part in ESSENTIAL)


class Watch:
    """Looks from a thread of its own, for a server that has stopped answering holds up whoever asks it for ever.

    Such a thread is left behind, one at most.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.parts: dict[str, str] = {}
        self.known = Readiness({})
        self.known_until = 0.0

    def look(self) -> Readiness:
        with self.lock:
            if monotonic() >= self.known_until:
                self.known = self.look_again()
                self.known_until = monotonic() + LASTS
            return self.known

    def look_again(self) -> Readiness:
        if self.thread is None or not self.thread.is_alive():
            self.parts = dict.fromkeys(("cache", *ESSENTIAL), SILENT)
            self.thread = threading.Thread(target=look_at_parts, args=[self.parts], daemon=True)
            self.thread.start()
        self.thread.join(PATIENCE)
        return Readiness(dict(self.parts))


def look_at_parts(parts: dict[str, str]) -> None:
    """Fills in what it finds, one part after the other."""
    parts["cache"] = ask_cache()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = OK
        parts["migrations"] = "not applied" if find_missing(connection) else OK
    except DatabaseError:
        parts["database"] = "unreachable"
    finally:
        connection.close()


def ask_cache() -> str:
    """Without Redis each process has a cache of its own, and the site goes on."""
    return OK if not settings.REDIS_URL or reaches_redis() else DEGRADED


def reaches_redis() -> bool:
    limits = {"socket_connect_timeout": settings.REDIS_TIMEOUT, "socket_timeout": settings.REDIS_TIMEOUT}
    try:
        with Redis.from_url(settings.REDIS_URL, **limits) as server:
            return bool(server.ping())
    except RedisError:
        return False


watch = Watch()
