"""Rows of a table as lines of JSON that are the same from either database, and their sum.

What is read is what is stored: fields neither clean nor check it, on the way out or in.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import batched
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Field, ForeignKey, JSONField, Model

AT_ONCE = 2000  # rows in memory
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z

type Stored = Field[Any, Any]
type Reading = Callable[[Any], Any]

READERS: dict[str, Reading] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DurationField": lambda value: timedelta(microseconds=value),
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
}


@dataclass
class Sum:
    """Of the lines of a table, in whatever order: databases do not sort words alike."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line).digest())) % 2**256

    @property
    def hash(self) -> str:
        return f"{self.total:064x}"


def list_fields(model: type[Model]) -> list[Stored]:
    """By column, for a table that was altered on one machine may have them in another order than on the next."""
    stored = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    return sorted(stored, key=attrgetter("column"))


def list_columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in list_fields(model)]


def read_lines(model: type[Model]) -> Iterator[bytes]:
    """Every row, in the order of the keys, never more than a portion in memory."""
    names = [field.attname for field in list_fields(model)]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield write_line(row)


def write_line(row: Sequence[Any]) -> bytes:
    try:
        return orjson.dumps(row, default=write_value, option=OPTIONS)
    except TypeError:  # numbers of more than 64 bits, and half characters, inside of JSON
        plain = [json.loads(orjson.dumps(v, default=write_value, option=OPTIONS)) if is_told(v) else v for v in row]
        return json.dumps(plain, sort_keys=True).encode()


def is_told(value: Any) -> bool:
    return not isinstance(value, (dict, list, str, int, float, type(None)))


def write_value(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be kept")


def sum_rows(model: type[Model]) -> Sum:
    found = Sum()
    for line in read_lines(model):
        found.add(line)
    return found


def write_rows(model: type[Model], lines: Iterable[bytes]) -> None:
    """As they are, past everything that fields do when something is saved."""
    storing = [store_by(field) for field in list_fields(model)]
    names = ", ".join(connection.ops.quote_name(column) for column in list_columns(model))
    places = ", ".join(["%s"] * len(storing))
    insert = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        for portion in batched(lines, AT_ONCE):
            rows = (zip(storing, json.loads(line), strict=True) for line in portion)
            cursor.executemany(insert, [[store(value) for store, value in row] for row in rows])


def store_by(field: Stored) -> Reading:
    """From what stands in a line to what the database is given."""
    if isinstance(field, ForeignKey):
        return store_by(field.target_field)
    read = READERS.get(field.get_internal_type())

    def store(value: Any) -> Any:
        if value is None and not (isinstance(field, JSONField) and not field.null):
            return None
        return field.get_db_prep_value(read(value) if read else value, connection, prepared=True)

    return store
