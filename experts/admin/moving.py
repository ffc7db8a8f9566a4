"""Rows whose page has an address of its own: where it is changed, the old one leads to the new one."""

from typing import Any

from django.forms import BaseModelForm
from django.http import HttpRequest
from django.utils import timezone

from experts.addresses import leave


class Moving:
    """Before `KeptAdmin`."""

    def save_model(self, request: HttpRequest, obj: Any, form: BaseModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if change and "slug" in form.changed_data:
            leave(obj, form.initial["slug"], timezone.now())
