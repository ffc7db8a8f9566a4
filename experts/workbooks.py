"""An XLSX sheet as rows of text. Judged first: the reader trusts a workbook with all of the machine's memory."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MAX_UNPACKED = 500_000_000  # bytes
MAX_CELLS = 20_000_000  # of the rectangle that a sheet spans: it is laid out in full, 24 bytes a cell

_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_CHUNK = 1 << 20
# What the standard library raises on archives that are broken, encrypted or packed in an unknown way.
_DAMAGE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
)
_OVERLAP = 64


class WorkbookRefused(Exception):
    """The message says what to do."""


@contextmanager
def open_sheet(path: Path, name: str = "") -> Iterator[tuple[Iterator[tuple[int, list[str]]], str]]:
    """Rows of the named or first visible sheet, each with its number, and the sheet's name."""
    check_archive(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            chosen = choose_sheet(workbook, name)
            rows = workbook.get_sheet_by_name(chosen).iter_rows()
            yield ((number, [write_cell(cell) for cell in row]) for number, row in enumerate(rows, start=1)), chosen
    except PasswordError as error:
        raise WorkbookRefused(f"{path.name} is protected by a password. Save it without one.") from error
    except CalamineError as error:
        raise WorkbookRefused(f"{path.name} is not a readable XLSX workbook: {error}.") from error


def choose_sheet(workbook: CalamineWorkbook, name: str) -> str:
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if name and name not in names:
        raise WorkbookRefused(f"There is no sheet “{name}”; there are: {', '.join(names)}.")
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    if not (name or visible):
        raise WorkbookRefused("The workbook has no visible sheet.")
    return name or visible[0]


def check_archive(path: Path) -> None:
    """By the archive's own directory first, then by the sheets: two cells in far corners are enough for a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                raise WorkbookRefused(f"{path.name} unpacks to more than {MAX_UNPACKED // 1_000_000} MB.")
            for member in archive.infolist():
                if member.filename.lower().endswith(".xml") and "sharedstrings" not in member.filename.lower():
                    _check_span(archive, member)
    except _DAMAGE as error:
        raise WorkbookRefused(f"{path.name} is not an XLSX workbook, or it is damaged.") from error


def _check_span(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    rows = columns = 0
    kept = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            for letters, digits in _CELL.findall(kept + chunk):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
            kept = chunk[-_OVERLAP:]
    if rows * columns > MAX_CELLS:
        raise WorkbookRefused(
            f"A sheet spans {rows:,} rows and {columns:,} columns, too many cells. "
            "Delete the empty rows and columns around the table, or save it as CSV."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def write_cell(cell: Any) -> str:
    """As a person would have typed it: whole numbers without “.0”, days as 2024-01-31."""
    match cell:
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ")
        case date():
            return cell.isoformat()
    return str(cell)
