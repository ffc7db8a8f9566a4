"""What the lists and forms of the record have in common."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from experts.models.base import begin_showing

IS_PUBLIC = ("public_at", admin.EmptyFieldListFilter)
# Last and folded: a date typed there is read by everybody.
FOR_READERS: Any = ("For readers", {"fields": ["public_at"], "classes": ["collapse"]})


class DatedByEditors:
    """Before `KeptAdmin`, for rows with a date from which readers see them: to set it is to publish."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = [*super().get_readonly_fields(request, obj)]  # type: ignore[misc]
        return fixed if request.user.has_perm("experts.edit_any_record") else [*fixed, "public_at"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "public_at" in form.fields:
            before = form.initial.get("public_at") if change else None
            obj.public_at = begin_showing(obj.public_at, before, timezone.now())
        super().save_model(request, obj, form, change)  # type: ignore[misc]
