"""For rows that a capability writes: it tells the trail itself, so that Django's own log has nothing to add."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from aisrace.keeping.admin import DeskAdmin


class TrailingAdmin(DeskAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None


def name_person(request: HttpRequest) -> User:
    """Who asks; nobody comes here without having signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
