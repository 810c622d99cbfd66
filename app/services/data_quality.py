"""What the checks of data quality find as at any day, and its acknowledgement (domain rules, section 7).

Findings are not stored: they follow from the records each time, so they go when the data is put right. What
is stored is that somebody looked at one and said why it stays; that counts, from the day on which it was
said, while the values that the check looked at stay (``fingerprint``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Integer, String, bindparam, column, insert, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.data_quality.base import CheckId, Noun, Severity
from app.data_quality.catalogue import CHECKS
from app.errors import Conflict, NotFound, invalid
from app.models.base import new_id
from app.models.data_quality import AcknowledgementCreate
from app.models.tables import acknowledgements, actions, management_actions, registers, risks
from app.services import access, cursors, finding_rows, journal, lists, plans, records
from app.services.as_at import DAY
from app.services.as_at import day as as_at_day

_PLACE = {name: place for kind in (Severity, Noun, CheckId) for place, name in enumerate(kind)}
_TABLES = {
    Noun.action: (actions, "action"),
    Noun.risk: (risks, "risk"),
    Noun.management_action: (management_actions, "management action"),
}
_ACKNOWLEDGED = select(acknowledgements).where(
    acknowledgements.c.area_id == bindparam("area_id"), acknowledgements.c.effective_on <= DAY
)
_TOLD = ("reason", "author_name", "effective_on", "recorded_at")
# What findings are ordered by: severity, noun, plan or register, ref, place in its list, record, check.
_KEYS = [
    column("", kind) for kind in (Integer(), Integer(), String(), String(), Integer(), String(), Integer())
]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are asked for; None leaves a filter out."""

    plan_id: UUID | None = None
    register_id: UUID | None = None
    priority_id: UUID | None = None
    risk_id: UUID | None = None
    subject_id: UUID | None = None
    ref: str | None = None
    check: CheckId | None = None
    severity: Severity | None = None
    noun: Noun | None = None
    acknowledged: bool | None = None
    q: str | None = None


NO_FILTER = Filter()


