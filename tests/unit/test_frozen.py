"""A comparison survives as JSON."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.comparison import Blank, Comparison, compare
from experts.frozen import dump, load
from tests import cast, make
from tests.cast import BEFORE_ALL, END_OF_24, JAN_24, JAN_25

CAST = cast.rows()


def thaw(comparison: Comparison) -> Comparison:
    return load(json.loads(json.dumps(dump(comparison))))


def without_earlier(comparison: Comparison) -> Comparison:
    """What freezing keeps: all but the number of replaced positions."""
    return replace(comparison, cells={key: replace(cell, earlier=0) for key, cell in comparison.cells.items()})


@pytest.mark.parametrize("as_of", [None, BEFORE_ALL, JAN_24, END_OF_24, JAN_25])
def test_the_cast_comes_back_equal(as_of: date | None) -> None:
    comparison = CAST.compare(as_of)
    assert thaw(comparison) == without_earlier(comparison)


def test_every_kind_of_blank_comes_back() -> None:
    blanks = {cell.blank for cell in thaw(CAST.compare(END_OF_24)).cells.values()}
    assert blanks == {None, *Blank}


def test_evidence_comes_back_and_a_shared_source_is_kept_once() -> None:
    talk = make.source_row(7, published_on=JAN_24, checked_on=JAN_25, kind="secondary", url="https://example.org/")
    paper = make.source_row(8, "A paper")
    ada, gap = make.expert_row(role="Lecturer", portrait="/media/a.jpg"), make.question_row()
    quotes = (
        make.quote_row(1, source=talk, locator="minute 3"),
        make.quote_row(2, kind="translated", source=paper, language="de", original="Ja."),
    )
    position = make.position_row(
        ada, gap, "Even", dating="reported", confidence=7, summary="In short.", role="Guest", source=talk, quotes=quotes
    )
    comparison = compare([ada], [gap], [position], JAN_25)
    assert thaw(comparison) == comparison
    assert [source["id"] for source in dump(comparison)["sources"]] == [7, 8]


def test_a_scale_shared_by_questions_is_kept_once() -> None:
    assert [scale["name"] for scale in dump(CAST.compare())["scales"]] == ["likely", "yes", "years"]


def test_nothing_comes_back_as_nothing() -> None:
    assert thaw(compare([], [], [])) == compare([], [], [])


@settings(deadline=None)
@given(st.text(), st.text(), st.dates(), st.none() | st.integers(1, 10))
def test_any_words_and_days_come_back(name: str, summary: str, day: date, confidence: int | None) -> None:
    ada, asked = make.expert_row(1, name), make.question_row(wording=name)
    position = make.position_row(ada, asked, "Even", day, summary=summary, confidence=confidence)
    comparison = compare([ada], [asked], [position], day)
    assert thaw(comparison) == comparison
