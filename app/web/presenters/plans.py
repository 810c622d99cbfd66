"""What the pages of plans and priorities show."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.charts.bars import Bar, status_bar
from app.charts.over_time import over_time as over_time_chart
from app.charts.scales import steps_of
from app.models.plans import PlanKind
from app.plans.statuses import Status
from app.sentences import progress as words
from app.sentences.progress import place_label
from app.sentences.risks import risk_section
from app.web.presenters import steps
from app.web.presenters.action_filter import Asked
from app.web.presenters.action_list import ActionList, WithdrawnList
from app.web.presenters.actions import Fact
from app.web.presenters.choose_updates import choose_url
from app.web.presenters.compared import compared
from app.web.presenters.dates import long_date
from app.web.presenters.lists import tools, url
from app.web.presenters.plan_forms import KIND_LABELS
from app.web.presenters.progress import missed_of, priority_rows, scope, total_row
from app.web.presenters.risks import Moved, Rating, moved, now_of, rating
from app.web.presenters.text import headline, name_or
from app.web.visits import Visit

History = Sequence[tuple[date, Mapping[Status, int]]]
"""The counts of action points by status that a chart draws, day by day."""


class PlanRow(NamedTuple):
    """A plan in the list of plans."""

    href: str
    name: str
    about: str
    lead: str
    bar: Bar | None


class PriorityRisk(NamedTuple):
    """A risk to a priority: its score, target and gap."""

    href: str
    ref: str
    name: str
    now: Rating
    target: str
    gap: str
    moved: Moved


def plan_row(place: int, plan: Mapping[str, Any], progress: Mapping[str, Any], query: str) -> PlanRow:
    """A plan with its progress in one sentence and a bar."""
    overall = progress["overall"]
    return PlanRow(
        href=f"/plans/{plan['id']}{query}",
        name=plan["title"],
        about=plan_about(plan),
        lead=words.lead(overall),
        bar=status_bar(f"plan{place}", plan["title"], overall),
    )


def plan_about(plan: Mapping[str, Any]) -> str:
    """Kind and span of a plan: "Priority action plan, 1 April 2024 to 30 September 2025"."""
    kind = KIND_LABELS[PlanKind(plan["kind"])]
    return ", ".join(words for words in (kind, plan_span(plan)) if words)


def plan_span(plan: Mapping[str, Any]) -> str:
    """First and last day of a plan, as far as they are recorded: "1 April 2024 to 30 September 2025"."""
    starts, ends = plan["starts_on"], plan["ends_on"]
    if starts and ends:
        return f"{long_date(starts)} to {long_date(ends)}"
    if starts:
        return f"from {long_date(starts)}"
    return f"until {long_date(ends)}" if ends else ""


def plans_page(
    visit: Visit, plans: Sequence[Mapping[str, Any]], progress: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The list of plans."""
    rows = [
        plan_row(place, plan, answer, visit.query)
        for place, (plan, answer) in enumerate(zip(plans, progress, strict=True), start=1)
    ]
    return {
        "section": "plans",
        "heading": "Plans",
        "at": visit.position(),
        "rows": rows,
        "rounding_note": words.rounding_note(*(answer["overall"] for answer in progress)),
        "steps": steps.of_plans(visit),
        "add_url": "" if rows else steps.add_plan_url(visit),
        "tools": tools(visit.path, visit.days),
    }


