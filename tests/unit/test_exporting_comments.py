"""What is exported reads back as the same rows, whatever stands in them."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from xml.dom import minidom

import pytest

from comments.bodies import render
from comments.exporting import WRITERS
from comments.importing import Export, ForeignComment, Page, Unreadable
from comments.importing.rows import DELETED, STATES

PAGES = [
    Page("https://example.org/articles/night-trains/", "night-trains", "Night trains &amp; “sleep” <b> & more"),
    Page("https://example.org/articles/about/", "about", "=About"),
]
TEXTS = [
    "Plain words.",
    "*One* **two** `three ]]> four` [five](https://a.example/x_y)\nsix\n\n> seven\n>\n> eight\n\n- nine\n  - ten",
    '=HYPERLINK("https://evil.example")',
    "'=quoted, “already” ;,\n\n@mention",
    "\\- no list\n\\*nor* this &amp; &lt;b&gt; <script>alert(1)</script> ]]>",
    "```\ncode  with\n\n  lines\n```\n\n3. three\n4. four",
    "夜行列車が好きです。 \U0001f682",
    "https://a.example/x_(y)?z=1&w=2, and so on.",
]


def make_rows() -> Iterator[ForeignComment]:
    """Every text in every state, as threads under two pages."""
    begun = datetime(2024, 3, 1, 11, 30, 5, tzinfo=UTC)
    for number, page in enumerate(PAGES):
        above = None
        for place, text in enumerate(TEXTS * len(STATES)):
            state = STATES[place % len(STATES)]
            row = ForeignComment(
                reference=f"aisrace:example.org:{number}{place:03}",
                parent_reference=above if place % 7 else None,
                page=page,
                name=f"Ada {place} & Co",
                address="ada@blume.example" if place % 3 else "",
                text=text,
                created_at=begun + timedelta(minutes=place),
                state=state,
                from_ip="192.0.2.7" if place % 2 else None,
            )
            yield replace(row, name="", address="", text="", from_ip=None) if state == DELETED else row
            above = row.reference


def read_back(folder: Path, kind: str, rows: list[ForeignComment]) -> list[ForeignComment]:
    path = folder / f"export.{kind}"
    with path.open("w", newline="") as file:
        file.writelines(WRITERS[kind](PAGES, iter(rows)))
    export = Export(path, kind)
    return list(export.read_in_order(export.check()))


@pytest.mark.parametrize("kind", list(WRITERS))
def test_what_is_exported_reads_back_the_same(tmp_path: Path, kind: str) -> None:
    rows = list(make_rows())
    again = read_back(tmp_path, kind, rows)
    assert len(again) == len(rows) == 80
    for row, back in zip(rows, again, strict=True):
        assert replace(back, text="") == replace(row, text="")
        assert render(back.text).html == render(row.text).html
        assert kind != "csv" or back.text == row.text
    assert read_back(tmp_path, kind, again) == again


def test_a_table_keeps_fractions_of_a_second(tmp_path: Path) -> None:
    row = next(make_rows())
    exact = replace(row, created_at=row.created_at.replace(microsecond=123_456))
    assert read_back(tmp_path, "csv", [exact]) == [exact]


def test_no_cell_is_a_formula() -> None:
    written = "".join(WRITERS["csv"](PAGES, make_rows()))
    cells = [cell for line in csv.reader(StringIO(written)) for cell in line]
    assert '\'=HYPERLINK("https://evil.example")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("kind", ["wordpress", "disqus"])
def test_the_xml_is_whole_whatever_a_row_holds(kind: str) -> None:
    hostile = "\0\x08 ]]> <!-- &x; \ud800 \ufffe <![CDATA[ " * 3
    row = replace(next(make_rows()), name=hostile, text=hostile, address=hostile, reference=f"csv:x:{hostile}")
    written = "".join(WRITERS[kind](PAGES, [row]))
    assert minidom.parseString(written.encode())  # our own


def test_an_export_can_be_read_by_programs_that_want_numbers() -> None:
    written = minidom.parseString("".join(WRITERS["wordpress"](PAGES, make_rows())).encode())
    ids = [node.firstChild.data for node in written.getElementsByTagName("wp:comment_id")]
    parents = {node.firstChild.data for node in written.getElementsByTagName("wp:comment_parent")}
    assert all(number.isdigit() for number in ids)
    assert parents - {"0"} <= set(ids)
    assert len(set(ids)) == len(ids) == 80


def test_nothing_to_export_is_still_a_file(tmp_path: Path) -> None:
    for kind in WRITERS:
        path = tmp_path / f"{kind}.csv"
        path.write_text("".join(WRITERS[kind]([], [])))
        assert len(Export(path, kind).check()) == 0
    with pytest.raises(Unreadable):
        Export(tmp_path / "missing", "csv").check()
