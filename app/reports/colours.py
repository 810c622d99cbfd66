"""The colours of statuses in files, and what is read on a ground."""

from typing import NamedTuple

from app.models.area_settings import DEFAULT_COLOURS
from app.models.colours import BLACK, WHITE, contrast
from app.models.looks import derived
from app.plans.statuses import Status
from app.reports.document import Look


class StatusColours(NamedTuple):
    """Of a status: its edge, a tint of it, the fill of its part of a bar, and what is read on the fill."""

    edge: str
    tint: str
    fill: str
    ink: str


# Tint and fill of the service's own colours, chosen by eye: those of the pages (a test holds the two equal).
_TINTS_AND_FILLS = {
    Status.complete: ("#dfe8f5", "#1a4480"),
    Status.on_target: ("#dcefe2", "#2f7d4f"),
    Status.delayed: ("#fdefcf", "#f3b53f"),
    Status.not_started: ("#ffffff", "#ffffff"),
}


def status_colours(look: Look) -> dict[str, StatusColours]:
    """The colours of every status, the area's own where it has some."""
    own = look.statuses or {}
    found = {}
    for status in Status:
        edge, (tint, fill) = DEFAULT_COLOURS[status.value], _TINTS_AND_FILLS[status]
        if colour := own.get(status.value):
            colours = derived(status.value, colour)
            edge, tint, fill = (colours[name] for name in ("-dark", "-tint", "-fill"))
        found[status.value] = StatusColours(edge, tint, fill, ink_on(fill))
    return found


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, ground))
