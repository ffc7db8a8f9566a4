"""Names suggested in the search field, on every page and by keyboard alone; without script it is a field like any."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening, Reader
from tests.browser.test_accessibility import find_violations

PLACES = [("/about/", 1280), ("/search/", 1280), ("/search/", 390)]
places = pytest.mark.parametrize(("path", "width"), PLACES)


def type_into(page: Page, text: str) -> None:
    field = page.locator("input[name=q]:visible")
    field.focus()
    field.press_sequentially(text)


def suggested(page: Page, *names: str) -> None:
    expect(page.locator("#suggestions [role=option] > :first-child")).to_have_text(list(names))


def chosen(page: Page, name: str) -> None:
    """Also for who does not see it: the field names the option that it is on."""
    option = page.locator("#suggestions [aria-selected=true]")
    expect(option).to_contain_text(name)
    field = page.get_by_role("combobox", name=re.compile("Search|What to look for"))
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "-")
    expect(field).to_be_focused()


@places
def test_arrows_choose_and_enter_goes_there(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width)
    type_into(page, "ai ")
    wordings = page.locator("#suggestions [role=option]")
    expect(wordings.nth(1)).to_be_visible()
    assert find_violations(page) == []
    kinds = page.locator("#suggestions [role=option] > :last-child").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert max(kinds) < 30, "one line each"
    last = wordings.last.inner_text().split("\n")[0]
    first = wordings.first.inner_text().split("\n")[0]
    page.keyboard.press("ArrowUp")
    chosen(page, last)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    chosen(page, first)
    page.locator("input[name=q]:visible").fill("")
    type_into(page, "sack")
    suggested(page, "David Sacks")
    page.keyboard.press("ArrowDown")
    chosen(page, "David Sacks")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/experts/david-sacks/$"))


@places
def test_escape_closes_and_enter_searches_for_what_was_typed(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width)
    type_into(page, "sack")
    suggested(page, "David Sacks")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(page.locator("input[name=q]:visible")).to_have_value("sack")
    page.keyboard.press("ArrowDown")
    chosen(page, "David Sacks")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=sack$"))


def test_they_close_when_one_goes_on(open_page: Opening) -> None:
    page = open_page("/about/")
    type_into(page, "sack")
    suggested(page, "David Sacks")
    page.keyboard.press("Tab")
    expect(page.locator("#suggestions")).to_be_hidden()


def test_nothing_is_fetched_before_somebody_comes_to_the_field(reader: Reader) -> None:
    page = reader.open("/about/")
    assert not [url for url in reader.asked if "suggest" in url]
    type_into(page, "sack")
    suggested(page, "David Sacks")
    assert len([url for url in reader.asked if url.endswith("/suggest.js")]) == 1


@places
def test_without_script_it_searches(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, width, java_script_enabled=False)
    type_into(page, "sack")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=sack$"))
    expect(page.get_by_role("heading", name="David Sacks").first).to_be_visible()