def findings(
    db: Connection,
    who: Principal,
    *,
    today: date,
    as_at: date | None = None,
    plan_id: UUID | None = None,
    register_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Every finding of the area, or of a plan or register, in order, acknowledged ones included.

    A plan's are those of its actions, of the risks of its registers and of their management actions. Raises
    NotFound for an unknown plan or register; Invalid for a day to come.
    """
    if plan_id is not None:
        plans.get_plan(db, who, plan_id)
    if register_id is not None:
        records.find(db, who, registers, register_id, "register")
    scope = {"plan_id": plan_id, "register_id": register_id}
    return _shown(ordered(db, who, as_at_day(as_at, today), today, scope))


def of_action(
    db: Connection, who: Principal, action_id: UUID, *, today: date, as_at: date | None = None
) -> list[dict[str, Any]]:
    """The findings of one action, in order; none for an unknown one."""
    return _shown(ordered(db, who, as_at_day(as_at, today), today, {"action_id": action_id}))


def of_risk(
    db: Connection, who: Principal, risk_id: UUID, *, today: date, as_at: date | None = None
) -> list[dict[str, Any]]:
    """The findings of one risk and of its management actions, in order; none for an unknown one."""
    return _shown(ordered(db, who, as_at_day(as_at, today), today, {"risk_id": risk_id}))


def blocking(
    db: Connection, who: Principal, plan_id: UUID, *, day: date, today: date
) -> list[dict[str, Any]]:
    """The findings that keep a period of the plan that ends on ``day`` from being published."""
    found = findings(db, who, today=today, as_at=day, plan_id=plan_id)
    return [one for one in found if one["severity"] is Severity.blocks]


def list_findings(
    db: Connection,
    who: Principal,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter = NO_FILTER,
    asked: lists.Page = lists.FIRST_PAGE,
    sort: str = "",
    descending: bool = False,
) -> dict[str, Any]:
    """A page of the findings that fit the filters. Raises as ``findings``; Invalid for a bad cursor.

    ``every`` beside it holds check, severity, noun and whether it is acknowledged of all findings of the plan
    or register, whatever the other filters leave out. ``sort`` "check" has those of one check together.
    """
    if wanted.plan_id is not None:
        plans.get_plan(db, who, wanted.plan_id)
    if wanted.register_id is not None:
        records.find(db, who, registers, wanted.register_id, "register")
    scope = {"plan_id": wanted.plan_id, "register_id": wanted.register_id}
    day = as_at_day(as_at, today)
    every = ordered(db, who, day, today, scope)
    fitting = [one for one in every if _fits(one, wanted)]
    rest = fitting
    question = {"list": "data quality", "area_id": who.area_id, "day": day, **asdict(wanted)}
    if asked.cursor:
        edge = tuple(cursors.decode(asked.cursor, _KEYS, question))
        rest = [one for one in fitting if one.key > edge]
    if sort == "check":
        rest = sorted(rest, key=lambda one: (_PLACE[one.row.check.id], one.key))
    rest = (rest[::-1] if descending else rest)[asked.offset :]
    shown = rest[: asked.limit]
    following = cursors.encode(shown[-1].key, question) if len(rest) > asked.limit else None
    return lists.answer(_shown(shown), following, len(fitting)) | {"every": counted(every)}


_Key = tuple[int, int, str, str, int, str, int]


class _Told(NamedTuple):
    """A finding in its place, and who acknowledged it."""

    key: _Key
    row: finding_rows.Found
    acknowledged: dict[str, Any] | None


def _fits(one: _Told, wanted: Filter) -> bool:
    """Whether a finding fits the filters; those by plan and register are in the query."""
    row, check = one.row, one.row.check
    return (
        wanted.check in (None, check.id)
        and wanted.priority_id in (None, _id(row.priority_id))
        and wanted.risk_id in (None, row.risk_id)
        and wanted.subject_id in (None, row.id)
        and wanted.ref in (None, row.ref)
        and (wanted.q or "").lower() in row.title.lower()
        and wanted.severity in (None, check.severity)
        and wanted.noun in (None, check.noun)
        and wanted.acknowledged in (None, one.acknowledged is not None)
    )


def _id(stored: UUID | str | None) -> UUID | None:
    return UUID(stored) if isinstance(stored, str) else stored


def ordered(
    db: Connection, who: Principal, day: date, today: date, scope: Mapping[str, UUID | None]
) -> list[_Told]:
    """The findings of a scope that is known to be there, in order, on a day that has come."""
    given = {name: value for name, value in scope.items() if value is not None}
    rows = finding_rows.read(db, who, day, given, today=today)
    told = _acknowledged(db, who, day) if rows else {}
    # No two keys are equal, so rows are never compared.
    return sorted(_Told(_key(row), row, _told(row, told)) for row in rows)


def _key(row: finding_rows.Found) -> _Key:
    return (
        _PLACE[row.check.severity],
        _PLACE[row.check.noun],
        (row.plan_id or row.register_id or row.id).hex,
        row.ref_order,
        row.position,
        row.id.hex,
        _PLACE[row.check.id],
    )


_Acknowledged = Mapping[tuple[str, UUID], Mapping[str, dict[str, Any]]]


def _acknowledged(db: Connection, who: Principal, day: date) -> _Acknowledged:
    """Who acknowledged what by a day: by check and record, then by fingerprint."""
    found: dict[tuple[str, UUID], dict[str, dict[str, Any]]] = {}
    for row in db.execute(_ACKNOWLEDGED, {"area_id": who.area_id, "day": day}):
        told = {name: getattr(row, name) for name in _TOLD}
        found.setdefault((row.check_id, row.subject_id), {})[row.fingerprint] = told
    return found


def _told(row: finding_rows.Found, told: _Acknowledged) -> dict[str, Any] | None:
    of_record = told.get((row.check.id, row.id))
    return of_record.get(row.fingerprint()) if of_record else None


def counted(found: Sequence[_Told]) -> list[dict[str, Any]]:
    """Check, severity, noun and whether it is acknowledged, of each finding."""
    return [
        {
            "check": one.row.check.id,
            "severity": one.row.check.severity,
            "noun": one.row.check.noun,
            "acknowledged": one.acknowledged is not None,
        }
        for one in found
    ]


def _shown(found: Sequence[_Told]) -> list[dict[str, Any]]:
    return [
        {
            "check": row.check.id,
            "severity": row.check.severity,
            "message": row.check.message,
            "subject": {"noun": row.check.noun, "id": row.id, "ref": row.ref, "title": row.title},
            "plan_id": row.plan_id,
            "register_id": row.register_id,
            "risk_id": row.risk_id,
            "priority_id": _id(row.priority_id),
            "fingerprint": row.fingerprint(),
            "acknowledged": acknowledged,
        }
        for _key, row, acknowledged in found
    ]


def acknowledge(db: Connection, who: Principal, at: Moment, body: AcknowledgementCreate) -> dict[str, Any]:
    """Record why a finding of today stays as it is, and return that.

    Raises Invalid for a record that is not there; Conflict when there is no such finding, when its data
    changed since it was read, when it is acknowledged already, and for a finding that blocks: publishing
    waits for a reason on the action itself, where the board reads it.
    """
    access.require(who, Operation.edit)
    found = _present(db, who, at, body)
    if found is None:
        raise Conflict("The check finds nothing there any more. Read the findings again.")
    if body.fingerprint not in (None, found["fingerprint"]):
        raise Conflict("What the check looked at has changed since. Read the finding again.")
    if found["severity"] is Severity.blocks:
        raise Conflict(f"This cannot be acknowledged, because it blocks publishing. {found['message']}")
    if found["acknowledged"]:
        by = found["acknowledged"]["author_name"]
        raise Conflict(f"It was acknowledged already, by {by}. That counts until the data changes.")
    row = {
        "id": new_id(),
        "area_id": who.area_id,
        "check_id": str(body.check),
        "subject_noun": str(found["subject"]["noun"]),
        "subject_id": body.subject_id,
        "fingerprint": found["fingerprint"],
        "effective_on": at.today,
        "recorded_at": at.now,
        "author_kind": who.kind,
        "author_id": who.id,
        "author_name": who.name,
        "reason": body.reason,
    }
    after = {"check": body.check, "subject_noun": row["subject_noun"], "fingerprint": row["fingerprint"]}
    change = journal.Change("data_quality", body.subject_id, "acknowledged", None, after, body.reason)
    row["sequence"] = journal.record(db, who, at, change)
    db.execute(insert(acknowledgements), [row])
    return {**row, "check": body.check}


def _present(
    db: Connection, who: Principal, at: Moment, body: AcknowledgementCreate
) -> dict[str, Any] | None:
    """The finding of today that is meant; None when the check finds nothing in that record."""
    table, noun = _TABLES[CHECKS[body.check].noun]
    try:
        record = records.find(db, who, table, body.subject_id, noun)
    except NotFound:
        raise invalid("/subject_id", f"There is no such {noun} in your area.") from None
    of, subject_id = (of_action, body.subject_id) if table is actions else (of_risk, record.get("risk_id"))
    listed = of(db, who, subject_id or body.subject_id, today=at.today)
    for one in listed:
        if one["check"] is body.check and one["subject"]["id"] == body.subject_id:
            return one
    return None
