"""A broken table gets one message and changes nothing; the command says what it did."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experts.models import Expert, Position, Quote, Topic
from tests import make
from tests.make import LONG_AGO
from tests.tables import PANEL, bring_in, count_rows, counts, stopped, write

pytestmark = pytest.mark.django_db


def test_every_wrong_row_is_told_and_nothing_imported(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {},
        {"panelist": "B", "date": "31/12/2021"},
        {"panelist": "C", "confidence": "11"},
        {"panelist": "D", "confidence": "very", "date": "2021-02-30"},
        {"panelist": " \u202e "},
        {"panelist": "E", "statement": "\x07"},
        {"panelist": "x" * 201},
        {"panelist": "F", "uni": "x" * 201},
        {"panelist": "Ada Fernwick", "vote": "Disagree"},
        {"panelist": "G", "statement": "Something else."},
        {"panelist": "H", "vote": "x" * 101},
        {"panelist": "I", "date": "2025-07-02"},
    )
    assert stopped(path) == [
        (3, "The date “31/12/2021” is not written like 2024-01-31 (others need --date-format)."),
        (4, "The confidence “11” is not a whole number from 1 to 10."),
        (5, "The date “2021-02-30” is not written like 2024-01-31 (others need --date-format)."),
        (5, "The confidence “very” is not a whole number from 1 to 10."),
        (6, "The expert is empty."),
        (7, "The wording of the question is empty."),
        (8, f"The expert is longer than 200 characters: “{'x' * 40}…”."),
        (9, f"The affiliation is longer than 200 characters: “{'x' * 40}…”."),
        (10, "The same expert, question and date stand in line 2 already."),
        (11, "The question “trains A” has other words than in line 2."),
        (12, f"The answer is longer than 100 characters: “{'x' * 40}…”."),
        (13, "The date 2025-07-02 has not come yet."),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "is empty"),
        ("panelist,statement,vote,date\n", "has headings but no rows"),
        ("panelist,statement,date\nA,B,2020-01-01\n", "No column was recognised for: answer."),
        ("panelist,panelist,statement,vote,date\nA,A,B,Agree,2020-01-01\n", "same heading"),
        ("panelist,statement,vote,date\nA,B,Agree\n", "The row has 3 cells, but there are 4 headings."),
        ("panelist,statement,vote,date\nA,B,Agree,2020-01-01,x\n", "The row has 5 cells"),
        ("panelist,statement,vote,date\nA,B,Agree,2020-01-01\nA,\0,Agree,2020-01-01\n", "NUL byte"),
    ],
)
def test_a_broken_table_changes_nothing(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    ((_, message),) = stopped(path)
    assert expected in message


def test_errors_found_in_the_record_undo_what_was_written_before_them(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    scale = make.scale("Other", [("Agree", 1)])
    stopped(write(tmp_path, {"panelist": "New, Person"}), scale=scale.slug)
    assert not Expert.objects.filter(name="Person New").exists()


def test_hostile_text_is_cleaned_or_kept_as_text(tmp_path: Path) -> None:
    row = {
        "panelist": "Fern\u202ewick, A\x07da",
        "comment": "<script>alert(1)</script> \u2066🙂\r\n\u200fline two",
        "statement": "{{ 7*7 }} =cmd()",
        "topic": "🙂",
    }
    bring_in(write(tmp_path, row))
    assert Expert.objects.get().name == "Ada Fernwick"
    assert Quote.objects.get().words == "<script>alert(1)</script> 🙂\nline two"
    assert Topic.objects.get().slug == "topic"
    assert counts(bring_in(write(tmp_path, row)), "unchanged") == (1, 1, 1, 1)


def test_scripts_that_decompose_come_back_to_themselves(tmp_path: Path) -> None:
    row = {"panelist": "한, 지민", "id": "기차", "topic": "기차", "uni": "서울"}
    bring_in(write(tmp_path, row))
    assert Expert.objects.get().slug == "expert"
    assert counts(bring_in(write(tmp_path, row)), "unchanged") == (1, 1, 1, 1)


@pytest.mark.parametrize("options", [{"language": "en; x"}, {"source": "x" * 201}, {"publisher": "x" * 201}])
def test_options_that_cannot_be_stored(options: dict[str, str]) -> None:
    ((line, message),) = stopped(PANEL, **options)
    assert line == 0
    assert message.startswith("--")


# --- The command ------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_positions", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_report_for_programs_stands_alone_on_stdout() -> None:
    out, err = command(str(PANEL), "--json")
    report = json.loads(out)
    assert report["positions"] == {"created": 42, "updated": 0, "unchanged": 0, "refused": 0}
    assert (report["errors"], report["blanks"], report["dry_run"]) == ([], {"no_answer": 6}, False)
    assert report["columns"]["wording"] == "statement"
    assert "wording = “statement”" in err
    assert "Scale: agreement" in err


def test_the_report_for_people_says_what_is_blank() -> None:
    out, _ = command(str(PANEL))
    assert "positions           42           0           0           0" in out
    assert "42 rows; without an answer: 6 no answer." in out


def test_a_dry_run_reports_and_undoes() -> None:
    out, _ = command(str(PANEL), "--dry-run", "--json")
    assert json.loads(out)["positions"]["created"] == 42
    assert json.loads(out)["dry_run"] is True
    assert not any(count_rows())
    assert "A dry run: nothing was stored." in command(str(PANEL), "--dry-run")[0]


def test_a_failure_is_one_message_and_a_report(tmp_path: Path) -> None:
    path = write(tmp_path, *({"panelist": f"P {n}", "date": "soon"} for n in range(25)))
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_positions", path, "--json", stdout=out, stderr=io.StringIO())
    assert str(caught.value).startswith("Nothing was imported.\nline 2: The date “soon”")
    assert str(caught.value).endswith("\nand 5 more")
    assert len(json.loads(out.getvalue())["errors"]) == 25
    assert json.loads(out.getvalue())["errors"][0]["line"] == 2


def test_a_table_of_other_headings_without_dates(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("wer;was;votum;note\nAda;Trains win.;Stimme zu;x\nBo;Trains win.;weiß nicht;\n", encoding="utf-8")
    out, _ = command(
        str(path),
        *("--column", "expert=wer", "--column", "wording=was", "--column", "answer=votum", "--column", "comment="),
        *("--answer", "stimme zu=Agree", "--answer", "Weiß nicht=No opinion", "--scale", "agreement"),
        *("--date", "2020-01-31", "--private", "--json"),
    )
    report = json.loads(out)
    assert (report["positions"]["created"], report["quotes"]["created"]) == (2, 0)
    assert set(Position.objects.values_list("stated_on", "public_at")) == {(date(2020, 1, 31), None)}


def test_other_dates_need_their_format(tmp_path: Path) -> None:
    path = write(tmp_path, {"date": "2/3/2021"}, {"date": "2021-03-02", "panelist": "Quillane, Bo"})
    assert stopped(path)[0][0] == 2
    command(str(path), "--date-format", "%d/%m/%Y")
    assert set(Position.objects.values_list("stated_on", flat=True)) == {date(2021, 3, 2)}


def test_today_has_come_and_a_later_day_for_all_has_not(tmp_path: Path) -> None:
    path = write(tmp_path, {}, without=("date",))
    assert stopped(path, day=date(2025, 7, 2)) == [(2, "The date 2025-07-02 has not come yet.")]
    assert counts(bring_in(path, day=date(2025, 7, 1)), "created") == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--column", "expert"], "--column wants two words"),
        (["--answer", "x"], "--answer wants two words"),
        (["--date", "soon"], "is not a day like 2024-01-31"),
        (["--sheet", "One"], "has no sheet"),
    ],
)
def test_arguments_that_make_no_sense(arguments: list[str], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        command(str(PANEL), *arguments)


def test_an_existing_public_row_keeps_its_day(tmp_path: Path) -> None:
    expert = make.expert("Ada Fernwick", public_at=LONG_AGO)
    bring_in(write(tmp_path, {}, without=("uni",)))
    expert.refresh_from_db()
    assert expert.public_at == LONG_AGO
