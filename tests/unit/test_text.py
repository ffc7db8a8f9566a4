"""The one cleaner: nothing invisible gets in, and cleaning twice is cleaning once."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisrace.lib.text import clean_line, clean_text, count_words, drop_invisible, fold

NASTY = st.text(
    st.characters() | st.sampled_from("\x00\x07\x85\x9f\u2028\u2029\u202e\u2066\u200e\u061c\ufeff\r\n\t \xa0e\u0301"),
    max_size=60,
)
INVISIBLE = "\x00\x08\x0b\x1f\x7f\x9f\ud800\udfff\u202a\u202e\u2066\u2069\u200e\u200f\u061c\ufeff\ufffe\uffff"


@pytest.mark.parametrize("bad", INVISIBLE, ids=lambda c: f"U+{ord(c):04X}")
def test_what_cannot_be_seen_is_removed(bad: str) -> None:
    assert clean_text(f"Ada{bad}Fernwick") == "AdaFernwick"


@pytest.mark.parametrize("kept", ["\t", "\n", "é", "火", "\u200d", "👩\u200d🚀", "–", "“"])
def test_what_can_be_seen_stays(kept: str) -> None:
    assert clean_text(f"a{kept}b") == f"a{kept}b"


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n", "\u2028", "\u2029", "\x85"])
def test_every_line_break_becomes_a_line_feed(line_break: str) -> None:
    assert clean_text(f"one{line_break}two") == "one\ntwo"


def test_accents_are_composed_and_ends_are_trimmed() -> None:
    assert clean_text("  Jose\u0301 \n") == "José"


def test_removing_something_invisible_lets_its_neighbours_compose() -> None:
    assert clean_text("e\u200e\u0301") == "é"


def test_a_line_has_single_spaces() -> None:
    assert clean_line(" Kai \t\n Fu\xa0\xa0Lee\u2028 ") == "Kai Fu Lee"


@settings(deadline=None)
@given(NASTY)
def test_cleaning_twice_is_cleaning_once(value: str) -> None:
    assert clean_text(clean_text(value)) == clean_text(value)
    assert clean_line(clean_line(value)) == clean_line(value)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_what_needs_no_cleaning_is_told_from_what_does(value: str) -> None:
    assert clean_line(f"{value} é") == f"{clean_line(value)} é".strip()
    assert clean_text(f"é{value}é") == f"é{clean_text(f'x{value}x')[1:-1]}é"
    assert drop_invisible(f"é{value}") == f"é{drop_invisible(value)}"


@settings(deadline=None)
@given(NASTY)
def test_cleaned_text_can_be_stored_and_never_turns_around(value: str) -> None:
    cleaned = clean_text(value)
    cleaned.encode("utf-8")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not set(cleaned) & set(INVISIBLE)
    assert "\n" not in clean_line(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kai-Fu  Lee", "kai fu lee"),
        ("Søren", "SØREN"),
        ("Désirée", "desiree"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("vote_weight", "Vote weight"),
        ("ﬁrst", "first"),
        ("“Yes”", "yes"),
    ],
)
def test_names_that_look_alike_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Ann", "Anna"), ("Lee, Kai", "Kai Lee"), ("Q1", "Q2"), ("Ng", "Nǧo")])
def test_names_that_differ_fold_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_fold_folds_to_itself() -> None:
    assert fold("℡") == fold("TEL") == "tel"


@pytest.mark.parametrize(("text", "n"), [("", 0), ("  ", 0), ("one", 1), ("one\ntwo  three", 3)])
def test_words_are_counted(text: str, n: int) -> None:
    assert count_words(text) == n
