"""Which column holds what."""

import pytest

from experts.importing.columns import ColumnsUnclear, choose_columns

CLARK = ["id", "date", "topic", "panelist", "uni", "vote", "confidence", "comment", "question", "statement"]
CLARK_ROWS = [
    ["qe3", "2012-09-13", "QE3", "Fernwick, Ada", "MIT", "Agree", "5", "", "A", "The Fed will act."],
    ["qe3", "2012-09-13", "QE3", "Quillane, Bo", "Yale", "", "", "", "B", "The Fed has acted too late."],
]


def choose(headings: str, *rows: str, has_date: bool = True, **said: str) -> dict[str, str]:
    """Headings and cells separated by bars."""
    cells = [row.split("|") for row in rows]
    return dict(choose_columns(headings.split("|"), cells, said, has_date).headings)


def test_the_shape_of_the_us_economic_experts_panel() -> None:
    columns = choose_columns(CLARK, CLARK_ROWS, {})
    assert columns.headings == {
        "poll": "id",
        "date": "date",
        "topic": "topic",
        "expert": "panelist",
        "affiliation": "uni",
        "answer": "vote",
        "confidence": "confidence",
        "comment": "comment",
        "part": "question",
        "wording": "statement",
    }
    assert columns.read(CLARK_ROWS[1], "part") == "B"
    assert columns.read(["x"], "nothing") == ""


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "Expert|Question|Answer|Date",
            {"expert": "Expert", "wording": "Question", "answer": "Answer", "date": "Date"},
        ),
        ("NAME|Wording|Response", {"expert": "NAME", "wording": "Wording", "answer": "Response"}),
        ("respondent|claim|stance|organization", {"expert": "respondent", "affiliation": "organization"}),
        ("Expert's name|Date of the poll|statement|vote", {"expert": "Expert's name", "date": "Date of the poll"}),
        ("expert|question id|question text|vote", {"poll": "question id", "wording": "question text"}),
        ("expert|statement|vote|quote", {"comment": "quote"}),
        ("expert|title|statement|vote", {"topic": "title"}),
    ],
)
def test_other_headings(headings: str, expected: dict[str, str]) -> None:
    found = choose(headings)
    assert {field: found.get(field) for field in expected} == expected


def test_a_long_question_beside_a_statement_is_the_wording() -> None:
    found = choose("expert|question|vote|statement", "Ada|Will night trains win?|Agree|I think they will.")
    assert (found["wording"], found["comment"]) == ("question", "statement")
    assert "part" not in found


def test_an_id_of_every_row_is_no_poll() -> None:
    assert "poll" not in choose("id|expert|statement|vote", "1|Ada|Trains win.|Yes", "2|Bo|Trains win.|No")
    assert "poll" in choose("id|expert|statement|vote", "1|Ada|Trains win.|Yes", "2|Ada|Trains lose.|No")


def test_two_headings_for_one_word_are_not_guessed() -> None:
    assert "comment" not in choose("expert|statement|vote|first comment here|second comment here")


def test_what_is_said_comes_first() -> None:
    found = choose("expert|who|statement|vote|comment", expert="WHO", comment="", question="statement")
    assert (found["expert"], found["wording"]) == ("who", "statement")
    assert "comment" not in found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"expert": "nobody"}, "There is no heading “nobody”. The headings are: “expert”"),
        ({"colour": "vote"}, "There is no column “colour”; there can be: confidence, wording"),
        ({"comment": "vote", "answer": "vote"}, "name the same heading"),
        ({"answer": ""}, "No column was recognised for: answer."),
    ],
)
def test_what_is_said_wrong(said: dict[str, str], expected: str) -> None:
    with pytest.raises(ColumnsUnclear, match=expected):
        choose("expert|statement|vote", **said)


def test_what_is_missing_is_named_with_a_way_out() -> None:
    with pytest.raises(ColumnsUnclear) as caught:
        choose("colour|taste", has_date=False)
    assert str(caught.value) == (
        "No column was recognised for: expert, wording, answer, date. The headings are: “colour”, “taste”. "
        "Say which: --column expert=HEADING --column wording=HEADING --column answer=HEADING --column date=HEADING "
        "(or --date 2024-01-31 for the whole table)."
    )


def test_a_flood_of_headings_is_cut() -> None:
    with pytest.raises(ColumnsUnclear) as caught:
        choose("|".join(f"{'x' * 500}{n}" for n in range(300)))
    assert "and 280 more" in str(caught.value)
    assert len(str(caught.value)) < 1500
