"""No page type breaks a rule of axe: WCAG 2.2 A and AA and best practice, in light and dark, on phone and desktop."""

from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.browser.conftest import Opening
from tests.browser.content import EVERY_KIND, PAGES

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
OWN_BUTTONS = [PAGES[name] for name in ("article", "article with a wide table", "comparison", "comparison of six")]


def find_violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", OPTIONS)
    return [
        f"{rule['id']}: {node['target'][0]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"][:5]
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", EVERY_KIND.values(), ids=EVERY_KIND.keys())
def test_every_kind_of_page(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width, color_scheme="light")
    assert find_violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert find_violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", OWN_BUTTONS)
def test_open_evidence(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width, color_scheme="light")
    page.locator("button.cell:visible").first.click()
    page.locator(".evidence:popover-open").wait_for()
    assert find_violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert find_violations(page) == []


def test_colours_chosen_by_hand(open_page: Opening) -> None:
    page = open_page(PAGES["article"], color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    assert find_violations(page) == []


def test_the_page_for_our_own_mistakes(open_page: Opening) -> None:
    page = open_page("/")
    page.set_content(render_to_string("500.html"))
    assert find_violations(page) == []


@pytest.mark.parametrize("path", [PAGES["compare"], PAGES["question with a crowd"]])
def test_everything_unfolded(open_page: Opening, path: str) -> None:
    page = open_page(path)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert find_violations(page) == []


def test_the_finder_finds(open_page: Opening) -> None:
    page = open_page("/about/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/icon.svg\"><button></button>'")
    assert {violation.split(":")[0] for violation in find_violations(page)} >= {"image-alt", "button-name"}
