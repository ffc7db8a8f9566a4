"""Frames on another site's page: as wide as they were made, as high as their script says, and readable as they are."""

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from aisrace.lib.embeds import POSITION_HEIGHT, comparison_height, embed_code
from tests.browser.conftest import PATIENCE, Opening
from tests.browser.content import FRAMES, LEADERS
from tests.browser.test_accessibility import find_violations

NARROW, WIDE = 320, 1280


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", FRAMES.values(), ids=FRAMES.keys())
def test_by_themselves(open_page: Opening, path: str, width: int) -> None:
    """What a reader sees in a frame so wide: nothing hangs over, nothing breaks a rule of axe."""
    page = open_page(path, width, color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert find_violations(page) == []


def test_colours_follow_the_system_or_are_chosen(open_page: Opening) -> None:
    def ground(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    path = FRAMES["question"]
    light, dark = ground(open_page(path, color_scheme="light")), ground(open_page(path, color_scheme="dark"))
    assert light != dark
    assert ground(open_page(f"{path}?theme=dark", color_scheme="light")) == dark
    assert ground(open_page(f"{path}?theme=light", color_scheme="dark")) == light


# --- On another site -------------------------------------------------------------------------------------------------


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A site of its own: another port is another origin."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.encode() if self.path == "/" else b"")

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def visit_elsewhere(browser: Browser, url: str, body: str, **options: bool) -> Page:
    Elsewhere.page = f"<!doctype html><title>Elsewhere</title><body>{body}"
    page = browser.new_context(viewport={"width": 400, "height": 700}, **options).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    return page


def code_for(address: str, path: str, settings: object) -> str:
    settings.SITE_URL = address
    return embed_code(path, "A frame", comparison_height(5))


def heights(page: Page) -> list[int]:
    found: list[int] = page.evaluate("[...document.querySelectorAll('iframe')].map(f => f.offsetHeight)")
    return found


def test_the_script_fits_each_frame_to_what_is_in_it(
    chromium: Browser, address: str, elsewhere: str, settings: object
) -> None:
    bodies = [code_for(address, FRAMES[name], settings) for name in ("position", "article")]
    page = visit_elsewhere(chromium, elsewhere, "".join(bodies))
    page.wait_for_function("[...document.querySelectorAll('iframe')].every(frame => frame.style.height)")
    short, tall = heights(page)
    assert tall > comparison_height(5) > short > 100
    for frame in page.frames[1:]:
        # One pixel either way: heights are rounded.
        assert frame.evaluate("document.documentElement.scrollHeight - innerHeight") <= 1
    page.set_viewport_size({"width": 900, "height": 700})
    page.wait_for_function(f"document.querySelectorAll('iframe')[1].offsetHeight < {tall}")
    page.context.close()


def test_positions_fit_into_the_frame_that_is_handed_out(open_page: Opening, address: str) -> None:
    """All of the demo's where a text is read, most on a phone; without script what is higher scrolls."""
    page = open_page(FRAMES["position"])
    listed = [page.request.get(f"{address}/api/v1/positions/?expert={slug}").json()["results"] for slug in LEADERS]
    keys = [row["id"] for rows in listed for row in rows]
    assert len(keys) == 30

    def needed(width: int) -> list[int]:
        page.set_viewport_size({"width": width, "height": 200})
        return [measure(page, f"{address}/embed/positions/{key}/") for key in keys]

    assert max(needed(640) + needed(720)) <= POSITION_HEIGHT
    assert sorted(needed(390))[20] <= POSITION_HEIGHT


def measure(page: Page, url: str) -> int:
    page.goto(url)
    height: int = page.evaluate(
        "document.fonts.ready.then(() => Math.ceil(document.body.getBoundingClientRect().height) + 2)"
    )
    return height


def test_the_script_believes_nobody_else(chromium: Browser, address: str, elsewhere: str, settings: object) -> None:
    page = visit_elsewhere(chromium, elsewhere, code_for(address, FRAMES["position"], settings))
    page.wait_for_function("document.querySelector('iframe').style.height")
    before = heights(page)
    page.evaluate("""() => {
        postMessage({aisrace: "height", height: 5000}, "*");
        const frame = document.createElement("iframe");
        frame.srcdoc = "<script>parent.postMessage({aisrace: 'height', height: 5000}, '*')<" + "/script>";
        document.body.append(frame);
        return new Promise(done => frame.onload = () => setTimeout(done, 200));
    }""")
    assert heights(page)[0] == before[0]
    for height in ("NaN", "-5", "1e9", "'9px; color: red'", "null"):
        page.frames[1].evaluate(f"parent.postMessage({{aisrace: 'height', height: {height}}}, '*')")
    page.wait_for_timeout(200)
    assert heights(page)[0] == before[0]
    page.context.close()


def test_a_frame_works_without_any_script(chromium: Browser, address: str, elsewhere: str, settings: object) -> None:
    page = visit_elsewhere(
        chromium, elsewhere, code_for(address, FRAMES["article"], settings), java_script_enabled=False
    )
    frame = page.frames[1]
    assert frame.locator("h1").inner_text()
    assert frame.locator("a.cell:visible").count() > 5
    assert page.locator("iframe").bounding_box()["height"] == comparison_height(5)
    page.context.close()


def test_a_cell_leads_to_the_evidence_without_script(open_page: Opening) -> None:
    page = open_page(FRAMES["article"], java_script_enabled=False)
    link = page.locator("a.cell:visible").first.get_attribute("href")
    assert link
    there = open_page(link, java_script_enabled=False)
    evidence = there.locator(f"#{urlsplit(link).fragment}")
    assert evidence.is_visible()
    assert evidence.bounding_box()["y"] < 900


# --- The code to paste -----------------------------------------------------------------------------------------------


def test_the_code_is_copied(open_page: Opening) -> None:
    page = open_page("/questions/who-leads-in-ai/", permissions=["clipboard-read", "clipboard-write"])
    assert not page.locator("[data-copy]").is_visible()
    page.locator("summary", has_text="Embed this").click()
    page.get_by_role("button", name="Copy the code").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("textarea").input_value()


def test_without_script_there_is_no_button(open_page: Opening) -> None:
    page = open_page("/questions/who-leads-in-ai/", java_script_enabled=False)
    page.locator("summary", has_text="Embed this").click()
    assert page.locator("textarea").is_visible()
    assert not page.locator("[data-copy]").is_visible()
