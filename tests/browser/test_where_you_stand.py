"""Where do you stand, in the browser: it reckons as the server does, sends nothing, keeps what it is told to keep."""

from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aisrace.lib.figures import percent
from experts.comparison import compare
from experts.own_answers import DOUBLE, Beside, OwnAnswer, compare_own
from tests import make
from tests.browser.conftest import Opening, Reader
from tests.browser.content import PAGES

STAND = PAGES["stand on an article"]
RECKON = """async (cases) => {
  const stand = await import("/static/js/stand.js");
  return cases.map(([points, minimum]) => {
    const sum = stand.reckon(points, minimum);
    return { ...sum, verdicts: points.map(stand.tell), tally: stand.tally(sum, minimum) };
  });
}"""
PERCENT = (
    """async (shares) => { const stand = await import("/static/js/stand.js"); return shares.map(stand.percent); }"""
)


def make_cases() -> list[Beside]:
    """Readers and experts at random, on scales of two to seven steps, with blanks and answers off the scale."""
    random, found = Random(11), []
    for size in range(13):
        scales = [make.steps_row(n, random.choice([2, 3, 5, 7])) for n in range(1, size + 1)]
        questions = [make.question_row(n, scale) for n, scale in enumerate(scales, 1)]
        experts = [make.expert_row(n, f"Person {n}") for n in range(1, 13)]
        positions = [
            make.position_row(expert, question, random.choice(question.scale.axis).label)
            for expert in experts
            for question in questions
            if random.random() < 0.85
        ]
        own = [
            OwnAnswer(q, random.choice([None, *q.scale.axis, *q.scale.axis]), random.choice([1, DOUBLE]))
            for q in questions
        ]
        found += compare_own(compare(experts, questions, positions), own)
    return found


def test_the_script_reckons_as_the_server_does(open_page: Opening) -> None:
    cases = make_cases()
    assert (
        {beside.share is None for beside in cases} == {beside.near_share is None for beside in cases} == {True, False}
    )
    sent = [
        [
            [
                {
                    "own": point.own.step,
                    "other": point.cell.step,
                    "size": len(point.own.question.scale.axis),
                    "weight": point.own.weight,
                }
                for point in beside.points
            ],
            beside.minimum,
        ]
        for beside in cases
    ]
    assert {beside.minimum for beside in cases} == {3, 4, 5}
    found: list[dict[str, Any]] = open_page("/about/").evaluate(RECKON, sent)
    expected = [
        {
            "n": b.agreement.n,
            "exact": b.agreement.exact,
            "near": b.agreement.near,
            "nearN": b.agreement.near_n,
            "share": b.share,
            "nearShare": b.near_share,
            "verdicts": [point.verdict for point in b.points],
            "tally": b.tally,
        }
        for b in cases
    ]
    assert found == expected


def test_the_script_prints_shares_as_the_server_does(open_page: Opening) -> None:
    shares = [n / 1000 for n in range(1001)] + [n / d for d in range(1, 30) for n in range(d + 1)] + [0.0001, 0.99999]
    assert open_page("/about/").evaluate(PERCENT, shares) == [percent(share) for share in shares]


def answer(page: Page) -> None:
    """The first question in the middle, the others at the low end but for one off the scale; one counts double."""
    for n, question in enumerate(page.locator("fieldset.ask").all()):
        if n != 3:
            question.locator(".ask-scale input").nth(2 if n == 0 else 0).check()
    page.get_by_label("It depends").nth(3).check()
    page.get_by_label("Counts double for me").first.check()
    page.get_by_role("button", name="Show who agrees").click()
    expect(page.get_by_role("heading", name="Who agrees with you")).to_be_in_viewport()


def read_result(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('#result details').forEach((each) => (each.open = true))")
    texts = page.locator("#result").evaluate("result => [...result.children].map((part) => part.innerText)")
    return [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize("width", [390, 1280])
def test_with_and_without_script_the_result_is_the_same(open_page: Opening, reader: Reader, width: int) -> None:
    scripted, plain = open_page(STAND, width), open_page(STAND, width, java_script_enabled=False)
    expect(scripted.get_by_text("0 of 8 answered")).to_be_visible()
    before = len(reader.asked)
    answer(scripted)
    expect(scripted.locator("#result")).to_be_focused()
    assert reader.asked[before:] == []
    assert scripted.evaluate("localStorage.length + sessionStorage.length") == 0

    expect(plain.get_by_text("keeps nothing of them")).to_be_visible()
    expect(plain.get_by_label("Remember my answers")).not_to_be_visible()
    answer(plain)
    assert plain.url.endswith(f"{STAND}#result")
    found = read_result(scripted)
    assert found == read_result(plain)
    assert "You stand on the scale of 7 of 8 questions." in found[1]
    assert any("%" in text for text in found)

    scripted.locator("fieldset.ask").first.locator(".ask-scale input").first.check()
    assert read_result(scripted) != found  # follows without another press
    plain.get_by_role("button", name="Show who agrees").click()


def test_only_what_the_reader_says_is_remembered(reader: Reader) -> None:
    page = reader.open(STAND)
    first = page.locator("fieldset.ask").first.locator(".ask-scale input").nth(1)
    first.check()
    page.reload()
    expect(first).not_to_be_checked()

    first.check()
    page.get_by_label("Remember my answers").check()
    page.get_by_label("Counts double for me").first.check()
    page.reload()
    expect(first).to_be_checked()
    expect(page.get_by_label("Counts double for me").first).to_be_checked()
    expect(page.get_by_text("1 of 8 answered")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == ["stand"]

    page.get_by_role("button", name="Forget my answers").click()
    assert page.evaluate("localStorage.length") == 0
    expect(first).not_to_be_checked()
    page.reload()
    expect(first).not_to_be_checked()

    page.evaluate("localStorage.setItem('stand', 'null]')")
    page.reload()
    expect(page.get_by_text("0 of 8 answered")).to_be_visible()


def test_by_key(open_page: Opening) -> None:
    page = open_page(STAND, 390)
    page.locator("fieldset.ask").first.locator("input").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[type=radio]:checked')")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("1 of 8 answered")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
