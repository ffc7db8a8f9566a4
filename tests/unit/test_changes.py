"""What changed from one edition to the next: places, words, and what is left out because it stayed."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aisrace.lib.wording import CONTEXT, Part, compare_words
from articles.changes import find_place_changes, list_places
from experts.frozen import dump
from tests import cast

WORDS = st.lists(st.sampled_from("a b c and the train — Zug 列車".split()), max_size=80).map(" ".join)  # noqa: SIM905


def content(**values: Any) -> dict[str, Any]:
    """An edition about the cast."""
    plain = {
        "headline": "Who believes in night trains",
        "standfirst": "Five who know the tracks.",
        "body": "<p>It <em>begins</em> here.</p>",
        "verdict": "<p>Two believe.</p>",
        "method": "<p>We asked.</p>",
        "byline": [{"name": "Nell Upham", "slug": "nell-upham", "bio": "Writes."}],
        "topics": [{"name": "Night trains", "slug": "night-trains"}],
        "picture": None,
        "sections": [{"heading": "Ada Fernwick", "expert": 1, "body": "<p>She holds much.</p>"}],
        "comparison": dump(cast.rows().compare()),
        "verdict_positions": [],
    }
    return deepcopy(plain) | values


def changed_places(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Part]]:
    return {change.place: change.parts for change in find_place_changes(list_places(before), list_places(after))}


def words(op: str, parts: list[Part]) -> str:
    return " ".join(part.text for part in parts if part.op in ("same", op))


# --- Places ----------------------------------------------------------------------------------------------------------


def test_nothing_changed_is_no_change() -> None:
    assert changed_places(content(), content()) == {}


def test_without_an_edition_before_nothing_is_told() -> None:
    assert find_place_changes(None, list_places(content())) == []
    assert find_place_changes(list_places(content()), None) == []


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("headline", "Who doubts night trains", "Headline"),
        ("standfirst", "Four who know the tracks.", "Standfirst"),
        ("body", "<p>It starts here.</p>", "Introduction"),
        ("verdict", "<p>Three believe.</p>", "Verdict"),
        ("method", "<p>We asked twice.</p>", "How this was made"),
        ("byline", [{"name": "Otto Pike", "slug": "otto", "bio": ""}], "Authors"),
        ("topics", [], "Topics"),
        ("picture", {"url": "/media/a.png", "width": 4, "height": 3, "alt": "A train.", "credit": "Nell"}, "Picture"),
    ],
)
def test_a_change_is_told_at_its_place(key: str, value: Any, place: str) -> None:
    assert [*changed_places(content(), content(**{key: value}))] == [place]


def test_markup_alone_is_no_change() -> None:
    assert changed_places(content(), content(body="<p>It begins</p><p>here.</p>")) == {}


def test_a_renamed_section_is_told_as_one_that_went_and_one_that_came() -> None:
    renamed = content(sections=[{"heading": "Ada", "expert": 1, "body": "<p>She holds much.</p>"}])
    changes = changed_places(content(), renamed)
    assert changes["Section “Ada”"] == [Part("added", "She holds much.")]
    assert changes["Section “Ada Fernwick”"] == [Part("removed", "She holds much.")]
    assert "Order of the sections" in changes


def test_a_position_that_changed_is_told_by_expert_and_question() -> None:
    before = content(comparison=dump(cast.rows().compare(cast.END_OF_24)))
    parts = changed_places(before, content())["Ada Fernwick on “ferries”"]
    assert words("removed", parts).startswith("Unlikely. (10 January 2024) (sure 5 of 10)")
    assert words("added", parts).startswith("Likely. (15 January 2025) (sure 7 of 10)")


def test_a_blank_that_was_filled_is_told() -> None:
    before = content(comparison=dump(cast.rows().compare(cast.END_OF_24)))
    parts = changed_places(before, content())["Dara Ostlund-Pike on “gap”"]
    assert words("removed", parts).startswith("The source is silent.")
    assert words("added", parts).startswith("One to five.")


def test_places_that_are_gone_come_last() -> None:
    before = list_places(content()) | {"Section “Gone”": "Words."}
    after = list_places(content(method="<p>We asked twice.</p>"))
    assert [change.place for change in find_place_changes(before, after)] == ["How this was made", "Section “Gone”"]


# --- Words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("a b c", "a x c", [("same", "a"), ("removed", "b"), ("added", "x"), ("same", "c")]),
        ("a b", "a b c", [("same", "a b"), ("added", "c")]),
        ("a b c", "b c", [("removed", "a"), ("same", "b c")]),
        ("", "a b", [("added", "a b")]),
        ("a b", "", [("removed", "a b")]),
        ("", "", []),
    ],
)
def test_words_that_came_and_went(before: str, after: str, parts: list[tuple[str, str]]) -> None:
    assert [(part.op, part.text) for part in compare_words(before, after)] == parts


def test_long_runs_that_stayed_are_cut_to_what_stands_beside_a_change() -> None:
    stayed = [f"w{n}" for n in range(100)]
    first, *_ = parts = compare_words(" ".join(["old", *stayed, "end"]), " ".join(["new", *stayed, "finish"]))
    assert first == Part("removed", "old")
    assert [part.op for part in parts] == ["removed", "added", "same", "skipped", "same", "removed", "added"]
    assert [len(part.text.split()) for part in parts if part.op == "same"] == [CONTEXT, CONTEXT]
    assert [part.text for part in parts if part.op == "same"] == [
        " ".join(stayed[:CONTEXT]),
        " ".join(stayed[-CONTEXT:]),
    ]


def test_what_stayed_before_the_first_and_after_the_last_change_is_cut_on_the_far_side_only() -> None:
    stayed = " ".join(f"w{n}" for n in range(50))
    assert [part.op for part in compare_words(f"{stayed} x", f"{stayed} y")] == ["skipped", "same", "removed", "added"]
    assert [part.op for part in compare_words(f"x {stayed}", f"y {stayed}")] == ["removed", "added", "same", "skipped"]


def test_words_that_stay_by_chance_in_a_rewritten_text_are_no_mosaic() -> None:
    before, after = "one two three a four five six seven", "eight nine ten eleven a twelve"
    assert compare_words(f"same {before} end", f"same {after} end") == [
        Part("same", "same"),
        Part("removed", before),
        Part("added", after),
        Part("same", "end"),
    ]


def test_short_runs_that_stayed_are_kept_whole() -> None:
    stayed = " ".join(f"w{n}" for n in range(2 * CONTEXT))
    assert Part("same", stayed) in compare_words(f"a {stayed} b", f"x {stayed} y")


@given(WORDS, WORDS)
def test_without_what_was_added_it_is_the_old_and_without_what_was_removed_the_new(before: str, after: str) -> None:
    parts = compare_words(before, after)
    if all(part.op != "skipped" for part in parts):
        assert words("removed", parts) == before
        assert words("added", parts) == after
    assert all(part.text for part in parts)


@given(WORDS)
def test_what_is_the_same_has_no_change(text: str) -> None:
    assert {part.op for part in compare_words(text, text)} <= {"same", "skipped"}
