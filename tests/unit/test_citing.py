"""Sources read from the references that people paste."""

from contextlib import suppress
from datetime import date

import pytest

from experts.citing import Reference, ReferenceUnclear, clean_address, read_reference, spell_address

DAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (
            "Ada Byron, “Trains are the answer”, The Rail Review, 5 March 2024, https://rail.example/a?utm_source=x&p=1",
            Reference("Trains are the answer", "Ada Byron", "The Rail Review", DAY, "https://rail.example/a?p=1"),
        ),
        (
            "Byron, A. (2024, March 5). Trains are the answer. The Rail Review. https://rail.example/a.",
            Reference("Trains are the answer", "Byron, A", "The Rail Review", DAY, "https://rail.example/a"),
        ),
        (
            'Ada Byron: "Trains", The Rail Review, March 5th, 2024',
            Reference("Trains", "Ada Byron", "The Rail Review", DAY),
        ),
        ("„Züge sind die Antwort“, Bahnblatt, 2024-03-05", Reference("Züge sind die Antwort", "", "Bahnblatt", DAY)),
        ("« Les trains », Le Rail, 5 Mar. 2024", Reference("Les trains", "", "Le Rail", DAY)),
        ("https://www.rail.example/a/b", Reference("rail.example", url="https://www.rail.example/a/b")),
        ("Speech at the Rail Congress, 5 March 2024", Reference("Speech at the Rail Congress", published_on=DAY)),
        (
            "@article{b24, title = {The {Great} Gap}, author = {Byron, Ada and Babbage, Charles},"
            " journal = {Rail}, date = {2024-03-05}, doi = {10.1/2}}",
            Reference("The Great Gap", "Ada Byron, Charles Babbage", "Rail", DAY, "https://doi.org/10.1/2"),
        ),
        (
            "TY  - JOUR\nTI  - The Gap\nAU  - Byron, Ada\nT2  - Rail\n"
            "DA  - 2024/03/05\nUR  - https://rail.example/g\nER  - ",
            Reference("The Gap", "Ada Byron", "Rail", DAY, "https://rail.example/g"),
        ),
    ],
)
def test_a_reference_is_taken_apart(text: str, reference: Reference) -> None:
    assert read_reference(text) == reference


@pytest.mark.parametrize("text", ["", "  ", "5 March 2024", "@misc{x, year = {2024}}"])
def test_without_a_title_it_is_refused(text: str) -> None:
    with pytest.raises(ReferenceUnclear, match="No title"):
        read_reference(text)


NONSENSE = ["“A", "@article{", "TI  - ", "\u202e“x” " * 50, "(" * 4000, "“" * 2000, "1 May 2024 " * 300]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_read_or_refused_at_once(text: str) -> None:
    with suppress(ReferenceUnclear):
        assert read_reference(text).title


@pytest.mark.parametrize("day", ["31 February 2024", "2024-13-01", "0 May 2024"])
def test_a_day_that_does_not_exist_is_no_date(day: str) -> None:
    assert read_reference(f"“Trains”, Rail, {day}").published_on is None


def test_tracking_is_dropped_and_the_rest_of_the_query_kept() -> None:
    assert clean_address("https://a.example/x?utm_medium=m&id=3&fbclid=z#here") == "https://a.example/x?id=3#here"


def test_one_place_has_four_spellings() -> None:
    assert set(spell_address("http://a.example/x/")) == {
        *("https://a.example/x", "https://a.example/x/", "http://a.example/x", "http://a.example/x/")
    }
