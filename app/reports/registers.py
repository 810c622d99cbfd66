"""The registers of a report: what they are called where they are several, and their risks, worst first."""

from collections.abc import Mapping
from typing import Any

from app.charts.scales import steps_of
from app.reports.values import named


def names(content: Mapping[str, Any]) -> dict[str, str]:
    """What each register is called, by its id: "RR Risk register"; none where there is only one."""
    found = content.get("registers", ())
    return {one["id"]: named(one) for one in found} if len(found) > 1 else {}


def sentences(content: Mapping[str, Any]) -> list[str]:
    """Where the risks of each register stand, after its name where there are several."""
    called = names(content)
    return [
        f"{called[one['id']]}: {one['sentence']}" if called else one["sentence"]
        for one in content.get("registers", ())
    ]


def every_risk(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The risks under each priority in turn, then the general ones."""
    return [*(one for each in content["priorities"] for one in each["risks"]), *content["general"]["risks"]]


def worst_first(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every risk, by how severe its band is, so that one without scores is told beside the others."""
    step = {
        (register["id"], band): step
        for register in content.get("registers", ())
        for matrix in register["matrices"]
        for band, step in steps_of([one["name"] for one in matrix["bands"]]).items()
    }
    return sorted(every_risk(content), key=lambda one: _severity(one, step), reverse=True)


def _severity(one: Mapping[str, Any], step: Mapping[tuple[str, str], int]) -> tuple[int, int]:
    now = one["current"] or one["rating"]
    if not now:
        return 0, 0
    return step.get((one["register_id"], now["band"]), 0), now.get("score") or 0
