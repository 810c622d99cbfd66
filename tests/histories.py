"""Random histories of a plan: what people do in it from period to period, by a seed.

    history = History(connection, cast(), seed=7)
    history.live(days=6, steps=20)

Everything goes through the services; what the rules refuse is left out, as it leaves nothing behind. A
history that is played again from the same seed does the same.
"""

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.clock import Moment
from app.data_quality.base import Severity
from app.errors import ServiceError
from app.models.actions import ActionCreate, ActionUpdate
from app.models.commentaries import CommentaryPut
from app.models.controls import ControlCreate
from app.models.data_quality import AcknowledgementCreate
from app.models.management_actions import (
    ManagementActionCreate,
    ManagementActionUpdate,
    ManagementActionUpdateCreate,
)
from app.models.periods import PeriodCreate, PeriodUpdate
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.registers import MatrixCreate, RegisterCreate
from app.models.risks import Acceptance, AssessmentCreate, RiskCreate, RiskUpdate, StateChange
from app.models.updates import UpdateCreate, Withdrawal
from app.plans.statuses import ImpactState, Status
from app.services import (
    actions,
    assessments,
    commentaries,
    controls,
    data_quality,
    management_actions,
    periods,
    plans,
    priorities,
    publications,
    registers,
    risks,
    updates,
)
from tests.factories import FIVE_BY_FIVE, NAMED, Cast

