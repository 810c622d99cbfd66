"""Many changes at once: all of them in their order, or none and a fault for each that cannot be made."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app import db
from app.errors import NotAllowed
from app.models.bulk import KINDS, MODELS, BulkCreate
from app.models.tables import metadata
from app.services import bulk
from tests.factories import (
    Cast,
    Shown,
    action,
    do,
    make_action,
    make_priority,
    make_risk,
    pair,
    refused,
    risk,
)

NOBODY = "01900000-0000-7000-8000-000000000000"


def run(people: Cast, *changes: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
    body = BulkCreate(changes=list(changes), dry_run=dry_run)
    found: dict[str, Any] = do(bulk.run, people.editor, body)
    return found


def updating(made: Shown, **body: Any) -> dict[str, Any]:
    return {"operation": "record_update", "action_id": made["id"], "body": body}


def rows() -> dict[str, int]:
    """How many rows every table has."""
    with db.read(None) as reader:
        return {
            one.name: reader.execute(select(func.count()).select_from(one)).scalar_one()
            for one in metadata.sorted_tables
        }


@pytest.fixture
def made(people: Cast, priority: Shown) -> list[Shown]:
    """Three actions that have not begun."""
    return [make_action(people.editor, priority, ref=f"1.{number}") for number in (1, 2, 3)]


def test_every_change_is_made_in_its_order(people: Cast, made: list[Shown]) -> None:
    first, second, _ = made
    found = run(
        people,
        updating(first, status="on_target"),
        updating(first, status="delayed", reason="Late"),
        {"operation": "change_action", "action_id": second["id"], "version": 1, "body": {"title": "Other"}},
    )
    assert action(people.viewer, first["id"])["status"] == "delayed"
    assert action(people.viewer, second["id"])["title"] == "Other"
    assert [(one["operation"], one["is_new"], one["version"]) for one in found["results"]] == [
        ("record_update", True, None),
        ("record_update", True, None),
        ("change_action", False, 2),
    ]
    assert found["results"][2]["href"] == f"/api/v1/actions/{second['id']}"


def test_a_later_change_finds_by_ref_what_an_earlier_one_added(people: Cast, priority: Shown) -> None:
    plan = {"operation": "put_priority_by_ref", "plan_id": priority["plan_id"]}
    found = run(
        people,
        {**plan, "ref": "PAP 2", "body": {"title": "Joint commissioning"}},
        {
            **plan,
            "operation": "put_action_by_ref",
            "ref": "2.1",
            "body": {"title": "Survey", "points": [{"priority_ref": "PAP 2", "ref": "2.1"}]},
        },
    )
    assert [one["is_new"] for one in found["results"]] == [True, True]
    shown = action(people.viewer, found["results"][1]["id"])
    assert shown["points"][0]["priority_id"] == str(found["results"][0]["id"])


def test_one_that_cannot_be_made_keeps_all_from_being_made(people: Cast, made: list[Shown]) -> None:
    before = rows()
    faults = refused(
        run,
        people,
        updating(made[0], status="delayed"),
        updating(made[1], status="complete", completed_on="2030-01-01"),
    )
    assert set(faults) == {"/changes/1/body/completed_on"}
    assert rows() == before
    assert action(people.viewer, made[0]["id"])["status"] == "not_started"


def test_every_change_that_cannot_be_made_is_named_with_its_place(people: Cast, made: list[Shown]) -> None:
    faults = refused(
        run,
        people,
        {"operation": "withdraw_action", "action_id": made[0]["id"], "body": {"reason": "Merged"}},
        updating(made[0], status="delayed"),
        {"operation": "change_action", "action_id": made[1]["id"], "version": 7, "body": {"title": "O"}},
        {"operation": "change_action", "action_id": NOBODY, "version": 1, "body": {"title": "O"}},
        {
            "operation": "put_action_by_ref",
            "plan_id": made[2]["plan_id"],
            "ref": "1.3",
            "body": {"title": "O"},
        },
        updating(made[2]),
    )
    assert set(faults) == {
        "/changes/1",
        "/changes/2/version",
        "/changes/3",
        "/changes/4/version",
        "/changes/5/body",
    }
    assert "at version 1 by then" in faults["/changes/2/version"]


def test_changes_after_one_that_cannot_be_made_are_tried_as_if_it_were_not_there(
    people: Cast, made: list[Shown]
) -> None:
    change = {"operation": "change_action", "action_id": made[0]["id"], "version": 1}
    faults = refused(
        run,
        people,
        {**change, "body": {"lead_id": NOBODY, "title": "One"}},
        {**change, "body": {"title": "Two"}},
    )
    assert set(faults) == {"/changes/0/body/lead_id"}


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(people: Cast, made: list[Shown]) -> None:
    before = rows()
    found = run(people, updating(made[0], status="delayed"), dry_run=True)
    assert found["dry_run"]
    assert [one["operation"] for one in found["results"]] == ["record_update"]
    assert rows() == before
    assert action(people.viewer, made[0]["id"]) == made[0]
    assert set(refused(run, people, updating(made[0]), dry_run=True)) == {"/changes/0/body"}


def test_changes_of_another_area_are_those_of_nobody(people: Cast, made: list[Shown]) -> None:
    body = BulkCreate(changes=[updating(made[0], status="delayed")])
    faults = refused(do, bulk.run, people.stranger, body)
    assert faults == {"/changes/0": "There is no such action in your area. Check the address or the id."}


def test_only_editors_make_many_changes(people: Cast, made: list[Shown]) -> None:
    for who in (people.viewer, people.contributor):
        with pytest.raises(NotAllowed):
            do(bulk.run, who, BulkCreate(changes=[updating(made[0], status="delayed")]))


def test_a_thousand_changes_are_made_at_once(people: Cast, made: list[Shown]) -> None:
    named = [{"operation": "create_person", "body": {"name": f"Post {number}"}} for number in range(1000)]
    before = rows()["people"]
    assert len(run(people, *named)["results"]) == 1000
    assert rows()["people"] == before + 1000


def test_every_operation_of_a_bulk_can_be_done(people: Cast, priority: Shown, register: Shown) -> None:
    assert bulk.WORK.keys() == MODELS.keys() == {kind.operation for kind in KINDS}
    first = make_action(people.editor, priority, ref="1.1")
    scored = make_risk(people.editor, register["id"], ref="1")
    plan = {"plan_id": priority["plan_id"]}
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    point = {"points": [{"priority_id": priority["id"], "ref": "1.2"}]}
    changes: list[dict[str, Any]] = [
        {"operation": "create_person", "body": {"name": "Post"}},
        {
            "operation": "change_person",
            "person_id": people.viewer.person_id,
            "version": 1,
            "body": {"name": "N"},
        },
        {"operation": "create_priority", **plan, "body": {"ref": "PAP 3", "title": "Third"}},
        {"operation": "change_priority", "priority_id": second["id"], "version": 1, "body": {"title": "T"}},
        {"operation": "put_priority_by_ref", **plan, "ref": "PAP 4", "body": {"title": "Fourth"}},
        {"operation": "create_action", **plan, "body": {"title": "Another", **point}},
        {"operation": "change_action", "action_id": first["id"], "version": 1, "body": {"title": "T"}},
        updating(first, status="on_target"),
        {"operation": "withdraw_action", "action_id": first["id"], "body": {"reason": "Merged"}},
        {"operation": "reinstate_action", "action_id": first["id"], "body": {"reason": "Needed"}},
        {
            "operation": "put_action_by_ref",
            **plan,
            "ref": "1.1",
            "version": 5,
            "body": {"status": "delayed", "reason": "Late"},
        },
        {"operation": "create_risk", "register_id": register["id"], "body": {"ref": "2", "description": "D"}},
        {"operation": "change_risk", "risk_id": scored["id"], "version": 1, "body": {"effect": "E"}},
        {
            "operation": "assess_risk",
            "risk_id": scored["id"],
            "body": {"current": pair(2, 2), "reason": "Seen"},
        },
        {
            "operation": "put_risk_by_ref",
            "register_id": register["id"],
            "ref": "1",
            "version": 3,
            "body": {"current": pair(3, 3), "reason": "Seen again"},
        },
    ]
    assert {one["operation"] for one in changes} == bulk.WORK.keys()
    found = run(people, *changes)
    assert len(found["results"]) == len(changes)
    assert action(people.viewer, first["id"])["status"] == "delayed"
    assert risk(people.viewer, scored["id"])["current"]["score"] == 9
