"""Experts and their roles in the desk."""

from django.contrib import admin
from unfold.admin import StackedInline

from aisrace.keeping.admin import KeptAdmin
from experts.admin.lists import IS_PUBLIC
from experts.models import Affiliation, Expert


class AffiliationInline(StackedInline):
    model = Affiliation
    extra = 0


@admin.register(Expert)
class ExpertAdmin(KeptAdmin):
    list_display = ["name", "kind", "sort_name", "public_at"]
    list_filter = ["kind", IS_PUBLIC]
    search_fields = ["name", "sort_name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AffiliationInline]
