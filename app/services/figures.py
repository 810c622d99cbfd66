"""Every figure and flag of a board report, in one plain form that the stored copy and a replay share.

A tree of dicts whose leaves are plain values; ``differing`` walks two of them side by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Figures = dict[str, Any]

PROGRESS = (
    "action_points",
    "distinct_actions",
    "withdrawn",
    "statuses",
    "complete_or_on_target",
    "flags",
    "sums_to_100",
)
ACTION = (
    "status",
    "withdrawn",
    "added_on",
    "completed_on",
    "start_on",
    "due_on",
    "original_due_on",
    "review_on",
    "forecast_on",
    "path_to_green",
    "impact_state",
    "impact_review_on",
    "depends_on",
    "flags",
)
RISK = (
    "state",
    "priority_id",
    "current",
    "target",
    "rating",
    "gap",
    "direction",
    "target_on",
    "target_rationale",
    "review_on",
    "review_overdue",
    "last_updated_on",
    "added_on",
)
MANAGEMENT_ACTION = ("status", "due_on", "overdue", "added_on")


def figures_of(content: Mapping[str, Any]) -> Figures:
    """The figures and flags that a report's content holds; the content as plain JSON-able values."""
    priorities = content["priorities"]
    listed = [
        one
        for priority in priorities
        for name in ("actions", "withdrawn_actions")
        for one in priority.get(name, ())
    ]
    risks = [one for section in (*priorities, content["general"]) for one in section["risks"]]
    managed = [one for risk in risks for one in risk["management_actions"]]
    registers = content.get("registers", ())
    return {
        "overall": _only(content["overall"]["progress"], PROGRESS),
        "priorities": {one["id"]: _only(one["progress"], PROGRESS) for one in priorities},
        "actions": {one["id"]: _action(one) for one in listed},
        "risks": {one["id"]: _risk(one) for one in risks},
        "management_actions": {one["id"]: _only(one, MANAGEMENT_ACTION) for one in managed},
        "heat_maps": {one["id"]: heat_map_figures(one["heat_map"]) for one in registers},
        "changes": _changes(content["changes"]) if "changes" in content else {},
        "falls_due": sorted(one["id"] for one in content.get("falls_due", {}).get("actions", ())),
        "findings": {
            finding_key(one["check"], one["subject"]["id"]): one["severity"]
            for one in content.get("data_quality", {}).get("findings", ())
        },
    }


def _changes(found: Mapping[str, Any]) -> dict[str, Any]:
    """Which actions and risks each kind of change names, and what came to and left each status."""
    return {
        "earlier": _only(found["earlier"], PROGRESS),
        "statuses": found["statuses"],
        **{
            f"{noun}_{kind}": sorted(str(one["id"]) for one in told["items"])
            for noun in ("actions", "risks")
            for kind, told in found[noun].items()
        },
    }


def finding_key(check: str, subject_id: object) -> str:
    """What tells one finding from another: the check, and the record that it is about."""
    return f"{check} {subject_id}"


def _only(found: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: found[name] for name in names}


def _action(one: Mapping[str, Any]) -> dict[str, Any]:
    update = one["latest_update"]
    return {
        **_only(one, ACTION),
        "points": {point["priority_id"]: point["ref"] for point in one["points"]},
        "narrative": update and update["id"],
    }


def _risk(one: Mapping[str, Any]) -> dict[str, Any]:
    accepted, narrative = one["accepted"], one["latest_narrative"]
    return {
        **_only(one, RISK),
        "accepted_by": accepted and accepted["by"]["id"],
        "accepted_until": accepted and accepted["until"],
        "accepted_at": accepted and accepted["assessment_id"],
        "narrative": narrative and narrative["id"],
    }


def heat_map_figures(grid: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of a heat map answer, and which risks are in which cell."""

    def ids(found: Sequence[Mapping[str, Any]]) -> list[str]:
        return sorted(str(one["id"]) for one in found)

    return {
        "matrix_version": grid["matrix"]["matrix_version"],
        "bands": {one["band"]: one["count"] for one in grid["bands"]},
        "cells": {
            f"{cell['likelihood']} x {cell['impact']}, {side}": ids(cell[side])
            for cell in grid["cells"]
            for side in ("current", "target")
            if cell[side]
        },
        "not_scored": ids(grid["not_scored"]),
        "other_matrix": ids(grid["other_matrix"]),
        "closed": grid["closed"],
    }


def differing(
    one: Mapping[str, Any], other: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Every place where two trees differ, with the value of each; None where one has nothing there."""
    for name in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(name), other.get(name)
        if mine == theirs:
            continue
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from differing(mine, theirs, (*path, name))
        else:
            yield (*path, name), mine, theirs
