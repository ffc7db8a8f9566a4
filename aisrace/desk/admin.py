"""People and groups in the desk. Nobody gives away what they do not have, and nobody lifts themselves.

What somebody may do is told in permissions; `rights(user)` is the set of them. An administrator who is no superuser
changes only people and groups whose rights lie within their own, and chooses only among such.
"""

from collections.abc import Iterable
from typing import Any

from allauth.account import admin as account_admin
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from aisrace.desk.people import (
    InvitationForm,
    PersonForm,
    close_accounts,
    forget_second_factors,
    is_in_the_trail,
    rights,
)
from aisrace.desk.signin import NOT_SENT
from aisrace.keeping.admin import DeskAdmin
from aisrace.keeping.trail import record

# Their rows are seen to where they belong: on a person's own pages, and by the actions below. Imported above, so that
# what is taken away here does not come back when Django looks for admins.
for module, model in ((account_admin, EmailAddress), (mfa_admin, Authenticator)):
    if module and admin.site.is_registered(model):
        admin.site.unregister(model)
admin.site.unregister([User, Group])


class RecordedAdmin(DeskAdmin):
    """Tells the trail instead of Django's own log."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return record("added", obj, by=request.user, now=timezone.now())

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return record("changed", obj, by=request.user, now=timezone.now(), changes=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return [record("deleted", row, by=request.user, now=timezone.now()) for row in queryset]


@admin.register(User)
class UserAdmin(DjangoUserAdmin, RecordedAdmin):
    form = PersonForm
    add_form = InvitationForm
    add_form_template = None
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "told_name", "email", "told_groups", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    filter_horizontal = []
    compressed_fields = False
    actions = ["invite", "close", "forget_factors"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "first_name", "last_name"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "email", "first_name", "last_name", "groups"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="name", ordering="last_name")
    def told_name(self, person: User) -> str:
        return person.get_full_name()

    @admin.display(description="groups")
    def told_groups(self, person: User) -> str:
        names = ["superuser"] if person.is_superuser else []
        return ", ".join(names + [group.name for group in person.groups.all()])

    # --- Who may change whom

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or is_below(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are closed. Only one that never did anything can be taken away, and not one's own."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        return is_below(obj, request.user) and obj != request.user and not is_in_the_trail(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = [*super().get_readonly_fields(request, obj)]
        if request.user.is_superuser or obj is None:
            return fixed
        fixed += ["is_superuser", "user_permissions"]
        return [*fixed, "is_active", "is_staff", "groups"] if obj == request.user else fixed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """To those who only look, Unfold would show the hash of the password as it stands."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**rest, "fields": [f for f in rest["fields"] if f != "password"]}) for title, rest in fieldsets
        ]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {"queryset": groups_below(request.user), "widget": UnfoldAdminCheckboxSelectMultipleWidget}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # --- What is done to them

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            # allauth remembers every address that it wrote to, and would go on sending links there.
            EmailAddress.objects.filter(user=obj).delete()
        if not change:
            self.invite_person(request, obj)

    @admin.action(description="Send a link to set a password", permissions=["change"])
    def invite(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in self.theirs(request, people):
            self.invite_person(request, person)

    @admin.action(description="Close the account", permissions=["change"])
    def close(self, request: HttpRequest, people: QuerySet[User]) -> None:
        closed = close_accounts(self.theirs(request, people), by=request.user, now=timezone.now())
        self.message_user(request, f"Closed: {', '.join(map(str, closed)) or 'nobody'}.")

    @admin.action(description="Remove the second factor", permissions=["change"])
    def forget_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        done = forget_second_factors(self.theirs(request, people), by=request.user, now=timezone.now())
        self.message_user(request, f"Without a second factor now: {', '.join(map(str, done)) or 'nobody'}.")

    def theirs(self, request: HttpRequest, people: Iterable[User]) -> list[User]:
        """Those whom this administrator may change, themselves left out."""
        return [one for one in people if one != request.user and self.has_change_permission(request, one)]

    def invite_person(self, request: HttpRequest, person: User) -> None:
        adapter = get_adapter(request)
        record("invited", person, by=request.user, now=timezone.now())
        try:
            if not person.email:
                raise OSError("no address")
            adapter.send_invitation(person)
        except NOT_SENT:
            told = format_html(
                "No letter could be sent to {}. Give them this link to set a password: {}",
                person,
                adapter.make_password_link(person),
            )
            self.message_user(request, told, messages.WARNING)
        else:
            self.message_user(request, f"A link to set a password is on its way to {person.email}.")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, RecordedAdmin):  # type: ignore[misc]
    compressed_fields = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_other_group(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and is_other_group(obj, request.user)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs["queryset"] = permissions_of(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


# --- Within one's own rights -----------------------------------------------------------------------------------------


def is_below(person: User, administrator: Any) -> bool:
    if administrator.is_superuser:
        return True
    return not person.is_superuser and rights(person) <= rights(administrator)


def is_other_group(group: Group | None, administrator: Any) -> bool:
    """One's own groups are for somebody else to change."""
    if group is None or administrator.is_superuser:
        return True
    return groups_below(administrator).exclude(pk__in=administrator.groups.all()).filter(pk=group.pk).exists()


def groups_below(administrator: Any) -> QuerySet[Group]:
    """Groups that have no permission which the administrator lacks."""
    if administrator.is_superuser:
        return Group.objects.all()
    lacked = Permission.objects.exclude(pk__in=permissions_of(administrator).values("pk"))
    return Group.objects.exclude(permissions__in=lacked)


def permissions_of(administrator: Any) -> QuerySet[Permission]:
    everything = Permission.objects.select_related("content_type")
    if administrator.is_superuser:
        return everything
    return everything.filter(Q(group__user=administrator) | Q(user=administrator)).distinct()
