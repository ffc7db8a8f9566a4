"""The record taken away: what is in it, what is not, and that every number can be counted again from it."""

import csv
import io
import json
import runpy
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.demo import install_demo
from articles.models import Edition
from experts.comparison import compare
from experts.exporting import reading
from experts.models import Expert, Position, Question
from experts.record import expert_row, read_positions, read_questions
from tests import cast, make, site
from tests.hostile import TEXTS
from tests.make import NOW
from tests.pages import visit

pytestmark = pytest.mark.django_db
EXPORT = "/api/v1/export/positions."
ROOT = Path(__file__).parents[2]
recompute = runpy.run_path(str(ROOT / "docs" / "recompute_tally.py"))["recompute"]


def download(client: Client, form: str, query: str = "") -> bytes:
    response: Any = client.get(f"{EXPORT}{form}{query}")
    assert response.status_code == 200, response.content
    assert response.streaming
    return b"".join(response)


def read_csv(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(download(client, "csv", query).decode(), newline=""), strict=True))


def read_ids(client: Client, query: str = "") -> list[int]:
    return [int(row["position_id"]) for row in read_csv(client, query)]


# --- Which rows ------------------------------------------------------------------------------------------------------


def test_the_whole_record_in_both_tables(client: Client) -> None:
    record = cast.record()
    ids = [position.pk for position in record.positions]
    assert read_ids(client) == ids
    lines = [json.loads(line) for line in download(client, "jsonl").splitlines()]
    assert [line["position_id"] for line in lines] == ids
    assert [quote["kind"] for line in lines for quote in line["quotes"]] == ["verbatim", "translated", "paraphrase"]
    assert lines[0]["role_then"] == "Lecturer, Harbour College"


def test_what_the_headers_say(client: Client) -> None:
    cast.record()
    for form, kind in (("csv", "text/csv"), ("jsonl", "application/jsonl"), ("zip", "application/zip")):
        response = client.get(EXPORT + form, headers={"Accept": "text/html"})
        assert response["Content-Type"].startswith(kind)
        assert response["Content-Disposition"].startswith('attachment; filename="positions-')
        assert response["Access-Control-Allow-Origin"] == "*"
        head = client.head(EXPORT + form)
        assert (head.status_code, b"".join(head)) == (200, b"")
        assert not head.has_header("Content-Length")
        assert head["Content-Disposition"] == response["Content-Disposition"]
    assert client.head(f"{EXPORT}csv?nonsense=1").status_code == 400
    assert client.post(f"{EXPORT}csv").status_code == 405


def test_parameters_narrow(client: Client) -> None:
    record = cast.record()

    def ids(**wanted: Any) -> list[int]:
        return [p.pk for p in record.positions if all(getattr(p, k).slug in v for k, v in wanted.items())]

    assert read_ids(client, "?expert=ada") == ids(expert=["ada"])
    assert read_ids(client, "?question=ferries") == ids(question=["ferries"])
    chosen = ids(expert=["ada", "elm"], question=["ferries", "gap"])
    assert read_ids(client, "?expert=ada&expert=elm&question=ferries&question=gap") == chosen
    by_then = [p.pk for p in record.positions if p.stated_on <= cast.JUN_24]
    assert read_ids(client, "?as_of=2024-06-20") == by_then
    assert read_ids(client, "?question=ferries&expert=ada&current=true") == [
        record.find("ada", "ferries", cast.JAN_25).pk
    ]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("expert=nobody", "expert", "there is no “nobody”"),
        ("question=hidden", "question", "there is no “hidden”"),
        ("article=nothing", "article", "there is no “nothing”"),
        ("article=forged", "article", "there is no “forged”"),
        ("article=night-trains&as_of=2024-01-01", "as_of", "day of its own"),
        ("as_of=yesterday", "as_of", "a day"),
        ("current=yes", "current", "true or false"),
        ("format=csv", "format", "There is no parameter"),
        ("expert=" + "&expert=".join(f"e{n}" for n in range(201)), "expert", "200 times"),
    ],
)
def test_what_is_not_known_is_refused(client: Client, query: str, name: str, words: str) -> None:
    site.build()
    make.question("Hidden?", slug="hidden", public_at=None)
    for form in ("csv", "jsonl", "zip"):
        problem = client.get(f"{EXPORT}{form}?{query}")
        assert problem.status_code == (404 if words.startswith("there is no") else 400)
        assert problem["Content-Type"] == "application/problem+json"
        (error,) = problem.json()["errors"]
        assert error["parameter"] == name
        assert words in error["detail"]


def test_hostile_values_are_refused(client: Client) -> None:
    cast.record()
    for value in TEXTS.values():
        sent = quote(value.encode("utf-8", "surrogatepass"))
        for name in ("expert", "question", "article", "as_of", "current", sent):
            assert client.get(f"{EXPORT}csv?{name}={sent}").status_code in (400, 404), (name, value)


