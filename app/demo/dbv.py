"""Halton's Delivering Better Value programme, the 148 milestones of its workstreams, and its rated risks."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.demo.loader import ADDED_ON, REASON, Loader, Row, first_day, last_day, rows
from app.models.actions import ActionCreate
from app.models.plans import PlanCreate, PlanKind
from app.models.priorities import PriorityCreate
from app.models.registers import BandShape, MatrixCreate, RegisterCreate
from app.models.risks import RiskCreate
from app.models.updates import PointPlace
from app.risk.matrix import MatrixKind

REF = "DBV"
NO_TEXT = "(no text printed)"
# Ends of milestones that are no dates.
ONGOING = ("ongoing", "termly")
# The workstreams that the thirteen risks stand under, in the order of the papers.
RISK_WORKSTREAMS = ("1b", "1b", "1b", "1a", "1a", "1a", "1c", "1d", "1e", "2", "2", "2c", "2d")


def load(loader: Loader) -> str:
    """Load the programme and its register; returns what was loaded, in words."""
    plan_id = loader.plan(
        PlanCreate(
            ref=REF,
            title="Delivering Better Value in SEND",
            kind=PlanKind.grant_programme,
            starts_on=date(2024, 4, 1),
        )
    )
    milestones = rows("halton-dbv/milestones.csv")
    titles = {_workstream(row): row["workstream"] for row in milestones}
    workstream_ids = {
        ref: loader.priority(plan_id, PriorityCreate(ref=ref, title=title)) for ref, title in titles.items()
    }
    # The other rows are the phases themselves: they are the phase of the rest.
    found = [row for row in milestones if row["is_phase_row"] == "no"]
    for row in loader.steps(found, "Grant programme"):
        loader.action(plan_id, _milestone(workstream_ids[_workstream(row)], row))
    risks = _load_register(loader, plan_id, workstream_ids)
    return f"programme {REF} with {len(found)} actions and {risks} risks"


def _workstream(row: Row) -> str:
    # 2a and 2b are one table in the papers, and a ref has no slash.
    return "2" if row["workstream_ref"] == "2a/2b" else row["workstream_ref"]


def _milestone(workstream_id: UUID, row: Row) -> ActionCreate:
    """A milestone as printed: months become days, a missing date stays missing."""
    ongoing = row["end_text"].lower() in ONGOING
    return ActionCreate(
        title=row["milestone"] or NO_TEXT,
        phase=row["phase"],
        points=[PointPlace(priority_id=workstream_id, ref=f"{_workstream(row)}.{row['row_no']}")],
        start_on=first_day(row["start_month"]),
        due_on="ongoing" if ongoing else last_day(row["end_month"]),
        effective_on=ADDED_ON,
        reason=REASON,
    )


def _load_register(loader: Loader, plan_id: UUID, workstream_ids: Mapping[str, UUID]) -> int:
    bands = [BandShape(name=name) for name in ("L", "M", "H")]
    matrix = MatrixCreate(kind=MatrixKind.named, bands=bands, effective_on=ADDED_ON)
    register_id = loader.register(
        RegisterCreate(ref=REF, title="Delivering Better Value risks", plan_id=plan_id, matrix=matrix)
    )
    found = rows("halton-dbv/programme-risks.csv")
    for row, workstream in zip(found, RISK_WORKSTREAMS, strict=True):
        body = RiskCreate(
            ref=row["no"],
            description=row["risk_description"],
            effect=row["impact"] or None,
            owner_id=loader.person(row["manager_role"]),
            rating=row["rating"],
            review_on=last_day(row["review_month"]),
            priority_id=workstream_ids[workstream],
            effective_on=ADDED_ON,
            reason=REASON,
        )
        loader.risk(register_id, body, row["controls"])
    return len(found)
