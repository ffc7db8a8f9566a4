"""The styles keep their word: readable in light and dark and without colour, small, from here alone, nothing dead."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest

from tests.colour import BLINDNESS, Colour, contrast, distance, lab, read_hex, seen_with
from tests.styles import matches, styled_classes, without_comments, written_classes

ROOT = Path(__file__).resolve().parents[2]
ALL_STYLES = sorted((ROOT / "static").rglob("*.css"))
ALL_SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
# What readers load. The desk dresses Unfold's pages too, whose classes stand in no template of ours.
STYLES = [file for file in ALL_STYLES if "desk" not in file.parts]
SCRIPTS = [file for file in ALL_SCRIPTS if "desk" not in file.parts]
# What others have written, byte for byte as they released it: dist/htmx.min.js of htmx.org 2.0.11 at npm.
VENDORED = {"htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"}
OURS = [file for file in (*ALL_STYLES, *ALL_SCRIPTS) if "vendor" not in file.parts]
TEMPLATES = sorted((ROOT / "templates" / "public").rglob("*.html"))
# What masthead.js fetches for those who come to the search field; it takes no time from anybody's page.
ON_DEMAND = {ROOT / "static" / "js" / "suggest.js"}
# What other sites load, to size the frames in which they show something of us.
FOR_OTHERS = {ROOT / "static" / "js" / "embed.js"}

READABLE = 4.5  # WCAG 2.2 AA, text of any size
VISIBLE = 3.0  # WCAG 2.2 AA, what must be seen to use a control
GREY_STEP = 8  # in L*, 0 to 100
COLOUR_STEP = 12  # in ΔE; about 2 can just be told apart side by side
BUDGET = 20_000  # bytes, compressed
TONES = range(1, 6)
PAIRS = list(combinations(TONES, 2))

# Lists that only need the class: base.css takes the marks from every list with one.
LISTS = {"answers", "error-list", "links", "nav", "rests-on", "results"}
# Classes that come from the data: the kinds of articles.changes.Part that are neither added nor removed.
FROM_DATA = {"same", "skipped"}


def read_themes() -> dict[str, dict[str, Colour]]:
    """The colours of tokens.css by name, in light and in dark."""
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    return {
        "light": {name: read_hex(light) for name, light, _ in pairs},
        "dark": {name: read_hex(dark) for name, _, dark in pairs},
    }


THEMES = read_themes()
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())


# --- Colour ----------------------------------------------------------------------------------------------------------


def test_the_measures_are_those_of_the_books() -> None:
    black, white, red, green = map(read_hex, ("#000000", "#ffffff", "#ff0000", "#00ff00"))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(read_hex("#767676"), white) == pytest.approx(4.54, abs=0.01)
    assert lab(white) == pytest.approx((100, 0, 0), abs=0.01)
    assert lab(red) == pytest.approx((53.24, 80.09, 67.20), abs=0.05)
    assert distance(seen_with("deuteranopia", red), seen_with("deuteranopia", green)) < distance(red, green) / 2


@themes
@pytest.mark.parametrize("tone", TONES)
def test_text_on_every_tone_can_be_read(theme: dict[str, Colour], tone: int) -> None:
    assert contrast(theme[f"tone-{tone}"], theme[f"on-{tone}"]) >= READABLE


@themes
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_tones_differ_in_greyscale(theme: dict[str, Colour], one: int, other: int) -> None:
    assert abs(lab(theme[f"tone-{one}"])[0] - lab(theme[f"tone-{other}"])[0]) >= GREY_STEP


@themes
@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_tones_differ_for_the_colour_blind(
    theme: dict[str, Colour], blindness: str, one: int, other: int
) -> None:
    seen = (seen_with(blindness, theme[f"tone-{tone}"]) for tone in (one, other))
    assert distance(*seen) >= COLOUR_STEP


@themes
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "raised", "sunken"])
def test_text_can_be_read_on_every_ground(theme: dict[str, Colour], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= READABLE


@themes
@pytest.mark.parametrize(
    ("text", "ground"),
    [("accent-ink", "accent"), ("paper", "ink"), ("ink", "added"), ("ink", "removed"), ("soft", "added")],
)
def test_text_can_be_read_where_grounds_are_coloured(theme: dict[str, Colour], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= READABLE


@themes
@pytest.mark.parametrize("line", ["strong-rule", "accent"])
@pytest.mark.parametrize("ground", ["paper", "raised", "sunken"])
def test_the_edges_of_controls_can_be_seen(theme: dict[str, Colour], line: str, ground: str) -> None:
    assert contrast(theme[line], theme[ground]) >= VISIBLE


# --- Weight and origin -----------------------------------------------------------------------------------------------


def weigh(files: Iterable[Path]) -> int:
    """Bytes as served, each file compressed by itself."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_all_styles_together_are_small() -> None:
    assert 0 < weigh(STYLES) < BUDGET


