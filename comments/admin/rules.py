"""The house rules on one page: what each does, what it is set to, and what it would have done to past comments."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from aisrace.keeping.admin import DeskAdmin
from comments.attempts import Outcome, Rule
from comments.models import ScreeningRule
from comments.rulebook import RULES, find_rule
from comments.ruling import MOST_WORDS, find_faults, set_rules
from comments.screening import House, read_house
from comments.trying import Trial, try_rules

HIGHEST = 100_000
OUTCOMES = [(Outcome.HOLD, "hold it"), (Outcome.REFUSE, "refuse it, and say why"), (Outcome.OFF, "do nothing")]


class RuleForm(forms.Form):
    """What the desk may set about one rule, in fields named after it."""

    outcome = forms.ChoiceField(choices=OUTCOMES, label="What happens then")
    number = forms.IntegerField(min_value=0, max_value=HIGHEST, label="Its measure")
    words = forms.CharField(
        required=False,
        label="Words, one a line",
        help_text="In any case, whole words alone. A star before or after a word stands for any letters: spam* finds "
        f"“spammer” too. At most {MOST_WORDS} lines.",
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, rule: Rule, house: House, data: QueryDict | None = None) -> None:
        measure = house.measure_of(rule)
        initial = {"outcome": house.outcome_of(rule), "number": measure.number, "words": "\n".join(measure.words)}
        super().__init__(data, prefix=rule.key, initial=initial)
        if rule.number is None:
            del self.fields["number"]
        if not rule.has_words:
            del self.fields["words"]

    def clean_words(self) -> str:
        lines = dict.fromkeys(line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip())
        words = "\n".join(lines)
        if faults := find_faults(words):
            raise forms.ValidationError(faults)
        return words

    def make_row(self, rule: Rule) -> ScreeningRule:
        asked = self.cleaned_data
        return ScreeningRule(
            key=rule.key, outcome=asked["outcome"], number=asked.get("number"), words=asked.get("words", "")
        )


@dataclass(frozen=True)
class Shown:
    """A rule as the page shows it; no form for what is fixed."""

    rule: Rule
    form: RuleForm | None
    is_off: bool


def show_rules(house: House, data: QueryDict | None) -> list[Shown]:
    return [
        Shown(rule, None if rule.is_fixed else RuleForm(rule, house, data), house.outcome_of(rule) == Outcome.OFF)
        for rule in RULES
    ]


@admin.register(ScreeningRule)
class ScreeningRuleAdmin(DeskAdmin):
    """One page for all of them, whichever row is asked for."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if self.get_object(request, object_id) is None:
            raise Http404
        return self.changelist_view(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        house, posted = read_house(), request.POST if request.method == "POST" else None
        shown = show_rules(house, posted)
        if posted is None:
            return self.show(request, shown)
        if not all(each.form.is_valid() for each in shown if each.form):
            return self.show(request, shown)
        rows = [each.form.make_row(each.rule) for each in shown if each.form]
        if "try" in posted:
            trial = try_out(posted["try"], rows)
            return self.show(request, shown, trial=trial, tried=find_rule(posted["try"]))
        return self.save_rules(request, rows)

    def save_rules(self, request: HttpRequest, rows: Iterable[ScreeningRule]) -> HttpResponse:
        if not self.has_change_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        changed = set_rules(rows, by=request.user, now=timezone.now())
        messages.success(request, f"Set from now on: {', '.join(changed)}." if changed else "All is as it was.")
        return go_to_rules()

    def show(self, request: HttpRequest, shown: list[Shown], **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": "House rules",
            "shown": shown,
            "is_wrong": any(each.form.errors for each in shown if each.form and each.form.is_bound),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "moderating/rules.html", shared | context)


def try_out(key: str, rows: Iterable[ScreeningRule]) -> Trial:
    """All rules as they stand in the form, or the one that is named, even where it is off."""
    house, rule = House({row.key: row for row in rows}), find_rule(key)
    return try_rules(house, timezone.now(), [rule] if rule else None)


def go_to_rules() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:comments_screeningrule_changelist"))