def plan_page(
    visit: Visit,
    plan: Mapping[str, Any],
    progress: Mapping[str, Any],
    asked: Asked,
    actions: ActionList,
    withdrawn: WithdrawnList | None,
    before: Mapping[str, Any] | None,
    over_time: History | None,
    registers: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A plan: progress by priority, then all its actions.

    ``before`` is progress on the day that it is compared with; ``over_time`` what the chart draws.
    """
    label = plan["priority_label"]
    then = before and before["overall"]
    parts = [*progress["priorities"], *(before["priorities"] if before else [])]
    return {
        "section": "plans",
        "heading": plan["title"],
        "about": plan_about(plan),
        "at": visit.position((*asked.pairs, *asked.sort_pairs)),
        "progress": scope("plan", plan["ref"], plan["title"], progress["overall"], (), then, parts),
        "compared": compared(visit, plan["id"], "", then, progress["overall"]),
        **_chart(visit, "The whole plan", over_time),
        "priority_label": label.capitalize(),
        "rows": priority_rows(progress["priorities"], visit.query, before),
        "total": total_row(progress["overall"], before=before),
        "several_url": choose_url(visit, plan["id"], asked),
        "actions": actions,
        "withdrawn": withdrawn,
        "beside": [
            *((one["title"], f"/registers/{one['id']}{visit.query}") for one in registers),
            ("Board periods", f"/periods?plan={plan['id']}"),
        ],
        "reconcile_href": f"/reconcile?plan={plan['id']}",
        "steps": steps.of_plan(visit, plan, len(progress["priorities"])),
    }


def priority_page(
    visit: Visit,
    priority: Mapping[str, Any],
    plan: Mapping[str, Any],
    progress: Mapping[str, Any],
    overdue: Sequence[Mapping[str, Any]],
    asked: Asked,
    actions: ActionList,
    withdrawn: WithdrawnList | None,
    before: Mapping[str, Any] | None,
    over_time: History | None,
) -> dict[str, Any]:
    """A priority: facts, progress, actions; ``before`` and ``over_time`` as for a plan."""
    places = [one["id"] for one in progress["priorities"]]
    mine = progress["priorities"][places.index(priority["id"])]
    number = places.index(priority["id"]) + 1
    then = before and before["priorities"][number - 1]
    label = place_label(plan["priority_label"], priority["ref"], number)
    return {
        "section": "plans",
        "heading": priority["title"],
        "place": _place(label, priority["ref"], number, len(places)),
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "at": visit.position((*asked.pairs, *asked.sort_pairs)),
        "facts": _facts(priority, mine),
        "statement": priority["statement"],
        "progress": scope("priority", label, label, mine, missed_of(overdue, str(priority["id"])), then),
        "compared": compared(visit, plan["id"], priority["id"], then, mine),
        **_chart(visit, label, over_time),
        "several_url": choose_url(visit, priority["plan_id"], asked, priority["id"]),
        "actions": actions,
        "withdrawn": withdrawn,
        "steps": steps.of_priority(visit, priority, plan, mine["distinct_actions"]),
    }


def _facts(priority: Mapping[str, Any], progress: Mapping[str, Any]) -> list[Fact]:
    """Who answers for a priority, and what it counts."""
    counted = ", ".join(
        part if place == 0 else part[:1].lower() + part[1:]
        for place, part in enumerate(words.counted(progress).rstrip(".").split(". "))
    )
    return [
        ("Senior responsible officer", name_or(priority["sro"], "Not recorded"), ""),
        ("Responsible bodies", priority["responsible_bodies"] or "Not recorded", ""),
        ("Actions", counted, ""),
    ]


def _place(label: str, ref: str, number: int, places: int) -> str:
    """Where a priority stands: "Priority 2 of 5 (PAP 2)", "Workstream 1b, number 2 of 9"."""
    if label.endswith(f" {ref}"):
        return f"{label}, number {number} of {places}"
    return f"{label} of {places} ({ref})"


def _chart(visit: Visit, scope: str, history: History | None) -> dict[str, Any]:
    """The chart over time, or the address that asks for it."""
    days = [pair for pair in visit.days if pair[1]]
    return {
        "chart": over_time_chart("over-time-chart", scope, history) if history is not None else None,
        "chart_url": url(visit.path, [*days, ("chart", "1")], "over-time") if history is None else "",
    }


def risks_of(
    visit: Visit,
    risks: Sequence[Mapping[str, Any]],
    bands: Mapping[UUID, Sequence[str]],
    plan: Mapping[str, Any],
) -> dict[str, Any]:
    """The risks to a priority that are not closed, highest first, coloured by their own register's bands."""
    step = {register_id: steps_of(names) for register_id, names in bands.items()}
    return {
        "risks_words": risk_section(risks, to=f"this {plan['priority_label']}"),
        "risks": [
            PriorityRisk(
                href=f"/risks/{one['id']}{visit.query}",
                ref=one["ref"],
                name=headline(one["description"]),
                now=rating(now_of(one), step.get(one["register_id"], {})),
                target=rating(one["target"], {}).text if one["target"] else "",
                gap="" if one["gap"] is None else str(one["gap"]),
                moved=moved(one, visit.since),
            )
            for one in risks
        ],
    }
