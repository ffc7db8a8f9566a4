"""The pages of a row's history, of going back to a version, and of what was deleted."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from aisrace.keeping.admin.desk import is_key
from aisrace.keeping.admin.drafts import read_version
from aisrace.keeping.history import compare_revisions, read_history, tell_between
from aisrace.keeping.models import Deed
from aisrace.keeping.querysets import kind_of
from aisrace.keeping.restoring import NotRestorable, bring_back, list_deleted, plan_restoration, restore
from aisrace.keeping.saving import Overtaken
from aisrace.keeping.states import parse, part_kinds, read_revisions, read_state

MOST_DELETED = 100


class HistoryPages(ModelAdmin):
    """For `KeptAdmin`."""

    def related_history(self, request: HttpRequest, row: Any) -> Iterable[QuerySet[Any]]:
        """Other rows whose changes belong to the history of this one; models that are kept in versions."""
        return []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        own = [
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path("deleted/<int:version>/", view(self.return_view), name=f"{name}_return"),
            path("<path:object_id>/history/<int:revision>/", view(self.restoration_view), name=f"{name}_restoration"),
        ]
        return own + super().get_urls()

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "verbose_name": self.opts.verbose_name}
        return TemplateResponse(request, f"keeping/{template}.html", shared | context)

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    # --- History -------------------------------------------------------------------------------------------------

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_kept(request, object_id)
        compared = compare_revisions(row, *chosen) if (chosen := read_chosen(request)) else None
        return self.page(
            request,
            "history",
            title="History",
            subtitle=str(row),
            original=row,
            entries=read_history(row, self.related_history(request, row), request.GET),
            compared=compared,
            chosen=chosen,
            may_restore=self.has_change_permission(request, row),
            **(extra_context or {}),
        )

    def get_kept(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row

    # --- Going back ----------------------------------------------------------------------------------------------

    def restoration_view(self, request: HttpRequest, object_id: str, revision: int) -> HttpResponse:
        row = self.get_kept(request, object_id)
        if not (self.has_change_permission(request, row) and self.may_write_parts(request)):
            raise PermissionDenied
        state = read_revisions(row, [revision]).get(revision)
        if state is None:
            raise Http404
        fields = self.list_writable(request, row)
        if request.method == "POST":
            return self.restore_row(request, row, revision, fields)
        try:
            warnings, refused = plan_restoration(row, state, fields).warnings, ""
        except NotRestorable as reason:
            warnings, refused = [], str(reason)
        changes = tell_between(read_state(row), state)
        title = f"Restore version {state.version}"
        shown = {"title": title, "subtitle": str(row), "original": row, "changes": changes}
        return self.page(request, "restoration", **shown, warnings=warnings, refused=refused)

    def restore_row(self, request: HttpRequest, row: Any, revision: int, fields: Iterable[str]) -> HttpResponse:
        expected = read_version(request.POST) or 0
        try:
            plan = restore(row, revision, by=request.user, now=timezone.now(), expected=expected, fields=fields)
        except (Overtaken, NotRestorable) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.message_user(request, "Restored as a new version. Readers see it when it is published.", messages.SUCCESS)
        for warning in plan.warnings:
            self.message_user(request, warning, messages.WARNING)
        return HttpResponseRedirect(self.address("change", row.pk))

    def list_writable(self, request: HttpRequest, row: Any) -> list[str]:
        """What the person could also write in the form."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        return [*self.get_form(request, row, change=True, fields=fields).base_fields]

    def may_write_parts(self, request: HttpRequest) -> bool:
        return all(may_write(request, kind.model) for kind in part_kinds(self.model))

    # --- What was deleted ----------------------------------------------------------------------------------------

    def sees_all(self, request: HttpRequest) -> bool:
        """Who may change every row may also bring back every row; others only what they entered."""
        rows = self.model._default_manager.all()
        return not hasattr(rows, "editable_by") or rows.editable_by(request.user) is rows

    def is_returnable(self, request: HttpRequest, version: Any) -> bool:
        return self.sees_all(request) or parse(version).values.get("entered_by") == request.user.pk

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_add_permission(request) and self.has_view_or_change_permission(request)):
            raise PermissionDenied
        found = [one for one in list_deleted(self.model)[:MOST_DELETED] if self.is_returnable(request, one)]
        deeds = Deed.objects.filter(kind=kind_of(self.model), verb="deleted", row_id__in=[v.object_id for v in found])
        told = {deed.row_id: deed for deed in deeds.order_by("at")}
        rows = [(version, told.get(version.object_id)) for version in found]
        return self.page(request, "deleted", title="Deleted lately", rows=rows)

    def return_view(self, request: HttpRequest, version: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kept = get_object_or_404(list_deleted(self.model), pk=version)
        if not self.has_add_permission(request) or not self.may_write_parts(request):
            raise PermissionDenied
        if not self.is_returnable(request, kept):
            raise Http404
        try:
            row, warnings = bring_back(self.model, kept, by=request.user, now=timezone.now())
        except NotRestorable as refused:
            self.message_user(request, f"“{kept.object_repr}” cannot come back. {refused}", messages.ERROR)
            return HttpResponseRedirect(self.address("deleted"))
        self.message_user(request, f"“{row}” is back.", messages.SUCCESS)
        for warning in warnings:
            self.message_user(request, warning, messages.WARNING)
        return HttpResponseRedirect(self.address("change", row.pk))


def may_write(request: HttpRequest, model: type[Model]) -> bool:
    app, name = model._meta.app_label, model._meta.model_name
    return all(request.user.has_perm(f"{app}.{verb}_{name}") for verb in ("add", "change", "delete"))


def read_chosen(request: HttpRequest) -> tuple[int, int] | None:
    """The two revisions to compare."""
    before, after = request.GET.get("from", ""), request.GET.get("to", "")
    return (int(before), int(after)) if is_key(before) and is_key(after) else None
