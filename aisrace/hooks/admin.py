"""Endpoints and what was told to them, in the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from aisrace.hooks.events import EVENTS
from aisrace.hooks.models import Delivery, Endpoint
from aisrace.hooks.signing import make_secret
from aisrace.hooks.telling import tell_test
from aisrace.keeping.admin import DeskAdmin
from aisrace.keeping.trail import record
from aisrace.lib.nudging import nudge


class EndpointForm(forms.ModelForm):
    events = forms.MultipleChoiceField(
        choices=[(event, f"{event}: {about}") for event, about in EVENTS.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url", "events", "is_active"]


@admin.register(Endpoint)
class EndpointAdmin(DeskAdmin):
    form = EndpointForm
    list_display = ["name", "url", "told_events", "told_state", "owner"]
    list_select_related = ["owner"]
    search_fields = ["name", "url"]
    readonly_fields = ["owner", "made_at", "failing_since", "disabled_at"]
    actions = ["send_a_test", "change_the_secret"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        written = ["name", "url", "events", "is_active"]
        return [*written, *self.readonly_fields] if obj else written

    @admin.display(description="is told of")
    def told_events(self, endpoint: Endpoint) -> str:
        return ", ".join(map(str, endpoint.events))

    @admin.display(description="state")
    def told_state(self, endpoint: Endpoint) -> str:
        if endpoint.disabled_at:
            return "Switched off: it failed for too long"
        if not endpoint.is_active:
            return "Switched off"
        return "Failing" if endpoint.failing_since else "Well"

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        obj.owner = obj.owner or request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        record("changed" if change else "added", obj, by=request.user, now=timezone.now(), url=obj.url)

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        record("deleted", obj, by=request.user, now=timezone.now(), url=obj.url)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for endpoint in queryset:
            record("deleted", endpoint, by=request.user, now=timezone.now(), url=endpoint.url)
        super().delete_queryset(request, queryset)

    def response_add(self, request: HttpRequest, obj: Endpoint, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show_secret(request, obj)

    def show_secret(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        """This once. Not by way of a message: those travel in a cookie."""
        shown = {"title": "The secret of an endpoint", "endpoint": endpoint, "opts": self.opts}
        response = TemplateResponse(request, "hooks/secret.html", self.admin_site.each_context(request) | shown)
        add_never_cache_headers(response)
        return response

    @admin.action(description="Send a test", permissions=["change"])
    def send_a_test(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> None:
        for endpoint in endpoints:
            tell_test(endpoint, timezone.now())
        self.message_user(request, "A test is on its way; what came of it stands under “Deliveries”.")

    @admin.action(description="Change the secret", permissions=["change"])
    def change_the_secret(self, request: HttpRequest, endpoints: QuerySet[Endpoint]) -> HttpResponse | None:
        """Messages signed with the old one are refused by who has the new one, and come again until both have it."""
        if len(endpoints) != 1:
            self.message_user(request, "Choose one endpoint: its new secret is shown once.")
            return None
        (endpoint,) = endpoints
        endpoint.secret = make_secret()
        endpoint.save(update_fields=["secret"])
        record("changed", endpoint, by=request.user, now=timezone.now(), note="The secret was changed.")
        return self.show_secret(request, endpoint)


@admin.register(Delivery)
class DeliveryAdmin(DeskAdmin):
    """Looked at and sent again, never written by hand."""

    list_display = ["event", "told_to", "told_state", "status", "attempts", "made_at", "seconds"]
    list_filter = ["event", "made_at"]
    list_select_related = ["endpoint"]
    search_fields = ["key", "event", "endpoint__name"]
    actions = ["send_again"]
    fields = [
        *("event", "told_to", "told_state", "key", "body", "made_at", "due_at", "attempts", "tried_at", "status"),
        *("seconds", "answer", "error", "done_at", "given_up_at", "called_off"),
    ]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("hooks.change_endpoint")

    @admin.display(description="to")
    def told_to(self, delivery: Delivery) -> str:
        return str(delivery.endpoint or "The hub")

    @admin.display(description="state")
    def told_state(self, delivery: Delivery) -> str:
        if delivery.done_at:
            return "Delivered"
        if delivery.called_off:
            return f"Not sent: {delivery.called_off}"
        if delivery.given_up_at:
            return "Given up"
        if delivery.endpoint and not delivery.endpoint.is_active:
            return "Waits until the endpoint is active"
        return "Tried again later" if delivery.attempts else "On its way"

    @admin.action(description="Send again", permissions=["again"])
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        """With the same key: who has seen it need not look again. What is not so any more is not sent again."""
        chosen, again = deliveries.count(), {"attempts": 0, "done_at": None, "given_up_at": None}
        sent = deliveries.repeatable().update(due_at=timezone.now(), **again)  # type: ignore[attr-defined]
        nudge()
        left = f" No longer so, and not sent: {chosen - sent}." if sent < chosen else ""
        self.message_user(request, f"On its way again: {sent}.{left}")
