"""Tables of positions come in whole or not at all, once, and never over an editor's work."""

import csv
import io
import json
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import recount
from experts.importing import ImportStopped, Options, Report, import_positions
from experts.measures import distribute
from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic
from experts.record import read_comparison
from tests import make
from tests.make import LONG_AGO, NOW
from tests.workbook import write_workbook

pytestmark = pytest.mark.django_db

PANEL = Path(__file__).parents[1] / "data" / "panel.csv"
ROW = {
    "id": "trains",
    "date": "2021-03-02",
    "topic": "Trains",
    "panelist": "Fernwick, Ada",
    "uni": "Northmoor",
    "vote": "Agree",
    "confidence": "5",
    "comment": "They will.",
    "question": "A",
    "statement": "Trains will win.",
}
MODELS = [Expert, Affiliation, Topic, Scale, Answer, Question, Position, Quote, Source]

type Rows = list[dict[str, str]]


def write(folder: Path, *rows: dict[str, str], without: tuple[str, ...] = (), name: str = "table.csv") -> Path:
    """Each row is `ROW` with changes; `without` leaves columns out."""
    headings = [heading for heading in {**ROW, **(rows[0] if rows else {})} if heading not in without]
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headings, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return folder / name


def bring_in(path: Path, **options: Any) -> Report:
    return import_positions(path, Options(**options), NOW)


def stopped(path: Path, **options: Any) -> list[tuple[int, str]]:
    """The errors of an import that left the record as it was."""
    before = count_rows()
    with pytest.raises(ImportStopped) as caught:
        bring_in(path, **options)
    assert count_rows() == before
    report = caught.value.report.as_data()
    assert all(not any(report[kind].values()) for kind in ("experts", "questions", "positions", "quotes"))
    return [(error["line"], error["message"]) for error in report["errors"]]


def count_rows() -> list[int]:
    return [model.objects.count() for model in MODELS]


def counts(report: Report, outcome: str) -> tuple[int, ...]:
    """Experts, questions, positions, quotes."""
    return tuple(report.counts[kind][outcome] for kind in ("experts", "questions", "positions", "quotes"))


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- A whole panel ---------------------------------------------------------------------------------------------------


def test_the_panel_comes_in_whole() -> None:
    report = bring_in(PANEL, source="Invented Panel", publisher="The Timetable", language="en")
    assert counts(report, "created") == (6, 7, 42, 9)
    assert (report.scale, report.rows, dict(report.blanks)) == ("agreement", 42, {"no_answer": 6})

    moved = Expert.objects.get(slug="bo-quillane")
    assert (moved.name, moved.sort_name, moved.public_at) == ("Bo Quillane", "Quillane, Bo", NOW)
    assert list(moved.affiliations.values_list("organisation", "starts_on", "ends_on", "checked_on")) == [
        ("Northmoor", None, date(2022, 1, 20), date(2021, 9, 14)),
        ("Saltmarsh", date(2022, 1, 20), None, date(2022, 6, 7)),
    ]
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


def test_queries_do_not_grow_with_rows(tmp_path: Path) -> None:
    few = write(tmp_path, {"panelist": "Person 0"}, name="few.csv")
    many = write(tmp_path, *({"panelist": f"Person {n}", "id": "ferries", "topic": "F"} for n in range(300)))
    numbers = []
    for path in (few, many, few, many):
        with CaptureQueriesContext(connection) as queries:
            bring_in(path, scale=make.scale(answers=[("Agree", 1)]).slug if not numbers else Scale.objects.get().slug)
        numbers.append(len(queries))
    assert numbers[2] == numbers[3] <= 16
    assert numbers[1] <= 28


# --- Coming back with changes ----------------------------------------------------------------------------------------


