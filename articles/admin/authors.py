"""Who writes the articles."""

from django.contrib import admin
from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils import timezone

from aisrace.keeping.admin import KeptAdmin
from articles.models import Author
from experts.addresses import leave


@admin.register(Author)
class AuthorAdmin(KeptAdmin):
    list_display = ["name", "slug", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request: HttpRequest, obj: Author, form: BaseModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            leave(obj, form.initial["slug"], timezone.now())
