"""Nothing that was typed is lost: not by a reload, not by an expired session, not by a second editor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, expect

from articles.models import Article
from tests import make
from tests.browser.conftest import PATIENCE


@pytest.fixture
def article(address: str) -> Iterator[Article]:
    made = make.article("Nothing lost", body="<p>It begins at the old station.</p>")
    yield made
    Article.objects.filter(pk=made.pk).delete()


type SignIn = Callable[[str], Page]


@pytest.fixture
def sign_in(chromium: Browser, address: str) -> Iterator[SignIn]:
    """A window of somebody of that name, signed in. Whatever breaks in the desk's own scripts is an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(name: str) -> Page:
        User.objects.filter(username=name.lower()).delete()
        make.user(name.lower(), first_name=name, is_staff=True, is_superuser=True)
        context = chromium.new_context(
            base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: complaints.append(str(getattr(error.error, "stack", error.error))))
        contexts.append(context)
        page = context.new_page()
        page.goto("/admin/")
        enter(page, name.lower())
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [complaint for complaint in complaints if "/js/desk/" in complaint] == []


def enter(page: Page, name: str) -> None:
    page.fill("[name=login]", name)
    page.fill("[name=password]", "password")
    page.locator("form:has([name=password]) [type=submit]").first.click()
    expect(page.locator("#main")).to_be_visible()


def open_form(page: Page, article: Article) -> None:
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(page.locator(".prose-editor [role=textbox]").first).to_be_visible()


def write_body(page: Page, text: str) -> None:
    page.locator(".prose-editor:has(textarea[name=body]) [role=textbox]").fill(text)


def read_body(page: Page) -> str:
    return page.locator(".prose-editor:has(textarea[name=body]) [role=textbox]").inner_text()


def kept(page: Page) -> list[Any]:
    """What this browser keeps of unsaved text."""
    return page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('desk:text:'))")


def wait_for_kept(page: Page, text: str) -> None:
    page.wait_for_function("text => Object.values(localStorage).some((value) => value.includes(text))", arg=text)


def save(page: Page) -> None:
    page.locator("[name=_continue]").click()


def test_unsaved_text_survives_a_reload(sign_in: SignIn, article: Article) -> None:
    page = sign_in("Ada")
    open_form(page, article)
    write_body(page, "Words that took an hour.")
    page.locator("[name=headline]").fill("Nothing at all lost")
    page.locator("#sections-group a.add-row").click()
    page.locator("[name=sections-2-heading]").fill("A new part")
    wait_for_kept(page, "A new part")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()

    bar = page.locator(".kept-bar", has_text="is kept in this browser")
    bar.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-kept-panel] ins", has_text="Words that took an hour.")).to_be_visible()
    bar.get_by_role("button", name="Restore").click()
    expect(page.locator(".prose-editor:has(textarea[name=body]) [role=textbox]")).to_have_text(
        "Words that took an hour."
    )
    expect(page.locator("[name=headline]")).to_have_value("Nothing at all lost")
    expect(page.locator("[name=sections-2-heading]")).to_have_value("A new part")
    article.refresh_from_db()
    assert article.headline == "Nothing lost", "nothing is saved yet"

    save(page)
    expect(page.locator("[name=version]")).to_have_value("2")
    expect(page.locator(".kept-bar", has_text="is kept in this browser")).to_have_count(0)
    assert kept(page) == []
    article.refresh_from_db()
    assert (article.headline, article.body) == ("Nothing at all lost", "<p>Words that took an hour.</p>")
    assert article.sections.filter(heading="A new part").exists()


def test_unsaved_text_survives_an_expired_session_and_no_sign_out(sign_in: SignIn, article: Article) -> None:
    page = sign_in("Ada")
    open_form(page, article)
    write_body(page, "Written before it expired.")
    Session.objects.all().delete()
    save(page)
    expect(page.locator("[name=password]")).to_be_visible()
    enter(page, "ada")
    open_form(page, article)
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#kept ~ .kept-panel, .kept-panel").first).to_be_visible()
    assert read_body(page) == "Written before it expired."

    questions: list[str] = []

    def answer(dialog: Any) -> None:
        questions.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    expect(page.locator("[name=password]")).to_be_visible()
    assert any("forget it" in question for question in questions)
    assert kept(page) == []


def test_two_editors_see_each_other_and_both_texts(sign_in: SignIn, article: Article) -> None:
    ada, grace = sign_in("Ada"), sign_in("Grace")
    open_form(ada, article)
    open_form(grace, article)
    expect(grace.locator(".kept-bar", has_text="Ada is working on this too.")).to_be_visible()

    ada.locator("[name=standfirst]").fill("Only Ada changed this.")
    write_body(ada, "Ada begins at the new station.")
    save(ada)
    expect(ada.locator("[name=version]")).to_have_value("2")

    write_body(grace, "Grace begins at the old harbour.")
    grace.locator("[name=headline]").fill("Only Grace changed this")
    grace.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # asks at once
    expect(grace.locator(".kept-bar", has_text="Ada saved a newer version")).to_be_visible()
    save(grace)

    panel = grace.locator(".kept-panel")
    expect(panel.locator("ins").get_by_text("Ada", exact=True)).to_be_visible()
    expect(panel.locator("ins", has_text="Grace begins")).to_have_count(0)
    expect(panel.locator("ins", has_text="harbour")).to_be_visible()
    expect(grace.locator("[name=standfirst]")).to_have_value("Only Ada changed this.")
    expect(grace.locator("[name=headline]")).to_have_value("Only Grace changed this")
    assert read_body(grace) == "Grace begins at the old harbour."
    panel.get_by_role("button", name="Use theirs for Introduction").click()
    expect(grace.locator(".prose-editor:has(textarea[name=body]) [role=textbox]")).to_have_text(
        "Ada begins at the new station."
    )
    save(grace)
    expect(grace.locator("[name=version]")).to_have_value("3")
    article.refresh_from_db()
    assert (article.headline, article.standfirst, article.body) == (
        "Only Grace changed this",
        "Only Ada changed this.",
        "<p>Ada begins at the new station.</p>",
    )
