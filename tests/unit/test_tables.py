"""Files become rows, and every broken one a single message."""

import errno
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

from experts import tables, workbooks
from experts.tables import Row, TableUnreadable, open_table
from tests.workbook import Value, write_parts, write_rows, write_workbook


def write(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, sheet: str = "") -> tuple[list[str], list[Row]]:
    with open_table(path, sheet) as table:
        return table.headings, list(table.rows)


def complaint(path: Path, sheet: str = "") -> str:
    with pytest.raises(TableUnreadable) as caught:
        read(path, sheet)
    return f"line {caught.value.line}: {caught.value}"


# --- CSV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_heading_line_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = [["name", '"a, b; c"', "date"], ["Ada", '"x,;\ty"', "1"]]
    path = write(tmp_path, "\n".join(delimiter.join(line) for line in lines))
    assert read(path) == (["name", "a, b; c", "date"], [Row(2, ["Ada", "x,;\ty", "1"])])


def test_lines_are_counted_as_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '\nname,words\r\nAda,"one\ntwo\n\nfour"\n\n,\nBo,x\n')
    assert read(path) == (["name", "words"], [Row(3, ["Ada", "one\ntwo\n\nfour"]), Row(9, ["Bo", "x"])])


def test_a_byte_order_mark_is_no_part_of_a_heading(tmp_path: Path) -> None:
    assert read(write(tmp_path, "\ufeffname\nAda"))[0] == ["name"]


def test_headings_are_cleaned_and_may_be_empty(tmp_path: Path) -> None:
    assert read(write(tmp_path, ", vote\u00a0 ,\nx,y,z"))[0] == ["", "vote", ""]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n\n,,\n", "The table is empty"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04....", "name it .xlsx"),
        (b"\xd0\xcf\x11\xe0....", "old Office document"),
        (b"\x1f\x8b\x08....", "compressed"),
        ("a,b\n1,2".encode("utf-16"), "UTF-16"),
        ("a,b\n1,2".encode("utf-16-be"), "NUL byte"),
        (b"a,b\n1,2\n3,\x00\n", "line 3: There is a NUL byte"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1: This is not UTF-8 (byte 0x89"),
        ("a,b\n1,2\nCafé,x".encode("latin-1"), "line 3: This is not UTF-8 (byte 0xe9, the 4. of the line)"),
        (b"a,b\n1,\xed\xa0\x80\n", "line 2: This is not UTF-8"),
        (b'a,b\n1,2\n"x,3\n4,5\n', "line 3: A quotation mark that opens in this row is never closed"),
        (b'a,b\n"x"y,3\n', "line 2: The row is not proper CSV"),
        (b"a,b\r1,2\r", "lone carriage return"),
        (b"vote,Vote \n1,2", "same heading: “vote”, “Vote”"),
        (b"a,b\n1," + b"x" * 10_485_760, "line 2: A cell is longer than 100,000 characters"),
        (b"a,b\n1,2\n3," + b"x" * 200_000, "line 3: A cell is longer"),
        (b"a,b\n1,2\n3," + b"x" * 100_001, "line 3: A cell is longer"),
        (
            b'a,b\n1,"x\n' + b"1,2\n" * 100_000,
            "line 2: A cell is longer than 100,000 characters, or a quotation mark is never closed",
        ),
        (b",".join(b"c%d" % n for n in range(501)) + b"\n", "more than 500 columns"),
    ],
)
def test_what_is_no_csv_gets_one_message(tmp_path: Path, content: bytes, expected: str) -> None:
    assert expected in complaint(write(tmp_path, content))


def test_a_cell_of_the_longest_length_is_read(tmp_path: Path) -> None:
    assert len(read(write(tmp_path, "a\n" + "é" * tables.MAX_CELL))[1][0].cells[0]) == tables.MAX_CELL


