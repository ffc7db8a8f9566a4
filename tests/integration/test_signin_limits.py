"""Guessing ends soon, wherever it comes from and whatever is out of order."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.cache import cache, caches
from django.test import Client
from django.test.utils import override_settings

from tests import make
from tests.accounts import MFA, add_app, code_of, is_in, sign_in

pytestmark = pytest.mark.django_db


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


def guess(client: Client, times: int, login: str = "nell", **extra: Any) -> Any:
    for _ in range(times):
        page = sign_in(client, login, "wrong", **extra)
    return page


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client: Client, editor: User) -> None:
    assert "Too many" not in guess(client, 5).text
    page = sign_in(client)
    assert "Too many failed attempts. Wait ten minutes" in page.text
    assert not is_in(client)


@pytest.mark.parametrize("trusted", [0, 1])
def test_no_header_makes_an_address_new(client: Client, editor: User, trusted: int) -> None:
    """With a proxy the last entry is its own; without one the header says nothing."""
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=trusted):
        for n in range(20):
            forged = f"203.0.113.{n}, 198.51.100.7" if trusted else f"203.0.113.{n}"
            sign_in(client, f"nobody-{n}", "wrong", headers={"X-Forwarded-For": forged})
        page = sign_in(client, headers={"X-Forwarded-For": "203.0.113.99, 198.51.100.7"})
        assert "Too many" in page.text
        elsewhere: dict[str, Any] = (
            {"headers": {"X-Forwarded-For": "198.51.100.8"}} if trusted else {"REMOTE_ADDR": "198.51.100.8"}
        )
        assert sign_in(client, **elsewhere).status_code == 302


def test_codes_are_not_guessed_either(client: Client, editor: User) -> None:
    secret = add_app(editor)
    sign_in(client)
    for _ in range(5):
        client.post(f"{MFA}ask/", {"code": "000000"})
    page = client.post(f"{MFA}ask/", {"code": code_of(secret)})
    assert page.status_code == 200
    assert "Too many failed attempts" in page.text
    assert not is_in(client)


def test_whoever_posts_without_end_is_stopped(client: Client) -> None:
    pages = [sign_in(client, "") for _ in range(31)]
    assert [page.status_code for page in pages[29:]] == [200, 429]
    assert "Too many attempts" in pages[-1].text


def test_without_redis_guessing_is_counted_in_memory(client: Client, editor: User) -> None:
    gone = {
        "BACKEND": settings_cache_backend(),
        "LOCATION": "redis://127.0.0.1:1",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    with override_settings(CACHES={"default": gone}):
        caches["default"].clear()
        assert "Too many" not in guess(client, 5).text
        assert "Too many" in sign_in(client).text
        make.user("other", is_staff=True)
        assert sign_in(client, "other").status_code == 302


def settings_cache_backend() -> str:
    """As in use with REDIS_URL; read from the file, for the tests run without."""
    found = re.search(r'"BACKEND": "([\w.]+RedisCache)"', (settings.BASE_DIR / "aisrace" / "settings.py").read_text())
    assert found
    return found[1]