def test_what_changed_in_the_table_is_updated(tmp_path: Path) -> None:
    first = [
        {"panelist": f"Person, {n}", "comment": comment} for n, comment in enumerate(["Kept.", "Old.", "", "Gone."])
    ]
    bring_in(write(tmp_path, *first))
    again = [
        first[0] | {"vote": "Disagree"},
        first[1] | {"comment": "New."},
        first[2] | {"comment": "Added."},
        first[3] | {"comment": "", "vote": "", "confidence": ""},
    ]
    report = bring_in(write(tmp_path, *again))
    assert counts(report, "updated") == (0, 0, 4, 2)
    assert (counts(report, "created"), counts(report, "unchanged")) == ((0, 0, 0, 1), (4, 1, 0, 1))
    assert list(Quote.objects.order_by("position_id").values_list("words", flat=True)) == ["Kept.", "New.", "Added."]
    assert list(Position.objects.order_by("id").values_list("answer__label", "blank", "confidence")) == [
        ("Disagree", "", 5),
        ("Agree", "", 5),
        ("Agree", "", 5),
        (None, "no_answer", None),
    ]
    assert counts(bring_in(write(tmp_path, *again)), "unchanged") == (4, 1, 4, 3)


def test_wordings_topics_and_names_are_corrected(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {"panelist": "Vasconcelos, Elm", "statement": "Trans will win."}))
    after = {"panelist": "Vasconcélos, Elm", "topic": "Night trains"}
    report = bring_in(write(tmp_path, after))
    assert counts(report, "updated") == (1, 1, 0, 0)
    assert Expert.objects.get().name == "Elm Vasconcélos"
    question = Question.objects.get()
    assert (question.wording, question.label) == ("Trains will win.", "Night trains (A)")
    assert [topic.name for topic in question.topics.all()] == ["Night trains"]
    assert counts(bring_in(write(tmp_path, after)), "unchanged") == (1, 1, 1, 1)


def test_a_later_table_adds_to_history(tmp_path: Path) -> None:
    old, new = write(tmp_path, {}, name="old.csv"), {"id": "ferries", "topic": "Ferries", "date": "2023-01-01"}
    bring_in(old)
    report = bring_in(write(tmp_path, new | {"uni": "Saltmarsh"}, name="new.csv"))
    assert (counts(report, "created"), counts(report, "updated")) == ((0, 1, 1, 1), (1, 0, 0, 0))
    roles = list(Affiliation.objects.values_list("organisation", "starts_on", "ends_on", "checked_on"))
    assert roles == [
        ("Northmoor", None, date(2023, 1, 1), date(2021, 3, 2)),
        ("Saltmarsh", date(2023, 1, 1), None, date(2023, 1, 1)),
    ]
    assert counts(bring_in(old), "unchanged") == (1, 1, 1, 1)


def test_a_misspelt_affiliation_is_replaced(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {"uni": "Nortmoor"}))
    assert counts(bring_in(write(tmp_path, {})), "updated") == (1, 0, 0, 0)
    assert Affiliation.objects.get().organisation == "Northmoor"


def test_a_source_said_later_takes_over(tmp_path: Path) -> None:
    path = write(tmp_path, {})
    bring_in(path)
    assert counts(bring_in(path, source="The Panel"), "updated") == (0, 0, 1, 1)
    assert Position.objects.get().source == Quote.objects.get().source == Source.objects.get(title="The Panel: Trains")
    assert counts(bring_in(path), "unchanged") == (1, 1, 1, 1)


def test_the_same_question_on_another_day_is_another_position(tmp_path: Path) -> None:
    rows: Rows = [{}, {"date": "2023-01-01", "vote": "Disagree"}]
    without = ("id", "question", "topic")
    report = bring_in(write(tmp_path, *rows, without=without))
    assert counts(report, "created") == (1, 1, 2, 2)
    assert Question.objects.get().asked_on == date(2021, 3, 2)
    assert Source.objects.get().published_on is None
    assert counts(bring_in(write(tmp_path, rows[1], without=without)), "unchanged") == (1, 1, 1, 1)


