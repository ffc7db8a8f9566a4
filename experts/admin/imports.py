"""Bringing in tables of positions: upload, columns, preview, import, report, and undoing the whole of it.

Where a run stands is kept in its row; its address shows the page that is next, whoever comes back to it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from aisrace.keeping.admin import DeskAdmin
from experts.admin.import_forms import MappingForm, UploadForm
from experts.importing.report import KINDS, OUTCOMES
from experts.importing.runs import OPEN, Overtaken, carry_out, confirm, preview, read_progress, retry, store_options
from experts.importing.telling import name_change, tell_change
from experts.importing.undoing import NotUndoable, try_undoing, undo
from experts.importing.uploads import count_answers, keep_upload, look_into
from experts.models import ImportChange, ImportRun
from experts.tables import TableUnreadable

State = ImportRun.State
A_PAGE = 50
LISTED = 200
# What the command says to somebody at a terminal, as it is called on these pages.
SPOKEN = {
    " (others need --date-format)": "; choose another way under “How days are written”",
    " See --answer.": " Say under “Answers” what it means.",
    "Give --source to keep the polls of two panels apart.": "Give the source a name, to keep two panels apart.",
    "Two --column settings name the same heading.": "Two fields have the same column.",
}
type View = Callable[..., HttpResponse]


def may_import(user: Any) -> bool:
    return user.has_perms(["experts.add_position", "experts.edit_any_record"])


def may_publish(user: Any) -> bool:
    return user.has_perm("articles.publish_article")


def of_run(view: View) -> View:
    """Gives the view the run of the address; to those alone who may import."""

    @wraps(view)
    def wrapped(self: "ImportRunAdmin", request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
        if not may_import(request.user):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if run is None:
            raise Http404
        return view(self, request, run)

    return wrapped


@admin.register(ImportRun)
class ImportRunAdmin(DeskAdmin):
    list_display = ["file_name", "state", "tell_size", "started_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["started_by"]
    search_fields = ["file_name"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_import(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_import(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_import(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="positions")
    def tell_size(self, run: ImportRun) -> str:
        counts = (run.report or run.preview).get("positions", {})
        return ", ".join(f"{counts[o]:,} {o}" for o in OUTCOMES if counts.get(o)) or "–"

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, View] = {
            "columns": self.columns_view,
            "confirm": require_POST(self.confirm_view),
            "run": require_POST(self.run_view),
            "retry": require_POST(self.retry_view),
            "progress": self.progress_view,
            "undo": self.undo_view,
        }
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"experts_importrun_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not may_import(request.user):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                run = keep_upload(form.cleaned_data["file"], name_person(request), timezone.now())
            except TableUnreadable as error:
                form.add_error("file", tell_unreadable(error))
            else:
                return go_to(run)
        return self.show(request, "upload", "Bring in positions", form=form, step=1)

    @property
    def change_view(self) -> View:
        return self.run_page

    @of_run
    def run_page(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        if run.state in (State.UPLOADED, State.FAILED):
            return self.show_columns(request, run)
        if run.state == State.IMPORTING:
            return self.show(request, "importing", run.file_name, run=run, step=4, stuck=run.is_stuck(timezone.now()))
        page = "preview" if run.state == State.PREVIEWED else "report"
        context = read_changes(run, request.GET) | {"counts": tell_counts(run.report or run.preview)}
        return self.show(request, page, run.file_name, run=run, step=3 if page == "preview" else 4, **context)

    @of_run
    def columns_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        return self.show_columns(request, run) if run.state in OPEN else go_to(run)

    def show_columns(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        try:
            form = self.make_form(request, run)
        except TableUnreadable as error:
            unread = [{"line": error.line, "message": str(error)}]
            return self.show(request, "columns", run.file_name, run=run, step=2, errors=unread)
        if form.is_bound and self.take_options(request, run, form):
            return go_to(run)
        errors = (run.report or run.preview).get("errors", []) if not form.is_bound else []
        spoken = [error | {"message": speak(error["message"])} for error in errors]
        return self.show(request, "columns", run.file_name, run=run, step=2, form=form, head=form.head, errors=spoken)

    def make_form(self, request: HttpRequest, run: ImportRun) -> MappingForm:
        """Scale, sheet and column of answers count as posted: the rest of the form depends on them."""
        posted = request.POST
        if posted:
            names = [name for name in ("scale", "sheet") if name in posted]
            run.options |= {name: posted[name] for name in names}
            run.options["columns"] = run.options["columns"] | {"answer": posted.get("column_answer", "")}
        head = look_into(run, run.options.get("sheet", ""))
        return MappingForm(
            posted or None,
            head=head,
            answers=count_answers(run),
            options=run.options,
            may_publish=may_publish(request.user),
        )

    def take_options(self, request: HttpRequest, run: ImportRun, form: MappingForm) -> bool:
        """Stores what was chosen, complete or not; then previews, unless it is only to be looked at again."""
        is_complete = form.is_valid()
        if not store_options(run, form.read_options()):
            return True
        if "look" in request.POST:
            return True
        if not is_complete:
            return False
        try:
            preview(run, timezone.now())
        except Overtaken:
            messages.warning(request, "Meanwhile somebody else has confirmed this import.")
        return True

    @of_run
    def confirm_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        if not (run.options.get("private") or may_publish(request.user)):
            raise PermissionDenied
        if not confirm(run, name_person(request), timezone.now()):
            messages.warning(request, "This import was confirmed before, or its preview has changed.")
        return go_to(run)

    @of_run
    def run_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        """Carries it out in this request; the page that asked goes on polling its progress."""
        carry_out(run.pk, timezone.now())
        return go_to(run)

    @of_run
    def retry_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        retry(run, timezone.now())
        return go_to(run)

    @of_run
    def progress_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        return JsonResponse({"state": run.state} | read_progress(run))

    @of_run
    def undo_view(self, request: HttpRequest, run: ImportRun) -> HttpResponse:
        if run.state != State.DONE:
            return go_to(run)
        if request.method != "POST":
            done = try_undoing(run)
            context = {"done": done.as_data(), "left": describe(done.left[:LISTED]), "listed": LISTED}
            return self.show(request, "undo", f"Undo the import of {run.file_name}", run=run, **context)
        try:
            undo(run, name_person(request), timezone.now())
        except NotUndoable as error:
            messages.error(request, str(error))
        return go_to(run)

    def show(self, request: HttpRequest, page: str, title: str, /, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"imports/{page}.html", shared | context)


def name_person(request: HttpRequest) -> User:
    """Who asks; nobody comes here without having signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def go_to(run: ImportRun) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:experts_importrun_change", args=[run.pk]))


