"""Moderating in a browser, by keyboard alone; axe finds nothing on the desk's pages of the conversation."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from articles.models import Edition
from comments.appeals import appeal
from comments.models import Ban, Comment, Commenter, Conversation, ReaderReport, ReportedError
from comments.moderating import reject
from tests import make, talk
from tests.browser.conftest import PATIENCE
from tests.browser.test_accessibility import find_violations, find_violations_by_day_and_night

QUEUE = reverse("admin:comments_comment_changelist")
NEW = ("What the first one says.", "What the second one says.", "What the third one says.", "What the fourth one says.")


@pytest.fixture(scope="module")
def window(chromium: Browser, address: str) -> Iterator[Page]:
    """Of a moderator who may do everything, so that one window sees every page."""
    moderator = make.user("mo", is_staff=True, is_superuser=True, first_name="Mo", last_name="Derrick")
    client = Client()
    client.force_login(moderator)
    context = chromium.new_context(base_url=address, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    moderator.delete()
    assert complaints == []


@pytest.fixture
def waiting(address: str) -> Iterator[list[Comment]]:
    """Four that are held, and one of everything else that waits; committed, for the server to see."""
    edition, now = Edition.objects.live(timezone.now()).filter(slug="wide").get(), timezone.now()
    # What others look at is put aside, and back.
    last = Comment.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    others = dict(Comment.objects.exclude(state__in=["deleted", "erased"]).values_list("pk", "state"))
    Comment.objects.filter(pk__in=others).update(state="unconfirmed")
    reader = talk.person()
    held = [talk.held(edition, text, name=f"Reader {n}", at=talk.at(n)) for n, text in enumerate(NEW, 1)]
    Comment.objects.filter(pk=held[0].pk).update(commenter=reader, from_ip="198.51.100.24")
    seen = talk.comment(edition, "It is 2013.", purpose="error", commenter=reader)
    ReaderReport.objects.create(comment=seen, person="p", kind="abuse", details="It shouts.", at=now)
    ReportedError.objects.create(comment=seen, article=edition.article, at=now)
    appeal(reject(talk.comment(edition).pk, "insult", by=None, now=now), "It was irony.", now=now)
    Ban.objects.create(kind="network", value="192.0.2.0/24", label="The seller", begins_at=now)
    Conversation.objects.create(article=edition.article, note="Be kind.")
    yield held
    for key, state in others.items():
        Comment.objects.filter(pk=key).update(state=state)
    for mine in Comment.objects.filter(pk__gt=last).order_by("-pk"):
        mine.delete()
    Commenter.objects.filter(pk=reader.pk).delete()
    Ban.objects.all().delete()
    Conversation.objects.filter(article=edition.article).delete()


def open_page(window: Page, path: str, width: int = 1024) -> Page:
    window.set_viewport_size({"width": width, "height": 900})
    window.emulate_media(color_scheme="light")
    window.goto(path)
    window.wait_for_load_state("networkidle")
    return window


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def decide(page: Page, *keys: str) -> None:
    """Keys of which the last sends a form."""
    press(page, *keys[:-1])
    with page.expect_navigation():
        page.keyboard.press(keys[-1])
    page.wait_for_load_state("networkidle")


def state(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def item(page: Page, comment: Comment) -> object:
    return page.locator(f"#comment-{comment.pk}")


# --- By keyboard -----------------------------------------------------------------------------------------------------


def test_approve_reject_and_undo(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, QUEUE)
    press(page, "j")
    expect(item(page, waiting[0])).to_be_focused()
    decide(page, "a")
    expect(page.get_by_role("status")).to_have_text("1 comment approved.")
    assert state(waiting[0]) == "visible"

    expect(item(page, waiting[1])).to_be_focused()
    press(page, "ArrowDown")
    expect(item(page, waiting[2])).to_be_focused()
    press(page, "k")
    press(page, "r", "5")
    expect(page.get_by_role("radio", name="Advertising")).to_be_checked()
    decide(page, "Enter")
    expect(page.get_by_role("status")).to_have_text("1 comment rejected.")
    assert state(waiting[1]) == "rejected"
    assert waiting[1].made_decisions.get().reason == "advertising"

    decide(page, "u")
    expect(page.get_by_text("1 decision taken back.")).to_be_visible()
    assert state(waiting[1]) == "held"
    expect(item(page, waiting[1])).to_be_focused()


def test_many_at_once(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, QUEUE)
    press(page, "j", "x", "j", "x")
    expect(page.get_by_text("2 selected:")).to_be_visible()
    decide(page, "a")
    expect(page.get_by_role("status")).to_have_text("2 comments approved.")
    assert [state(comment) for comment in waiting] == ["visible", "visible", "held", "held"]
    press(page, "x", "j", "x", "r", "2")
    decide(page, "Enter")
    expect(page.get_by_role("status")).to_have_text("2 comments rejected.")
    assert [state(comment) for comment in waiting[2:]] == ["rejected", "rejected"]
    decide(page, "u")
    assert [state(comment) for comment in waiting[2:]] == ["held", "held"]


def test_spam_pick_ban_and_close(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, QUEUE)
    press(page, "j")
    press(page, "b", "3")
    expect(page.get_by_role("radio", name="198.51.100.0/24")).to_be_checked()
    decide(page, "Enter")
    assert Ban.objects.filter(value="198.51.100.0/24").exists()
    decide(page, "f")
    assert Comment.objects.get(pk=waiting[0].pk).featured_at
    decide(page, "s")
    assert state(waiting[1]) == "spam"
    decide(page, "c")
    expect(page.get_by_role("status")).to_have_text("The conversation is closed.")
    decide(page, "u")
    assert Conversation.objects.get(article=waiting[0].article_id).mode == ""


def test_typing_a_word_decides_nothing(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, QUEUE)
    press(page, "j", "r", "2")
    page.locator("[data-panel=r][open] textarea").focus()
    page.keyboard.type("sausages are fair, 5 of them; hold on?")
    expect(page.get_by_role("radio", name="Insulting")).to_be_checked()
    press(page, "Escape")
    expect(item(page, waiting[0])).to_be_focused()
    expect(page.locator("[data-panel][open]")).to_have_count(0)
    press(page, "Control+a", "Meta+s")
    assert [state(comment) for comment in waiting] == ["held"] * 4


def test_the_keys_are_shown_and_the_page_opens(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, QUEUE)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert find_violations(page) == []
    press(page, "a", "Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert state(waiting[0]) == "held"
    decide(page, "j", "o")
    assert page.url.endswith("/articles/wide/comments/")


def test_rules_are_read_on_a_phone(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, reverse("admin:comments_screeningrule_changelist"), 390)
    widths = page.locator(".moderating-rule h2").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    assert widths
    assert min(widths) > 300


def test_without_script_everything_is_a_form(
    chromium: Browser, address: str, window: Page, waiting: list[Comment]
) -> None:
    context = chromium.new_context(
        base_url=address, storage_state=window.context.storage_state(), java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(QUEUE)
    page.locator(f"#comment-{waiting[0].pk}").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("1 comment approved.")).to_be_visible()
    second = page.locator(f"#comment-{waiting[1].pk}")
    second.get_by_text("Reject…").click()
    second.get_by_role("radio", name="Insulting").check()
    second.get_by_role("button", name="Reject", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    for comment in waiting[2:]:
        page.locator(f"#comment-{comment.pk}").get_by_role("checkbox", name="Select").check()
    page.locator("#bulk").get_by_role("button", name="Spam").click()
    assert [state(comment) for comment in waiting] == ["visible", "held", "spam", "spam"]
    context.close()


# --- For everybody ---------------------------------------------------------------------------------------------------

PAGES = [
    *(f"{QUEUE}?tab={tab}" for tab in ("held", "reported", "appeals", "errors", "new", "spam")),
    *("comment change", "comment all", "screeningrule changelist", "ban changelist", "ban add", "ban change"),
    *("conversation changelist", "conversation add", "conversation change"),
    *("reportederror changelist", "reportederror change"),
]
MODELS = {"comment": Comment, "ban": Ban, "conversation": Conversation, "reportederror": ReportedError}


def find_path(place: str) -> str:
    if place.startswith("/"):
        return place
    model, page = place.split()
    key = [MODELS[model].objects.latest("pk").pk] if page == "change" else []
    return reverse(f"admin:comments_{model}_{page}", args=key)


@pytest.mark.parametrize("place", PAGES)
def test_every_page(window: Page, waiting: list[Comment], place: str) -> None:
    page = open_page(window, find_path(place))
    expect(page.get_by_role("main")).to_be_visible()
    assert find_violations_by_day_and_night(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


@pytest.mark.parametrize("key", ["r", "b"])
def test_what_opens_in_an_item(window: Page, waiting: list[Comment], key: str) -> None:
    page = open_page(window, QUEUE)
    press(page, "j", key)
    assert find_violations(page) == []


@pytest.mark.parametrize("width", [360, 800, 1280, 1920])
def test_the_queue_at_every_width(window: Page, waiting: list[Comment], width: int) -> None:
    page = open_page(window, f"{QUEUE}?tab=reported", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_a_rule_is_tried_before_it_is_set(window: Page, waiting: list[Comment]) -> None:
    page = open_page(window, reverse("admin:comments_screeningrule_changelist"))
    page.get_by_label("Words, one a line").fill("2013")
    page.get_by_role("button", name="Try “Listed word” on past comments").click()
    expect(page.get_by_role("heading", name="would have held 1 of")).to_be_visible()
    assert find_violations(page) == []
