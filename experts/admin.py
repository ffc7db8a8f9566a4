"""The record in Django's admin: enough to enter and correct it by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from experts.models import Affiliation, Answer, Expert, Position, Question, Quote, Scale, Source, Topic

IS_PUBLIC = ("public_at", admin.EmptyFieldListFilter)


class AffiliationInline(admin.TabularInline):
    model = Affiliation
    extra = 0


@admin.register(Expert)
class ExpertAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "sort_name", "public_at"]
    list_filter = ["kind", IS_PUBLIC]
    search_fields = ["name", "sort_name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AffiliationInline]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class AnswerInline(admin.TabularInline):
    model = Answer
    extra = 0


@admin.register(Scale)
class ScaleAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "description"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AnswerInline]


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "scale", "asked_on", "public_at"]
    list_filter = ["scale", IS_PUBLIC, "asked_on"]
    list_select_related = ["scale"]
    search_fields = ["wording", "label", "slug"]
    autocomplete_fields = ["scale", "topics"]
    prepopulated_fields = {"slug": ["label"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """With answers on record the scale stays: they would not be answers of another."""
        is_answered = obj is not None and obj.positions.exclude(answer=None).exists()
        return ["scale"] if is_answered else []


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "publisher", "kind", "published_on", "checked_on"]
    list_filter = ["kind", "published_on"]
    search_fields = ["title", "author", "publisher", "url"]


class QuoteInline(admin.StackedInline):
    model = Quote
    extra = 0
    autocomplete_fields = ["source"]


@admin.register(Position)
class PositionAdmin(admin.ModelAdmin):
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
            field.label_from_instance = lambda answer: f"{answer.scale}: {answer}"  # type: ignore[method-assign, union-attr]
        return field
