"""Periods on pages: their names and states in words, and the list of a plan."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from app.errors import invalid
from app.models.periods import PeriodState
from app.plans.cadence import weekend_day
from app.sentences import periods as period_words
from app.sentences.words import plural
from app.web.presenters import lists
from app.web.presenters.dates import PeriodLine, long_date, long_or, short_date
from app.web.presenters.steps import add_plan_url
from app.web.visits import Visit

STATES = {
    PeriodState.draft: "Draft, not yet published",
    PeriodState.in_review: "In review, not yet published",
    PeriodState.published: "Published",
}

period_name = period_words.period_name


NEWEST, OLDEST = "-first_day", "first_day"


class PeriodRow(NamedTuple):
    """A period in the list of its plan."""

    href: str
    name: str
    ref: str
    days: str
    meeting: str
    state: str
    note: str
    differs_url: str
    """Where it is said what was recorded since that may have changed its figures; "" where nothing was."""


class Proposal(NamedTuple):
    """A period that the cadence proposes; ``href`` opens the form filled in, "" for who may not add one."""

    name: str
    days: str
    meeting: str
    href: str


def state_words(period: Mapping[str, Any]) -> str:
    """The state in words: "Draft, not yet published", "Published on 1 July 2024"."""
    published = period["published"]
    if published:
        return f"Published on {long_date(published['on'])}"
    return STATES[PeriodState(period["state"])]


def period_line(period: Mapping[str, Any] | None) -> PeriodLine | None:
    """The period for the line under a heading: "Period: May and June 2024, not yet published."."""
    if period is None:
        return None
    state = "published" if period["state"] == PeriodState.published else "not yet published"
    return PeriodLine(period_name(period), f"/periods/{period['id']}", state)


def periods_page(
    plans: Sequence[Mapping[str, Any]],
    plan: Mapping[str, Any],
    periods: Mapping[str, Any],
    cadence: Mapping[str, Any],
    differing: Collection[UUID],
    *,
    may_edit: bool,
    saved: str = "",
    since: date | None = None,
    sort: str = NEWEST,
) -> dict[str, Any]:
    """The periods of a plan, newest first, and what its cadence proposes next, or from the day ``since`` on.

    ``differing`` are the ids of those whose figures may have come to differ since they were published.
    """
    items = periods["items"]
    of_plan, order = [("plan", str(plan["id"]))], [("sort", sort if sort != NEWEST else "")]
    new_url = f"/plans/{plan['id']}/periods/new"
    return {
        "section": "periods",
        "heading": "Board periods",
        "plan": (plan["title"], f"/plans/{plan['id']}"),
        "others": [(one["title"], f"/periods?plan={one['id']}") for one in plans if one["id"] != plan["id"]],
        "rows": [_row(period, period["id"] in differing) for period in items],
        "columns": lists.columns("/periods", of_plan, sort, {"first_day": "Days"}),
        "tools": lists.tools("/periods", [*of_plan, *order]),
        "more": f"{len(items)} of {periods['total']} periods. Download them to see all."
        if periods["next"]
        else "",
        "is_empty": not items,
        "plan_id": str(plan["id"]),
        "since": since.isoformat() if since else "",
        "next": f"By the board’s cadence from {long_date(since)}" if since else "Next by the board’s cadence",
        "has_cadence": cadence["kind"] is not None,
        "proposals": [_proposal(one, new_url if may_edit else "") for one in cadence["proposed"]],
        "new_url": new_url if may_edit else "",
        "saved": saved,
        "cadence_url": f"/plans/{plan['id']}/cadence" if may_edit else "",
    }


def sort_asked(typed: Mapping[str, str]) -> str:
    """The order that an address asks for. Raises Invalid for one that no page offers."""
    sort = typed.get("sort", "") or NEWEST
    if sort not in (NEWEST, OLDEST):
        raise invalid("/sort", "Choose an order from the list.")
    return sort


def no_plans_page(visit: Visit) -> dict[str, Any]:
    """The list of periods in an area without plans."""
    return {"section": "periods", "heading": "Board periods", "add_url": add_plan_url(visit)}


def _row(period: Mapping[str, Any], differs: bool) -> PeriodRow:
    errata = period["errata"]
    return PeriodRow(
        href=f"/periods/{period['id']}",
        name=period_name(period),
        ref=period["ref"],
        days=f"{short_date(period['first_day'])} to {short_date(period['last_day'])}",
        meeting=long_or(period["meeting_on"], "Not recorded"),
        state=state_words(period),
        note=f"{errata} {plural(errata, 'erratum', 'errata')}" if errata else "",
        differs_url=f"/periods/{period['id']}#known" if differs else "",
    )


def _proposal(one: Mapping[str, Any], new_url: str) -> Proposal:
    names = ("ref", "title", "first_day", "last_day", "meeting_on")
    query = urlencode({name: str(one[name]) for name in names if one[name]})
    return Proposal(
        name=one["title"],
        days=f"{long_date(one['first_day'])} to {long_date(one['last_day'])}",
        meeting=_meeting(one["meeting_on"]),
        href=f"{new_url}?{query}" if new_url else "",
    )


def _meeting(day: date | None) -> str:
    """When the board would meet, and that it is a Saturday or Sunday where it is."""
    if day is None:
        return ""
    weekend = weekend_day(day)
    return f"Board meeting on {long_date(day)}{f', a {weekend}' if weekend else ''}."
