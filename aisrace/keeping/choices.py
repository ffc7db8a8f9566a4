"""What a form of the desk may point to: rows that its user may see, and those that are chosen already."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils import timezone


class ScopedChoices:
    """For admins and inlines, before Unfold's class.

    Without it a form takes any key that is posted to it, and then shows whose key that was. What an article or a
    position has had put in by an editor stays choosable there, so that its owner can go on saving it.
    """

    model: Any

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= self.scope(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= self.scope(db_field, request, kwargs.get("queryset"))
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
        key = match.kwargs.get("object_id") if match else None
        if key is None:
            return None
        parent = getattr(self, "parent_model", None)
        owner = _get_foreign_key(parent, self.model, getattr(self, "fk_name", None)).name if parent else "pk"
        rows = self.model._default_manager.filter(**{owner: unquote(key)})
        return rows.order_by().exclude(**{db_field.name: None}).values(db_field.name)
