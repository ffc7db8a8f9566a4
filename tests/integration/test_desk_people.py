"""Administrators give away only what they have, and nobody lifts themselves."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType

from aisrace.keeping.models import Deed
from tests import make
from tests.desk import ROLES, World, address, bait, client_of, make_world, staff

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def world() -> World:
    return make_world()


def user_form(user: User, **values: Any) -> dict[str, Any]:
    form = {"username": user.username, "email": user.email, "is_staff": "on", "is_active": "on"}
    return form | {"groups": [group.pk for group in user.groups.all()]} | values


def can(user: User) -> set[str]:
    return set(User.objects.get(pk=user.pk).get_all_permissions())


def test_administrators_have_the_rights_of_everybody_else() -> None:
    """Or they could not manage them."""
    rights = {role: can(staff(role, role)) for role in ROLES}
    assert all(rights[role] <= rights["administrator"] for role in ROLES)
    assert rights["contributor"] < rights["editor"]


def test_administrators_change_people_and_the_trail_tells(world: World) -> None:
    chief, other = staff("chief", "administrator"), staff("bo", "contributor")
    editors = Group.objects.get(name="editor")
    client = client_of(chief)
    answer = client.post(address(other, "change", other.pk), user_form(other, groups=[editors.pk]))
    assert answer.status_code == 302, answer.context["errors"]
    assert list(other.groups.all()) == [editors]
    assert Deed.objects.filter(kind="auth.user", verb="changed").get().by == chief
    assert client.get(address(User, "changelist")).text.count("editor") > 1


def test_administrators_do_not_lift_themselves_or_others() -> None:
    chief, other = staff("chief", "administrator"), staff("bo", "contributor")
    Group.objects.create(name="kings").permissions.set([*make_permission()])
    kings = Group.objects.get(name="kings")
    client, before = client_of(chief), can(chief)
    wishes = {"is_superuser": "on", "user_permissions": [p.pk for p in make_permission()], "groups": [kings.pk]}
    for person in (chief, other):
        client.post(address(person, "change", person.pk), user_form(person, **wishes))
        client.post(address(person, "change", person.pk), user_form(person, is_superuser="on"))
        person.refresh_from_db()
        assert not person.is_superuser
        assert not person.user_permissions.exists()
        assert kings not in person.groups.all()
    for group in Group.objects.filter(name__in=["administrator", "kings"]):
        assert client.post(address(group, "change", group.pk), {"name": "x", "permissions": []}).status_code == 403
        assert client.post(address(group, "delete", group.pk), {"post": "yes"}).status_code == 403
    group = Group.objects.get(name="contributor")
    client.post(address(group, "change", group.pk), {"name": "contributor", "permissions": wishes["user_permissions"]})
    assert not group.permissions.filter(pk__in=wishes["user_permissions"]).exists()
    invited = {"username": "new", "email": "new@example.org", "groups": [kings.pk], "is_superuser": "on"}
    client.post(address(User, "add"), invited)
    assert not User.objects.filter(username="new").exists()
    assert can(chief) == before


def make_permission() -> Any:
    """What no administrator has."""
    return ContentType.objects.get(app_label="sessions", model="session").permission_set.all()


def test_administrators_do_not_touch_superusers_or_who_can_more() -> None:
    chief = staff("chief", "administrator")
    root, sleeping = (
        make.user("root", is_staff=True, is_superuser=True),
        make.user("gone", is_active=False, is_superuser=True),
    )
    able = staff("able", "contributor")
    able.user_permissions.set(make_permission())
    client = client_of(chief)
    for person in (root, sleeping, able):
        assert person.password.split("$")[-1] not in client.get(address(person, "change", person.pk)).text
        before = User.objects.filter(pk=person.pk).values().get()
        assert client.post(address(person, "change", person.pk), user_form(person, email="x@y.org")).status_code == 403
        assert client.get(f"/admin/auth/user/{person.pk}/password/").status_code == 403
        new = {"password1": "a long new word", "password2": "a long new word", "usable_password": "true"}
        assert client.post(f"/admin/auth/user/{person.pk}/password/", new).status_code == 403
        assert client.post(address(person, "delete", person.pk), {"post": "yes"}).status_code == 403
        for action in ("invite", "close", "forget_factors", "delete_selected"):
            bulk = {"action": action, "_selected_action": [person.pk], "post": "yes"}
            client.post(address(User, "changelist"), bulk)
        assert User.objects.filter(pk=person.pk).values().get() == before


def test_accounts_are_closed_and_not_deleted_once_they_did_something(world: World) -> None:
    chief, idle = staff("chief", "administrator"), staff("idle", "contributor")
    client = client_of(chief)
    other = world.other
    assert client.post(address(other, "delete", other.pk), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [other.pk, idle.pk], "post": "yes"}
    client.post(address(User, "changelist"), bulk)
    assert User.objects.filter(pk__in=[other.pk, idle.pk]).count() == 2
    theirs = client_of(other)
    close = {"action": "close", "_selected_action": [other.pk, chief.pk]}
    client.post(address(User, "changelist"), close)
    assert [User.objects.get(pk=person.pk).is_active for person in (other, chief)] == [False, True]
    assert theirs.get("/admin/").status_code == 302
    assert Deed.objects.get(verb="closed").by == chief
    assert client.post(address(idle, "delete", idle.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=idle.pk).exists()


def test_a_deed_outlives_who_did_it(world: World) -> None:
    world.other.delete()
    deed = Deed.objects.filter(kind="articles.article").first()
    assert deed
    assert (deed.by, deed.by_name) == (None, bait("editor"))
