"""Colour as eyes have it: WCAG's contrast, lightness and distance in CIELAB, three kinds of colour blindness."""

from math import dist

type Colour = tuple[float, float, float]  # linear light, red green blue, 0 to 1

WHITE = (0.95047, 1.0, 1.08883)  # D65
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear light.
BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def read_hex(code: str) -> Colour:
    """A code like “#7b1e4e”."""
    red, green, blue = (int(code[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return (_linear(red), _linear(green), _linear(blue))


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(one: Colour, other: Colour) -> float:
    """1 (none) to 21 (black on white)."""
    bright, dark = sorted((_times(TO_XYZ, one)[1], _times(TO_XYZ, other)[1]), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def lab(colour: Colour) -> Colour:
    """Lightness 0 to 100, then green–red and blue–yellow."""
    x, y, z = (_root(part / white) for part, white in zip(_times(TO_XYZ, colour), WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def _root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def distance(one: Colour, other: Colour) -> float:
    """ΔE of 1976: about 2 can just be told apart side by side."""
    return dist(lab(one), lab(other))


def seen_with(blindness: str, colour: Colour) -> Colour:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in _times(BLINDNESS[blindness], colour))
    return (red, green, blue)


def _times(matrix: tuple[Colour, Colour, Colour], colour: Colour) -> Colour:
    one, two, three = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return (one, two, three)
