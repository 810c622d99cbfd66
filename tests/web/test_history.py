"""The history of an action in sentences: what changed, what was corrected, and when it was learned."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app import clock
from app.web.presenters.history import Event, action_history

DAY = date(2024, 7, 1)


@pytest.fixture(autouse=True)
def real_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service as it runs outside demo, where today is the real day."""
    monkeypatch.setattr(clock, "pinned_today", lambda: None)


def _entry(number: int, day: date, operation: str = "updated", **given: Any) -> dict[str, Any]:
    values = {
        "id": UUID(int=number),
        "sequence": number,
        "effective_on": day,
        "recorded_at": datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC),
        "author_name": "Programme lead",
        "operation": operation,
        "narrative": None,
        "reason": None,
        "backdated": False,
        "replaces": None,
        "replaced_by": None,
        "facts": {},
    }
    return values | given


ADDED = _entry(1, date(2024, 4, 1), "added", facts={"status": "not_started", "due_on": "2024-05-31"})


def _told(*entries: dict[str, Any], day: date = DAY) -> list[Event]:
    return action_history([ADDED, *entries], day)


def _sentences(events: list[Event]) -> list[str]:
    return [" ".join(str(one) for one in event.sentences) for event in events]


def test_the_latest_stands_first_and_says_who_and_what():
    events = _told(_entry(2, date(2024, 5, 22), facts={"status": "delayed"}, reason="More time asked for."))
    assert _sentences(events) == [
        "<strong>The due date, 31 May 2024, passed.</strong> The action is overdue.",
        "Programme lead changed the status <strong>from Not started to Delayed</strong>.",
        "Programme lead <strong>added it to the plan as Not started</strong>, due 31 May 2024.",
    ]
    assert events[1].quotes == ("Reason: More time asked for.",)
    assert events[1].day == "22 May 2024"


def test_a_status_kept_is_said_to_be_kept_with_a_hollow_dot():
    delayed = _entry(2, date(2024, 5, 1), facts={"status": "delayed"})
    events = _told(delayed, _entry(3, date(2024, 5, 20), facts={"status": "delayed"}, narrative="Still."))
    kept = events[1]
    assert kept.css == ""
    assert _sentences([kept]) == [
        "Programme lead <strong>kept the status at Delayed</strong>. No path back to green was given."
    ]


def test_dates_that_move_are_told_from_and_to():
    moved = _entry(2, date(2024, 5, 1), facts={"due_on": "2024-07-31", "forecast_on": "2024-08-31"})
    cleared = _entry(3, date(2024, 5, 2), facts={"forecast_on": None, "due_on": "ongoing"})
    told = _sentences(_told(moved, cleared))
    assert told[1] == (
        "The due date moved <strong>from 31 May 2024 to 31 July 2024</strong>. "
        "The forecast date was <strong>set to 31 August 2024</strong>."
    )
    assert "The forecast date was <strong>cleared</strong>, it was 31 August 2024." in told[0]
    assert "from 31 July 2024 to ongoing" in told[0]


def test_a_replaced_entry_stays_and_changes_nothing():
    wrong = _entry(2, date(2024, 5, 1), facts={"status": "complete"}, replaced_by=UUID(int=3))
    right = _entry(3, date(2024, 5, 1), facts={"status": "on_target"}, replaces=UUID(int=2), reason="Slip.")
    events = _told(wrong, right)
    by_css = {event.css: event for event in events}
    assert _sentences([by_css["is-replaced"]]) == ["Programme lead set the status to Complete."]
    assert by_css["is-replaced"].note.startswith("Replaced by one recorded 1 May 2024, 09:30.")
    corrected = next(event for event in events if event.note.startswith("Corrects"))
    assert _sentences([corrected]) == [
        "Programme lead changed the status <strong>from Not started to On target</strong>."
    ]


def test_a_backdated_entry_says_so_and_when_it_was_learned():
    learned = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
    late = _entry(9, date(2024, 5, 1), facts={"status": "delayed"}, backdated=True, recorded_at=learned)
    event = _told(late, _entry(3, date(2024, 5, 10), narrative="Later."))[2]
    assert event.note == "Backdated: dated before an entry that already stood, or in a published period."
    assert event.by == "Recorded 3 June 2024, 10:00, 33 days after it took effect"


def test_demo_does_not_compare_its_fixed_day_with_the_real_one(monkeypatch):
    monkeypatch.setattr(clock, "pinned_today", lambda: DAY)
    learned = datetime(2026, 11, 21, 23, 41, tzinfo=UTC)
    event = _told(_entry(2, date(2024, 7, 1), narrative="Said.", recorded_at=learned))[0]
    assert event.by == "Recorded 21 November 2026, 23:41"


def test_withdrawal_and_reinstatement_are_told_and_a_withdrawn_action_is_never_overdue():
    out = _entry(2, date(2024, 5, 1), "withdrawn", reason="Merged.")
    told = _sentences(_told(out))
    assert told[0] == "Programme lead <strong>withdrew the action</strong>: it counts no more."
    assert not any("passed" in sentence for sentence in told)
    back = _entry(3, date(2024, 5, 9), "reinstated", reason="Needed.")
    assert any("it counts again" in sentence for sentence in _sentences(_told(out, back)))


def test_nothing_after_the_chosen_day_is_told():
    later = _entry(2, date(2024, 6, 10), facts={"status": "complete"})
    assert len(_told(later, day=date(2024, 5, 1))) == 1


def test_what_was_typed_is_escaped():
    entry = _entry(2, date(2024, 5, 1), author_name="<b>Me</b>", facts={"status": "delayed"})
    assert "&lt;b&gt;Me&lt;/b&gt; changed" in _sentences(_told(entry))[1]
