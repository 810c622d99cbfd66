"""The look of an area's pages: colours and logo, as they stand in the address of its style sheet.

An address that holds the colours themselves needs no look-up, and may be kept by browsers for ever.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple, Self

from app.models.area_settings import DEFAULT_COLOURS
from app.models.colours import BLACK, PAGE, TEXT_CONTRAST, WHITE, contrast, mixed
from app.plans.statuses import Status

_COLOURS = re.compile(r"([0-9a-f]{6})?(\.([0-9a-f]{6})?){4}", re.ASCII)
DIGEST_DIGITS = 16
"""How much of a digest stands in the address of a logo."""
_STEPS = 50


class Look(NamedTuple):
    """The colours that are not the default ones by their names, and the digest of the logo ("" for none)."""

    colours: Mapping[str, str | None]
    logo: str = ""

    def written(self) -> str:
        """As it is stored: "6b1f5f....-0123456789abcdef"; "" for the look of the service itself."""
        colours = ".".join((self.colours.get(name) or "").lstrip("#") for name in DEFAULT_COLOURS)
        if not colours.strip("."):
            colours = ""
        return f"{colours}-{self.logo[:DIGEST_DIGITS]}" if colours or self.logo else ""

    @classmethod
    def read(cls, colours: str) -> Self | None:
        """The look that the part of an address stands for; None where it stands for none."""
        if not _COLOURS.fullmatch(colours):
            return None
        parts = zip(DEFAULT_COLOURS, colours.split("."), strict=True)
        return cls({name: f"#{digits}" for name, digits in parts if digits})


def derived(name: str, colour: str) -> dict[str, str]:
    """The colours that follow from one: what the style sheet calls them, without the name in front."""
    if name == "brand":
        return {"": colour, "-dark": mixed(colour, BLACK, 0.36), "-tint": mixed(colour, WHITE, 0.94)}
    tint = WHITE if name == Status.not_started else mixed(colour, WHITE, 0.86)
    fill = {
        Status.delayed.value: mixed(colour, WHITE, 0.45),
        Status.not_started.value: WHITE,
    }.get(name, colour)
    return {"-dark": colour, "-tint": tint, "-fill": fill, "-text": mixed(colour, BLACK, 0.25)}


def least_contrast(name: str, colour: str) -> float:
    """The lowest contrast of text in this colour, or in one that follows from it, with its ground."""
    found = derived(name, colour)
    if name == "brand":
        return min(contrast(colour, ground) for ground in (WHITE, PAGE, found["-tint"]))
    return min(contrast(colour, WHITE), contrast(found["-text"], found["-tint"]))


def readable(name: str, colour: str) -> str:
    """The colour itself where all text in it can be read, else the nearest darker one."""
    steps = (mixed(colour, BLACK, step / _STEPS) for step in range(_STEPS))
    return next((one for one in steps if least_contrast(name, one) >= TEXT_CONTRAST), BLACK)


def style_sheet(look: Look) -> str:
    """The style sheet of a look: it sets the colours that differ, by the names that all styles use."""
    lines = [
        f"  --{name.replace('_', '-')}{part}: {value};"
        for name, colour in look.colours.items()
        if colour
        for part, value in derived(name, colour).items()
    ]
    return "\n".join([":root {", *lines, "}", ""])
