"""How texts become words that are found, and questions what is looked for."""

import pytest

from aisrace.search.asking import LONGEST, MOST, Unclear, read_question
from aisrace.search.entries import GAP, MOST_BYTES, PLACES, PLACES_OF_ONE, Entry, lay_out, name_parts
from aisrace.search.vendors import VENDORS, Vendor
from aisrace.search.words import analyse, spell
from tests.hostile import TEXTS
from tests.make import NOW


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Engine hums.", ["the", "engine", "hums"]),
        ("naïve Zoë Ærø Łódź straße İstanbul", ["naive", "zoe", "aero", "lodz", "strasse", "istanbul"]),
        ("ＧＰＴ－４ ﬁne ①", ["gpt", "4", "fine", "1"]),
        ("Hinton's, Hinton’s", ["hinton", "hinton"]),
        ("the U.S. and A.I. e.g. 3.5", ["the", "us", "and", "ai", "eg", "3", "5"]),
        ("l'État don't", ["l", "etat", "don", "t"]),
        ("李开复 said 你好", ["李", "开", "复", "said", "你", "好"]),
        ("ナイトトレイン", list("ナイトトレイン")),
        ("서울 대학교", ["서울", "대학교"]),
        ("ราง", ["ร", "า", "ง"]),
        ("snake_case a_b", ["snake", "case", "a", "b"]),
        ("x" * 100, ["x" * 64]),
        ("Привет МИР", ["привет", "мир"]),
        ("", []),
        ("…?!—", []),
    ],
)
def test_words_as_they_are_spelt(text: str, words: list[str]) -> None:
    assert spell(text) == words


@pytest.mark.parametrize(
    "forms", [("policy", "policies"), ("train", "trains", "Trained", "TRAINING"), ("national", "nationally")]
)
def test_forms_of_a_word_are_one(forms: tuple[str, ...]) -> None:
    assert len({tuple(analyse(form)) for form in forms}) == 1


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_words_hold_nothing_that_a_database_would_read(text: str) -> None:
    assert all(word.isalnum() for word in analyse(text))


# --- Questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("night trains", [[("night",)], [("train",)]], []),
        ('"night trains"', [[("night", "train")]], []),
        ("“night trains”", [[("night", "train")]], []),
        ("night-train", [[("night", "train")]], []),
        ("夜行列车", [[("夜", "行", "列", "车")]], []),
        ("trains -ferry", [[("train",)]], [("ferri",)]),
        ('trains -"slow boats"', [[("train",)]], [("slow", "boat")]),
        ("trains −ferry", [[("train",)]], [("ferri",)]),
        ("rise - fall", [[("rise",)], [("fall",)]], []),
        ("trains OR ferry", [[("train",), ("ferri",)]], []),
        ("trains or ferry", [[("train",)], [("ferri",)]], []),
        ("a1 OR b1 OR c1 d1", [[("a1",), ("b1",), ("c1",)], [("d1",)]], []),
        ("OR trains OR", [[("train",)]], []),
        ("OR", [[("or",)]], []),
        ('"open phrase', [[("open", "phrase")]], []),
        ("the night of trains", [[("night",)], [("train",)]], []),
        ('"the night"', [[("the", "night")]], []),
        ("of the", [[("of",)], [("the",)]], []),
        ("US", [[("us",)]], []),
    ],
)
def test_what_is_asked(text: str, wanted: list[list[tuple[str, ...]]], unwanted: list[tuple[str, ...]]) -> None:
    asked = read_question(text)
    assert [list(group) for group in asked.wanted] == wanted
    assert list(asked.unwanted) == unwanted


def test_it_is_told_what_is_left_out() -> None:
    assert read_question("what does Hinton say of the trains").left_out == ("what", "does", "of", "the")
    assert read_question("of the").left_out == ()


@pytest.mark.parametrize("text", ["", "  ", "?!", '""', "-x", '-"x y" -z', "x" * (LONGEST + 1), "x " * (MOST + 1)])
def test_what_cannot_be_answered_is_told(text: str) -> None:
    with pytest.raises(Unclear, match=r"\w+ .*\."):
        read_question(text)


# --- Layout ----------------------------------------------------------------------------------------------------------


def entry(*texts: str, **others: tuple[str, ...]) -> Entry:
    parts = {field: name_parts("", said) for field, said in (others | {"texts": texts}).items()}
    return Entry("article", 1, 1, "", "", NOW, **parts)


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    laid = lay_out(entry("Night", "trains", names=("Ada",), context=("Bo",)))
    assert laid.places == ["ada", GAP, "bo", GAP, "night", GAP, "train", GAP]
    assert laid.marks == ["n_ada", "c_bo", "w_ada"]


def test_what_only_the_source_has_is_marked_so() -> None:
    laid = lay_out(entry("Night", context=("Bo",), sources=("Night letters, Bo",)))
    assert laid.places == ["bo", GAP, "night", GAP, "night", "letter", "bo", GAP]
    assert laid.marks == ["c_bo", "s_letter"]


def test_only_what_is_in_a_long_text_too_often_or_too_late_loses_its_place() -> None:
    laid = lay_out(entry("night " * (PLACES_OF_ONE + 50) + " ".join(f"w{n}" for n in range(PLACES)) + " end"))
    assert laid.places.count("night") == PLACES_OF_ONE
    assert len(laid.places) <= PLACES
    assert "end" not in laid.places
    assert {"night", "end"} <= set(laid.rest)


def test_what_a_database_could_not_hold_is_cut() -> None:
    laid = lay_out(entry(" ".join(f"word{n:09}" for n in range(60_000))))
    assert len(" ".join([*laid.places, *laid.rest]).encode()) < MOST_BYTES


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS.keys())
def test_a_document_as_either_database_is_given_it(vendor: Vendor) -> None:
    spelt = vendor.spell(lay_out(entry("Night trains at night", names=("Ada",))))
    assert spelt in (
        "ada _ night train at night _ n_ada w_ada",
        "ada:1 night:3,6 train:4 at:5 n_ada w_ada",
    )
