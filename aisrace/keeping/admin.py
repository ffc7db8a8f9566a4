"""The desk's base for every row that editors work on: kept in versions, never overwritten unseen, told in the trail."""

from typing import Any

import reversion
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.contrib.auth.models import User
from django.db import router, transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from aisrace.keeping.trail import record


class DeskAdmin(ModelAdmin):
    """Unfold's admin, as it is to be everywhere in the desk."""

    show_full_result_count = False

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        """Unfold's own lacks the parameter that Django 6.1 asks for."""
        return admin.ModelAdmin.get_action_choices(self, request, [("", "Choose what to do")], action_location)


class KeptAdmin(DeskAdmin):
    """For models that are `Kept`.

    Rows are scoped by the QuerySet's own adjectives: `readable_by(user, now)` says what somebody sees and
    `editable_by(user)` what they change; a row that is not theirs to see does not exist for them (404).
    """

    compressed_fields = False
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if hasattr(rows, "readable_by"):
            return rows.readable_by(request.user, timezone.now())
        return rows

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self.is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_theirs(request, obj)

    def is_theirs(self, request: HttpRequest, obj: Model | None) -> bool:
        rows = self.model._default_manager.all()
        if obj is None or not hasattr(rows, "editable_by"):
            return True
        return bool(rows.editable_by(request.user).filter(pk=obj.pk).exists())

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic(using=router.db_for_write(self.model)), reversion.create_revision():
            reversion.set_user(request.user)
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: BaseModelForm, change: bool) -> None:
        if not change and isinstance(request.user, User):
            obj.entered_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(formset.has_changed() for formset in formsets)):
            form.instance.version += 1
            form.instance.save(update_fields=["version"])

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return record("added", obj, by=request.user, now=timezone.now())

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        if message:
            return record("changed", obj, by=request.user, now=timezone.now(), changes=message)
        return None

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return [record("deleted", row, by=request.user, now=timezone.now()) for row in queryset]