# --- What editors own ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"confidence": 9}, {"summary": "She nods."}, {"dating": "reported"}])
def test_a_position_that_an_editor_changed_is_left_alone(tmp_path: Path, change: dict[str, Any]) -> None:
    bring_in(write(tmp_path, {}))
    Position.objects.update(**change)
    assert counts(bring_in(write(tmp_path, {})), "unchanged") == (1, 1, 1, 1)
    report = bring_in(write(tmp_path, {"vote": "Disagree"}))
    assert counts(report, "refused") == (0, 0, 1, 1)
    assert [(r.line, r.message) for r in report.refusals] == [
        (2, "The position was changed by an editor since the last import; left alone.")
    ]
    assert Position.objects.filter(**change).get().answer.label == "Agree"


def test_a_quote_that_an_editor_changed_is_left_alone(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    Quote.objects.update(words="They will [win].")
    assert counts(bring_in(write(tmp_path, {})), "unchanged") == (1, 1, 1, 1)
    assert counts(bring_in(write(tmp_path, {"comment": "They won't."})), "refused") == (0, 0, 1, 1)
    assert Quote.objects.get().words == "They will [win]."


def test_a_question_that_an_editor_changed_is_left_alone(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    Question.objects.update(label="Who wins")
    assert counts(bring_in(write(tmp_path, {})), "unchanged") == (1, 1, 1, 1)
    report = bring_in(write(tmp_path, {"statement": "Trains win."}))
    assert counts(report, "refused") == (0, 1, 0, 0)
    assert "The question “Who wins” was changed by an editor" in report.refusals[0].message
    assert Question.objects.get().wording == "Trains will win."


def test_an_expert_whom_an_editor_renamed_is_still_known(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    Expert.objects.update(name="Ada B. Fernwick", slug="ada-b")
    assert counts(bring_in(write(tmp_path, {})), "unchanged") == (1, 1, 1, 1)
    report = bring_in(write(tmp_path, {"uni": "Saltmarsh"}))
    assert counts(report, "refused") == (1, 0, 0, 0)
    assert "Ada Fernwick was changed by an editor" in report.refusals[0].message
    assert Affiliation.objects.get().organisation == "Northmoor"


def test_background_biography_and_roles_are_the_editors_own(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    Question.objects.update(background="Trains are long.")
    Expert.objects.update(bio="Knows trains.")
    Affiliation.objects.update(role="Professor")
    after = {"statement": "Trains win.", "date": "2021-03-02"}
    later = {"id": "ferries", "topic": "Ferries", "date": "2022-01-01"}
    assert counts(bring_in(write(tmp_path, after, later)), "updated") == (1, 1, 0, 0)
    assert (Question.objects.get(label="Trains (A)").background, Expert.objects.get().bio) == (
        "Trains are long.",
        "Knows trains.",
    )
    assert str(Affiliation.objects.get()) == "Professor, Northmoor"


def test_rows_made_by_hand_are_found_and_left_alone(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {"panelist": "Somebody Else", "id": "other", "statement": "Else?"}))
    question = make.question("Trains will WIN", scale=Scale.objects.get(), public_at=None)
    people = [make.expert(name, public_at=None) for name in ("Ada  FERNWICK", "Bo Quillane")]
    for person in people:
        make.position(person, question, "Agree", stated_on=date(2021, 3, 2), confidence=5)
    rows: Rows = [{"comment": ""}, {"comment": "", "panelist": "Quillane, Bo", "vote": "Uncertain"}]
    report = bring_in(write(tmp_path, *rows, without=("uni",)))
    assert counts(report, "unchanged") == (2, 1, 1, 0)
    assert counts(report, "refused") == (0, 0, 1, 0)
    assert "entered by hand" in report.refusals[0].message
    assert counts(report, "created") == (0, 0, 0, 0)
    for row in (*people, question):
        row.refresh_from_db()
        assert row.public_at is None


def test_two_known_experts_of_one_name_are_not_guessed(tmp_path: Path) -> None:
    make.expert("Ada Fernwick")
    make.expert("Ada Fernwick")
    report = bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo"}))
    assert (counts(report, "refused"), counts(report, "created")) == ((1, 0, 1, 1), (1, 1, 1, 1))
    assert (report.refusals[0].line, report.refusals[0].message) == (2, "2 experts on record are called Ada Fernwick.")


def test_private_rows_stay_private(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}), private=True)
    assert not any(m.objects.filter(public_at__isnull=False).exists() for m in (Expert, Question, Position))
    bring_in(write(tmp_path, {"vote": "Disagree"}))
    assert not Position.objects.filter(public_at__isnull=False).exists()


# --- Scales and answers ----------------------------------------------------------------------------------------------


def test_unknown_answers_stop_the_run_with_a_list(tmp_path: Path) -> None:
    votes = ["Agree", "Maybe", "Perhaps", "maybe "]
    path = write(tmp_path, *({"panelist": f"P {n}", "vote": vote} for n, vote in enumerate(votes)))
    assert stopped(path, scale="agreement") == [
        (3, "“Maybe” (1 time, first here) is no answer of the scale “agreement”. See --answer."),
        (4, "“Perhaps” (1 time, first here) is no answer of the scale “agreement”. See --answer."),
        (5, "“maybe” (1 time, first here) is no answer of the scale “agreement”. See --answer."),
    ]
    report = bring_in(path, scale="agreement", answers={"MAYBE": "Uncertain", "perhaps": "no answer"})
    assert counts(report, "created")[2] == 4
    assert dict(report.blanks) == {"no_answer": 1}


@pytest.mark.parametrize(
    ("vote", "reason"),
    [("", "no_answer"), ("Did not answer", "no_answer"), ("Declined", "declined"), ("—", "no_answer")],
)
def test_blanks_have_reasons(tmp_path: Path, vote: str, reason: str) -> None:
    bring_in(write(tmp_path, {"vote": vote}), scale="agreement")
    assert (Position.objects.get().answer, Position.objects.get().blank) == (None, reason)


def test_an_answer_on_the_scale_is_no_blank(tmp_path: Path) -> None:
    scale = make.scale(answers=[("+", 1), ("-", 0), ("Declined", None)])
    bring_in(write(tmp_path, {"vote": "-"}, {"vote": "declined", "panelist": "Quillane, Bo"}), scale=scale.slug)
    assert list(Position.objects.order_by("id").values_list("answer__label", flat=True)) == ["-", "Declined"]


def test_the_only_scale_that_fits_is_taken(tmp_path: Path) -> None:
    scale = make.scale("Odds", [("Likely", 1), ("Unlikely", 0)])
    path = write(tmp_path, {"vote": "LIKELY"})
    assert bring_in(path).scale == scale.slug
    make.scale("Chances", [("Likely", 1)])
    (error,) = stopped(path)
    assert "several scales have all of them" in error[1].lower()


def test_no_scale_fits_or_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, {"vote": "42"})
    assert "(“42”)? No scale has all of them. Give --scale" in stopped(path)[0][1]
    assert "There is no scale “odds”; there are: agreement." in stopped(path, scale="odds")[0][1]
    assert "all blank" in stopped(write(tmp_path, {"vote": ""}))[0][1]


def test_a_question_does_not_change_its_scale(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    other = make.scale("Other", [("Agree", 1)])
    path = write(tmp_path, {"panelist": "Quillane, Bo"})
    assert "is on record with another scale" in stopped(path, scale=other.slug)[0][1]


def test_two_panels_with_the_same_ids_are_kept_apart(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    other = write(tmp_path, {"statement": "Buses will win.", "date": "2022-01-01"})
    assert "Give --source" in stopped(other)[0][1]
    assert counts(bring_in(other, source="Bus Panel"), "created") == (0, 1, 1, 1)


# --- Broken tables ---------------------------------------------------------------------------------------------------


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
        {"panelist": "Fernwick, Ada", "uni": "Elsewhere", "question": "B", "statement": "Other."},
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
        (13, "On the same day Ada Fernwick is at “Northmoor” and at “Elsewhere”."),
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


# --- The command -----------------------------------------------------------------------------------------------------


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
