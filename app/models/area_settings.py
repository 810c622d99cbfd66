"""How an area's pages look, its logo, and what the council says in its statements."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.models.base import Day, Input, Line, OneLine, Prose, Row, Shape, UtcDateTime, new_id
from app.models.colours import Colour
from app.models.people import Email
from app.plans.statuses import Status

DEFAULT_COLOURS = {
    "brand": "#6b1f5f",
    Status.complete.value: "#1a4480",
    Status.on_target.value: "#20653c",
    Status.delayed.value: "#7a4a00",
    Status.not_started.value: "#4a5258",
}
"""The brand colour, and the colour of each status: its edge and mark, from which the others follow."""


class AreaSettings(Row, table=True):
    """What an admin set for the area; a colour that is null is the default one. An area may have no row.

    ``look`` follows from colours and logo (``services/area_settings``): the gate reads it for each page.
    The logo itself is in ``AreaLogo``, the template for reports in Word in ``AreaTemplate``.
    """

    __tablename__ = "area_settings"
    __table_args__ = (UniqueConstraint("area_id"),)

    brand_colour: str | None = Field(default=None, max_length=7)
    complete_colour: str | None = Field(default=None, max_length=7)
    on_target_colour: str | None = Field(default=None, max_length=7)
    delayed_colour: str | None = Field(default=None, max_length=7)
    not_started_colour: str | None = Field(default=None, max_length=7)
    logo_digest: str | None = Field(default=None, max_length=64)
    logo_type: str | None = Field(default=None, max_length=20)
    logo_width: int | None = None
    logo_height: int | None = None
    template_digest: str | None = Field(default=None, max_length=64)
    template_size: int | None = None
    accessibility: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    privacy: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    look: str = Field(default="", max_length=80)


class AreaLogo(Shape, table=True):
    """The bytes of the logo in use. Bookkeeping: the settings, which are journalled, hold their digest."""

    __tablename__ = "area_logos"
    __table_args__ = (UniqueConstraint("area_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    digest: str = Field(max_length=64)
    media_type: str = Field(max_length=20)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class AreaTemplate(Shape, table=True):
    """The area's own template for reports in Word. Bookkeeping, as the bytes of the logo are."""

    __tablename__ = "area_templates"
    __table_args__ = (UniqueConstraint("area_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    digest: str = Field(max_length=64)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class AreaLook(Input):
    """The name and the colours of an area; null or left out is the default colour."""

    name: Line
    brand_colour: Colour | None = None
    complete_colour: Colour | None = None
    on_target_colour: Colour | None = None
    delayed_colour: Colour | None = None
    not_started_colour: Colour | None = None


class Compliance(StrEnum):
    """How far the service is compliant with the Web Content Accessibility Guidelines 2.2, level AA."""

    full = "full"
    partial = "partial"
    none = "none"


class StatementKind(StrEnum):
    """The statements that a council completes."""

    accessibility = "accessibility"
    privacy = "privacy"


_Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), OneLine]


class AccessibilityStatement(Input):
    """What a council says of the service under the public sector accessibility regulations of 2018."""

    organisation: Line
    contact_email: Email
    contact_phone: _Phone | None = None
    reply_days: int = Field(ge=1, le=60)
    compliance: Compliance
    known_problems: Prose | None = None
    tested_by: Line | None = None
    tested_on: Day | None = None
    prepared_on: Day


class PrivacyNotice(Input):
    """What a council tells the people whose names and accounts the service holds."""

    controller: Line
    contact_email: Email
    protection_officer: Line
    lawful_basis: Line
    shared_with: Prose | None = None
    kept_for: Line
    prepared_on: Day
