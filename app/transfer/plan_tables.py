"""The tables of a plan, its priorities and actions, its periods and its figures."""

from app.data_quality.base import CheckId, Noun
from app.plans.cadence import CadenceKind
from app.plans.statuses import ImpactState, Status
from app.transfer.columns import STAMPS, Column, Kind, Table, link, of_kind, own_id, recorded, text, word

PLANS = Table(
    "plans",
    "The plan of the export: one row.",
    (
        own_id("plan"),
        text("ref", "Unique in the area.", required=True),
        text("title", "Full title.", required=True),
        text("kind", "What sort of plan it is.", required=True),
        text("priority_label", "What its priorities are called: priority or workstream.", required=True),
        of_kind(Kind.day, "starts_on", "First day."),
        of_kind(Kind.day, "ends_on", "Last day."),
        word("cadence_kind", "How the last days of its periods are found.", CadenceKind),
        of_kind(Kind.day, "cadence_anchor", "The first day of some period."),
        of_kind(Kind.days, "cadence_last_days", "Of fixed_dates: the last day of each period."),
        of_kind(Kind.days, "cadence_meetings", "Of relative_to_meetings: when the board meets."),
        of_kind(Kind.whole, "cadence_days_before", "Days from a period's last day to its meeting."),
        of_kind(Kind.whole, "cadence_meeting_days_after", "Days from a period's last day to its meeting."),
        *STAMPS,
    ),
)
PEOPLE = Table(
    "people",
    "Names and posts that the other tables point to. E-mail addresses are not exported.",
    (
        own_id("person"),
        text("name", "Name or post.", required=True),
        text("organisation", "Organisation."),
    ),
)
PRIORITIES = Table(
    "priorities",
    "Priorities of the plan (workstreams of a grant programme).",
    (
        own_id("priority"),
        link("plan_id", "The plan.", "plans.id", required=True),
        of_kind(Kind.whole, "position", "Place in the plan, from 1.", required=True),
        text("ref", "Unique in the plan.", required=True),
        text("title", "Short title.", required=True),
        text("statement", "What the partnership must improve."),
        text("responsible_bodies", "Bodies that answer for it together."),
        link("sro_id", "The senior responsible officer.", "people.id"),
        *STAMPS,
    ),
)
_FLAGS = {
    "overdue": "Not complete, and due before the day of the export.",
    "significantly_delayed": "Delayed, and forecast later than due.",
    "late_start": "Not started, though its start date has passed.",
    "slipped": "Due later than the original due date.",
    "no_reportable_progress": "Not complete and nothing told in the board period; empty without a period.",
    "blocked": "Not complete, and waits for an action that is neither complete nor withdrawn.",
    "contradicted": "The status and the dates contradict each other.",
}
_DATES = (
    of_kind(Kind.day, "completed_on", "When it was completed."),
    of_kind(Kind.day, "start_on", "When it starts."),
    of_kind(Kind.day, "due_on", "When it is due; empty while it is ongoing."),
)
_LATER_DATES = (
    of_kind(Kind.day, "review_on", "When an ongoing action is reviewed."),
    of_kind(Kind.day, "forecast_on", "When it is expected to be complete."),
    text("path_to_green", "What will bring it back on target."),
    word("impact_state", "Whether its impact is evidenced.", ImpactState),
    of_kind(Kind.day, "impact_review_on", "When its impact is reviewed."),
)
ACTIONS = Table(
    "actions",
    "Actions of the plan with their present facts. Titles, leads and descriptions are as they are now.",
    (
        own_id("action"),
        link("plan_id", "The plan.", "plans.id", required=True),
        text("ref", "Its first ref.", required=True),
        text("title", "What is to be done.", required=True),
        link("lead_id", "The person who leads it.", "people.id"),
        text("responsible_body", "Responsible body."),
        text("phase", "Phase of the plan."),
        text("success_measure", "How one will know that it is done."),
        text("expected_impact", "What it should change."),
        of_kind(Kind.json, "evidence_links", "Where evidence can be seen: objects with title and url."),
        word("status", "The status.", Status, required=True),
        of_kind(Kind.yes_no, "withdrawn", "Withdrawn actions are in no count.", required=True),
        *_DATES,
        of_kind(Kind.yes_no, "due_ongoing", "Whether it is ongoing instead of due.", required=True),
        of_kind(Kind.day, "original_due_on", "The first due date it ever had."),
        *_LATER_DATES,
        of_kind(Kind.day, "added_on", "The day from which it counts.", required=True),
        link("latest_update_id", "The newest update with a narrative.", "updates.id"),
        *(
            of_kind(Kind.yes_no, name, words, required=name != "no_reportable_progress")
            for name, words in _FLAGS.items()
        ),
        *STAMPS,
    ),
)
ACTION_POINTS = Table(
    "action_points",
    "Places of actions under priorities. Percentages count these, without those of withdrawn actions.",
    (
        link("action_id", "The action.", "actions.id", required=True),
        link("priority_id", "The priority.", "priorities.id", required=True),
        text("ref", "The action's ref there, unique in the plan.", required=True),
        of_kind(Kind.whole, "position", "Place among the action's own points, from 1.", required=True),
    ),
    ("action_id", "priority_id"),
)
ACTION_CO_LEADS = Table(
    "action_co_leads",
    "People who co-lead actions.",
    (
        link("action_id", "The action.", "actions.id", required=True),
        link("person_id", "The person.", "people.id", required=True),
        of_kind(Kind.whole, "position", "Place in the list, from 1.", required=True),
    ),
    ("action_id", "person_id"),
)
ACTION_DEPENDENCIES = Table(
    "action_dependencies",
    "Which action waits for which other one now.",
    (
        link("action_id", "The action that waits.", "actions.id", required=True),
        link("depends_on_id", "The action that it waits for.", "actions.id", required=True),
    ),
    ("action_id", "depends_on_id"),
)
UPDATES = Table(
    "updates",
    "Every dated entry on an action, replaced ones included: the whole history.",
    (
        own_id("update"),
        link("action_id", "The action.", "actions.id", required=True),
        *recorded(operations=("added", "updated", "withdrawn", "reinstated"), replaces="updates"),
        word("status", "The status that it states.", Status),
        of_kind(Kind.yes_no, "withdrawn", "Whether it takes the action out of every count, or back in."),
        *_DATES,
        of_kind(Kind.yes_no, "due_ongoing", "Whether it states the due date as ongoing.", required=True),
        *_LATER_DATES,
        of_kind(Kind.json, "points", "All action points that it states: objects with priority_id and ref."),
        of_kind(Kind.ids, "depends_on", "All actions that it states as waited for."),
    ),
)
PERIODS = Table(
    "periods",
    "Board reporting periods, and how to recognise what was published.",
    (
        own_id("period"),
        link("plan_id", "The plan.", "plans.id", required=True),
        text("ref", "Unique in the plan.", required=True),
        text("title", "How the board calls it."),
        of_kind(Kind.day, "first_day", "First day.", required=True),
        of_kind(Kind.day, "last_day", "Last day: its figures are as at this day.", required=True),
        of_kind(Kind.day, "meeting_on", "When the board meets about it."),
        word("state", "How far it is.", ("draft", "in_review", "published"), required=True),
        of_kind(Kind.time, "published_at", "When it was published, UTC."),
        of_kind(Kind.day, "published_on", "The London date of that."),
        text("published_by", "Who published it."),
        of_kind(Kind.whole, "published_sequence", "Place of the publication in the area's journal."),
        text("published_digest", "SHA-256 of the published content."),
        *STAMPS,
    ),
)
COMMENTARIES = Table(
    "commentaries",
    "Officers' words on a period, or on a priority in it.",
    (
        own_id("commentary"),
        link("period_id", "The period.", "periods.id", required=True),
        link("priority_id", "The priority; empty for the period as a whole.", "priorities.id"),
        text("text", "The words.", required=True),
        text("author_name", "Who wrote them, or changed them last.", required=True),
        *STAMPS,
    ),
)
ERRATA = Table(
    "errata",
    "Dated corrections beside published periods.",
    (
        own_id("erratum"),
        link("period_id", "The published period.", "periods.id", required=True),
        *recorded(has_reason=False),
        text("text", "What is wrong, and what is right.", required=True),
    ),
)
ACKNOWLEDGEMENTS = Table(
    "acknowledgements",
    "Data-quality findings that stay as they are, and why.",
    (
        own_id("acknowledgement"),
        word("check", "The check of the finding.", CheckId, required=True),
        word("subject_noun", "What kind of record the finding is about.", Noun, required=True),
        of_kind(
            Kind.id, "subject_id", "That record: an action, a risk or a management action.", required=True
        ),
        text("fingerprint", "Of the values that the check looked at.", required=True),
        *recorded(),
    ),
)


