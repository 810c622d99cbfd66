"""An action as its forms take it, and what they mean: lists and refs are typed in fields of their own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.web.forms import Form
from app.web.presenters.choices import chosen_of, is_one_of, numbered
from app.web.record_forms import Field

ON_A_DAY, ONGOING = "date", "ongoing"


def flat(
    action: Mapping[str, Any],
    priorities: Sequence[Mapping[str, Any]] = (),
    waits_for: Sequence[str] = (),
) -> dict[str, Any]:
    """An action with what the fields of these forms are called; ``waits_for`` are the refs it depends on."""
    refs = {str(one["priority_id"]): one["ref"] for one in action["points"]}
    due = action["due_on"]
    return {
        **action,
        **numbered("co_lead_ids", [one["id"] for one in action["co_leads"]]),
        **{f"points_{place}": refs.get(str(one["id"]), "") for place, one in enumerate(priorities)},
        "evidence_links": "\n".join(f"{one['title']} {one['url']}" for one in action["evidence_links"]),
        "due_on": due if isinstance(due, date) else None,
        "due_kind": ONGOING if due == ONGOING else ON_A_DAY,
        "depends_on": ", ".join(waits_for),
    }


def own_meant(form: Form, fields: Sequence[Field], found: Mapping[str, Any]) -> dict[str, Any]:
    """The input of ``change_action`` from what the fields state: lists are whole where anything differs."""
    meant = {
        name: value
        for name, value in found.items()
        if not is_one_of(name, "co_lead_ids") and name != "evidence_links"
    }
    if any(is_one_of(name, "co_lead_ids") for name in found):
        meant["co_lead_ids"] = chosen_of(form, "co_lead_ids", fields)
    if "evidence_links" in found:
        meant["evidence_links"] = _links(form)
    return meant


def _links(form: Form) -> list[dict[str, str]]:
    """The evidence, line by line; adds a problem to the form where a line has no web address."""
    links = []
    for number, line in enumerate((form.text("evidence_links") or "").splitlines(), start=1):
        words, _, address = line.strip().rpartition(" ")
        if not line.strip():
            continue
        if not address.startswith(("https://", "http://")):
            form.fault("evidence_links", f"End line {number} with a web address: https:// or http:// first")
        links.append({"title": words.strip(" ,:") or address, "url": address})
    return links


def facts_meant(
    form: Form,
    found: Mapping[str, Any],
    priorities: Sequence[Mapping[str, Any]],
    ids_by_ref: Mapping[str, Any],
) -> dict[str, Any]:
    """The dated facts that the fields state. ``ids_by_ref`` are the actions that refs of the plan name."""
    odd = ("due_on", "due_kind", "depends_on")
    meant = {
        name: value for name, value in found.items() if name not in odd and not is_one_of(name, "points")
    }
    if {"due_on", "due_kind"} & found.keys():
        meant["due_on"] = _due(form)
    if "depends_on" in found:
        meant["depends_on"] = _waits_for(form, ids_by_ref)
    if any(is_one_of(name, "points") for name in found):
        meant["points"] = [
            {"priority_id": one["id"], "ref": ref}
            for place, one in enumerate(priorities)
            if (ref := form.text(f"points_{place}"))
        ]
        if not meant["points"]:
            form.fault("points_0", "Give a ref under at least one of them")
    return meant


def _due(form: Form) -> Any:
    day = form.date("due_on", "Due date")
    if form.value("due_kind") != ONGOING:
        return day
    if day:
        form.fault("due_on", "Clear the due date: an ongoing action has a review date in its place")
    return ONGOING


def refs_typed(form: Form) -> list[str]:
    """The refs typed under "Waits for", each once."""
    typed = (form.text("depends_on") or "").replace("\n", ",").split(",")
    return list(dict.fromkeys(ref.strip() for ref in typed if ref.strip()))


def _waits_for(form: Form, ids_by_ref: Mapping[str, Any]) -> list[Any]:
    unknown = [ref for ref in refs_typed(form) if ids_by_ref.get(ref) is None]
    if unknown:
        form.fault("depends_on", f"There is no action {unknown[0]} in this plan")
    return [ids_by_ref[ref] for ref in refs_typed(form) if ids_by_ref.get(ref) is not None]


def point_fields(form: Form, priorities: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields of the points that were stated, in their order: where a fault of the n-th belongs."""
    return [f"points_{place}" for place in range(len(priorities)) if form.text(f"points_{place}")]
