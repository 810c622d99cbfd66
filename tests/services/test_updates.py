"""Dated entries on actions: when they are effective, what they need, how they correct each other."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import db
from app.errors import NotAllowed, PreconditionFailed
from app.models.actions import ActionUpdate
from app.models.tables import journal_entries
from app.services import actions, updates
from tests.factories import ADDED, TODAY, Cast, Shown, action, do, make_action, refused, see, update, withdraw

MAY = date(2024, 5, 1)
JUNE = date(2024, 6, 1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def made(people: Cast, priority: Shown) -> Shown:
    """An action on target, added on 1 April, led by the contributor."""
    return make_action(people.editor, priority, status="on_target", lead_id=people.contributor.person_id)


# --- The effective date -----------------------------------------------------------------------------------


def test_an_entry_is_effective_today_unless_it_says_otherwise(people: Cast, made: Shown) -> None:
    assert update(people.editor, made["id"], status="delayed")["effective_on"] == TODAY


def test_an_entry_holds_from_its_effective_date_on(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=MAY)
    before = MAY - timedelta(days=1)
    found = [action(people.viewer, made["id"], day)["status"] for day in (before, MAY, TODAY)]
    assert found == ["on_target", "delayed", "delayed"]


def test_an_effective_date_to_come_is_refused(people: Cast, made: Shown) -> None:
    faults = refused(update, people.editor, made["id"], status="delayed", effective_on=TOMORROW)
    assert faults == {
        "/effective_on": "Give today, 2024-07-01, or an earlier day: this day has not come yet."
    }


def test_a_day_before_the_action_was_added_is_refused(people: Cast, made: Shown) -> None:
    early = ADDED - timedelta(days=1)
    faults = refused(update, people.editor, made["id"], status="delayed", effective_on=early, reason="Late")
    assert faults == {"/effective_on": "Give 2024-04-01 or a later day: it was added on that day."}


def test_an_entry_dated_before_the_latest_one_needs_a_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    assert "/reason" in refused(update, people.editor, made["id"], narrative="Held up", effective_on=MAY)


def test_an_entry_dated_before_the_latest_one_is_marked_backdated(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    entry = update(
        people.editor, made["id"], narrative="Held up", effective_on=MAY, reason="Found in minutes"
    )
    assert entry["backdated"]


def test_an_entry_of_the_day_of_the_latest_one_is_not_backdated(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    assert not update(people.editor, made["id"], narrative="Held up", effective_on=JUNE)["backdated"]


def test_a_backdated_entry_never_overwrites_a_later_one(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    update(people.editor, made["id"], status="not_started", effective_on=MAY, reason="Found in minutes")
    found = [action(people.viewer, made["id"], day)["status"] for day in (MAY, JUNE, TODAY)]
    assert found == ["not_started", "delayed", "delayed"]


def test_of_two_entries_of_a_day_the_one_recorded_later_holds(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    update(people.editor, made["id"], status="not_started", effective_on=JUNE)
    assert action(people.viewer, made["id"])["status"] == "not_started"


def test_reading_as_at_a_day_to_come_is_refused(people: Cast, made: Shown) -> None:
    assert "/as_at" in refused(action, people.viewer, made["id"], TOMORROW)


# --- What an entry states ---------------------------------------------------------------------------------


def test_a_fact_left_out_stays_as_it_is(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], forecast_on=TOMORROW)
    assert action(people.viewer, made["id"])["status"] == "on_target"


def test_null_clears_a_fact(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], forecast_on=TOMORROW, effective_on=MAY)
    update(people.editor, made["id"], forecast_on=None)
    assert action(people.viewer, made["id"])["forecast_on"] is None


@pytest.mark.parametrize("name", ["status", "points", "depends_on"])
def test_some_facts_cannot_be_cleared(people: Cast, made: Shown, name: str) -> None:
    assert f"/{name}" in refused(update, people.editor, made["id"], **{name: None})


def test_an_entry_that_states_nothing_is_refused(people: Cast, made: Shown) -> None:
    assert refused(update, people.editor, made["id"], reason="Because") == {
        "": "State at least one fact, or a narrative."
    }


def test_a_narrative_alone_is_an_entry(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], narrative="The panel has met.")
    assert action(people.viewer, made["id"])["latest_update"]["narrative"] == "The panel has met."


def test_the_latest_narrative_is_that_of_the_day(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], narrative="Planned", effective_on=MAY)
    update(people.editor, made["id"], narrative="Held", effective_on=JUNE)
    assert action(people.viewer, made["id"], MAY)["latest_update"]["narrative"] == "Planned"


def test_an_ongoing_due_date_is_answered_as_ongoing(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], due_on="ongoing", review_on=TOMORROW)
    assert action(people.viewer, made["id"])["due_on"] == "ongoing"


def test_an_ongoing_action_is_overdue_after_its_review_date(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", due_on="ongoing", review_on=JUNE, effective_on=MAY)
    found = [action(people.viewer, made["id"], day)["flags"]["overdue"] for day in (JUNE, TODAY)]
    assert found == [False, True]


def test_the_original_due_date_is_kept_for_ever(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], due_on=TODAY, effective_on=MAY)
    update(people.editor, made["id"], due_on=TOMORROW, effective_on=JUNE)
    found = action(people.viewer, made["id"])
    assert (found["original_due_on"], found["due_on"], found["flags"]["slipped"]) == (TODAY, TOMORROW, True)


def test_a_due_date_before_the_start_date_is_refused(people: Cast, made: Shown) -> None:
    assert "/due_on" in refused(update, people.editor, made["id"], start_on=JUNE, due_on=MAY, reason="x")


def test_a_start_date_after_the_due_date_is_refused(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], due_on=TODAY)
    assert "/start_on" in refused(update, people.editor, made["id"], start_on=TOMORROW)


def test_a_backdated_start_date_after_a_later_due_date_is_refused(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", due_on=MAY, effective_on=JUNE)
    faults = refused(update, people.editor, made["id"], start_on=JUNE, effective_on=MAY, reason="Found late")
    assert faults == {
        "/start_on": "The due date, 2024-05-01, must not be before the start date, 2024-06-01, "
        "from 2024-06-01 on."
    }


def test_an_action_with_an_error_in_it_is_not_added(people: Cast, priority: Shown) -> None:
    refused(make_action, people.editor, priority, start_on=JUNE, due_on=MAY)
    listed = see(actions.list_actions, people.viewer, priority["plan_id"], today=TODAY)
    assert listed["total"] == 0


# --- Completion -------------------------------------------------------------------------------------------


def test_a_complete_action_was_completed_on_the_effective_date_by_default(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="complete", effective_on=MAY)
    assert action(people.viewer, made["id"])["completed_on"] == MAY


def test_a_completion_date_may_be_earlier_than_the_effective_date(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="complete", completed_on=MAY)
    assert action(people.viewer, made["id"])["completed_on"] == MAY


def test_a_completion_date_after_the_effective_date_is_refused(people: Cast, made: Shown) -> None:
    faults = refused(
        update, people.editor, made["id"], status="complete", completed_on=JUNE, effective_on=MAY
    )
    assert "/completed_on" in faults


def test_a_completion_date_without_completion_is_refused(people: Cast, made: Shown) -> None:
    assert "/completed_on" in refused(update, people.editor, made["id"], completed_on=MAY)


def test_the_completion_date_of_a_complete_action_cannot_be_cleared(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="complete", effective_on=MAY)
    assert "/completed_on" in refused(update, people.editor, made["id"], completed_on=None)


def test_an_action_that_is_complete_no_more_loses_its_completion_date(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="complete", effective_on=MAY)
    update(people.editor, made["id"], status="delayed")
    assert action(people.viewer, made["id"])["completed_on"] is None


def test_a_backdated_completion_leaves_later_days_without_a_completion_date(
    people: Cast, made: Shown
) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    update(people.editor, made["id"], status="complete", effective_on=MAY, reason="Found in minutes")
    found = [action(people.viewer, made["id"], day)["completed_on"] for day in (MAY, JUNE)]
    assert found == [MAY, None]


def test_an_action_can_be_updated_after_a_backdated_completion(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=JUNE)
    update(people.editor, made["id"], status="complete", effective_on=MAY, reason="Found in minutes")
    update(people.editor, made["id"], narrative="Still under way.")
    assert action(people.viewer, made["id"])["status"] == "delayed"


# --- Reasons ----------------------------------------------------------------------------------------------


def test_a_move_from_delayed_to_on_target_needs_a_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=MAY)
    assert "/reason" in refused(update, people.editor, made["id"], status="on_target")


def test_a_move_from_delayed_to_on_target_is_recorded_with_its_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=MAY)
    entry = update(people.editor, made["id"], status="on_target", reason="Two posts filled")
    assert entry["reason"] == "Two posts filled"


def test_on_target_while_overdue_needs_a_reason(people: Cast, made: Shown) -> None:
    assert "/reason" in refused(update, people.editor, made["id"], due_on=JUNE)


def test_on_target_on_the_due_date_needs_no_reason(people: Cast, made: Shown) -> None:
    assert update(people.editor, made["id"], due_on=TODAY)["reason"] is None


def test_on_target_with_a_late_forecast_needs_a_reason(people: Cast, made: Shown) -> None:
    faults = refused(update, people.editor, made["id"], due_on=TODAY, forecast_on=TOMORROW)
    assert "/reason" in faults


def test_delayed_with_a_late_forecast_needs_no_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", due_on=TODAY, forecast_on=TOMORROW)
    assert action(people.viewer, made["id"])["flags"]["significantly_delayed"]


def test_a_narrative_on_an_overdue_action_on_target_needs_no_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], due_on=JUNE, reason="Agreed with the board")
    assert update(people.editor, made["id"], narrative="Nearly there")["reason"] is None


def test_correcting_a_recovery_still_needs_its_reason(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", effective_on=MAY)
    wrong = update(people.editor, made["id"], status="on_target", reason="Two posts filled")
    faults = refused(update, people.editor, made["id"], status="on_target", replaces=wrong["id"])
    assert "/reason" in faults


# --- Who, versions, journal -------------------------------------------------------------------------------


def test_a_contributor_updates_an_action_that_they_lead(people: Cast, made: Shown) -> None:
    update(people.contributor, made["id"], status="delayed")
    assert action(people.viewer, made["id"])["status"] == "delayed"


def test_a_contributor_updates_an_action_that_they_co_lead(people: Cast, priority: Shown) -> None:
    co_led = make_action(people.editor, priority, co_lead_ids=[people.contributor.person_id])
    assert update(people.contributor, co_led["id"], status="delayed")["author_name"]


def test_a_contributor_may_not_update_the_action_of_somebody_else(people: Cast, priority: Shown) -> None:
    with pytest.raises(NotAllowed):
        update(people.contributor, make_action(people.editor, priority)["id"], status="delayed")


def test_a_contributor_who_leads_no_longer_may_not_update(people: Cast, made: Shown) -> None:
    do(actions.change_action, people.editor, made["id"], ActionUpdate(lead_id=None), version=None)
    with pytest.raises(NotAllowed):
        update(people.contributor, made["id"], status="delayed")


def test_a_contributor_may_not_move_action_points(people: Cast, priority: Shown, made: Shown) -> None:
    with pytest.raises(NotAllowed):
        update(people.contributor, made["id"], points=[{"priority_id": priority["id"], "ref": "1.9"}])


def test_a_contributor_may_not_change_dependencies(people: Cast, made: Shown) -> None:
    with pytest.raises(NotAllowed):
        update(people.contributor, made["id"], depends_on=[])


def test_a_contributor_may_not_withdraw_their_action(people: Cast, made: Shown) -> None:
    with pytest.raises(NotAllowed):
        withdraw(people.contributor, made["id"])


def test_an_update_raises_the_version_of_its_action(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed")
    assert action(people.viewer, made["id"])["version"] == made["version"] + 1


def test_an_update_of_an_old_version_is_refused_with_the_current_action(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", version=made["version"])
    with pytest.raises(PreconditionFailed) as caught:
        update(people.editor, made["id"], status="not_started", version=made["version"])
    assert caught.value.current["status"] == "delayed"


def test_a_refused_update_stores_nothing(people: Cast, made: Shown) -> None:
    refused(update, people.editor, made["id"], status="delayed", effective_on=TOMORROW)
    assert len(see(updates.list_updates, people.viewer, made["id"])) == 1


def test_an_update_is_journalled_with_who_what_before_after_and_why(people: Cast, made: Shown) -> None:
    update(people.contributor, made["id"], status="delayed", effective_on=MAY, reason="No panel in May")
    with db.read(people.viewer) as reader:
        row = reader.execute(select(journal_entries).order_by(journal_entries.c.sequence.desc())).first()
    assert row is not None
    assert (row.author_name, row.noun, row.subject_id, row.operation) == (
        "Contributor of the north",
        "action",
        made["id"],
        "updated",
    )
    assert (row.before, row.after, row.reason) == (
        {"status": "on_target"},
        {"status": "delayed", "effective_on": "2024-05-01"},
        "No panel in May",
    )
