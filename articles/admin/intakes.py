"""Bringing in an article: a document goes in, an editor sees what each part of it became, and then there is a draft."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from aisrace.keeping.admin import DeskAdmin
from aisrace.keeping.trail import record
from aisrace.lib.text import clean_line
from articles.importing.accounting import count_shares, cut_pieces
from articles.importing.blocks import DocumentUnreadable
from articles.importing.casting import NEW, NOBODY, may_add_experts
from articles.importing.documents import understand_pasted, understand_upload
from articles.importing.drafting import Choices, draft_article, find_intake
from articles.importing.matching import Match, index_experts, match_expert
from articles.importing.reading import Reading
from articles.importing.storing import dump_reading, load_reading
from articles.models import Intake
from experts.models import Expert


class BringInForm(forms.Form):
    """A file or pasted text, one of the two; once valid, `name` and `reading` hold what was understood of it."""

    file = forms.FileField(
        required=False,
        help_text="A Word document (.docx), a saved web page (.html), Markdown or plain text; up to 20 MB.",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".docx,.html,.htm,.md,.markdown,.txt"}),
    )
    pasted = forms.CharField(
        label="or its text",
        required=False,
        max_length=1_000_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("file")) == bool(cleaned.get("pasted", "").strip()):
            raise ValidationError("Choose a file or paste the text; one of the two.")
        try:
            self.reading = self.understand(cleaned)
        except DocumentUnreadable as unreadable:
            raise ValidationError(str(unreadable)) from unreadable
        return cleaned

    def understand(self, cleaned: dict[str, Any]) -> Reading:
        if upload := cleaned.get("file"):
            self.name = clean_line(upload.name)[:300]
            return understand_upload(upload.name, upload)
        self.name = "Pasted text"
        return understand_pasted(cleaned["pasted"])


class ReviewForm(forms.Form):
    """What the draft is to begin with; a select for each expert that the document names."""

    headline = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    standfirst = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))
    authors = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))
    apart = forms.TypedChoiceField(
        label="This document was brought in before",
        choices=[("", "Bring that draft up to date; what an editor changed stays"), ("yes", "Make a new draft")],
        coerce=bool,
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )

    def __init__(self, *args: Any, matches: list[Match], known: Intake | None, may_add: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches = matches
        if known is None:
            del self.fields["apart"]
        for number, match in enumerate(matches):
            self.fields[f"expert_{number}"] = offer(match, may_add)

    def experts(self) -> list[tuple[Match, forms.BoundField]]:
        return [(match, self[f"expert_{number}"]) for number, match in enumerate(self.matches)]

    def as_choices(self) -> Choices:
        experts = {match.name: self.cleaned_data[f"expert_{n}"] for n, match in enumerate(self.matches)}
        cleaned = self.cleaned_data
        return Choices(
            cleaned["headline"], cleaned["standfirst"], cleaned["authors"], experts, bool(cleaned.get("apart"))
        )


def offer(match: Match, may_add: bool) -> forms.ChoiceField:
    known = [(str(expert.pk), f"{expert.name}, on record") for expert in match.known]
    new = [(NEW, f"New expert: {match.name}")] if may_add else []
    choices = [*known, *new, (NOBODY, "Nobody: a heading only")]
    return forms.ChoiceField(
        label=match.name, choices=choices, initial=choices[0][0], widget=UnfoldAdminSelectWidget(choices=choices)
    )


@admin.register(Intake)
class IntakeAdmin(DeskAdmin):
    list_display = ["name", "article", "brought_by", "brought_at"]
    list_select_related = ["article", "brought_by"]
    search_fields = ["name", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intake]:
        return super().get_queryset(request).readable_by(request.user, timezone.now())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.add_article")

    def has_view_permission(self, request: HttpRequest, obj: Intake | None = None) -> bool:
        return request.user.has_perm("articles.add_article")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.add_article")

    def has_change_permission(self, request: HttpRequest, obj: Intake | None = None) -> bool:
        return request.user.has_perm("articles.add_article")

    def has_delete_permission(self, request: HttpRequest, obj: Intake | None = None) -> bool:
        """What was not made a draft may be thrown away; the rest belongs to its article."""
        return self.has_add_permission(request) and (obj is None or obj.article_id is None)

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        return {}

    def delete_model(self, request: HttpRequest, obj: Intake) -> None:
        with transaction.atomic():
            record("deleted", obj, by=request.user, now=timezone.now())
            super().delete_model(request, obj)

    # --- In ------------------------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BringInForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            intake = Intake.objects.create(
                name=form.name,
                text=form.reading.text,
                reading=dump_reading(form.reading),
                brought_by=request.user,  # type: ignore[misc]
                brought_at=timezone.now(),
            )
            return HttpResponseRedirect(reverse("admin:articles_intake_change", args=[intake.pk]))
        return self.show(request, "intakes/bring_in.html", title="Bring in an article", form=form)

    # --- Review --------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        intake = self.get_object(request, object_id)
        if intake is None:
            raise Http404
        if intake.article_id:
            return self.show_account(request, intake, intake.spans)
        return self.review(request, intake)

    def review(self, request: HttpRequest, intake: Intake) -> HttpResponse:
        reading = load_reading(intake.reading)
        known = find_intake(intake.name, reading, request.user)  # type: ignore[arg-type]
        initial = {
            "headline": reading.headline,
            "standfirst": reading.standfirst,
            "authors": "\n".join(reading.authors),
        }
        matches = self.match_experts(request, reading)
        may_add = may_add_experts(request.user)  # type: ignore[arg-type]
        form = ReviewForm(request.POST or None, initial=initial, matches=matches, known=known, may_add=may_add)
        if request.method == "POST" and form.is_valid():
            return self.draft(request, intake, reading, form.as_choices())
        return self.show_account(request, intake, intake.reading["spans"], form=form, reading=reading, known=known)

    def match_experts(self, request: HttpRequest, reading: Reading) -> list[Match]:
        index = index_experts(Expert.objects.readable_by(request.user, timezone.now()))
        parts = {part.expert: part for part in reversed(reading.sections) if part.expert}
        named = dict.fromkeys(part.expert for part in reading.sections if part.expert)
        return [match_expert(name, parts[name].role, parts[name].organisation, index) for name in named]

    def draft(self, request: HttpRequest, intake: Intake, reading: Reading, choices: Choices) -> HttpResponse:
        with transaction.atomic():
            # Two clicks make one draft: who comes second finds the document gone.
            if not Intake.objects.filter(pk=intake.pk, article=None).delete()[0]:
                raise Http404
            outcome = draft_article(
                reading,
                name=intake.name,
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
                choices=choices,
            )
        for message in outcome.tell():
            messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[outcome.article.pk]))

    # --- Pages ---------------------------------------------------------------------------------------------------

    def show_account(
        self, request: HttpRequest, intake: Intake, spans: list[dict[str, Any]], **context: Any
    ) -> HttpResponse:
        pieces, shares = cut_pieces(intake.text, spans), count_shares(spans)
        account = {"intake": intake, "pieces": pieces, "shares": shares, "total": len(intake.text)}
        return self.show(request, "intakes/review.html", title=intake.name, **account, **context)

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, shared | context)
