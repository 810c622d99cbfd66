"""What the overview shows: answers to the board's questions about one plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.charts.scales import steps
from app.sentences import changes, data_quality
from app.sentences.words import plural
from app.services.registers import matrix_of
from app.web.presenters.changes import changes_url
from app.web.presenters.dates import long_date
from app.web.presenters.plans import plan_span
from app.web.presenters.progress import priority_rows, scope, total_row
from app.web.presenters.risks import Moved, Rating, moved, movement_heading, now_of, rating
from app.web.presenters.text import headline
from app.web.visits import Visit

HIGHEST = 5


class Mine(NamedTuple):
    """Counts of the visitor's own actions in the plan."""

    all: int
    overdue: int
    delayed: int
    late_start: int


class Todo(NamedTuple):
    """Something that needs somebody: always a count, with a link to what is counted."""

    number: int
    words: str
    href: str
    meta: str


class Changed(NamedTuple):
    """What changed since a day: one sentence, or "", and the address of all that did."""

    since: str
    words: str
    href: str


class HighRisk(NamedTuple):
    """A risk among the highest."""

    href: str
    ref: str
    name: str
    now: Rating
    target: str
    moved: Moved | None


def empty_page(visit: Visit) -> dict[str, Any]:
    """The overview of an area without plans."""
    return {"section": "overview", "heading": "Overview", "at": visit.position()}


def overview_page(
    visit: Visit,
    plan: Mapping[str, Any],
    plans: Sequence[Mapping[str, Any]],
    progress: Mapping[str, Any],
    highest: Sequence[Mapping[str, Any]],
    registers: Sequence[Mapping[str, Any]],
    mine: Mine | None,
    overdue_reviews: int,
    points: Sequence[Mapping[str, Any]],
    before: tuple[date, Mapping[str, Any] | None],
) -> dict[str, Any]:
    """The overview of a plan; ``before`` is the day it is compared with, and its figures if any."""
    is_first = plan["id"] == plans[0]["id"]
    list_url = f"/plans/{plan['id']}"
    return {
        "section": "overview",
        "heading": "Overview",
        "about": ", ".join(words for words in (plan["title"], plan_span(plan)) if words),
        "plan": (plan["title"], f"{list_url}{visit.query}"),
        "at": visit.position(() if is_first else (("plan", str(plan["id"])),)),
        "progress": scope("plan", plan["ref"], plan["title"], progress["overall"]),
        "priority_label": plan["priority_label"].capitalize(),
        "rows": priority_rows(progress["priorities"], visit.query),
        "total": total_row(progress["overall"]),
        "changed": _changed(visit, plan, *before, progress["overall"]),
        "mine": _mine(visit, mine, list_url) if mine else [],
        "boards": [
            *_boards(visit, progress["overall"]["flags"], list_url, registers, overdue_reviews),
            *_quality(visit, plan, points),
        ],
        "risks": _risks(visit, highest, registers),
        "movement": movement_heading(visit.since),
        "registers": [(one["title"], f"/registers/{one['id']}{visit.query}") for one in registers],
        "others": [
            (one["title"], f"/?plan={one['id']}{visit.query.replace('?', '&')}")
            for one in plans
            if one["id"] != plan["id"]
        ],
    }


def _changed(
    visit: Visit,
    plan: Mapping[str, Any],
    since: date,
    before: Mapping[str, Any] | None,
    now: Mapping[str, Any],
) -> Changed:
    """What changed since a day in one sentence; only the way there without the figures of that day."""
    answer = {"compare": since, "as_at": visit.day, "earlier": before, "later": now}
    return Changed(
        since=long_date(since),
        words=changes.lead(answer) if before is not None else "",
        href=changes_url(visit._replace(compare=since), plan["id"]),
    )


def _mine(visit: Visit, mine: Mine, list_url: str) -> list[Todo]:
    lead = f"lead={visit.who.person_id}"
    as_at = visit.query.replace("?", "&")
    found = [
        (mine.overdue, "past its due date", "past their due date", "flag=overdue"),
        (mine.delayed, "delayed", "delayed", "status=delayed"),
        (mine.late_start, "late to start", "late to start", "flag=late_start"),
    ]
    return [
        Todo(
            number,
            f"{plural(number, 'action')} {one if number == 1 else many}",
            f"{list_url}?{lead}&{query}{as_at}#actions",
            f"of the {mine.all} that you lead",
        )
        for number, one, many, query in found
        if number
    ]


def _boards(
    visit: Visit,
    flags: Mapping[str, Any],
    list_url: str,
    registers: Sequence[Mapping[str, Any]],
    overdue_reviews: int,
) -> list[Todo]:
    as_at = visit.query.replace("?", "&")
    words = {
        "overdue": ("completion date missed", "completion dates missed"),
        "significantly_delayed": ("not expected to meet its date", "not expected to meet their dates"),
        "late_start": ("action late to start", "actions late to start"),
        "blocked": ("action blocked by another", "actions blocked by others"),
        "contradicted": ("status contradicted by its dates", "statuses contradicted by their dates"),
    }
    found = [
        Todo(
            flags[name]["actions"],
            one if flags[name]["actions"] == 1 else many,
            f"{list_url}?flag={name}{as_at}#actions",
            _places(flags[name]),
        )
        for name, (one, many) in words.items()
        if flags[name]["actions"]
    ]
    if overdue_reviews and registers:
        noun = plural(overdue_reviews, "risk review")
        href = f"/registers/{registers[0]['id']}?sort=review_on{as_at}#register"
        found.append(Todo(overdue_reviews, f"{noun} overdue", href, ""))
    return found


def _quality(visit: Visit, plan: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> list[Todo]:
    """How many data-quality points there are, and what most of them are."""
    number = data_quality.number(data_quality.points(points))
    if not number:
        return []
    words = "data-quality point" if number == 1 else "data-quality points"
    href = f"/data-quality?plan={plan['id']}{visit.query.replace('?', '&')}"
    return [Todo(number, words, href, data_quality.by_check(points, 3))]


def _places(flag: Mapping[str, int]) -> str:
    points, actions = flag["action_points"], flag["actions"]
    return f"counted as {points} action points" if points != actions else ""


def _risks(
    visit: Visit, highest: Sequence[Mapping[str, Any]], registers: Sequence[Mapping[str, Any]]
) -> list[HighRisk]:
    step = {one["id"]: steps(matrix_of(one["matrix"])) for one in registers}
    return [
        HighRisk(
            href=f"/risks/{one['id']}{visit.query}",
            ref=one["ref"],
            name=headline(one["description"]),
            now=rating(now_of(one), step.get(one["register_id"], {})),
            target=_target(one),
            # A rating by name has no target and no score that could move.
            moved=None if one["rating"] else moved(one, visit.since, says_since=False),
        )
        for one in highest
    ]


def _target(risk: Mapping[str, Any]) -> str:
    if risk["rating"]:
        return ""
    return rating(risk["target"], {}).text if risk["target"] else "None"
