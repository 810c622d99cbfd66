"""What an editor does to a plan on pages: adding, changing, ordering, moving, withdrawing and copying."""

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest

from app import db
from app.access.roles import Role
from app.services import actions as actions_service
from app.services import people as people_service
from tests import doors, factories
from tests.web.conftest import (
    Visitor,
    action_path,
    errors,
    fields,
    links,
    plan_path,
    priority_paths,
    words,
)

TODAY = factories.TODAY


def form_of(visitor, path, **typed):
    """The form as it is shown, with these fields typed in."""
    html = visitor.get(path)
    texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return fields(html) | {name: unescape(text) for name, text in texts} | typed


def day(name, iso):
    return {f"{name}-{part}": one for part, one in zip(("year", "month", "day"), iso.split("-"), strict=True)}


def send(visitor, path, expected=303, **typed):
    """The address that a form leads to, or its page where it is shown again."""
    answer = visitor.send(path, form_of(visitor, path, **typed), expected)
    return str(answer.headers["location"]) if expected == 303 else answer.text


def summary(html):
    """The messages of the error summary, with the fields they lead to."""
    return re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', html)


def stored(area, path):
    """An action as the service answers it."""
    with db.read(area) as connection:
        return actions_service.get_action(connection, area, UUID(path.split("/")[-1]), today=TODAY)


@pytest.fixture
def survey(editor):
    """The page of the action that stands under all five priorities."""
    return action_path(editor, "1.9")


# --- Plans and priorities ---------------------------------------------------------------------------------


def test_a_plan_with_priorities_and_actions_is_set_up_from_nothing(editor, area):
    plan = send(editor, "/plans/new", ref="SIP", title="Improvement plan", **day("starts_on", "2024-04-01"))
    plan = plan.partition("?")[0]
    assert "The plan is added. Add its priorities next." in words(editor.get(f"{plan}?saved=added"))
    first = send(editor, f"{plan}/priorities/new", ref="SIP 1", title="Governance").partition("?")[0]
    form = form_of(editor, f"{plan}/actions/new?priority={first.split('/')[-1]}")
    assert form["points_0"] == "1.1", "the first ref of the first priority"
    action = send(editor, f"{plan}/actions/new", title="Agree a process", points_0="1.1").partition("?")[0]
    html = editor.get(first)
    assert f'href="{action}">1.1 Agree a process' in html
    assert form_of(editor, f"{plan}/actions/new")["points_0"] == "1.2", "the only priority is taken"


def test_a_form_that_is_sent_twice_adds_one_thing(editor):
    plan = plan_path(editor)
    for path, typed in {
        "/plans/new": {"ref": "SIP", "title": "Improvement plan"},
        f"{plan}/priorities/new": {"ref": "PAP 9", "title": "Ninth"},
        f"{plan}/actions/new": {
            "title": "Agree a process",
            "points_2": "3.99",
            "evidence_links": "Minutes https://example.org/minutes",
            "depends_on": "2.1, 2.2",
        },
        f"{plan}/copy": {"ref": "PAP-2", "dates": "left_out"},
        "/people/new": {"name": "Chair of the board"},
    }.items():
        form = form_of(editor, path, **typed)
        first, again = (editor.send(path, form, 303).headers["location"] for _ in range(2))
        assert first == again, path
        name = next(name for name in ("title", "name", "ref") if name in typed)
        refused = editor.send(path, form | {name: "Something else"}, 409).text
        assert "This was not added. The form was used already" in words(refused), path
        assert fields(refused)[name] == "Something else"
        assert fields(refused)["set_aside"] != form["set_aside"]


def test_a_ref_in_use_is_said_at_its_field_and_nothing_typed_is_lost(editor):
    html = send(editor, "/plans/new", 422, ref="PAP", title="A second plan", kind="reform_plan")
    assert summary(html) == [("ref", "This ref is used already. Choose another one")]
    assert fields(html)["title"] == "A second plan"
    assert fields(html)["kind"] == "reform_plan"


