"""Tables that editors upload: judged, kept where nobody is served them, and looked into before they are imported."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePath

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from python_calamine import CalamineWorkbook, SheetTypeEnum

from aisrace.lib.text import clean_line
from experts.importing.columns import guess_columns
from experts.importing.naming import cut, key_of
from experts.importing.scales import BUILT_IN, find_blank, read_scales
from experts.models import ImportRun
from experts.tables import MAX_BYTES, WORKBOOKS, TableUnreadable, open_table

SAMPLE = 200  # rows looked at to guess the columns
SHOWN = 5
ENDINGS = {".csv", ".tsv", ".xlsx"}


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a table: `rows` are the first few, `guesses` headings by field."""

    headings: list[str]
    rows: list[list[str]]
    guesses: dict[str, str]
    sheet: str
    sheets: list[str]


def keep_upload(upload: UploadedFile, by: User, now: datetime) -> ImportRun:
    """Raises `TableUnreadable`, in words that name the file as the person does; then nothing is kept."""
    name = cut(clean_line(PurePath(upload.name or "").name), 200) or "table"
    if PurePath(name).suffix.lower() not in ENDINGS:
        raise TableUnreadable(f"{name} is neither a CSV file nor an XLSX workbook. Save the table as one of them.")
    if (upload.size or 0) > MAX_BYTES:
        raise TableUnreadable(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Split it and import the parts.")
    run = ImportRun(file_name=name, created_at=now, started_by=by)
    run.file.save(f"table{PurePath(name).suffix.lower()}", upload, save=False)
    try:
        head = look_into(run)
        run.options = {"columns": head.guesses, "sheet": head.sheet, "source": write_title(name)}
        run.options["scale"] = guess_scale_of(run)
    except TableUnreadable:
        run.file.delete(save=False)
        raise
    run.save()
    return run


def write_title(file_name: str) -> str:
    words = clean_line(PurePath(file_name).stem.replace("_", " ").replace("-", " "))
    return f"{words[:1].upper()}{words[1:]}" if slugify(words) else ""


def look_into(run: ImportRun, sheet: str = "") -> Head:
    path = Path(run.file.path)
    with renaming(run), open_table(path, sheet) as table:
        sample = [row.cells for row in islice(table.rows, SAMPLE)]
        whole = [cells for cells in sample if len(cells) == len(table.headings)]
        places = guess_columns(table.headings, whole, {})
        guesses = {field: table.headings[place] for field, place in places.items() if place is not None}
        return Head(table.headings, sample[:SHOWN], guesses, table.sheet, list_sheets(path))


def list_sheets(path: Path) -> list[str]:
    """Of a workbook that has been judged; none of a CSV file."""
    if path.suffix not in WORKBOOKS:
        return []
    with CalamineWorkbook.from_path(path) as workbook:
        return [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def count_answers(run: ImportRun) -> Counter[str]:
    """The different cells of the column of answers; reads the whole table."""
    heading = run.options["columns"].get("answer", "")
    with renaming(run), open_table(Path(run.file.path), run.options.get("sheet", "")) as table:
        if not heading or heading not in table.headings:
            return Counter()
        place = table.headings.index(heading)
        return Counter(clean_line(row.cells[place]) for row in table.rows if place < len(row.cells))


def guess_scale_of(run: ImportRun) -> str:
    """The scale that has most of the answers; empty where none has any, or two have as many."""
    words = {key_of(cell) for cell in count_answers(run) if find_blank(cell) is None}
    scales = {scale.slug: scale for scale in [*BUILT_IN, *read_scales()]}
    fitting = Counter({slug: len(words & scale.labels.keys()) for slug, scale in scales.items()}).most_common(2)
    if not fitting[0][1] or (len(fitting) > 1 and fitting[0][1] == fitting[1][1]):
        return ""
    return fitting[0][0]


@contextmanager
def renaming(run: ImportRun) -> Iterator[None]:
    """Lets what is wrong with the file be told under the name that the person knows."""
    try:
        yield
    except TableUnreadable as error:
        raise TableUnreadable(rename(run, str(error)), error.line) from error


def rename(run: ImportRun, message: str) -> str:
    path = Path(run.file.path)
    return message.replace(str(path), run.file_name).replace(path.name, run.file_name)
