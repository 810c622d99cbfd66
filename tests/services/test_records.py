"""What every record that can be changed shares: versions, the journal, and refs that are used once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from app import db
from app.errors import PreconditionFailed
from app.models.actions import ActionUpdate
from app.models.controls import ControlUpdate
from app.models.management_actions import ManagementActionUpdate
from app.models.people import PersonUpdate
from app.models.periods import PeriodUpdate
from app.models.plans import PlanUpdate
from app.models.priorities import PriorityUpdate
from app.models.registers import RegisterUpdate
from app.models.risks import RiskUpdate
from app.models.tables import journal_entries
from app.services import (
    actions,
    controls,
    management_actions,
    periods,
    plans,
    priorities,
    registers,
    risks,
)
from app.services import people as people_service
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_control,
    make_management_action,
    make_period,
    make_person,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    refused,
)


class Kind(NamedTuple):
    """A kind of record: how one is made, and how one of its fields is changed."""

    make: Callable[[Cast, Shown, Shown], Shown]
    change: Callable[..., Shown]
    shape: Callable[..., Any]
    field: str


KINDS = {
    "person": Kind(lambda p, *_: make_person(p.editor), people_service.change_person, PersonUpdate, "name"),
    "plan": Kind(lambda p, *_: make_plan(p.editor, ref="X"), plans.change_plan, PlanUpdate, "title"),
    "priority": Kind(
        lambda p, priority, _: make_priority(p.editor, priority["plan_id"], ref="X"),
        priorities.change_priority,
        PriorityUpdate,
        "title",
    ),
    "action": Kind(
        lambda p, priority, _: make_action(p.editor, priority), actions.change_action, ActionUpdate, "title"
    ),
    "register": Kind(
        lambda p, *_: make_register(p.editor, ref="X"), registers.change_register, RegisterUpdate, "title"
    ),
    "risk": Kind(
        lambda p, _, register: make_risk(p.editor, register["id"]),
        risks.change_risk,
        RiskUpdate,
        "description",
    ),
    "control": Kind(
        lambda p, _, register: make_control(p.editor, make_risk(p.editor, register["id"])["id"]),
        controls.change_control,
        ControlUpdate,
        "description",
    ),
    "management_action": Kind(
        lambda p, _, register: make_management_action(p.editor, make_risk(p.editor, register["id"])["id"]),
        management_actions.change_management_action,
        ManagementActionUpdate,
        "title",
    ),
    "period": Kind(
        lambda p, priority, _: make_period(p.editor, priority["plan_id"]),
        periods.change_period,
        PeriodUpdate,
        "ref",
    ),
}


def change(people: Cast, kind: Kind, record: Shown, value: Any, version: int | None = None) -> Shown:
    changed: Shown = do(
        kind.change, people.editor, record["id"], kind.shape(**{kind.field: value}), version=version
    )
    return changed


def journal(people: Cast, record: Shown) -> list[Any]:
    with db.read(people.viewer) as reader:
        table = journal_entries.c
        wanted = select(journal_entries).where(table.subject_id == record["id"]).order_by(table.sequence)
        return list(reader.execute(wanted))


@pytest.mark.parametrize("noun", KINDS)
def test_a_change_is_shown_and_raises_the_version(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    changed = change(people, kind, made, "Other", version=made["version"])
    assert (changed[kind.field], changed["version"]) == ("Other", made["version"] + 1)


@pytest.mark.parametrize("noun", KINDS)
def test_a_change_of_an_old_version_is_refused_with_the_current_record(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    change(people, kind, made, "Other", version=made["version"])
    with pytest.raises(PreconditionFailed) as caught:
        change(people, kind, made, "Third", version=made["version"])
    assert caught.value.current[kind.field] == "Other"


@pytest.mark.parametrize("noun", KINDS)
def test_a_change_that_changes_nothing_leaves_version_and_journal(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    before = len(journal(people, made))
    unchanged = change(people, kind, made, made[kind.field])
    assert (unchanged["version"], len(journal(people, made))) == (made["version"], before)


@pytest.mark.parametrize("noun", KINDS)
def test_what_must_hold_a_value_cannot_be_cleared(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    assert list(refused(change, people, kind, made, None)) == [f"/{kind.field}"]


@pytest.mark.parametrize("noun", KINDS)
def test_adding_a_record_is_journalled_with_what_it_holds(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    row = journal(people, made)[0]
    assert (row.noun, row.operation, row.before, row.after[kind.field], row.recorded_at) == (
        noun,
        "created",
        None,
        made[kind.field],
        NOW,
    )


@pytest.mark.parametrize("noun", KINDS)
def test_a_change_is_journalled_with_who_and_what_before_and_after(
    people: Cast, priority: Shown, register: Shown, noun: str
) -> None:
    kind = KINDS[noun]
    made = kind.make(people, priority, register)
    change(people, kind, made, "Other")
    row = journal(people, made)[-1]
    assert (row.author_kind, row.author_id, row.author_name, row.operation, row.before, row.after) == (
        "user",
        people.editor.id,
        people.editor.name,
        "changed",
        {kind.field: made[kind.field]},
        {kind.field: "Other"},
    )


def test_the_journal_of_an_area_has_no_gap(people: Cast, priority: Shown, register: Shown) -> None:
    refused(make_plan, people.editor)
    make_risk(people.editor, register["id"])
    with db.read(people.viewer) as reader:
        ours = journal_entries.c.area_id == people.editor.area_id
        found = list(reader.execute(select(journal_entries.c.sequence).where(ours)).scalars())
    assert sorted(found) == list(range(1, len(found) + 1))


def test_the_co_leads_of_an_action_are_journalled_before_and_after(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority, co_lead_ids=[people.viewer.person_id])
    body = ActionUpdate(co_lead_ids=[])
    do(actions.change_action, people.editor, made["id"], body, version=None)
    row = journal(people, made)[-1]
    assert (row.before, row.after) == (
        {"co_lead_ids": [str(people.viewer.person_id)]},
        {"co_lead_ids": []},
    )


# --- Refs and dates ---------------------------------------------------------------------------------------


def test_a_ref_of_another_plan_is_refused(people: Cast, priority: Shown) -> None:
    assert list(refused(make_plan, people.editor)) == ["/ref"]


def test_another_area_may_use_the_same_ref(people: Cast, priority: Shown) -> None:
    assert make_plan(people.stranger)["ref"] == "PAP"


def test_a_plan_changed_to_a_ref_in_use_is_refused(people: Cast, priority: Shown) -> None:
    other = make_plan(people.editor, ref="DBV")
    body = PlanUpdate(ref="PAP")
    assert "/ref" in refused(do, plans.change_plan, people.editor, other["id"], body, version=None)


def test_a_ref_of_another_priority_of_the_plan_is_refused(people: Cast, priority: Shown) -> None:
    assert list(refused(make_priority, people.editor, priority["plan_id"])) == ["/ref"]


def test_a_ref_of_another_register_is_refused(people: Cast, register: Shown) -> None:
    assert list(refused(make_register, people.editor)) == ["/ref"]


def test_a_plan_cannot_end_before_it_starts(people: Cast) -> None:
    days = {"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}
    assert list(refused(make_plan, people.editor, **days)) == ["/ends_on"]


def test_a_plan_cannot_be_changed_to_end_before_it_starts(people: Cast) -> None:
    made = make_plan(people.editor, starts_on=TODAY)
    body = PlanUpdate(ends_on=TODAY - timedelta(days=1))
    faults = refused(do, plans.change_plan, people.editor, made["id"], body, version=None)
    assert list(faults) == ["/ends_on"]


@pytest.mark.parametrize("kind, label", [("grant_programme", "workstream"), ("improvement_plan", "priority")])
def test_the_priorities_of_a_grant_programme_are_workstreams(people: Cast, kind: str, label: str) -> None:
    assert make_plan(people.editor, kind=kind)["priority_label"] == label
