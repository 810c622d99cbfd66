"""What a senior responsible officer sees of one priority: where it stands, and what they have to decide."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.roles import Operation, may
from app.charts.scales import steps
from app.sentences import changes as change_words
from app.sentences import restated
from app.sentences.progress import place_label
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.across_plans import DUE_SOON
from app.services.decisions import Decision, Decisions, Why
from app.services.registers import matrix_of
from app.web.presenters.actions import CONTRADICTED, deadline_of, due_words, path_back, ref_in
from app.web.presenters.changes import changes_url
from app.web.presenters.dates import long_date, long_or, overdue_words
from app.web.presenters.own_rows import several_url
from app.web.presenters.progress import missed_of, scope
from app.web.presenters.risks import NOT_SCORED, Rating, now_of, rating, review_overdue
from app.web.presenters.text import headline, name_or, shortened
from app.web.visits import Visit

_LONGEST = 300


class Item(NamedTuple):
    """An action or a risk that needs a decision: what is wrong, what is known, and what can be decided."""

    href: str
    name: str
    status: str
    rating: Rating | None
    loud: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    decide: tuple[tuple[str, str], ...]
    todo: tuple[str, str]


def choice_page(visit: Visit, own: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]]) -> Any:
    """Priorities to choose from: the visitor's own where there are several, else all of the area."""
    by_plan: dict[str, list[tuple[str, str]]] = {}
    for one in own or every:
        named = (f"{one['ref']} {one['title']}", f"/my-priority?priority={one['id']}")
        by_plan.setdefault(one["plan_title"], []).append(named)
    return {
        "section": "my_priority" if visit.who.is_sro else "my_actions",
        "heading": "My priorities" if own else "What needs a decision",
        "words": "You are senior responsible officer of these. Choose one to see what needs a decision."
        if own
        else "You are not recorded as senior responsible officer of a priority. Choose one to see what "
        "needs a decision there.",
        "plans": list(by_plan.items()),
    }


def my_priority_page(
    visit: Visit,
    priority: Mapping[str, Any],
    progress: Mapping[str, Any],
    found: Decisions,
    registers: Sequence[Mapping[str, Any]],
    compared: Mapping[str, Any],
    is_own: bool,
) -> dict[str, Any]:
    """One priority with what needs a decision; ``compared`` is it against the usual earlier day."""
    mine = next(one for one in progress["priorities"] if one["id"] == priority["id"])
    number = progress["priorities"].index(mine) + 1
    label = place_label(progress["plan"]["priority_label"], priority["ref"], number)
    key = str(priority["id"])
    overdue = [one.record for one in found.actions if Why.overdue in one.reasons]
    step = {one["id"]: steps(matrix_of(one["matrix"])) for one in registers}
    return {
        "section": "my_priority" if visit.who.is_sro else "my_actions",
        "heading": priority["title"],
        "caption": f"{label}, {'yours' if is_own else _sro(priority)}",
        "plan": (progress["plan"]["title"], f"/plans/{priority['plan_id']}"),
        "at": visit.position((("priority", key),)),
        "href": f"/priorities/{priority['id']}",
        "progress": scope("priority", label, priority["title"], mine, missed_of(overdue, key)),
        "lead": _lead(found),
        "actions": [_action(visit, one, key) for one in found.actions],
        "risks": [_risk(visit, one, step.get(one.record["register_id"], {})) for one in found.risks],
        "due_soon": [
            (f"{ref_in(one, key)} {one['title']}", f"/actions/{one['id']}", one["status"], due_words(one))
            for one in found.due_soon
        ],
        "until": long_date(visit.at.today + DUE_SOON),
        "changed": change_words.lead(compared),
        "changed_second": change_words.second(compared),
        "changed_note": restated.note(compared["restated"], compared["earlier"], compared["compare"]),
        "since": long_date(compared["compare"]),
        "changes_url": changes_url(
            visit._replace(compare=compared["compare"]), priority["plan_id"], priority["id"]
        ),
    }


def _sro(priority: Mapping[str, Any]) -> str:
    sro = priority["sro"]
    return f"senior responsible officer {sro['name']}" if sro else "no senior responsible officer is recorded"


def _lead(found: Decisions) -> str:
    """How much there is to decide: "Three actions and one risk need a decision."."""
    told = [(len(found.actions), "action"), (len(found.risks), "risk")]
    parts = [f"{numeral(number)} {plural(number, noun)}" for number, noun in told if number]
    if not parts:
        return "Nothing under this priority needs a decision today."
    total = sum(number for number, _ in told)
    return f"{sentence_case(listed(parts))} {'needs' if total == 1 else 'need'} a decision."


