"""Writing what is not worth waiting for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_waiting() -> Iterator[None]:
    """Inside, a write that others hold up raises `OperationalError` at once instead of waiting its turn.

    Nothing that was done before it, in a transaction around, is lost.
    """
    if connection.vendor == "sqlite":
        with set_aside("PRAGMA busy_timeout", "PRAGMA busy_timeout = 0", "PRAGMA busy_timeout = {}"):
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5ms'")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")


@contextmanager
def set_aside(ask: str, change: str, restore: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(ask)
        (before,) = cursor.fetchone()
        cursor.execute(change)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(restore.format(int(before)))
