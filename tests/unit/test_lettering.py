"""Text for the share images: measured, broken, cut; and whose words it says they are."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from articles import sharing
from articles.lettering import FILES, FOLDER, break_lines, fit_text, has_letter, measure, needs_other_fonts, set_text
from articles.stances import lay_columns
from experts.comparison import compare
from experts.spectrum import Spectrum, place_experts
from tests import make

FACE = "Card Sans"
TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"

# --- Fonts and colours -----------------------------------------------------------------------------------------------


def count_ink(family: str, words: str = "Ink") -> int:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><rect width="400" height="100" fill="#fff"/>'
        f'<text x="9" y="70" font-size="60" font-family="{family}">{words}</text></svg>'
    )
    return sum(Image.open(BytesIO(sharing.draw(svg))).convert("L").histogram()[:128])


@pytest.mark.parametrize("family", FILES)
def test_every_font_is_small_and_draws_under_its_name(family: str) -> None:
    assert (FOLDER / FILES[family]).stat().st_size < 150_000
    assert count_ink(family) > 500
    assert count_ink(family) != count_ink("Card Nothing")  # which is drawn in another or not at all
    assert count_ink(family, "Łódź") > 500


def test_the_fonts_are_told_apart_and_their_licences_lie_beside() -> None:
    assert len({count_ink(family) for family in FILES}) == len(FILES)
    assert {file.name for file in FOLDER.glob("*-OFL.txt")} == {"Newsreader-OFL.txt", "PublicSans-OFL.txt"}


def test_letters_that_are_missing_are_known() -> None:
    assert all(map(has_letter, "aÄłŻ“”’–…· €?"))
    assert not any(map(has_letter, "中ب🚂"))
    assert needs_other_fonts(["Who leads?", "中国"])
    assert not needs_other_fonts(["Who leads?", "“Łódź” – 5 €"])


def test_the_colours_are_those_of_the_pages() -> None:
    tokens = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}),", TOKENS.read_text()))
    assert {name: tokens[name] for name in sharing.INK} == sharing.INK
    assert (tokens["paper"], *(tokens[f"tone-{n}"] for n in range(1, 6))) == sharing.TONES
    assert (tokens["ink"], *(tokens[f"on-{n}"] for n in range(1, 6))) == sharing.ON_TONES


# --- Lines -----------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.integers(60, 900))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = break_lines(text, FACE, 20, width)
    assert all(measure(line, FACE, 20) <= width for line in lines if len(line) > 3)
    letters = "".join(letter for letter in text if has_letter(letter) and not letter.isspace())
    assert "".join(letter for line in lines for letter in line if has_letter(letter)).replace(" ", "") == letters


def test_lines_end_between_words_after_hyphens_and_anywhere_in_chinese() -> None:
    assert break_lines("one two three", FACE, 20, measure("one two ", FACE, 20)) == ["one two", "three"]
    assert break_lines("night-train", FACE, 20, measure("night-t", FACE, 20)) == ["night-", "train"]
    assert len(break_lines("中" * 40, FACE, 20, 200)) >= 3
    assert break_lines("", FACE, 20, 200) == break_lines(" \n ", FACE, 20, 200) == []


def test_a_word_wider_than_the_line_is_cut_but_not_within_a_letter() -> None:
    assert len(break_lines("x" * 200, FACE, 20, 300)) > 5
    parts = break_lines("e\u0301" * 60, FACE, 20, 100)
    assert len(parts) > 3
    assert not any(part.startswith("\u0301") for part in parts)


def test_what_is_cut_says_so_after_a_whole_word() -> None:
    block = set_text("one two three four five six seven", FACE, 20, 120, 2)
    assert len(block.lines) == 2
    assert block.lines[-1].endswith("…")
    assert block.lines[-1].removesuffix("…").split()[-1] in ["one", "two", "three", "four", "five", "six", "seven"]
    assert block.width <= 120
    assert set_text("one two", FACE, 20, 400, 1).lines == ("one two",)


def test_the_largest_size_is_taken_that_fits_whole() -> None:
    sizes = [(60, 1), (40, 2), (20, 2)]
    assert fit_text("Short", FACE, sizes, 400).size == 60
    assert fit_text("Somewhat longer than that", FACE, sizes, 400).size == 40
    long = fit_text("Words without end " * 20, FACE, sizes, 400)
    assert (long.size, len(long.lines), long.lines[-1][-1]) == (20, 2, "…")


def test_balanced_lines_are_of_like_width() -> None:
    text = "Who believes in night trains and who does not any more"
    ragged, even = (fit_text(text, FACE, [(40, 2)], 900, balanced=balanced) for balanced in (False, True))
    assert len(ragged.lines) == len(even.lines) == 2
    assert even.width < ragged.width


def test_pictures_that_the_fonts_lack_are_left_out() -> None:
    assert break_lines("Night 🚂 trains 👩🏽‍🚀", FACE, 20, 900) == ["Night trains"]


# --- Whose words -----------------------------------------------------------------------------------------------------

ADA, ASKED = make.expert_row(), make.question_row()


def test_only_what_is_quotable_stands_in_quotation_marks() -> None:
    kinds = ("paraphrase", "translated", "verbatim")
    said = {kind: make.quote_row(n, f"Words {kind}.", kind=kind, language="de") for n, kind in enumerate(kinds)}

    def choose(*chosen: str, summary: str = "In short.") -> tuple[str, str]:
        quotes = tuple(said[kind] for kind in chosen)
        return sharing.choose_words(make.position_row(ADA, ASKED, "Even", summary=summary, quotes=quotes))[:2]

    assert choose(*kinds) == ("In their own words", "“Words verbatim.”")
    assert choose("paraphrase", "translated") == ("Translated from German", "“Words translated.”")
    assert choose("paraphrase") == ("In summary, not their words", "In short.")
    assert choose("paraphrase", summary="") == ("Paraphrase, not their words", "Words paraphrase.")
    assert choose(summary="") == ("", "")


def test_a_quotation_that_is_cut_still_ends() -> None:
    block = sharing._fit_words("“" + "They will. " * 400 + "”", 150)
    assert block.lines[0].startswith("“")
    assert block.lines[-1].endswith("…”")
    assert not sharing._fit_words("They will. " * 400, 150).lines[-1].endswith("”")


def test_a_report_is_told_once() -> None:
    source = make.source_row(author="Nell", publisher="The Timetable", kind="secondary", published_on=make.A_DAY)
    stated, reported = (make.position_row(ADA, ASKED, "Even", dating=dating) for dating in ("stated", "reported"))
    assert sharing.tell_source(source, stated) == "Reported by Nell, Notes from the sleeping car, The Timetable"
    assert sharing.tell_source(source, reported) == "Source: Nell, Notes from the sleeping car, The Timetable"


# --- Columns ---------------------------------------------------------------------------------------------------------


def place(count: int, *answers: str | None) -> Spectrum:
    experts = [make.expert_row(n, f"Expert {n}") for n in range(count)]
    chosen = [answers[n % len(answers)] for n in range(count)]
    positions = [make.position_row(e, ASKED, answer) for e, answer in zip(experts, chosen, strict=True)]
    return place_experts(ASKED, compare(experts, [ASKED], positions).column(ASKED))


@pytest.mark.parametrize("count", [1, 4, 12, 60, 400])
@pytest.mark.parametrize("top", [180, 390])
def test_everybody_is_above_the_line_and_within_the_column(count: int, top: int) -> None:
    columns, others = lay_columns(place(count, "Likely", "Even", "Likely", "It depends"), top)
    assert others == ""
    beside = [column.label.lines[0] for column in columns.columns if not column.is_on_axis]
    assert beside == (["It depends"] if count > 3 else [])
    pitch = 1080 / len(columns.columns)
    marks = [(column, mark) for column in columns.columns for mark in column.marks]
    assert all(top <= mark.y and mark.y + mark.height < columns.y for _, mark in marks)
    assert all(abs(mark.x - column.x) + mark.width / 2 <= pitch / 2 for column, mark in marks)
    told = [mark.text.lines[0] for _, mark in marks]
    assert len(told) == count or sum(map(int, told)) == count


def test_who_stands_nowhere_is_told_in_words() -> None:
    columns, others = lay_columns(place(3, "Likely", None), 200)
    assert others == "Asked, gave no answer: Expert 1"
    assert sum(len(column.marks) for column in columns.columns) == 2
