"""The desk in a browser: axe finds nothing, nothing scrolls sideways at 1024 px, ⌘K goes by keyboard."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from aisrace.keeping.trail import record
from aisrace.sweeps.running import run_sweeps
from articles.models import Article
from tests import make
from tests.browser.conftest import PATIENCE
from tests.browser.test_accessibility import find_violations, find_violations_by_day_and_night

# Of the house, in the order of the menu. Others are tried by whoever brings them.
MODELS = (
    *("articles.article", "articles.author", "articles.edition"),
    *("experts.expert", "experts.question", "experts.position", "experts.source", "experts.scale", "experts.topic"),
    *("sweeps.sweep", "auth.user", "auth.group"),
)
READ_ONLY = ("articles.edition", "sweeps.sweep")
# Said by the rich text editor in its own scripts.
HARMLESS = ("has been renamed to",)


@dataclass
class Somebody:
    """A window of an administrator; notes what it complains about and where it asks beyond the site."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str, width: int = 1024) -> Page:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture(scope="module")
def administrator(address: str) -> Iterator[User]:
    """With a desk that has something to show; committed, for the server to see."""
    user: User = make.user("desk-administrator", is_staff=True, is_superuser=True, first_name="Nell")
    draft = Article.objects.create(headline="A draft about night ferries", slug="draft-ferries", entered_by=user)
    waits = Article.objects.create(headline="Handed in", slug="handed-in", submitted_at=timezone.now())
    record("returned", draft, by=user, now=timezone.now(), note="Ask one more expert.")
    run_sweeps(timezone.now())
    group = Group.objects.create(name="Readers of everything")
    yield user
    group.delete()
    draft.delete()
    waits.delete()
    user.delete()