def _share(name: str, words: str) -> tuple[Column, ...]:
    return (
        of_kind(Kind.whole, name, f"Action points {words}.", required=True),
        of_kind(Kind.number, f"{name}_percent", f"Share of action points {words}, to four decimals."),
        of_kind(Kind.whole, f"{name}_rounded", "That share as it is displayed, rounded half up."),
    )


SHARES = {
    "complete": "that are complete",
    "on_target": "that are on target",
    "delayed": "that are delayed",
    "not_started": "that are not started",
    "complete_or_on_target": "that are complete or on target",
}
FIGURES = Table(
    "figures",
    "Progress of the plan and of each priority, as the service shows it on the day of the export.",
    (
        of_kind(Kind.whole, "place", "0 for the whole plan, then the priorities in order.", required=True),
        link("priority_id", "The priority; empty for the whole plan.", "priorities.id"),
        text("ref", "The ref of the plan or priority.", required=True),
        of_kind(Kind.whole, "action_points", "The denominator: points that count.", required=True),
        of_kind(Kind.whole, "distinct_actions", "Distinct actions among them.", required=True),
        of_kind(Kind.whole, "withdrawn", "Action points that are withdrawn.", required=True),
        *(column for name, words in SHARES.items() for column in _share(name, words)),
        *(of_kind(Kind.whole, f"{name}_points", f"Action points: {words}") for name, words in _FLAGS.items()),
        *(
            of_kind(Kind.whole, f"{name}_actions", f"Distinct actions: {words}")
            for name, words in _FLAGS.items()
        ),
    ),
    ("place",),
)
FLAGS = tuple(_FLAGS)
"""The names of the flags."""
