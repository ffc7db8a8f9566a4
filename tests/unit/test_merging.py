"""Three texts into one: whose words stand in the form, and that none are lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.keeping.merging import MyRow, Post, Value, align, as_it_is, settle, settle_all
from aisrace.keeping.overtaken import words_of
from articles.models import Article

RICH = words_of(Article)
WORDS = st.sampled_from(["", "a", "b", "a b"])


def one(text: str) -> Value:
    return (text,)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "verdict"),
    [
        ("a", "a", "a", "same"),
        ("a", "b", "b", "same"),
        ("a", "a", "b", "mine"),
        ("a", "b", "a", "theirs"),
        ("a", "b", "c", "conflict"),
        ("a", "", "c", "conflict"),
        ("a", "b", "", "conflict"),
        ("", "b", "c", "conflict"),
        (None, "a", "a", "same"),
        (None, "a", "b", "conflict"),
    ],
)
def test_whose_value_stands(base: str | None, theirs: str, mine: str, verdict: str) -> None:
    assert settle("x", None if base is None else one(base), one(theirs), one(mine)) == verdict


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "verdict"),
    [
        ("<p>a</p>", "<p>a</p>", "<p><b>a</b></p>", "mine"),
        ("<p>a</p>", "<p><b>a</b></p>", "<p><i>a</i></p>", "mine"),
        ("<p>a</p>", "<p><b>a</b></p>", "<p>c</p>", "mine"),
        ("<p>a</p>", "<p>b</p>", "<p><i>a</i></p>", "theirs"),
        ("<p>a</p>", "<p>b</p>", "<p>c</p>", "conflict"),
    ],
)
def test_where_only_markup_differs_the_words_decide(base: str, theirs: str, mine: str, verdict: str) -> None:
    assert settle("body", one(base), one(theirs), one(mine), RICH) == verdict


def test_markup_in_a_plain_field_is_text() -> None:
    assert settle("headline", one("a"), one("<b>a</b>"), one("<i>a</i>"), RICH) == "conflict"


@given(WORDS, WORDS, WORDS)
def test_no_words_are_lost_in_silence(base: str, theirs: str, mine: str) -> None:
    """What the form shows is mine unless I had not touched it, and theirs are told where they are not in it."""
    verdict = settle("x", one(base), one(theirs), one(mine))
    if verdict == "theirs":
        assert mine == base
    if verdict == "mine":
        assert theirs in (base, mine)


@given(WORDS, WORDS)
def test_without_a_base_every_difference_is_a_conflict(theirs: str, mine: str) -> None:
    assert settle("x", None, one(theirs), one(mine)) == ("same" if theirs == mine else "conflict")


def test_a_field_that_was_not_there_then_was_empty() -> None:
    assert settle_all({}, {"x": one("b")}, {"x": one("")}) == {"x": "theirs"}
    assert settle_all({}, {"x": one("b")}, {}) == {}


# --- Rows ------------------------------------------------------------------------------------------------------------

BASE: dict[str, Post] = {"1": {"body": one("a")}, "2": {"body": one("b")}}


def row(place: int, pk: str, body: str, *, is_removed: bool = False) -> MyRow:
    return MyRow(place, {"body": one(body)}, pk, is_removed)


def test_rows_meet_by_key_in_the_order_of_what_is_there() -> None:
    rows = align(
        BASE, {"2": BASE["2"], "1": BASE["1"]}, [row(0, "1", "a"), row(1, "2", "c"), row(2, "", "n")], as_it_is
    )
    assert [(one.pk, one.mine.place if one.mine else None) for one in rows.kept] == [("2", 1), ("1", 0)]
    assert [new.place for new in rows.new] == [2]
    assert (rows.revived, rows.gone, rows.added_by_them) == ([], [], [])


def test_a_row_they_added_stays() -> None:
    rows = align(BASE, BASE | {"3": {"body": one("n")}}, [row(0, "1", "a"), row(1, "2", "b")], as_it_is)
    assert [kept.pk for kept in rows.kept] == ["1", "2", "3"]
    assert rows.added_by_them == ["3"]


@pytest.mark.parametrize(("body", "gone", "revived"), [("a", ["1"], []), ("mine", [], ["mine"])])
def test_a_row_they_removed_stays_gone_unless_i_changed_it(body: str, gone: list[str], revived: list[str]) -> None:
    rows = align(BASE, {"2": BASE["2"]}, [row(0, "1", body), row(1, "2", "b")], as_it_is)
    assert (rows.gone, [as_it_is("body", r.post["body"]) for r in rows.revived]) == (gone, revived)
    assert [kept.pk for kept in rows.kept] == ["2"]


@pytest.mark.parametrize(("body", "is_removed"), [("a", True), ("theirs", False)])
def test_a_row_i_removed_goes_unless_they_changed_it(body: str, is_removed: bool) -> None:
    there: dict[str, Post] = {"1": {"body": one(body)}}
    [kept] = align(BASE, there, [row(0, "1", "a", is_removed=True)], as_it_is).kept
    assert (kept.is_removed, kept.is_saved_from_removal) == (is_removed, not is_removed)


def test_a_row_that_both_removed_is_gone() -> None:
    rows = align(BASE, {}, [row(0, "1", "changed", is_removed=True)], as_it_is)
    assert (rows.kept, rows.revived, rows.new) == ([], [], [])


def test_without_a_base_everything_that_is_there_stays() -> None:
    rows = align(None, {"1": {"body": one("x")}}, [row(0, "2", "b"), row(1, "", "n")], as_it_is)
    assert [kept.pk for kept in rows.kept] == ["1"]
    assert [new.place for new in [*rows.revived, *rows.new]] == [0, 1]
