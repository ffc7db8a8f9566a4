"""What readers may ask of the record by query string. Unknown parameters are ignored, bad values explained."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.renderers import Jinja2
from django.http import QueryDict

from aisrace.lib.text import clean_line
from experts.models import Topic

MOST_EXPERTS = 6


class ReaderForm(forms.Form):
    """A form that is never wrong as a whole: what was understood counts, and the errors say what was not."""

    # A choice of 160 topics takes Django's own templates 20 ms.
    default_renderer = Jinja2()

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, auto_id="%s")

    def asked(self, name: str) -> Any:
        """The cleaned value; None where it is missing or could not be understood."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class AsOfForm(ReaderForm):
    """Asks for the record as it stood at the end of a day; empty means the latest."""

    as_of = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        label="As of",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "“As of” must be a day written like 2025-01-31."},
    )

    @property
    def day(self) -> date | None:
        return self.asked("as_of")


class WordsForm(ReaderForm):
    """Narrows a list to what contains some words."""

    q = forms.CharField(required=False, max_length=200, label="Containing", widget=forms.TextInput({"type": "search"}))

    def clean_q(self) -> str:
        return clean_line(self.cleaned_data["q"])


class ChangesForm(WordsForm):
    """Narrows a list to a topic and to what contains some words."""

    topic = forms.ModelChoiceField(
        Topic.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label="All topics",
        error_messages={"invalid_choice": "There is no such topic."},
    )

    def __init__(self, query: QueryDict, now: datetime) -> None:
        super().__init__(query)
        self.fields["topic"].queryset = Topic.objects.asked(now)  # type: ignore[attr-defined]


class TopicForm(ChangesForm, AsOfForm):
    """As it stood on a day."""


class StatementForm(WordsForm, AsOfForm):
    """Narrows an expert's record."""

    show = forms.ChoiceField(
        required=False,
        choices=[("", "Everything"), ("answered", "Answers"), ("quoted", "In their words"), ("blank", "No answer")],
        error_messages={"invalid_choice": "“Show” must be one of the choices."},
    )


class AnswersForm(AsOfForm):
    """Narrows everybody's answers to one question."""

    show = forms.ChoiceField(
        required=False,
        choices=[("", "Everybody"), ("quoted", "In their words"), ("blank", "No answer")],
        error_messages={"invalid_choice": "“Show” must be one of the choices."},
    )


class CompareForm(AsOfForm):
    """Two to six experts, and questions; each named by its slug, once. An error's code says which of the two."""

    most_experts = MOST_EXPERTS

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.experts = [clean_line(slug)[:100] for slug in query.getlist("expert") if slug]
        self.questions = [clean_line(slug)[:100] for slug in query.getlist("question") if slug]

    def clean(self) -> dict[str, Any]:
        for name, slugs in (("expert", self.experts), ("question", self.questions)):
            for slug in _repeated(slugs):
                self.refuse(name, f"The {name} “{slug}” is chosen more than once.")
        if (chosen := len(set(self.experts))) > MOST_EXPERTS:
            self.refuse("expert", f"Choose at most {MOST_EXPERTS} experts; {chosen} are chosen.")
        return self.cleaned_data

    @property
    def address(self) -> str:
        """The query of this comparison, the same in whichever order it was chosen; empty where nothing is compared."""
        if not self.is_valid() or len(self.experts) < 2:
            return ""
        chosen = [("expert", slug) for slug in sorted(self.experts)]
        chosen = [("expert", slug) for slug in sorted(self.experts)]
        return urlencode(chosen + [("question", slug) for slug in sorted(self.questions)])

    def refuse_unknown(self, experts: set[str], questions: set[str]) -> None:
        """Adds an error for every slug that is not among those known."""
        for name, slugs, known in (("expert", self.experts, experts), ("question", self.questions, questions)):
            for slug in dict.fromkeys(slug for slug in slugs if slug not in known):
                self.refuse(name, f"There is no {name} “{slug}” here.")

    def refuse(self, name: str, why: str) -> None:
        self.add_error(None, forms.ValidationError(why, code=name))


def _repeated(slugs: list[str]) -> list[str]:
    return list(dict.fromkeys(slug for slug in slugs if slugs.count(slug) > 1))
