"""Snippets: the right passage, whole words, the words that were asked for and nothing else marked."""

import time

import pytest

from aisrace.search.marking import LENGTH, as_html, as_text, make_snippet, mark_all
from aisrace.search.words import analyse
from tests.hostile import TEXTS


def html(text: str, asked: str) -> str:
    return as_html(mark_all(text, analyse(asked)))


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("Policies and policy.", "policy", "<mark>Policies</mark> and <mark>policy</mark>."),
        ("A naïve Zoë.", "naive zoe", "A <mark>naïve</mark> <mark>Zoë</mark>."),
        ("Ein straßenzug, Straße", "strasse", "Ein straßenzug, <mark>Straße</mark>"),
        ("trainer, training", "trains", "trainer, <mark>training</mark>"),
        ("对李开复说", "李开复", "对<mark>李</mark><mark>开</mark><mark>复</mark>说"),
        ("ＧＰＴ is wide", "gpt", "<mark>ＧＰＴ</mark> is wide"),
        ("Привет, МИР", "мир", "Привет, <mark>МИР</mark>"),
        ("<b>night</b> & day", "night", "&lt;b&gt;<mark>night</mark>&lt;/b&gt; &amp; day"),
        ("overnight night", "night", "overnight <mark>night</mark>"),
        ("nothing here", "night", "nothing here"),
        ("", "night", ""),
    ],
)
def test_what_is_marked(text: str, asked: str, shown: str) -> None:
    assert html(text, asked) == shown


def test_the_passage_with_most_of_the_words_is_shown() -> None:
    text = f"{'Trains come first. ' * 40}Then the night falls on trains and ferries. {'Nothing more. ' * 40}"
    shown = make_snippet(text, analyse("night trains ferry"))
    assert {piece.text for piece in shown if piece.is_marked} == {"Trains", "night", "trains", "ferries"}
    whole = as_text(shown)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert len(whole) <= LENGTH + 4
    assert whole[2:-2] in text
    assert text.split(whole[2:-2], maxsplit=1)[0].endswith(" ")


def test_without_a_hit_the_beginning_is_shown() -> None:
    shown = as_text(make_snippet("Word " * 100, analyse("zebra")))
    assert shown.startswith("Word Word")
    assert shown.endswith("Word …")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_nothing_gets_out(text: str) -> None:
    begun = time.perf_counter()
    shown = as_html(make_snippet(text, analyse(text)[:20]))
    assert time.perf_counter() - begun < 1
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
