"""What may be done with a plan, a priority or an action, as links; only for those who may do it."""

from collections.abc import Mapping
from typing import Any

from app.access.roles import Operation, may
from app.web.presenters.plan_forms import labelled
from app.web.presenters.said import Said
from app.web.visits import Visit

Steps = list[tuple[str, str]]
SAID = {
    "plan": {
        "added": Said("The plan is added. Add its priorities next."),
        "copied": Said("The plan is copied. Every action in it begins as not started."),
        "changed": Said("The plan is changed."),
        "order": Said("The new order is saved."),
        "deleted": Said("It is deleted. What it was stays in the history of the plan."),
    },
    "plans": {"deleted": Said("The plan is deleted. What it was stays in the journal.")},
    "priority": {
        "added": Said("It is added. Add its actions next."),
        "changed": Said("The changes are saved."),
        "order": Said("The new order is saved. It holds from today on."),
    },
    "action": {
        "added": Said("The action is added."),
        "changed": Said("The action is changed."),
        "dates": Said("The dates and the impact are recorded."),
        "points": Said("The action points are recorded."),
        "corrected": Said("The correction is saved. What it corrects stays in the history, struck through."),
        "withdrawn": Said("The action is withdrawn. It can be reinstated."),
        "reinstated": Said("The action is reinstated. It counts again."),
    },
}
"""What has just been done, by the record and by what the address says."""


def of_plans(visit: Visit) -> Steps:
    """Beside the list of plans; everybody may see the people."""
    href = add_plan_url(visit)
    return [*([("Add a plan", href)] if href else []), ("People", "/people")]


def add_plan_url(visit: Visit) -> str:
    """The address of the form that adds a plan; "" for who may not."""
    return "/plans/new" if may(visit.who, Operation.edit) else ""


def of_plan(visit: Visit, plan: Mapping[str, Any], priorities: int) -> Steps:
    """On the page of a plan."""
    if not may(visit.who, Operation.edit):
        return []
    path, label = f"/plans/{plan['id']}", plan["priority_label"]
    steps = [("Edit the plan", f"{path}/edit"), (f"Add a {label}", f"{path}/priorities/new")]
    if priorities:
        steps.append(("Add an action", f"{path}/actions/new"))
    if priorities > 1:
        steps.append((f"Order of the {labelled(label)}", f"{path}/order"))
    return [*steps, ("Copy the plan", f"{path}/copy")]


def of_priority(visit: Visit, priority: Mapping[str, Any], plan: Mapping[str, Any], actions: int) -> Steps:
    """On the page of a priority."""
    if not may(visit.who, Operation.edit):
        return []
    path = f"/priorities/{priority['id']}"
    steps = [
        (f"Edit the {plan['priority_label']}", f"{path}/edit"),
        ("Add an action", f"/plans/{plan['id']}/actions/new?priority={priority['id']}"),
    ]
    return [*steps, ("Order of the actions", f"{path}/order")] if actions > 1 else steps


def of_action(visit: Visit, action: Mapping[str, Any], may_update: bool) -> Steps:
    """On the page of an action. One that is withdrawn can be reinstated and copied, and no more."""
    path = f"/actions/{action['id']}"
    is_editor = may(visit.who, Operation.edit)
    steps = [("Edit the action", f"{path}/edit")] if is_editor else []
    if may_update:
        steps.append(("Change dates and impact", f"{path}/dates"))
    if is_editor and not action["withdrawn"]:
        steps.append(("Change its action points", f"{path}/points"))
    if is_editor:
        word = "Reinstate" if action["withdrawn"] else "Withdraw"
        steps += [("Copy the action", f"{path}/copy"), (f"{word} the action", f"{path}/withdrawal")]
    return steps
