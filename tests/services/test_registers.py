"""Registers, the versions of their matrix, and the heat map."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import NotAllowed
from app.models.registers import MatrixCreate
from app.services import registers
from tests.factories import (
    ADDED,
    FIVE_BY_FIVE,
    NAMED,
    TODAY,
    Cast,
    Shown,
    assess,
    do,
    make_register,
    make_risk,
    move,
    pair,
    refused,
    risk,
    see,
)

MAY = date(2024, 5, 1)
JUNE = date(2024, 6, 1)
DAY = timedelta(days=1)
# The same grid, cut differently: 12 is Moderate at first and High by this one.
STRICTER: dict[str, Any] = FIVE_BY_FIVE | {
    "bands": [
        {"name": "Low", "lowest": 1, "highest": 6},
        {"name": "Moderate", "lowest": 8, "highest": 10},
        {"name": "High", "lowest": 12, "highest": 25},
    ]
}
THREE_BY_THREE: dict[str, Any] = {
    "kind": "scored",
    "likelihood_labels": ["Rare", "Possible", "Likely"],
    "impact_labels": ["Minor", "Serious", "Major"],
    "bands": [{"name": "Low", "lowest": 1, "highest": 4}, {"name": "High", "lowest": 6, "highest": 9}],
}


def new_version(people: Cast, register: Shown, matrix: dict[str, Any], **given: Any) -> Shown:
    values: dict[str, Any] = {"reason": "Agreed by the board", "effective_on": JUNE} | matrix | given
    made: Shown = do(registers.add_matrix_version, people.admin, register["id"], MatrixCreate(**values))
    return made


def heat_map(people: Cast, register: Shown, day: date | None = None) -> Shown:
    found: Shown = see(registers.heat_map, people.viewer, register["id"], today=TODAY, day=day)
    return found


def refs(places: list[Shown]) -> list[str]:
    return [one["ref"] for one in places]


# --- Versions of a matrix ---------------------------------------------------------------------------------


def test_a_register_starts_with_the_first_version_of_its_matrix(register: Shown) -> None:
    assert register["matrix"]["matrix_version"] == 1


def test_a_new_version_gets_the_next_number(people: Cast, register: Shown) -> None:
    assert new_version(people, register, STRICTER)["matrix_version"] == 2


def test_a_version_is_in_force_from_its_effective_date(people: Cast, register: Shown) -> None:
    new_version(people, register, STRICTER)
    found = [
        see(registers.get_register, people.viewer, register["id"], today=TODAY, day=day)["matrix"]
        for day in (JUNE - DAY, JUNE)
    ]
    assert [one["matrix_version"] for one in found] == [1, 2]


def test_the_versions_of_a_matrix_are_listed_newest_first(people: Cast, register: Shown) -> None:
    new_version(people, register, STRICTER)
    found = see(registers.list_matrix, people.viewer, register["id"])["items"]
    assert [one["matrix_version"] for one in found] == [2, 1]


def test_a_new_version_needs_a_reason(people: Cast, register: Shown) -> None:
    assert "/reason" in refused(new_version, people, register, STRICTER, reason=None)


def test_a_new_version_cannot_take_effect_before_the_newest_one(people: Cast, register: Shown) -> None:
    new_version(people, register, STRICTER)
    assert "/effective_on" in refused(new_version, people, register, FIVE_BY_FIVE, effective_on=MAY)


def test_a_new_version_cannot_take_effect_on_a_day_to_come(people: Cast, register: Shown) -> None:
    assert "/effective_on" in refused(new_version, people, register, STRICTER, effective_on=TODAY + DAY)


def test_a_matrix_keeps_its_kind(people: Cast, register: Shown) -> None:
    assert "/kind" in refused(new_version, people, register, NAMED)


def test_a_matrix_with_a_gap_between_its_bands_is_refused(people: Cast, register: Shown) -> None:
    gap = STRICTER | {"bands": [STRICTER["bands"][0], STRICTER["bands"][2]]}
    assert "/bands/1/lowest" in refused(new_version, people, register, gap)


def test_a_register_with_a_wrong_matrix_is_refused_at_the_matrix(people: Cast) -> None:
    wrong = FIVE_BY_FIVE | {"impact_labels": ["Minor", "Minor"]}
    assert "/matrix/impact_labels/1" in refused(make_register, people.editor, matrix=wrong)


def test_a_register_with_a_wrong_matrix_is_not_stored(people: Cast) -> None:
    refused(make_register, people.editor, matrix=FIVE_BY_FIVE | {"impact_labels": []})
    assert see(registers.list_registers, people.viewer, today=TODAY)["total"] == 0


def test_only_an_admin_changes_a_matrix(people: Cast, register: Shown) -> None:
    body = MatrixCreate(**STRICTER, reason="x")
    with pytest.raises(NotAllowed):
        do(registers.add_matrix_version, people.editor, register["id"], body)


def test_a_new_version_raises_the_version_of_its_register(people: Cast, register: Shown) -> None:
    new_version(people, register, STRICTER)
    found = see(registers.get_register, people.viewer, register["id"], today=TODAY)
    assert found["version"] == register["version"] + 1


# --- Assessments and versions -----------------------------------------------------------------------------


def test_an_assessment_keeps_the_version_that_it_was_scored_with(people: Cast, register: Shown) -> None:
    made = make_risk(people.editor, register["id"], current=pair(3, 4), effective_on=MAY)
    new_version(people, register, STRICTER)
    found = risk(people.viewer, made["id"])["current"]
    assert (found["score"], found["band"], found["matrix_version"]) == (12, "Moderate", 1)


def test_an_assessment_is_scored_with_the_version_in_force_on_its_day(people: Cast, register: Shown) -> None:
    new_version(people, register, STRICTER)
    made = make_risk(people.editor, register["id"], current=pair(3, 4), effective_on=MAY)
    before = assess(people.editor, made["id"], current=pair(3, 4), effective_on=JUNE - DAY)
    after = assess(people.editor, made["id"], current=pair(3, 4), effective_on=JUNE)
    found = [(one["current"]["band"], one["current"]["matrix_version"]) for one in (before, after)]
    assert found == [("Moderate", 1), ("High", 2)]


def test_a_pair_outside_the_matrix_of_its_day_is_refused(people: Cast, register: Shown) -> None:
    new_version(people, register, THREE_BY_THREE)
    made = make_risk(people.editor, register["id"], current=pair(5, 5), effective_on=MAY)
    faults = refused(assess, people.editor, made["id"], current=pair(4, 3))
    assert faults == {"/current/likelihood": "The likelihood must be from 1 to 3."}


def test_a_backdated_pair_fits_the_matrix_of_its_day(people: Cast, register: Shown) -> None:
    made = make_risk(people.editor, register["id"], current=pair(1, 1), effective_on=MAY)
    new_version(people, register, THREE_BY_THREE)
    entry = assess(people.editor, made["id"], current=pair(5, 5), effective_on=JUNE - DAY)
    assert entry["current"]["score"] == 25


# --- The heat map -----------------------------------------------------------------------------------------


def test_a_heat_map_has_a_cell_for_each_pair_from_the_most_likely_down(people: Cast, register: Shown) -> None:
    pairs = [(cell["likelihood"], cell["impact"]) for cell in heat_map(people, register)["cells"]]
    assert pairs == [(likelihood, impact) for likelihood in (5, 4, 3, 2, 1) for impact in (1, 2, 3, 4, 5)]


def test_a_risk_is_in_the_cell_of_its_pair(people: Cast, register: Shown) -> None:
    make_risk(people.editor, register["id"], ref="7", current=pair(4, 2), target=pair(2, 1))
    cells = heat_map(people, register)["cells"]
    current = {(one["likelihood"], one["impact"]): refs(one["current"]) for one in cells if one["current"]}
    target = {(one["likelihood"], one["impact"]): refs(one["target"]) for one in cells if one["target"]}
    assert (current, target) == ({(4, 2): ["7"]}, {(2, 1): ["7"]})


def test_the_refs_of_a_cell_are_in_the_order_of_people(people: Cast, register: Shown) -> None:
    for ref in ("10", "9"):
        make_risk(people.editor, register["id"], ref=ref, current=pair(1, 1))
    found = [refs(cell["current"]) for cell in heat_map(people, register)["cells"] if cell["current"]]
    assert found == [["9", "10"]]


def test_a_risk_without_a_pair_is_listed_as_not_scored(people: Cast, register: Shown) -> None:
    make_risk(people.editor, register["id"], ref="7")
    found = heat_map(people, register)
    assert (refs(found["not_scored"]), sum(one["count"] for one in found["bands"])) == (["7"], 0)


def test_a_closed_risk_is_counted_apart(people: Cast, register: Shown) -> None:
    made = make_risk(people.editor, register["id"], current=pair(1, 1))
    move(people.editor, made["id"], "closure")
    found = heat_map(people, register)
    in_cells = [cell for cell in found["cells"] if cell["current"] or cell["target"]]
    assert (found["closed"], in_cells, found["not_scored"]) == (1, [], [])


def test_a_heat_map_is_that_of_its_day(people: Cast, register: Shown) -> None:
    made = make_risk(people.editor, register["id"], current=pair(1, 1), effective_on=MAY)
    assess(people.editor, made["id"], current=pair(5, 5), effective_on=JUNE)
    bands = [
        {one["band"]: one["count"] for one in heat_map(people, register, day)["bands"]}
        for day in (MAY - DAY, MAY, JUNE)
    ]
    assert bands == [
        {"Low": 0, "Moderate": 0, "High": 0},
        {"Low": 1, "Moderate": 0, "High": 0},
        {"Low": 0, "Moderate": 0, "High": 1},
    ]


def test_a_risk_scored_with_another_version_is_named(people: Cast, register: Shown) -> None:
    make_risk(people.editor, register["id"], ref="7", current=pair(5, 5), effective_on=MAY)
    new_version(people, register, THREE_BY_THREE)
    assert refs(heat_map(people, register)["other_matrix"]) == ["7"]


def test_a_register_of_ratings_has_bands_and_no_cells(people: Cast) -> None:
    rated = make_register(people.editor, ref="DBV", matrix=NAMED)
    make_risk(people.editor, rated["id"], rating="H")
    found = heat_map(people, rated)
    bands = {one["band"]: one["count"] for one in found["bands"]}
    assert (found["cells"], bands) == ([], {"L": 0, "M": 0, "H": 1})


def test_a_heat_map_of_a_day_to_come_is_refused(people: Cast, register: Shown) -> None:
    assert "/as_at" in refused(heat_map, people, register, TODAY + DAY)


def test_a_risk_added_later_is_not_on_the_heat_map_of_before(people: Cast, register: Shown) -> None:
    make_risk(people.editor, register["id"], effective_on=JUNE)
    assert heat_map(people, register, ADDED)["not_scored"] == []
