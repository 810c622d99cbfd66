"""What loading the sample's plans shares: reading its files, people by their labels, adding records."""

import csv
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.access.roles import Principal
from app.clock import Moment
from app.models.actions import ActionCreate
from app.models.controls import ControlCreate
from app.models.management_actions import ManagementActionCreate
from app.models.people import PersonCreate
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.registers import RegisterCreate
from app.models.risks import AssessmentCreate, RiskCreate
from app.models.tables import people
from app.models.updates import UpdateCreate
from app.services import actions as actions_service
from app.services import assessments as assessments_service
from app.services import controls as controls_service
from app.services import management_actions as management_actions_service
from app.services import people as people_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services import updates as updates_service

FOLDER = Path(__file__).parent.parent / "sample"
ADDED_ON = date(2024, 4, 1)
REASON = "Loaded from the June 2024 papers"

Row = dict[str, str]
Steps = Callable[[Sequence[Any], str], Iterable[Any]]


def no_steps(items: Sequence[Any], _name: str) -> Iterable[Any]:
    """Go through a list without showing progress."""
    return items


def rows(path: str) -> list[Row]:
    """The rows of a file of the sample."""
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(printed: str) -> date | None:
    """The day of a printed date; None where the papers print none."""
    return date.fromisoformat(printed) if printed else None


def first_day(month: str) -> date | None:
    """The first day of a month such as 2024-04; None where the papers print none."""
    return date.fromisoformat(f"{month}-01") if month else None


def last_day(month: str) -> date | None:
    """The last day of a month such as 2024-04; None where the papers print none."""
    first = first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1]) if first else None


@dataclass(frozen=True, slots=True)
class Loader:
    """One transaction of the loading, and the people it knows so far, by name and organisation."""

    db: Connection
    who: Principal
    at: Moment
    steps: Steps = no_steps
    known: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def person(self, name: str, organisation: str = "") -> UUID | None:
        """The person of this label, added when new; None for an empty label.

        In the papers the same label is always the same person; two organisations may each have such a post.
        """
        if not name:
            return None
        if not self.known:
            stored = select(people).where(people.c.area_id == self.who.area_id)
            self.known.update({(one.name, one.organisation or ""): one.id for one in self.db.execute(stored)})
        if (name, organisation) not in self.known:
            body = PersonCreate(name=name, organisation=organisation or None)
            added = people_service.create_person(self.db, self.who, self.at, body)
            self.known[name, organisation] = added["id"]
        return self.known[name, organisation]

    def plan(self, body: PlanCreate) -> UUID:
        """Add a plan."""
        return _id(plans_service.create_plan(self.db, self.who, self.at, body))

    def priority(self, plan_id: UUID, body: PriorityCreate) -> UUID:
        """Add a priority to a plan."""
        return _id(priorities_service.create_priority(self.db, self.who, self.at, plan_id, body))

    def action(self, plan_id: UUID, body: ActionCreate) -> UUID:
        """Add an action to a plan."""
        return _id(actions_service.create_action(self.db, self.who, self.at, plan_id, body))

    def update(self, action_id: UUID, body: UpdateCreate) -> None:
        """Record an update of an action."""
        updates_service.record_update(self.db, self.who, self.at, action_id, body)

    def register(self, body: RegisterCreate) -> UUID:
        """Add a register."""
        return _id(registers_service.create_register(self.db, self.who, self.at, body))

    def risk(self, register_id: UUID, body: RiskCreate, controls: str) -> UUID:
        """Add a risk to a register, with its controls in one piece, as printed."""
        risk_id = _id(risks_service.create_risk(self.db, self.who, self.at, register_id, body))
        in_place = ControlCreate(description=controls)
        controls_service.create_control(self.db, self.who, self.at, risk_id, in_place)
        return risk_id

    def assess(self, risk_id: UUID, body: AssessmentCreate) -> None:
        """Record an assessment of a risk."""
        assessments_service.assess(self.db, self.who, self.at, risk_id, body)

    def management_action(self, risk_id: UUID, body: ManagementActionCreate) -> None:
        """Add a management action to a risk."""
        management_actions_service.create_management_action(self.db, self.who, self.at, risk_id, body)


def _id(added: dict[str, Any]) -> UUID:
    found: UUID = added["id"]
    return found
