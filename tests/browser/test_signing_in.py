"""Signing in with a real browser: a passkey from nothing to the desk, in light and dark, wide and narrow."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PATIENCE
from tests.browser.test_accessibility import find_violations_by_day_and_night

PASSWORD = "a long enough word"


def do_apart[T](work: Callable[[], T]) -> T:
    """In a thread of its own: the browser keeps a loop in this one, where Django refuses to wait for a database."""

    def work_and_leave() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work_and_leave).result()


@pytest.fixture
def person(address: str) -> Iterator[None]:
    """Committed, for the server to see; gone afterwards."""
    cache.clear()
    do_apart(lambda: User.objects.create_superuser("keyholder", "key@example.org", PASSWORD))
    yield
    do_apart(lambda: User.objects.filter(username="keyholder").delete())
    cache.clear()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """At localhost: no browser makes passkeys for a number."""
    base = address.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    found: list[str] = []
    context.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    context.on("weberror", lambda error: found.append(str(error.error)))
    return found


def give_it_a_passkey(page: Page) -> None:
    """A device that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )


def fill_in_password(page: Page) -> None:
    page.get_by_label("Username or e-mail").fill("keyholder")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_made_and_opens_the_desk(
    context: BrowserContext, person: None, settings: Any, complaints: list[str]
) -> None:
    settings.REQUIRE_MFA = True
    page = context.new_page()
    give_it_a_passkey(page)
    page.goto("/admin/experts/expert/")
    fill_in_password(page)
    page.get_by_text("The desk opens only with a second factor").wait_for()

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert page.locator("code").count() == 10
    page.get_by_role("link", name="I have them: go to the desk").click()
    page.wait_for_url("**/admin/")

    page.goto("/accounts/second-factor/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")

    page.goto("/accounts/second-factor/")
    page.get_by_role("button", name="Sign out").click()
    fill_in_password(page)
    page.get_by_role("button", name="Use a passkey or key").click()
    page.wait_for_url("**/admin/")
    assert [line for line in complaints if "Content Security Policy" in line or "Error" in line] == []


def test_a_passkey_that_is_not_given_is_explained(context: BrowserContext, person: None) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = async () => { throw new DOMException('', 'NotAllowedError') } }")
    page.get_by_role("button", name="Use a passkey").click()
    failure = page.get_by_role("alert").filter(visible=True)
    failure.wait_for()
    assert failure.inner_text().startswith("The passkey was not given in time")


def test_the_pages_can_be_read_and_fit(context: BrowserContext, person: None) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    check(page)
    fill_in_password(page)
    page.wait_for_url("**/admin/")
    page.goto("/accounts/second-factor/app/add/")
    check(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Set up an authenticator app").wait_for()
    check(page)
    for place in ("second-factor/", "passkeys/", "passkeys/add/", "password/change/", "logout/"):
        page.goto(f"/accounts/{place}")
        check(page)


def check(page: Page) -> None:
    """The policy lets no script in that is not the site's; a debugger may."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
        assert find_violations_by_day_and_night(page) == [], page.url
