"""Who writes the articles."""

from django.contrib import admin

from aisrace.keeping.admin import KeptAdmin
from articles.models import Author


@admin.register(Author)
class AuthorAdmin(KeptAdmin):
    list_display = ["name", "slug", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
