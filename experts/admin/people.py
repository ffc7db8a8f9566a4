"""Experts and their roles in the desk."""

from django import forms
from django.contrib import admin
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from experts.admin.lists import FOR_READERS, IS_PUBLIC, DatedByEditors
from experts.admin.moving import Moving
from experts.models import Affiliation, Expert


class AffiliationInline(StackedInline):
    model = Affiliation
    extra = 0


@admin.register(Expert)
class ExpertAdmin(DatedByEditors, Moving, KeptAdmin):
    list_display = ["name", "kind", "sort_name", "public_at"]
    list_filter = ["kind", IS_PUBLIC]
    search_fields = ["name", "sort_name", "aliases", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AffiliationInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "bio"]}),
        ("How they are found", {"fields": ["sort_name", "aliases", "website", "wikidata_id"]}),
        (
            "Portrait",
            {"fields": ["portrait", "portrait_alt", "portrait_credit", ("portrait_focus_x", "portrait_focus_y")]},
        ),
        FOR_READERS,
    ]

    class Media:
        css = {"all": ["css/desk/focus.css"]}
        js = [forms.Script("js/desk/focus.js", type="module")]
