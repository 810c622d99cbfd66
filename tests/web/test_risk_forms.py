"""Forms of registers, matrices, risks, controls and management actions."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app import db
from app.access.roles import Principal, Role
from app.services import management_actions as management_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from tests import doors, factories
from tests.web.conftest import Visitor, errors, fields, links, risk_path, words

SIDES = {
    "likelihood_labels": "Very Unlikely\r\nUnlikely\r\nPossible\r\nLikely\r\nVery Likely",
    "impact_labels": "Minor\nModerate\nSignificant\nSerious\nMajor",
}
RISK = {"ref": "R9", "description": "Posts may stay empty. Then nobody assesses."}


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.admin))


def registers(area: Principal) -> list[dict[str, Any]]:
    with db.read(area) as reader:
        found: list[dict[str, Any]] = registers_service.list_registers(reader, area, today=factories.TODAY)[
            "items"
        ]
    return found


def risks(area: Principal, register: dict[str, Any]) -> list[dict[str, Any]]:
    with db.read(area) as reader:
        found: list[dict[str, Any]] = risks_service.list_risks(
            reader, area, register["id"], today=factories.TODAY
        )["items"]
    return found


def form(visitor: Visitor, path: str, **typed: str) -> dict[str, str]:
    """The form of a page as it is shown, with some fields filled in; None takes nothing away."""
    return fields(visitor.get(path)) | typed


def twice(visitor: Visitor, path: str, typed: dict[str, str]) -> str:
    """Press a button twice: both answers lead to the same page, whose address is returned."""
    first, second = (visitor.send(path, typed, 303).headers["location"] for _ in range(2))
    assert first == second
    return str(first)


# --- Registers and matrices -------------------------------------------------------------------------------


def test_a_register_is_set_up_with_a_matrix_that_was_looked_at_first(area, editor):
    typed = form(editor, "/registers/new", **SIDES) | {"bands_1_lowest": "9"}
    before = len(registers(area))
    gap = editor.send("/registers/new", typed | {"preview": "1"}, 422)
    assert errors(gap.text) == ["No band holds the score 8"], "a preview asks for no ref and no title"
    assert 'href="#bands_1_lowest"' in gap.text
    seen = editor.send("/registers/new", typed | {"bands_1_lowest": "8", "preview": "1"}, 200).text
    assert "Nothing is saved yet. This is how the matrix will look: Low 1 to 6, Moderate 8 to 15" in words(
        seen
    )
    assert seen.count('<span class="heat__score">') == 25
    assert len(registers(area)) == before

    missing = editor.send("/registers/new", typed | {"bands_1_lowest": "8"}, 422)
    assert errors(missing.text) == ["Give the ref", "Give the title"]
    whole = fields(missing.text) | SIDES | {"ref": "RR-2", "title": "Second register"}
    location = twice(editor, "/registers/new", whole)
    assert "The register is added" in words(editor.get(location))
    (made,) = [one for one in registers(area) if one["ref"] == "RR-2"]
    assert [tuple(band.values()) for band in made["matrix"]["bands"]] == [
        ("Low", 1, 6),
        ("Moderate", 8, 15),
        ("High", 16, 25),
    ]
    assert made["matrix"]["likelihood_labels"][0] == "Very Unlikely"


def test_what_is_wrong_with_a_band_stands_in_the_row_where_it_was_typed(editor):
    typed = form(editor, "/registers/new", ref="RR-3", title="Third", **SIDES)
    typed |= {f"bands_2_{part}": "" for part in ("name", "lowest", "highest")}
    typed |= {"bands_3_name": "High", "bands_3_lowest": "15", "bands_3_highest": "many"}
    answer = editor.send("/registers/new", typed, 422)
    assert 'id="bands_3_highest-error"' in answer.text
    assert 'id="bands_2_highest-error"' not in answer.text
    assert 'value="many"' in answer.text, "what was typed is kept"


def test_a_register_of_ratings_by_name_asks_for_no_scores(area, editor):
    typed = form(editor, "/registers/new?kind=named", ref="N", title="Programme risks")
    assert not any("lowest" in name or "labels" in name for name in typed)
    location = editor.send("/registers/new", typed, 303).headers["location"]
    path = location.partition("?")[0]
    risk = editor.send(f"{path}/risks/new", form(editor, f"{path}/risks/new", rating="High", **RISK), 303)
    assert "High" in words(editor.get(risk.headers["location"]))
    copied = editor.get(f"/registers/new?from={path.rpartition('/')[2]}")
    assert 'name="kind" value="named"' in copied


def test_a_new_version_of_a_matrix_leaves_old_scores_and_is_set_up_once(area, admin, editor):
    register = registers(area)[0]
    path = f"/registers/{register['id']}/matrix"
    assert "Set up a new version" not in words(editor.get(path)), "matrices are an administrator's"
    before = risks(area, register)
    typed = form(admin, f"{path}/new", **SIDES, bands_2_name="Severe")
    assert errors(admin.send(f"{path}/new", typed, 422).text) == [
        "Give a reason: the matrix of a register is changing"
    ]
    location = twice(admin, f"{path}/new", typed | {"reason": "The council's policy"})
    assert "Version 2 is in force" in words(admin.get(location))
    assert [one["current"] for one in risks(area, register)] == [one["current"] for one in before]
    other = admin.send(f"{path}/new", typed | {"reason": "Mine", "bands_2_name": "Red"}, 409)
    assert "Somebody set up another version while you wrote" in words(other.text)
    assert 'value="Red"' in other.text
    admin.send(f"{path}/new", fields(other.text) | SIDES | {"reason": "Mine"}, 303)
    assert registers(area)[0]["matrix"]["matrix_version"] == 3


def test_a_register_is_renamed(area, editor):
    register = registers(area)[0]
    path = f"/registers/{register['id']}"
    editor.send(f"{path}/edit", form(editor, f"{path}/edit", title="Register of the board"), 303)
    assert "Register of the board" in words(editor.get(path))
    assert registers(area)[0]["ref"] == register["ref"]


# --- Risks ------------------------------------------------------------------------------------------------


def test_a_risk_is_added_once_with_its_first_assessment(area, editor):
    register = registers(area)[0]
    path = f"/registers/{register['id']}/risks/new"
    lead = re.findall(r'<option value="([^"]+)">Strategic SEND lead C', editor.get(path))[0]
    typed = form(editor, path, **RISK, current_likelihood="4", strategic_lead_ids_1=lead)
    half = editor.send(path, typed, 422)
    assert errors(half.text) == ["Choose the current impact too"]
    assert f'<option value="{lead}" selected>' in half.text
    equal = typed | {"current_impact": "4", "target_likelihood": "4", "target_impact": "4"}
    assert "Say why the target (16) is not below" in errors(editor.send(path, equal, 422).text)[0]
    location = twice(editor, path, equal | {"target_impact": "1"})
    assert "The risk is added to the register" in words(editor.get(location))
    (made,) = [one for one in risks(area, register) if one["ref"] == "R9"]
    assert (made["current"]["score"], made["target"]["score"], made["gap"]) == (16, 4, 12)
    assert [str(one["id"]) for one in made["strategic_leads"]] == [lead]
    assert made["priority_id"] is None


def test_what_a_risk_is_is_changed_and_a_stale_form_shows_both_versions(area, editor):
    path = risk_path(editor, "3")
    typed = form(editor, f"{path}/edit", description="Posts are empty.", treatment="treat")
    editor.send(f"{path}/edit", typed, 303)
    html = editor.get(path)
    assert "Posts are empty" in words(html)
    assert "Strategic SEND lead C" in words(html), "what the form left as it was stays"
    editor.send(f"{path}/edit", typed, 303)  # pressed twice: it says what is saved
    stale = editor.send(f"{path}/edit", typed | {"description": "Posts are filled."}, 409)
    assert "Posts are empty." in stale.text
    assert "Posts are filled." in stale.text


def test_a_risk_moves_to_another_priority_from_a_day_on(area, editor):
    path = risk_path(editor, "3")
    typed = form(editor, f"{path}/move", reason="It threatens health first")
    assert errors(editor.send(f"{path}/move", typed, 422).text) == [
        "Choose where to move it: this is where it stands"
    ]
    location = twice(editor, f"{path}/move", typed | {"priority_id": ""})
    assert "The risk is moved" in words(editor.get(location))
    assert "Priority General" in words(editor.get(path))
    assert "Priority PAP 4" in words(editor.get(f"{path}?as_at=2024-06-30"))


def test_each_change_of_state_is_asked_first_taken_once_and_taken_back(area, editor):
    path = risk_path(editor, "1")
    person = re.findall(r'<option value="([^"]+)">SRO Priority 1', editor.get(f"{path}/acceptance"))[0]
    until = {
        f"accepted_until-{part}": value for part, value in (("day", "1"), ("month", "9"), ("year", "2024"))
    }
    typed = form(editor, f"{path}/acceptance", reason="Agreed") | {"accepted_by_id": person}
    assert errors(editor.send(f"{path}/acceptance", typed, 422).text) == [
        "Give the day until which it is accepted"
    ]
    location = twice(editor, f"{path}/acceptance", typed | until)
    assert "The risk is accepted." in words(editor.get(location))
    assert "until 1 September 2024" in words(editor.get(path))
    editor.get(f"{path}/acceptance", 409)
    for step, said in (
        ("materialisation", "recorded as materialised"),
        ("reopening", "The risk is open again"),
        ("closure", "The risk is closed"),
        ("reopening", "The risk is open again"),
    ):
        before = form(editor, f"{path}/{step}", reason=f"Because of {step}")
        assert said in words(editor.get(twice(editor, f"{path}/{step}", before)))
    with db.read(area) as reader:
        risk = risks_service.get_risk(reader, area, UUID(path[-36:]), today=factories.TODAY)
    assert (risk["state"], risk["current"]["score"]) == ("open", 16)


def test_a_step_that_somebody_else_was_quicker_with_is_asked_again(area, editor):
    path = risk_path(editor, "1")
    typed = form(editor, f"{path}/closure", reason="Its cause has gone")
    factories.assess(
        area, UUID(path[-36:]), current=factories.pair(5, 5), target_rationale="As low as it gets"
    )
    again = editor.send(f"{path}/closure", typed, 409)
    assert "Somebody changed this while you looked at it" in words(again.text)
    assert "Its cause has gone" in again.text
    editor.send(f"{path}/closure", fields(again.text) | {"reason": "Its cause has gone"}, 303)


def test_a_state_or_place_that_somebody_else_gave_is_not_said_to_be_ones_own(area, admin, editor):
    path = risk_path(editor, "1")
    slower = form(admin, f"{path}/closure", reason="It is covered elsewhere")
    twice(editor, f"{path}/closure", form(editor, f"{path}/closure", reason="Its cause has gone"))
    told = words(admin.send(f"{path}/closure", slower, 409).text)
    assert "The risk is closed already." in told
    assert "Your reason was not recorded: “It is covered elsewhere”" in told

    other = risk_path(editor, "3")
    slower = form(admin, f"{other}/move", reason="It is everybody’s") | {"priority_id": ""}
    twice(
        editor, f"{other}/move", form(editor, f"{other}/move", reason="It is general") | {"priority_id": ""}
    )
    again = admin.send(f"{other}/move", slower, 422)
    assert errors(again.text) == ["Choose where to move it: this is where it stands"]
    assert "It is everybody’s" in again.text


# --- Controls and management actions ----------------------------------------------------------------------


def test_a_control_is_added_once_and_ends(editor):
    path = risk_path(editor, "1")
    typed = form(editor, f"{path}/controls/new", description="Monthly panel")
    assert "The control is saved" in words(editor.get(twice(editor, f"{path}/controls/new", typed)))
    html = editor.get(path)
    assert html.count("<li>Monthly panel") == 1
    edit = re.findall(r'<li>Monthly panel <a class="[^"]+" href="([^"]+)">', html)[0]
    typed = form(editor, edit, description="Monthly panel")
    assert typed.pop("in_place") == "1"
    editor.send(edit, typed, 303)
    assert "No longer in place: Monthly panel" in words(editor.get(path))


def test_a_management_action_is_added_once_updated_once_and_its_due_date_can_be_taken_away(area, editor):
    path = risk_path(editor, "1")
    due = {"due_on-day": "1", "due_on-month": "June", "due_on-year": "2024"}
    new = f"{path}/management-actions/new"
    twice(editor, new, form(editor, new, title="Recruit two", **due))
    html = editor.get(path)
    assert "Overdue by 30 days" in words(html)
    (href,) = [link for link in links(html, "/management-actions/") if link.endswith("/update")]
    typed = form(editor, href, status="on_target", narrative="Advertised.")
    assert typed["due_on-year"] == "2024"
    twice(editor, href, typed | dict.fromkeys(due, ""))
    one = UUID(href.split("/")[2])
    with db.read(area) as reader:
        found = management_service.get_management_action(reader, area, one, today=factories.TODAY)
        entries = management_service.list_updates(reader, area, one)
    assert (found["status"], found["due_on"]) == ("on_target", None)
    assert [entry["narrative"] for entry in entries] == [None, "Advertised."]
    assert errors(editor.send(href, form(editor, href), 422).text) == []
    editor.send(
        href.replace("/update", "/edit"), form(editor, href.replace("/update", "/edit"), title="Recruit"), 303
    )
    assert "Recruit Update" in words(editor.get(path))


def test_who_may_only_read_is_shown_no_way_to_change_anything(viewer, editor):
    path = risk_path(viewer, "1")
    register = links(viewer.get("/registers"), "/registers/")[0]
    for page in (path, register, "/registers"):
        html = viewer.get(page)
        assert not re.search(r'href="[^"]*/(new|edit|move|closure|acceptance|update)"', html), page
    past = editor.get(f"{path}?as_at=2024-06-30")
    assert f"{path}/closure" not in past, "what was is not changed from a page of the past"


def test_a_register_without_a_plan_has_no_priorities_to_move_to(area, editor):
    register = factories.make_register(area, ref="ALONE", title="Alone")
    risk = factories.make_risk(area, register["id"], effective_on=date(2024, 6, 1))
    editor.get(f"/risks/{risk['id']}/move", 409)
    assert "Move it" not in words(editor.get(f"/risks/{risk['id']}"))