@pytest.fixture(scope="module")
def window(chromium: Browser, address: str, administrator: User) -> Iterator[Page]:
    client = Client()
    client.force_login(administrator)
    context = chromium.new_context(base_url=address, reduced_motion="reduce", bypass_csp=False)
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(window: Page, address: str) -> Iterator[Somebody]:
    """Whatever a test does there: nothing breaks, nothing is refused by the content policy, nothing leaves the site."""
    somebody = Somebody(window)

    def listen(kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(words in text for words in HARMLESS):
            somebody.complaints.append(text)

    on_console = lambda message: listen(message.type, message.text)  # noqa: E731 (to be taken off again)
    on_error = lambda error: somebody.complaints.append(str(error))  # noqa: E731
    on_request = lambda request: somebody.asked.append(request.url)  # noqa: E731
    window.on("console", on_console)
    window.on("pageerror", on_error)
    window.on("request", on_request)
    yield somebody
    for event, listener in (("console", on_console), ("pageerror", on_error), ("request", on_request)):
        window.remove_listener(event, listener)
    assert somebody.complaints == []
    assert [url for url in somebody.asked if not url.startswith((address + "/", "data:", "blob:"))] == []


def find_model(label: str) -> type[Model]:
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


def page_of(label: str, page: str) -> str:
    name = f"admin:{label.replace('.', '_')}_{page}"
    return reverse(name, args=[find_model(label)._default_manager.latest("pk").pk] if page == "change" else [])


PAGES = [("", "index")] + [
    (label, page)
    for label in MODELS
    for page in ("changelist", "change", "add")
    if not (label in READ_ONLY and page == "add")
]


@pytest.mark.parametrize(("label", "page"), PAGES, ids=lambda value: value)
def test_every_page(desk: Somebody, label: str, page: str) -> None:
    opened = desk.open(page_of(label, page) if label else reverse("admin:index"))
    expect(opened.get_by_role("main")).to_be_visible()
    expect(opened.locator("[aria-busy=true]")).to_have_count(0)  # what is about to change is paler for a moment
    assert find_violations_by_day_and_night(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1024


@pytest.mark.parametrize("width", [360, 800])
def test_an_article_with_its_matrix_on_small_screens(desk: Somebody, width: int) -> None:
    article = Article.objects.get(slug="china-usa-ai-race")
    page = desk.open(reverse("admin:articles_article_change", args=[article.pk]), width)
    expect(page.get_by_role("region", name="Comparison table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_in_a_list_on_a_phone(desk: Somebody) -> None:
    page = desk.open(reverse("admin:articles_article_changelist"), 390)
    boxes = [row.bounding_box() for row in page.locator("#result_list tbody th").all()]
    assert boxes
    assert all(box and box["width"] > 200 and box["height"] < 120 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_labels_of_a_form_stand_in_one_column(desk: Somebody) -> None:
    page = desk.open(page_of("experts.position", "change"), 1280)
    page.locator("#id_summary").fill("A summary that is long enough to ask for all of the line. " * 6)
    widths = page.locator("#position_form .field-line > :first-child:not(:last-child)").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().width)"
    )
    assert len(widths) > 5
    assert len({round(width) for width in widths if width}) == 1


@pytest.mark.parametrize("width", [360, 1024, 1280, 1920])
def test_the_start_page_at_every_width(desk: Somebody, width: int) -> None:
    page = desk.open(reverse("admin:index"), width=width)
    expect(page.get_by_role("heading", name="Awaiting review")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_the_menu_stays_as_it_was_left(desk: Somebody) -> None:
    page = desk.open(reverse("admin:index"))
    places, button = page.get_by_role("navigation", name="Desk"), page.get_by_role("button", name="Menu")
    expect(places).to_be_visible()
    button.click()
    expect(places).to_be_hidden()
    page.reload()
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(places.get_by_role("link", name="Start")).to_have_attribute("aria-current", "page")


def test_on_a_small_screen_the_menu_opens_over_the_page(desk: Somebody) -> None:
    page = desk.open(reverse("admin:index"), width=800)
    places, button = page.get_by_role("navigation", name="Desk"), page.get_by_role("button", name="Menu")
    expect(places).to_be_hidden()
    button.press("Enter")
    expect(places).to_be_visible()
    page.keyboard.press("Escape")
    expect(places).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize("path", ["index", "experts_position_add"])
def test_everything_is_found_by_keyboard(desk: Somebody, path: str) -> None:
    page = desk.open(reverse(f"admin:{path}"))
    if path != "index":
        page.locator("#id_summary").focus()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search the desk")
    expect(palette.get_by_role("option", name="New article")).to_be_visible()
    page.keyboard.type("ferries")
    expect(palette.get_by_role("option").filter(has_text="A draft about night ferries")).to_be_visible()
    assert find_violations(page) == []
    options = palette.get_by_role("option")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert page.locator("#palette-input").get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    target = options.nth(0).get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == target)
    page.wait_for_load_state("networkidle")


def test_escape_closes_the_search(desk: Somebody) -> None:
    page = desk.open(reverse("admin:index"))
    button = page.get_by_role("button", name="Search or do")
    button.click()
    page.keyboard.type("no such thing at all")
    expect(page.get_by_text("Nothing is called “no such thing at all”.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_times_are_told_in_ones_own_zone_too(chromium: Browser, window: Page, address: str, desk: Somebody) -> None:
    state = window.context.storage_state()
    context = chromium.new_context(base_url=address, storage_state=state, timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(reverse("admin:index"))
    expect(page.locator(".desk-clock")).to_contain_text("UTC (")
    expect(page.locator(".desk-clock")).to_contain_text("where you are)")
    context.close()
    expect(desk.open(reverse("admin:index")).locator(".desk-clock")).to_contain_text("UTC")


def test_the_account_menu_opens_by_keyboard(desk: Somebody) -> None:
    page = desk.open(reverse("admin:index"))
    page.locator(".desk-account").press("Enter")
    expect(page.get_by_role("navigation", name="Account")).to_have_css("opacity", "1")
    # It lies over places that are no target while it is open.
    assert [found for found in find_violations(page) if not found.startswith("target-size")] == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()


def test_the_link_past_the_menu(desk: Somebody) -> None:
    page = desk.open(reverse("admin:index"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


@pytest.mark.parametrize("path", ["/admin/api/apikey/add/", "/admin/hooks/endpoint/add/"])
def test_boxes_say_all_that_they_say_on_a_phone(desk: Somebody, path: str) -> None:
    page = desk.open(path, 390)
    texts = page.locator("label:has(> [type=checkbox]) > span")
    expect(texts.nth(2)).to_be_visible()
    clipped = texts.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent.trim())")
    assert clipped == []
