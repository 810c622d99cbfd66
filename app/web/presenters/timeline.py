"""What the timeline of a plan shows: the actions of each priority on one scale of days, and the burn-up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.charts.burn_up import BurnUp, burn_up
from app.charts.gantt import Bar, Span, bar, scale
from app.errors import invalid
from app.plans.statuses import STATUS_LABELS, Status
from app.sentences.progress import place_label
from app.sentences.words import listed, plural, two_days
from app.services.timelines import Timeline
from app.web.presenters import lists
from app.web.presenters.action_list import none_counts
from app.web.presenters.dates import days_between, long_date, short_date
from app.web.presenters.lists import url
from app.web.presenters.plans import History
from app.web.visits import Visit

DUE = "due"
ANCHOR = "actions"
_SHOWN = (("", "All actions"), (DUE, "Late or falling due"))


class Asked(NamedTuple):
    """What the address asks for: ``priority`` is an id or "" for all, ``show`` "due" or "" for all."""

    priority: str
    show: str

    @property
    def priority_id(self) -> UUID | None:
        """The priority whose actions alone are drawn."""
        return UUID(self.priority) if self.priority else None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters, to be kept by links."""
        return [("priority", self.priority), ("show", self.show)]


class TimelineRow(NamedTuple):
    """An action under a priority: its bar (None without a date), and the same in words."""

    href: str
    name: str
    status: str
    bar: Bar | None
    start: str
    due: str
    note: str


class Group(NamedTuple):
    """A priority with its rows."""

    id: str
    heading: str
    href: str
    rows: list[TimelineRow]
    described: str


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(typed.get("priority", ""), typed.get("show", ""))
    if asked.show not in ("", DUE):
        raise invalid("/show", "Choose what to show from the list.")
    if asked.priority:
        try:
            UUID(asked.priority)
        except ValueError:
            raise invalid("/priority", "Choose a priority from the list.") from None
    return asked


def timeline_page(
    visit: Visit,
    plan: Mapping[str, Any],
    priorities: Sequence[Mapping[str, Any]],
    found: Timeline,
    asked: Asked,
    until: date | None,
    history: History,
) -> dict[str, Any]:
    """The timeline; ``until`` is the day that "falling due" reaches to, None where all is shown."""
    items = found.items
    spans = [_span(item) for item in items]
    on = scale(spans, plan["starts_on"], plan["ends_on"], visit.day)
    bars = [bar(span, on, visit.day) for span in spans]
    counts = [(on_day, sum(one.values()), one[Status.complete]) for on_day, one in history]
    chart = burn_up("burn-up", counts, found.due, plan["ends_on"])
    return {
        "section": "plans",
        "heading": "Timeline",
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "at": visit.position(tuple(pair for pair in asked.pairs if pair[1])),
        "filters": _filters(visit, plan, priorities, asked),
        "shown": _shown(items, until),
        "cut": f"Only the first {len(items)} are drawn: choose one {plan['priority_label']}."
        if found.is_cut
        else "",
        "scale": on,
        "span": two_days(on.first, on.last, "to"),
        "day": long_date(visit.day),
        "groups": _groups(visit, plan, priorities, items, bars),
        "nothing": _nothing(asked, until, all_withdrawn=found.all_withdrawn),
        "burn_up": chart,
        "burn_up_words": _burn_up_words(visit, chart),
        "burn_up_note": _burn_up_note(visit, chart),
    }


def _burn_up_words(visit: Visit, chart: BurnUp | None) -> str:
    """What the chart comes to: "17 of 93 action points are complete. 16 were due by 30 June 2024."."""
    if chart is None:
        return ""
    now = next(one for one in chart.months if one.day == visit.day)
    if not now.total:
        return f"There are no actions on {long_date(visit.day)}."
    complete = (
        f"{now.complete} of {now.total} action points {plural(now.complete or 0, 'is', 'are')} complete."
    )
    return f"{complete} {now.due} {plural(now.due, 'was', 'were')} due by {long_date(visit.day)}."


def _burn_up_note(visit: Visit, chart: BurnUp | None) -> str:
    """By which day's actions the chart says what is due."""
    if chart is None:
        return ""
    past = (
        "What was due by each day is counted by the actions and due dates of that day: "
        "it can fall where dates were moved or actions withdrawn."
    )
    is_over = chart.months[-1].day == visit.day
    return past if is_over else f"{past} Days to come are counted by those of {long_date(visit.day)}."


