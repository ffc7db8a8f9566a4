"""A position with its evidence in one form: a source is chosen, or made from the reference that somebody pastes."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from aisrace.keeping.admin import holds_keys
from experts.citing import Reference, ReferenceUnclear, find_source, read_reference
from experts.models import Answer, Position, Question, Quote, Source

REFERENCE_HELP = (
    "Author, “Title”, Publisher, 31 January 2025, https://… – or BibTeX, RIS, a bare address. "
    "A source that is on record already is used again."
)


class PositionForm(forms.ModelForm):
    """`user` decides which sources may be found; the admin sets it on a subclass for each request."""

    user: User | AnonymousUser = AnonymousUser()

    citation = forms.CharField(
        label="or paste its reference",
        required=False,
        max_length=4000,
        help_text=REFERENCE_HELP,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    class Meta:
        model = Position
        exclude: list[str] = []
        widgets = {"summary": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "answer" in self.fields:
            self.offer_answers(self.find_question())

    def find_question(self) -> Question | None:
        """As posted, as given in the address, or as it is."""
        chosen = self.data.get(self.add_prefix("question")) or self.initial.get("question")
        if not holds_keys(chosen or ""):
            return self.instance.question if self.instance.question_id else None
        return Question.objects.readable_by(self.user, timezone.now()).filter(pk=int(str(chosen))).first()

    def offer_answers(self, question: Question | None) -> None:
        """Those of the question's scale; without a question all, each saying which scale is its own."""
        field = self.fields["answer"]
        answers = Answer.objects.select_related("scale").order_by("scale__name", "scale", "order", "id")
        if question:
            field.queryset = answers.filter(scale=question.scale_id)  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = f"This is not an answer of the scale “{question.scale}”."
        else:
            field.queryset = answers  # type: ignore[attr-defined]
            field.label_from_instance = lambda answer: f"{answer.scale}: {answer}"  # type: ignore[attr-defined]

    def clean_citation(self) -> Reference | None:
        text = self.cleaned_data["citation"]
        try:
            return read_reference(text) if text else None
        except ReferenceUnclear as unclear:
            raise ValidationError(str(unclear)) from unclear

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (reference := cleaned.get("citation")) and not cleaned.get("source"):
            source = (
                find_source(reference, Source.objects.readable_by(self.user, timezone.now())) or reference.as_source()
            )
            source.full_clean(exclude=["entered_by"])
            cleaned["source"] = self.instance.source = source
        return cleaned


class QuoteForm(forms.ModelForm):
    """A quote without a source of its own has the position's."""

    class Meta:
        model = Quote
        exclude: list[str] = []
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("words", "original")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source" in self.fields:
            self.fields["source"].required = False
            self.fields["source"].help_text = "Empty: the position's own."

    def _get_validation_exclusions(self) -> set[str]:
        """An empty source is filled in when the position is saved."""
        return super()._get_validation_exclusions() | {"source"}  # type: ignore[misc]
