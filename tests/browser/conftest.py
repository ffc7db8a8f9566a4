"""One browser and one server for all browser tests. They begin and end as a package, and leave an empty database."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from comments.remembering import COOKIE
from tests.browser import content
from tests.chromium import find_chromium

PATIENCE = 30_000  # milliseconds; several browsers share the machine
expect.set_options(timeout=PATIENCE)

# Playwright keeps an event loop in the thread of the tests; reading the database there is what they are for.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These come last. The marker makes pytest-django create a test database even where nothing else asks for one."""
    for item in items:
        if is_ours(item):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db)
    items.sort(key=is_ours)


def is_ours(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction around each of these tests, as pytest-django would have it: they read what is committed."""


@pytest.fixture(scope="package")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Where the site is served. The content is committed: the server reads it through connections of its own."""
    with django_db_blocker.unblock():
        assert "test" in Path(connection.settings_dict["NAME"]).name, "what follows empties the database"
        content.build()
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def chromium(address: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Reader:
    """Somebody with windows of their own. Notes whatever a window asks for and complains about.

    The icon of the window is left out: the browser fetches it at a time of its own.
    Where `is_refused` on purpose, that a page or a connection was not had is no complaint.
    """

    browser: Browser
    address: str
    is_refused: bool = False
    contexts: list[BrowserContext] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, width: int = 1280, **options: Any) -> Page:
        """A window of its own, `width` CSS pixels wide, with the page at `path`; options as in `new_context`."""
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", self._note)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    def _note(self, request: Request) -> None:
        if request.url != f"{self.address}/static/icon.svg":
            self.asked.append(request.url)

    def _listen(self, message: ConsoleMessage) -> None:
        """A page that answers 4xx on purpose is an error for the browser, not for us."""
        parts = urlsplit(message.location["url"])
        is_refusal = f"{parts.path}?{parts.query}".rstrip("?") in content.REFUSALS.values()
        is_refusal |= self.is_refused and message.text.startswith(("Failed to load resource", "htmx:"))
        if message.type in ("error", "warning") and not is_refusal:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    @property
    def left_the_site(self) -> list[str]:
        return [url for url in self.asked if not url.startswith((self.address + "/", "data:"))]

    @property
    def cookies(self) -> list[Any]:
        return [cookie for context in self.contexts for cookie in context.cookies()]


@pytest.fixture
def reader(chromium: Browser, address: str) -> Iterator[Reader]:
    """Whatever a test does: nothing leaves the site, nothing breaks, no cookie is set."""
    somebody = Reader(chromium, address)
    yield somebody
    cookies = somebody.cookies
    for context in somebody.contexts:
        context.close()
    assert somebody.left_the_site == []
    assert somebody.complaints == []
    assert cookies == []


@pytest.fixture
def writer(chromium: Browser, address: str) -> Iterator[Reader]:
    """As `reader`, but for the one cookie that says which comments are their own."""
    somebody = Reader(chromium, address, is_refused=True)
    yield somebody
    cookies = somebody.cookies
    for context in somebody.contexts:
        context.close()
    assert somebody.left_the_site == []
    assert somebody.complaints == []
    assert {cookie["name"] for cookie in cookies} <= {COOKIE}


type Opening = Callable[..., Page]


@pytest.fixture
def open_page(reader: Reader) -> Opening:
    return reader.open
