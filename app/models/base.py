"""What every table and every input shares: ids, times, text that is safe to store, constraint names."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from sqlalchemy import CheckConstraint, Date, Dialect, String, Table, TypeDecorator
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig
from uuid_utils.compat import uuid7

from app.models.visible_text import fault_in, fault_in_line

# Set before any table is defined: migrations and error messages rely on these names.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

EARLIEST_DATE = date(1990, 1, 1)
LATEST_DATE = date(2100, 12, 31)
BETWEEN_DATES = f"between {EARLIEST_DATE} and {LATEST_DATE}"


@compiles(Date, "sqlite")
def _days_are_text(kind: Date, compiler: Any, **options: Any) -> str:
    """Declare days as text on SQLite.

    As DATE they would have numeric affinity: each comparison with a parameter would first try to read it as
    a number, for each row, which doubles the time of counting 10,000.
    """
    return "DATE_CHAR"


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC time; SQLite keeps it without an offset, Python always has it."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without an offset; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without an offset cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every time back with its offset."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """On SQLite read the stored text at once: a list of 100 holds as many times."""
        return _utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _utc(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


def new_id() -> UUID:
    """A fresh UUIDv7: later ids sort after earlier ones."""
    return uuid7()


def table(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table of a model, for Core statements."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
    return found


def one_of(column: str, values: Iterable[StrEnum], *, name: str | None = None) -> CheckConstraint:
    """A CHECK that a text column holds one of an enum's values (or is null)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def _no_control_characters(value: str) -> str:
    if fault := fault_in(value):
        raise ValueError(fault)
    return value


def _on_one_line(value: str) -> str:
    if fault := fault_in_line(value):
        raise ValueError(fault)
    return value


def _only_a_day(value: Any) -> Any:
    """Keep what is not written as a day from being read as one: a number of seconds, a time of day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        return value.strip()
    raise ValueError("give a date as YYYY-MM-DD")


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _plausible(value: date) -> date:
    if not EARLIEST_DATE <= value <= LATEST_DATE:
        raise ValueError(f"give a date {BETWEEN_DATES}")
    return value


def plain_whole(value: Any) -> Any:
    """26.0 is 26: JSON has one kind of number, and some programs write all of theirs with a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fits_in_an_address(value: str) -> str:
    if "/" in value:
        raise ValueError("a ref has no slash: refs stand in addresses")
    if value in (".", ".."):
        raise ValueError("a ref is more than a dot or two: refs stand in addresses")
    return value


Safe = AfterValidator(_no_control_characters)
OneLine = AfterValidator(_on_one_line)
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), OneLine]
LONGEST_SHORT_LINE = 120
ShortLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SHORT_LINE), OneLine
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), Safe]
_REF = r"^(?!\s*\.{1,2}\s*$)[^/]*$"
Ref = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=30),
    OneLine,
    AfterValidator(_fits_in_an_address),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 30, "pattern": _REF}),
]
Whole = BeforeValidator(plain_whole)
AnyDay = Annotated[date, BeforeValidator(_only_a_day)]
Day = Annotated[AnyDay, AfterValidator(_plausible)]
Time = datetime


class Shape(SQLModel):
    """Base of every model: what validates it is made when it is first used, as there are 300 of them."""

    model_config = SQLModelConfig(defer_build=True)


class Input(Shape):
    """Base of everything that a client sends: unknown fields are refused, text is trimmed."""

    model_config = SQLModelConfig(extra="forbid", str_strip_whitespace=True)


class Output(Shape):
    """Base of everything that is answered."""


class Row(Shape):
    """Columns of every mutable record. ``version`` is its ETag and rises by one with each change."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    version: int = Field(default=1)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class RowRead(Output):
    """The columns of ``Row`` as answered."""

    id: UUID = Field(description="Identifier, a UUID that never changes.")
    version: int = Field(description="Rises by one with each change; the ETag of this record begins with it.")
    created_at: Time = Field(description="When the service learned of it, UTC.")
    updated_at: Time = Field(description="When it last changed, UTC.")


class EntryRow(Shape):
    """Columns of every dated, append-only entry. ``facts`` holds only what the entry states."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    sequence: int
    effective_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    operation: str = Field(sa_type=String(20))
    narrative: str | None = None
    reason: str | None = None
    backdated: bool = False


class EntryRead(Output):
    """A dated entry as answered; it never changes, a wrong one is replaced by a later one."""

    id: UUID = Field(description="Identifier of the entry.")
    sequence: int = Field(description="Place in the area's journal: later entries have higher numbers.")
    effective_on: date = Field(description="The day from which it was true, London date.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")
    author_name: str = Field(description="Who recorded it.")
    operation: str = Field(description="What kind of entry it is, for example `updated` or `withdrawn`.")
    narrative: str | None = Field(description="What has happened, in words.")
    reason: str | None = Field(description="Why, where a reason was given.")
    backdated: bool = Field(
        description="Whether it was dated before an entry that already stood, or inside a published period."
    )
    replaces: UUID | None = Field(description="The entry that this one corrects.")
    replaced_by: UUID | None = Field(
        description="The entry that corrects this one; it then no longer counts."
    )


class Items(Output):
    """Base of every list answer."""

    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    total: int = Field(description="How many records match the filters, on all pages together.")


def changed_fields(update: SQLModel) -> dict[str, Any]:
    """What a PATCH body states: only the fields that were sent."""
    return update.model_dump(exclude_unset=True)
