"""Sources, positions and quotes in the desk."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from aisrace.keeping.choices import ScopedChoices
from experts.admin.lists import FOR_READERS, IS_PUBLIC, DatedByEditors
from experts.admin.position_form import PositionForm, QuoteForm
from experts.models import Position, Quote, Source


@admin.register(Source)
class SourceAdmin(KeptAdmin):
    list_display = ["title", "author", "publisher", "kind", "published_on", "checked_on"]
    list_filter = ["kind", "published_on"]
    search_fields = ["title", "author", "publisher", "url"]


class QuoteFormSet(BaseInlineFormSet):
    """Words need a source: their own or that of the position."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            wanted = form.has_changed() and not self._should_delete_form(form)  # type: ignore[attr-defined]
            if wanted and not form.cleaned_data.get("source") and not self.instance.source:
                form.add_error("source", ValidationError("Say where the words stand: choose a source, here or above."))

    def save_new(self, form: Any, commit: bool = True) -> Any:
        form.instance.source = form.cleaned_data.get("source") or self.instance.source
        return super().save_new(form, commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        form.instance.source = form.cleaned_data.get("source") or self.instance.source
        return super().save_existing(form, obj, commit)


class QuoteInline(ScopedChoices, StackedInline):
    model = Quote
    form = QuoteForm
    formset = QuoteFormSet
    extra = 0
    autocomplete_fields = ["source"]
    fields = ["kind", "words", "locator", "source", "language", "original"]

    def get_extra(self, request: HttpRequest, obj: Position | None = None, **kwargs: Any) -> int:
        """A first one where words are already at hand; see `PositionAdmin.get_formset_kwargs`."""
        return 1 if obj is None and request.GET.get("words") else self.extra

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        return super().get_queryset(request).select_related("source")


@admin.register(Position)
class PositionAdmin(DatedByEditors, ScopedChoices, KeptAdmin):
    form = PositionForm
    list_display = ["expert", "question", "answer", "blank", "stated_on", "confidence", "public_at"]
    list_display_links = ["expert", "question"]
    list_filter = ["question__scale", "blank", "dating", IS_PUBLIC]
    date_hierarchy = "stated_on"
    search_fields = ["expert__name", "question__wording", "question__label", "summary"]
    autocomplete_fields = ["expert", "question", "source"]
    inlines = [QuoteInline]
    fieldsets = [
        (None, {"fields": ["expert", "question", "answer", "blank", ("stated_on", "dating"), "confidence", "summary"]}),
        ("Where it was said", {"fields": ["source", "citation"]}),
        FOR_READERS,
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        """Also what other forms search when they choose a position; its name has that of expert and question in it."""
        return super().get_queryset(request).select_related("expert", "question", "answer")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.user = request.user
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """`?words=…` of an add form are those of the first quote, as the article's panel hands them over."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and not obj.pk and (words := request.GET.get("words")):
            kwargs["initial"] = [{"words": words, "locator": request.GET.get("locator", "")}]
        return kwargs

    def save_model(self, request: HttpRequest, obj: Position, form: Any, change: bool) -> None:
        source: Any = obj.source
        if source and source.pk is None:
            source.entered_by = request.user
            source.save()
            obj.source = source  # whose key is only known now
        super().save_model(request, obj, form, change)
