"""Names, labels and addresses, as an import makes them of a table."""

from datetime import date

import pytest

from experts.importing.entries import QuestionEntry
from experts.importing.naming import cut, free_slug, key_of, key_of_wording, split_name, write_slug
from experts.importing.wanted import describe_questions


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Fernwick, Ada", ("Ada Fernwick", "Fernwick, Ada")),
        ("  Tay ,Fen\u00a0Li ", ("Fen Li Tay", "Tay, Fen Li")),
        ("Ada Fernwick", ("Ada Fernwick", "")),
        ("Harbour Labs, Inc.", ("Harbour Labs, Inc.", "")),
        ("Quillane, Bo, Jr.", ("Quillane, Bo, Jr.", "")),
        ("Quillane,", ("Quillane,", "")),
    ],
)
def test_names(cell: str, expected: tuple[str, str]) -> None:
    assert split_name(cell) == expected


def test_keys_keep_what_changes_a_claim() -> None:
    assert key_of("Kai-Fu  LEE") == key_of("kai fu lee")
    assert key_of("+") != key_of("-") != ""
    assert key_of_wording("It rises by 1 percent.") == key_of_wording("it rises by 1%")
    assert key_of_wording("It rises by −1%.") != key_of_wording("It rises by 1%.")


def test_texts_are_cut_at_words() -> None:
    assert cut("short", 10) == "short"
    assert cut("one two, three", 10) == "one two…"
    assert cut("x" * 20, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bengt Holmström", "bengt-holmstrom"),
        ("Østlund-Pike, Łucja", "ostlund-pike-lucja"),
        ("李开复", "expert"),
        ("🙂", "expert"),
        ("a_b  c/d", "a-b-cd"),
        ("one two three four five six", "one-two-three-four"),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert write_slug(text, 20, "expert") == expected


def test_a_slug_that_is_taken_gets_a_number() -> None:
    assert free_slug("a", {"a", "a-2"}) == "a-3"


def entry(poll: str, part: str, topic: str, year: int = 2020, wording: str = "Trains win.") -> QuestionEntry:
    return QuestionEntry(2, wording, poll, part, date(year, 1, 1), {key_of(topic): topic} if topic else {})


def test_questions_are_called_by_topic_and_part() -> None:
    found = describe_questions(
        {
            ("qe3", "part:a"): entry("qe3", "A", "QE3"),
            ("qe3", "part:b"): entry("qe3", "B", "QE3"),
            ("tax", "part:"): entry("tax", "", "Taxes", 2011),
            ("tax 2", "part:"): entry("tax-2", "", "Taxes", 2017),
            ("2532", "part:"): entry("2532", "", "Jobs"),
        },
        "panel",
    )
    assert [(q.label, q.slug, q.reference) for q in found.values()] == [
        ("QE3 (A)", "qe3-a", "panel/qe3/a"),
        ("QE3 (B)", "qe3-b", "panel/qe3/b"),
        ("Taxes 2011", "tax", "panel/tax/"),
        ("Taxes 2017", "tax-2", "panel/tax 2/"),
        ("Jobs", "jobs", "panel/2532/"),
    ]


def test_questions_without_a_name_are_called_by_their_words() -> None:
    wording = "Night trains will carry more passengers than short flights within ten years, whatever they cost."
    (found,) = describe_questions({("", "key"): entry("", "", "Trains", wording=wording)}, "panel").values()
    assert found.label == "Night trains will carry more passengers than short flights within ten years…"
    assert found.slug == "night-trains-will-carry-more-passengers-than-short-flights"
    assert found.reference.startswith("wording/")
