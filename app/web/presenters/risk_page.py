"""What the pages of one risk show: scores, controls, actions, history, and the assess form."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.access.roles import Operation, may
from app.charts.history import history
from app.charts.scales import steps
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import ALLOWED_MOVES, STATE_AFTER, RiskState
from app.services.registers import matrix_of
from app.web.presenters import corrections
from app.web.presenters.assessments import assessed, assessment_rows, removal
from app.web.presenters.data_quality import flags_of_risk, section
from app.web.presenters.dates import long_date, overdue_words, short_date
from app.web.presenters.risk_steps import STEPS
from app.web.presenters.risks import (
    bands_in_words,
    moved,
    now_of,
    pair_words,
    rating,
    risk_facts,
    risk_flags,
    score_boxes,
)
from app.web.presenters.text import LONGEST_HEADLINE, LONGEST_TITLE, beyond, headline, name_or
from app.web.visits import Visit

SAVED = {
    "already": "This assessment was saved already, so it stands once in the table under “Score over time”.",
    "added": "The risk is added to the register.",
    "changed": "The risk is saved.",
    "corrected": "The correction is saved. What it corrects stays under “Score over time”, struck through.",
    "moved": "The risk is moved.",
    "control": "The control is saved.",
    "management": "The management action is saved.",
    "updated": "The update of the management action is saved.",
    **{STATE_AFTER[name].value: step.saved for name, step in STEPS.items()},
}
_ASSESSED = "Your assessment is saved. It is in the table under “Score over time”."


class ManagementRow(NamedTuple):
    """A management action in the table. ``status`` "" is shown as "Not stated"."""

    title: str
    lead: str
    due: str
    flag: str
    status: str
    href: str


class Edits(NamedTuple):
    """What may be done with the risk, as links: about itself, its state, its controls and its actions."""

    own: list[tuple[str, str]]
    steps: list[tuple[str, str]]
    control: str
    action: str


def risk_page(
    visit: Visit,
    risk: Mapping[str, Any],
    register: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    controls: Sequence[Mapping[str, Any]],
    actions: Sequence[Mapping[str, Any]],
    may_assess: bool,
    priority_label: str,
    findings: Sequence[Mapping[str, Any]],
    *,
    saved: str,
) -> dict[str, Any]:
    """A risk with all that is recorded of it on the day."""
    matrix = matrix_of(register["matrix"])
    return {
        "section": "risks",
        "ref": risk["ref"],
        "register": (register["title"], f"/registers/{register['id']}{visit.query}"),
        "at": visit.position(),
        "boxes": score_boxes(risk, matrix, removal(entries, matrix, visit.day)),
        "moved": moved(risk, visit.since) if matrix.kind is MatrixKind.scored else None,
        "loud": (*risk_flags(risk, visit.day), *flags_of_risk(findings)),
        "quality": section(visit, findings),
        "facts": risk_facts(risk, visit.query, priority_label),
        "controls": _controls(controls, in_place=True),
        "ended": _controls(controls, in_place=False),
        "edits": _edits(visit, risk, register),
        "actions": [_management_row(one, visit.day) for one in actions],
        "nothing_planned": _nothing_planned(risk),
        "assess_url": f"/risks/{risk['id']}/assess" if may_assess else "",
        "saved": saved if saved == "told" else SAVED.get(saved, _ASSESSED if saved else ""),
        **_texts(risk),
        **_over_time(visit, risk, matrix, entries, corrections.of_risk(visit, entries, may_assess)),
    }


def _texts(risk: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the risk in words."""
    description, latest = risk["description"], risk["latest_narrative"]
    return {
        "heading": headline(description, LONGEST_TITLE),
        "is_long": len(description) > LONGEST_HEADLINE,
        "title": f"{risk['ref']} {headline(description, 70)}",
        "description": beyond(description, LONGEST_TITLE),
        "effect": risk["effect"],
        "rationale": risk["target_rationale"],
        "latest": latest["narrative"] if latest else "",
        "latest_on": long_date(latest["effective_on"]) if latest else "",
    }


def _over_time(
    visit: Visit,
    risk: Mapping[str, Any],
    matrix: Matrix,
    entries: Sequence[Mapping[str, Any]],
    correct: Mapping[Any, str],
) -> dict[str, Any]:
    """The chart of the scores, where there are any, and the table that is its text."""
    is_scored = matrix.kind is MatrixKind.scored
    target = risk["target"]["score"] if risk["target"] else None
    points = assessed(entries, matrix, visit.day) if is_scored else []
    return {
        "chart": history("scores", risk["ref"], matrix, points, target, visit.day) if points else None,
        "rows": assessment_rows(entries, matrix, visit.day, correct),
        "is_scored": is_scored,
    }


def _controls(found: Sequence[Mapping[str, Any]], *, in_place: bool) -> list[tuple[str, str]]:
    """Those in place, or those that have ended: what each says, and the form that changes it."""
    return [
        (one["description"], f"/controls/{one['id']}/edit") for one in found if one["in_place"] is in_place
    ]


def _management_row(one: Mapping[str, Any], day: date) -> ManagementRow:
    due, status = one["due_on"], one["status"]
    late = overdue_words(due, day) if one["overdue"] else ""
    return ManagementRow(
        title=one["title"],
        lead=name_or(one["lead"], "No lead"),
        due=short_date(due) if due else "",
        flag=late or ("" if due else "No due date"),
        status=str(status or ""),
        href=f"/management-actions/{one['id']}",
    )


def _edits(visit: Visit, risk: Mapping[str, Any], register: Mapping[str, Any]) -> Edits | None:
    """What an editor may do, on the page as at today: forms always change the present."""
    if visit.as_at or not may(visit.who, Operation.edit):
        return None
    href, state = f"/risks/{risk['id']}", RiskState(risk["state"])
    own = [("Change this risk", f"{href}/edit")]
    if register["plan_id"] is not None and state is not RiskState.closed:
        own.append(("Move it to another priority", f"{href}/move"))
    return Edits(
        own=own,
        steps=[(step.link, f"{href}/{name}") for name, step in STEPS.items() if state in ALLOWED_MOVES[name]],
        control=f"{href}/controls/new",
        action=f"{href}/management-actions/new",
    )


def _nothing_planned(risk: Mapping[str, Any]) -> str:
    if risk["gap"] is None or risk["gap"] <= 0 or risk["state"] == RiskState.closed:
        return "No management actions recorded."
    return f"No management actions recorded. Nothing is planned that would close the gap of {risk['gap']}."


def assess_aside(risk: Mapping[str, Any], matrix: Matrix) -> dict[str, Any]:
    """What stands beside the assess form: the risk as it is, and the bands."""
    step = steps(matrix)
    now, target = now_of(risk), risk["target"]
    return {
        "now": rating(now, step),
        "now_why": pair_words(now, matrix) if now and "likelihood" in now else "",
        "target": rating(target, step) if target else None,
        "target_why": pair_words(target, matrix) if target else "",
        "target_on": long_date(risk["target_on"]) if risk["target_on"] else "",
        "bands": bands_in_words(matrix),
    }
