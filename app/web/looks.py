"""Where a page finds the colours and the logo of its area."""

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from app.models.area_settings import DEFAULT_COLOURS
from app.models.looks import Look, style_sheet

SHEETS = sha256(style_sheet(Look(DEFAULT_COLOURS)).encode()).hexdigest()[:16]
"""What style sheets are made by, in their address: made in another way, they have another one."""


class Frame(NamedTuple):
    """Addresses of an area's style sheet and logo, "" for the service's own, and the brand colour."""

    styles: str
    logo: str
    brand: str


@lru_cache(maxsize=256)
def frame(look: str) -> Frame:
    """What stands behind a look as it is stored (``Look.written``)."""
    colours, _, logo = look.partition("-")
    found = Look.read(colours) if colours else None
    return Frame(
        styles=f"/looks/{SHEETS}/{colours}.css" if found else "",
        logo=f"/logos/{logo}" if logo else "",
        brand=(found.colours.get("brand") if found else None) or DEFAULT_COLOURS["brand"],
    )


OWN = frame("")
"""The look of the service itself, before anybody signs in."""
