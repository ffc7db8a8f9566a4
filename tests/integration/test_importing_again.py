"""A table that comes back updates its own rows, and never an editor's."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from experts.importing import Report
from experts.models import Affiliation, Expert, Position, Question, Quote, Scale, Source, Topic
from experts.record import name_role, read_roles
from tests import make
from tests.tables import PANEL, Rows, bring_in, counts, write

pytestmark = pytest.mark.django_db


FIRST = date(2021, 3, 2)


def seen() -> list[tuple[str, date | None, date | None]]:
    return list(Affiliation.objects.values_list("organisation", "seen_from", "seen_until"))


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


def test_two_spellings_of_a_topic_on_record_are_one(tmp_path: Path) -> None:
    make.topic("Night trains", slug="night-trains")
    rows: Rows = [{"topic": "Night Trains"}, {"topic": 'Night "trai"ns', "panelist": "Quillane, Bo"}]
    for outcome in ("created", "unchanged"):
        assert counts(bring_in(write(tmp_path, *rows)), outcome) == (2, 1, 2, 2)
    assert Question.objects.get().topics.count() == Topic.objects.count() == 1


def test_a_later_table_adds_to_history(tmp_path: Path) -> None:
    old, new = write(tmp_path, {}, name="old.csv"), {"id": "ferries", "topic": "Ferries", "date": "2023-01-01"}
    bring_in(old)
    report = bring_in(write(tmp_path, new | {"uni": "Saltmarsh"}, name="new.csv"))
    assert (counts(report, "created"), counts(report, "updated")) == ((0, 1, 1, 1), (1, 0, 0, 0))
    assert seen() == [("Northmoor", FIRST, FIRST), ("Saltmarsh", date(2023, 1, 1), date(2023, 1, 1))]
    assert counts(bring_in(old), "unchanged") == (1, 1, 1, 1)


def test_tables_widen_what_is_seen_and_never_date_it(tmp_path: Path) -> None:
    for day in ("2021-03-02", "2023-01-01", "2020-05-05"):
        path = write(tmp_path, {"date": day}, without=("id", "question", "topic"))
        bring_in(path)
        assert counts(bring_in(path), "unchanged") == (1, 1, 1, 1)
    role = Affiliation.objects.get()
    assert (role.seen_from, role.seen_until) == (date(2020, 5, 5), date(2023, 1, 1))
    assert (role.starts_on, role.ends_on) == (None, None)


def test_somebody_at_two_places_on_one_day_is_at_both(tmp_path: Path) -> None:
    rows: Rows = [{}, {"uni": "Saltmarsh", "question": "B", "statement": "Ferries will win."}]
    path = write(tmp_path, *rows)
    bring_in(path)
    assert seen() == [("Northmoor", FIRST, FIRST), ("Saltmarsh", FIRST, FIRST)]
    assert name_role(read_roles(Expert.objects.all()), Expert.objects.get().pk, FIRST) == "Northmoor; Saltmarsh"
    for again in (path, write(tmp_path, *reversed(rows), name="reversed.csv")):
        assert counts(bring_in(again), "unchanged") == (1, 2, 2, 2)


def test_a_misspelt_affiliation_is_replaced(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {"uni": "Nortmoor"}))
    assert counts(bring_in(write(tmp_path, {})), "updated") == (1, 0, 0, 0)
    assert seen() == [("Northmoor", FIRST, FIRST)]


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


# --- What editors own -------------------------------------------------------------------------------------------------


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
    assert seen() == [("Northmoor", FIRST, date(2022, 1, 1))]


def test_a_role_that_an_editor_dated_is_left_alone(tmp_path: Path) -> None:
    bring_in(write(tmp_path, {}))
    Affiliation.objects.update(starts_on=date(2019, 9, 1), ends_on=date(2022, 9, 1))
    within = {"id": "ferries", "topic": "Ferries", "date": "2022-01-01"}
    after = within | {"date": "2022-09-01"}
    before = Affiliation.objects.values().get()
    assert counts(bring_in(write(tmp_path, {})), "unchanged") == (1, 1, 1, 1)
    assert counts(bring_in(write(tmp_path, within)), "unchanged") == (1, 0, 0, 0)
    assert counts(bring_in(write(tmp_path, after), source="Other"), "refused") == (1, 0, 0, 0)
    assert Affiliation.objects.values().get() == before


def test_an_affiliation_entered_by_hand_is_believed(tmp_path: Path) -> None:
    make.affiliation(make.expert(), "Northmoor", role="Dean")
    make.affiliation(make.expert("Bo Quillane"), "Northmoor", seen_from=FIRST, seen_until=FIRST)
    report = bring_in(write(tmp_path, {}, {"panelist": "Quillane, Bo", "uni": "Saltmarsh"}))
    assert (counts(report, "unchanged")[0], counts(report, "refused")[0]) == (1, 1)
    assert report.refusals[0].message == "Bo Quillane was entered by hand, with other affiliations; left alone."
    assert seen() == [("Northmoor", None, None), ("Northmoor", FIRST, FIRST)]


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


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_first_imports_at_once_take_turns() -> None:
    results: list[Report | Exception] = []
    barrier = threading.Barrier(3)

    def run() -> None:
        try:
            barrier.wait(10)
            results.append(bring_in(PANEL))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    created = [counts(report, "created") if isinstance(report, Report) else report for report in results]
    assert created == [(6, 7, 42, 9), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert (Scale.objects.count(), Expert.objects.count(), Position.objects.count()) == (1, 6, 42)