NAMED = re.compile(r"{%-? *(?:extends|from|include|import) +\"([^\"]+)\"")


def scripts_of(template: Path) -> set[Path]:
    """All that a page may load: what its template names, and every template that this one takes something from."""
    text = template.read_text()
    scripts = {ROOT / "static" / name for name in re.findall(r"js/[\w/.]+\.js", text)}
    return scripts.union(*(scripts_of(ROOT / "templates" / "public" / name) for name in NAMED.findall(text)))


def test_the_scripts_of_any_one_page_are_small() -> None:
    """No page loads all of them: what only one page needs is a file of its own."""
    pages = {page: scripts_of(page) for page in TEMPLATES if not page.name.startswith("_")}
    weights = {page.name: weigh(scripts - ON_DEMAND) for page, scripts in pages.items()}
    assert {name: weight for name, weight in weights.items() if weight >= BUDGET} == {}
    assert set().union(*pages.values()) == {*SCRIPTS} - FOR_OTHERS


def test_what_comes_on_demand_is_loaded_by_no_page() -> None:
    for file in ON_DEMAND:
        named = re.compile(rf'(\S+)="{{{{ static\("js/{re.escape(file.name)}"\) }}}}"')
        assert {name for page in TEMPLATES for name in named.findall(page.read_text())} == {"data-script"}


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_files_name_no_other_site_and_no_other_file(file: Path) -> None:
    text = without_comments(file.read_text()).replace('a[href^="http"]', "")
    assert "@import" not in text
    assert "//" not in re.sub(r"(?m)(^|(?<=\s))//( .*)?$", "", text)
    assert not re.search(r"https?:", text)


def test_what_others_have_written_is_what_they_have_released() -> None:
    found = [file for file in (*ALL_STYLES, *ALL_SCRIPTS) if "vendor" in file.parts]
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in found} == VENDORED
    assert all((file.parent / f"{file.stem.split('.')[0]}-LICENSE.txt").is_file() for file in found)


def test_what_others_have_written_names_no_address_that_it_would_load() -> None:
    """Two slashes stand in it once, for the descendants in an XPath; it has no way to load code or styles."""
    for file in (file for file in ALL_SCRIPTS if "vendor" in file.parts):
        text = file.read_text()
        assert re.findall(r"(?:\bhttps?:|\bwss?:|//).{0,4}", text) == ["//*[@*"]
        assert not re.search(r"\bimport\b|importScripts|WebSocket|EventSource|sendBeacon|\.src\s*=", text)


# --- Nothing dead ----------------------------------------------------------------------------------------------------


STYLED = {name for file in STYLES for name in styled_classes(file.read_text())}
WRITTEN = {name for file in TEMPLATES for name in written_classes(file.read_text())}


def test_the_finder_of_classes_finds_them() -> None:
    assert styled_classes('.a > .b-c:has(.d) { x: .5; } /* .e */ @media (min-width: 1.5rem) { .f[x=".g"] {} }') == {
        *("a", "b-c", "d", "f")
    }
    assert written_classes('<p class="a tone-{{ n }}{{ " b" if x }}{% if y %} c{% endif %}">{{ d("x", "is-e") }}') == {
        *("a", "tone-*", "b", "c", "is-e")
    }


def test_every_style_dresses_something() -> None:
    scripts = " ".join(file.read_text() for file in SCRIPTS)
    unused = {name for name in STYLED - FROM_DATA if not any(matches(name, pattern) for pattern in WRITTEN)}
    assert {name for name in unused if not re.search(rf"\b{name}\b", scripts)} == set()


def test_every_class_is_dressed() -> None:
    undressed = {p for p in WRITTEN if p != "*" and not any(matches(name, p) for name in STYLED)}
    assert undressed == LISTS


def test_every_page_brings_the_styles_it_needs() -> None:
    """Component files are linked by each page for itself: one that was forgotten leaves its parts bare."""
    asked = {match for file in TEMPLATES for match in re.findall(r"css/[\w/]+\.css", file.read_text())}
    assert asked == {file.relative_to(ROOT / "static").as_posix() for file in STYLES}


def test_every_token_is_used_and_known() -> None:
    text = without_comments(" ".join(file.read_text() for file in STYLES))
    made, used = set(re.findall(r"(--[\w-]+)\s*:", text)), set(re.findall(r"var\((--[\w-]+)", text))
    assert used - made == set()
    assert made - used == set()
