"""Several questions to the database that are answered as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# By themselves PostgreSQL answers each statement as of its own moment; SQLite is told to keep all who write waiting.
BEGINS = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN DEFERRED"}


@contextmanager
def one_moment() -> Iterator[None]:
    """Only for reading, and not for long. Nobody waits for it. Inside a transaction it is as that has it."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGINS[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")
