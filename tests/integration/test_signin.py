"""Who comes in and how: by password and with a second factor; nobody else, and no other way."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from django.urls import NoReverseMatch, reverse

from aisrace.desk.account_urls import account_urls
from tests import make
from tests.accounts import LOGIN, MFA, PASSWORD, add_app, code_of, is_in, sign_in, sign_in_wholly
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

required = override_settings(REQUIRE_MFA=True)


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


def test_the_desk_asks_to_sign_in_and_leads_back(client: Client, editor: User) -> None:
    page = client.get("/admin/experts/expert/", follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)
    assert "Sign in" in page.text
    done = client.post(page.redirect_chain[-1][0], {"login": "nell", "password": PASSWORD}, follow=True)
    assert done.redirect_chain[-1][0] == "/admin/experts/expert/"
    assert done.status_code == 200


@pytest.mark.parametrize("login", ["nell", "NELL@example.org", "nell@example.org"])
def test_names_and_addresses_open_the_door(client: Client, editor: User, login: str) -> None:
    assert sign_in(client, login)["Location"] == "/admin/"
    assert is_in(client)


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"login": "nobody"}, {"login": "nobody@example.org"}])
def test_who_is_wrong_reads_the_same_whatever_was_wrong(client: Client, editor: User, wrong: dict[str, str]) -> None:
    page = sign_in(client, **wrong)
    assert page.status_code == 200
    assert " and this password." in page.text
    assert not is_in(client)


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_away_from_the_site(client: Client, editor: User, place: str) -> None:
    answer = client.post(LOGIN, {"login": "nell", "password": PASSWORD, "next": place})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/login/", {"next": place})["Location"] == "/admin/"


def test_who_is_not_staff_is_told_so(client: Client) -> None:
    make.user("reader")
    page = sign_in(client, "reader")
    assert page.status_code == 403
    assert "no access to the desk" in page.text
    assert not is_in(client)


def test_who_is_staff_no_longer_is_told_so_and_can_sign_out(client: Client, editor: User) -> None:
    client.force_login(editor)
    User.objects.update(is_staff=False)
    page = client.get("/admin/", follow=True)
    assert page.status_code == 403
    assert "no access to the desk" in page.text
    assert client.post("/admin/logout/")["Location"] == LOGIN
    assert not is_in(client)


def test_a_closed_account_stays_outside(client: Client, editor: User) -> None:
    client.force_login(editor)
    User.objects.update(is_active=False)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    page = sign_in(Client())
    assert page["Location"] == "/accounts/inactive/"
    assert "closed" in client.get("/accounts/inactive/").text


def test_a_session_begins_anew_with_the_sign_in_and_ends_after_14_days(client: Client, editor: User) -> None:
    client.get(LOGIN)
    client.session["bait"] = 1
    client.session.save()
    before = client.session.session_key
    client.post(LOGIN, {"login": "nell", "password": PASSWORD, "remember": "on"})
    assert client.session.session_key != before
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 60 * 60
    assert client.cookies["sessionid"]["httponly"]


def test_without_the_tick_a_session_ends_with_the_browser(client: Client, editor: User) -> None:
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == ""


def test_a_new_password_ends_the_other_sessions(client: Client, editor: User) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    new = {"oldpassword": PASSWORD, "password1": "a long new word", "password2": "a long new word"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert mail.outbox[-1].to == ["nell@example.org"]


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_request_login_code", "mfa_signup_webauthn"]
)
def test_what_the_desk_does_not_need_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "place", ["", "signup/", "email/", "login/code/", "confirm-email/x/", "social/login/", "trust/"]
)
def test_other_pages_of_accounts_do_not_exist(client: Client, editor: User, place: str) -> None:
    assert client.get(f"/accounts/{place}").status_code == 404
    client.force_login(editor)
    assert client.get(f"/accounts/{place}").status_code == 404


def account_pages() -> list[str]:
    keys = {"uidb36": "1", "key": "x-y", "pk": 1}
    found = []
    for pattern in account_urls:
        groups = pattern.pattern.regex.groupindex
        found.append(reverse(pattern.name or "", kwargs={name: keys[name] for name in groups}))
    return found


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_opens_under_the_strict_policy(client: Client, editor: User, signed_in: bool) -> None:
    if signed_in:
        sign_in_wholly(client, editor)
    for address in account_pages():
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 404), address
        if answer.status_code == 404 or answer.request["PATH_INFO"] == "/admin/":
            continue
        if "html" not in answer["Content-Type"]:
            continue
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        page = Page(answer.text)
        assert [e.attributes for e in page.find("script") if not e["src"] and e["type"] != "application/json"] == []
        assert [e.tag for e in page.elements if e["style"] or e["onclick"]] == []


# --- The second factor -----------------------------------------------------------------------------------------------


@required
def test_staff_without_a_second_factor_get_nowhere_in_the_desk(client: Client, editor: User) -> None:
    sign_in(client)
    article = make.article("zorkmid")
    for address in (
        "/admin/",
        "/admin/articles/article/",
        f"/admin/articles/article/{article.pk}/change/",
        "/admin/x/",
    ):
        answer = client.get(address)
        assert answer["Location"] == MFA, address
        assert client.post(address, {"headline": "BAIT"}).status_code == 403
        assert client.get(address, headers={"Accept": "application/json"}).status_code == 302
    assert client.get("/admin/autocomplete/")["Location"] == MFA
    page = client.get(MFA)
    assert page.status_code == 200
    assert "opens only with a second factor" in page.text
    assert client.post("/admin/logout/").status_code == 302
    assert not is_in(client)


@required
@override_settings(REQUIRE_MFA=False)
def test_where_it_is_not_the_rule_a_password_will_do(client: Client, editor: User) -> None:
    sign_in(client)
    assert client.get("/admin/").status_code == 200


@required
def test_an_app_is_set_up_and_opens_the_desk(client: Client, editor: User) -> None:
    sign_in(client)
    client.get("/accounts/second-factor/app/add/")
    client.post(f"/accounts/reauthenticate/?next={MFA}app/add/", {"password": PASSWORD})
    page = client.get(f"{MFA}app/add/")
    secret = page.context["form"].secret
    assert secret in page.text
    assert "data:image/svg+xml" in page.text
    assert "Incorrect code." in client.post(f"{MFA}app/add/", {"code": "000000"}).text
    codes = client.post(f"{MFA}app/add/", {"code": code_of(secret)}, follow=True)
    assert codes.redirect_chain[-1][0] == f"{MFA}codes/"
    assert len(re.findall(r"<code>\d{8}</code>", codes.text)) == 10
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("rule", [True, False])
def test_who_has_a_second_factor_is_asked_for_it(client: Client, editor: User, rule: bool) -> None:
    secret = add_app(editor)
    with override_settings(REQUIRE_MFA=rule):
        answer = client.post(f"{LOGIN}?next=/admin/experts/", {"login": "nell", "password": PASSWORD})
        assert answer["Location"].startswith(f"{MFA}ask/")
        assert not is_in(client)
        assert client.get("/admin/").status_code == 302
        assert "Incorrect code." in client.post(f"{MFA}ask/", {"code": "000000"}).text
        assert not is_in(client)
        done = client.post(f"{MFA}ask/", {"code": code_of(secret)})
        assert done["Location"] == "/admin/experts/"
        assert client.get("/admin/").status_code == 200


def test_a_code_works_once(client: Client, editor: User) -> None:
    code = code_of(add_app(editor))
    for expected in (True, False):
        visitor = Client()
        sign_in(visitor)
        visitor.post(f"{MFA}ask/", {"code": code})
        assert is_in(visitor) == expected


@required
def test_a_recovery_code_works_once_and_says_what_is_left(client: Client, editor: User) -> None:
    add_app(editor)
    code = RecoveryCodes.activate(editor).get_unused_codes()[0]
    sign_in(client)
    page = client.post(f"{MFA}ask/", {"code": code}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/"
    assert "9 of them are left" in page.text
    again = Client()
    sign_in(again)
    again.post(f"{MFA}ask/", {"code": code})
    assert not is_in(again)


@required
def test_codes_alone_are_no_second_factor(client: Client, editor: User) -> None:
    RecoveryCodes.activate(editor)
    sign_in(client)
    assert client.get("/admin/")["Location"] == MFA
    assert "Only recovery codes are left" in client.get(MFA).text


@required
def test_who_removes_the_last_factor_is_outside_again(client: Client, editor: User) -> None:
    add_app(editor)
    sign_in_wholly(client, editor)
    assert client.get("/admin/").status_code == 200
    assert client.post(f"{MFA}app/remove/").status_code == 302
    assert client.get("/admin/")["Location"] == MFA
    assert mail.outbox[-1].to == ["nell@example.org"]


def test_factors_are_changed_only_by_who_gives_a_proof_again(client: Client, editor: User) -> None:
    add_app(editor)
    RecoveryCodes.activate(editor)
    client.force_login(editor)
    assert client.post(f"{MFA}app/remove/")["Location"].startswith("/accounts/reauthenticate/")
    for page in ("codes/", "codes/file/", "codes/new/"):
        assert client.get(f"{MFA}{page}")["Location"].startswith("/accounts/reauthenticate/")
    assert Authenticator.objects.count() == 2


def test_a_browser_is_asked_for_a_passkey_of_this_site(client: Client) -> None:
    answer = client.get("/accounts/passkeys/login/", headers={"Accept": "application/json"})
    options = answer.json()["request_options"]["publicKey"]
    assert options["rpId"] == "testserver"
    assert client.post("/accounts/passkeys/login/", {"credential": "{}"}).status_code == 302
    assert not is_in(client)