def _action(visit: Visit, one: Decision, key: str) -> Item:
    action, today = one.record, visit.at.today
    due, latest = deadline_of(action), action["latest_update"]
    loud = {
        Why.overdue: overdue_words(due, today),
        Why.forecast_late: f"Forecast {long_or(action['forecast_on'], 'later')}, after its due date",
        Why.no_path: "Delayed, no path back to green",
        Why.contradicted: CONTRADICTED,
        Why.blocked: "Waits for an action that is not complete",
        Why.no_lead: "No lead",
        Why.impact: f"Impact not evidenced by {long_or(action['impact_review_on'], 'its review date')}",
    }
    facts = [
        ("Due", due_words(action)),
        ("Lead", name_or(action["lead"], "Not recorded")),
        ("Latest", shortened(latest["narrative"], _LONGEST) if latest else "No update yet"),
        ("Path back to green", shortened(path_back(action), _LONGEST)),
    ]
    may_update = may(visit.who, Operation.edit)
    back = f"/my-priority?priority={key}"
    return Item(
        href=f"/actions/{action['id']}",
        name=f"{ref_in(action, key)} {action['title']}",
        status=action["status"],
        rating=None,
        loud=tuple(loud[why] for why in one.reasons),
        facts=tuple(fact for fact in facts if fact[1]),
        decide=_decide(one, f"/actions/{action['id']}", may_update),
        todo=("Record the decision as an update", several_url([action], back)) if may_update else ("", ""),
    )


def _risk(visit: Visit, one: Decision, step: Mapping[str, int]) -> Item:
    risk, today = one.record, visit.at.today
    accepted = risk["accepted"]
    loud = {
        Why.materialised: "It has happened",
        Why.acceptance_over: f"Accepted until {long_date(accepted['until'])}" if accepted else "",
        Why.nothing_planned: f"{risk['gap']} above its target, and nothing is planned",
        Why.target_missed: f"Target date {long_or(risk['target_on'], '')} has passed",
        Why.worsening: "Worsening",
        Why.not_scored: NOT_SCORED.text,
        Why.review_overdue: review_overdue(risk["review_on"], today),
        Why.planned_overdue: f"{sentence_case(numeral(len(one.late)))} management "
        f"{plural(len(one.late), 'action')} overdue",
    }
    target, latest = risk["target"], risk["latest_narrative"]
    facts = [
        ("Target", rating(target, {}).text if target else "None"),
        ("Risk owner", name_or(risk["owner"], "Not recorded")),
        ("Overdue", "; ".join(todo["title"] for todo in one.late)),
        ("Latest", shortened(latest["narrative"], _LONGEST) if latest else ""),
    ]
    may_assess = may(visit.who, Operation.edit)
    return Item(
        href=f"/risks/{risk['id']}",
        name=f"{risk['ref']} {headline(risk['description'])}",
        status="",
        rating=rating(now_of(risk), step),
        loud=tuple(loud[why] for why in one.reasons),
        facts=tuple(fact for fact in facts if fact[1]),
        decide=_decide(one, f"/risks/{risk['id']}", may_assess),
        todo=("Assess this risk", f"/risks/{risk['id']}/assess") if may_assess else ("", ""),
    )


def _decide(one: Decision, path: str, may_decide: bool) -> tuple[tuple[str, str], ...]:
    """What can be decided, each with the form that does it; "" for who may not."""
    found: dict[str, str] = {}
    for why in one.reasons:
        words, form = _DECIDE[why]
        href = f"{path}/{form}" if form else f"/management-actions/{one.late[0]['id']}/update"
        found.setdefault(words, href if may_decide else "")
    return tuple(found.items())


_DECIDE: Mapping[Why, tuple[str, str]] = {
    Why.overdue: ("Agree a new due date, or what brings it back.", "dates"),
    Why.forecast_late: ("Accept the later date, or say what would bring it forward.", "dates"),
    Why.no_path: ("Ask the lead for a path back to green.", "update"),
    Why.contradicted: ("Settle which is right, the status or the dates.", "update"),
    Why.blocked: ("Clear what it waits for, or take the dependency away.", "dates"),
    Why.no_lead: ("Name a lead.", "edit"),
    Why.impact: ("Ask for evidence of impact, or take it to the board.", "dates"),
    Why.materialised: ("Decide how to respond, and whether to tell the board.", "assess"),
    Why.acceptance_over: ("Accept it for longer, or treat it again.", "reopening"),
    Why.nothing_planned: ("Agree a management action, or accept the risk.", "management-actions/new"),
    Why.target_missed: ("Set a new target date, or accept the present score.", "assess"),
    Why.worsening: ("Decide whether the controls are enough.", "assess"),
    Why.not_scored: ("Have it scored.", "assess"),
    Why.review_overdue: ("Have it reviewed.", "assess"),
    # Its form is the first late management action's own.
    Why.planned_overdue: ("Agree new dates with who leads them.", ""),
}
"""What can be decided for each reason, and the form under the record's own address that does it."""
