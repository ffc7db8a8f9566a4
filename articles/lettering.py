"""Text set in the site's own type: measured by the fonts' metrics, broken into lines, cut where there is no room.

The fonts are those of the pages, at fixed weights: what draws the share images reads no variable and no woff2 font.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent / "share_fonts"
# By the family names inside the files.
FILES = {
    "Card Display": "Newsreader-Display.ttf",
    "Card Serif": "Newsreader-Text.ttf",
    "Card Sans": "PublicSans-Text.ttf",
    "Card Sans Bold": "PublicSans-Bold.ttf",
}
EM = 100  # the size at which letters are measured; widths grow with the size

# What a line may end after: white space, a hyphen or dash, any character of a script written without spaces.
_UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_PIECES = re.compile(rf"\s+|[{_UNSPACED}]|[^\s\-–—{_UNSPACED}]*[\-–—]|[^\s\-–—{_UNSPACED}]+")
_JOINED = {"\u200d", "\ufe0f", "\ufe0e"}
# Pictures and modifiers that the fonts lack are left out: a headline reads without them, but not with empty boxes.
_PICTURES = {"So", "Sk", "Co", "Cn", "Cs"}


@dataclass(frozen=True)
class Block:
    """Lines of one size. `top` of the first to the foot of the last is `height`; `baselines` count from the top."""

    face: str
    size: int
    lines: tuple[str, ...]
    leading: float = 1.2

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * self.leading

    @property
    def width(self) -> float:
        return max((measure(line, self.face, self.size) for line in self.lines), default=0)

    @property
    def baselines(self) -> list[tuple[str, float]]:
        step = self.size * self.leading
        first = step / 2 + self.size * 0.34  # capitals stand in the middle of their line
        return [(line, round(first + n * step, 1)) for n, line in enumerate(self.lines)]


@lru_cache(maxsize=8)
def _load(face: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FOLDER / FILES[face], EM)


@lru_cache(maxsize=4096)
def has_letter(letter: str) -> bool:
    """Whether the site's fonts draw it; all four cover the same characters, and this one draws nothing for others."""
    return letter.isspace() or bool(_load("Card Display").getmask(letter).size[1])


def needs_other_fonts(texts: Iterable[str]) -> bool:
    return not all(has_letter(letter) for text in texts for letter in text)


def measure(text: str, face: str, size: float) -> float:
    """Width in pixels. Letters that the fonts lack count as wide as another font is likely to draw them."""
    if text.isascii():
        return _load(face).getlength(text) / EM * size
    known = "".join(letter for letter in text if has_letter(letter))
    foreign = sum(_guess_width(letter) for letter in text if not has_letter(letter))
    return (_load(face).getlength(known) / EM + foreign) * size


def _guess_width(letter: str) -> float:
    if unicodedata.combining(letter) or letter in _JOINED:
        return 0.25 if unicodedata.combining(letter) else 0  # another font draws the letter under the mark too
    return 1.15 if unicodedata.east_asian_width(letter) in "WF" else 0.7


def break_lines(text: str, face: str, size: float, width: float) -> list[str]:
    """As many lines as it takes, none wider than `width`; a word that is wider alone is cut."""
    lines, line = [], ""
    for piece in _PIECES.findall(_drop_pictures(text)):
        if measure((line + piece).rstrip(), face, size) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        *full, line = _cut_word(piece.lstrip(), face, size, width)
        lines += full
    return [*lines, line.strip()] if line.strip() else lines


def _drop_pictures(text: str) -> str:
    kept = (c for c in text if has_letter(c) or not (c in _JOINED or unicodedata.category(c) in _PICTURES))
    return " ".join("".join(kept).split())


def _cut_word(word: str, face: str, size: float, width: float) -> list[str]:
    parts, part = [], ""
    for letter in word:
        is_joined = unicodedata.combining(letter) or letter in _JOINED or part.endswith("\u200d")
        if part and not is_joined and measure(part + letter, face, size) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def set_text(text: str, face: str, size: int, width: float, most: int, leading: float = 1.2) -> Block:
    """At most `most` lines; what is left over is told by an ellipsis."""
    lines = break_lines(text, face, size, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], _shorten(" ".join(lines[most - 1 : most + 1]), face, size, width)]
    return Block(face, size, tuple(lines), leading)


def _shorten(text: str, face: str, size: float, width: float) -> str:
    """The longest beginning that leaves room for “…”, by whole words where the last one is not all there is."""
    while text and measure(f"{text}…", face, size) > width:
        text = text[:-1]
    words = text.rpartition(" ")[0]
    return f"{(words if len(words) > len(text) / 2 else text).rstrip(' ,;:.–—-')}…"


def fit_text(
    text: str, face: str, sizes: Sequence[tuple[int, int]], width: float, leading: float = 1.2, balanced: bool = False
) -> Block:
    """In the first of `sizes` (with the most lines of each) that it fits whole; in the last one cut."""
    whole = measure(_drop_pictures(text), face, EM) / EM
    for size, most in sizes:
        if whole * size > most * width:
            continue  # no need to try
        lines = break_lines(text, face, size, width)
        if len(lines) <= most:
            narrow = _balance(text, face, size, width, len(lines)) if balanced else width
            return Block(face, size, tuple(break_lines(text, face, size, narrow)), leading)
    size, most = sizes[-1]
    return set_text(text, face, size, width, most, leading)


def _balance(text: str, face: str, size: int, width: float, count: int) -> float:
    """The least width that takes no more lines, so that the last one is not left with a word."""
    low, high = width / 2, width
    while high - low > 8:
        middle = (low + high) / 2
        low, high = (low, middle) if len(break_lines(text, face, size, middle)) <= count else (middle, high)
    return high