def _filters(
    visit: Visit, plan: Mapping[str, Any], priorities: Sequence[Mapping[str, Any]], asked: Asked
) -> lists.Filters:
    places = [("", "All"), *((str(one["id"]), f"{one['ref']} {one['title']}") for one in priorities)]
    fields = [
        lists.Field("priority", plan["priority_label"].capitalize(), asked.priority, places),
        lists.Field("show", "Show", asked.show, _SHOWN),
    ]
    return lists.filters(visit.path, visit.days, fields, ANCHOR)


def _span(item: Mapping[str, Any]) -> Span:
    is_complete = item["status"] == Status.complete
    return Span(
        start=item["start_on"],
        deadline=item["deadline_on"],
        until=None if is_complete else item["forecast_on"],
        completed=item["completed_on"] if is_complete else None,
    )


def _shown(items: Sequence[Mapping[str, Any]], until: date | None) -> str:
    """How many are drawn: "93 action points, 89 distinct actions"."""
    points, actions = len(items), len({item["action_id"] for item in items})
    noun = f"{points} {plural(points, 'action' if points == actions else 'action point')}"
    counted = noun if points == actions else f"{noun}, {actions} distinct {plural(actions, 'action')}"
    return f"{counted}, open and due until {long_date(until)}" if until else counted


def _nothing(asked: Asked, until: date | None, *, all_withdrawn: bool) -> str:
    if until is not None:
        return f"No open action is late or falls due until {long_date(until)}."
    return none_counts(of_priority=bool(asked.priority), all_withdrawn=all_withdrawn)


def _groups(
    visit: Visit,
    plan: Mapping[str, Any],
    priorities: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    bars: Sequence[Bar | None],
) -> list[Group]:
    rows: dict[UUID, list[TimelineRow]] = defaultdict(list)
    statuses: dict[UUID, list[str]] = defaultdict(list)
    for item, drawn in zip(items, bars, strict=True):
        rows[item["priority_id"]].append(_row(visit, item, drawn))
        statuses[item["priority_id"]].append(item["status"])
    return [
        Group(
            id=f"priority-{number}",
            heading=f"{place_label(plan['priority_label'], one['ref'], number)}: {one['title']}",
            href=url(f"/priorities/{one['id']}", visit.days),
            rows=rows[one["id"]],
            described=_counted(statuses[one["id"]]),
        )
        for number, one in enumerate(priorities, start=1)
        if rows[one["id"]]
    ]


def _counted(statuses: Sequence[str]) -> str:
    """The statuses of some actions: "4 complete, 1 on target and 4 delayed"."""
    counts = [(statuses.count(status.value), STATUS_LABELS[status].lower()) for status in Status]
    return listed([f"{number} {label}" for number, label in counts if number])


def _row(visit: Visit, item: Mapping[str, Any], drawn: Bar | None) -> TimelineRow:
    return TimelineRow(
        href=f"/actions/{item['action_id']}{visit.query}",
        name=f"{item['ref']} {item['title']}",
        status=item["status"],
        bar=drawn,
        start=short_date(item["start_on"]) if item["start_on"] else "Not stated",
        due=_due(item),
        note=_note(item, visit.day),
    )


def _due(item: Mapping[str, Any]) -> str:
    if item["due_ongoing"]:
        review = item["review_on"]
        return f"Ongoing, review {short_date(review)}" if review else "Ongoing"
    return short_date(item["due_on"]) if item["due_on"] else "No due date"


def _note(item: Mapping[str, Any], day: date) -> str:
    """What the bar shows beside start and deadline: completed, overdue or forecast late."""
    deadline, forecast = item["deadline_on"], item["forecast_on"]
    if item["status"] == Status.complete:
        return f"Completed {short_date(item['completed_on'])}" if item["completed_on"] else ""
    notes = []
    if deadline is not None and deadline < day:
        notes.append(f"overdue by {days_between(deadline, day)}")
    if forecast is not None and (deadline is None or forecast > deadline):
        notes.append(f"forecast {short_date(forecast)}")
    return ", ".join(notes).capitalize() if notes else ""
