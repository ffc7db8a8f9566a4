"""API keys in the desk: everybody who may have any sees to their own, superusers to all."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from aisrace.api.keys import make_key, revoke_keys
from aisrace.api.models import ApiKey
from aisrace.keeping.admin import DeskAdmin


class ApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="No more than it needs: whoever finds the key can do all this in your name.",
    )

    class Meta:
        model = ApiKey
        fields = ["name", "person", "scopes", "expires_at", "per_minute"]

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= timezone.now():
            raise forms.ValidationError("This is past already.")
        return expires_at


@admin.register(ApiKey)
class ApiKeyAdmin(DeskAdmin):
    form = ApiKeyForm
    list_display = ["name", "person", "prefix", "told_scopes", "told_state", "last_used_at", "expires_at"]
    list_filter = ["made_at"]
    list_select_related = ["person"]
    search_fields = ["name", "prefix", "person__username"]
    actions = ["revoke_them"]

    # --- Who

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).readable_by(request.user, timezone.now())

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A key is revoked or made anew: what it may do stays as it was when somebody put it to use."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """One's own can always be ended; whose they are, `get_queryset` has seen to."""
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            everybody = ["name", "scopes", "expires_at"]
            return ["name", "person", "scopes", "expires_at", "per_minute"] if request.user.is_superuser else everybody
        told = ["name", "person", "prefix", "told_scopes", "told_state", "per_minute"]
        return [*told, "made_at", "expires_at", "last_used_at", "revoked_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "person":
            staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
            kwargs |= {"queryset": staff, "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- What is told

    @admin.display(description="may")
    def told_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="state")
    def told_state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "Revoked"
        return "Usable" if key.is_usable(timezone.now()) else "Ended"

    # --- What is done

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if "person" not in form.cleaned_data:
            obj.person = request.user  # type: ignore[assignment]
        token = make_key(obj, by=request.user, now=timezone.now())
        request.api_token = token  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, *args: Any, **kwargs: Any) -> HttpResponse:
        """The token, this once. Not by way of a message: those travel in a cookie."""
        shown = {"title": "A new key", "key": obj, "token": request.api_token, "opts": self.opts}  # type: ignore[attr-defined]
        response = TemplateResponse(request, "api/made.html", self.admin_site.each_context(request) | shown)
        add_never_cache_headers(response)
        return response

    def log_addition(self, request: HttpRequest, obj: ApiKey, message: Any) -> Any:
        """Recorded when it was made; see aisrace/api/keys.py."""

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke_them(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        revoked = revoke_keys(keys, by=request.user, now=timezone.now())
        self.message_user(request, f"Revoked: {', '.join(map(str, revoked)) or 'none'}.")
