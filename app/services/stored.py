"""Rows as plain texts and numbers, whatever was written into them, and how a fault names a record.

What was tampered with may be of no type: ids are read as 32 digits, times in UTC, JSON as its text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import JSON, Connection, Date, Select, String, Table, Uuid, bindparam, cast, select, text
from sqlalchemy.exc import DBAPIError

from app.models.base import UtcDateTime
from app.models.tables import (
    action_states,
    actions,
    commentaries,
    controls,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    registers,
    risks,
)

MOST_NAMED = 20
"""How many faults of one kind are told apart; the rest is counted."""

_TEXT = 'CAST("{}" AS TEXT)'
_ID = f"replace({_TEXT}, '-', '')"
_TIME = """to_char("{}" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24\\:MI\\:SS.US')"""


class Fault(NamedTuple):
    """Something wrong with one record: ``words`` have a place, ``{}``, for what it is called."""

    kind: str
    noun: str
    id: str
    words: str


def rows(
    db: Connection, table: Table, names: Sequence[str], tail: str, **parameters: Any
) -> Iterator[dict[str, Any]]:
    """Rows of a table as they are stored, a thousand at a time; ``tail`` is all after FROM."""
    columns = ", ".join(_column(db, table, name) for name in names)
    statement = text(f"SELECT {columns} FROM {table.name} {tail}")
    for row in db.execute(statement.execution_options(yield_per=1000), parameters):
        yield dict(zip(names, row, strict=True))


def _column(db: Connection, table: Table, name: str) -> str:
    if db.dialect.name == "sqlite":
        return f'"{name}"'
    kind = table.c[name].type
    if isinstance(kind, Uuid):
        return _ID.format(name)
    if isinstance(kind, UtcDateTime):
        return _TIME.format(name)
    return (_TEXT if isinstance(kind, JSON | Date) else '"{}"').format(name)


def parsed(stored: Any) -> Any:
    """What a stored JSON text says; the text itself where it is none, so that it equals nothing told."""
    try:
        return None if stored is None else from_json(stored)
    except (ValueError, TypeError):
        return stored


def as_stored(table: Table, name: str, told: Any) -> Any:
    """A value of the journal's JSON as ``rows`` reads it from the table's column."""
    is_id = isinstance(table.c[name].type, Uuid) and isinstance(told, str)
    return told.replace("-", "") if is_id else told


@contextmanager
def any_text(db: Connection) -> Iterator[None]:
    """Let SQLite answer texts that are no UTF-8: a check says so instead of failing on them."""
    driver = db.connection.driver_connection
    if db.dialect.name != "sqlite" or driver is None:
        yield
        return
    before, driver.text_factory = driver.text_factory, _decoded
    try:
        yield
    finally:
        driver.text_factory = before


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def readable(otherwise: str, work: Callable[..., str | None], *given: Any) -> str | None:
    """What a check of one record says; ``otherwise`` where what is stored cannot even be read."""
    try:
        return work(*given)
    except DBAPIError:
        raise
    except Exception as error:
        return f"{otherwise} cannot be read: a stored value is of no use ({type(error).__name__})."


def summed(db: Connection, found: Iterable[Fault | None]) -> list[str]:
    """Faults as sentences: the first of each kind one by one, how many more there are at its end."""
    sentences: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for fault in found:
        if fault is None:
            continue
        counts[fault.kind] += 1
        told = sentences.setdefault(fault.kind, [])
        if len(told) < MOST_NAMED:
            told.append(_clean(fault.words.replace("{}", called(db, fault.noun, fault.id))))
    for kind, told in sentences.items():
        if counts[kind] > len(told):
            told.append(f"And {counts[kind] - len(told)} more: {kind}.")
    return [one for told in sentences.values() for one in told]


def shortened(found: Iterable[str | None]) -> list[str]:
    """Sentences about one kind of fault: the first ones, and how many more there are."""
    told = [_clean(one) for one in found if one]
    more = len(told) - MOST_NAMED
    return [*told[:MOST_NAMED], f"And {more} more of that kind."] if more > 0 else told


def _clean(words: str) -> str:
    return words.encode("utf-8", "replace").decode()


# --- What a record is called ------------------------------------------------------------------------------


def _names(table: Table, joined: Any, *columns: Any) -> Select[Any]:
    # As texts: whatever stands there can be read.
    wanted: list[Any] = [cast(column, String) for column in columns]
    found: Select[Any] = select(*wanted)
    return found.select_from(joined).where(table.c.id == bindparam("id", type_=Uuid())).limit(1)


_IN_REGISTER = risks.join(registers, registers.c.id == risks.c.register_id)
_NAMES: dict[str, tuple[str, Select[Any]]] = {
    "plan": ("plan {0}", _names(plans, plans, plans.c.ref)),
    "priority": (
        "priority {1} of plan {0}",
        _names(
            priorities,
            priorities.join(plans, plans.c.id == priorities.c.plan_id),
            plans.c.ref,
            priorities.c.ref,
        ),
    ),
    "action": (
        "action {1} of plan {0}",
        _names(
            actions,
            actions.join(plans, plans.c.id == actions.c.plan_id).outerjoin(
                action_states, action_states.c.action_id == actions.c.id
            ),
            plans.c.ref,
            action_states.c.ref,
        ).order_by(action_states.c.valid_from.desc()),
    ),
    "register": ("register {0}", _names(registers, registers, registers.c.ref)),
    "risk": ("risk {1} of register {0}", _names(risks, _IN_REGISTER, registers.c.ref, risks.c.ref)),
    "control": (
        "control {2} of risk {1} of register {0}",
        _names(
            controls,
            controls.join(_IN_REGISTER, risks.c.id == controls.c.risk_id),
            registers.c.ref,
            risks.c.ref,
            controls.c.position,
        ),
    ),
    "management_action": (
        "management action {2} of risk {1} of register {0}",
        _names(
            management_actions,
            management_actions.join(_IN_REGISTER, risks.c.id == management_actions.c.risk_id),
            registers.c.ref,
            risks.c.ref,
            management_actions.c.position,
        ),
    ),
    "person": ("person {0}", _names(people, people, people.c.name)),
    "period": (
        "period {1} of plan {0}",
        _names(periods, periods.join(plans, plans.c.id == periods.c.plan_id), plans.c.ref, periods.c.ref),
    ),
    "commentary": (
        "commentary on period {1} of plan {0}",
        _names(
            commentaries,
            commentaries.join(periods, periods.c.id == commentaries.c.period_id).join(
                plans, plans.c.id == periods.c.plan_id
            ),
            plans.c.ref,
            periods.c.ref,
        ),
    ),
}


def called(db: Connection, noun: str, record_id: Any) -> str:
    """What people call a record, with its id; its noun and id where the record is gone."""
    plain = noun.replace("_", " ")
    try:
        known = UUID(str(record_id))
    except ValueError:
        return f"{plain} (id {record_id})"
    found = db.execute(_NAMES[noun][1], {"id": known}).first() if noun in _NAMES else None
    if found is None:
        return f"{plain} (id {known})"
    return f"{_NAMES[noun][0].format(*found)} (id {known})"
