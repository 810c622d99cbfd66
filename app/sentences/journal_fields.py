"""Labels and values, in words, of every field that the journal records."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.data_quality.base import CheckId
from app.plans.cadence import CadenceKind
from app.plans.statuses import STATUS_LABELS
from app.risk.scoring import score
from app.schedules.rules import Rule
from app.schedules.words import describe
from app.sentences.data_quality import phrase
from app.sentences.words import day_in_words, listed, plural, sentence_case

Names = Mapping[str, Any]
"""What ids stand for: a name, a ref, or the day of an entry."""

LONGEST_INLINE = 90
"""A longer text stands by itself, before and after."""

# What only the service needs: places, parents, and what is told beside the changes.
HIDDEN = frozenset(
    {
        "effective_on",
        "narrative",
        "replaces",
        "withdrawn",
        "ref_order",
        "register_id",
        "risk_id",
        "period_id",
        "last_updated_on",
        "accepted_assessment_id",
        "fingerprint",
        "subject_noun",
        "digest",
        "matrix_version",
        "author_name",
        "look",
        "logo_type",
        "logo_width",
        "logo_height",
        "settled_until",
        "template_size",
    }
)
_LABELS = {
    "ref": "ref",
    "starts_on": "first day",
    "ends_on": "last day",
    "sro_id": "senior responsible officer",
    "owner_id": "risk owner",
    "lead_id": "lead",
    "co_lead_ids": "co-leads",
    "strategic_lead_ids": "strategic leads",
    "accepted_by_id": "accepted by",
    "accepted_until": "accepted until",
    "plan_id": "plan",
    "priority_id": "priority",
    "points": "place in the plan",
    "depends_on": "what it waits for",
    "completed_on": "completion date",
    "start_on": "start date",
    "due_on": "due date",
    "review_on": "review date",
    "forecast_on": "forecast date",
    "impact_review_on": "impact review date",
    "path_to_green": "path back to green",
    "current": "current score",
    "target": "target score",
    "target_on": "target date",
    "target_rationale": "reason for the target",
    "opened_on": "date opened",
    "in_place": "in place",
    "evidence_links": "evidence",
    "likelihood_labels": "words for likelihood",
    "impact_labels": "words for impact",
    "meeting_on": "meeting date",
    "check": "point",
    "logo_digest": "fingerprint of the logo",
    "template_digest": "fingerprint of the Word template",
    "reply_days": "working days until a reply",
    "kept_for": "how long it is kept",
    "link_expires_at": "end of the link",
    "rule": "when it is due",
    "missed": "what becomes of missed due times",
    "reminders": "what leads are reminded of",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T\S+")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
# Fields whose values are codes: "not_started" is "Not started".
_CODED = frozenset({"status", "impact_state", "state", "treatment", "kind", "check", "role", "missed"})


def label(field: str) -> str:
    """What a field is called: "due date"."""
    return _LABELS.get(field) or field.removesuffix("_id").removesuffix("_on").replace("_", " ")


def shown_fields(noun: str, values: Mapping[str, Any]) -> list[str]:
    """The fields of an entry that a reader is told of, in the order in which they were recorded."""
    parent = {
        "priority": "plan_id",
        "action": "plan_id",
        "period": "plan_id",
        "commentary": "priority_id",
    }.get(noun)
    place = "position" if noun in ("control", "management_action") else None
    return [name for name in values if name not in HIDDEN and name not in (parent, place)]


def in_words(field: str, value: Any, names: Names) -> str:
    """A recorded value in words; "" where there is none."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    special = _SPECIAL.get(field)
    if special is not None:
        return special(value, names)
    if field in _CODED and isinstance(value, str) and _CODE.fullmatch(value):
        return coded(value)
    return plain(value, names)


def value_words(field: str, typed: str) -> str:
    """What was typed or chosen in the field of a form: a code in words, anything else as it stands."""
    return coded(typed) if field in _CODED and _CODE.fullmatch(typed) else typed


def coded(code: str) -> str:
    """A code in words: "not_started" is "Not started"."""
    return _STATUSES.get(code) or sentence_case(code.replace("_", " "))


_STATUSES = {str(status): words for status, words in STATUS_LABELS.items()}


def plain(value: Any, names: Names) -> str:
    """Any value in words, by its form alone: days, ids of records, lists."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        pairs = (f"{label(name)} {plain(one, names)}" for name, one in value.items() if one is not None)
        return listed(list(pairs))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listed([plain(one, names) for one in value])
    text = str(value)
    if _DAY.fullmatch(text):
        return day_in_words(date.fromisoformat(text))
    if found := _TIME.fullmatch(text):
        return day_in_words(date.fromisoformat(found[1]))
    return named(text, names) if _ID.fullmatch(text) else text


def named(record_id: str, names: Names) -> str:
    """What an id stands for."""
    found = names.get(record_id, "a record that is not there any more")
    return day_in_words(found) if isinstance(found, date) else str(found)


def _pair(value: Any, _names: Names) -> str:
    likelihood, impact = value["likelihood"], value["impact"]
    return f"{score(likelihood, impact)} (likelihood {likelihood}, impact {impact})"


def _points(value: Any, names: Names) -> str:
    return listed([f"{one['ref']} under {named(one['priority_id'], names)}" for one in value])


def _links(value: Any, _names: Names) -> str:
    return listed([str(one["title"]) for one in value])


def _bands(value: Any, _names: Names) -> str:
    return listed(
        [
            f"{one['name']} {one['lowest']} to {one['highest']}"
            if one.get("lowest") is not None
            else str(one["name"])
            for one in value
        ]
    )


def _check(value: Any, _names: Names) -> str:
    return phrase(CheckId(value), 1)


def _cadence(value: Any, _names: Names) -> str:
    """A cadence: "every quarter from 1 April 2024, meeting 18 days after the last day"."""
    first = day_in_words(date.fromisoformat(value["anchor"]))
    kind = CadenceKind(value["kind"])
    if kind is CadenceKind.fixed_dates:
        found = f"periods from {first} that end on {_days(value['last_days'])}"
    elif kind is CadenceKind.relative_to_meetings:
        days = value["days_before"]
        meetings = _days(value["meetings"])
        return f"periods from {first} that end {days} {plural(days, 'day')} before the meetings of {meetings}"
    else:
        found = f"{_EVERY[kind]} from {first}"
    after = value.get("meeting_days_after")
    if after is None:
        return found
    when = f"{after} {plural(after, 'day')} after" if after else "on"
    return f"{found}, meeting {when} the last day"


def _rule(value: Any, _names: Names) -> str:
    return describe(Rule.of(value))


_EVERY = {
    CadenceKind.monthly: "every month",
    CadenceKind.six_weekly: "every six weeks",
    CadenceKind.quarterly: "every quarter",
}


def _days(dates: Sequence[str]) -> str:
    return listed([day_in_words(date.fromisoformat(one)) for one in dates])


_SPECIAL: dict[str, Callable[[Any, Names], str]] = {
    "current": _pair,
    "target": _pair,
    "rating": lambda value, _names: str(value["band"]),
    "points": _points,
    "evidence_links": _links,
    "bands": _bands,
    "check": _check,
    "cadence": _cadence,
    "rule": _rule,
}
