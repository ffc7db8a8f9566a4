"""The forms on the pages around an article."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from articles.models import Edition
from articles.previewing import LASTING
from articles.timing import NoSuchTime, TwiceThatDay, find_zone, list_zones, tell_zone, to_moment

Kind = Edition.Kind
FARTHEST = timedelta(days=2 * 366)

# What each kind tells readers, and whether it moves the date they see.
KINDS: tuple[tuple[str, str, str], ...] = (
    (Kind.UPDATE, "Update", "Something is new. Moves the “updated” date."),
    (Kind.CORRECTION, "Correction", "Something was wrong. Readers are told what. Moves the “updated” date."),
    (Kind.CLARIFICATION, "Clarification", "Something could be misread. Readers are told what. The date stays."),
    (Kind.TYPO, "Typing error", "Nothing means anything else than before. The date stays."),
)


class PublishForm(forms.Form):
    """Without a kind it is the first edition. `folds` are the two moments to choose from where the clocks go back."""

    seen = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[(kind, title) for kind, title, _ in KINDS], required=False)
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    when = forms.ChoiceField(choices=[("now", "Now"), ("later", "At a time")], initial="now")
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    zone = forms.ChoiceField()
    fold = forms.ChoiceField(choices=[("0", "the first"), ("1", "the second")], required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folds: list[tuple[str, str]] = []
        self.fields["zone"].choices = with_zone(list_zones(), str(zone))  # type: ignore[attr-defined]
        self.fields["zone"].initial = str(zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["at"] = None
        if cleaned.get("when") == "later" and not self.errors:
            cleaned["at"] = self.find_moment(cleaned)
        return cleaned

    def find_moment(self, cleaned: dict[str, Any]) -> datetime | None:
        for name, question in (("day", "On which day?"), ("time", "At what time?")):
            if cleaned[name] is None:
                self.add_error(name, question)
        if self.errors:
            return None
        today = timezone.localdate()
        if not today - timedelta(days=1) <= cleaned["day"] <= today + FARTHEST:
            self.add_error("day", "Choose a day from today on, within two years.")
            return None
        fold = int(cleaned["fold"]) if cleaned["fold"] else None
        try:
            return to_moment(cleaned["day"], cleaned["time"], find_zone(cleaned["zone"]) or ZoneInfo("UTC"), fold)
        except NoSuchTime as refusal:
            self.add_error("time", str(refusal))
        except TwiceThatDay as question:
            self.add_error("time", str(question))
            self.folds = [(str(at.fold), f"{at:%H:%M} {tell_zone(at)}") for at in question.choices]
        return None


def with_zone(zones: Any, name: str) -> list[Any]:
    """The site's own zone is always among them, whatever it is called."""
    known = any(name == zone for _, places in zones for zone, _ in places)
    return [*zones] if known else [("This site", [(name, name)]), *zones]


class NoteForm(forms.Form):
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class WithdrawForm(forms.Form):
    """`edition` is the newest when the page was opened: what has come since is not withdrawn unseen."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=2000,
        error_messages={"required": "Tell readers why it is withdrawn."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LinkForm(forms.Form):
    made_for = forms.CharField(label="For whom", required=False, max_length=200)
    lasts = forms.ChoiceField(label="For how long", choices=[(name, name) for name in LASTING], initial="7 days")

    def clean_lasts(self) -> timedelta:
        return LASTING[self.cleaned_data["lasts"]]
