"""The fixed cast of the tests, and short ways to make what they are about, with defaults for all the rest.

    area = cast()
    plan = make_plan(area.editor)

Everything is made through the services, in the database that the ``database`` fixture opened, at ``AT``.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app import db
from app.access.roles import ROLE_OPERATIONS, Principal, Role
from app.clock import Moment
from app.errors import Invalid
from app.models.actions import ActionCreate
from app.models.areas import AreaBase
from app.models.controls import ControlCreate
from app.models.management_actions import ManagementActionCreate, ManagementActionUpdateCreate
from app.models.people import PersonCreate
from app.models.periods import PeriodCreate
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.registers import RegisterCreate
from app.models.risks import Acceptance, AssessmentCreate, RiskCreate, StateChange
from app.models.updates import UpdateCreate, Withdrawal
from app.services import (
    actions,
    areas,
    assessments,
    controls,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    publications,
    registers,
    risks,
    updates,
)

TODAY = date(2024, 7, 1)
NOW = datetime(2024, 7, 1, 8, 30, tzinfo=UTC)
AT = Moment(NOW, TODAY)
ADDED = date(2024, 4, 1)
"""The day on which actions and risks are added unless a test says otherwise."""

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in every test: four people of one area, the service there, and a stranger.

    The stranger is the admin of another area, who may do everything there and sees nothing here.
    """

    service: Principal
    viewer: Principal
    contributor: Principal
    editor: Principal
    admin: Principal
    stranger: Principal


def cast() -> Cast:
    """Make two areas and the people of both."""
    with db.write(None) as writer:
        north = areas.create_area(writer, AT, AreaBase(slug="north", name="North SEND Partnership"))
        south = areas.create_area(writer, AT, AreaBase(slug="south", name="South SEND Partnership"))
    viewer, contributor, editor, admin = (
        member(north, role, f"{role.value.title()} of the north") for role in Role
    )
    stranger = member(south, Role.admin, "Stranger of the south")
    return Cast(north, viewer, contributor, editor, admin, stranger)


def member(area: Principal, role: Role, name: str) -> Principal:
    """A person of an area, signed in with a role."""
    person = make_person(area, name=name)
    return Principal(
        kind="user",
        id=person["id"],
        name=name,
        area_id=area.area_id,
        area_name=area.area_name,
        operations=ROLE_OPERATIONS[role],
        role=role,
        person_id=person["id"],
    )


def do(function: Callable[..., Any], who: Principal, *given: Any, at: Moment = AT, **named: Any) -> Any:
    """Call a service that writes, in a transaction of its own."""
    with db.write(who) as writer:
        return function(writer, who, at, *given, **named)


def see(function: Callable[..., Any], who: Principal, *given: Any, **named: Any) -> Any:
    """Call a service that reads."""
    with db.read(who) as reader:
        return function(reader, who, *given, **named)


def refused(function: Callable[..., Any], *given: Any, **named: Any) -> dict[str, str]:
    """Call what must be refused as invalid; returns what is wrong, by pointer."""
    with pytest.raises(Invalid) as caught:
        function(*given, **named)
    return {fault.pointer: fault.message for fault in caught.value.faults}


# --- Plans and actions ------------------------------------------------------------------------------------


def make_person(who: Principal, **given: Any) -> Shown:
    values: Shown = {"name": "Parent carer forum lead", "organisation": "Forum"} | given
    made: Shown = do(people.create_person, who, PersonCreate(**values))
    return made


def make_plan(who: Principal, **given: Any) -> Shown:
    values: Shown = {"ref": "PAP", "title": "Priority action plan"} | given
    made: Shown = do(plans.create_plan, who, PlanCreate(**values))
    return made


def make_priority(who: Principal, plan_id: UUID, **given: Any) -> Shown:
    values: Shown = {"ref": "PAP 1", "title": "Education, health and care plans"} | given
    made: Shown = do(priorities.create_priority, who, plan_id, PriorityCreate(**values))
    return made


def make_period(who: Principal, plan_id: UUID, **given: Any) -> Shown:
    """A draft of the first quarter of the plan, which ended yesterday."""
    values: Shown = {"ref": "Q1", "first_day": ADDED, "last_day": date(2024, 6, 30)} | given
    made: Shown = do(periods.create_period, who, plan_id, PeriodCreate(**values))
    return made


def publish(who: Principal, period: Shown) -> Shown:
    """Publish a period and return the publication."""
    made: Shown = do(publications.publish, who, period["id"], version=None)
    return made


def make_published(who: Principal, plan_id: UUID, **given: Any) -> Shown:
    """A period of the quarter before the plan, which is published."""
    values: Shown = {"ref": "Q0", "first_day": date(2024, 1, 1), "last_day": date(2024, 3, 31)} | given
    period = make_period(who, plan_id, **values)
    do(publications.publish, who, period["id"], version=None)
    return period


