"""A wrong entry is corrected on a page by a new one that names it (domain rules, section 5)."""

import re
from html import unescape
from uuid import UUID

import pytest

from app import db
from app.services import actions as actions_service
from app.services import assessments as assessments_service
from app.services import risks as risks_service
from app.services import updates as updates_service
from tests import factories
from tests.web.conftest import action_path, errors, fields, links, risk_path, words

TODAY = factories.TODAY


def form_of(visitor, path, **typed):
    """The form as it is shown, with these fields typed in."""
    html = visitor.get(path)
    texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return fields(html) | {name: unescape(text) for name, text in texts} | typed


def day(name, iso):
    return {f"{name}-{part}": one for part, one in zip(("year", "month", "day"), iso.split("-"), strict=True)}


def newest(visitor, path):
    """The form that corrects the entry that the history of an action tells first."""
    return links(visitor.get(path), "/updates/")[0]


@pytest.fixture
def wrong(editor, area):
    """An action that was told to be complete on 20 June, though it is not; the form that corrects this."""
    path = action_path(editor, "1.6")
    told = {"status": "complete", "narrative": "Done.", "effective_on": "2024-06-20", "reason": "Told late"}
    factories.update(area, UUID(path.split("/")[-1]), **told)
    return path, newest(editor, path)


def stored(area, path):
    one = UUID(path.split("/")[-1])
    with db.read(area) as connection:
        found = actions_service.get_action(connection, area, one, today=TODAY)
        return found, updates_service.list_updates(connection, area, one)


def test_a_wrong_update_is_corrected_and_stays_struck_through(editor, area, wrong):
    path, correction = wrong
    typed = form_of(editor, correction)
    assert (typed["status"], typed["narrative"], typed["reason"]) == ("complete", "Done.", "")
    assert [typed[f"effective_on-{part}"] for part in ("day", "month", "year")] == ["20", "6", "2024"]
    assert errors(editor.send(correction, typed, 422).text) == ["Say why you correct this entry"]
    typed |= {"status": "delayed", "narrative": "Not done.", "reason": "That was another action."}
    for _ in range(2):
        answer = editor.send(correction, typed, 303)
        assert answer.headers["location"] == f"{path}?saved=corrected"
    found, entries = stored(area, path)
    assert (found["status"], found["completed_on"]) == ("delayed", None)
    last, before = sorted(entries, key=lambda entry: entry["sequence"])[:-3:-1]
    assert (last["replaces"], before["replaced_by"]) == (before["id"], last["id"])
    html = editor.get(path)
    assert html.count('class="is-replaced"') == 1
    assert "Corrects an entry of 20 June 2024." in words(html)
    assert correction not in html


def test_an_entry_that_was_corrected_already_is_not_corrected_twice(editor, area, wrong):
    _, correction = wrong
    typed = form_of(editor, correction, narrative="Begun.", reason="Too early")
    editor.send(correction, typed, 303)
    answer = editor.send(correction, typed | {"narrative": "Half done."}, 409)
    assert "This entry was corrected already." in words(answer.text)
    editor.get(correction, 409)


def test_a_correction_is_looked_at_again_where_somebody_saved_something_in_between(editor, area, wrong):
    path, correction = wrong
    typed = form_of(editor, correction, status="delayed", narrative="Not done.", reason="Another action")
    factories.update(area, UUID(path.split("/")[-1]), narrative="Met the board.", effective_on="2024-06-30")
    answer = editor.send(correction, typed, 409)
    assert "Somebody saved something here while you wrote." in words(answer.text)
    assert fields(answer.text)["status"] == "delayed"
    editor.send(correction, typed | {"version": fields(answer.text)["version"]}, 303)
    assert stored(area, path)[0]["status"] == "delayed"


def test_a_field_that_is_emptied_is_no_longer_stated(editor, area):
    path = action_path(editor, "1.6")
    before = stored(area, path)[0]["due_on"]
    factories.update(area, UUID(path.split("/")[-1]), due_on="2025-01-31", narrative="A later date.")
    correction = newest(editor, path)
    typed = form_of(editor, correction, reason="No date was agreed.")
    assert typed["due_on-year"] == "2025"
    editor.send(correction, typed | dict.fromkeys(("due_on-day", "due_on-month", "due_on-year"), ""), 303)
    found, entries = stored(area, path)
    assert found["due_on"] == before
    assert "due_on" not in max(entries, key=lambda entry: entry["sequence"])["facts"]


def test_the_entry_that_added_an_action_is_corrected_with_its_places(editor, area):
    path = action_path(editor, "1.9")
    before = stored(area, path)[0]
    correction = links(editor.get(path), "/updates/")[-1]
    typed = form_of(editor, correction, reason="It stood elsewhere.", points_0="1.95")
    editor.send(correction, typed, 303)
    found = stored(area, path)[0]
    assert [one["ref"] for one in found["points"]] == ["1.95", *(one["ref"] for one in before["points"][1:])]
    assert (found["due_on"], found["start_on"], found["status"]) == (
        before["due_on"],
        before["start_on"],
        before["status"],
    )


def test_a_withdrawal_that_was_wrong_is_corrected_by_an_editor(editor, chair, area):
    path = action_path(editor, "1.9")
    editor.send(f"{path}/withdrawal", form_of(editor, f"{path}/withdrawal", reason="Merged"), 303)
    [correction] = links(editor.get(path), "/updates/")
    assert links(chair.get(path), "/updates/") == []
    typed = form_of(editor, correction, narrative="It goes on.", reason="Withdrawn by mistake")
    editor.send(correction, typed, 303)
    assert not stored(area, path)[0]["withdrawn"]


