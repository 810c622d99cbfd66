"""Halton's priority action plan and its risk register, as at June 2024."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.demo.loader import ADDED_ON, REASON, Loader, Row, day, rows
from app.models.actions import ActionCreate
from app.models.management_actions import ManagementActionCreate
from app.models.plans import PlanCreate, PlanKind
from app.models.priorities import PriorityCreate
from app.models.registers import BandShape, MatrixCreate, RegisterCreate
from app.models.risks import AssessmentCreate, Pair, RiskCreate
from app.models.updates import PointPlace, UpdateCreate
from app.plans.statuses import Status
from app.risk.matrix import MatrixKind

REF = "PAP"


def load(loader: Loader) -> str:
    """Load the plan and its register; returns what was loaded, in words."""
    plan_id = loader.plan(
        PlanCreate(
            ref=REF,
            title="SEND priority action plan",
            kind=PlanKind.priority_action_plan,
            starts_on=date(2024, 4, 1),
            ends_on=date(2025, 9, 30),
        )
    )
    priority_ids = {
        row["ref"]: loader.priority(
            plan_id, PriorityCreate(ref=row["ref"], title=row["title"], statement=row["statement"])
        )
        for row in rows("halton-pap/priorities.csv")
    }
    places = list(_places(rows("halton-pap/actions.csv")))
    for places_of_one in loader.steps(places, "Priority action plan"):
        _load_action(loader, plan_id, priority_ids, places_of_one)
    risks = _load_register(loader, plan_id, priority_ids)
    return f"plan {REF} with {len(places)} actions and {risks} risks"


def _places(found: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows of each action: one, or several where it is shown under several priorities."""
    shared: dict[str, list[Row]] = {}
    for row in found:
        if key := row["cross_cutting_key"]:
            shared.setdefault(key, []).append(row)
        else:
            yield [row]
    yield from shared.values()


def _load_action(
    loader: Loader, plan_id: UUID, priority_ids: Mapping[str, UUID], places: Sequence[Row]
) -> None:
    """Add an action, let it begin on its start date and take its printed status on its progress date."""
    row = places[0]
    body = ActionCreate(
        title=row["title"],
        lead_id=loader.person(row["lead_role"], row["lead_organisation"]),
        responsible_body=row["lead_organisation"] or None,
        success_measure=row["success_measure"] or None,
        points=[PointPlace(priority_id=priority_ids[one["priority"]], ref=one["ref"]) for one in places],
        start_on=day(row["start_date"]),
        due_on=day(row["due_date"]),
        effective_on=ADDED_ON,
        reason=REASON,
    )
    action_id = loader.action(plan_id, body)
    status = Status(row["status"])
    if status is Status.not_started:
        return
    begun = UpdateCreate(status=Status.on_target, effective_on=day(row["start_date"]), reason=REASON)
    loader.update(action_id, begun)
    printed: dict[str, Any] = {"narrative": row["latest_progress"], "effective_on": day(row["progress_date"])}
    if status is Status.complete:
        printed["completed_on"] = day(row["completed_date"])
    loader.update(action_id, UpdateCreate(status=status, reason=REASON, **printed))


def _load_register(loader: Loader, plan_id: UUID, priority_ids: Mapping[str, UUID]) -> int:
    register_id = loader.register(
        RegisterCreate(ref=REF, title="SEND risk register", plan_id=plan_id, matrix=_matrix())
    )
    found = rows("halton-risk-register/register.csv")
    risk_ids = {
        row["ref"]: _load_risk(loader, register_id, priority_ids[row["priority"]], row) for row in found
    }
    for row in rows("halton-risk-register/management-actions.csv"):
        body = ManagementActionCreate(
            title=row["action"],
            lead_id=loader.person(row["lead_role"]),
            due_on=day(row["due_date"]),
            effective_on=ADDED_ON,
            reason=REASON,
        )
        loader.management_action(risk_ids[row["risk_ref"]], body)
    return len(found)


def _matrix() -> MatrixCreate:
    """The matrix as printed: its labels from the 25 cells, its bands from their scores."""
    cells = rows("halton-risk-register/matrix.csv")
    return MatrixCreate(
        kind=MatrixKind.scored,
        likelihood_labels=list(dict.fromkeys(cell["likelihood_label"] for cell in cells)),
        impact_labels=list(dict.fromkeys(cell["impact_label"] for cell in cells)),
        bands=[
            BandShape(
                name=band["band"],
                lowest=int(band["lowest_score_printed"]),
                highest=int(band["highest_score_printed"]),
            )
            for band in rows("halton-risk-register/bands.csv")
        ],
        # In force when the first risk was scored: ref 1, on the day it was opened.
        effective_on=min(day(row["opened"]) or ADDED_ON for row in rows("halton-risk-register/register.csv")),
    )


def _load_risk(loader: Loader, register_id: UUID, priority_id: UUID, row: Row) -> UUID:
    """Add a risk and assess it on the later of the days on which it was opened and last updated.

    Ref 1 was opened, and so assessed, before the day on which the others are added: it is added, with its
    first assessment, on the day it was opened.
    """
    opened, updated = day(row["opened"]), day(row["last_updated"])
    assessed_on = max(one for one in (opened, updated) if one)
    own: dict[str, Any] = {
        "ref": row["ref"],
        "description": row["description"],
        "opened_on": opened,
        "sro_id": loader.person(row["sro_role"]),
        "owner_id": loader.person(row["owner_role"]),
        "strategic_lead_ids": [loader.person(name) for name in row["strategic_lead_role"].split(" and ")],
        "priority_id": priority_id,
        "reason": REASON,
    }
    scored: dict[str, Any] = {
        "current": Pair(likelihood=int(row["current_likelihood"]), impact=int(row["current_impact"])),
        "target": Pair(likelihood=int(row["target_likelihood"]), impact=int(row["target_impact"])),
        "narrative": row["update"] or None,
        "effective_on": assessed_on,
    }
    if assessed_on < ADDED_ON:
        added = RiskCreate(**own, **scored, last_updated_on=updated)
        return loader.risk(register_id, added, row["controls"])
    risk_id = loader.risk(register_id, RiskCreate(**own, effective_on=ADDED_ON), row["controls"])
    loader.assess(risk_id, AssessmentCreate(reason=REASON, **scored))
    return risk_id