FIRST_DAY = date(2024, 5, 1)
PERIOD = 6
"""Days of a period."""
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class History:
    """A plan with two priorities, actions and risks, in which time goes on."""

    def __init__(self, connection: Connection, people: Cast, seed: int) -> None:
        self.db, self.who, self.people = connection, people.admin, people
        self.random = random.Random(seed)
        self.today = FIRST_DAY
        self.done: Counter[str] = Counter()
        plan = PlanCreate(ref=f"P{seed}", title="Plan")
        self.plan: UUID = plans.create_plan(self.db, self.who, self.at, plan)["id"]
        self.priorities: list[UUID] = []
        self.actions: list[UUID] = []
        self.risks: list[UUID] = []
        self.managed: list[UUID] = []
        self.registers: dict[UUID, dict[str, Any]] = {}
        self.periods: list[UUID] = []
        for matrix in (FIVE_BY_FIVE, NAMED) if self.random.random() < 0.3 else (FIVE_BY_FIVE,):
            body = RegisterCreate(
                ref=f"R{seed}-{len(self.registers)}",
                title="Register",
                plan_id=self.plan,
                matrix=MatrixCreate(**matrix, effective_on=self.today),
            )
            made = registers.create_register(self.db, self.who, self.at, body)
            self.registers[made["id"]] = matrix
        first = [History.add_priority] * 2 + [History.add_action] * 4 + [History.add_risk] * 3
        for what in (*first, History.add_management_action):
            while not self.attempt(what):
                pass

    @property
    def at(self) -> Moment:
        """Noon of the history's present day."""
        return Moment(NOON + (self.today - FIRST_DAY), self.today)

    def live(self, days: int, steps: int) -> None:
        """Let so many days go by, with so many things done on them."""
        for step in range(steps):
            self.today += timedelta(days=days * (step + 1) // steps - days * step // steps)
            self.step()

    def step(self) -> None:
        """Do one random thing."""
        self.attempt(self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0])

    def attempt(self, what: Callable[["History"], None]) -> bool:
        """Do something, unless the rules refuse it."""
        with contextlib.suppress(ServiceError), self.db.begin_nested():
            what(self)
            self.done[what.__name__] += 1
            return True
        return False

    # --- Chances ------------------------------------------------------------------------------------------

    def some(self, found: list[UUID]) -> UUID:
        return self.random.choice(found)

    def day(self) -> date:
        """A day on which something can be effective: often today, at times long ago."""
        ago = self.random.choice([0, 0, 0, 1, 2, self.random.randint(0, (self.today - FIRST_DAY).days)])
        return max(FIRST_DAY, self.today - timedelta(days=ago))

    def near(self) -> date | None:
        return self.random.choice(
            [None, *(self.today + timedelta(days=ahead) for ahead in (-4, -1, 0, 2, 9))]
        )

    def sample(self, chances: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        """Some of the facts, each with a random value."""
        return {name: value() for name, value in chances.items() if self.random.random() < 0.25}

    def earlier_entry(self, entries: list[dict[str, Any]]) -> dict[str, UUID]:
        """Now and then an entry to be corrected."""
        if self.random.random() > 0.2:
            return {}
        return {"replaces": self.random.choice(entries)["id"]}

    def pair(self) -> dict[str, int] | None:
        if self.random.random() < 0.1:
            return None
        return {"likelihood": self.random.randint(1, 5), "impact": self.random.randint(1, 5)}

    # --- What is done -------------------------------------------------------------------------------------

    def add_priority(self) -> None:
        body = PriorityCreate(ref=f"{len(self.priorities) + 1}", title="Priority")
        self.priorities.append(priorities.create_priority(self.db, self.who, self.at, self.plan, body)["id"])

    def add_action(self) -> None:
        number = len(self.actions) + 1
        under = self.random.sample(self.priorities, self.random.choice([1, 1, 2]))
        body = ActionCreate(
            title=f"Action {number}",
            points=[{"priority_id": one, "ref": f"{number}{'-' * place}"} for place, one in enumerate(under)],
            lead_id=self.random.choice([None, self.people.viewer.person_id]),
            evidence_links=[{"title": "Minutes", "url": "https://example.org/minutes"}],
            effective_on=self.day(),
            reason="Because",
            **self.sample({"due_on": self.near, "start_on": self.near}),
        )
        self.actions.append(actions.create_action(self.db, self.who, self.at, self.plan, body)["id"])

    def add_risk(self) -> None:
        register = self.some(list(self.registers))
        body = RiskCreate(
            ref=f"{len(self.risks) + 1}",
            description="Risk",
            opened_on=self.random.choice([None, FIRST_DAY]),
            owner_id=self.random.choice([None, self.people.viewer.person_id]),
            effective_on=self.day(),
            target_rationale="Because",
            **self.sample(self.scores(register)),
        )
        self.risks.append(risks.create_risk(self.db, self.who, self.at, register, body)["id"])

    def scores(self, register: UUID) -> dict[str, Callable[[], Any]]:
        named = self.registers[register]["kind"] == "named"
        bands = [band["name"] for band in NAMED["bands"]]
        scored: dict[str, Callable[[], Any]] = {"current": self.pair, "target": self.pair}
        chosen: dict[str, Callable[[], Any]] = {"rating": lambda: self.random.choice([None, *bands])}
        return {
            **(chosen if named else scored),
            "priority_id": lambda: self.random.choice([None, *self.priorities]),
            "review_on": self.near,
            "target_on": self.near,
            "narrative": lambda: "Something has happened.",
        }

    def add_management_action(self) -> None:
        body = ManagementActionCreate(title="Recruit", effective_on=self.day(), due_on=self.near())
        made = management_actions.create_management_action(
            self.db, self.who, self.at, self.some(self.risks), body
        )
        self.managed.append(made["id"])

    def add_control(self) -> None:
        controls.create_control(
            self.db, self.who, self.at, self.some(self.risks), ControlCreate(description="Panel")
        )

    def update_action(self) -> None:
        action = self.some(self.actions)
        facts = self.sample(
            {
                "status": lambda: self.random.choice(list(Status)),
                "start_on": self.near,
                "due_on": lambda: self.random.choice([self.near(), "ongoing"]),
                "review_on": self.near,
                "forecast_on": self.near,
                "impact_state": lambda: self.random.choice(list(ImpactState)),
                "impact_review_on": self.near,
                "path_to_green": lambda: "More people",
                "narrative": lambda: "Something has happened.",
                "points": self.points,
                "depends_on": lambda: self.random.sample(self.actions, self.random.randint(0, 2)),
            }
        )
        corrected = self.earlier_entry(updates.list_updates(self.db, self.who, action))
        body = UpdateCreate(**facts, **corrected, effective_on=self.day(), reason="Because")
        updates.record_update(self.db, self.who, self.at, action, body)

    def points(self) -> list[dict[str, Any]]:
        under = self.random.sample(self.priorities, self.random.choice([1, 2]))
        return [{"priority_id": one, "ref": f"M{self.random.randint(1, 99)}"} for one in under]

    def withdraw_or_reinstate(self) -> None:
        set_ = self.random.choice([updates.withdraw, updates.reinstate])
        body = Withdrawal(reason="Because", effective_on=self.day())
        set_(self.db, self.who, self.at, self.some(self.actions), body)

    def assess(self) -> None:
        risk = self.some(self.risks)
        register = risks.get_risk(self.db, self.who, risk, today=self.today)["register_id"]
        corrected = self.earlier_entry(assessments.list_assessments(self.db, self.who, risk))
        body = AssessmentCreate(
            **self.sample(self.scores(register)),
            **corrected,
            effective_on=self.day(),
            reason="Because",
            target_rationale="Because",
        )
        assessments.assess(self.db, self.who, self.at, risk, body)

    def change_state(self) -> None:
        move = self.random.choice(["acceptance", "materialisation", "closure", "reopening"])
        given: dict[str, Any] = {"reason": "Because", "effective_on": self.day()}
        body: StateChange = StateChange(**given)
        if move == "acceptance":
            by = self.people.viewer.person_id
            body = Acceptance(**given, accepted_by_id=by, accepted_until=self.today)
        assessments.change_state(self.db, self.who, self.at, self.some(self.risks), move, body)

    def update_management_action(self) -> None:
        one = self.some(self.managed)
        corrected = self.earlier_entry(management_actions.list_updates(self.db, self.who, one))
        facts = self.sample({"status": lambda: self.random.choice([None, *Status]), "due_on": self.near})
        body = ManagementActionUpdateCreate(
            **facts, **corrected, effective_on=self.day(), reason="Because", narrative="News"
        )
        management_actions.record_update(self.db, self.who, self.at, one, body)

    def retitle(self) -> None:
        """Change what is not dated: it is shown as it is now, but not in what was published."""
        person = self.random.choice([None, self.people.viewer.person_id])
        opened = self.random.choice([None, FIRST_DAY, self.today])
        word = f"Title {self.random.random()}"
        called = self.random.choice(
            [
                lambda: actions.change_action(
                    *self.now, self.some(self.actions), ActionUpdate(title=word, lead_id=person), version=None
                ),
                lambda: risks.change_risk(
                    *self.now,
                    self.some(self.risks),
                    RiskUpdate(owner_id=person, opened_on=opened, description=word),
                    version=None,
                ),
                lambda: management_actions.change_management_action(
                    *self.now,
                    self.some(self.managed),
                    ManagementActionUpdate(title=word, lead_id=person),
                    version=None,
                ),
                lambda: priorities.change_priority(
                    *self.now,
                    self.some(self.priorities),
                    PriorityUpdate(title=word, position=self.random.randint(1, 9)),
                    version=None,
                ),
            ]
        )
        called()

    @property
    def now(self) -> tuple[Any, ...]:
        return self.db, self.who, self.at

    def new_matrix(self) -> None:
        register = self.some(list(self.registers))
        if self.registers[register]["kind"] == "named":
            return
        edge = self.random.randint(2, 24)
        bands = [
            {"name": "Low", "lowest": 1, "highest": edge},
            {"name": "High", "lowest": edge + 1, "highest": 25},
        ]
        body = MatrixCreate(**FIVE_BY_FIVE | {"bands": bands}, effective_on=self.day(), reason="Because")
        registers.add_matrix_version(self.db, self.who, self.at, register, body)

    def acknowledge(self) -> None:
        found = data_quality.findings(self.db, self.who, today=self.today, plan_id=self.plan)
        one = self.random.choice([one for one in found if one["severity"] is Severity.warns])
        body = AcknowledgementCreate(check=one["check"], subject_id=one["subject"]["id"], reason="Known")
        data_quality.acknowledge(self.db, self.who, self.at, body)

    def add_period(self) -> None:
        """The next period, after the last one."""
        first = FIRST_DAY + timedelta(days=PERIOD * len(self.periods))
        last = first + timedelta(days=PERIOD - 1)
        body = PeriodCreate(
            ref=f"{len(self.periods) + 1}",
            first_day=first,
            last_day=last,
            meeting_on=self.random.choice([None, last + timedelta(days=3)]),
        )
        self.periods.append(periods.create_period(self.db, self.who, self.at, self.plan, body)["id"])

    def redate_period(self) -> None:
        """Another first day for a period, where it is not published."""
        period = periods.get_period(self.db, self.who, self.some(self.periods))
        first = period["first_day"] + timedelta(days=self.random.choice([-1, 1]))
        body = PeriodUpdate(first_day=first, meeting_on=period["last_day"] + timedelta(days=5))
        periods.change_period(self.db, self.who, self.at, period["id"], body, version=None)

    def comment(self) -> None:
        commentaries.write_commentary(
            *self.now,
            self.some(self.periods),
            CommentaryPut(text="As expected."),
            priority_id=self.random.choice([None, *self.priorities]),
            version=None,
        )

    # --- Publishing ---------------------------------------------------------------------------------------

    def publish(self, period: UUID) -> bytes:
        """Publish a period, first giving the reasons that it waits for; returns what was stored."""
        last_day = periods.get_period(self.db, self.who, period)["last_day"]
        blocking = data_quality.blocking(self.db, self.who, self.plan, day=last_day, today=self.today)
        for one in blocking:
            body = UpdateCreate(status=Status.delayed, effective_on=last_day, reason="It is late")
            updates.record_update(self.db, self.who, self.at, one["subject"]["id"], body)
        publications.publish(self.db, self.who, self.at, period, version=None)
        return publications.content(self.db, self.who, period)


_WEIGHTS: dict[Callable[[History], None], int] = {
    History.update_action: 24,
    History.assess: 10,
    History.update_management_action: 4,
    History.withdraw_or_reinstate: 4,
    History.change_state: 5,
    History.retitle: 6,
    History.add_action: 1,
    History.add_risk: 1,
    History.add_management_action: 1,
    History.add_control: 1,
    History.add_priority: 1,
    History.new_matrix: 2,
    History.acknowledge: 2,
    History.redate_period: 2,
    History.comment: 2,
}
