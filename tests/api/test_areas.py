"""Areas through the API: a program sees its own and no other."""

from app.access.roles import Principal
from tests import doors
from tests.doors import Program


def test_a_program_sees_its_own_area_alone(program: Program, area: Principal) -> None:
    doors.area("south")
    found = program.get("/areas", 200).json()
    assert [one["id"] for one in found["items"]] == [str(area.area_id)]
    assert (found["total"], found["next"]) == (1, None)
    one = program.get(f"/areas/{area.area_id}", 200).json()
    assert one == found["items"][0]


def test_the_last_sequence_rises_with_every_change(program: Program, area: Principal) -> None:
    before = program.get(f"/areas/{area.area_id}", 200).json()["last_sequence"]
    program.post("/people", {"name": "SRO Priority 1"}, 201)
    assert program.get(f"/areas/{area.area_id}", 200).json()["last_sequence"] == before + 1
