"""What query strings are understood to ask; nothing here needs the record."""

from datetime import date

import pytest
from django.http import QueryDict

from experts.forms import AnswersForm, AsOfForm, CompareForm, StatementForm, WordsForm


def compare(query: str) -> CompareForm:
    return CompareForm(QueryDict(query))


def reasons(form: AsOfForm | WordsForm) -> list[str]:
    return [reason for errors in form.errors.values() for reason in errors]


@pytest.mark.parametrize(
    ("query", "day"),
    [
        ("as_of=2025-01-31", date(2025, 1, 31)),
        ("as_of=0001-01-01", date(1, 1, 1)),
        ("as_of=9999-12-31", date(9999, 12, 31)),
        ("as_of=%20%202025-01-31%20", date(2025, 1, 31)),
        ("as_of=x&as_of=2025-01-31", date(2025, 1, 31)),
        ("as_of=", None),
        ("", None),
    ],
)
def test_a_day_is_understood(query: str, day: date | None) -> None:
    form = AsOfForm(QueryDict(query))
    assert form.day == day
    assert form.is_valid()


@pytest.mark.parametrize(
    "written", ["x", "31.01.2025", "2025-1-32", "2025-02-29", "25-01-31", "2025-01-31T10:00", "%00"]
)
def test_what_is_no_day_is_explained_and_counts_as_none(written: str) -> None:
    form = AsOfForm(QueryDict(f"as_of={written}"))
    assert form.day is None
    assert reasons(form) == ["“As of” must be a day written like 2025-01-31."]


def test_words_are_cleaned() -> None:
    form = WordsForm(QueryDict("q=%20night%0A%20trains%E2%80%AE"))
    assert form.asked("q") == "night trains"


def test_one_wrong_field_does_not_silence_the_others() -> None:
    form = StatementForm(QueryDict("q=ferries&show=answered&as_of=x"))
    assert (form.asked("q"), form.asked("show"), form.day) == ("ferries", "answered", None)
    assert not form.is_valid()


@pytest.mark.parametrize("form", [StatementForm, AnswersForm])
def test_only_known_choices_narrow(form: type[StatementForm | AnswersForm]) -> None:
    assert form(QueryDict("show=quoted")).asked("show") == "quoted"
    wrong = form(QueryDict("show=nonsense"))
    assert wrong.asked("show") is None
    assert reasons(wrong) == ["“Show” must be one of the choices."]


def test_unknown_parameters_are_ignored() -> None:
    form = AsOfForm(QueryDict("utm_source=x&as_of=2025-01-31"))
    assert form.is_valid()


def test_experts_and_questions_are_kept_in_the_order_given() -> None:
    form = compare("expert=b&expert=a&question=y&question=x&expert=")
    assert (form.experts, form.questions) == (["b", "a"], ["y", "x"])
    assert form.is_valid()


def test_every_repeated_name_is_told_once() -> None:
    assert reasons(compare("expert=a&expert=a&expert=a&expert=b&question=x&question=x")) == [
        "The expert “a” is chosen more than once.",
        "The question “x” is chosen more than once.",
    ]


def test_six_experts_are_the_most() -> None:
    assert compare("&".join(f"expert=e{n}" for n in range(6))).is_valid()
    assert reasons(compare("&".join(f"expert=e{n}" for n in range(9)))) == ["Choose at most 6 experts; 9 are chosen."]


def test_unknown_names_are_told_once_each() -> None:
    form = compare("expert=a&expert=nobody&question=x&question=nothing")
    form.refuse_unknown({"a"}, {"x"})
    assert reasons(form) == ["There is no expert “nobody” here.", "There is no question “nothing” here."]


def test_names_are_cleaned_and_cut() -> None:
    form = compare(f"expert=a%00b%E2%80%AE&expert={'x' * 5_000}")
    assert form.experts == ["ab", "x" * 100]
