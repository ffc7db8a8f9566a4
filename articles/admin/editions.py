"""What was published: to be looked at, never changed."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from aisrace.keeping.admin import DeskAdmin
from articles.models import Edition


class ReadOnlyAdmin(DeskAdmin):
    """For rows that are never changed: to be looked at by those who may."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["headline", "number", "kind", "live_at", "updated_at"]
    list_filter = ["kind", "live_at"]
    list_select_related = ["article"]
    search_fields = ["headline", "slug", "note"]
    date_hierarchy = "live_at"
    exclude = ["content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).defer("content")
