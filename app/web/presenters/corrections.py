"""The forms that correct an entry: filled with what it says, each field to be kept, changed or emptied."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.access.roles import Operation, may
from app.plans.statuses import Status
from app.services.entries import may_correct
from app.web.forms import Form
from app.web.presenters import action_meant as meaning
from app.web.presenters.action_forms import date_fields, point_fields
from app.web.presenters.choices import status_options
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.history import facts_of
from app.web.record_forms import Field, RecordForm
from app.web.visits import Visit

Item = Mapping[str, Any]
Items = Sequence[Item]
LOOK_AGAIN = (
    "Somebody saved something here while you wrote. The entry that you correct still counts: look at the "
    "history, then send the form again"
)
_STAYS = (
    "What you save takes the place of this entry, which stays in the history, struck through. A field that "
    "you empty is no longer stated: what was recorded before then counts."
)
_UNDOES = {
    "withdrawn": "It withdrew the action. Once corrected it no longer does: the action counts, as though it "
    "had never been withdrawn. To withdraw it from another day, do so afterwards.",
    "reinstated": "It reinstated the action. Once corrected it no longer does: the action is withdrawn as "
    "before.",
}


def of_action(visit: Visit, action: Item, entries: Items, may_update: bool) -> dict[UUID, str]:
    """The forms that correct the entries of an action, by the id of the entry.

    Of a withdrawn action only a withdrawal can be corrected. None on a page of the past.
    """
    if action["withdrawn"]:
        is_editor = may(visit.who, Operation.edit)
        entries = [one for one in entries if is_editor and one["operation"] == "withdrawn"]
    elif not may_update:
        return {}
    return addresses(visit, entries, "/updates")


def of_risk(visit: Visit, entries: Items, may_assess: bool) -> dict[UUID, str]:
    """The forms that correct the entries of a risk, by the id of the entry; not of the one that opened it."""
    later = [one for one in entries if one["operation"] != "added"] if may_assess else []
    return addresses(visit, later, "/assessments")


def addresses(visit: Visit, entries: Items, path: str) -> dict[UUID, str]:
    """The forms that correct those of these entries that count and that the visitor may correct."""
    return {
        one["id"]: f"{path}/{one['id']}/correction"
        for one in entries
        if not visit.as_at and not one["replaced_by"] and may_correct(visit.who, one)
    }


def entry_fields(entry: Item) -> list[Field]:
    """What a correction says beside its facts: its day, which is the entry's, and why."""
    said = f" The entry gave: “{entry['reason']}”. Say it again if it still holds." if entry["reason"] else ""
    return [
        Field(
            "effective_on",
            "Date from which this is true",
            "date",
            "The day that the entry has now.",
            heading="About this correction",
            required=True,
        ),
        Field(
            "reason",
            "Reason",
            "textarea",
            f"What was wrong with the entry.{said}",
            rows=3,
            required=True,
            words="Say why you correct this entry",
        ),
    ]


def about(entry: Item, extra: str = "") -> str:
    """What stands above the form: which entry is corrected, and what becomes of it."""
    which = (
        f"You correct the entry of {long_date(entry['effective_on'])}, which {entry['author_name']} recorded "
        f"{recorded(entry['recorded_at'])}."
    )
    return " ".join(words for words in (which, extra, _STAYS) if words)


# --- Of an action -----------------------------------------------------------------------------------------


def correct_update(
    action: Item, entry: Item, today: date, priorities: Items, free: Mapping[UUID, str]
) -> RecordForm:
    """The form that corrects an entry of an action; action points only where it states them."""
    facts = entry["facts"]
    is_first = entry["operation"] == "added"
    statuses = status_options("" if is_first else "Not stated in this entry")
    status = Field("status", "Status", "select", options=statuses, required=is_first)
    points = []
    if "points" in facts:
        points = point_fields(priorities, free, [str(one["priority_id"]) for one in facts["points"]])
    href = f"/actions/{action['id']}"
    return RecordForm(
        heading=f"Correct an entry of {action['ref']}",
        caption=(action["title"], href),
        fields=[
            status,
            Field("narrative", "What has happened", "textarea", "Write about the plan.", rows=4),
            Field("path_to_green", "Path back to green", "textarea", "Of a delayed action.", rows=3),
            Field("completed_on", "Completion date", "date", "Only with the status Complete."),
            *points,
            *date_fields(today, may_edit="depends_on" in facts),
            *entry_fields(entry),
        ],
        submit="Save the correction",
        back=href,
        section="plans",
        note=about(entry, _UNDOES.get(entry["operation"], "")),
        saved=f"{href}?saved=corrected",
        look_again=LOOK_AGAIN,
    )


def update_as_typed(entry: Item, version: int, priorities: Items, waits_for: Sequence[str]) -> dict[str, Any]:
    """What an entry of an action says, as its form takes it, but for the reason, which is new."""
    empty = {"points": (), "co_leads": (), "evidence_links": (), "due_on": None}
    said = {name: entry[name] for name in ("narrative", "effective_on")}
    return meaning.flat(empty | facts_of(entry) | said | {"version": version}, priorities, waits_for)


def update_meant(form: Form, found: Item, entry: Item, priorities: Items, ids_by_ref: Item) -> dict[str, Any]:
    """The input of ``record_update``. What was cleared by the entry and is still empty is cleared by this."""
    facts = facts_of(entry)
    meant = meaning.facts_meant(form, found, priorities, ids_by_ref)
    if _follows(meant, facts):
        del meant["completed_on"]
    return {
        name: value
        for name, value in meant.items()
        if value is not None or (name in facts and facts[name] is None and name != "completed_on")
    } | {"replaces": entry["id"]}


def _follows(meant: Item, facts: Item) -> bool:
    """Whether the completion date was left as it was where the status or the day no longer allows it.

    It then follows from what the correction says, as it does for any update that names none.
    """
    completed, day = meant["completed_on"], meant["effective_on"]
    if completed is None or completed != facts.get("completed_on"):
        return False
    return meant["status"] not in (None, Status.complete) or bool(day and completed > day)
