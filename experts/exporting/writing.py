"""Rows as CSV and as JSON Lines, in pieces of some kilobytes."""

from collections.abc import Iterable, Iterator
from itertools import batched

import orjson

from aisrace.lib.cells import write_line
from experts.exporting.columns import COLUMNS, Told, Value, tell_quotes, tell_row

PIECE = 50  # rows; one by one, handing them on would take longer than writing them
NAMES = list(COLUMNS)


def write_csv(rows: Iterable[Told]) -> Iterator[bytes]:
    """RFC 4180, UTF-8, one heading line; formulas are guarded as `aisrace.lib.cells` says."""
    yield write_line(NAMES).encode()
    for piece in batched(rows, PIECE):
        yield "".join(write_line(map(_as_cell, tell_row(told))) for told in piece).encode()


def write_json_lines(rows: Iterable[Told]) -> Iterator[bytes]:
    """The same names as in CSV and one more, `quotes`; nothing is guarded, and what is empty is null."""
    for piece in batched(rows, PIECE):
        yield b"".join(
            orjson.dumps(dict(zip(NAMES, tell_row(told), strict=True)) | {"quotes": tell_quotes(told)}) + b"\n"
            for told in piece
        )


def _as_cell(value: Value) -> str | int | None:
    return ("true" if value else "false") if isinstance(value, bool) else value
