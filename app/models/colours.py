"""Colours of an area: how they are written, how well they can be told apart, and those that follow from them.

Contrast is that of the Web Content Accessibility Guidelines 2.2: from 1 (none) to 21 (black on white). Text
needs 4.5 (success criterion 1.4.3), edges and marks need 3 (1.4.11).
"""

import re
from typing import Annotated

from pydantic import AfterValidator

WHITE, BLACK = "#ffffff", "#000000"
PAGE = "#f4f4f2"
"""The ground of the footer and of panels."""
TEXT_CONTRAST = 4.5
_HEX = re.compile(r"#?([0-9a-fA-F]{6})", re.ASCII)
_LEAST_DISTANCE = 40


def _written(value: str) -> str:
    found = _HEX.fullmatch(value.strip())
    if found is None:
        raise ValueError("give a colour as # and six digits or letters from a to f, for example #6b1f5f")
    return f"#{found[1].lower()}"


Colour = Annotated[str, AfterValidator(_written)]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another one in it, from 0 (itself) to 1 (the other one)."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def are_alike(one: str, other: str) -> bool:
    """Whether two colours are hardly told apart, even side by side."""
    squares = ((a - b) ** 2 for a, b in zip(_parts(one), _parts(other), strict=True))
    return bool(sum(squares) < _LEAST_DISTANCE**2)
