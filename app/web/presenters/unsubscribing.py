"""Unsubscribing in words. The address is not named: a message may have been passed on."""

from collections.abc import Mapping
from typing import Any

from app.models.schedules import ScheduleKind
from app.web.presenters.dates import day_of

_WHAT = {
    ScheduleKind.summary: "the summary “{}”",
    ScheduleKind.reminders: "the reminders “{}”",
}


def unsubscribe_page(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a link stops, or that it has: the schedule and its area, and the button for the other way."""
    what = _WHAT[ScheduleKind(found["kind"])].format(found["schedule_name"])
    stopped_at = found["unsubscribed_at"]
    verb = "is" if found["kind"] == ScheduleKind.summary else "are"
    if found["is_forgotten"] or (found["removed_at"] is not None and stopped_at is None):
        return {
            "section": "",
            "heading": "You get these messages no more",
            "is_stopped": True,
            "words": f"The address that got this link receives {what} from {found['area_name']} no more: it "
            "was removed from the recipients.",
            "step": None if found["is_forgotten"] else ("stop", "Do not let it be added again"),
        }
    if stopped_at is None:
        return {
            "section": "",
            "heading": "Stop these messages?",
            "is_stopped": False,
            "words": f"Then {what} from {found['area_name']} {verb} no longer sent to the address that "
            "got this link. Other messages and your account stay as they are.",
            "step": ("stop", "Stop these messages"),
        }
    return {
        "section": "",
        "heading": "You get these messages no more",
        "is_stopped": True,
        "words": f"Since {day_of(stopped_at)}, {what} from {found['area_name']} {verb} not sent to you "
        "any more. A message that was on its way at that moment may still arrive.",
        "step": ("again", "Receive them again") if found["removed_at"] is None else None,
    }
