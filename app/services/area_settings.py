"""What an admin sets for an area: name, colours, logo and statements (domain rules, sections 2 and 8)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid, NotFound
from app.models.area_settings import (
    DEFAULT_COLOURS,
    AccessibilityStatement,
    AreaLook,
    PrivacyNotice,
    StatementKind,
)
from app.models.base import new_id
from app.models.colours import TEXT_CONTRAST, are_alike
from app.models.looks import DIGEST_DIGITS, Look, least_contrast, readable
from app.models.tables import area_logos, area_settings, area_templates, areas
from app.plans.statuses import STATUS_LABELS
from app.reports.word_templates import WordTemplate
from app.services import access, records
from app.services.images import Image

COLOUR_FIELDS = {name: f"{name}_colour" for name in DEFAULT_COLOURS}
"""The field of each colour of ``DEFAULT_COLOURS``."""
_LOGO = ("logo_digest", "logo_type", "logo_width", "logo_height")
_TEMPLATE = ("template_digest", "template_size")
_BEGUN: dict[str, Any] = {
    **dict.fromkeys((*COLOUR_FIELDS.values(), *_LOGO, *_TEMPLATE, "accessibility", "privacy")),
    "look": "",
}
_ONE = select(area_settings).where(area_settings.c.area_id == bindparam("in_area"))
_AREA = select(areas).where(areas.c.id == bindparam("in_area"))
_CONTENT = select(area_logos.c.content, area_logos.c.media_type, area_logos.c.digest).where(
    area_logos.c.area_id == bindparam("in_area")
)

_TEMPLATE_FILE = select(area_templates.c.content).where(area_templates.c.area_id == bindparam("in_area"))


# --- Reading ----------------------------------------------------------------------------------------------


def get_settings(db: Connection, who: Principal) -> dict[str, Any]:
    """The settings of the caller's area with its ``name``; version 0 while nobody has set anything."""
    row = db.execute(_ONE, {"in_area": who.area_id}).one_or_none()
    found = dict(row._mapping) if row else {**_BEGUN, "id": None, "version": 0, "updated_at": None}
    area = db.execute(_AREA, {"in_area": who.area_id}).one()
    return {**found, "name": area.name, "slug": area.slug}


def logo(db: Connection, who: Principal, digest: str) -> tuple[bytes, str]:
    """The bytes and media type of the area's logo, whose digest begins with ``digest``. Raises NotFound."""
    row = db.execute(_CONTENT, {"in_area": who.area_id}).one_or_none()
    if row is None or row.digest[:DIGEST_DIGITS] != digest:
        raise NotFound("logo")
    return row.content, row.media_type


def template(db: Connection, who: Principal) -> bytes:
    """The area's own template for reports in Word; b"" for none."""
    found: bytes | None = db.execute(_TEMPLATE_FILE, {"in_area": who.area_id}).scalar()
    return found or b""


def statement_for_all(db: Connection, kind: StatementKind, slug: str) -> dict[str, Any] | None:
    """What everybody may read, signed in or not: the statement of the area with this short name.

    Without a name it is that of the only area there is. None where that cannot be told or none is written;
    else the statement with the area's ``name`` and ``slug``.
    """
    rows = db.execute(_STATEMENT_OF if slug else _STATEMENTS, {"wanted": slug} if slug else {}).all()
    return _told(rows[0], kind) if len(rows) == 1 else None


def statement(db: Connection, who: Principal, kind: StatementKind) -> dict[str, Any] | None:
    """The statement of the caller's area with its ``name`` and ``slug``; None where none is written."""
    return _told(db.execute(_STATEMENT_HERE, {"in_area": who.area_id}).one(), kind)


_STATEMENTS = (
    select(areas.c.name, areas.c.slug, area_settings.c.accessibility, area_settings.c.privacy)
    .outerjoin(area_settings, area_settings.c.area_id == areas.c.id)
    .limit(2)
)
_STATEMENT_OF = _STATEMENTS.where(areas.c.slug == bindparam("wanted"))
_STATEMENT_HERE = _STATEMENTS.where(areas.c.id == bindparam("in_area"))


def _told(row: Any, kind: StatementKind) -> dict[str, Any] | None:
    stated = row._mapping[kind.value]
    if stated is None:
        return None
    return {**_MODELS[kind].model_validate(stated).model_dump(), "name": row.name, "slug": row.slug}


_MODELS: Mapping[StatementKind, type[AccessibilityStatement] | type[PrivacyNotice]] = {
    StatementKind.accessibility: AccessibilityStatement,
    StatementKind.privacy: PrivacyNotice,
}


# --- Changing ---------------------------------------------------------------------------------------------