def speak(message: str) -> str:
    for written, spoken in SPOKEN.items():
        message = message.replace(written, spoken)
    return message


def tell_unreadable(error: TableUnreadable) -> str:
    return f"Line {error.line}: {error}" if error.line else str(error)


def tell_counts(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(kind, [f"{data[kind][outcome]:,}" for outcome in OUTCOMES]) for kind in KINDS if kind in data]


def describe(changes: list[ImportChange]) -> list[dict[str, Any]]:
    return [{"change": change, "name": name_change(change), "told": tell_change(change)} for change in changes]


def read_changes(run: ImportRun, asked: Any) -> dict[str, Any]:
    """One page of the run's changes, narrowed as asked, with how many there are of each kind. Three queries."""
    groups = run.changes.order_by().values("kind", "outcome").annotate(number=Count("id"))
    choices = [
        {**group, "value": f"{group['kind']} {group['outcome']}", "label": ImportChange.Outcome(group["outcome"]).label}
        for group in sorted(groups, key=lambda g: (-g["number"], g["kind"]))
    ]
    chosen, words = asked.get("show", ""), asked.get("q", "").replace("\0", "").strip()[:100]
    changes = run.changes.all()
    if chosen in {choice["value"] for choice in choices}:
        kind, outcome = chosen.split()
        changes = changes.filter(kind=kind, outcome=outcome)
    if chosen == "left":
        changes = changes.exclude(left="")
    if words:
        text = Q(said__icontains=words) | Q(was__icontains=words) | Q(note__icontains=words)
        columns = {"said": Cast("after", TextField()), "was": Cast("before", TextField())}
        changes = changes.alias(**columns).filter(text)
    page = Paginator(changes.order_by("id"), A_PAGE).get_page(asked.get("page"))
    return {"choices": choices, "chosen": chosen, "words": words, "page": page, "rows": describe(list(page))}
