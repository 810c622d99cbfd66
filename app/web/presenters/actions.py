"""Actions as rows of a list and as facts of a page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, ImpactState, Status
from app.sentences import actions as said
from app.sentences.words import listed
from app.web.presenters.dates import long_date, long_or, short_date
from app.web.presenters.text import name_or

IMPACT_LABELS = {
    ImpactState.not_yet_due: "Not yet due",
    ImpactState.evidenced: "Evidenced",
    ImpactState.not_evidenced: "Not evidenced",
}

CONTRADICTED, FLAG_LABELS = said.CONTRADICTED, said.FLAG_LABELS
due_words, deadline_of, flag_words = said.due_words, said.deadline_of, said.flag_words

Fact = tuple[str, str, str]
"""Label, value and the address that the value leads to ("" for none)."""


class ActionRow(NamedTuple):
    """An action in a list. ``status`` picks the tag; withdrawn actions have none."""

    href: str
    name: str
    status: str
    due: str
    lead: str
    latest: str
    latest_on: str
    loud: tuple[str, ...]
    soft: tuple[str, ...]


def action_rows(
    items: Iterable[Mapping[str, Any]], day: date, query: str, priority_id: str = ""
) -> list[ActionRow]:
    """Rows of a list of actions; under one priority each shows its ref there first."""
    return [_row(item, day, query, priority_id) for item in items]


def _row(item: Mapping[str, Any], day: date, query: str, priority_id: str) -> ActionRow:
    latest = item["latest_update"]
    return ActionRow(
        href=f"/actions/{item['id']}{query}",
        name=f"{ref_in(item, priority_id)} {item['title']}",
        status="" if item["withdrawn"] else item["status"],
        due=due_words(item, short=True),
        lead=name_or(item["lead"], "No lead"),
        latest=latest["narrative"] if latest else "No update yet",
        latest_on=short_date(latest["effective_on"]) if latest else "",
        loud=flag_words(item, day),
        soft=soft_words(item),
    )


def ref_in(item: Mapping[str, Any], priority_id: str) -> str:
    """The action's ref under a priority, or its first ref."""
    if priority_id:
        for point in item["points"]:
            if str(point["priority_id"]) == priority_id:
                return str(point["ref"])
    return str(item["ref"])


def soft_words(item: Mapping[str, Any]) -> tuple[str, ...]:
    """What is worth knowing without alarm."""
    words = []
    if item["withdrawn"]:
        words.append("Withdrawn, left out of every count")
    if item["status"] == Status.delayed and not item["path_to_green"] and not item["withdrawn"]:
        words.append("No path back to green")
    if len(item["points"]) > 1:
        words.append(f"Shown under {len(item['points'])} priorities: {refs(item)}")
    return tuple(words)


def path_back(item: Mapping[str, Any]) -> str:
    """The path back to green of an action that has one to go; "" for one that is complete or withdrawn.

    What was said of it then stands in the history.
    """
    is_over = item["status"] == Status.complete or item["withdrawn"]
    return "" if is_over else item["path_to_green"] or ""


def refs(item: Mapping[str, Any]) -> str:
    """All refs of an action: "1.9, 2.5, 3.7"."""
    return ", ".join(point["ref"] for point in item["points"])


def action_facts(item: Mapping[str, Any]) -> list[Fact]:
    """The facts under an action's heading."""
    people = [item["lead"], *item["co_leads"]] if item["lead"] else list(item["co_leads"])
    due = due_words(item)
    original = item["original_due_on"]
    if item["due_on"] not in (None, "ongoing") and original:
        due += ", not moved" if original == item["due_on"] else f", first {long_date(original)}"
    facts = [
        (
            "Lead" if len(people) < 2 else "Leads",
            listed([one["name"] for one in people]) or "Not recorded",
            "",
        ),
        ("Responsible body", item["responsible_body"] or "Not recorded", ""),
        ("Start", long_or(item["start_on"], "Not recorded"), ""),
        ("Due", due, ""),
    ]
    if item["status"] == Status.complete:
        facts.append(("Completed", long_or(item["completed_on"], "Not recorded"), ""))
    else:
        facts.append(("Forecast", long_or(item["forecast_on"], "None given"), ""))
    facts.append(("Impact", _impact(item), ""))
    if item["phase"]:
        facts.append(("Phase", item["phase"], ""))
    return facts


def status_label(code: str) -> str:
    """The word of a status."""
    return STATUS_LABELS[Status(code)]


def _impact(item: Mapping[str, Any]) -> str:
    state = item["impact_state"]
    words = IMPACT_LABELS[ImpactState(state)] if state else "Not stated"
    review = item["impact_review_on"]
    return f"{words}, review {long_date(review)}" if review else words
