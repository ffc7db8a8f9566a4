"""Every rule on bait and on what is harmless; which of them decides; what the desk may change."""

from time import process_time
from typing import Any

import pytest

from comments.attempts import Attempt, Finding, Measure, Outcome
from comments.models import ScreeningRule
from comments.rulebook import RULES, find_rule, list_textual, title_of
from comments.ruling import MOST_WORDS, find_faults, is_as_it_comes
from comments.screening import House, screen

LINKS = " ".join(f"https://example.org/{n}" for n in range(4))
NAMES = ("Ada Fernwick", "Bo Quillane")


def look(key: str, measure: Measure | None = None, **attempt: Any) -> Finding | None:
    rule = find_rule(key)
    assert rule
    return rule.look(Attempt(**{"text": "Quite so."} | attempt), measure or House().measure_of(rule))


def setting(key: str, outcome: str = "hold", number: int | None = None, words: str = "") -> House:
    return House({key: ScreeningRule(key=key, outcome=outcome, number=number, words=words)})


BAIT: list[tuple[str, dict[str, Any]]] = [
    ("honeypot", {"is_trap_filled": True}),
    ("closed", {"is_open": False}),
    ("too_long", {"text": "x" * 5_001}),
    ("banned", {"ban": "The author of comment 7"}),
    ("too_fast", {"is_too_fast": True}),
    ("lookalike", {"name": "Аda Fernwick", "protected": NAMES}),
    ("lookalike", {"name": "ada  fernwick", "protected": NAMES}),
    ("lookalike", {"name": "Moderator"}),
    ("many_links", {"text": LINKS}),
    ("repeated", {"is_repeated": True}),
    ("no_proof", {"has_worked": False}),
    ("newcomer", {"mode": "hold_newcomers", "is_newcomer": True}),
    ("hold_all", {"mode": "hold_all"}),
]
HARMLESS: list[tuple[str, dict[str, Any]]] = [
    ("too_long", {"text": "x" * 5_000}),
    ("lookalike", {"name": "Rosa Lindqvist", "protected": NAMES}),
    ("lookalike", {"name": "Moderator", "badge": "staff", "protected": NAMES}),
    ("many_links", {"text": LINKS.rsplit(" ", 1)[0]}),
    ("newcomer", {"mode": "hold_newcomers"}),
    ("newcomer", {"mode": "open", "is_newcomer": True}),
    ("newcomer", {"mode": "hold_newcomers", "is_newcomer": True, "badge": "staff"}),
    ("hold_all", {"mode": "hold_newcomers"}),
    *((rule.key, {}) for rule in RULES),
]


@pytest.mark.parametrize(("key", "attempt"), BAIT)
def test_bait_is_caught(key: str, attempt: dict[str, Any]) -> None:
    found = look(key, **attempt)
    assert found
    assert found.caught.strip()


@pytest.mark.parametrize(("key", "attempt"), HARMLESS)
def test_what_is_harmless_passes(key: str, attempt: dict[str, Any]) -> None:
    assert look(key, **attempt) is None


def test_every_rule_has_bait() -> None:
    assert {key for key, _ in BAIT} | {"listed_word"} == {rule.key for rule in RULES}


@pytest.mark.parametrize(
    ("words", "text", "caught"),
    [
        ("casino", "Come to the CASINO now", "CASINO"),
        ("casino", "casinos", None),
        ("casino*", "the casinos of Monaco", "casinos"),
        ("*coin", "bitcoin", "bitcoin"),
        ("*coin", "coinage", None),
        ("paid by", "You are paid by them", "paid by"),
        ("a.b", "axb", None),
        ("c++", "I write c++ here", "c++"),
        ("größe", "Die GRÖßE zählt", "GRÖßE"),
        ("", "anything", None),
        ("(", "a ( b", "("),
    ],
)
def test_listed_words(words: str, text: str, caught: str | None) -> None:
    found = look("listed_word", Measure(words=(words,)), text=text)
    assert (found and found.span and text[slice(*found.span)]) == caught


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Die GRÖSSE zählt",
            "_größe_",
            "gr**ö**ße",
            "[grö](https://a.example)ße",
            "grö\u200dße",
            "grоße",
            "ｇｒｏßｅ",
        ),
        *("groesse".replace("oe", "o"), "gro\u0308ße", "GrÖßE!"),
    ],
)
def test_listed_words_in_other_letters(text: str) -> None:
    assert look("listed_word", Measure(words=("größe",)), text=text)
    assert look("listed_word", Measure(words=("grö*",)), text=text)


