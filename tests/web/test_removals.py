"""Deleting what was added by mistake, as an officer does it: asked first, or told why it stays."""

from uuid import UUID

import pytest

from app.access.roles import Role, system
from tests import doors
from tests.doors import API, Program
from tests.web.conftest import Visitor, fields, links, words


@pytest.fixture
def small(http):
    """The records of a small area, its editor, a viewer, and a program that writes there."""
    who = doors.area("small")
    program = Program(http, doors.token(who, "write"), is_checked=False)
    editor, viewer = (Visitor(http, doors.session(who, role)) for role in (Role.editor, Role.viewer))
    return doors.records(program), editor, viewer, program


def test_a_period_that_was_not_published_is_deleted_and_the_history_tells_it(small):
    ids, editor, viewer, _ = small
    path = f"/periods/{ids['period_id']}"
    assert links(editor.get(path), f"{path}/delete") == [f"{path}/delete"]
    assert links(viewer.get(path), f"{path}/delete") == []
    asked = editor.get(f"{path}/delete")
    assert "was never published. It is deleted, with the commentary" in words(asked)
    answer = editor.send(f"{path}/delete", fields(asked), 303)
    assert "The period is deleted." in words(editor.get(answer.headers["location"]))
    editor.get(path, 404)
    history = words(viewer.get(f"/plans/{ids['plan_id']}/history"))
    assert "Period “2023-12” deleted by" in history
    assert "Period “2023-12” added by" in history


def test_what_stays_says_why_and_has_no_button(small):
    ids, editor, _, _ = small
    for path, why in (
        (f"/periods/{ids['published_period_id']}", "Add an erratum to say what is wrong in it"),
        (f"/priorities/{ids['priority_id']}", "Something was recorded under it: 2 actions and 1 risk."),
        (
            f"/plans/{ids['plan_id']}",
            "The plan has 2 priorities, 3 actions, 1 risk register, 2 periods and 1",
        ),
    ):
        asked = editor.get(f"{path}/delete")
        assert "cannot be deleted" in words(asked)
        assert why in words(asked)
        assert 'type="submit">Delete' not in asked
        assert why in words(editor.answer("POST", f"{path}/delete", data={"version": "1"}).text)
        editor.get(path)
    assert "A register stays, with its matrix" in words(editor.get(f"/registers/{ids['register_id']}/edit"))


def test_a_plan_and_a_priority_that_were_never_used_are_deleted(small):
    ids, editor, _, program = small
    for name, back, said in (
        ("priority", f"/plans/{ids['plan_id']}", "It is deleted."),
        ("plan", "/plans", "The plan is deleted."),
    ):
        where = {"priority": "priorities", "plan": "plans"}[name]
        fresh = doors.unused(program, ids, f"{API}/{where}/{{{name}_id}}")
        path = f"/{where}/{fresh[f'{name}_id']}"
        assert links(editor.get(f"{path}/edit"), f"{path}/delete") == [f"{path}/delete"]
        answer = editor.send(f"{path}/delete", fields(editor.get(f"{path}/delete")), 303)
        assert answer.headers["location"] == f"{back}?saved=deleted"
        assert said in words(editor.get(answer.headers["location"]))


def test_a_schedule_that_never_ran_is_deleted_and_one_that_did_is_to_be_paused(small):
    ids, _, _, program = small
    admin = Visitor(program.http, doors.session(system(UUID(ids["area_id"]), "The area"), Role.admin))
    fresh = doors.unused(program, ids, f"{API}/schedules/{{schedule_id}}")
    path = f"/schedules/{fresh['schedule_id']}"
    assert links(admin.get(f"{path}/edit"), f"{path}/delete") == [f"{path}/delete"]
    asked = admin.get(f"{path}/delete")
    assert "“Monday summary” never sent anything. It is deleted, with its recipient." in words(asked)
    answer = admin.send(f"{path}/delete", fields(asked), 303)
    assert "The schedule is deleted." in words(admin.get(answer.headers["location"]))
    assert "“Monday summary” deleted by" in words(admin.get("/admin/journal"))
    admin.get(path, 404)
    ran = f"/schedules/{ids['schedule_id']}"
    assert "Pause it instead" in words(admin.get(f"{ran}/delete"))
    assert "Pause it instead" in words(admin.answer("POST", f"{ran}/delete", data={"version": "1"}).text)
    admin.get(ran)


def test_somebody_who_changed_it_in_between_is_not_overrun(small):
    ids, editor, _, _ = small
    path = f"/periods/{ids['period_id']}"
    opened = fields(editor.get(f"{path}/delete"))
    editor.send(f"{path}/edit", fields(editor.get(f"{path}/edit")) | {"title": "Autumn"}, 303)
    answer = editor.send(f"{path}/delete", opened, 409)
    assert "Somebody changed this while you looked at it" in words(answer.text)
    editor.get(path)