def test_everything_that_is_wrong_with_a_plan_is_said_at_once(editor):
    html = send(editor, "/plans/new", 422, ref="A/B", title=" ", **day("ends_on", "2024-02-31"))
    assert [name for name, _ in summary(html)] == ["title", "ref", "ends_on-day"]


def test_a_plan_and_a_priority_are_changed(editor):
    plan, [priority, *_] = plan_path(editor), priority_paths(editor)
    send(editor, f"{plan}/edit", title="Second edition", kind="reform_plan")
    html = editor.get(f"{plan}?saved=changed")
    assert "The plan is changed." in words(html)
    assert "Reform plan" in html
    form = form_of(editor, f"{priority}/edit", responsible_bodies="", statement="Lead together")
    editor.send(f"{priority}/edit", form, 303)
    assert "Responsible bodies Not recorded" in words(editor.get(priority))


# --- Order ------------------------------------------------------------------------------------------------


def shown_order(visitor, path):
    """The refs and titles of an order page, from above."""
    return re.findall(r'rowheader"><a class="govuk-link" href="[^"]+">([^<]+)</a>', visitor.get(path))


def test_what_gets_a_number_goes_there_and_the_others_make_room(editor):
    path = f"{plan_path(editor)}/order"
    before = shown_order(editor, path)
    send(editor, path, place_4="1", place_1="5")
    assert shown_order(editor, path) == [before[3], before[1], before[2], before[4], before[0]]


def test_a_new_order_of_actions_deals_the_refs_out_anew(editor):
    path = f"{priority_paths(editor)[0]}/order"
    before = [one.partition(" ")[2] for one in shown_order(editor, path)]
    assert send(editor, path, place_9="1", reason="As in the report").endswith("?saved=order")
    after = shown_order(editor, path)
    assert after == [f"1.{n} {title}" for n, title in enumerate([before[8], *before[:8]], start=1)]


def test_numbers_that_mean_no_order_are_said_at_their_field(editor):
    path = f"{priority_paths(editor)[0]}/order"
    html = send(editor, path, 422, place_1="2", place_3="2", place_4="10", place_5="x")
    assert summary(html) == [
        ("place_3", "Give another number: place 2 was given to two"),
        ("place_4", "Give a number from 1 to 9"),
        ("place_5", "The place must be a whole number"),
        ("reason", "Give a reason: papers name actions by their refs"),
    ]
    assert fields(html)["place_1"] == "2"


def test_an_order_that_another_has_overtaken_is_shown_as_it_is_now(editor):
    path = f"{plan_path(editor)}/order"
    mine, theirs = form_of(editor, path, place_5="1"), form_of(editor, path, place_1="2")
    editor.send(path, theirs, 303)
    html = editor.send(path, mine, 409).text
    assert "It is shown as it is now, with your numbers" in words(html)
    assert [fields(html)[f"place_{n}"] for n in range(1, 6)] == ["1", "2", "3", "4", "1"]
    editor.send(path, fields(html), 303)
    assert [one.partition(" ")[0:3:2][0] for one in shown_order(editor, path)] == ["PAP"] * 5
    assert shown_order(editor, path)[0].startswith("PAP 5")


def test_the_same_order_sent_again_is_saved_already(editor):
    path = f"{plan_path(editor)}/order"
    form = form_of(editor, path, place_5="1")
    for _ in range(2):
        editor.send(path, form, 303)
    assert shown_order(editor, path)[0].startswith("PAP 5")


# --- Actions ----------------------------------------------------------------------------------------------


def test_a_fault_of_a_place_stands_at_the_field_that_it_was_typed_in(editor):
    path = f"{plan_path(editor)}/actions/new"
    html = send(editor, path, 422, title="Agree", points_2="3.98", points_4="1.1", depends_on="1.1, 7.7")
    assert summary(html) == [("depends_on", "There is no action 7.7 in this plan")]
    html = send(editor, path, 422, title="Agree", points_2="3.98", points_4="1.1")
    assert summary(html) == [("points_4", "The ref 1.1 is used already in this plan. Choose another one")]
    assert summary(send(editor, path, 422, title="Agree")) == [
        ("points_0", "Give a ref under at least one of them")
    ]