def test_what_readers_do_not_see_is_not_there(client: Client) -> None:
    record = cast.record()
    later = NOW + timedelta(days=100_000)
    hidden = [
        make.position(record.experts["ada"], make.question("Canary one?", public_at=None)),
        make.position(make.expert("Canary two", public_at=later), record.questions["gap"]),
        make.position(record.experts["bo"], record.questions["gap"], public_at=None, stated_on=date(2025, 2, 2)),
        make.position(record.experts["bo"], record.questions["gap"], public_at=later, stated_on=date(2025, 3, 3)),
    ]
    for position in hidden:
        make.quote(position, "A canary sings.", source=make.source("Canary three"))
    whole = download(client, "csv") + download(client, "jsonl")
    whole += b"".join(map(read_archive(client).read, read_archive(client).namelist()))
    assert b"anary" not in whole
    assert "2025-02-02" not in whole.decode()
    bo = read_csv(client, "?expert=bo&question=gap")
    assert [row["is_current"] for row in bo] == ["true"]  # what nobody sees replaces nothing


def read_archive(client: Client, query: str = "") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(download(client, "zip", query)))


def test_an_archive_of_a_part(client: Client) -> None:
    cast.record()
    archive = read_archive(client, "?question=ferries&as_of=2024-12-31")
    [name] = [name for name in archive.namelist() if name.endswith(".csv")]
    assert archive.read(name) == download(client, "csv", "?question=ferries&as_of=2024-12-31")
    readme = archive.read(name.replace("positions.csv", "README.txt")).decode()
    assert "6 positions of 5 experts on 1 question." in readme
    # Ada at 1, Bo 3, Elm 2; Cato rejects; Dara declines.
    assert "5 of them are current: 3 answers on a scale, 1 off it, 1 without an answer." in readme


# --- Which of them count ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [None, cast.END_OF_24, cast.JAN_24, cast.JUN_24, cast.JAN_25, cast.BEFORE_ALL])
def test_the_same_positions_count_as_in_a_comparison(client: Client, as_of: date | None) -> None:
    record = cast.record()
    expert, question = record.experts["bo"], record.questions["sleepers"]
    # What the cast lacks: silences after an answer, after a silence, and before any answer.
    make.position(expert, question, blank="silent", stated_on=cast.JUN_24)
    make.position(record.experts["dara"], record.questions["borders"], blank="silent", stated_on=cast.JAN_24)
    make.position(record.experts["dara"], record.questions["borders"], blank="silent", stated_on=cast.JUN_24)
    make.position(record.experts["elm"], record.questions["borders"], "Yes", stated_on=cast.JUN_24)
    make.position(record.experts["elm"], record.questions["borders"], blank="declined", stated_on=cast.JAN_25)
    comparison = compare(
        [expert_row(one, {}, NOW.date()) for one in Expert.objects.all()],
        read_questions(Question.objects.all()),
        read_positions(Position.objects.all(), {}),
        as_of,
    )
    expected = {cell.position.id for cell in comparison.cells.values() if cell.position}
    marked = Position.objects.public(NOW).with_standing(NOW, as_of)
    assert {position.pk for position in marked if position.is_current} == expected
    assert marked.count() == Position.objects.stated_by(as_of).count()
    query = f"as_of={as_of}&" if as_of else ""
    assert set(read_ids(client, f"?{query}current=true")) == expected


# --- What a page adds up to ------------------------------------------------------------------------------------------


def tally_from_csv(client: Client, tmp_path: Path, query: str = "") -> Any:
    path = tmp_path / "positions.csv"
    path.write_bytes(download(client, "csv", query))
    return recompute(path)


def tally_on_page(client: Client, address: str) -> dict[str, dict[str, int]]:
    """Read from the table that people see: answer → number, on the scale and off it."""
    (table,) = visit(client, address).find("table", "distribution")
    on, off = {}, {}
    for row in table.rows[1:]:
        number = int(row[2].split(" ")[0].replace(",", ""))
        (off if row[1] == "off the scale" else on)[row[0]] = number
    return {"on the scale": on, "off the scale": off}


def tally_in_api(client: Client, address: str) -> dict[str, dict[str, int]]:
    told = client.get(address).json()["tally"]
    return {
        "on the scale": {share["answer"]["label"]: share["count"] for share in told["shares"]},
        "off the scale": {beside["answer"]["label"]: beside["count"] for beside in told["off_axis"]},
    }


def check_tallies(client: Client, tmp_path: Path, slugs: Iterable[str], as_of: str = "") -> int:
    """For every question: what the page, the API and the table of positions add up to. How many answers in all."""
    counted = tally_from_csv(client, tmp_path, f"?{as_of}")
    checked = 0
    for slug in slugs:
        on_page = tally_on_page(client, f"/questions/{slug}/?{as_of}")
        assert on_page == tally_in_api(client, f"/api/v1/questions/{slug}/?fields=tally&{as_of}")
        for where, numbers in on_page.items():
            # What the page lists with nobody is not in a table of positions.
            assert {answer: n for answer, n in numbers.items() if n} == dict(counted[slug][where]), (slug, where)
            checked += sum(numbers.values())
    return checked


