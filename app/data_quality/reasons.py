"""Whether a reason stands for an action that is on target against its dates.

Domain rules, section 2: a rating better than the dates suggest (on target while overdue or forecast late)
needs a reason. It is asked for when such an entry is recorded. An action also becomes overdue by the mere
passing of time, with nobody saying anything: then no reason stands.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.entries.fold import Entry, standing
from app.plans.statuses import Status

_ABOUT_STATUS = frozenset({"status", "due_on", "review_on", "forecast_on"})


def is_explained(entries: Iterable[Entry], day: date, deadline_on: date) -> bool:
    """Whether somebody has given a reason for being on target past ``deadline_on``, as at a day.

    It is given by an entry that stands, is effective by the day, states the status, a due, review or forecast
    date, carries a reason (the fact ``reason``) and, on its own day, already spoke against ``deadline_on``:
    it was past, or the forecast was later. It holds while the action stays on target: one given before the
    action was something else in between counts no more.
    """
    facts: dict[str, Any] = {}
    explained = False
    for entry in standing(entries):
        if entry.effective_on > day:
            break
        facts |= entry.facts
        if facts.get("status") != Status.on_target:
            explained = False
        elif entry.facts.get("reason") and _ABOUT_STATUS & entry.facts.keys():
            forecast_on = facts.get("forecast_on")
            is_late = entry.effective_on > deadline_on or bool(forecast_on and forecast_on > deadline_on)
            explained = explained or is_late
    return explained
