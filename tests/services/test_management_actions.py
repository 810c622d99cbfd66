"""Management actions by day, and the check that states follow from their entries."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.models.tables import journal_entries
from app.services import checks, management_actions
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    make_action,
    make_management_action,
    make_risk,
    refused,
    see,
    update_management_action,
)

MAY = date(2024, 5, 1)


@pytest.fixture
def measure(people: Cast, register: Shown) -> Shown:
    """A management action on target, due on 1 June."""
    risk = make_risk(people.editor, register["id"])
    return make_management_action(people.editor, risk["id"], status="on_target", due_on=date(2024, 6, 1))


def journal(people: Cast, record: Shown) -> list[Any]:
    with db.read(people.viewer) as reader:
        table = journal_entries.c
        wanted = select(journal_entries).where(table.subject_id == record["id"]).order_by(table.sequence)
        return list(reader.execute(wanted))


def as_at(people: Cast, found: Shown, day: date) -> Shown:
    get = management_actions.get_management_action
    shown: Shown = see(get, people.viewer, found["id"], today=TODAY, as_at=day)
    return shown


def test_a_management_action_reads_as_at_a_day(people: Cast, measure: Shown) -> None:
    update_management_action(people.editor, measure["id"], status="complete", effective_on=MAY)
    found = [as_at(people, measure, day)["status"] for day in (ADDED, MAY, TODAY)]
    assert found == ["on_target", "complete", "complete"]


def test_the_status_of_a_management_action_can_be_not_stated(people: Cast, measure: Shown) -> None:
    update_management_action(people.editor, measure["id"], status=None)
    assert as_at(people, measure, TODAY)["status"] is None


def test_a_management_action_is_overdue_after_its_due_date(people: Cast, measure: Shown) -> None:
    found = [as_at(people, measure, day)["overdue"] for day in (date(2024, 6, 1), date(2024, 6, 2))]
    assert found == [False, True]


def test_a_management_action_without_status_can_be_overdue(people: Cast, measure: Shown) -> None:
    update_management_action(people.editor, measure["id"], status=None)
    assert as_at(people, measure, TODAY)["overdue"]


def test_a_corrected_update_of_a_management_action_is_ignored(people: Cast, measure: Shown) -> None:
    wrong = update_management_action(people.editor, measure["id"], status="complete")
    update_management_action(people.editor, measure["id"], narrative="Not yet", replaces=wrong["id"])
    assert as_at(people, measure, TODAY)["status"] == "on_target"


def test_an_update_of_a_management_action_that_states_nothing_is_refused(
    people: Cast, measure: Shown
) -> None:
    assert list(refused(update_management_action, people.editor, measure["id"], reason="x")) == [""]


def test_an_update_of_a_management_action_is_journalled_before_and_after(
    people: Cast, measure: Shown
) -> None:
    update_management_action(people.editor, measure["id"], status="complete", effective_on=MAY)
    row = journal(people, measure)[-1]
    assert (row.operation, row.before, row.after) == (
        "updated",
        {"status": "on_target"},
        {"status": "complete", "effective_on": "2024-05-01"},
    )


# --- What the service checks before it starts -------------------------------------------------------------


def test_the_newest_effective_date_is_that_of_the_latest_entry_of_any_kind(
    people: Cast, measure: Shown
) -> None:
    update_management_action(people.editor, measure["id"], status="complete", effective_on=MAY)
    with db.read(None) as reader:
        assert checks.newest_effective_on(reader) == MAY


def test_a_database_without_entries_has_no_newest_effective_date(people: Cast) -> None:
    with db.read(None) as reader:
        assert checks.newest_effective_on(reader) is None


def test_states_that_services_wrote_follow_from_their_entries(
    people: Cast, priority: Shown, measure: Shown
) -> None:
    make_action(people.editor, priority)
    with db.read(None) as reader:
        found = list(checks.wrong_states(reader))
        assert (found, checks.record_count(reader)) == ([None, None, None], 3)


@pytest.mark.parametrize(
    "statement, noun",
    [
        ("UPDATE action_states SET status = 'delayed'", "action"),
        ("DELETE FROM action_point_states", "action"),
        ("UPDATE risk_states SET severity = 25", "risk"),
        ("UPDATE management_action_states SET due_on = NULL", "management action"),
    ],
)
def test_states_that_somebody_altered_are_named(
    people: Cast, priority: Shown, measure: Shown, statement: str, noun: str
) -> None:
    make_action(people.editor, priority)
    with db.write(people.service) as writer:
        writer.exec_driver_sql(statement)
    with db.read(None) as reader:
        wrong = [one for one in checks.wrong_states(reader) if one is not None]
    assert [one.startswith(f"The states of {noun} ") for one in wrong] == [True]
