"""The data that the benchmarks multiply: two small areas, written by the service's own functions.

One area has a plan of 100 action points with a history and a risk register; it is measured. The other has
100 action points as they were added, and is what the measured one is lost among.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app import clock, config, db, migrations
from app.access.roles import Principal
from app.clock import Moment
from app.models.actions import ActionCreate
from app.models.areas import AreaBase
from app.models.controls import ControlCreate
from app.models.management_actions import ManagementActionCreate
from app.models.people import PersonCreate
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.registers import MatrixCreate, RegisterCreate
from app.models.risks import AssessmentCreate, RiskCreate
from app.models.updates import PointPlace, UpdateCreate, Withdrawal
from app.plans.statuses import Status
from app.risk.scoring import Treatment
from app.services import (
    actions,
    areas,
    assessments,
    controls,
    management_actions,
    people,
    plans,
    priorities,
    registers,
    risks,
    updates,
)
from bench import servers

POINTS = 100
RISKS = 25
PRIORITIES = 5
DAYS = 240  # from the first entry until today
STATUSES = ("complete", "on_target", "on_target", "delayed", "not_started")
PROSE = (
    "Partners have agreed the pathway and the first cohort of families has been told how to use it. "
    "The parent carer forum has read the draft and its comments are being worked in. "
)


@dataclass(frozen=True, slots=True)
class Names:
    """Ids in the template that the measured requests need."""

    area: UUID
    plan: UUID


@contextmanager
def opened(url: str) -> Iterator[None]:
    """The service's own modules, in this process, on this database."""
    import os

    kept = dict(os.environ)
    os.environ.update(servers.environment(url))
    config.settings.cache_clear()
    db.open(url)
    try:
        yield
    finally:
        db.close()
        os.environ.clear()
        os.environ.update(kept)
        config.settings.cache_clear()


def build(url: str, *, history: bool, slug: str) -> Names:
    """Migrate the database and add one area with a plan of 100 action points; needs ``opened``."""
    migrations.upgrade(url)
    at = clock.moment()
    chance = random.Random(slug)
    with db.write(None) as connection:
        who = areas.create_area(connection, at, AreaBase(slug=slug, name=f"Area {slug}"))
    with db.write(who) as connection:
        leads = [
            people.create_person(
                connection, who, at, PersonCreate(name=f"Lead {number}", organisation="Council")
            )
            for number in range(8)
        ]
        plan = plans.create_plan(
            connection, who, at, PlanCreate(ref="PLAN", title=f"Improvement plan of {slug}")
        )
        of_plan = [
            priorities.create_priority(
                connection,
                who,
                at,
                plan["id"],
                PriorityCreate(
                    ref=f"P {number}", title=f"Priority {number}", statement=PROSE, sro_id=leads[number]["id"]
                ),
            )
            for number in range(1, PRIORITIES + 1)
        ]
    work = _Work(who, at, chance, plan["id"], [one["id"] for one in of_plan], leads, history)
    _add_actions(work)
    if history:
        _add_risks(work)
    return Names(who.area_id, plan["id"])


@dataclass(frozen=True, slots=True)
class _Work:
    who: Principal
    at: Moment
    chance: random.Random
    plan: UUID
    priorities: list[UUID]
    leads: list[dict[str, Any]]
    history: bool


def _add_actions(work: _Work) -> None:
    first_day = work.at.today - timedelta(days=DAYS)
    known: list[UUID] = []
    for number, places in enumerate(_places(work.priorities)):
        with db.write(work.who) as connection:
            body = _action(work, number, places, first_day, known)
            action = actions.create_action(connection, work.who, work.at, work.plan, body)
            known.append(action["id"])
            if work.history:
                _add_history(connection, work, action, first_day, number)


def _places(of_plan: list[UUID]) -> list[list[PointPlace]]:
    """97 actions under one priority and one under three: 100 points, refs 1.1 to 5.20."""
    single = [
        [PointPlace(priority_id=of_plan[number % 5], ref=f"{number % 5 + 1}.{number // 5 + 1}")]
        for number in range(POINTS - 3)
    ]
    shared = [
        PointPlace(priority_id=of_plan[number], ref=f"{number + 1}.20")
        for number in range(PRIORITIES)
        if number >= (POINTS - 3) % 5
    ]
    return [*single, shared]


