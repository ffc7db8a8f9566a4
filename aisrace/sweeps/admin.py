"""When the background work last ran, and running it now."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.admin import ModelAdmin

from aisrace.sweeps.models import Sweep
from aisrace.sweeps.runners import find_runners
from aisrace.sweeps.running import run_sweeps


@admin.register(Sweep)
class SweepAdmin(ModelAdmin):
    """Looked at and run, never written by hand. Who may look may also run them: repeating a sweep does nothing."""

    list_display = ["name", "ended_at", "done", "state"]
    fields = ["name", "began_at", "ended_at", "done", "error"]
    list_display_links = ["name"]
    change_list_template = "desk/sweeps.html"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="how it went")
    def state(self, sweep: Sweep) -> str:
        if sweep.error:
            return f"Failed: {sweep.error}"
        return "Late" if sweep.is_late(timezone.now()) else "Well"

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404(f"There is no sweep with the key “{object_id}” here.")

    def get_urls(self) -> list[URLPattern]:
        run = path("run/", self.admin_site.admin_view(self.run_view), name="sweeps_sweep_run")
        # Without Django's old way to a row, which leads on whether there is one or not.
        return [run, *(url for url in super().get_urls() if str(url.pattern) != "<path:object_id>/")]

    def run_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.tell(request, run_sweeps(timezone.now()))
        return redirect("admin:sweeps_sweep_changelist")

    def tell(self, request: HttpRequest, sweeps: list[Sweep]) -> None:
        for sweep in sweeps:
            if sweep.error:
                self.message_user(request, f"“{sweep}” failed: {sweep.error}", messages.ERROR)
        well = [f"{sweep} ({sweep.done:,})" for sweep in sweeps if not sweep.error]
        if well:
            self.message_user(request, f"Ran, with rows seen to: {', '.join(well)}.", messages.SUCCESS)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {"title": "Background work", "runners": find_runners()}
        return super().changelist_view(request, told | (extra_context or {}))
