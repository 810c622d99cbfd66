"""Priorities of a plan."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import NotFound
from app.models.base import changed_fields
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.tables import people, priorities
from app.models.tables import plans as plans_table
from app.services import access, lists, period_days, plans, records

_ALL: Select[Any] = select(
    priorities, people.c.name.label("sro_name"), people.c.organisation.label("sro_organisation")
).select_from(priorities.outerjoin(people, people.c.id == priorities.c.sro_id))
_OF_PLAN = priorities.c.plan_id == bindparam("plan_id")
_LIST = lists.Listing(
    "priorities",
    _ALL.where(_OF_PLAN),
    last=[priorities.c.position, priorities.c.id],
    count_from=priorities,
    filters={
        "q": lists.contains(priorities.c.title),
        "ref": priorities.c.ref == bindparam("ref"),
        "sro_id": priorities.c.sro_id == bindparam("sro_id"),
        "responsible_bodies": lists.contains(priorities.c.responsible_bodies, "responsible_bodies"),
        "updated_since": priorities.c.updated_at >= bindparam("updated_since"),
    },
    sorts={"position": [], "updated_at": [priorities.c.updated_at]},
)
# A plan without priorities is one row with nulls for them.
_WITH_PLAN = (
    select(
        *(plans_table.c[name] for name in ("id", "ref", "title", "kind")),
        period_days.first_day_of(plans_table.c.id).label("reported_from"),
        *(priorities.c[name].label(f"priority_{name}") for name in ("id", "ref", "title")),
    )
    .select_from(plans_table.outerjoin(priorities, priorities.c.plan_id == plans_table.c.id))
    .where(plans_table.c.id == bindparam("plan_id"), plans_table.c.area_id == bindparam("area_id"))
    .order_by(priorities.c.position, priorities.c.id)
)
_ONE = _ALL.where(priorities.c.id == bindparam("priority_id"), priorities.c.area_id == bindparam("area_id"))
_LAST = select(func.max(priorities.c.position)).where(_OF_PLAN)


def _shown(row: Row[Any]) -> dict[str, Any]:
    (found,) = records.as_dicts([row])
    name, organisation = found.pop("sro_name"), found.pop("sro_organisation")
    sro_id = found["sro_id"]
    found["sro"] = {"id": sro_id, "name": name, "organisation": organisation} if sro_id else None
    return found


def list_priorities(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    ref: str | None = None,
    sro_id: UUID | None = None,
    responsible_bodies: str | None = None,
    updated_since: datetime | None = None,
    sort: str = "position",
    descending: bool = False,
) -> dict[str, Any]:
    """The priorities of a plan, in their order or another. Raises NotFound for an unknown plan."""
    plans.get_plan(db, who, plan_id)
    wanted = {
        "q": lists.pattern(q),
        "ref": ref,
        "sro_id": sro_id,
        "responsible_bodies": lists.pattern(responsible_bodies),
        "updated_since": updated_since,
    }
    scope = {"plan_id": plan_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer([_shown(row) for row in rows], following, total)


class Scope(NamedTuple):
    """What the figures of a plan on a day are made for.

    ``reported_from`` is the first day of the period that contains the day: progress is reportable where there
    has been a narrative since. None where no period does.
    """

    plan: dict[str, Any]
    priorities: list[dict[str, Any]]
    reported_from: date | None

    @property
    def refs(self) -> dict[str, str]:
        """The refs of the priorities by the text of their ids."""
        return {str(one["id"]): one["ref"] for one in self.priorities}


def scope(db: Connection, who: Principal, plan_id: UUID, day: date) -> Scope:
    """A plan and its priorities in order, by id, ref and title, for figures. Raises NotFound."""
    rows = db.execute(_WITH_PLAN, {"plan_id": plan_id, "area_id": who.area_id, "day": day}).all()
    if not rows:
        raise NotFound("plan")
    _, plan_ref, plan_title, kind, reported_from, *_ = rows[0]
    plan = {"id": plan_id, "ref": plan_ref, "title": plan_title, "priority_label": plans.priority_label(kind)}
    of_plan = [{"id": row[5], "ref": row[6], "title": row[7]} for row in rows if row[5]]
    return Scope(plan, of_plan, reported_from)


def get_priority(db: Connection, who: Principal, priority_id: UUID) -> dict[str, Any]:
    """One priority. Raises NotFound."""
    row = db.execute(_ONE, {"priority_id": priority_id, "area_id": who.area_id}).one_or_none()
    if row is None:
        raise NotFound("priority")
    return _shown(row)


def create_priority(
    db: Connection,
    who: Principal,
    at: Moment,
    plan_id: UUID,
    body: PriorityCreate,
    *,
    priority_id: UUID | None = None,
) -> dict[str, Any]:
    """Add a priority to a plan, at its end unless a position is given, with the id set aside for it."""
    access.require(who, Operation.edit)
    plans.get_plan(db, who, plan_id)
    records.require_people(db, who, {"/sro_id": body.sro_id})
    values = {**body.model_dump(), "plan_id": plan_id}
    if values["position"] is None:
        last = db.execute(_LAST, {"plan_id": plan_id}).scalar()
        values["position"] = (last or 0) + 1
    made = records.create(db, who, at, priorities, "priority", values, record_id=priority_id)
    return get_priority(db, who, made)


def change_priority(
    db: Connection,
    who: Principal,
    at: Moment,
    priority_id: UUID,
    body: PriorityUpdate,
    *,
    version: int | None,
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the priority is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_priority(db, who, priority_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "title", "position"))
    if "sro_id" in values:
        records.require_people(db, who, {"/sro_id": values["sro_id"]})
    records.change(db, who, at, priorities, "priority", current, values)
    return get_priority(db, who, priority_id)
