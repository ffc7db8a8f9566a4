"""Draws the pictures of README.md anew, from a site with its demo content and nothing else:

make run PORT=8123 DATA_DIR=/tmp/pictures   and then   .venv/bin/python docs/pictures.py http://127.0.0.1:8123
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.chromium import find_chromium

IMAGES = Path(__file__).parent / "images"
COLOURS = 192
ARTICLE = "/articles/china-usa-ai-race/"
# By name: address, and the size of the window.
PUBLIC = {
    "home": ("/", 1280, 860),
    "article": (ARTICLE, 1280, 1280),
    "conversation": (f"{ARTICLE}comments/?order=valued", 1280, 1100),
    "question": ("/questions/who-leads-in-ai/", 1280, 1150),
}
DESK = {
    "desk": ("/admin/articles/article/1/change/", 1280, 1020),
    "queue": ("/admin/comments/comment/?tab=new", 1280, 860),
}
ANSWERS = ["U.S. narrowly ahead", "A small gap", "Hardly", "National effort above all", "Compute first", "Both alike"]


def draw(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = open_window(browser, site)
        for name, (path, width, height) in PUBLIC.items():
            take(page, name, path, width, height)
        take(open_window(browser, site, "dark"), "phone", ARTICLE, 390, 1150)
        draw_stand(page)
        sign_in(page)
        for name, (path, width, height) in DESK.items():
            take(page, name, path, width, height)
        browser.close()


def open_window(browser: Browser, site: str, scheme: str = "light") -> Page:
    return browser.new_context(base_url=site, color_scheme=scheme, reduced_motion="reduce").new_page()


def take(page: Page, name: str, path: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    save(name, page.screenshot())


def draw_stand(page: Page) -> None:
    page.set_viewport_size({"width": 920, "height": 900})
    page.goto(f"{ARTICLE}where-do-you-stand/")
    for number, answer in enumerate(ANSWERS):
        page.locator("main fieldset").nth(number).get_by_label(answer).check()
    page.get_by_role("button", name="Show who agrees").click()
    head = page.get_by_role("heading", name="Who agrees with you")
    head.wait_for()
    page.locator("main details", has_text="Question by question").first.locator("summary").click()
    head.evaluate("e => window.scrollTo({top: e.getBoundingClientRect().top + scrollY - 36, behavior: 'instant'})")
    save("stand", page.screenshot())


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username or e-mail").fill("editor")
    page.get_by_label("Password", exact=True).fill("editor")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Reported errors").wait_for()


def save(name: str, picture: bytes) -> None:
    """With few colours: a third of the bytes. Chosen by how far they lie apart, for a small dot has one of its own."""
    image = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    image.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    draw(sys.argv[1])
