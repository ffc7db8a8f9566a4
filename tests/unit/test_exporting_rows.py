"""Rows as others take them away. Nothing here needs a database."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

from django.template.loader import render_to_string

from aisrace.lib.cells import take_off_guard
from experts.comparison import compare
from experts.exporting import COLUMNS, Told, read_edition, write_archive, write_csv, write_json_lines
from tests import cast, make
from tests.make import NOW

# Programs read by name and by place: this list only ever gets longer at its end.
PROMISED = """
    position_id page expert_id expert_slug expert_name role_then question_id question_slug question_wording scale_id
    scale_name scale_steps answer_id answer answer_step blank stated_on dating confidence is_current summary source_id
    source_kind source_title source_author source_publisher source_published_on source_url quote_count verbatim_count
    first_verbatim
""".split()  # noqa: SIM905 (one a line is no snapshot to look at)


def tell_cast() -> list[Told]:
    return list(read_edition(cast.rows().compare()))


def tell_one(**values: object) -> Told:
    expert, question = make.expert_row(), make.question_row()
    position = make.position_row(expert, question, "Likely", pk=7, **values)
    (told,) = read_edition(compare([expert], [question], [position]))
    return told


def read_table(rows: list[Told]) -> list[dict[str, str]]:
    text = b"".join(write_csv(rows)).decode()
    return [
        {name: take_off_guard(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    ]


def test_the_columns_are_those_promised_in_their_order() -> None:
    assert list(COLUMNS) == PROMISED


def test_the_readme_tells_every_column_once_in_order() -> None:
    counts = dict.fromkeys(("rows", "experts", "questions", "current", "on_axis", "off_axis", "blank"), 1)
    readme = render_to_string("export/README.txt", {"counts": counts, "made_at": NOW})
    told = readme.split("COLUMNS\n")[1].split("RULES\n")[0]
    assert re.findall(r"(?m)^(\w+) {2,}", told) == [*PROMISED, "quotes"]
    docs = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
    assert re.findall(r"(?m)^\| `(\w+)` \|", docs) == [*PROMISED, "quotes"]


def test_both_tables_say_the_same() -> None:
    rows = tell_cast()
    table = read_table(rows)
    objects = [json.loads(line) for line in b"".join(write_json_lines(rows)).splitlines()]
    assert len(table) == len(objects) == len(rows) > 20
    for cells, told in zip(table, objects, strict=True):
        assert isinstance(told.pop("quotes"), list)
        assert list(told) == list(cells) == PROMISED
        values = {name: "" if value is None else str(value) for name, value in told.items()}
        assert cells == values | {"is_current": values["is_current"].lower()}


def test_a_row_tells_evidence_and_where_it_is() -> None:
    speech = make.source_row(3, "A speech", author="Ada", published_on=cast.JAN_24, url="https://example.org/a")
    quotes = (
        make.quote_row(1, "Put otherwise.", kind="paraphrase"),
        make.quote_row(2, "They will.", source=speech, locator="minute 3"),
    )
    told = tell_one(source=speech, quotes=quotes, confidence=7, summary="In short.", role="Engineer")
    [row] = read_table([told])
    assert row["page"].endswith("/positions/7/")
    assert (row["answer"], row["answer_step"], row["scale_steps"], row["blank"]) == ("Likely", "3", "5", "")
    assert (row["quote_count"], row["verbatim_count"], row["first_verbatim"]) == ("2", "1", "They will.")
    assert (row["source_title"], row["source_published_on"]) == ("A speech", "2024-01-10")
    told_quotes = json.loads(b"".join(write_json_lines([told])))["quotes"]
    assert [quote["kind"] for quote in told_quotes] == ["paraphrase", "verbatim"]
    assert told_quotes[1]["source"]["url"] == "https://example.org/a"


def test_hostile_words_are_no_formulas_and_not_lost() -> None:
    for words in ("=HYPERLINK(1)", ' "=1', "'@x", '+1\n,;\t"', "\u202e\0夜", "-" * 10_000):
        told = tell_one(summary=words)
        raw = b"".join(write_csv([told])).decode()
        [row] = read_table([told])
        assert row["summary"] == words.replace("\u202e", "").replace("\0", "")
        [cells] = list(csv.reader(io.StringIO(raw, newline="")))[1:]
        assert not any(re.match(r"[\s\"']*[=+@]|-\D", cell) and not cell.startswith("'") for cell in cells)


def test_an_archive_holds_what_it_says_and_counts_it() -> None:
    rows = tell_cast()
    pieces = list(write_archive(lambda: iter(rows), NOW))
    assert len(pieces) > 3  # as it grows
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    folder = "positions-2025-07-01/"
    assert archive.namelist() == [
        folder + name for name in ("positions.csv", "positions.jsonl", "README.txt", "LICENCE.txt", "CITATION.cff")
    ]
    assert archive.read(f"{folder}positions.csv") == b"".join(write_csv(rows))
    assert archive.read(f"{folder}positions.jsonl") == b"".join(write_json_lines(rows))
    readme = archive.read(f"{folder}README.txt").decode()
    # By the table of the cast: 21 on an axis, 3 off it (one no opinion, two rejections), no answer and declined.
    assert f"{len(rows)} positions of 5 experts on 6 questions." in readme
    on_axis = sum(told.cell.step is not None for told in rows)
    assert f"{on_axis} answers on a scale, 3 off it, 2 without an answer" in readme
    assert "CC BY 4.0" in archive.read(f"{folder}LICENCE.txt").decode()
    citation = archive.read(f"{folder}CITATION.cff").decode()
    assert 'date-released: "2025-07-01"' in citation
    assert 'license-url: "https://creativecommons.org/licenses/by/4.0/"' in citation
    assert "&#34;" not in citation


def test_nothing_is_still_a_table() -> None:
    assert b"".join(write_csv([])).decode() == ",".join(PROMISED) + "\r\n"
    assert b"".join(write_json_lines([])) == b""
