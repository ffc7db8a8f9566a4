"""An editor's work from nothing to readers, in the browser: writing a comparison of five, and bringing one in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests import make
from tests.browser.conftest import PATIENCE

DOCUMENT = Path(__file__).parent.parent / "data" / "articles" / "numbered.txt"

EXPERTS = ["Ada Wren", "Bo Lark", "Cy Finch", "Di Heron", "Ed Swift"]
SCALE = ["No", "Partly", "Yes"]


@dataclass
class Desk:
    """A window of somebody who may do everything; `clicks` counts what they press."""

    page: Page
    clicks: int = 0

    def click(self, target: str) -> None:
        self.clicks += 1
        self.page.locator(target).first.click()

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def save(self) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.locator("[name=_continue]").click()
        errors = self.page.locator(".errornote, .errorlist")
        assert errors.all_inner_texts() == []

    def choose(self, field: str, text: str) -> None:
        """Out of an autocomplete: open it, type, take what is found."""
        self.clicks += 2
        pick(self.page, field, text)

    def make_new(self, field: str, **values: str) -> None:
        """In place: the small form opens in a dialog and hands the row back."""
        self.click(f"#add_{field}")
        form = self.page.frame_locator(".desk-dialog iframe")
        fill(form, **values)
        self.save_dialog(form)
        expect(self.page.locator(f"#{field} option:checked")).to_have_count(1)

    def save_dialog(self, form: FrameLocator) -> None:
        self.clicks += 1
        form.locator("[name=_save]").click()
        expect(self.page.locator(".desk-dialog")).not_to_be_visible()

    def add_row(self, prefix: str) -> int:
        count = int(self.page.locator(f"#id_{prefix}-TOTAL_FORMS").input_value())
        self.click(f"#{prefix}-group a.add-row")
        expect(self.page.locator(f"#id_{prefix}-TOTAL_FORMS")).to_have_value(str(count + 1))
        return count

    def write(self, name: str, text: str) -> None:
        """Rich text."""
        self.page.locator(f".prose-editor:has(textarea[name='{name}']) [role=textbox]").fill(text)

    def record(self, cell: str, **values: str) -> None:
        """Fill an empty cell of the matrix in the dialog that it opens."""
        self.click(f"a[aria-label='{cell}']")
        form = self.page.frame_locator(".desk-dialog iframe")
        form.locator("[name=answer]").select_option(label=values.pop("answer"))
        fill(form, **values)
        self.save_dialog(form)
        expect(self.page.locator(f"a[aria-label='{cell}']")).to_have_count(0)


def fill(page: Page | FrameLocator, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(value)


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[Desk]:
    User.objects.filter(username="boss").delete()
    make.user("boss", is_staff=True, is_superuser=True)
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/admin/")
    page.locator("[name=login]").fill("boss")
    page.locator("[name=password]").fill("password")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/")
    yield Desk(page)
    context.close()


def pick(form: Page | FrameLocator, field: str, text: str) -> None:
    form.locator(f"#{field} + .select2 .select2-selection").click()
    # A choice of several is typed into where it stands, a choice of one into what opens.
    form.locator(f"#{field} + .select2 .select2-search__field, .select2-dropdown .select2-search__field").first.fill(
        text
    )
    form.locator(".select2-results__option--highlighted, .select2-results__option").filter(has_text=text).first.click()


def make_scale(desk: Desk, name: str, slug: str) -> None:
    desk.open("/admin/experts/scale/add/")
    fill(desk.page, name=name, slug=slug)
    for value, label in enumerate(SCALE):
        row = desk.add_row("answers")
        fill(desk.page, **{f"answers-{row}-label": label, f"answers-{row}-value": str(value)})
    desk.save()


def make_question(desk: Desk, row: int, label: str, slug: str, scale: str) -> None:
    desk.click(f"#add_id_articlequestion_set-{row}-question")
    form = desk.page.frame_locator(".desk-dialog iframe")
    fill(form, wording=f"Are {label.lower()} needed?", label=label, slug=slug)
    pick(form, "id_scale", scale)
    desk.save_dialog(form)


def test_five_experts_compared_from_nothing(desk: Desk) -> None:
    make_scale(desk, "Yes or no", "yes-or-no")
    desk.open("/admin/articles/article/add/")
    fill(desk.page, headline="Do birds need trains?", standfirst="Five birds, one question.")
    desk.write("body", "It is asked every autumn.")
    desk.make_new(f"id_byline_set-{desk.add_row('byline_set')}-author", name="Nell Upham", slug="nell-upham")
    make_question(desk, desk.add_row("articlequestion_set"), "Trains", "trains-for-birds", "Yes or no")
    for name in EXPERTS:
        row = desk.add_row("sections")
        desk.make_new(f"id_sections-{row}-expert", name=name, slug=name.lower().replace(" ", "-"))
        desk.write(f"sections-{row}-body", f"{name} has thought about it.")
    desk.write("verdict", "Most of them fly.")
    # The panel knows all this before anything is saved.
    expect(desk.page.locator("[data-panel=matrix]")).to_contain_text("Ed Swift")
    desk.save()
    for number, name in enumerate(EXPERTS):
        desk.record(
            f"Record what {name} says on Trains",
            answer=SCALE[number % 3],
            stated_on="10/01/2024",
            citation=f"{name}, “On trains”, The Perch, {number + 1} January 2024",
        )
    status = desk.page.locator("[data-panel=status]")
    expect(status).to_contain_text("Choose the positions that the verdict rests on.")
    desk.choose("id_verdict_positions", "Ada Wren")
    expect(status).to_contain_text("Ready to be published")
    desk.save()
    assert desk.page.locator("[data-panel=status]").inner_text().startswith("Ready to be published")


def test_an_article_written_elsewhere_is_brought_in(desk: Desk) -> None:
    make_scale(desk, "For or against", "for-or-against")
    desk.open("/admin/articles/intake/add/")
    desk.page.locator("[name=file]").set_input_files(DOCUMENT)
    desk.clicks += 1  # the file
    desk.click("text=Read it")
    expect(desk.page.locator(".part-leftover").first).to_be_visible()
    expect(desk.page.locator(".intake-text")).to_have_text(DOCUMENT.read_text(), use_inner_text=False)
    desk.click("text=Make the draft")
    desk.page.wait_for_url("**/admin/articles/article/*/change/")
    assert desk.clicks <= 15
    status = desk.page.locator("[data-panel=status]")
    expect(status).to_contain_text("Write a standfirst")
    fill(desk.page, standfirst="Four people on what may follow the ferries.")
    row = desk.add_row("articlequestion_set")
    make_question(desk, row, "Bridges", "bridges", "For or against")
    expect(desk.page.locator("[data-panel=matrix]")).to_contain_text("Bridges")
    names = desk.page.locator(".desk-matrix tbody th").all_inner_texts()
    for name in [name.split("\n")[0] for name in names]:
        desk.record(f"Record what {name} says on Bridges", answer="Yes")
    desk.choose("id_verdict_positions", "Lucía Ferrán")
    expect(status).to_contain_text("Ready to be published")
    desk.save()


def test_the_focal_point_is_set_by_keyboard(desk: Desk) -> None:
    desk.open("/admin/experts/expert/add/")
    picture = {"name": "face.png", "mimeType": "image/png", "buffer": make.picture().read()}
    desk.page.locator("[name=portrait]").set_input_files(picture)
    mark = desk.page.locator(".focus-mark")
    expect(mark).to_be_visible()
    assert desk.page.locator(".focus-stage img").bounding_box()["width"] > 100
    mark.press("ArrowLeft")
    mark.press("ArrowUp")
    expect(desk.page.locator("[name=portrait_focus_x]")).to_have_value("45")
    expect(desk.page.locator("[name=portrait_focus_y]")).to_have_value("45")
