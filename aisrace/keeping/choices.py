"""What a form of the desk may point to: rows that its user may see, and those that are chosen already."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils import timezone

from aisrace.keeping.admin.desk import holds_keys


class Keys:
    """For fields that offer rows: what was posted and cannot be a key is never looked up, not even to show it again."""

    error_messages: dict[str, Any]

    def clean(self, value: Any) -> Any:
        if not holds_keys(value or []):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "This"})
        return super().clean(value)  # type: ignore[misc]

    def bound_data(self, data: Any, initial: Any) -> Any:
        shown = super().bound_data(data, initial)  # type: ignore[misc]
        if isinstance(shown, list | tuple):
            return [key for key in shown if holds_keys(key)]
        return shown if holds_keys(shown or []) else None


class Choice(Keys, forms.ModelChoiceField):
    pass


class Choices(Keys, forms.ModelMultipleChoiceField):
    pass


class ScopedChoices:
    """For admins and inlines, before Unfold's class.

    Without it a form takes any key that is posted to it, and then shows whose key that was. What an article or a
    position has had put in by an editor stays choosable there, so that its owner can go on saving it.
    """

    model: Any

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= self.scope(db_field, request, kwargs.get("queryset")) | {"form_class": Choice}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= self.scope(db_field, request, kwargs.get("queryset")) | {"form_class": Choices}
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def scope(self, db_field: Any, request: HttpRequest, rows: QuerySet[Any] | None) -> dict[str, QuerySet[Any]]:
        """The argument `queryset`, where there is anything to be kept from anybody."""
        everything = db_field.remote_field.model._default_manager.all()
        if not hasattr(everything, "readable_by"):
            return {}
        readable = everything.readable_by(request.user, timezone.now()).order_by().values("pk")
        chosen = self.already_chosen(db_field, request)
        wanted = Q(pk__in=readable) if chosen is None else Q(pk__in=readable) | Q(pk__in=chosen)
        return {"queryset": (everything if rows is None else rows).filter(wanted)}

    def already_chosen(self, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        match = request.resolver_match
        # Django's own pages call it `object_id`, those around an article `pk`.
        key = (match.kwargs.get("object_id") or match.kwargs.get("pk")) if match else None
        if key is None:
            return None
        parent = getattr(self, "parent_model", None)
        owner = _get_foreign_key(parent, self.model, getattr(self, "fk_name", None)).name if parent else "pk"
        rows = self.model._default_manager.filter(**{owner: unquote(str(key))})
        return rows.order_by().exclude(**{db_field.name: None}).values(db_field.name)
