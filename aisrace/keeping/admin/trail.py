"""The trail in the desk: to be looked at and taken away as a table, never changed."""

from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateFilter

from aisrace.keeping.admin.desk import DeskAdmin
from aisrace.keeping.models import Deed
from aisrace.keeping.tables import COLUMNS, tell_deed
from aisrace.lib.cells import write_line

CHUNK = 500


class DaysFilter(RangeDateFilter):
    """From the first day to the end of the last, in the site's zone. Unfold's own compares moments without a zone."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (self.read_day(end) for end in ("from", "to"))
        if first:
            queryset = queryset.filter(at__gte=begin(first))
        if last:
            queryset = queryset.filter(at__lt=begin(last + timedelta(days=1)))
        return queryset

    def read_day(self, end: str) -> date | None:
        """What is no day, the last of all included, limits nothing."""
        try:
            day = parse_date(str(self.used_parameters.get(f"at_{end}", "")))
        except ValueError:
            return None
        return day if day and day.year < MAXYEAR else None


def begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@admin.register(Deed)
class DeedAdmin(DeskAdmin):
    list_display = ["at", "by_name", "verb", "kind", "what", "note"]
    list_display_links = ["at"]
    list_filter = ["verb", "kind", ("by", admin.RelatedOnlyFieldListFilter), ("at", DaysFilter)]
    list_filter_submit = True
    search_fields = ["label", "by_name", "note", "=row_id"]
    date_hierarchy = "at"
    change_list_template = "keeping/trail.html"
    fields = ["at", "by_name", "verb", "kind", "what", "note", "detail"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return self.fields

    @admin.display(description="row", ordering="label")
    def what(self, deed: Deed) -> str:
        """The row itself, where it is one that the desk opens; whether it is still there the link will tell."""
        try:
            address = reverse(f"admin:{deed.kind.replace('.', '_')}_change", args=[deed.row_id])
        except NoReverseMatch:
            return deed.label
        return format_html('<a href="{}">{}</a>', address, deed.label)

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export_view), name="keeping_deed_export")
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """The list as it is filtered, all of it, one row after the other."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        deeds = self.get_changelist_instance(request).get_queryset(request)
        name = f"trail-{timezone.localdate():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(write_table(deeds), content_type="text/csv; charset=utf-8", headers=headers)


def write_table(deeds: QuerySet[Any]) -> Iterator[str]:
    yield "\ufeff" + write_line(COLUMNS)  # the mark tells spreadsheets that it is UTF-8
    for deed in deeds.iterator(chunk_size=CHUNK):
        yield write_line(tell_deed(deed))
