"""Topics, scales and questions in the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from experts.admin.lists import FOR_READERS, IS_PUBLIC, DatedByEditors
from experts.admin.moving import Moving
from experts.models import Answer, Question, Scale, Topic


@admin.register(Topic)
class TopicAdmin(Moving, KeptAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class AnswerInline(StackedInline):
    model = Answer
    extra = 0
    fields = [("label", "value"), "description", "order"]
    ordering_field = "order"
    hide_ordering_field = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "description":
            field.widget.attrs["rows"] = 1
        return field


@admin.register(Scale)
class ScaleAdmin(KeptAdmin):
    list_display = ["name", "slug", "description"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AnswerInline]


@admin.register(Question)
class QuestionAdmin(DatedByEditors, Moving, KeptAdmin):
    list_display = ["__str__", "scale", "asked_on", "public_at"]
    list_filter = ["scale", IS_PUBLIC, "asked_on"]
    list_select_related = ["scale"]
    search_fields = ["wording", "label", "slug"]
    autocomplete_fields = ["scale", "topics"]
    prepopulated_fields = {"slug": ["label"]}
    fieldsets = [
        (None, {"fields": ["wording", "label", "slug", "scale"]}),
        ("More", {"fields": ["topics", "background", "asked_on"]}),
        FOR_READERS,
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """With answers on record the scale stays: they would not be answers of another."""
        is_answered = obj is not None and obj.positions.exclude(answer=None).exists()
        return [*super().get_readonly_fields(request, obj), *(["scale"] if is_answered else [])]