def _action(
    work: _Work, number: int, places: list[PointPlace], first_day: date, known: list[UUID]
) -> ActionCreate:
    chance = work.chance
    start = first_day + timedelta(days=chance.randrange(0, 120))
    due = start + timedelta(days=chance.randrange(30, 365))
    return ActionCreate(
        title=f"Agree, publish and review pathway {number + 1} with partners and families",
        lead_id=work.leads[number % len(work.leads)]["id"],
        co_lead_ids=[work.leads[(number + 3) % len(work.leads)]["id"]] if number % 4 == 0 else [],
        responsible_body=("Council", "ICB", "Both")[number % 3],
        phase=f"Phase {number % 3 + 1}",
        success_measure=PROSE if work.history else None,
        expected_impact="Families wait less and say that they were heard." if work.history else None,
        points=places,
        start_on=start,
        due_on=due,
        forecast_on=due + timedelta(days=chance.randrange(-10, 40)) if number % 3 == 0 else None,
        depends_on=[known[-5]] if work.history and number % 20 == 19 else [],
        status=Status.not_started if work.history else Status(chance.choice(STATUSES[1:])),
        effective_on=first_day,
        reason="Added for the benchmarks",
    )


def _add_history(connection: Any, work: _Work, action: dict[str, Any], first_day: date, number: int) -> None:
    days = sorted(work.chance.sample(range(1, DAYS), 1 + number % 3))
    for day in days:
        body: dict[str, Any] = {
            "status": work.chance.choice(STATUSES),
            "narrative": PROSE,
            "reason": "Told for the benchmarks",
            "effective_on": first_day + timedelta(days=day),
        }
        if number % 7 == 0 and day == days[-1]:
            body["due_on"] = work.at.today + timedelta(days=work.chance.randrange(0, 90))
        updates.record_update(connection, work.who, work.at, action["id"], UpdateCreate(**body))
    if number % 40 == 7:
        withdrawal = Withdrawal(reason="Withdrawn for the benchmarks")
        updates.withdraw(connection, work.who, work.at, action["id"], withdrawal)


MATRIX = {
    "kind": "scored",
    "likelihood_labels": ["Very unlikely", "Unlikely", "Possible", "Likely", "Very likely"],
    "impact_labels": ["Minor", "Moderate", "Significant", "Serious", "Major"],
    "bands": [
        {"name": "Low", "lowest": 1, "highest": 6},
        {"name": "Moderate", "lowest": 8, "highest": 15},
        {"name": "High", "lowest": 16, "highest": 25},
    ],
}


def _add_risks(work: _Work) -> None:
    with db.write(work.who) as connection:
        body = RegisterCreate(
            ref="REG",
            title="Risk register",
            plan_id=work.plan,
            matrix=MatrixCreate.model_validate(
                {**MATRIX, "effective_on": work.at.today - timedelta(days=DAYS)}
            ),
        )
        register = registers.create_register(connection, work.who, work.at, body)
        for number in range(1, RISKS + 1):
            _add_risk(connection, work, register["id"], number)


def _add_risk(connection: Any, work: _Work, register: UUID, number: int) -> None:
    who, at, chance = work.who, work.at, work.chance
    opened = at.today - timedelta(days=DAYS - number)
    first = RiskCreate(
        ref=str(number),
        description=f"Pathway {number} is late because posts are vacant. {PROSE}",
        effect="Families wait longer than they were told.",
        opened_on=opened,
        treatment=Treatment.treat,
        sro_id=work.leads[number % 8]["id"],
        owner_id=work.leads[(number + 1) % 8]["id"],
        strategic_lead_ids=[work.leads[(number + 2) % 8]["id"]],
        priority_id=work.priorities[number % PRIORITIES] if number % 3 else None,
        effective_on=opened,
        **_pairs(chance),
    )
    risk = risks.create_risk(connection, who, at, register, first)
    later = AssessmentCreate(
        narrative=PROSE,
        reason="Scored anew for the benchmarks",
        effective_on=opened + timedelta(days=90),
        **_pairs(chance),
    )
    assessments.assess(connection, who, at, risk["id"], later)
    controls.create_control(
        connection, who, at, risk["id"], ControlCreate(description="A weekly list is kept")
    )
    task = ManagementActionCreate(
        title="Recruit to two posts", lead_id=work.leads[0]["id"], effective_on=opened
    )
    management_actions.create_management_action(connection, who, at, risk["id"], task)


def _pairs(chance: random.Random) -> dict[str, Any]:
    current = {"likelihood": chance.randint(2, 5), "impact": chance.randint(2, 5)}
    return {"current": current, "target": {"likelihood": 1, "impact": 2}}
