"""Who is banned, until when; lifting a ban, and one by hand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from comments.admin.trailing import TrailingAdmin, name_person
from comments.banning import BadBan, lift, place, read_value
from comments.models import Ban


class BanForm(forms.ModelForm):
    typed = forms.CharField(
        label="Address or network",
        max_length=254,
        widget=UnfoldAdminTextInputWidget,
        help_text="An e-mail address, or a network like 192.0.2.0/24. An address is kept as a key that tells nobody.",
    )

    class Meta:
        model = Ban
        fields = ["kind", "typed", "label", "until", "reason"]
        help_texts = {"label": "What moderators call it. Do not write the address here."}

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("kind") and asked.get("typed"):
            try:
                self.instance.value = read_value(asked["kind"], asked["typed"])
            except BadBan as refusal:
                self.add_error("typed", str(refusal))
        if "@" in asked.get("label", ""):
            self.add_error("label", "Call it something that is no address.")
        if asked.get("until") and asked["until"] <= timezone.now():
            self.add_error("until", "This is past already.")
        return asked


@admin.register(Ban)
class BanAdmin(TrailingAdmin):
    form = BanForm
    list_display = ["label", "kind", "told_state", "until", "by", "begins_at"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["label", "reason"]
    actions = ["lift_them"]
    fields = ["kind", "typed", "label", "until", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A ban is lifted or made anew: what was decided stays as it was decided."""
        return False

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.change_ban")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return [*self.fields]
        return ["label", "kind", "told_value", "reason", "begins_at", "until", "lifted_at", "by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    @admin.display(description="state")
    def told_state(self, ban: Ban) -> str:
        if ban.lifted_at:
            return "Lifted"
        return "In force" if ban.is_in_force(timezone.now()) else "Over"

    @admin.display(description="value")
    def told_value(self, ban: Ban) -> str:
        return ban.value if ban.kind == Ban.Kind.NETWORK else "An address, kept as a key."

    def save_model(self, request: HttpRequest, obj: Ban, form: Any, change: bool) -> None:
        place(obj, by=name_person(request), now=timezone.now())

    @admin.action(description="Lift", permissions=["lift"])
    def lift_them(self, request: HttpRequest, bans: QuerySet[Ban]) -> None:
        now, by = timezone.now(), name_person(request)
        lifted = [ban.label for ban in bans if lift(ban, by=by, now=now)]
        self.message_user(request, f"Lifted: {', '.join(lifted) or 'none'}.")
