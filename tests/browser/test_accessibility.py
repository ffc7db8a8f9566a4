"""No page type breaks a rule of axe: WCAG 2.2 A and AA and best practice, in light and dark, on phone and desktop."""

from pathlib import Path
from typing import Any, Literal

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
# The rules that look at colours. Light and dark differ in nothing else.
OF_COLOURS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
GROUND = "getComputedStyle(document.body).backgroundColor"
OWN_BUTTONS = [PAGES[name] for name in ("article", "article with a wide table", "comparison", "comparison of six")]


def find_violations(page: Page, options: dict[str, Any] = OPTIONS) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target'][0]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        for node in rule["nodes"][:5]
    ]


def find_violations_by_day_and_night(page: Page) -> list[str]:
    """All rules in the light; in the dark, which comes without the page being loaded, those that look at colours."""
    shine(page, "light")
    by_day, light = find_violations(page), page.evaluate(GROUND)
    shine(page, "dark")
    assert page.evaluate(GROUND) != light
    return by_day + [f"in the dark: {violation}" for violation in find_violations(page, OF_COLOURS)]


def shine(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The desk asks for the scheme when it is loaded and keeps the answer as a class."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")
    page.evaluate("new Promise(requestAnimationFrame)")


@pytest.mark.parametrize("path", EVERY_KIND.values(), ids=EVERY_KIND.keys())
def test_every_kind_of_page(open_page: Opening, path: str) -> None:
    page = open_page(path, 1280)
    assert find_violations_by_day_and_night(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert find_violations_by_day_and_night(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", OWN_BUTTONS)
def test_open_evidence(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width)
    page.locator("button.cell:visible").first.click()
    page.locator(".evidence:popover-open").wait_for()
    assert find_violations_by_day_and_night(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_where_a_reader_stands(open_page: Opening, width: int) -> None:
    page = open_page(PAGES["stand on an article"], width, color_scheme="light")
    for question in page.locator("fieldset.ask").all():
        question.locator("input").first.check()
    page.get_by_role("button", name="Show who agrees").click()
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
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