def make_action(who: Principal, priority: Shown | Sequence[Shown], **given: Any) -> Shown:
    """An action under one priority, or under several of one plan with the refs ``<ref>``, ``<ref>-2``..."""
    under = [priority] if isinstance(priority, dict) else list(priority)
    ref = given.pop("ref", "1.1")
    points = [
        {"priority_id": one["id"], "ref": f"{ref}-{place}" if place > 1 else ref}
        for place, one in enumerate(under, start=1)
    ]
    values: Shown = {"title": "Agree a joint process", "effective_on": ADDED, "points": points} | given
    made: Shown = do(actions.create_action, who, under[0]["plan_id"], ActionCreate(**values))
    return made


def update(who: Principal, action_id: UUID, **given: Any) -> Shown:
    """Record a dated entry on an action and return the entry."""
    named = {"version": given.pop("version")} if "version" in given else {}
    made: Shown = do(updates.record_update, who, action_id, UpdateCreate(**given), **named)
    return made


def withdraw(who: Principal, action_id: UUID, **given: Any) -> Shown:
    values: Shown = {"reason": "Merged with another action"} | given
    made: Shown = do(updates.withdraw, who, action_id, Withdrawal(**values))
    return made


def reinstate(who: Principal, action_id: UUID, **given: Any) -> Shown:
    values: Shown = {"reason": "Needed after all"} | given
    made: Shown = do(updates.reinstate, who, action_id, Withdrawal(**values))
    return made


def action(who: Principal, action_id: UUID, as_at: date | None = None) -> Shown:
    """An action as it is read."""
    found: Shown = see(actions.get_action, who, action_id, today=TODAY, as_at=as_at)
    return found


# --- Registers and risks ----------------------------------------------------------------------------------

FIVE_BY_FIVE: dict[str, Any] = {
    "kind": "scored",
    "likelihood_labels": ["Very Unlikely", "Unlikely", "Possible", "Likely", "Very Likely"],
    "impact_labels": ["Minor", "Moderate", "Significant", "Serious", "Major"],
    "bands": [
        {"name": "Low", "lowest": 1, "highest": 6},
        {"name": "Moderate", "lowest": 8, "highest": 15},
        {"name": "High", "lowest": 16, "highest": 25},
    ],
}
NAMED: dict[str, Any] = {"kind": "named", "bands": [{"name": "L"}, {"name": "M"}, {"name": "H"}]}


def pair(likelihood: int, impact: int) -> dict[str, int]:
    return {"likelihood": likelihood, "impact": impact}


def make_register(who: Principal, **given: Any) -> Shown:
    matrix = {"effective_on": ADDED} | FIVE_BY_FIVE
    values: Shown = {"ref": "RR", "title": "Risk register", "matrix": matrix} | given
    made: Shown = do(registers.create_register, who, RegisterCreate(**values))
    return made


def make_risk(who: Principal, register_id: UUID, **given: Any) -> Shown:
    values: Shown = {
        "ref": "1",
        "description": "Too few educational psychologists",
        "effective_on": ADDED,
    } | given
    made: Shown = do(risks.create_risk, who, register_id, RiskCreate(**values))
    return made


def assess(who: Principal, risk_id: UUID, **given: Any) -> Shown:
    """Record an assessment and return the entry."""
    named = {"version": given.pop("version")} if "version" in given else {}
    values: Shown = {"reason": "Reviewed by the board"} | given
    made: Shown = do(assessments.assess, who, risk_id, AssessmentCreate(**values), **named)
    return made


def move(who: Principal, risk_id: UUID, move: str, **given: Any) -> Shown:
    """Change a risk's state by "acceptance", "materialisation", "closure" or "reopening"."""
    shape = Acceptance if move == "acceptance" else StateChange
    values: Shown = {"reason": "Agreed by the board"} | given
    made: Shown = do(assessments.change_state, who, risk_id, move, shape(**values))
    return made


def risk(who: Principal, risk_id: UUID, as_at: date | None = None) -> Shown:
    """A risk as it is read."""
    found: Shown = see(risks.get_risk, who, risk_id, today=TODAY, as_at=as_at)
    return found


def make_control(who: Principal, risk_id: UUID, **given: Any) -> Shown:
    values: Shown = {"description": "Monthly panel"} | given
    made: Shown = do(controls.create_control, who, risk_id, ControlCreate(**values))
    return made


def make_management_action(who: Principal, risk_id: UUID, **given: Any) -> Shown:
    values: Shown = {"title": "Recruit two psychologists", "effective_on": ADDED} | given
    body = ManagementActionCreate(**values)
    made: Shown = do(management_actions.create_management_action, who, risk_id, body)
    return made


def update_management_action(who: Principal, management_action_id: UUID, **given: Any) -> Shown:
    body = ManagementActionUpdateCreate(**given)
    made: Shown = do(management_actions.record_update, who, management_action_id, body)
    return made


# --- Files ------------------------------------------------------------------------------------------------


def png(width: int = 8, height: int = 1, *beside: tuple[bytes, bytes]) -> bytes:
    """A grey PNG of this size, with other chunks beside those that draw."""
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *beside, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