def test_an_action_is_added_with_everything_that_it_can_have(editor, area):
    with db.read(area) as connection:
        people = [str(one["id"]) for one in people_service.names(connection, area)][:3]
    path = send(
        editor,
        f"{plan_path(editor)}/actions/new",
        title="Agree <b>a</b> process",
        points_0="1.97",
        points_3="4.97",
        lead_id=people[0],
        co_lead_ids_0=people[1],
        co_lead_ids_1=people[2],
        phase="Phase 1",
        due_kind="ongoing",
        **day("review_on", "2024-09-30"),
        depends_on="1.1,1.2",
        evidence_links="Minutes: https://north.example/minutes\n\nhttps://north.example/paper",
        status="on_target",
        narrative="Begun.",
    ).partition("?")[0]
    found = stored(area, path)
    assert [one["ref"] for one in found["points"]] == ["1.97", "4.97"]
    assert [str(one["id"]) for one in found["co_leads"]] == people[1:]
    assert (found["due_on"], found["review_on"], found["status"]) == (
        "ongoing",
        date(2024, 9, 30),
        "on_target",
    )
    assert [one["title"] for one in found["evidence_links"]] == ["Minutes", "https://north.example/paper"]
    assert len(found["depends_on"]) == 2
    assert found["latest_update"]["narrative"] == "Begun."
    assert "Agree &lt;b&gt;a&lt;/b&gt; process" in editor.get(path)


def test_only_what_differs_of_an_action_is_changed(editor, area, survey):
    before = stored(area, survey)
    form = form_of(editor, f"{survey}/edit", title="Carry out the survey", lead_id="")
    editor.send(f"{survey}/edit", form, 303)
    after = stored(area, survey)
    assert (after["title"], after["lead"], after["version"]) == (
        "Carry out the survey",
        None,
        before["version"] + 1,
    )
    editor.send(f"{survey}/edit", form_of(editor, f"{survey}/edit"), 303)
    assert stored(area, survey)["version"] == after["version"]


def test_evidence_without_an_address_is_said_by_its_line(editor, survey):
    html = send(
        editor, f"{survey}/edit", 422, evidence_links="Minutes https://north.example\nThe other minutes"
    )
    assert summary(html) == [("evidence_links", "End line 2 with a web address: https:// or http:// first")]


def test_both_versions_of_an_action_name_people_places_and_dates(editor, area, survey):
    with db.read(area) as connection:
        person = people_service.names(connection, area)[0]
    mine = form_of(editor, f"{survey}/edit", co_lead_ids_0=str(person["id"]))
    send(editor, f"{survey}/edit", evidence_links="Results https://north.example/results")
    text = words(editor.send(f"{survey}/edit", mine, 409).text)
    assert person["name"] in text
    assert "Results https://north.example/results" in text
    mine = form_of(editor, f"{survey}/points", points_0="1.95", reason="Renumbered")
    send(editor, f"{survey}/points", points_1="2.95", reason="Renumbered")
    assert "2.95" in words(editor.send(f"{survey}/points", mine, 409).text)


def test_dates_are_stated_cleared_and_left_alone(editor, area, survey):
    path = f"{survey}/dates"
    send(
        editor,
        path,
        due_kind="ongoing",
        **dict.fromkeys(("due_on-day", "due_on-month", "due_on-year"), ""),
        **day("review_on", "2024-12-31"),
        impact_state="not_yet_due",
        depends_on="1.1",
    )
    found = stored(area, survey)
    assert (found["due_on"], found["review_on"]) == ("ongoing", date(2024, 12, 31))
    assert (found["impact_state"], len(found["depends_on"])) == ("not_yet_due", 1)
    assert form_of(editor, path)["depends_on"] == "1.1"
    start = dict.fromkeys(("start_on-day", "start_on-month", "start_on-year"), "")
    send(editor, path, **start, depends_on="")
    found = stored(area, survey)
    assert (found["start_on"], found["depends_on"], found["due_on"]) == (None, [], "ongoing")


