"""Schedules in words: the list, on the page and as a file, and what a run came to."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.models.schedule_runs import MailState, RunKind, RunState
from app.models.schedules import ScheduleKind, ScheduleState
from app.sentences.words import plural, sentence_case
from app.transfer.columns import Kind
from app.web.presenters.dates import recorded
from app.web.presenters.said import Said
from app.web.presenters.schedule_forms import LIST
from app.web.presenters.sheets import Sheet, table
from app.web.presenters.text import plan_name
from app.web.presenters.todos import Todo
from app.web.presenters.whole_lists import Choice, Column, WholeList, by_text, whole_list

SECTION = "admin"
KIND_LABELS = {ScheduleKind.summary: "Summary", ScheduleKind.reminders: "Reminders"}
STATE_LABELS = {ScheduleState.active: "Running", ScheduleState.paused: "Paused"}
RUN_KINDS = {RunKind.due: "By the schedule", RunKind.now: "Sent by hand", RunKind.test: "Test"}
RUN_STATES = {
    RunState.waiting: "Being made",
    RunState.made: "Being sent",
    RunState.done: "Finished",
    RunState.skipped: "Left out",
}
MAIL_LABELS = {
    MailState.waiting: "Waiting",
    MailState.handing_over: "Being handed over",
    MailState.sent: "Sent",
    MailState.doubtful: "Doubtful",
    MailState.refused: "Refused",
    MailState.dead: "Given up",
    MailState.left_out: "Left out",
}
_COUNTED = {
    MailState.sent: "sent",
    MailState.waiting: "waiting",
    MailState.handing_over: "being handed over",
    MailState.doubtful: "doubtful",
    MailState.refused: "refused",
    MailState.dead: "given up",
    MailState.left_out: "left out",
}
_NEED_EYES = (MailState.doubtful, MailState.refused, MailState.dead)
NOT_DUE = "None"


class Row(NamedTuple):
    """A schedule in the list. ``trouble`` is what of its last run needs somebody, "" for nothing."""

    href: str
    name: str
    kind: str
    plan: str
    when: str
    next: str
    state: str
    is_paused: bool
    last: str
    came_to: str
    trouble: str


Items = Sequence[Mapping[str, Any]]


def came_to(counts: Mapping[Any, int]) -> str:
    """What became of the messages of a run: "18 sent, 1 refused"; "" where there are none."""
    return ", ".join(f"{counts[state]:,} {words}" for state, words in _COUNTED.items() if counts.get(state))


def trouble(counts: Mapping[Any, int]) -> str:
    """What of that needs somebody: "1 refused"; "" for nothing."""
    return came_to({state: counts.get(state, 0) for state in _NEED_EYES})


def waiting_schedules(number: int) -> list[Todo]:
    """The notice that nothing is sent as no worker runs, for the overview; none where one does."""
    if not number:
        return []
    words = f"{plural(number, 'schedule waits', 'schedules wait')}: the worker has stopped"
    return [
        Todo(
            number,
            words,
            LIST,
            "What waits is sent when it runs again; what falls due is sent late, or skipped",
        )
    ]


def messages_in_trouble(runs: Items) -> list[Todo]:
    """The notice of messages of the last runs that did not arrive, for the overview; none without them."""
    counts = {state: sum(one["deliveries"][state] for one in runs) for state in _NEED_EYES}
    number = sum(counts.values())
    if not number:
        return []
    words = f"scheduled {plural(number, 'message')} that did not arrive"
    return [Todo(number, words, LIST, f"{sentence_case(came_to(counts))}.")]


def with_plans(schedules: Items, plans: Items, runs: Items) -> list[dict[str, Any]]:
    """Schedules with what the list says of them besides: the title of the plan, and the last of ``runs``."""
    titles = {one["id"]: one["title"] for one in plans}
    last = {one["schedule_id"]: one for one in runs}
    return [
        {**one, "plan": titles.get(one["plan_id"], ""), "last": last.get(one["id"])}
        for one in sorted(schedules, key=lambda one: one["name"].casefold())
    ]


_COLUMNS = {
    "name": Column("Schedule", by_text("name"), ("by name, from A", "by name, from Z")),
    "next": Column(
        "Next",
        lambda one: (one["next_due_at"] is None, one["next_due_at"].timestamp() if one["next_due_at"] else 0),
        ("the next due first", "the next due last"),
    ),
    "state": Column("State", lambda one: one["state"], ("running ones first", "paused ones first")),
    "last": Column(
        "Last run",
        lambda one: one["last"]["due_at"].timestamp() if one["last"] else 0.0,
        ("the longest ago first", "the latest first"),
    ),
}


def asked_of(typed: Mapping[str, str], found: Items, plans: Items) -> WholeList:
    """What the address asks for of the schedules (``with_plans``). Raises Invalid for what no form offers."""
    choices = {
        "plan": Choice(
            "Plan", lambda one: str(one["plan_id"]), [(str(one["id"]), plan_name(one)) for one in plans]
        ),
        "kind": Choice("What is sent", lambda one: str(one["kind"]), list(KIND_LABELS.items())),
        "state": Choice("State", lambda one: str(one["state"]), list(STATE_LABELS.items())),
    }
    return whole_list(LIST, typed, found, "schedule", _COLUMNS, choices)


_SHEET = table(
    "Schedules",
    ("Schedule", Kind.text),
    ("What is sent", Kind.text),
    ("Plan", Kind.text),
    ("When", Kind.text),
    ("Next", Kind.text),
    ("State", Kind.text),
    ("Recipients", Kind.whole),
    ("Last run", Kind.text),
    ("What it came to", Kind.text),
)


def schedule_sheet() -> Sheet:
    """The schedules as rows to download."""

    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        shown = _row(one)
        values = (
            shown.name,
            shown.kind,
            shown.plan,
            shown.when,
            shown.next,
            shown.state,
            one["recipient_count"],
            shown.last,
            shown.came_to,
        )
        return dict(zip(_SHEET.names, values, strict=True))

    return Sheet(_SHEET, row, "Schedules", frozenset({"When"}))


def _row(one: Mapping[str, Any]) -> Row:
    last = one["last"]
    counts = last["deliveries"] if last else {}
    return Row(
        href=f"{LIST}/{one['id']}",
        name=one["name"],
        kind=KIND_LABELS[ScheduleKind(one["kind"])],
        plan=one["plan"],
        when=one["rule_in_words"],
        next=recorded(one["next_due_at"]) if one["next_due_at"] else NOT_DUE,
        state=STATE_LABELS[ScheduleState(one["state"])],
        is_paused=one["state"] == ScheduleState.paused,
        last=recorded(last["due_at"]) if last else "Never",
        came_to=run_words(last) if last else "",
        trouble=trouble(counts),
    )


def run_words(run: Mapping[str, Any]) -> str:
    """What a run came to: what became of its messages, or that there are none yet, or none at all."""
    if counted := came_to(run["deliveries"]):
        return counted
    if run["state"] == RunState.done:
        return "Nobody to write to"
    return RUN_STATES[RunState(run["state"])]


def list_page(found: WholeList, said: str, *, may_write: bool) -> dict[str, Any]:
    """The schedules of the area."""
    return {
        "section": SECTION if may_write else "",
        "heading": "Schedules",
        "list": found,
        "may_write": may_write,
        "said": SAID.get(said),
        "has_any": bool(found.items or found.filters.clear_url),
        "rows": [_row(one) for one in found.items],
    }


SAID = {
    "added": Said(
        "The schedule is added. It is paused: add recipients, look at the next message, then start it."
    ),
    "added_reminders": Said("The schedule is added. It is paused: look at the next message, then start it."),
    "changed": Said("The schedule is changed."),
    "deleted": Said("The schedule is deleted. What it was stays in the journal."),
    "active": Said("The schedule is running."),
    "paused": Said("The schedule is paused. Nothing is sent until you start it again."),
    "nobody": Said("The schedule was not started: nobody would receive it. Add a recipient first.", False),
    "stale": Said(
        "Nothing was changed just now: this schedule has changed since the page was opened, or the button "
        "was pressed twice. This is how it is.",
        False,
    ),
}
"""What has just been done, or not."""
