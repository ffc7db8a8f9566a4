"""Cells of a table that no spreadsheet takes for a formula, and the way back to what they say.

What a spreadsheet might read as a formula is told to be text by one apostrophe before it. The rule is its own inverse
and loses nothing: every cell that begins with an apostrophe and would be told so without it has been told so.
"""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from aisrace.lib.text import drop_forbidden

# White space and quotation marks before the sign do not keep every program from reading a formula; nor does full width.
# A tab or a line's end is meant only in front, be it behind apostrophes: else guarding would not be undone exactly.
_FORMULA = re.compile("[\\s\"'“”‘’]*[-=+@＝＋－＠]|'*[\t\r\n]")


def guard(cell: str) -> str:
    """What looks guarded already gets one more, so that taking it off gives back the very same."""
    return f"'{cell}" if not cell[:1].isalnum() and _FORMULA.match(cell) else cell


def take_off_guard(cell: str) -> str:
    """The inverse of `guard`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_line(cells: Iterable[str | int | None]) -> str:
    """One line as RFC 4180 has it, ended by CR LF. Numbers are numbers and not guarded; None is an empty cell."""
    buffer = StringIO()
    csv.writer(buffer).writerow([_tell(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


def _tell(cell: str) -> str:
    return guard(cell if cell.isascii() and cell.isprintable() else drop_forbidden(cell))
