"""What a document is made of, whatever file it becomes.

A renderer knows these blocks and nothing of plans and risks; what is written in them is written once
(``contents``). Texts are plain: a renderer escapes them for its own format and never reads markup in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What the cells of a column hold: ``percent`` as a number from 0 to 100."""

    text = "text"
    whole = "whole"
    percent = "percent"
    day = "day"


Cell = str | int | Decimal | date | None
"""The value of a cell of a table; None where there is none. A text in a column of another kind says why."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an area presents itself. ``logo`` is a PNG or JPEG file, b"" for none; colours are "#rrggbb".

    ``template`` is the area's own Word document that a report in Word goes into, b"" for none.
    """

    name: str
    logo: bytes = b""
    accent: str = "#1d4f6e"
    statuses: Mapping[str, str] | None = None
    """The area's own colours of statuses by status; None for those of the service."""
    template: bytes = b""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 to 4: the title of the document is level 1. ``key`` is unique in the document."""

    text: str
    level: int
    key: str


class Voice(StrEnum):
    """How a paragraph speaks: the lead of a section, plain text, a note under figures, a warning."""

    lead = "lead"
    body = "body"
    note = "note"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the service's own sentences."""

    text: str
    voice: Voice = Voice.body


@dataclass(frozen=True, slots=True)
class Commentary:
    """What officers wrote, in their own paragraphs, and who wrote it when."""

    text: str
    author: str
    written_on: date


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``share`` is its part of the width, beside those of the others."""

    label: str
    kind: Kind = Kind.text
    share: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows.

    ``key`` is unique in the document and short enough for the name of a sheet (31 characters); ``total`` says
    that the last row sums up the others.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: the counts of each status in the order of the rules, and what it says in words."""

    label: str
    counts: Mapping[str, int]
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of statuses; ``description`` says it in words, and its figures stand in a table beside it."""

    title: str
    description: str
    bars: tuple[Bar, ...]
    labels: Mapping[str, str]
    """What each status is called."""


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a heat map: its band, "#rrggbb" of the band, and the refs that are and should be there."""

    band: str
    colour: str
    current: tuple[str, ...] = ()
    target: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A picture of a register: rows from the highest impact down, columns from the lowest likelihood up."""

    title: str
    description: str
    likelihoods: tuple[str, ...]
    impacts: tuple[str, ...]
    squares: tuple[tuple[Square, ...], ...]


Block = Heading | Paragraph | Commentary | Table | Bars | HeatMap


@dataclass(frozen=True, slots=True)
class Document:
    """A document from its title to its last line.

    ``facts`` stand under the title (label, value): the plan, "As at", the meeting, the head of the journal.
    ``foot`` stands on every page: which area, which day, which head of the journal.
    """

    title: str
    subtitle: str
    look: Look
    as_at: date
    facts: tuple[tuple[str, str], ...]
    foot: str
    blocks: tuple[Block, ...]
    language: str = "en-GB"
