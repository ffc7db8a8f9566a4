"""The base for every row that editors work on: kept in versions, never overwritten unseen, told in the trail."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import AdminErrorList
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import router, transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from aisrace.keeping.admin.desk import DeskAdmin
from aisrace.keeping.admin.drafts import read_draft, read_version, tell_saved
from aisrace.keeping.admin.history import HistoryPages
from aisrace.keeping.models import Deed
from aisrace.keeping.overtaken import merge_posted
from aisrace.keeping.querysets import kind_of
from aisrace.keeping.saving import find_last_change, keep_as_found, keep_change, lock, tell_change, write_revision
from aisrace.keeping.states import find_state, read_state
from aisrace.keeping.trail import record

RESTORED = "This is the text that your browser kept. It is not saved yet."
HELD = "held"
UNKNOWN = "Nobody can tell which version you began from. Nothing is saved yet: look at both."


class HeldForm(ModelForm):
    """Shown again whatever is in it: `notice` says why it was not saved."""

    notice = ""

    def clean(self) -> Any:
        cleaned = super().clean()
        self.add_error(None, ValidationError(self.notice, code=HELD))
        return cleaned


class KeptAdmin(HistoryPages, DeskAdmin):
    """For models that are `Kept`.

    Rows are scoped by the QuerySet's own adjectives: `readable_by(user, now)` says what somebody sees and
    `editable_by(user)` what they change; a row that is not theirs to see does not exist for them (404).

    A save or deletion must say which version it began from (`version` in what is posted). Where that is not the one
    that is there, nothing is saved: the form is shown again with both texts in it. `related_history` may name
    other rows whose changes belong to the row's own history.
    """

    compressed_fields = False
    warn_unsaved_form = True
    change_form_before_template = "keeping/_form_top.html"
    delete_confirmation_template = "keeping/delete_confirmation.html"
    list_after_template = "keeping/_deleted_link.html"

    # --- Who -----------------------------------------------------------------------------------------------------

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

    # --- Saving --------------------------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            if object_id is not None and not (self.save_as and "_saveasnew" in request.POST):
                row = lock(self.model, unquote(object_id))
                if row is None:
                    return self.show_lost(request, object_id)
                self.begin_change(request, object_id, row)
            elif {"_restore", "_compare"} & request.POST.keys():
                hold(request, RESTORED)
            if "_compare" in request.POST and (merge := getattr(request, "merge", None)):
                merge.is_in_form = False
                return TemplateResponse(request, "keeping/_overtaken.html", {"merge": merge})
            return super().changeform_view(request, object_id, form_url, extra_context)

    def begin_change(self, request: HttpRequest, object_id: str, row: Any) -> None:
        """The row is locked. What began from another version is held back, and so is what is only to be looked at."""
        shown = self.get_object(request, unquote(object_id))
        if shown is None or not self.has_change_permission(request, shown):
            return  # Django's view refuses it
        posted = read_version(request.POST)
        is_current = posted == row.version
        if is_current and not {"_restore", "_compare"} & request.POST.keys():
            keep_as_found(row, timezone.now())
            request.before = read_state(row)  # type: ignore[attr-defined]
            return
        base = read_state(row) if is_current else posted and find_state(row, posted)
        merge = merge_posted(self, request, shown, base or None)
        merge.notice = RESTORED if is_current else UNKNOWN
        if not is_current and posted:
            merge.notice = (
                f"{tell_change(find_last_change(row))} after you opened it. Nothing is saved yet: look at both."
            )
        request.POST = merge.posted  # type: ignore[assignment]
        request.merge = merge  # type: ignore[attr-defined]
        hold(request, merge.notice)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        notice = getattr(request, "held", "")
        return type(form)(form.__name__, (HeldForm, form), {"notice": notice}) if notice else form

    def make_blank_form(self, request: HttpRequest, row: Model) -> Any:
        """The form as the database has the row, not bound to what was posted."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        return self.get_form(request, row, change=True, fields=fields)(instance=row)

    def save_model(self, request: HttpRequest, obj: Any, form: BaseModelForm, change: bool) -> None:
        if not change and isinstance(request.user, User):
            obj.entered_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row, by, now = form.instance, request.user, timezone.now()
        if change:
            request.is_changed = keep_change(row, request.before, by=by, now=now)  # type: ignore[attr-defined]
        else:
            write_revision(row, by=by, at=now)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        row_id = row.pk if row and not (self.save_as and "_saveasnew" in request.POST) else "new"
        is_open = self.has_change_permission(request, row) if row else self.has_add_permission(request)
        kept = {"kind": kind_of(self.model), "row": row_id, "version": row.version if row else 0, "is_open": is_open}
        kept["draft"] = read_draft(request.POST)
        kept |= {"is_unsaved": request.method == "POST", "presence": self.find_presence(row) if row else ""}
        context |= {"kept": kept, "merge": getattr(request, "merge", None)}
        if getattr(request, "held", ""):
            kept["notice"] = request.held  # type: ignore[attr-defined]
            leave_out_notice(context)
        return super().render_change_form(request, context, *args, **kwargs)

    def find_presence(self, row: Model) -> str:
        """Where the browser says that somebody has the row open; only some rows have such a place."""
        try:
            return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_presence", args=[row.pk])
        except NoReverseMatch:
            return ""

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return tell_saved(request, super().response_add(request, obj, *args, **kwargs))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return tell_saved(request, super().response_change(request, obj))

    def show_lost(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The row is no longer there: what was typed for it is, so that it can be taken elsewhere."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        deed = Deed.objects.filter(kind=kind_of(self.model), row_id=unquote(object_id), verb="deleted").first()
        deed = deed if self.sees_all(request) else None  # it may have been somebody else's
        texts = [(key, text) for key, values in request.POST.lists() for text in values if " " in text.strip()]
        context = {"title": "Deleted meanwhile", "deed": deed, "texts": texts, "opts": self.opts}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "keeping/lost.html", context, status=410)

    # --- Deleting ------------------------------------------------------------------------------------------------

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            row = lock(self.model, unquote(object_id))
            shown = self.get_object(request, unquote(object_id))
            is_refused = shown is None or not self.has_delete_permission(request, shown)  # Django's view says so
            if row is not None and not is_refused and read_version(request.POST) != row.version:
                said = f"{tell_change(find_last_change(row))} after you opened this page. Nothing was deleted."
                self.message_user(request, said, messages.ERROR)
                return HttpResponseRedirect(request.get_full_path())
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.tell_deletion(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic(using=router.db_for_write(self.model)):
            chosen = list(queryset.values_list("pk", flat=True))
            for row in self.model._base_manager.select_for_update().filter(pk__in=chosen):
                self.tell_deletion(request, row)
            super().delete_queryset(request, self.model._default_manager.filter(pk__in=chosen))

    def tell_deletion(self, request: HttpRequest, row: Any) -> None:
        keep_as_found(row, timezone.now())
        record("deleted", row, by=request.user, now=timezone.now())

    # --- The trail instead of Django's own log ------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return record("added", obj, by=request.user, now=timezone.now(), saved_version=obj.version)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if not getattr(request, "is_changed", False):
            return None
        told = {"saved_version": obj.version, "changes": message}
        return record("changed", obj, by=request.user, now=timezone.now(), **told)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Recorded with the deletion itself, see `tell_deletion`: Django calls this before it has begun one."""
        return []


def hold(request: HttpRequest, notice: str) -> None:
    """Whatever is posted is shown again, not saved. Files cannot be shown again."""
    request.held = notice  # type: ignore[attr-defined]
    request._files = MultiValueDict()  # type: ignore[attr-defined]


def leave_out_notice(context: dict[str, Any]) -> None:
    """Why the form was held is said above it, once: among the errors of the form it is none that can be corrected."""
    form = context["adminform"].form
    others = [error for error in form.non_field_errors().as_data() if error.code != HELD]
    form.errors.pop(NON_FIELD_ERRORS, None)
    if others:
        form.add_error(None, others)
    context["errors"] = AdminErrorList(form, [one.formset for one in context["inline_admin_formsets"]])
