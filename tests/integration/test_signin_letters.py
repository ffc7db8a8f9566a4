"""Links to set a password: for who has forgotten theirs, and for who is new."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings

from aisrace.keeping.models import Deed
from tests import make
from tests.accounts import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def editor() -> User:
    user: User = make.user("nell", email="nell@example.org", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    return user


def follow_link(client: Client, letter: Any) -> Any:
    link = re.search(r"https?://testserver(\S+)", letter.body)
    assert link
    return client.get(link[1], follow=True)


def test_a_forgotten_password_is_set_by_letter(client: Client, editor: User) -> None:
    done = client.post("/accounts/password/reset/", {"email": "nell@example.org"}, follow=True)
    assert done.status_code == 200
    page = follow_link(client, mail.outbox[-1])
    new = {"password1": "a long new word", "password2": "a long new word"}
    assert "Your password is set" in client.post(page.redirect_chain[-1][0], new, follow=True).text
    assert sign_in(client, password="a long new word").status_code == 302
    assert "no longer works" in follow_link(Client(), mail.outbox[0]).text


def test_a_former_address_opens_nothing(client: Client, editor: User) -> None:
    """allauth keeps every address it has sent a link to."""
    client.post("/accounts/password/reset/", {"email": "nell@example.org"})
    root = Client()
    root.force_login(make.user("root", is_staff=True, is_superuser=True))
    form = {"username": "nell", "email": "new@example.org", "is_active": "on", "is_staff": "on", "groups": []}
    assert root.post(f"/admin/auth/user/{editor.pk}/change/", form).status_code == 302
    mail.outbox.clear()
    for to in ("nell@example.org", "new@example.org"):
        client.post("/accounts/password/reset/", {"email": to})
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]


def test_nobody_learns_who_has_an_account(client: Client, editor: User) -> None:
    pages = [
        client.post("/accounts/password/reset/", {"email": to}, follow=True)
        for to in ("nell@example.org", "nobody@example.org")
    ]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert len(mail.outbox) == 1


@override_settings(
    MAILERS={
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }
)
def test_without_a_mail_server_nothing_breaks(client: Client, editor: User) -> None:
    assert client.post("/accounts/password/reset/", {"email": "nell@example.org"}).status_code == 302
    sign_in(client)
    new = {"oldpassword": PASSWORD, "password1": "a long new word", "password2": "a long new word"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    page = invite(client, follow=True)
    assert "No letter could be sent" in page.text
    assert "/accounts/password/reset/key/" in page.text


def invite(client: Client, follow: bool = False, **values: Any) -> Any:
    group = Group.objects.get(name="contributor").pk
    form = {"username": "bo", "email": "Bo@example.org", "first_name": "", "last_name": "", "groups": [group]} | values
    return client.post("/admin/auth/user/add/", form, follow=follow)


def test_an_invitation_leads_to_a_password_and_into_the_desk(client: Client) -> None:
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    assert invite(client).status_code == 302
    bo = User.objects.get(username="bo")
    assert (bo.is_staff, bo.is_superuser, bo.has_usable_password(), bo.email) == (True, False, False, "bo@example.org")
    assert [group.name for group in bo.groups.all()] == ["contributor"]
    assert list(Deed.objects.filter(row_id=bo.pk).values_list("verb", flat=True)) == ["added", "invited"]
    guest = Client()
    page = follow_link(guest, mail.outbox[-1])
    new = {"password1": "a long new word", "password2": "a long new word"}
    guest.post(page.redirect_chain[-1][0], new)
    assert sign_in(guest, "bo", "a long new word")["Location"] == "/admin/"
    assert guest.get("/admin/").status_code == 200


def test_an_address_belongs_to_one(client: Client, editor: User) -> None:
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    page = invite(client, email="NELL@example.org")
    assert "Somebody has this address already" in page.text
    assert "required" in invite(client, email="").text
    assert not User.objects.filter(username="bo").exists()
