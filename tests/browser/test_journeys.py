"""What readers do, from the front page to a comparison of their own: with scripts and without, by hand and by key."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening
from tests.browser.content import EVERY_KIND, PAGES

OPEN = ".evidence:popover-open"
FOCUS = "document.activeElement"

# Whether what has the focus is seen to have it: in the window, not covered by anything, with an outline.
SHOWS_FOCUS = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const [x, y] = [box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 24) / 2];
  const top = document.elementFromPoint(x, y);
  const isOnTop = top && (element.contains(top) || top.contains(element) || element.closest("label")?.contains(top));
  // Inside a date field the browser itself marks the part that has the focus.
  const isInner = element.type === "date" && !element.matches(":focus-visible");
  const isOutlined = isInner || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return isOnTop && isOutlined ? "" : `${element.outerHTML.slice(0, 150)} covered by ${top?.outerHTML.slice(0, 80)}`;
}"""

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
phone_and_desktop = pytest.mark.parametrize("width", [390, 1280])


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def press_tab_until(page: Page, selector: str, most: int = 80) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUS}.matches({selector!r})"):
            return
    raise AssertionError(f"{most} times Tab did not reach {selector}")


# --- By hand ---------------------------------------------------------------------------------------------------------


@phone_and_desktop
@with_and_without_scripts
def test_from_the_front_page_to_what_an_expert_said(open_page: Opening, width: int, scripts: bool) -> None:
    page = open_page("/", width, java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("^Compare all")).click()
    expect(page).to_have_url(re.compile(f"{PAGES['article']}$"))
    page.wait_for_load_state()  # until the styles are there, cells of the other width count as visible too

    page.locator("button.cell:visible", has_text="U.S. narrowly ahead").first.click()
    evidence = page.locator(OPEN)
    expect(evidence).to_be_visible()
    expect(evidence).to_contain_text("Nitika Sharma")
    expect(evidence).to_contain_text("secondary source")
    page.keyboard.press("Escape")
    expect(evidence).to_have_count(0)


@phone_and_desktop
@with_and_without_scripts
def test_from_an_article_to_a_comparison_of_ones_own(open_page: Opening, width: int, scripts: bool) -> None:
    page = open_page(PAGES["article"], width, java_script_enabled=scripts)
    page.locator("#comparison").get_by_role("link", name="David Sacks").locator("visible=true").first.click()
    assert heading(page) == "David Sacks"
    page.get_by_role("link", name=re.compile("^At the end of January 2025, which country is ahead")).first.click()
    assert heading(page).startswith("At the end of January 2025")
    page.locator("main").get_by_role("link", name="Andrew Ng").last.click()
    assert heading(page) == "Andrew Ng"

    page.get_by_role("link", name="Compare with…").click()
    expect(page.locator("main")).to_contain_text("Choose at least one more expert to compare with Andrew Ng.")
    page.get_by_label("Yann LeCun").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    assert heading(page) == "Yann LeCun and Andrew Ng"
    expect(page.locator("table.sides")).to_be_visible()
    assert "expert=yann-lecun&expert=andrew-ng" in page.url


@with_and_without_scripts
def test_evidence_opens_from_every_place_and_closes_by_its_button(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["article"], java_script_enabled=scripts)
    for opener in (".matrix button.cell", ".voice .stances button", ".rests-on button", ".spectrum button.mark"):
        page.locator(opener).first.click()
        expect(page.locator(OPEN)).to_have_count(1)
        page.locator(OPEN).get_by_role("button", name="Close").click()
        expect(page.locator(OPEN)).to_have_count(0)


@with_and_without_scripts
def test_evidence_closes_where_one_clicks_beside_it(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["article"], java_script_enabled=scripts)
    page.locator("button.cell:visible").first.click()
    page.mouse.click(5, 5)
    expect(page.locator(OPEN)).to_have_count(0)


@with_and_without_scripts
def test_a_record_as_of_a_day_and_narrowed(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["question with a crowd"], java_script_enabled=scripts)
    page.get_by_label("As of", exact=True).fill("2024-12-31")
    page.locator("form.filters button").click()
    expect(page.locator("main")).to_contain_text("as of 31 December 2024")
    expect(page.get_by_label("As of", exact=True)).to_have_value("2024-12-31")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("main")).not_to_contain_text("as of 31 December 2024")


@with_and_without_scripts
def test_paging_through_a_long_record(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["expert with a long record"], java_script_enabled=scripts)
    page.get_by_role("link", name="After →").click()
    assert page.url.endswith("?page=2")
    expect(page.locator(".statement").first).to_be_visible()


