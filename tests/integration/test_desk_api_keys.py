"""Keys in the desk: who makes them, for whom, and that nobody sees one twice."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from aisrace.api.keys import LENGTH, find_key, make_key
from aisrace.api.models import ApiKey
from aisrace.keeping.models import Deed
from tests import make
from tests.desk import client_of, staff
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LIST, ADD = "/admin/api/apikey/", "/admin/api/apikey/add/"
FORM = {"name": "The importer", "scopes": ["read", "write:record"], "expires_at_0": "", "expires_at_1": ""}


@pytest.fixture
def editor() -> User:
    return staff("nell", "editor")


@pytest.fixture
def desk(editor: User) -> Client:
    return client_of(editor)


def make_one(person: User, name: str = "Theirs") -> ApiKey:
    key = ApiKey(name=name, person=person, scopes=["read"])
    make_key(key, by=person, now=timezone.now())
    return key


def token_in(answer: Any) -> str:
    [token] = re.findall(r"aisrace_\w{8}_\w{40}", answer.text)
    return str(token)


def test_an_editor_makes_a_key_and_sees_it_once(desk: Client, editor: User, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    answer = desk.post(ADD, FORM)
    assert answer.status_code == 200
    token = token_in(answer)
    assert len(token) == LENGTH
    assert "no-store" in answer["Cache-Control"]
    assert token not in str(answer.cookies)
    key = find_key(token, timezone.now())
    assert (key.person, key.scopes, key.per_minute) == (editor, ["read", "write:record"], None)
    for page in (LIST, f"{LIST}{key.pk}/change/", f"{LIST}{key.pk}/history/", "/admin/", "/admin/keeping/deed/"):
        assert token not in desk.get(page).text, page
        assert token.rpartition("_")[2] not in desk.get(page).text, page
    assert token not in str([*Deed.objects.values()]) + caplog.text
    assert Deed.objects.about(key).get().by == editor


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["write:everything"]},
        {"expires_at_0": "2020-01-01", "expires_at_1": "00:00"},
    ],
)
def test_what_makes_no_sense_makes_no_key(desk: Client, wrong: Any) -> None:
    assert desk.post(ADD, FORM | wrong).status_code == 200
    assert not ApiKey.objects.exists()


def test_an_editor_makes_none_for_others_and_sets_no_limit(desk: Client, editor: User) -> None:
    other = staff("bo", "administrator")
    assert "per_minute" not in desk.get(ADD).text
    desk.post(ADD, FORM | {"person": other.pk, "per_minute": 99_999})
    key = ApiKey.objects.get()
    assert (key.person, key.per_minute) == (editor, None)


def test_a_superuser_makes_one_for_somebody_of_the_desk(admin_client: Client, editor: User) -> None:
    reader = make.user("reader")
    admin_client.post(ADD, FORM | {"person": reader.pk, "per_minute": ""})
    assert not ApiKey.objects.exists()
    token = token_in(admin_client.post(ADD, FORM | {"person": editor.pk, "per_minute": 30}))
    key = find_key(token, timezone.now())
    assert (key.person, key.per_minute) == (editor, 30)
    assert Deed.objects.about(key).get().by.username == "admin"


def test_everybody_sees_their_own_and_superusers_all(desk: Client, editor: User, admin_client: Client) -> None:
    own, other = make_one(editor, "My own"), make_one(staff("bo", "editor"), "Somebody else's")
    assert "My own" in desk.get(LIST).text
    assert "Somebody else" not in desk.get(LIST).text
    assert desk.get(f"{LIST}{own.pk}/change/").status_code == 200
    assert desk.get(f"{LIST}{other.pk}/change/").status_code == 404
    assert {"My own", "Somebody else&#x27;s"} <= {
        *re.findall(r"My own|Somebody else&#x27;s", admin_client.get(LIST).text)
    }


def test_an_empty_list_says_what_is_not_there(desk: Client, editor: User) -> None:
    page = Page(desk.get(LIST).text)
    assert "No API keys yet" in page.words
    assert ADD in page.links
    assert "Show all" not in page.words
    make_one(editor)
    narrowed = Page(desk.get(f"{LIST}?q=zebra").text)
    assert "No API keys fit" in narrowed.words
    assert "?" in narrowed.links


def test_one_revokes_ones_own(desk: Client, editor: User) -> None:
    own, other = make_one(editor), make_one(staff("bo", "editor"))
    desk.post(LIST, {"action": "revoke_them", "_selected_action": [own.pk, other.pk]})
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.revoked_at is not None
    assert other.revoked_at is None
    assert Deed.objects.about(own).first().verb == "revoked"
    assert "Revoked" in desk.get(LIST).text


def test_a_superuser_revokes_anybodys(admin_client: Client, editor: User) -> None:
    key = make_one(editor)
    admin_client.post(LIST, {"action": "revoke_them", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_key_is_neither_changed_nor_deleted(admin_client: Client, editor: User) -> None:
    key = make_one(editor)
    assert admin_client.post(f"{LIST}{key.pk}/change/", FORM | {"name": "New"}).status_code == 403
    assert admin_client.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [key.pk], "post": "yes"})
    assert ApiKey.objects.get().name == "Theirs"


@pytest.mark.parametrize("role", ["contributor", "moderator"])
def test_others_have_none(role: str) -> None:
    desk = client_of(staff("cy", role))
    assert desk.get(LIST).status_code == 403
    assert desk.post(ADD, FORM).status_code == 403
    assert "API keys" not in desk.get("/admin/").text
