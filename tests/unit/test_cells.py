"""Cells of a table: nothing in them is a formula, and nothing is lost."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.lib.cells import guard, take_off_guard, write_line
from aisrace.lib.text import drop_forbidden

FORMULAS = ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx", "\nx", "  =1", '"=1', "'=1", " \"' @x", "“-1”", "＝1", "-"]
GUARDED_BY_OTHERS = ["'\r", "''\nx"]
PLAIN = ["", "1=1", "it’s", "'it’s", "'", "''", "a\t=b", "2024-01-10", "“Plain”, he said -", " x"]


@pytest.mark.parametrize("cell", FORMULAS + GUARDED_BY_OTHERS)
def test_a_formula_is_told_to_be_text(cell: str) -> None:
    assert guard(cell) == f"'{cell}"
    assert take_off_guard(guard(cell)) == cell


@pytest.mark.parametrize("cell", PLAIN)
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guard(cell) == cell == take_off_guard(cell)


@given(st.text(alphabet=st.sampled_from("'\"= -+@\t\rab＠”"), max_size=8))
def test_the_guard_comes_off_again(cell: str) -> None:
    assert take_off_guard(guard(cell)) == cell
    first = next((character for character in cell if character not in "'\" \t\r”"), "")
    assert first not in set("=+-@＠") or guard(cell) == f"'{cell}"


@given(st.lists(st.text(max_size=12), min_size=2))
def test_a_line_is_read_back_by_any_reader(cells: list[str]) -> None:
    line = write_line(cells)
    assert line.endswith("\r\n")
    assert "\0" not in line
    line.encode()
    [read] = csv.reader(StringIO(line, newline=""), strict=True)
    assert [take_off_guard(cell) for cell in read] == [drop_forbidden(cell) for cell in cells]


def test_numbers_are_no_formulas() -> None:
    assert write_line([-2, None, "-2"]) == "-2,,'-2\r\n"