def test_what_is_no_file_gets_one_message(tmp_path: Path) -> None:
    assert "is a folder" in complaint(tmp_path)
    assert "No such file" in complaint(tmp_path / "missing.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is not a file" in complaint(tmp_path / "pipe.csv")
    assert "cannot be read" in complaint(tmp_path / ("x" * 300))
    assert "cannot be read" in complaint(Path("\0.csv"))
    assert "has no sheet" in complaint(write(tmp_path, "a\n1"), "Sheet 1")


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's part is played: root may read everything."""

    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    path = tmp_path / "table.csv"
    path.touch()
    assert complaint(path) == f"line 0: {path} cannot be read: Permission denied."


def test_limits_of_size_and_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    path = write(tmp_path, "a\n1\n2\n3\n")
    assert "more than 2 rows" in complaint(path)
    monkeypatch.setattr(tables, "MAX_BYTES", 5)
    assert "larger than" in complaint(path)


def test_rows_are_streamed(tmp_path: Path) -> None:
    path = write(tmp_path, b"a\n1\n" + b"\xff")
    with open_table(path) as table:
        assert next(table.rows) == Row(2, ["1"])


# --- XLSX ------------------------------------------------------------------------------------------------------------


def test_a_sheet_reads_like_its_csv(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        [],
        ["name", "day", "number", "share", "yes"],
        ["Ada", date(2024, 1, 31), 7.0, 0.25, True],
        [],
        ["Bo", None, 10, None, None],
    ]
    path = write_workbook(tmp_path / "table.xlsx", {"One": rows})
    assert read(path) == (
        ["name", "day", "number", "share", "yes"],
        [Row(3, ["Ada", "2024-01-31", "7", "0.25", "TRUE"]), Row(5, ["Bo", "", "10", "", ""])],
    )


def test_the_first_visible_sheet_or_the_one_named(tmp_path: Path) -> None:
    sheets = {"Hidden": [["a"], ["1"]], "Shown": [["b"], ["2"]], "Third": [["c"], ["3"]]}
    path = write_workbook(tmp_path / "table.XLSX", sheets, hidden=("Hidden",))
    with open_table(path) as table:
        assert (table.sheet, table.headings) == ("Shown", ["b"])
    assert read(path, "Hidden")[0] == ["a"]
    assert read(path, "Third")[0] == ["c"]
    assert "There is no sheet “Fourth”; there are: Hidden, Shown, Third." in complaint(path, "Fourth")


@pytest.mark.parametrize("content", [b"name,vote\nAda,Agree", b"%PDF-1.7", b"PK\x03\x04" + b"\0" * 99])
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    assert "is not an XLSX workbook" in complaint(write(tmp_path, content, "table.xlsx"))


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "table.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "is not a readable XLSX workbook" in complaint(tmp_path / "table.xlsx")


def test_a_sheet_that_is_broken_xml(tmp_path: Path) -> None:
    path = write_parts(tmp_path / "table.xlsx", {"One": '<row r="1"><c r="A1"><v>1</row>'})
    assert "is not a readable XLSX workbook" in complaint(path)


def test_a_workbook_that_was_damaged_on_its_way(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[str(n)] for n in range(500)]
    path = write_workbook(tmp_path / "table.xlsx", {"One": rows})
    content = path.read_bytes()
    for place in range(0, len(content), 23):
        damaged = write(tmp_path, content[:place] + b"\xff\x00" + content[place + 2 :], "damaged.xlsx")
        try:
            read(damaged)
        except TableUnreadable as error:
            assert "workbook" in str(error)  # noqa: PT017  # some bytes do not matter


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1_000_000)
    path = write_parts(tmp_path / "table.xlsx", {"One": " " * 1_000_001})
    assert path.stat().st_size < 10_000
    assert "unpacks to more than" in complaint(path)


def test_two_cells_in_far_corners_do_not_fill_the_memory(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = write_parts(tmp_path / "table.xlsx", {"One": write_rows([["a"]]) + far})
    assert "spans 1,048,576 rows and 16,384 columns" in complaint(path)
