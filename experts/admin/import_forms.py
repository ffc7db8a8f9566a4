"""The form in which an editor says what a table means. What it yields is what `manage.py import_positions` takes."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms

from experts.importing import MAX_LANGUAGE
from experts.importing.entries import MAX_NAME
from experts.importing.scales import BUILT_IN, KnownScale, ScaleUnclear, interpret, read_scales
from experts.importing.uploads import Head
from experts.models import Position

# Fields in the order in which a person thinks of them, with what they hold. The first four are necessary.
FIELDS = {
    "expert": ("Expert", "Who answered. “Last, First” is turned round."),
    "wording": ("Question", "The whole question, in the words it was put in."),
    "answer": ("Answer", "As the scale words it. An empty cell: asked, gave no answer."),
    "date": ("Day", "When the answer was given."),
    "confidence": ("How sure", "A whole number from 1 to 10."),
    "comment": ("The expert’s own words", "Kept as a verbatim quote."),
    "topic": ("Topic", "One for each row."),
    "affiliation": ("Affiliation", "Where the expert worked on that day."),
    "poll": ("Id of the poll", "The table’s own name for a poll. It tells polls apart when the table comes again."),
    "part": ("Part of the poll", "A letter or number, where a poll puts several questions."),
}
NECESSARY = ("expert", "wording", "answer", "date")
DATE_FORMATS = [
    ("", "2024-01-31"),
    ("%d/%m/%Y", "31/01/2024 (day first)"),
    ("%m/%d/%Y", "01/31/2024 (month first)"),
    ("%d.%m.%Y", "31.01.2024"),
    ("%d-%m-%Y", "31-01-2024"),
    ("%d %B %Y", "31 January 2024"),
    ("%B %d, %Y", "January 31, 2024"),
    ("%d %b %Y", "31 Jan 2024"),
]
BLANKS = [(str(blank.value).replace("_", " "), f"{blank.label} (no answer)") for blank in Position.Blank]
MAX_ANSWERS = 40
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class UploadForm(forms.Form):
    file = forms.FileField(label="Table", help_text="CSV (UTF-8) or XLSX.")


class MappingForm(forms.Form):
    """Built from the table's head and the cells of its column of answers, with how often each stands there."""

    sheet = forms.CharField(required=False)
    scale = forms.ChoiceField(label="Scale of the answers", required=False)
    date_format = forms.ChoiceField(label="How days are written", choices=DATE_FORMATS, required=False)
    day = forms.DateField(
        label="Day of rows without one",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Only where the table has no column for it, or leaves it empty.",
    )
    source = forms.CharField(
        label="Name of the source",
        max_length=MAX_NAME,
        required=False,
        help_text="The panel or publication. Give the same name each time the same panel comes in.",
    )
    publisher = forms.CharField(max_length=MAX_NAME, required=False)
    language = forms.CharField(
        label="Language of the experts’ words",
        max_length=MAX_LANGUAGE,
        required=False,
        help_text="A language tag: en, de, zh-Hans.",
    )
    visibility = forms.ChoiceField(
        label="What is new is",
        choices=[("private", "private, until an article that shows it is published"), ("public", "public at once")],
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, head: Head, answers: Counter[str], options: Mapping[str, Any], may_publish: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.head, self.answers, self.said = head, answers, options.get("answers", {})
        self.scales = {scale.slug: scale for scale in [*BUILT_IN, *read_scales()]}
        self._choose_table(options)
        scale = self.fields["scale"]
        assert isinstance(scale, forms.ChoiceField)  # noqa: S101 (for the type checker)
        scale.choices = [("", "Choose…"), *((slug, _describe(known)) for slug, known in self.scales.items())]
        if not may_publish:
            visibility = self.fields["visibility"]
            assert isinstance(visibility, forms.ChoiceField)  # noqa: S101
            visibility.choices = [("private", "private; you may not publish")]
        self._add_columns(options.get("columns", {}))
        self.cells = self._add_answers(options.get("scale", ""))

    def _choose_table(self, options: Mapping[str, Any]) -> None:
        for name in ("scale", "date_format", "day", "source", "publisher", "language"):
            self.fields[name].initial = options.get(name, "")
        self.fields["visibility"].initial = "public" if options.get("private") is False else "private"
        sheets = [(name, name) for name in self.head.sheets]
        self.fields["sheet"] = forms.ChoiceField(
            label="Sheet",
            required=False,
            choices=sheets,
            initial=self.head.sheet,
            widget=forms.Select if len(sheets) > 1 else forms.HiddenInput,
        )

    def _add_columns(self, columns: Mapping[str, str]) -> None:
        headings = [(heading, heading) for heading in self.head.headings if heading]
        for name, (label, told) in FIELDS.items():
            none = "Choose a column…" if name in NECESSARY else "not in the table"
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=label,
                help_text=told,
                required=False,
                choices=[("", none), *headings],
                initial=columns.get(name, ""),
            )

    def _add_answers(self, slug: str) -> list[tuple[str, int, str, str]]:
        """Cells with their count, the name of their field and, where the scale has them, what they mean there."""
        scale = self.scales.get(slug)
        known = self._interpret(slug)
        choices = [("", "Choose…"), *((label, label) for label in scale.answers)] if scale else []
        cells = []
        for number, (cell, times) in enumerate(sorted(self.answers.items(), key=lambda i: (i[0] in known, -i[1]))):
            if number >= MAX_ANSWERS:
                break
            name = f"answer_{number}" if scale and cell not in known else ""
            if name:
                self.fields[name] = forms.ChoiceField(
                    label=f"What “{cell[:100]}” means",
                    choices=[*choices, *BLANKS],
                    required=False,
                    initial=self.said.get(cell, ""),
                )
            cells.append((cell, times, name, known.get(cell, "")))
        return cells

    def _interpret(self, slug: str) -> dict[str, str]:
        """What the scale understands without being told."""
        if not slug:
            return {}
        try:
            meaning = interpret(self.answers, slug, {})
        except ScaleUnclear:
            return {}
        blanks = {cell: str(Position.Blank(reason).label) for cell, reason in meaning.blanks.items()}
        return {**meaning.labels, **blanks}

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{name}"] for name in FIELDS]

    @property
    def necessary(self) -> set[str]:
        return {f"column_{name}" for name in NECESSARY}

    @property
    def answer_rows(self) -> list[tuple[str, int, str, forms.BoundField | None]]:
        return [(cell, times, known, self[name] if name else None) for cell, times, name, known in self.cells]

    def clean_language(self) -> str:
        language = self.cleaned_data["language"]
        if language and not _LANGUAGE.fullmatch(language):
            raise forms.ValidationError("This is not a language tag like en or zh-Hans.")
        return language

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("scale"):
            self.add_error("scale", "Choose the scale that the answers are on.")
        chosen: dict[str, str] = {}
        for name in FIELDS:
            heading = data.get(f"column_{name}", "")
            if heading and heading in chosen:
                label = FIELDS[chosen[heading]][0]
                self.add_error(f"column_{name}", f"“{heading}” is chosen for “{label}” already.")
            elif heading:
                chosen[heading] = name
            elif name in NECESSARY and not (name == "date" and data.get("day")):
                self.add_error(f"column_{name}", "Choose the column that holds it.")
        for cell, _, name, _ in self.cells:
            if name and not data.get(name):
                self.add_error(name, f"Say what “{cell[:40] or 'an empty cell'}” means.")
        return data

    def read_options(self) -> dict[str, Any]:
        """As `ImportRun.options` keeps it; also of a form that is not complete."""
        data = self.cleaned_data
        plain = {k: data.get(k) or "" for k in ("sheet", "scale", "date_format", "source", "publisher", "language")}
        day = data.get("day")
        asked = {cell: data.get(name, "") for cell, _, name, _ in self.cells if name}
        answers = {cell: word for cell, word in (self.said | asked).items() if word}
        return {
            **plain,
            "day": day.isoformat() if day else "",
            "private": data.get("visibility") != "public",
            "columns": {name: data.get(f"column_{name}") or "" for name in FIELDS},
            "answers": answers,
        }


def _describe(scale: KnownScale) -> str:
    labels = list(scale.answers)
    shown = ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")
    return f"{scale.name} ({shown})"
