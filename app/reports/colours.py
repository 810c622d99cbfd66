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


def status_colours(look: Look) -> dict[str, StatusColours]:
    """The colours of every status, the area's own where it has some."""
    own = look.statuses or {}
    found = {}
    for status in Status:
        colours = derived(status.value, own.get(status.value) or DEFAULT_COLOURS[status.value])
        fill = colours["-fill"]
        found[status.value] = StatusColours(colours["-dark"], colours["-tint"], fill, ink_on(fill))
    return found


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, ground))
