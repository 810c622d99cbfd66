"""A message as text and as HTML: two forms of the same words, each of which can be read alone.

The HTML is for mail programs, Outlook among them: tables for the layout, styles on the elements, no images,
nothing fetched. Pages have none of that.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.plans.statuses import Status
from app.reports.colours import ink_on, status_colours
from app.reports.letter import Letter

if TYPE_CHECKING:
    from jinja2 import Environment

_DARK_INK = "#14181b"


class Rendered(NamedTuple):
    """A message ready to be sent."""

    subject: str
    text: str
    html: str


class Cell(NamedTuple):
    """How a part of a bar is coloured: its ground, and what is read on it."""

    ground: str
    ink: str


def rendered(letter: Letter, *, unsubscribe_url: str = "", why: str = "") -> Rendered:
    """The message in both forms.

    ``unsubscribe_url`` is the reader's own address for getting no more, "" where there is none; ``why`` says
    why they get it: "You get this e-mail under the schedule “Monthly summary”.".
    """
    colours = status_colours(letter.look)
    values = {
        "letter": letter,
        "unsubscribe_url": unsubscribe_url,
        "why": why,
        "cells": {one.value: Cell(colours[one].fill, _ink(colours[one].fill)) for one in Status},
        "button_ink": ink_on(letter.look.accent),
    }
    environment = _environment()
    text = environment.get_template("email.txt").render(values)
    html = environment.get_template("email.html").render(values)
    return Rendered(letter.subject, f"{text.strip()}\n", html)


def _ink(ground: str) -> str:
    return _DARK_INK if ink_on(ground) == "#000000" else "#ffffff"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # Not by the name of the file: forgetting it in one place would be enough.
        autoescape=lambda name: name != "email.txt",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # In text the end of a line means something: nobody's words make one.
    environment.filters["line"] = lambda words: " ".join(words.split())
    return environment
