"""What a filter says beside each of its choices is how many risks the list then shows."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.risk.scoring import Direction, RiskState, Treatment
from app.services import risk_counts, risks
from app.services.lists import WHOLE
from app.services.risks import Filter
from tests.factories import ADDED, TODAY, Cast, Shown, make_person, make_priority, make_risk, move, pair, see

MAY = date(2024, 5, 31)


@pytest.fixture
def leads(people: Cast) -> list[Any]:
    """Who own risks and are their SROs."""
    return [make_person(people.editor, name=name)["id"] for name in ("Ada", "Bob")]


@pytest.fixture
def places(people: Cast, priority: Shown, register: Shown, leads: list[Any]) -> list[Any]:
    """Risks of every state and of several bands, under two priorities and under none; the latter first."""
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2", title="Governance")
    under = [None, priority["id"], second["id"]]
    for number in range(1, 13):
        scores = {"current": pair(1 + number % 5, 1 + number % 4), "target": pair(1, 1)}
        risk = make_risk(
            people.editor,
            register["id"],
            ref=str(number),
            description=f"Risk of {'delay' if number % 2 else 'cost'}",
            priority_id=under[number % 3],
            owner_id=[None, *leads][number % 3],
            sro_id=leads[0] if number % 4 == 0 else None,
            treatment=[None, *Treatment][number % 3],
            review_on=f"2024-0{4 + number % 5}-30",
            **(scores if number % 6 else {}),
        )
        for step in {5: ["closure"], 7: ["materialisation"], 8: ["closure", "reopening"]}.get(number, []):
            move(people.editor, risk["id"], step, effective_on=date(2024, 6, 1))
    return under


@pytest.mark.parametrize("as_at", [None, MAY, ADDED])
def test_each_choice_says_how_many_risks_it_shows(
    people: Cast, register: Shown, places: list[Any], leads: list[Any], as_at: date | None
) -> None:
    def shown(wanted: Filter, **change: Any) -> int:
        named = {"today": TODAY, "as_at": as_at, "wanted": replace(wanted, **change), "asked": WHOLE}
        return len(see(risks.list_risks, people.viewer, register["id"], **named)["items"])

    told = 0
    for wanted in (
        Filter(),
        Filter(state=RiskState.open),
        Filter(closed=False),
        Filter(closed=True, band="Low"),
        Filter(priority_id=places[1]),
        Filter(general=True, state=RiskState.open),
        Filter(band="Moderate", priority_id=places[2]),
        Filter(q="DELAY"),
        Filter(likelihood=2, impact=2),
        Filter(direction=Direction.no_data, min_score=4),
        Filter(owner_id=leads[0]),
        Filter(has_owner=False, treatment=Treatment.tolerate),
        Filter(has_sro=False, review_overdue=True),
        Filter(sro_id=leads[0], owner_id=leads[1]),
        Filter(treatment=Treatment.treat, band="Low"),
    ):
        asked = {"today": TODAY, "as_at": as_at, "wanted": wanted}
        found = see(risk_counts.counts, people.viewer, register["id"], **asked)
        assert found.total == shown(wanted), wanted
        assert found.any_band == shown(wanted, band=None)
        for band in ("Low", "Moderate", "High"):
            assert found.bands.get(band, 0) == shown(wanted, band=band), (wanted, band)
        every = {"priority_id": None, "general": None}
        assert found.any_priority == shown(wanted, **every)
        assert found.priorities.get(None, 0) == shown(wanted, **every | {"general": True})
        for place in places[1:]:
            assert found.priorities.get(place, 0) == shown(wanted, **every | {"priority_id": place})
        for state in RiskState:
            assert found.states[state] == shown(wanted, state=state, closed=None), (wanted, state)
        for name, counts in (("owner", found.owners), ("sro", found.sros)):
            every = {f"{name}_id": None, f"has_{name}": None}
            assert sum(counts.values()) == shown(wanted, **every)
            assert counts.get(None, 0) == shown(wanted, **every | {f"has_{name}": False})
            for lead in leads:
                assert counts.get(lead, 0) == shown(wanted, **every | {f"{name}_id": lead}), (wanted, lead)
        for treatment in Treatment:
            assert found.treatments.get(treatment, 0) == shown(wanted, treatment=treatment)
        for direction in Direction:
            assert found.directions.get(direction, 0) == shown(wanted, direction=direction)
        for late in (True, False):
            assert found.overdue.get(late, 0) == shown(wanted, review_overdue=late)
        told += found.total
    assert told