def test_a_form_of_dates_that_says_nothing_new_says_so(editor, survey):
    html = send(editor, f"{survey}/dates", 422, reason="For no reason")
    assert "Nothing differs from what is recorded" in words(html)
    html = send(editor, f"{survey}/dates", 422, due_kind="ongoing")
    assert summary(html) == [
        ("due_on-day", "Clear the due date: an ongoing action has a review date in its place")
    ]


def test_dates_that_are_sent_twice_are_recorded_once(editor, area, survey):
    form = form_of(editor, f"{survey}/dates", **day("forecast_on", "2024-09-30"))
    version = stored(area, survey)["version"]
    for _ in range(2):
        assert editor.send(f"{survey}/dates", form, 303).headers["location"] == f"{survey}?saved=dates"
    assert stored(area, survey)["version"] == version + 1


def test_a_lead_states_the_dates_of_their_own_action_but_not_what_it_waits_for(chair, area, survey):
    assert "depends_on" not in fields(chair.get(f"{survey}/dates"))
    assert links(chair.get(survey), survey) == [f"{survey}/update", f"{survey}/dates", f"{survey}/history"]
    send(chair, f"{survey}/dates", **day("forecast_on", "2024-09-30"), depends_on="1.1")
    found = stored(area, survey)
    assert (found["forecast_on"], found["depends_on"]) == (date(2024, 9, 30), [])


def test_an_action_is_moved_from_one_priority_to_another(editor, area):
    path = action_path(editor, "1.1")
    send(editor, f"{path}/points", points_0="", points_1="2.77", reason="Agreed by the board")
    assert [(one["priority_ref"], one["ref"]) for one in stored(area, path)["points"]] == [("PAP 2", "2.77")]
    assert "1.1" not in [
        one.partition(" ")[0] for one in shown_order(editor, f"{priority_paths(editor)[0]}/order")
    ]


def test_an_action_never_loses_its_last_place(editor, area):
    path = action_path(editor, "1.1")
    html = send(editor, f"{path}/points", 422, points_0="")
    assert summary(html) == [("points_0", "Give a ref under at least one of them")]
    html = send(editor, f"{path}/points", 422, points_3="4.1")
    assert [name for name, _ in summary(html)] == ["points_3"]


def test_an_action_is_withdrawn_and_reinstated_with_a_reason(editor, area, survey):
    path = f"{survey}/withdrawal"
    assert summary(send(editor, path, 422)) == [("reason", "Give a reason")]
    out = form_of(editor, path, reason="Merged with 1.8")
    for _ in range(2):
        assert editor.send(path, out, 303).headers["location"] == f"{survey}?saved=withdrawn"
    assert stored(area, survey)["withdrawn"]
    offered = links(editor.get(survey), survey)
    assert offered == [f"{survey}/{step}" for step in ("edit", "copy", "withdrawal", "history")]
    editor.get(f"{survey}/dates", 409)
    html = editor.get(path)
    assert "Reinstate action 1.9?" in words(html)
    editor.send(path, fields(html) | {"reason": "Needed after all"}, 303)
    assert not stored(area, survey)["withdrawn"]
    assert "Merged with 1.8" in words(editor.get(survey))


def test_a_step_that_somebody_else_took_is_told_with_the_reason(editor, area, http, survey):
    admin = Visitor(http, doors.session(area, Role.admin))
    path = f"{survey}/withdrawal"
    slower = form_of(admin, path, reason="Out of scope")
    editor.send(path, form_of(editor, path, reason="Merged with 1.8"), 303)
    told = words(admin.send(path, slower, 409).text)
    assert "The action is withdrawn already." in told
    assert "changed it last, " in told
    assert "Your reason was not recorded: “Out of scope”" in told


def test_the_same_step_from_another_day_is_no_form_sent_twice(editor, survey):
    path = f"{survey}/withdrawal"
    out = form_of(editor, path, reason="Merged with 1.8")
    editor.send(path, out, 303)
    earlier = {"effective_on-day": "1", "effective_on-month": "6", "effective_on-year": "2024"}
    told = words(editor.send(path, out | earlier, 409).text)
    assert "The action is withdrawn already. You changed it last, " in told
    assert "Nothing of what you sent now was recorded." in told