def change_look(
    db: Connection, who: Principal, at: Moment, body: AreaLook, *, version: int | None = None
) -> None:
    """Set name and colours. A colour that is the default one is stored as none.

    Raises Invalid where text in a colour could not be read, or two statuses look alike, and
    PreconditionFailed unless the settings are at ``version``.
    """
    access.require(who, Operation.administer)
    current = _current(db, who, version)
    chosen = {name: getattr(body, field) or DEFAULT_COLOURS[name] for name, field in COLOUR_FIELDS.items()}
    if faults := [*_faint(chosen), *_alike(chosen)]:
        raise Invalid(faults)
    values = {
        field: None if chosen[name] == DEFAULT_COLOURS[name] else chosen[name]
        for name, field in COLOUR_FIELDS.items()
    }
    area = dict(db.execute(_AREA, {"in_area": who.area_id}).one()._mapping)
    is_renamed = area["name"] != body.name
    records.change(db, who, at, areas, "area", area, {"name": body.name})
    _store(db, who, at, current, values, is_touched=is_renamed)


def set_logo(
    db: Connection, who: Principal, at: Moment, image: Image | None, *, version: int | None = None
) -> None:
    """Put a logo on every page of the area, or take it away.

    Raises PreconditionFailed unless the settings are at ``version``.
    """
    access.require(who, Operation.administer)
    current = _current(db, who, version)
    found = (image.digest, image.media_type, image.width, image.height) if image else (None,) * len(_LOGO)
    db.execute(delete(area_logos).where(area_logos.c.area_id == who.area_id))
    if image:
        row = {"id": new_id(), "area_id": who.area_id, "created_at": at.now}
        logo_of = {"digest": image.digest, "media_type": image.media_type, "content": image.content}
        db.execute(insert(area_logos), {**row, **logo_of})
    _store(db, who, at, current, dict(zip(_LOGO, found, strict=True)))


def set_template(
    db: Connection, who: Principal, at: Moment, file: WordTemplate | None, *, version: int | None = None
) -> None:
    """Put reports in Word into the area's own template, or no longer.

    Raises PreconditionFailed unless the settings are at ``version``.
    """
    access.require(who, Operation.administer)
    current = _current(db, who, version)
    found = (file.digest, len(file.content)) if file else (None,) * len(_TEMPLATE)
    db.execute(delete(area_templates).where(area_templates.c.area_id == who.area_id))
    if file:
        row = {"id": new_id(), "area_id": who.area_id, "created_at": at.now}
        db.execute(insert(area_templates), {**row, "digest": file.digest, "content": file.content})
    _store(db, who, at, current, dict(zip(_TEMPLATE, found, strict=True)))


def change_statement(
    db: Connection,
    who: Principal,
    at: Moment,
    body: AccessibilityStatement | PrivacyNotice,
    *,
    version: int | None = None,
) -> None:
    """Store what a statement says, for everybody to read.

    Raises PreconditionFailed unless the settings are at ``version``.
    """
    access.require(who, Operation.administer)
    current = _current(db, who, version)
    kind = next(one for one, model in _MODELS.items() if isinstance(body, model))
    _store(db, who, at, current, {kind.value: body.model_dump(mode="json")})


def _current(db: Connection, who: Principal, version: int | None) -> dict[str, Any]:
    current = get_settings(db, who)
    records.check_version(current, version, lambda: current)
    return current


def _store(
    db: Connection,
    who: Principal,
    at: Moment,
    current: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    is_touched: bool = False,
) -> None:
    """Store what differs; ``is_touched``: the version rises even where nothing does."""
    whole = {**current, **values}
    colours = {name: whole[field] for name, field in COLOUR_FIELDS.items()}
    values = {**values, "look": Look(colours, whole["logo_digest"] or "").written()}
    if not current["version"]:
        if not any(values.values()) and not is_touched:
            return  # nothing is set, and nothing was
        records.create(db, who, at, area_settings, "area_settings", {**_BEGUN, **values})
    elif any(current[name] != value for name, value in values.items()):
        records.change(db, who, at, area_settings, "area_settings", current, values)
    elif is_touched:
        records.touch(db, at, area_settings, current)


def _faint(chosen: Mapping[str, str]) -> list[Fault]:
    """A fault for each colour in which text could not be read, with one like it in which it can."""
    return [
        Fault(
            f"/{COLOUR_FIELDS[name]}",
            f"Choose a darker colour: text in {colour} has a contrast of {least_contrast(name, colour):.1f} "
            f"to 1, and needs {TEXT_CONTRAST} to 1. {readable(name, colour)} is dark enough.",
        )
        for name, colour in chosen.items()
        if readable(name, colour) != colour
    ]


def _alike(chosen: Mapping[str, str]) -> list[Fault]:
    faults = []
    statuses = list(STATUS_LABELS)
    for place, one in enumerate(statuses):
        for earlier in statuses[:place]:
            if are_alike(chosen[one.value], chosen[earlier.value]):
                words = (
                    f"Choose a colour of “{STATUS_LABELS[one]}” that differs from that of "
                    f"“{STATUS_LABELS[earlier]}”."
                )
                faults.append(Fault(f"/{COLOUR_FIELDS[one.value]}", words))
                break
    return faults