def test_listed_words_in_the_name() -> None:
    assert look("listed_word", Measure(words=("größe",)), text="Nothing.", name="Mr Grоße")


@pytest.mark.parametrize("text", ["greatness", "a grosser mistake", "gro ße"])
def test_other_words_are_other_words(text: str) -> None:
    assert not look("listed_word", Measure(words=("größe",)), text=text)


def test_links_count_as_rendered() -> None:
    hidden = r"[a](https:\//a.example) " * 4
    assert look("many_links", text=hidden)
    assert not look("many_links", text="`https://a.example` " * 9)


@pytest.mark.parametrize(
    ("key", "text", "span"),
    [("many_links", LINKS, "https://example.org/3"), ("too_long", "x" * 5_000 + "tail", "tail")],
)
def test_a_span_is_where_it_says(key: str, text: str, span: str) -> None:
    found = look(key, text=text)
    assert found
    assert found.span
    assert text[slice(*found.span)] == span


@pytest.mark.parametrize("line", ["*xy{}*", "*y{}", "xy{}*"])
def test_a_list_as_long_as_it_may_be_takes_little_time(line: str) -> None:
    words = [line.format(number) for number in range(MOST_WORDS)]
    assert find_faults("\n".join(words)) == []
    began = process_time()
    assert look("listed_word", Measure(words=tuple(words)), text="xy" * 2_500) is None
    assert process_time() - began < 1


# --- All together ----------------------------------------------------------------------------------------------------


def test_the_first_objection_decides() -> None:
    verdict = screen(Attempt(LINKS, name="Moderator", is_repeated=True), House())
    assert verdict
    assert (verdict.rule.key, verdict.outcome) == ("lookalike", "hold")


def test_what_refuses_comes_first() -> None:
    outcomes = [rule.outcome for rule in RULES]
    assert outcomes == sorted(outcomes, key=lambda outcome: outcome != Outcome.REFUSE)


def test_nothing_objects_to_what_is_harmless() -> None:
    assert screen(Attempt("Quite so.", name="Rosa Lindqvist", protected=NAMES), House()) is None


def test_the_desk_sets_outcome_measure_and_words() -> None:
    attempt = Attempt("https://example.org/ and https://example.com/")
    assert screen(attempt, House()) is None
    assert screen(attempt, setting("many_links", "refuse", 1)).outcome == "refuse"
    assert screen(Attempt(LINKS), setting("many_links", "off")) is None
    assert screen(Attempt("A casino."), setting("listed_word", words="x\ncasino")).rule.key == "listed_word"
    assert screen(attempt, setting("many_links", "hold", 0)).finding.caught == "2 links."


def test_what_must_hold_is_not_the_desks_to_change() -> None:
    for key in ("closed", "honeypot", "newcomer", "hold_all"):
        assert find_rule(key).is_fixed
    assert screen(Attempt("x", is_open=False), setting("closed", "off")).outcome == "refuse"


def test_names_of_rules() -> None:
    assert title_of("many_links") == "Many links"
    assert title_of("a rule of last year") == "a rule of last year"
    assert len({rule.key for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)
    assert all(len(rule.key) <= 40 and rule.told and rule.about for rule in RULES)


def test_only_words_and_names_can_be_tried_out_later() -> None:
    """A rule that needs more would find nothing in past comments, and say that it finds nothing."""
    assert [rule.key for rule in list_textual()] == ["too_long", "lookalike", "listed_word", "many_links"]


# --- Setting them ----------------------------------------------------------------------------------------------------


INNER_STARS = ["*a*b*", "a*b", "*a*b", "**a", "* a", "a *"]


@pytest.mark.parametrize("words", ["*", "casino\n* *", *INNER_STARS, "x" * 81, "\n".join("abc" for _ in range(501))])
def test_words_that_would_catch_everything_or_take_forever_are_faults(words: str) -> None:
    assert find_faults(words)


@pytest.mark.parametrize("words", ["", "casino", "*coin*", "coin*", "*coin", "*paid by*", "x*", "paid by\n\n  c++  "])
def test_other_words_are_none(words: str) -> None:
    assert find_faults(words) == []


def test_what_is_as_it_comes_needs_no_row() -> None:
    rule = find_rule("many_links")
    assert is_as_it_comes(ScreeningRule(key="many_links", outcome="hold", number=3), rule)
    assert not is_as_it_comes(ScreeningRule(key="many_links", outcome="hold", number=4), rule)
    assert not is_as_it_comes(ScreeningRule(key="many_links", outcome="off", number=3), rule)