@pytest.mark.parametrize("as_of", ["", "as_of=2024-12-31"])
def test_tallies_of_the_cast(client: Client, tmp_path: Path, as_of: str) -> None:
    record = cast.record()
    assert check_tallies(client, tmp_path, record.questions, as_of) > 15
    blanks = tally_from_csv(client, tmp_path)
    assert dict(blanks["ferries"]["no answer"]) == {"declined": 1}
    assert dict(blanks["trains"]["on the scale"]) == {"Very unlikely": 1, "Even": 1, "Likely": 1, "Very likely": 2}


def test_tallies_of_the_demo_and_of_a_panel(client: Client, tmp_path: Path) -> None:
    install_demo(NOW)
    panel = ROOT / "tests" / "data" / "panel.csv"
    call_command("import_positions", panel, "--scale", "agreement", stdout=io.StringIO(), stderr=io.StringIO())
    slugs = list(Question.objects.public(NOW + timedelta(days=9999)).values_list("slug", flat=True))
    assert check_tallies(client, tmp_path, slugs) > 30


def test_answers_that_look_like_formulas_are_counted_by_their_words(client: Client, tmp_path: Path) -> None:
    odd = make.scale("Odd", (("=No", 0), ("'+1", 1), ("-", None)))
    question = make.question("Odd?", slug="odd", scale=odd)
    for n, label in enumerate(("=No", "=No", "'+1", "-")):
        make.position(make.expert(f"Person {n}"), question, label)
    assert check_tallies(client, tmp_path, ["odd"]) == 4
    assert dict(tally_from_csv(client, tmp_path)["odd"]["off the scale"]) == {"-": 1}


def test_the_script_is_short_and_needs_nothing() -> None:
    text = (ROOT / "docs" / "recompute_tally.py").read_text()
    assert len(text.splitlines()) <= 20
    assert [line for line in text.splitlines() if "import" in line.split()[:1] or "from" in line.split()[:1]] == [
        "import csv, re, sys",
        "from collections import Counter, defaultdict",
    ]


def test_the_script_prints(client: Client, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    cast.record()
    (tmp_path / "positions.csv").write_bytes(download(client, "csv"))
    monkeypatch.setattr("sys.argv", ["recompute_tally.py", str(tmp_path / "positions.csv"), "ferries"])
    runpy.run_path(str(ROOT / "docs" / "recompute_tally.py"), run_name="__main__")
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert ["ferries", "on the scale", "Likely", "2", "100.0% of 2"] in lines
    assert {line[0] for line in lines} == {"ferries"}


# --- Articles --------------------------------------------------------------------------------------------------------


def test_an_article_is_told_as_its_live_edition_shows_it(client: Client) -> None:
    built = site.build()
    live = Edition.objects.get(article=built.article, number=2)
    position = built.record.find("ada", "trains", cast.JAN_24)
    Position.objects.filter(pk=position.pk).update(summary="Rewritten since.", public_at=None)
    rows = read_csv(client, "?article=night-trains")
    frozen = live.content["comparison"]["positions"]
    assert {int(row["position_id"]) for row in rows} == {told["id"] for told in frozen}
    assert {row["is_current"] for row in rows} == {"true"}
    assert [row["summary"] for row in rows if row["position_id"] == str(position.pk)] == ["In short."]
    assert {row["question_slug"] for row in read_csv(client, "?article=night-trains&question=ferries")} == {"ferries"}
    assert {row["expert_slug"] for row in read_csv(client, "?article=night-trains&expert=ada")} == {"ada"}
    counted = Counter(row["answer"] for row in rows if row["question_slug"] == "trains")
    assert counted == {"Very likely": 2, "Very unlikely": 1, "Likely": 1, "Even": 1}


# --- What it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_portion_costs_the_same_whatever_is_in_it(client: Client, form: str, monkeypatch: Any) -> None:
    def count(portion: int) -> int:
        monkeypatch.setattr(reading, "PORTION", portion)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            download(client, form)
        return len(asked)

    make.filled_record(20, 5)
    assert count(1000) == count(100) == 8  # positions, experts, questions, scales, quotes, sources, roles; then no more
    assert count(50) == 15
    assert count(10) == 71


def test_a_download_begins_before_everything_is_read(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "PORTION", 100)
    make.filled_record(20, 50)
    response: Any = client.get(f"{EXPORT}csv")
    pieces = iter(response)
    next(pieces)
    with CaptureQueriesContext(connection) as asked:
        next(pieces)
    assert len(asked) == 7
    response.close()


# --- Links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        ("/questions/ferries/", 8),
        ("/questions/ferries/?as_of=2024-12-31", 6),
        ("/experts/ada/", 7),
        ("/articles/night-trains/", 10),
        ("/compare/?expert=ada&expert=bo&question=ferries&as_of=", 2),
        ("/about/", 32),
    ],
)
def test_pages_lead_to_their_data(client: Client, address: str, rows: int) -> None:
    site.build()
    links = [link for link in visit(client, address).links if link.startswith(EXPORT)]
    assert [link.split("?")[0] for link in links] == [EXPORT + form for form in ("csv", "jsonl", "zip")]
    assert len(read_csv(client, links[0].removeprefix(f"{EXPORT}csv"))) == rows
