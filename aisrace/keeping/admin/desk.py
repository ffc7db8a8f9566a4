"""Unfold's admin, as it is to be everywhere in the desk."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.utils import unquote
from django.db.models.options import Options
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from unfold.admin import ModelAdmin

MAX_KEY = 2**63  # what a database can compare a key with
OLD_ADDRESS = "<path:object_id>/"  # before Django 1.9; it leads on whether there is such a row or not


class DeskAdmin(ModelAdmin):
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        return [one for one in super().get_urls() if str(one.pattern) != OLD_ADDRESS]

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Options, object_id: str) -> HttpResponse:
        """Django's own leads to the start page as if nothing had been refused."""
        raise Http404(f"There is no {opts.verbose_name} with the key “{unquote(object_id)}” here.")

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: Any = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        """Unfold's own lacks the parameter that Django 6.1 asks for."""
        return admin.ModelAdmin.get_action_choices(self, request, [("", "Choose what to do")], action_location)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address proposes for a new row, without keys that cannot be one: widgets would stumble on them."""
        proposed = super().get_changeform_initial_data(request)
        relations = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {name: value for name, value in proposed.items() if name not in relations or holds_keys(value)}


def holds_keys(value: Any) -> bool:
    keys = value if isinstance(value, list) else [value]
    return all(is_key(str(key)) for key in keys)


def is_key(text: str) -> bool:
    """Short before it is read as a number: Python refuses thousands of digits."""
    return text.isascii() and text.isdigit() and len(text) <= len(str(MAX_KEY)) and int(text) < MAX_KEY
