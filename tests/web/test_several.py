"""What is one's own on pages, and the form that updates several actions: all of them, or none."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import pytest

from app import db
from app.access.roles import Role
from app.models.people import PersonCreate
from app.models.priorities import PriorityUpdate
from app.services import across_plans, people, priorities
from app.web.presenters.my_actions import lead
from tests import doors
from tests.factories import AT
from tests.web.conftest import Visitor, action_path, errors, fields, links, plan_path, priority_paths, words


def ids(visitor: Visitor, *refs: str) -> list[str]:
    return [action_path(visitor, ref).rpartition("/")[2] for ref in refs]


def address(*named: str, back: str = "") -> str:
    return "/updates?" + urlencode([("back", back), *[("action", one) for one in named]])


@pytest.fixture
def two(editor: Visitor) -> tuple[str, dict[str, str]]:
    """The address of the form for 1.9 and 1.8, both delayed, and its fields as they are shown."""
    form = address(*ids(editor, "1.9", "1.8"))
    return form, fields(editor.get(form))


def test_rows_that_say_something_are_saved_and_the_others_left_alone(editor, two):
    shown = two[1]
    answer = editor.send("/updates", shown | {"narrative-2": "Two candidates <b>seen</b>."}, 303)
    assert answer.headers["location"] == "/my-actions?saved=1"
    assert "Your update is saved." in editor.get("/my-actions?saved=1")
    first, second = (editor.get(path) for path in (action_path(editor, "1.9"), action_path(editor, "1.8")))
    assert "Two candidates &lt;b&gt;seen&lt;/b&gt;." in second
    assert "candidates" not in first


def test_one_row_that_is_wrong_keeps_all_from_being_saved_and_loses_nothing(editor, two):
    shown = two[1]
    before = doors.counts()
    sent = shown | {"narrative-1": "Survey closed.", "status-2": "on_target", "forecast_on-2-day": "31"}
    answer = editor.send("/updates", sent, 422)
    assert errors(answer.text) == [
        "1.8: Say what has happened",
        "1.8: Forecast date must include a month and a year",
    ]
    assert 'href="#narrative-2"' in answer.text
    assert 'href="#forecast_on-2-month"' in answer.text
    assert "Survey closed.</textarea>" in answer.text
    assert fields(answer.text) | {"narrative-1": "Survey closed."} == sent
    again = editor.send("/updates", sent | {"narrative-2": "Filled.", "forecast_on-2-day": ""}, 422)
    assert errors(again.text) == ["1.8: Give a reason for the move from delayed to on target"]
    assert doors.counts() == before
    nothing = editor.send("/updates", shown, 422)
    assert errors(nothing.text) == ["Say what has happened on at least one action, or cancel"]


def test_a_row_that_went_stale_shows_both_versions_and_saves_nothing_until_it_is_sent_again(editor, two):
    shown = two[1]
    editor.send("/updates", shown | {"narrative-1": "Saved in between."}, 303)
    mine = shown | {"narrative-1": "240 replies so far.", "narrative-2": "Interviews held."}
    stale = editor.send("/updates", mine, 409)
    assert "1.9: Somebody saved an update while you were writing" in errors(stale.text)[0]
    text = words(stale.text)
    assert "Saved while you were writing: Delayed" in text
    assert "Saved in between." in text
    assert "240 replies so far.</textarea>" in stale.text
    assert "Interviews held." not in editor.get(action_path(editor, "1.8"))
    editor.send("/updates", mine | fields(stale.text), 303)
    assert "240 replies so far." in editor.get(action_path(editor, "1.9"))
    assert "Interviews held." in editor.get(action_path(editor, "1.8"))


def test_the_same_form_sent_twice_is_recorded_once(editor, two):
    shown = two[1]
    sent = shown | {"narrative-1": "Said once.", "narrative-2": "Said too."}
    assert editor.send("/updates", sent, 303).headers["location"] == "/my-actions?saved=2"
    before = doors.counts()
    assert editor.send("/updates", sent, 303).headers["location"] == "/my-actions?saved=already"
    assert doors.counts() == before
    assert "recorded once" in editor.get("/my-actions?saved=already")


def test_what_was_typed_and_not_saved_is_filled_in_when_the_form_is_opened_again(editor, chair, two):
    form, shown = two
    editor.answer("POST", "/drafts", data=shown | {"narrative-2": "Half a sentence"})
    for path in (shown["draft"], form):
        again = editor.get(path)
        assert "This is what you typed on" in again
        assert "Half a sentence</textarea>" in again
        assert "Update 2 actions" in again
    assert "Half a sentence" not in editor.get(address(*ids(editor, "1.9")))
    chair.answer("POST", "/drafts", data=shown | {"narrative-2": "Not theirs"})
    assert "Nothing to update" in chair.get(shown["draft"])
    other = address(*ids(editor, "1.9"))
    editor.answer("POST", "/drafts", data=fields(editor.get(other)) | {"narrative-1": "Of one alone"})
    assert "Half a sentence</textarea>" in editor.get(form), "each set of actions has a draft of its own"
    editor.send("/updates", shown | {"narrative-2": "A whole one."}, 303)
    assert "No action was chosen" in editor.get(shown["draft"])
    assert "Of one alone</textarea>" in editor.get(other)


def test_one_earlier_date_holds_for_all_rows(editor, two):
    form, shown = two
    day = {"effective_on-day": "29", "effective_on-month": "6", "effective_on-year": "2024"}
    told = {"narrative-1": "Closed.", "reason-1": "Learned late.", "narrative-2": "Held."}
    editor.send("/updates", shown | told | day, 303)
    assert "29 June 2024" in words(editor.get(action_path(editor, "1.8"))).partition("Held.")[0]
    tomorrow = day | {"effective_on-day": "2", "effective_on-month": "7"}
    fresh = fields(editor.get(form))
    answer = editor.send("/updates", fresh | told | tomorrow, 422)
    assert any("1 July 2024" in error for error in errors(answer.text))


@pytest.mark.parametrize(
    "broken",
    [
        {"row-1": "x"},
        {"row-1": "x 1 delayed"},
        {"row-1": "01a202ce-605b-72f3-95a1-ed49ea780e9e one delayed"},
        {"row-1": ""},
        {"status-1": "amber", "narrative-1": "x"},
        {"narrative-1": "x" * 10_001},
    ],
)
def test_a_form_that_is_not_ours_is_refused_and_stores_nothing(editor, two, broken):
    before = doors.counts()
    editor.send("/updates", two[1] | broken, 422)
    assert doors.counts() == before


def test_an_action_that_is_not_there_and_one_of_others_are_refused(editor, chair, two):
    sent = two[1] | {"narrative-1": "Said.", "narrative-2": "Said."}
    before = doors.counts()
    chair.send("/updates", sent, 403)
    unknown = sent["row-2"].replace(sent["row-2"][:8], "01a202ce")
    editor.send("/updates", sent | {"row-2": unknown}, 404)
    editor.send("/updates", sent | {"row-2": sent["row-1"]}, 422)
    assert doors.counts() == before


def test_what_one_may_not_update_is_left_out_of_the_form(editor, chair, viewer):
    form = address(*ids(editor, "1.9", "1.8"))
    shown = chair.get(form)
    assert "Update 1.9</h1>" in shown
    assert "One of the chosen actions is left out" in words(shown)
    assert "Nothing to update" in viewer.get(form)
    assert "No action was chosen" in editor.get("/updates")
    for bad in ("/updates?action=1.9", address(*(f"{n:032x}" for n in range(101)))):
        editor.get(bad, 422)
    many = ids(editor, *(f"5.{n}" for n in range(1, 24)))
    assert "The first 20 are shown. Save them, then choose the other 3." in words(editor.get(address(*many)))


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/my-actions/../x",
        "/plans/x/updates",
        "/\\x",
        "/a\nb",
    ],
)
def test_the_way_back_stays_on_these_pages(editor, two, back):
    sent = two[1] | {"narrative-1": "Said.", "back": back}
    assert editor.send("/updates", sent, 303).headers["location"] == "/my-actions?saved=1"


def test_actions_are_chosen_from_a_list_with_its_filter(editor, chair, viewer):
    plan = plan_path(editor)
    shown = editor.get(f"{plan}?status=delayed")
    (choose,) = links(shown, f"{plan}/updates")
    html = editor.get(choose)
    assert "16 actions that you can update. The filter of the list applies." in words(html)
    assert len(re.findall(r'name="action"', html)) == 16
    (together,) = [unescape(link) for link in links(html, "/updates") if link.count("action=") == 16]
    sent = fields(editor.get(together)) | {"narrative-1": "Said."}
    back = editor.send("/updates", sent, 303).headers["location"]
    assert back == f"{choose}&saved=1"
    assert "Your update is saved." in editor.get(back)
    under = priority_paths(editor)[0]
    assert "9 actions that you can update" in words(
        editor.get(links(editor.get(under), f"{plan}/updates")[0])
    )
    assert "3 actions that you can update" in words(chair.get(f"{plan}/updates"))
    assert "None of these actions is yours to update" in words(viewer.get(f"{plan}/updates"))
    assert not links(viewer.get(plan), f"{plan}/updates")
    assert not links(editor.get(f"{plan}?as_at=2024-06-01"), f"{plan}/updates")


def test_what_nobody_heard_of_is_counted_in_every_group():
    def action(due_on: date, **flags: bool) -> dict[str, object]:
        told = {"overdue": False, "no_reportable_progress": True} | flags
        return {"status": "on_target", "due_on": due_on, "flags": told}

    found = [
        action(date(2024, 6, 1), overdue=True),
        action(date(2024, 7, 31)),
        action(date(2024, 7, 31), no_reportable_progress=False),
        action(date(2025, 1, 1)),
    ]
    work = across_plans.grouped(found, date(2024, 7, 1))
    assert (len(work.no_update), len(work.silent)) == (1, 3)
    assert lead(date(2024, 7, 1), work) == (
        "You lead four actions that are not complete: one is overdue, two fall due by 31 July 2024 and "
        "three have no update this period."
    )


def test_my_actions_lead_to_the_form_and_show_what_is_late(chair, viewer):
    html = chair.get("/my-actions")
    text = words(html)
    assert "You lead three actions that are not complete: one is overdue." in text
    assert "Overdue: 1" in text
    assert "Overdue by 31 days" in text
    assert "Update 1.9</h1>" in chair.get(links(html, "/updates")[0])
    assert 'aria-current="true">My actions' in html
    nobody = viewer.get("/my-actions")
    assert "Your account is not linked to a person" in nobody
    assert ">My actions</a>" not in viewer.get("/")


def test_what_needs_a_decision_is_on_one_page(editor, viewer, area):
    first = priority_paths(editor)[0]
    (decide,) = links(editor.get(first), "/my-priority")
    for visitor in (editor, viewer):
        text = words(visitor.get(decide))
        assert "Four actions and two risks need a decision." in text
        assert "Overdue by 31 days" in text
        assert "12 above its target, and nothing is planned" in text
        assert "To decide Agree a management action, or accept the risk." in text
    assert links(editor.get(decide), "/updates")
    assert not links(viewer.get(decide), "/updates")
    forms = [one for one in links(editor.get(decide), "/risks/") if one.endswith("/management-actions/new")]
    assert "What is still to be done" in editor.get(forms[0])
    assert not [one for one in links(viewer.get(decide), "/risks/") if one.endswith("/new")]
    assert decide in editor.get("/my-priority")
    editor.get("/my-priority?priority=x", 422)
    editor.get("/my-priority?priority=01a202ce-605b-72f3-95a1-ed49ea780e9e", 404)


def test_an_officer_is_led_to_their_own_priority(http, editor, area):
    second = UUID(priority_paths(editor)[1].rpartition("/")[2])
    with db.write(area) as writer:
        person = people.create_person(writer, area, AT, PersonCreate(name="SRO Priority 2"))["id"]
        body = PriorityUpdate(sro_id=person)
        priorities.change_priority(writer, area, AT, second, body, version=None)
    officer = Visitor(http, doors.session(area, Role.viewer, str(person)))
    own = officer.get("/my-priority")
    assert "Priority 2, yours" in words(own)
    assert 'href="/my-priority" aria-current="true">My priority' in own
    assert not links(editor.get("/"), "/my-priority"), "for who answers for one"
    assert "You are senior responsible officer of" in words(officer.get("/my-actions"))


def test_the_briefing_says_what_changed_what_is_late_why_and_what_comes_next(editor, viewer):
    text = words(viewer.get("/briefing?as_at=2024-06-30&compare=2024-04-30"))
    assert "61% of action points are complete or on target (57 of 93)." in text
    assert "Since 30 April 2024. No earlier period is published." in text
    assert "16 actions are delayed or overdue, one of them past its date." in text
    assert "Delayed since 28 June 2024, due 31 May 2024" in text
    assert "Overdue by 30 days" in text
    assert "Survey live" in text
    assert "None is recorded" in text
    assert "fall due by 29 August 2024" in text
    assert "16 High" in text
    assert links(viewer.get("/"), "/briefing")
    editor.get("/briefing?plan=x", 422)