def test_a_lead_corrects_an_update_but_not_what_only_editors_state(chair, viewer, editor, area):
    path = action_path(editor, "1.9")
    factories.update(area, UUID(path.split("/")[-1]), narrative="Met the board.")
    correction = newest(chair, path)
    added = links(editor.get(path), "/updates/")[-1]
    assert added not in links(chair.get(path), "/updates/")
    chair.get(added, 403)
    chair.send(correction, form_of(chair, correction, narrative="Did not meet.", reason="Moved"), 303)
    assert links(viewer.get(path), "/updates/") == []
    viewer.get(newest(editor, path), 403)
    assert links(editor.get(f"{path}?as_at=2024-06-29"), "/updates/") == []


# --- Of a risk --------------------------------------------------------------------------------------------


def risk_now(area, path):
    one = UUID(path.split("/")[-1])
    with db.read(area) as connection:
        found = risks_service.get_risk(connection, area, one, today=TODAY)
        return found, assessments_service.list_assessments(connection, area, one)


def assessed(area, path, **given):
    """The form that corrects a new assessment of a risk."""
    factories.assess(area, UUID(path.split("/")[-1]), **given)
    newest = max(risk_now(area, path)[1], key=lambda entry: entry["sequence"])
    return f"/assessments/{newest['id']}/correction"


def test_a_wrong_assessment_is_corrected_and_stays_struck_through(editor, area):
    path = risk_path(editor, "1")
    before = risk_now(area, path)[0]["target"]
    correction = assessed(area, path, current={"likelihood": 5, "impact": 5}, reason="It is worse")
    assert correction in links(editor.get(path), "/assessments/")
    typed = form_of(editor, correction)
    assert (typed["current_likelihood"], typed["target_likelihood"], typed["reason"]) == ("5", "", "")
    assert "The entry gave: “It is worse”." in words(editor.get(correction))
    typed |= {"current_impact": "2", "reason": "That was another risk."}
    for _ in range(2):
        assert editor.send(correction, typed, 303).headers["location"] == f"{path}?saved=corrected"
    found, entries = risk_now(area, path)
    assert (found["current"]["score"], found["target"]["score"]) == (10, before["score"])
    last, wrong = sorted(entries, key=lambda entry: entry["sequence"])[:-3:-1]
    assert (last["replaces"], wrong["replaced_by"]) == (wrong["id"], last["id"])
    html = editor.get(path)
    assert html.count('class="is-replaced"') == 1
    assert correction not in html
    answer = editor.send(correction, typed | {"current_impact": "3"}, 409)
    assert "This entry was corrected already." in words(answer.text)


def test_a_wrong_move_of_a_risk_is_corrected_to_where_it_was(editor, area):
    path = risk_path(editor, "1")
    before = risk_now(area, path)[0]["priority_id"]
    correction = assessed(area, path, priority_id=None, reason="It threatens the whole plan")
    editor.send(correction, form_of(editor, correction, priority_id=str(before), reason="It does not"), 303)
    assert risk_now(area, path)[0]["priority_id"] == before


def test_an_acceptance_that_was_wrong_is_corrected_and_the_risk_is_open_again(editor, area):
    path = risk_path(editor, "1")
    step = f"{path}/acceptance"
    person = re.findall(r'<option value="([0-9a-f-]{36})"', editor.get(step))[0]
    until = day("accepted_until", "2024-12-31")
    editor.send(step, form_of(editor, step, accepted_by_id=person, reason="Agreed", **until), 303)
    entry = max(risk_now(area, path)[1], key=lambda one: one["sequence"])
    correction = f"/assessments/{entry['id']}/correction"
    assert "Once corrected it no longer does" in words(editor.get(correction))
    editor.send(correction, form_of(editor, correction, reason="It was not agreed"), 303)
    assert risk_now(area, path)[0]["state"] == "open"


def test_the_entry_that_opened_a_risk_is_offered_no_correction(editor, viewer, area):
    path = risk_path(editor, "1")
    added = risk_now(area, path)[1][0]["id"]
    editor.get(f"/assessments/{added}/correction", 409)
    correction = assessed(area, path, reason="Reviewed")
    assert links(editor.get(path), "/assessments/") == [correction]
    assert links(viewer.get(path), "/assessments/") == []
    viewer.get(correction, 403)


# --- Of a management action -------------------------------------------------------------------------------


def test_a_wrong_update_of_a_management_action_is_corrected(editor, viewer, area):
    risk = factories.make_risk(area, factories.make_register(area, ref="ALONE", title="Alone")["id"])
    measure = factories.make_management_action(area, risk["id"], effective_on="2024-06-01")
    factories.update_management_action(area, measure["id"], status="complete", narrative="Done.")
    [history] = links(viewer.get(f"/risks/{risk['id']}"), "/management-actions/")
    assert links(viewer.get(history), "/management-actions/") == []
    correction = links(editor.get(history), "/management-actions/")[0]
    viewer.get(correction, 403)
    typed = form_of(editor, correction, status="delayed", reason="Another one")
    assert typed["narrative"] == "Done."
    for _ in range(2):
        assert editor.send(correction, typed, 303).headers["location"] == f"{history}?saved=corrected"
    html = editor.get(f"{history}?saved=corrected")
    assert html.count('class="is-replaced"') == 1
    assert "Status: Delayed" in words(html)
    editor.send(correction, typed | {"status": "on_target"}, 409)
    editor.get(f"{history}/{measure['id']}/correction", 404)
