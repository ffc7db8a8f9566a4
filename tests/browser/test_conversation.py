"""Readers talk: writing, answering and paging with a real browser, with scripts and without, by hand and by key."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Edition
from comments.models import Comment, Commenter
from comments.remembering import COOKIE, SALT
from tests import talk
from tests.browser.conftest import Reader
from tests.browser.content import COMMENT, PAGES, TALK
from tests.browser.test_accessibility import find_violations_by_day_and_night
from tests.browser.test_journeys import FOCUS, SHOWS_FOCUS, press_tab_until
from tests.browser.test_layout import OVERFLOW, SMALL_TARGETS

ARTICLE = "/articles/readers/"
NEW = f"{ARTICLE}comments/new/"
TEXT = "I have *counted* them."

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture(autouse=True)
def terms(settings: Any, address: str) -> Iterator[Any]:
    """Everybody writes at once, but a browser must show that it is one. What was written is gone afterwards."""
    settings.COMMENTS_MODE, settings.COMMENTS_CONFIRM, settings.COMMENTS_LIMITS = "open", False, False
    settings.COMMENTS_PROOF_OF_WORK = True
    last = Comment.objects.filter(article__slug="readers").latest("id").pk
    yield settings
    for made in Comment.objects.filter(article__slug="readers", pk__gt=last).order_by("-depth"):
        made.delete()


def fill_in(page: Page, text: str = TEXT, name: str = "Rosa Lindqvist", email: str = "rosa@example.org") -> None:
    page.get_by_label("Your comment", exact=True).fill(text)
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail, never shown").fill(email)


def press(page: Page, name: str) -> None:
    page.locator("#write").get_by_role("button", name=name).click()


def expect_focus(page: Page, selector: str) -> None:
    expect(page.locator(selector).and_(page.locator(":focus"))).to_have_count(1)


def mark(page: Page) -> None:
    """A page that is loaded anew has lost it."""
    page.evaluate("window.isTheSame = true")


def is_the_same(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSame === true"))


# --- By hand ---------------------------------------------------------------------------------------------------------


@with_and_without_scripts
def test_a_comment_is_written_looked_at_mended_and_sent(writer: Reader, scripts: bool) -> None:
    page = writer.open(ARTICLE, java_script_enabled=scripts)
    page.get_by_role("link", name="Write a comment").click()
    field = page.get_by_label("Your comment", exact=True)
    expect(field).to_be_visible()
    fill_in(page, email="rosa@example")
    press(page, "Preview")
    expect(page.get_by_role("region", name="Preview").locator("em")).to_have_text("counted")
    expect(field).to_have_value(TEXT)
    press(page, "Send")
    expect(page.get_by_role("alert")).to_contain_text("This is not an e-mail address")
    expect(field).to_have_value(TEXT)
    page.get_by_label("E-mail, never shown").fill("rosa@example.org")
    press(page, "Send")
    status = page.locator("#write [role=status]")
    # A browser without scripts cannot show that it is one.
    expect(status).to_contain_text("for all to read" if scripts else "A moderator looks at your comment")
    made = Comment.objects.get(article__slug="readers", text=TEXT)
    assert (made.state, made.rule) == (("visible", "") if scripts else ("held", "no_proof"))
    if scripts:
        page.get_by_role("link", name="See it in its place").click()
        expect(page.locator(f"#c{made.pk}:target")).to_contain_text("I have counted them.")


def test_with_scripts_the_article_stays_where_it_is(writer: Reader) -> None:
    page = writer.open(ARTICLE)
    mark(page)
    page.get_by_role("link", name="Write a comment").click()
    expect_focus(page, "#conversation-start #write textarea")
    fill_in(page)
    press(page, "Preview")
    expect_focus(page, "#write .preview")
    page.get_by_label("Your comment", exact=True).fill("")
    page.locator("#write form").evaluate("form => (form.noValidate = true)")
    press(page, "Send")
    expect_focus(page, "#write [role=alert]")
    fill_in(page)
    press(page, "Send")
    expect_focus(page, "#write [role=status]")
    assert is_the_same(page)
    assert page.url.endswith(ARTICLE)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.locator("#write").count() == 1


@with_and_without_scripts
def test_an_answer_stands_below_what_it_answers(writer: Reader, scripts: bool, terms: Any) -> None:
    terms.COMMENTS_PROOF_OF_WORK = False
    page = writer.open(ARTICLE, java_script_enabled=scripts)
    first = page.locator(".threads .comment", has_text="Thread 20.")
    first.get_by_role("link", name="Reply").click()
    expect(page.locator("#write blockquote")).to_have_text("Thread 20.")
    if scripts:
        assert first.locator("#write").count() == 1
    fill_in(page, "Twenty indeed.")
    press(page, "Send")
    expect(page.locator("#write [role=status]")).to_contain_text("for all to read")
    if scripts:
        expect_in_thread(page, ["Thread 20.", "Twenty indeed."], [0, 1])
        first.get_by_role("link", name="Reply").click()
        expect(page.locator("#write textarea")).to_be_focused()
        fill_in(page, "One and twenty.")
        press(page, "Send")
        expect(page.locator("#write [role=status]")).to_contain_text("for all to read")
        expect_in_thread(page, ["Thread 20.", "Twenty indeed.", "One and twenty."], [0, 1, 1])
    page.goto(ARTICLE)
    expect(page.locator(".thread", has_text="Thread 20.").locator(".replies .comment").first).to_contain_text(
        "Twenty indeed."
    )
    if scripts:
        answer = page.locator(".replies .comment", has_text="Twenty indeed.")
        answer.get_by_role("link", name="Reply").click()
        expect(page.locator("#write textarea")).to_be_focused()
        fill_in(page, "Not quite.")
        press(page, "Send")
        expect(page.locator("#write [role=status]")).to_contain_text("for all to read")
        texts, levels = ["Thread 20.", "Twenty indeed.", "Not quite.", "One and twenty."], [0, 1, 2, 1]
        expect_in_thread(page, texts, levels)
        page.reload()
        expect_in_thread(page, texts, levels)


def expect_in_thread(page: Page, texts: list[str], levels: list[int]) -> None:
    comments = page.locator(".thread", has_text=texts[0]).locator(".comment")
    expect(comments.locator(".comment-body")).to_have_text(texts)
    found = [(each.get_attribute("class") or "").split()[-1] for each in comments.all()]
    assert found == [f"level-{level}" for level in levels]


def test_what_was_begun_moves_along_to_where_one_answers(writer: Reader) -> None:
    page = writer.open(ARTICLE)
    page.get_by_role("link", name="Write a comment").click()
    page.get_by_label("Your comment", exact=True).fill("Begun at the top.")
    page.locator(".threads .comment").nth(1).get_by_role("link", name="Reply").click()
    expect(page.locator(".threads .comment").nth(1).get_by_label("Your comment", exact=True)).to_have_value(
        "Begun at the top."
    )
    page.locator("#write").get_by_role("link", name="Clear").click()
    expect(page.get_by_label("Your comment", exact=True)).to_have_value("")
    expect(page.locator("#write blockquote")).to_be_visible()
    assert page.url.endswith(ARTICLE)


def test_where_there_is_no_connection_the_text_stays(writer: Reader) -> None:
    page = writer.open(ARTICLE)
    page.get_by_role("link", name="Write a comment").click()
    fill_in(page)
    page.context.set_offline(True)
    press(page, "Send")
    expect(page.get_by_role("alert")).to_contain_text("there is no connection")
    expect_focus(page, "#write [role=alert]")
    expect(page.get_by_label("Your comment", exact=True)).to_have_value(TEXT)
    page.context.set_offline(False)
    press(page, "Send")
    expect(page.locator("#write [role=status]")).to_contain_text("for all to read")


@with_and_without_scripts
def test_a_stranger_is_sent_to_their_mail(writer: Reader, scripts: bool, terms: Any) -> None:
    terms.COMMENTS_CONFIRM = True
    page = writer.open(ARTICLE, java_script_enabled=scripts)
    page.get_by_role("link", name="Write a comment").click()
    fill_in(page)
    press(page, "Send")
    expect(page.locator("#write")).to_contain_text("Look into your mail")
    assert writer.cookies == []


@with_and_without_scripts
def test_threads_are_turned_and_ordered(writer: Reader, scripts: bool) -> None:
    page = writer.open(ARTICLE, java_script_enabled=scripts)
    if scripts:
        mark(page)
    texts = page.locator(".threads .comment-body")
    expect(texts.first).to_have_text("Thread 24.")
    page.get_by_role("link", name="After →").click()
    expect(texts).to_have_count(5)
    expect(page).to_have_url(re.compile(r"/comments/\?page=2#conversation$"))
    if scripts:
        expect_focus(page, "#conversation")
    page.get_by_role("link", name="Oldest").click()
    expect(texts.first).to_have_text("Thread 0.")
    expect(page).to_have_url(re.compile(r"/comments/\?order=oldest#conversation$"))
    expect(page.get_by_role("link", name="Oldest")).to_have_attribute("aria-current", "true")
    if scripts:
        assert is_the_same(page)
        expect(page.locator("#conversation")).to_be_in_viewport()
    page.reload()
    expect(texts.first).to_have_text("Thread 0.")


@with_and_without_scripts
def test_a_thread_is_folded(writer: Reader, scripts: bool) -> None:
    page = writer.open(f"{TALK}?page=2", java_script_enabled=scripts)
    replies = page.locator(".replies").first
    expect(replies.locator(".comment").first).to_be_visible()
    replies.locator("summary").click()
    expect(replies.locator(".comment").first).to_be_hidden()


@with_and_without_scripts
def test_a_permalink_opens_at_the_comment(writer: Reader, scripts: bool) -> None:
    page = writer.open(f"{TALK}{COMMENT + 15}/", java_script_enabled=scripts)
    expect(page.locator(f"#c{COMMENT + 15}:target")).to_be_in_viewport()


@with_and_without_scripts
def test_from_the_comparison_to_both_sides_of_it(writer: Reader, scripts: bool) -> None:
    page = writer.open(PAGES["article with a wide table"], java_script_enabled=scripts)
    page.locator("button.cell:visible", has_text="comments").click()
    page.locator(".evidence:popover-open").get_by_role("link", name=re.compile(r"^\d+ comments$")).click()
    expect(page.get_by_role("heading", name="They agree")).to_be_visible()
    expect(page.get_by_role("heading", name="They challenge it")).to_be_visible()


# --- The work before it is sent --------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [ARTICLE, NEW])
def test_whoever_is_quick_waits_for_the_proof(writer: Reader, place: str) -> None:
    """Filled in by a program of the browser, that touches no field, and sent at once."""
    page = writer.open(place)
    if place == ARTICLE:
        page.get_by_role("link", name="Write a comment").click()
    page.locator("#write form").evaluate("""form => {
      Object.assign(form.elements.body, { value: "Quickly." });
      Object.assign(form.elements.name, { value: "Rosa" });
      Object.assign(form.elements.email, { value: "rosa@example.org" });
      form.requestSubmit();
    }""")
    expect(page.locator("#write [role=status]")).to_contain_text("for all to read")
    assert Comment.objects.get(article__slug="readers", text="Quickly.").state == "visible"


def test_where_no_proof_is_asked_for_none_is_made(writer: Reader, terms: Any) -> None:
    terms.COMMENTS_PROOF_OF_WORK = False
    page = writer.open(NEW)
    assert page.locator("[data-challenge], [name=proof]").count() == 0
    fill_in(page)
    press(page, "Send")
    expect(page.locator("#write [role=status]")).to_contain_text("for all to read")


# --- By key ----------------------------------------------------------------------------------------------------------


@with_and_without_scripts
def test_a_comment_by_keyboard_alone(writer: Reader, scripts: bool) -> None:
    page = writer.open(f"{ARTICLE}comments/", java_script_enabled=scripts)
    press_tab_until(page, "a[data-place=conversation-start]")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your comment", exact=True)).to_be_visible()
    if not scripts:
        press_tab_until(page, "#body")
    expect_focus(page, "#body")
    page.keyboard.type("By keyboard.")
    press_tab_until(page, "[name=purpose]")
    page.keyboard.press("ArrowDown")
    press_tab_until(page, "#name")
    page.keyboard.type("Rosa")
    press_tab_until(page, "#email")
    page.keyboard.type("rosa@example.org")
    press_tab_until(page, "[name=replies]")
    page.keyboard.press("Space")
    press_tab_until(page, "#write button")
    assert page.evaluate(SHOWS_FOCUS) == ""
    page.keyboard.press("Enter")
    expect(page.locator("#write [role=status]")).to_be_visible()
    made = Comment.objects.get(article__slug="readers", text="By keyboard.")
    assert (made.name, made.purpose, made.wants_replies) == ("Rosa", "source", True)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["conversation", "thread", "form about a position", "report"])
def test_the_focus_is_always_seen(writer: Reader, name: str, width: int) -> None:
    page = writer.open(PAGES[name], width)
    unseen = []
    for key in ["Tab"] * 50 + ["Shift+Tab"] * 20:
        page.keyboard.press(key)
        if page.evaluate(f"{FOCUS} !== document.body"):
            unseen.append(page.evaluate(SHOWS_FOCUS))
    assert [wrong for wrong in unseen if wrong] == []


def test_what_people_do_not_see_is_never_reached(writer: Reader) -> None:
    page = writer.open(NEW)
    expect(page.locator("[name=website]")).not_to_be_in_viewport()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(f"{FOCUS}.name") != "website"


# --- One's own pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def known(writer: Reader, address: str) -> Iterator[Any]:
    """Opens pages for somebody who is remembered, and has written just now."""
    person = Commenter.objects.create(
        address="known@example.org", name="Rosa Lindqvist", first_seen_at=timezone.now(), confirmed_at=timezone.now()
    )
    edition = Edition.objects.get(slug="readers")
    made = talk.comment(edition, "Written just now.", commenter=person, at=timezone.now())
    talk.comment(edition, "An answer.", parent=made, at=timezone.now())
    value = signing.dumps({"reader": [person.pk, person.generation]}, salt=SALT)

    def open_as_known(path: str, width: int = 1280, **options: Any) -> Page:
        page = writer.open("/about/", width, **options)
        page.context.add_cookies([{"name": COOKIE, "value": value, "url": address}])
        page.goto(path.format(made.pk))
        return page

    yield open_as_known
    person.delete()


OWN = [
    "/comments/mine/",
    "/comments/mine/erase/",
    NEW,
    *(f"{ARTICLE}comments/{{}}/{place}/" for place in ("yours", "edit", "delete", "vote")),
]


@pytest.mark.parametrize("path", OWN)
def test_ones_own_pages_can_be_used_by_everybody(known: Any, path: str) -> None:
    check(known(path))


def check(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert find_violations_by_day_and_night(page) == []
        assert page.evaluate(SMALL_TARGETS) == []
    for width in (320, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERFLOW) == []


@pytest.mark.parametrize("place", [ARTICLE, NEW])
def test_the_form_can_be_used_by_everybody_whatever_it_says(writer: Reader, place: str) -> None:
    page = writer.open(place)
    if place == ARTICLE:
        page.get_by_role("link", name="Write a comment").click()
    fill_in(page, f"{TEXT} {'W' * 400}", email="rosa@example")
    page.get_by_text("Give your own answer").click()
    press(page, "Preview")
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    check(page)
    press(page, "Send")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)


@with_and_without_scripts
def test_a_comment_is_mended_and_taken_back(known: Any, scripts: bool) -> None:
    page = known(f"{ARTICLE}comments/{{}}/yours/", java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("^Edit, until")).click()
    page.get_by_label("Your comment", exact=True).fill("Mended *just now*.")
    press(page, "Preview")
    expect(page.get_by_role("region", name="Preview").locator("em")).to_have_text("just now")
    press(page, "Save")
    expect(page.locator("#write .comment-body")).to_have_text("Mended just now.")
    page.get_by_role("link", name="Delete").click()
    press(page, "Delete it")
    expect(page.locator("#write [role=status]")).to_contain_text("Your comment is deleted.")
    page.get_by_role("link", name="The conversation").click()
    expect(page.get_by_text("Its author has deleted this comment.")).to_be_visible()


@with_and_without_scripts
def test_a_vote_is_given_and_taken_back(known: Any, scripts: bool) -> None:
    page = known(f"{ARTICLE}comments/", java_script_enabled=scripts)
    page.locator(".comment", has_text="Thread 20.").get_by_role("button", name="Valuable").click()
    expect(page.get_by_role("status")).to_contain_text("1 reader found it valuable, you among them.")
    press(page, "Take that back")
    expect(page.get_by_role("status")).to_contain_text("0 readers found it valuable.")
    page.get_by_role("link", name="Back to the comment").click()
    expect(page.locator(".comment:target")).to_contain_text("Thread 20.")


# --- What means harm -------------------------------------------------------------------------------------------------

HARM = (
    '"><img src=x onerror="window.harmed=1"><script>window.harmed=1</script><style>*{display:none}</style>'
    '<a href="javascript:window.harmed=1">press</a><svg onload="window.harmed=1"></div></article></main>'
)


def test_what_was_put_into_the_tables_does_nothing_in_a_browser(writer: Reader) -> None:
    """A policy that had to step in would complain, and the fixture with it."""
    made = talk.comment(Edition.objects.get(slug="readers"), "Harmless.", purpose="error", at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE comments_comment SET html = %s, text = %s, name = %s WHERE id = %s",
            [HARM, HARM, HARM[:80], made.pk],
        )
    for path in (ARTICLE, f"{ARTICLE}comments/", f"{ARTICLE}comments/{made.pk}/", f"{NEW}?parent={made.pk}"):
        page = writer.open(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.harmed") is None
        expect(page.locator("footer.colophon")).to_be_visible()
        foreign = "[href^='javascript'], main style, main script:not([src^='/static/']), main img[src=x]"
        assert page.locator(foreign).count() == 0
