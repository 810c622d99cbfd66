"""What an e-mail of the service is made of, before it is text or HTML.

Texts are plain: whoever renders them escapes them, and reads no markup in them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.charts.bars import Segment, segments, status_key
from app.plans.statuses import Status
from app.reports.document import Look
from app.reports.progress import NO_ACTIONS


@dataclass(frozen=True, slots=True)
class Bar:
    """The statuses of one scope: its name, the figures in words, and the same as segments of a bar."""

    name: str
    words: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: what it is, with a link where there is a page, and more on it below."""

    text: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a message under a heading. ``more`` follows its items: how many are not named."""

    heading: str
    lead: str = ""
    items: tuple[Item, ...] = ()
    bars: tuple[Bar, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message from its subject to its last line.

    ``preview`` is what a list of messages shows after the subject; ``about`` says under the area's name what
    the message is about; ``button`` is the one thing to do: its words and address.
    """

    subject: str
    preview: str
    look: Look
    about: str
    heading: str
    leads: tuple[str, ...]
    sections: tuple[Section, ...]
    button: tuple[str, str]
    links: tuple[tuple[str, str], ...] = ()
    bar: Bar | None = None
    foot: tuple[str, ...] = field(default=())
    language: str = "en-GB"


def bar_of(name: str, progress: Mapping[str, Any]) -> Bar:
    """The bar of a progress answer, and its figures in words.

    "62% complete or on target (37 of 60): Complete 13, On target 24, Delayed 9, Not started 14."
    """
    total = progress["action_points"]
    if not total:
        return Bar(name, f"{NO_ACTIONS}.", ())
    share = progress["complete_or_on_target"]
    counts = ", ".join(f"{one.label} {one.number}" for one in status_key(progress) if one.number)
    return Bar(
        name,
        f"{share['rounded']}% complete or on target ({share['count']} of {total}): {counts}.",
        segments({status.value: progress["statuses"][status.value]["count"] for status in Status}),
    )


def key_of(progress: Mapping[str, Any]) -> str:
    """The four counts with their percentages: "Complete 17 (18%), On target 40 (43%), ..."."""
    return ", ".join(f"{one.label} {one.number} ({one.rounded}%)" for one in status_key(progress))


def some(items: Iterable[Item], most: int, noun: str) -> tuple[tuple[Item, ...], str]:
    """The first items, and that there are more of them: "12 more actions are not named here."."""
    every = tuple(items)
    left = len(every) - most
    if left <= 0:
        return every, ""
    many = f"{left} more {noun}s are" if left > 1 else f"One more {noun} is"
    return every[:most], f"{many} not named here."
