"""Every kind of page fits: from 320 px to 1280 px, from right to left, with words of any length, on paper."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opening
from tests.browser.content import EVERY_KIND, PAGES

WIDTHS = [320, 390, 768, 1280]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde"
every_kind = pytest.mark.parametrize("path", EVERY_KIND.values(), ids=EVERY_KIND.keys())

# What can be clicked, is seen, and does not stand in a sentence, which WCAG 2.5.8 leaves out. A label counts for its
# checkbox or radio button.
SMALL_TARGETS = """() => {
  const isInSentence = (element) => {
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const links = [...block.querySelectorAll("a, button")].map((link) => link.textContent);
    const rest = links.reduce((text, link) => text.replace(link, ""), block.textContent);
    return getComputedStyle(element).display === "inline" && /[\\p{L}\\p{N}]/u.test(rest);
  };
  return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
    .map((element) => (["checkbox", "radio"].includes(element.type) ? element.closest("label") : element))
    .filter((element) => !element.closest("[aria-hidden='true']"))
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !isInSentence(element))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([element, box]) => `${element.outerHTML.slice(0, 120)} ${box.width.toFixed(1)}×${box.height.toFixed(1)}`);
}"""

# All that editors and experts write; the words of the interface and the figures are known to fit.
REPLACE_WORDS = """(word) => {
  const kept = "label, option, .button, .visually-hidden, thead, .number, .peers td, .bare .meta, .pager";
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const isHeading = text.parentElement.closest(".matrix thead, .sides thead");
    if (text.data.trim() && (isHeading || !text.parentElement.closest(kept))) text.data = word;
  }
}"""

# What sticks out sideways; nothing where the page can only be scrolled up and down.
OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const sticksOut = (element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > root.clientWidth + 0.5 || box.left < -0.5) && !element.closest(".visually-hidden");
  };
  const out = [...document.body.querySelectorAll("*")].filter(sticksOut).slice(0, 5);
  return [`${root.scrollWidth} > ${root.clientWidth}`, ...out.map((element) => element.outerHTML.slice(0, 120))];
}"""

MOVING = """() => [...document.querySelectorAll("*")].map((element) => getComputedStyle(element)).filter(
  (style) => style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) || style.animationName !== "none"
).length"""


def sticking_out(page: Page, widths: list[int] = WIDTHS) -> dict[int, list[str]]:
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate(OVERFLOW)
    return {width: elements for width, elements in found.items() if elements}


@every_kind
def test_every_kind_of_page_fits(open_page: Opening, path: str) -> None:
    """One window for all of it, which is opened once. 320 px is also what 400 % zoom leaves of 1280 px."""
    page = open_page(path)
    root = "document.documentElement"
    assert sticking_out(page) == {}
    page.evaluate(f"{root}.dir = 'rtl'")
    assert sticking_out(page) == {}, "from right to left"
    page.evaluate(f"{root}.dir = ''; {root}.style.fontSize = '200%'")
    assert sticking_out(page, [768, 1280]) == {}, "with text twice as large"
    page.evaluate(f"{root}.style.fontSize = ''")
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SMALL_TARGETS) == [], "targets"


@every_kind
def test_no_word_is_too_long(open_page: Opening, path: str) -> None:
    page = open_page(path)
    page.evaluate("document.documentElement.lang = 'de'")
    page.evaluate(REPLACE_WORDS, LONG)
    assert sticking_out(page) == {}


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_open_evidence_stays_in_the_window(open_page: Opening, width: int, direction: str) -> None:
    page = open_page(PAGES["article"], width)
    page.evaluate("direction => (document.documentElement.dir = direction)", direction)
    page.locator("button.cell:visible").first.click()
    box = page.locator(".evidence:popover-open").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("name", ["article", "article with a wide table", "comparison of six"])
def test_paper_shows_all_evidence_and_no_furniture(open_page: Opening, name: str) -> None:
    page = open_page(PAGES[name])
    assert page.locator(".evidence").count() > 5
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('.evidence')].filter((e) => !e.checkVisibility() || e.offsetHeight < 40).length"
    )
    assert hidden == 0
    for furniture in (".theme-toggle", ".masthead nav", ".colophon", ".skip", ".contents", ".takes", "a[href$='.png']"):
        assert page.locator(furniture).locator("visible=true").count() == 0, furniture
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize(("name", "width"), [("article", 718), ("article", 480), ("article with a wide table", 718)])
def test_paper_breaks_no_word_of_the_comparison(open_page: Opening, name: str, width: int) -> None:
    page = open_page(PAGES[name], width)
    page.emulate_media(media="print")
    assert page.locator(".matrix").is_visible() == ((name, width) == ("article", 718))
    assert page.locator(".matrix-cards").is_visible() != page.locator(".matrix").is_visible()
    answers = page.locator(":is(.matrix, .matrix-cards) .answer:visible")
    broken = answers.evaluate_all(
        """(all) => all.filter((e) => {
            const whole = e.cloneNode(true);
            Object.assign(whole.style, {position: "absolute", inlineSize: "min-content", overflowWrap: "normal"});
            e.parentElement.append(whole);
            const asks = whole.getBoundingClientRect().width;
            whole.remove();
            return asks > e.parentElement.clientWidth;
        }).map((e) => e.textContent)"""
    )
    assert broken == []


def test_paper_names_the_addresses_of_sources(open_page: Opening) -> None:
    page = open_page(PAGES["article with a wide table"])
    page.emulate_media(media="print")
    after = page.evaluate("getComputedStyle(document.querySelector('a[href^=http]'), '::after').content")
    assert "https://example.org/" in after


def test_paper_is_white_in_the_dark(open_page: Opening) -> None:
    page = open_page(PAGES["article"], color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", ["home", "article", "question with a crowd", "comparison", "history"])
def test_nothing_moves_for_those_who_asked_for_rest(open_page: Opening, name: str) -> None:
    page = open_page(PAGES[name])  # every window of ours asks for it
    assert page.evaluate(MOVING) == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_comparison_is_a_table_where_there_is_room_and_cards_where_there_is_not(
    open_page: Opening, width: int
) -> None:
    page = open_page(PAGES["article"], width)
    assert page.locator(".matrix").is_visible() == (width == 1280)
    assert page.locator(".matrix-cards").is_visible() == (width == 390)


def test_the_first_column_and_the_headings_of_a_wide_table_stay_in_sight(open_page: Opening) -> None:
    page = open_page(PAGES["article with a wide table"])
    scroller = page.locator(".scroller")
    scroller.scroll_into_view_if_needed()
    before = page.locator(".matrix tbody th").first.bounding_box()
    scroller.evaluate("element => element.scrollTo(300, 200)")
    after = page.locator(".matrix tbody th").first.bounding_box()
    heading = page.locator(".matrix thead th").first.bounding_box()
    frame = scroller.bounding_box()
    assert before is not None
    assert after is not None
    assert heading is not None
    assert frame is not None
    assert abs(after["x"] - before["x"]) < 1
    assert abs(heading["y"] - frame["y"]) < 6


def test_letters_do_not_move_when_the_fonts_arrive(open_page: Opening) -> None:
    page = open_page("/about/")
    page.evaluate("document.fonts.ready")
    families = page.evaluate(
        "[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family)"
    )
    assert {"Newsreader", "Newsreader Display", "Public Sans"} <= {family.strip('"') for family in families}
