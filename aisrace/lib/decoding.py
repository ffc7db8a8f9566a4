"""Reading text that SQLite holds and that is no text: what was written there past Django may be any bytes."""

from operator import methodcaller
from typing import Any

# By default one such value makes every page fail that reads it. A quarter of a microsecond for each value.
read_text = methodcaller("decode", "utf-8", "replace")


def read_leniently(connection: Any, **kwargs: Any) -> None:
    """For each new connection: what cannot be decoded is read as �."""
    if connection.vendor == "sqlite":
        connection.connection.text_factory = read_text
