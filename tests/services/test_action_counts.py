"""What a filter says beside each of its choices is how many actions the list then shows."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.plans.statuses import Flag, ImpactState, Status
from app.services import action_counts, actions
from app.services.actions import Filter
from app.services.lists import WHOLE
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    make_action,
    make_period,
    make_person,
    make_priority,
    see,
    update,
    withdraw,
)

MAY = date(2024, 5, 15)


@pytest.fixture
def plan(people: Cast, priority: Shown) -> dict[str, Any]:
    """Actions of every kind, some of them led together, under two priorities."""
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2", title="Governance")
    one, two = (make_person(people.editor, name=name)["id"] for name in ("Ada", "Bob"))
    given: list[dict[str, Any]] = [
        {"status": "complete", "lead_id": one, "phase": "Phase 1", "impact_state": "not_evidenced"},
        {
            "status": "on_target",
            "lead_id": one,
            "co_lead_ids": [one, two],
            "due_on": "2024-05-31",
            "phase": "1",
        },
        {
            "status": "delayed",
            "lead_id": two,
            "due_on": "2024-06-01",
            "forecast_on": "2024-09-01",
            "phase": "1",
        },
        {
            "start_on": "2024-06-01",
            "title": "Survey of parents",
            "co_lead_ids": [two],
            "responsible_body": "ICB",
        },
        {"start_on": "2024-08-01", "due_on": "2024-09-01", "responsible_body": "ICB"},
    ]
    for place, values in enumerate(given, start=1):
        made = make_action(people.editor, [priority, second][: 1 + place % 2], ref=f"1.{place}", **values)
        if place % 2:
            update(people.editor, made["id"], narrative="Begun.", effective_on=MAY)
    withdraw(people.editor, make_action(people.editor, priority, ref="1.6", lead_id=one)["id"])
    make_period(people.editor, priority["plan_id"])
    return {"plan_id": priority["plan_id"], "priorities": [None, second["id"]], "leads": [None, one, two]}


def total(people: Cast, plan_id: Any, wanted: Filter, as_at: date | None) -> int:
    """How many rows the list shows. Those that are withdrawn only where they are asked for."""
    plain = replace(wanted, withdrawn=bool(wanted.withdrawn))
    named = {"today": TODAY, "as_at": as_at, "wanted": plain, "asked": WHOLE, "form": "summary"}
    return len(see(actions.list_actions, people.viewer, plan_id, **named)["items"])


@pytest.mark.parametrize("as_at", [None, date(2024, 6, 15), ADDED])
def test_each_choice_says_how_many_actions_it_shows(
    people: Cast, plan: dict[str, Any], as_at: date | None
) -> None:
    chosen = [
        Filter(),
        Filter(status=Status.delayed),
        Filter(flag=Flag.overdue),
        Filter(status=Status.not_started, flag=Flag.late_start),
        Filter(flag=Flag.no_reportable_progress),
        Filter(q="survey"),
        Filter(due_before=date(2024, 6, 1)),
        Filter(withdrawn=True),
        *(Filter(lead_id=lead) for lead in plan["leads"][1:]),
        Filter(lead_id=plan["leads"][1], status=Status.complete),
        Filter(has_lead=False),
        Filter(responsible_body="ICB", has_lead=False, due_after=date(2024, 6, 1)),
        Filter(phase="1", lead_id=plan["leads"][2]),
        Filter(phase="1", responsible_body="ICB"),
        Filter(impact_state=ImpactState.not_evidenced, status=Status.delayed),
        Filter(forecast_before=date(2024, 9, 2), forecast_after=date(2024, 8, 31)),
    ]
    told = 0
    for priority_id in plan["priorities"]:
        for one in chosen:
            wanted = replace(one, priority_id=priority_id)
            named = {"today": TODAY, "as_at": as_at, "wanted": replace(wanted, withdrawn=bool(one.withdrawn))}
            found = see(action_counts.counts, people.viewer, plan["plan_id"], **named)

            def shown(wanted: Filter = wanted, **change: Any) -> int:
                return total(people, plan["plan_id"], replace(wanted, **change), as_at)

            assert found.total == shown(), wanted
            for status in Status:
                assert found.statuses[status] == shown(status=status, withdrawn=None), (wanted, status)
            assert found.withdrawn == shown(status=None, withdrawn=True)
            assert found.any_flag == shown(flag=None)
            for flag in Flag:
                assert found.flags[flag] == shown(flag=flag), (wanted, flag)
            assert found.any_lead == shown(lead_id=None, has_lead=None)
            assert found.no_lead == shown(lead_id=None, has_lead=False)
            for name, counts, values in (
                ("responsible_body", found.bodies, ["ICB"]),
                ("phase", found.phases, ["1", "Phase 1"]),
                ("impact_state", found.impacts, ImpactState),
            ):
                assert sum(counts.values()) == shown(**{name: None})
                for value in values:
                    assert counts.get(value, 0) == shown(**{name: value}), (wanted, value)
            counts = {row["id"]: row["count"] for row in found.leads}
            for lead in plan["leads"][1:]:
                assert counts.get(lead, 0) == shown(lead_id=lead, has_lead=None), (wanted, lead)
            told += found.total
    assert told
