"""Sources, positions and quotes in the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from experts.models import Answer, Position, Quote, Source

IS_PUBLIC = ("public_at", admin.EmptyFieldListFilter)


@admin.register(Source)
class SourceAdmin(KeptAdmin):
    list_display = ["title", "author", "publisher", "kind", "published_on", "checked_on"]
    list_filter = ["kind", "published_on"]
    search_fields = ["title", "author", "publisher", "url"]


class QuoteInline(StackedInline):
    model = Quote
    extra = 0
    autocomplete_fields = ["source"]


@admin.register(Position)
class PositionAdmin(KeptAdmin):
    list_display = ["expert", "question", "answer", "blank", "stated_on", "confidence", "public_at"]
    list_display_links = ["expert", "question"]
    list_filter = ["question__scale", "blank", "dating", IS_PUBLIC]
    date_hierarchy = "stated_on"
    search_fields = ["expert__name", "question__wording", "question__label", "summary"]
    autocomplete_fields = ["expert", "question", "source"]
    inlines = [QuoteInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        """Also what other forms search when they choose a position; its name has that of expert and question in it."""
        return super().get_queryset(request).select_related("expert", "question", "answer")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Answers of different scales have the same labels: each says which scale is its own."""
        if db_field.name == "answer":
            kwargs["queryset"] = Answer.objects.select_related("scale").order_by("scale__name", "scale", "order", "id")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "answer":
            field.label_from_instance = lambda answer: f"{answer.scale}: {answer}"
        return field
