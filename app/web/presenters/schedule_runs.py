"""Runs of schedules in words: what was sent, what became of each message, and what can be done about it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.models.schedule_runs import MailState, RunKind
from app.models.schedules import ScheduleKind
from app.sentences.words import plural
from app.web.presenters.dates import long_or, recorded
from app.web.presenters.lists import Field, counted, filters, pages
from app.web.presenters.said import Said
from app.web.presenters.schedule_forms import LIST
from app.web.presenters.schedules import MAIL_LABELS, RUN_KINDS, SECTION, run_words
from app.web.record_forms import RecordForm

_AGAIN = (MailState.waiting, MailState.doubtful, MailState.refused, MailState.dead)
"""What can be sent again, at once."""
_TROUBLED = (MailState.doubtful, MailState.refused, MailState.dead)
_SAID = {
    "now": Said("It is being made and sent. Load this page again in a minute to see what became of it."),
    "test": Said("A test is on its way to you. Load this page again in a minute to see what became of it."),
    "again": Said("The message is being sent again. Load this page again in a minute."),
    "not_again": Said("Nothing was sent again: the message has arrived, or is on its way already.", False),
    "arrived": Said("It counts as sent, and is not sent again."),
    "not_arrived": Said("Nothing was changed: only a doubtful message can be said to have arrived.", False),
}
_WORDS = {
    MailState.doubtful: "It may have arrived: the service stopped, or no answer came, as it was handed over. "
    "It is tried again by itself, as the same message.",
    MailState.refused: "The mail system takes nothing for this address. Correct the address, or remove it.",
    MailState.dead: "It was given up after the last try.",
}


class Message(NamedTuple):
    """A message in the list. ``again`` is the address of the form that sends it again, "" where it cannot be.

    ``arrived`` is the address that says of a doubtful one that it arrived, and ``key`` what its form carries.
    """

    address: str
    name: str
    state: str
    needs_eyes: bool
    words: str
    error: str
    when: str
    again: str
    arrived: str
    key: str


def run_page(
    run: Mapping[str, Any],
    schedule: Mapping[str, Any],
    messages: Mapping[str, Any] | None,
    said: str,
    state: str,
    cursor: str,
    keys: Mapping[Any, str],
) -> dict[str, Any]:
    """A run; ``messages`` is a page of them, None for whoever may not see addresses.

    ``keys`` are what the forms of messages carry, by the id of the message.
    """
    path = f"/schedule-runs/{run['id']}"
    found = messages or {"items": (), "total": 0, "next": None}
    shown: Sequence[Mapping[str, Any]] = found["items"]
    counts = run["deliveries"]
    options = [("", counted("All", sum(counts.values())))]
    options += [(one, counted(words, counts[one])) for one, words in MAIL_LABELS.items() if counts[one]]
    return {
        "section": SECTION if messages is not None else "",
        "heading": run["subject"] or schedule["name"],
        "caption": (schedule["name"], f"{LIST}/{schedule['id']}"),
        "said": _SAID.get(said),
        "facts": _facts(run),
        "note": run["note"] or "",
        "may_see": messages is not None,
        "filters": filters(path, (), [Field("state", "State", state, options)], "messages"),
        "has_any": bool(sum(counts.values())),
        "messages": [_message(one, keys[one["id"]]) for one in shown],
        "pages": pages(
            path, [("state", state)], len(shown), found["total"], cursor, found["next"], "messages"
        ),
    }


def _facts(run: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    pairs = [
        ("When", recorded(run["due_at"])),
        ("Why", RUN_KINDS[RunKind(run["kind"])]),
        ("Figures as at", long_or(run["as_at"], "Not made yet")),
        ("What became of it", run_words(run)),
    ]
    return [(label, value, "") for label, value in pairs]


def _message(one: Mapping[str, Any], key: str) -> Message:
    state = MailState(one["state"])
    path = f"/run-deliveries/{one['id']}"
    return Message(
        address=one["address"],
        name=one["name"] or "",
        state=MAIL_LABELS[state],
        needs_eyes=state in _TROUBLED,
        words=_WORDS.get(state, ""),
        error=one["last_error"] or "",
        when=_when(one),
        again=f"{path}/again" if state in _TROUBLED or (state in _AGAIN and one["attempts"]) else "",
        arrived=f"{path}/arrived" if state is MailState.doubtful else "",
        key=key,
    )


def _when(one: Mapping[str, Any]) -> str:
    if one["sent_at"]:
        return recorded(one["sent_at"])
    if one["next_try_at"]:
        tried = f", tried {one['attempts']} {plural(one['attempts'], 'time')}" if one["attempts"] else ""
        return f"Next try {recorded(one['next_try_at'])}{tried}"
    return f"Tried {one['attempts']} {plural(one['attempts'], 'time')}" if one["attempts"] else ""


# --- Forms ------------------------------------------------------------------------------------------------


def now_form(schedule: Mapping[str, Any], number: int) -> RecordForm:
    """Asks whether to send it now, to how many."""
    path = f"{LIST}/{schedule['id']}"
    if schedule["kind"] == ScheduleKind.reminders:
        to = "every lead who has something to be reminded of"
        points = ["Whoever was reminded of something before is not reminded of it again."]
    else:
        to = f"{number:,} {plural(number, 'recipient')}"
        points = ["The figures are those of today."]
    nobody = schedule["kind"] == ScheduleKind.summary and not number
    return RecordForm(
        heading=f"Send “{schedule['name']}” now?",
        caption=(schedule["name"], path),
        fields=(),
        submit="" if nobody else f"Send it to {to} now",
        back=path,
        section=SECTION,
        confirms=True,
        note="Nobody receives it. Add a recipient first."
        if nobody
        else f"The message goes to {to}, at once.",
        points=() if nobody else (*points, "The next date of the schedule stays as it is."),
    )


def again_form(delivery: Mapping[str, Any]) -> RecordForm:
    """Asks whether to send a message again."""
    path = f"/schedule-runs/{delivery['run_id']}"
    can = delivery["state"] in _AGAIN
    points = ["It says what it said the first time, with the figures of that day."]
    if delivery["state"] == MailState.doubtful:
        points.append(
            "It may have arrived already. It carries the same number, so most mail programs show it once."
        )
    if delivery["state"] == MailState.refused:
        points.append("The mail system refused this address for good: it will probably do so again.")
    return RecordForm(
        heading=f"Send it again to {delivery['address']}?" if can else "Nothing to send again",
        caption=("What was sent", path),
        fields=(),
        submit="Send it again" if can else "",
        back=path,
        section=SECTION,
        confirms=True,
        note="The message is sent again at once, with all its tries."
        if can
        else "The message has arrived, was left out on purpose, or is being handed over at this moment.",
        points=points if can else (),
    )
