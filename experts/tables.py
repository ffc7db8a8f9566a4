"""A table of text from a CSV file or an XLSX workbook: headings, then rows with the line they stand on.

The file is judged before and while it is read; whatever is wrong with it ends in one `TableUnreadable` that says what
to do. Rows of a CSV file are streamed, so memory does not grow with its length; a workbook is held as a whole.
"""

import csv
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aisrace.lib.text import clean_line, fold
from experts.workbooks import WorkbookRefused, open_sheet

MAX_BYTES = 500_000_000
MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL = 100_000  # characters
MAX_LINE = 10_000_000  # bytes; a file of one endless line must not fill the memory

TOO_LONG = f"A cell is longer than {MAX_CELL:,} characters, or a quotation mark is never closed."
WORKBOOKS = {".xlsx", ".xlsm"}
DELIMITERS = (",", ";", "\t")
KNOWN_BY = (
    (b"PK\x03\x04", "a zip archive or workbook; if it is a workbook, name it .xlsx"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as XLSX or CSV"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"\xff\xfe", "in UTF-16; save it as UTF-8 (in a spreadsheet: “CSV UTF-8”)"),
    (b"\xfe\xff", "in UTF-16; save it as UTF-8 (in a spreadsheet: “CSV UTF-8”)"),
)


class TableUnreadable(Exception):
    """`line` is 0 where the file as a whole is meant; the message does not repeat it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Row(NamedTuple):
    """`line` counts from 1, in the file or in the sheet; a CSV row with line breaks in it has its first."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` can be gone through once, while the file is open; wholly empty rows are left out."""

    headings: list[str]
    rows: Iterator[Row]
    sheet: str = ""


@contextmanager
def open_table(path: Path, sheet: str = "") -> Iterator[Table]:
    """The table of the file, of the first visible sheet unless one is named. Reading on may still raise."""
    check_file(path)
    opened = _open_sheet(path, sheet) if path.suffix.lower() in WORKBOOKS else _open_csv(path, sheet)
    with opened as (rows, found):
        filled = (row for row in rows if any(cell.strip() for cell in row.cells))
        heading_row = next(filled, None)
        if heading_row is None:
            raise TableUnreadable("The table is empty.")
        yield Table(read_headings(heading_row), check_rows(filled), found)


def check_file(path: Path) -> None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise TableUnreadable(f"{path} is not a file." if not path.is_dir() else f"{path} is a folder, not a file.")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TableUnreadable(f"{path} cannot be read: {reason}.") from error
    if not status.st_size:
        raise TableUnreadable(f"{path} is empty.")
    if status.st_size > MAX_BYTES:
        raise TableUnreadable(f"{path} is larger than {MAX_BYTES // 1_000_000} MB. Split it and import the parts.")


def read_headings(row: Row) -> list[str]:
    """Cleaned; a column without a heading stays, under an empty one, and is ignored later."""
    headings = [clean_line(cell) for cell in row.cells]
    if len(headings) > MAX_COLUMNS:
        raise TableUnreadable(f"The table has more than {MAX_COLUMNS} columns.", row.line)
    counts = Counter(fold(heading) or heading for heading in headings if heading)
    if twice := [heading for heading in headings if heading and counts[fold(heading) or heading] > 1]:
        listed = ", ".join(f"“{heading[:80]}”" for heading in twice)
        raise TableUnreadable(f"Two columns have the same heading: {listed}. Rename one.", row.line)
    return headings


def check_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows as they come, up to the limits."""
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise TableUnreadable(f"The table has more than {MAX_ROWS:,} rows. Split it.", row.line)
        if any(len(cell) > MAX_CELL for cell in row.cells):
            raise TableUnreadable(TOO_LONG, row.line)
        yield row


@contextmanager
def _open_sheet(path: Path, sheet: str) -> Iterator[tuple[Iterator[Row], str]]:
    try:
        with open_sheet(path, sheet) as (rows, name):
            yield (Row(*row) for row in rows), name
    except WorkbookRefused as error:
        raise TableUnreadable(str(error)) from error


@contextmanager
def _open_csv(path: Path, sheet: str) -> Iterator[tuple[Iterator[Row], str]]:
    if sheet:
        raise TableUnreadable(f"{path.name} is not a workbook, so it has no sheet “{sheet}”.")
    with path.open("rb") as file:
        _check_start(path, file)
        lines = _decode_lines(file)
        first = next(lines)
        yield _parse_csv(_put_back(first, lines), _guess_delimiter(first)), ""


def _check_start(path: Path, file: BinaryIO) -> None:
    start = file.read(8)
    for mark, description in KNOWN_BY:
        if start.startswith(mark):
            raise TableUnreadable(f"{path.name} is not a CSV file: it is {description}.")
    file.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
    if not file.peek(1):  # type: ignore[attr-defined]  # buffered, as path.open gives it
        raise TableUnreadable(f"{path} is empty.")


def _decode_lines(file: BinaryIO) -> Iterator[str]:
    line = 0
    while raw := file.readline(MAX_LINE + 1):
        line += 1
        if len(raw) > MAX_LINE:
            raise TableUnreadable(TOO_LONG, line)
        if b"\0" in raw:
            raise TableUnreadable("There is a NUL byte: this is no text, or not UTF-8 text.", line)
        try:
            yield raw.decode()
        except UnicodeDecodeError as error:
            byte = f"byte 0x{raw[error.start]:02x}, the {error.start + 1}. of the line"
            raise TableUnreadable(
                f"This is not UTF-8 ({byte}). Save the table as UTF-8 (in a spreadsheet: “CSV UTF-8”).", line
            ) from error


def _put_back(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _guess_delimiter(heading_line: str) -> str:
    """The one that separates most headings; a comma when none does."""
    outside_quotes = "".join(heading_line.split('"')[::2])
    return max(DELIMITERS, key=outside_quotes.count)


def _parse_csv(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableUnreadable(_explain(error), line) from error
        yield Row(line, cells)


def _explain(error: csv.Error) -> str:
    """The csv module's own words speak to programmers."""
    reason = str(error)
    if "field limit" in reason:
        return TOO_LONG
    if "unexpected end of data" in reason:
        return "A quotation mark that opens in this row is never closed."
    if "new-line character" in reason:
        return "The row has a lone carriage return. Save the table with Unix or Windows line ends."
    return f"The row is not proper CSV: {reason}."
