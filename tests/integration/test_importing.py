"""A published panel comes in whole, once, and adds up to what a recount says."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aisrace.lib import watching
from benchmarks import recount
from experts.measures import distribute
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source
from experts.record import read_comparison
from tests import make
from tests.make import NOW
from tests.tables import PANEL, bring_in, counts, read_rows, write
from tests.workbook import write_workbook

pytestmark = pytest.mark.django_db


def test_the_panel_comes_in_whole() -> None:
    report = bring_in(PANEL, source="Invented Panel", publisher="The Timetable", language="en")
    assert counts(report, "created") == (6, 7, 42, 9)
    assert (report.scale, report.rows, dict(report.blanks)) == ("agreement", 42, {"no_answer": 6})

    moved = Expert.objects.get(slug="bo-quillane")
    assert (moved.name, moved.sort_name, moved.public_at) == ("Bo Quillane", "Quillane, Bo", NOW)
    assert list(moved.affiliations.values_list("organisation", "seen_from", "seen_until")) == [
        ("Northmoor", date(2021, 3, 2), date(2021, 9, 14)),
        ("Saltmarsh", date(2022, 1, 20), date(2022, 6, 7)),
    ]
    assert not Affiliation.objects.exclude(starts_on=None, ends_on=None).exists()
    assert set(Expert.objects.values_list("slug", flat=True)) >= {"dara-ostlund-pike", "elm-vasconcelos", "fen-li-tay"}

    labels = dict(Question.objects.values_list("slug", "label"))
    assert labels == {
        "night-trains-a": "Night Trains (A)",
        "night-trains-b": "Night Trains (B)",
        "ferries-a": "Ferries (A)",
        "ferries-b": "Ferries (B)",
        "ferries-c": "Ferries (C)",
        "canal-boats": "Canal Boats",
        "tram-fares": "Tram Fares",
    }
    question = Question.objects.get(slug="ferries-a")
    assert question.wording.startswith('What operators call a "green" ferry — hybrid')
    assert (question.asked_on, [t.slug for t in question.topics.all()]) == (date(2021, 9, 14), ["ferries"])

    source = Source.objects.get(title="Invented Panel: Night Trains")
    assert (source.kind, source.publisher, source.published_on) == ("primary", "The Timetable", date(2021, 3, 2))
    assert Source.objects.count() == 4


def test_blanks_keep_what_was_said_beside_them() -> None:
    bring_in(PANEL)
    blanks = Position.objects.filter(answer=None)
    assert set(blanks.values_list("blank", flat=True)) == {"no_answer"}
    assert blanks.get(confidence=1).expert.name == "Dara Østlund-Pike"
    assert Quote.objects.get(position__in=blanks).words == "I was travelling. By ferry."
    assert not Quote.objects.filter(position__expert__slug="cato-mirrenby", position__confidence=7).exists()


def test_comments_are_verbatim_quotes_of_their_poll() -> None:
    bring_in(PANEL, language="en")
    quote = Quote.objects.get(words__startswith="They will, and they")
    assert (quote.kind, quote.language, quote.source) == ("verbatim", "en", quote.position.source)
    assert quote.source.title == "panel: Night Trains"


def test_the_agreement_scale_is_made_once(tmp_path: Path) -> None:
    bring_in(PANEL)
    assert list(Answer.objects.values_list("label", "value")) == [
        ("Strongly disagree", -2),
        ("Disagree", -1),
        ("Uncertain", 0),
        ("Agree", 1),
        ("Strongly agree", 2),
        ("No opinion", None),
    ]
    bring_in(write(tmp_path, {"vote": "no opinion"}), scale="agreement")
    assert Scale.objects.count() == 1


def test_repeating_writes_nothing(tmp_path: Path) -> None:
    options = {"source": "Invented Panel", "language": "en"}
    bring_in(PANEL, **options)
    renamed = shutil.copy(PANEL, tmp_path / "other.csv")
    for path, changed in [(PANEL, options), (PANEL, {}), (renamed, {})]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            report = bring_in(Path(path), **changed)
        assert counts(report, "unchanged") == (6, 7, 42, 9)
        assert not [q["sql"] for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]


def test_distributions_equal_a_recount_with_the_standard_library() -> None:
    bring_in(PANEL)
    rows = read_rows(PANEL)
    comparison = read_comparison(
        list(Expert.objects.all()), list(Question.objects.all()), Position.objects.public(NOW), None, NOW.date()
    )
    assert len(comparison.questions) == len({row["statement"] for row in rows}) == 7
    for question in comparison.questions:
        of = [row for row in rows if row["statement"] == question.wording]
        votes = Counter(row["vote"].capitalize() for row in of)
        certain: Counter[str] = Counter()
        for row in of:
            certain[row["vote"].capitalize()] += int(row["confidence"] or 0)
        blank = votes.pop("", 0)
        certain.pop("", 0)
        distribution = distribute(question, comparison.column(question))
        assert {s.answer.label: s.count for s in distribution.shares if s.count} == votes
        assert {s.answer.label: s.weight for s in distribution.shares if s.weight} == +certain
        assert (distribution.n, distribution.blank_n) == (sum(votes.values()), blank)
        for share in distribution.shares:
            assert share.share == pytest.approx(votes[share.answer.label] / sum(votes.values()))
            assert share.weighted_share == pytest.approx(certain[share.answer.label] / sum(certain.values()))


def test_the_recount_script_finds_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(PANEL)
    assert recount.main(PANEL) == 0
    assert capsys.readouterr().out == "7 questions compared, 0 differences\n"
    Position.objects.filter(confidence=9).update(confidence=8)
    assert recount.main(PANEL) == 1
    assert "Night trains will carry" in capsys.readouterr().out


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    rows = read_rows(PANEL)
    cells: list[list[Any]] = [list(rows[0])]
    for row in rows:
        typed = {"date": date.fromisoformat(row["date"]), "confidence": float(row["confidence"] or 0) or None}
        cells.append(list((row | typed).values()))
    path = write_workbook(tmp_path / "panel.xlsx", {"Notes": [["x"], ["y"]], "Votes": cells})
    assert counts(bring_in(path, sheet="Votes"), "created") == (6, 7, 42, 9)
    assert counts(bring_in(PANEL), "unchanged") == (6, 7, 42, 9)


def test_queries_do_not_grow_with_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "listeners", [])  # what they cost is theirs to count
    few = write(tmp_path, {"panelist": "Person 0"}, name="few.csv")
    many = write(tmp_path, *({"panelist": f"Person {n}", "id": "ferries", "topic": "F"} for n in range(300)))
    numbers = []
    for path in (few, many, few, many):
        with CaptureQueriesContext(connection) as queries:
            bring_in(path, scale=make.scale(answers=[("Agree", 1)]).slug if not numbers else Scale.objects.get().slug)
        numbers.append(len(queries))
    assert numbers[2] == numbers[3] <= 17
    assert numbers[1] <= 29