@with_and_without_scripts
def test_from_a_mark_on_the_spectrum_to_the_words(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["question with a crowd"], java_script_enabled=scripts)
    mark = page.locator(".spectrum a.mark").first
    target = page.locator(mark.get_attribute("href") or "none")
    mark.click()
    expect(target).to_be_in_viewport()


# --- By key ----------------------------------------------------------------------------------------------------------


@with_and_without_scripts
def test_the_first_key_leads_past_the_navigation(open_page: Opening, scripts: bool) -> None:
    page = open_page(PAGES["article"], java_script_enabled=scripts)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.closest('main') !== null")


@phone_and_desktop
@with_and_without_scripts
def test_evidence_by_key(open_page: Opening, width: int, scripts: bool) -> None:
    page = open_page(PAGES["article"], width, java_script_enabled=scripts)
    press_tab_until(page, "button.cell")
    opened = page.evaluate(f"{FOCUS}.getAttribute('popovertarget')")
    assert page.evaluate(SHOWS_FOCUS) == ""
    page.keyboard.press("Enter")
    expect(page.locator(OPEN)).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.closest('.evidence')?.id") == opened
    page.keyboard.press("Escape")
    expect(page.locator(OPEN)).to_have_count(0)
    assert page.evaluate(f"{FOCUS}.matches('button.cell') && {FOCUS}.getAttribute('popovertarget')") == opened


@phone_and_desktop
@pytest.mark.parametrize("name", ["article", "article with a wide table", "question with a crowd", "comparison of six"])
def test_the_focus_is_always_seen(open_page: Opening, name: str, width: int) -> None:
    page = open_page(PAGES[name], width)
    unseen = []
    for key in ["Tab"] * 70 + ["Shift+Tab"] * 30:
        page.keyboard.press(key)
        if page.evaluate(f"{FOCUS} !== document.body"):
            unseen.append(page.evaluate(SHOWS_FOCUS))
    assert [wrong for wrong in unseen if wrong] == []


def test_a_comparison_by_key(open_page: Opening) -> None:
    page = open_page(PAGES["compare"])
    for slug in ("yann-lecun", "andrew-ng"):
        press_tab_until(page, f"[value={slug}]")
        page.keyboard.press("Space")
    press_tab_until(page, "form button.button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Yann LeCun and Andrew Ng")


# --- What scripts add ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_chosen_by_hand_stay_chosen(open_page: Opening, scheme: str) -> None:
    page = open_page("/", color_scheme=scheme)
    toggle = page.get_by_role("button", name="Dark colours")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    expect(toggle).to_have_attribute("aria-pressed", str(scheme == "dark").lower())

    toggle.click()
    chosen = page.evaluate(ground)
    assert chosen != before
    expect(toggle).to_have_attribute("aria-pressed", str(scheme == "light").lower())
    page.reload()
    assert page.evaluate(ground) == chosen
    page.goto(PAGES["about"])
    assert page.evaluate(ground) == chosen

    toggle.click()
    assert page.evaluate(ground) == before
    assert page.evaluate("Object.keys(localStorage)") == ["theme"]


def test_a_nonsensical_memory_is_ignored(open_page: Opening) -> None:
    page = open_page("/", color_scheme="dark")
    page.evaluate("localStorage.setItem('theme', 'purple')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") is None
    expect(page.get_by_role("button", name="Dark colours")).to_have_attribute("aria-pressed", "true")


def test_without_scripts_nothing_is_offered_that_needs_them(open_page: Opening) -> None:
    page = open_page(PAGES["compare"], java_script_enabled=False)
    expect(page.locator(".theme-toggle")).to_be_hidden()
    expect(page.locator("[data-narrow] input[type=search]")).to_have_count(0)
    expect(page.get_by_label("Andrew Ng")).to_be_visible()


def test_a_long_list_of_choices_is_narrowed_by_typing(open_page: Opening) -> None:
    page = open_page(PAGES["compare"])
    field, choices = page.get_by_label("Find an expert"), page.locator(".choices label:visible")
    everybody = choices.count()
    page.get_by_label("Andrew Ng").check()
    field.fill("YANN")
    assert choices.all_inner_texts() == ["Yann LeCun", "Andrew Ng"]
    field.press("Enter")
    assert page.url.endswith(PAGES["compare"])
    field.fill("nobody is called this")
    assert choices.all_inner_texts() == ["Andrew Ng"]
    field.fill("")
    assert choices.count() == everybody


# --- What stays behind -----------------------------------------------------------------------------------------------


def test_a_visit_to_everything_leaves_nothing_behind(open_page: Opening) -> None:
    """Cookies, complaints and requests to others are looked for after every test; here, after a visit to all pages."""
    page = open_page("/")
    for path in EVERY_KIND.values():
        page.goto(path)
        assert heading(page)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("navigator.serviceWorker?.getRegistrations().then((all) => all.length) ?? 0") == 0
