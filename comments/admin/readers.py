"""Who comments: found by an address, and recognised as an expert."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from aisrace.keeping.choices import ScopedChoices
from comments.admin.trailing import TrailingAdmin, name_person
from comments.models import Commenter
from comments.recognising import recognise


class CommenterForm(forms.ModelForm):
    def clean_expert(self) -> Any:
        expert = self.cleaned_data["expert"]
        if expert and self.instance.confirmed_at is None:
            raise forms.ValidationError("This address has not been confirmed yet: it may be anybody's.")
        return expert


@admin.register(Commenter)
class CommenterAdmin(ScopedChoices, TrailingAdmin):
    form = CommenterForm
    list_display = ["name", "address", "confirmed_at", "expert", "shown"]
    list_display_links = ["name", "address"]
    list_filter = [("expert", admin.EmptyFieldListFilter), ("confirmed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["expert"]
    search_fields = ["address", "name"]
    autocomplete_fields = ["expert"]
    fields = ["name", "address", "first_seen_at", "confirmed_at", "expert"]
    readonly_fields = ["name", "address", "first_seen_at", "confirmed_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commenter]:
        shown = Count("comments", filter=Q(comments__state="visible"))
        return super().get_queryset(request).annotate(shown=shown)

    @admin.display(description="comments shown", ordering="shown")
    def shown(self, person: Any) -> int:
        return person.shown

    def save_model(self, request: HttpRequest, obj: Commenter, form: Any, change: bool) -> None:
        recognise(obj.pk, form.cleaned_data["expert"], by=name_person(request), now=timezone.now())
