"""What the overview shows: answers to the board's questions about one plan."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.scales import steps_of
from app.plans.changes import ActionChange
from app.risk.scoring import direction
from app.sentences import restated
from app.sentences import since as words
from app.sentences.words import two_days
from app.web.presenters.changes import changes_url
from app.web.presenters.dates import long_date
from app.web.presenters.plans import plan_span
from app.web.presenters.progress import PriorityRow, moving_rows, moving_total, scope
from app.web.presenters.risks import Moved, Rating, moved, movement_heading, rating
from app.web.presenters.steps import add_plan_url
from app.web.presenters.text import headline
from app.web.presenters.todos import Todo, of_the_board, of_the_lead
from app.web.visits import Visit

_MARKS = {
    ActionChange.completed: "complete",
    ActionChange.became_delayed: "delayed",
    ActionChange.delayed_to_on_target: "on_target",
    ActionChange.started: "start",
    ActionChange.new: "new",
}


class ChangedLine(NamedTuple):
    """What several actions did, after the mark of what they became ("" for none)."""

    mark: str
    strong: str
    rest: str


class Changed(NamedTuple):
    """What changed since a day, and the address of every change in sentences.

    ``note`` says what of it was recorded after that day was published, "" for nothing.
    """

    since: str
    lines: list[ChangedLine]
    href: str
    note: str


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
    return {
        "section": "overview",
        "heading": "Overview",
        "at": visit.position(),
        "add_url": add_plan_url(visit),
    }


def overview_page(visit: Visit, answer: Mapping[str, Any], todos: Sequence[Todo] = ()) -> dict[str, Any]:
    """The overview of a plan; ``todos`` come before what its answer asks the board for."""
    plan, plans, later, earlier = (answer[name] for name in ("plan", "plans", "later", "earlier"))
    is_first = plan["id"] == plans[0]["id"]
    mine = answer["mine"]
    return {
        "section": "overview",
        "heading": "Overview",
        "about": ", ".join(part for part in (plan["title"], plan_span(plan)) if part),
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "timeline": f"/plans/{plan['id']}/timeline{visit.query}",
        "briefing": f"/briefing?plan={plan['id']}{visit.query.replace('?', '&')}",
        "at": visit.position(() if is_first else (("plan", str(plan["id"])),)),
        "progress": scope("plan", plan["ref"], plan["title"], later["overall"], parts=later["priorities"]),
        "lead": words.lead(
            later["overall"],
            earlier["overall"],
            answer["compare"],
            visit.day,
            as_published=bool(answer["restated"]),
        ),
        "second": words.second(later["overall"], earlier["overall"]),
        "priority_label": plan["priority_label"].capitalize(),
        "span": _span(visit, answer),
        "rows": moving_rows(later["priorities"], earlier["priorities"], visit.query),
        "total": _total(answer),
        "changed": _changed(visit, answer),
        "mine": of_the_lead(visit, mine, answer) if mine else [],
        "boards": [*todos, *of_the_board(visit, answer)],
        "risks": _risks(visit, answer),
        "movement": movement_heading(visit.since) if visit.since else "",
        "registers": [(one["title"], f"/registers/{one['id']}{visit.query}") for one in answer["registers"]],
        "others": [
            (one["title"], f"/?plan={one['id']}{visit.query.replace('?', '&')}")
            for one in plans
            if one["id"] != plan["id"]
        ],
    }


def _span(visit: Visit, answer: Mapping[str, Any]) -> str:
    """The two days of the last column, without the year of the page: "30 April to 30 June"."""
    if answer["compare"] == visit.day:
        return ""
    return two_days(answer["compare"], visit.day, "to").removesuffix(f" {visit.day.year}")


def _total(answer: Mapping[str, Any]) -> PriorityRow:
    return moving_total(answer["later"]["overall"], answer["earlier"]["overall"])


def _changed(visit: Visit, answer: Mapping[str, Any]) -> Changed:
    later, earlier = answer["later"]["overall"], answer["earlier"]["overall"]
    refs = {str(one["id"]): one["ref"] for one in answer["later"]["priorities"]}
    lines = words.moved_lines(answer["moves"], earlier, later, refs)
    since = answer["compare"]
    return Changed(
        since=long_date(since),
        lines=[ChangedLine(_MARKS.get(one.kind, ""), one.strong, one.rest) for one in lines],
        href=changes_url(visit._replace(compare=since), answer["plan"]["id"]),
        note=restated.note(answer["restated"], earlier, since),
    )


def _risks(visit: Visit, answer: Mapping[str, Any]) -> list[HighRisk]:
    step = {one["id"]: steps_of(one["bands"]) for one in answer["registers"]}
    return [
        HighRisk(
            href=f"/risks/{one['id']}{visit.query}",
            ref=one["ref"],
            name=headline(one["description"]),
            now=rating(_now(one), step[one["register_id"]]),
            target=_target(one),
            # A rating by name has no target and no score that could move.
            moved=None if one["rating"] else _moved(visit, one),
        )
        for one in answer["risks"]
    ]


def _now(risk: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if risk["rating"]:
        return {"band": risk["rating"]}
    return _pair(risk, "current")


def _pair(risk: Mapping[str, Any], side: str) -> Mapping[str, Any] | None:
    score = risk[f"{side}_score"]
    return None if score is None else {"score": score, "band": risk[f"{side}_band"]}


def _target(risk: Mapping[str, Any]) -> str:
    if risk["rating"]:
        return ""
    target = _pair(risk, "target")
    return rating(target, {}).text if target else "None"


def _moved(visit: Visit, risk: Mapping[str, Any]) -> Moved:
    """Where the score has moved, with both scores: "Improving: 20 to 16"."""
    before, now = risk["score_before"], risk["current_score"]
    shown = moved(
        {"current": _pair(risk, "current"), "rating": None, "direction": direction(before, now)},
        visit.since,
        says_since=False,
    )
    is_other = None not in (before, now) and before != now
    return shown._replace(words=f"{shown.words}: {before} to {now}") if is_other else shown