def test_dates_that_somebody_else_recorded_already_are_not_said_to_be_saved(editor, area, http, survey):
    admin = Visitor(http, doors.session(area, Role.admin))
    path = f"{survey}/dates"
    given = {"review_on-day": "30", "review_on-month": "9", "review_on-year": "2024"}
    slower = form_of(admin, path, reason="As the board asked", **given)
    mine = form_of(editor, path, reason="Agreed with the lead", **given)
    for _ in range(2):
        assert editor.send(path, mine, 303).headers["location"] == f"{survey}?saved=dates"
    again = admin.send(path, slower, 422).text
    assert "Nothing differs from what is recorded" in words(again)
    assert "As the board asked" in again


def test_a_copy_of_an_action_begins_with_what_the_other_is(editor, area, survey):
    form = form_of(editor, f"{survey}/copy")
    assert [form[f"points_{n}"] for n in range(5)] == ["1.10", "2.6", "3.8", "4.13", "5.61"]
    path = send(
        editor, f"{survey}/copy", title="Second survey", points_1="", points_2="", points_3="", points_4=""
    )
    copy, other = stored(area, path.partition("?")[0]), stored(area, survey)
    assert (copy["ref"], copy["status"], copy["latest_update"]) == ("1.10", "not_started", None)
    for name in ("lead", "responsible_body", "success_measure", "start_on", "due_on"):
        assert copy[name] == other[name], name
    assert "Copied from 1.9." in words(editor.get(path))


def test_a_plan_is_copied_with_its_dates_moved(editor):
    plan = plan_path(editor)
    assert "the 5 priorities and 89 actions of this one" in words(editor.get(f"{plan}/copy"))
    html = send(editor, f"{plan}/copy", 422, ref="PAP-2")
    assert [name for name, _ in summary(html)] == ["starts_on-day"]
    made = send(editor, f"{plan}/copy", ref="PAP-2", **day("starts_on", "2025-04-01")).partition("?")[0]
    text = words(editor.get(f"{made}?saved=copied"))
    assert "Every action in it begins as not started." in text
    assert "93 action points" in text or "0 of 93" in text
    assert "31 May 25" in text or "31 May 2025" in text


# --- People -----------------------------------------------------------------------------------------------


def test_two_people_whom_nobody_could_tell_apart_are_not_added(editor):
    send(editor, "/people/new", name="Sam Vale", email="sam@x.example")
    html = send(editor, "/people/new", 422, name="SAM VALE", email="Sam@x.example")
    [message] = errors(html)
    assert message.startswith("Somebody with this name and e-mail address is there already.")
    send(editor, "/people/new", name="Sam Vale", email="sam.vale@x.example")
    send(editor, "/people/new", name="Sam Vale", organisation="ICB")


def test_people_are_listed_found_added_and_changed(editor, viewer):
    send(editor, "/people/new", name="Chair of the board", organisation="ICB", email="chair@icb.example")
    html = editor.get("/people?q=chair+of&organisation=ICB")
    [person] = links(html, "/people/")[1:]
    assert "chair@icb.example" in html
    assert errors(send(editor, person, 422, email="nobody")) != []
    send(editor, person, name="Chair of the partnership", email="")
    text = words(editor.get("/people?said=changed&q=partnership"))
    assert "The person is changed." in text
    assert "Chair of the partnership" in text
    assert links(viewer.get("/people"), "/people/") == []
    assert "Nobody fits these filters." in words(viewer.get("/people?q=zzz"))


def test_a_viewer_is_offered_nothing_that_they_may_not_do(viewer):
    plan, [priority, *_], action = plan_path(viewer), priority_paths(viewer), action_path(viewer, "1.9")
    for page in ("/plans", plan, priority, action):
        found = [
            one for noun in ("plans", "priorities", "actions") for one in links(viewer.get(page), f"/{noun}/")
        ]
        steps = "/(new|edit|copy|order|dates|points|withdrawal|update)(\\?|$)"
        assert [one for one in found if re.search(steps, one)] == [], page
