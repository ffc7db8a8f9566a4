"""Which renditions of a stored picture there are, told by its name alone: no file is opened, no row is read.

A verified picture is called `<stem>.<width>x<height>.jpg` (or .png where parts are transparent); beside it lie
`<stem>.<width>x<height>.w640.avif` and `.w640.webp`, one for each width of its set. Any other name is a picture without
renditions. What was stored is never made again, so a set may only grow with `make_renditions` over every old picture.
"""

import re
from functools import lru_cache

FORMATS = ("avif", "webp")  # the smaller one first: browsers take the first they know
PICTURE_WIDTHS = (320, 640, 960, 1280, 1920)
PORTRAIT_SIDES = (96, 192, 384)

_SIZED = re.compile(r"\.(\d{1,5})x(\d{1,5})\.(?:jpg|png)\Z")


def read_size(name: str) -> tuple[int, int] | None:
    """Width and height as the name tells them; None for a picture that was not verified here."""
    found = _SIZED.search(name)
    return (int(found[1]), int(found[2])) if found else None


def picture_widths(width: int, height: int) -> list[int]:
    """The set for a picture across the page: never wider than itself, and its own width where the set goes beyond."""
    widest = min(width, PICTURE_WIDTHS[-1])
    return [*(w for w in PICTURE_WIDTHS if w < widest), widest]


def portrait_widths(width: int, height: int) -> list[int]:
    """The set for a face, which is shown as a square: chosen so that the short side fills it."""
    short = min(width, height)
    return [round(width * side / short) for side in PORTRAIT_SIDES if side <= short]


def name_rendition(name: str, width: int, form: str) -> str:
    """Works on the name of a file and on its address alike."""
    return f"{name.rpartition('.')[0]}.w{width}.{form}"


def list_renditions(address: str) -> dict[str, list[dict[str, int | str]]]:
    """Widths and addresses by format, narrow ones first, as an edition keeps them; empty without renditions."""
    if (size := read_size(address)) is None:
        return {}
    return {
        form: [{"width": width, "url": name_rendition(address, width, form)} for width in picture_widths(*size)]
        for form in FORMATS
    }


@lru_cache(maxsize=4096)
def portrait_sources(address: str) -> tuple[tuple[str, str], ...]:
    """(format, srcset) for a face 96 pixels high or less, by the density of the screen; remembered, as faces recur."""
    if (size := read_size(address)) is None:
        return ()
    named = list(zip(PORTRAIT_SIDES, portrait_widths(*size), strict=False))
    return tuple(
        (
            form,
            ", ".join(f"{name_rendition(address, width, form)} {side // PORTRAIT_SIDES[0]}x" for side, width in named),
        )
        for form in FORMATS
    )


def step_focus(percent: float) -> int:
    """The nearest of the eleven places for which the style sheet has a class: style attributes are not allowed."""
    return max(0, min(10, int(percent + 5) // 10)) * 10


def place_square(size: tuple[int, int], focus: tuple[int, int]) -> tuple[int, int]:
    """Where to hold a picture that is cropped to a square so that its focus comes to the middle, if it can.

    Styles align a point of the picture with the same point of the square, which leaves a focus near the edge there.
    """
    short = min(size)
    across, down = (
        step_focus(max(0, 100 * (length * percent / 100 - short / 2) / (length - short))) if length > short else 50
        for length, percent in zip(size, focus, strict=True)
    )
    return across, down
