"""Answers are on a scale, blank for a reason, or unknown; nothing is guessed twice."""

from pathlib import Path

import pytest

from experts.models import Position
from tests import make
from tests.tables import bring_in, counts, stopped, write

pytestmark = pytest.mark.django_db


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
