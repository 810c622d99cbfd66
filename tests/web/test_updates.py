"""Forms of actions and risks: who may send them, what they refuse, and that nothing typed is lost."""

from uuid import UUID

import pytest

from app.web.forms import LARGEST_FORM, MOST_FIELDS
from tests import doors, factories
from tests.web.conftest import Visitor, action_path, errors, fields, other_scripts, risk_path, words

CLOSED = {"forecast_on-day": "31", "forecast_on-month": "7", "forecast_on-year": "2024"}


def _form(visitor: Visitor, path: str, **typed: str) -> dict[str, str]:
    return fields(visitor.get(path)) | typed


def test_an_update_is_saved_and_told_in_the_history(editor):
    path = action_path(editor, "1.9")
    sent = _form(editor, f"{path}/update", narrative="412 replies.", path_to_green="Board on 22 August.")
    answer = editor.send(f"{path}/update", sent | CLOSED, 303)
    assert answer.headers["location"] == f"{path}?saved=1"
    text = words(editor.get(f"{path}?saved=1"))
    assert "Your update is saved." in text
    assert "The forecast date was set to 31 July 2024" in text
    assert "Path back to green: Board on 22 August." in text
    assert "Not expected to meet its date: forecast 31 July 2024" in text


def test_a_backdated_update_says_where_it_stands_and_which_entry_decides_the_status(editor):
    path = action_path(editor, "1.9")
    shown = words(editor.get(path))
    assert "It is the first entry" not in shown
    sent = _form(
        editor, f"{path}/update", status="on_target", narrative="It had begun.", reason="Learned late."
    )
    sent |= {"effective_on-day": "15", "effective_on-month": "5", "effective_on-year": "2024"}
    answer = editor.send(f"{path}/update", sent, 303)
    text = words(editor.get(answer.headers["location"]))
    assert "Your update is saved, dated 15 May 2024." in text
    assert "still decides the status: " in text
    assert "It is the first entry" not in text
    entry = text.partition("15 May 2024 Backdated")[2].partition("Recorded")[0]
    assert "On target" in entry


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost_or_stored(editor):
    path = action_path(editor, "1.9") + "/update"
    before = doors.counts()
    sent = _form(editor, path, path_to_green="<b>Ask</b> & wait")
    answer = editor.send(path, sent | {"forecast_on-day": "30", "forecast_on-month": "9"}, 422)
    assert errors(answer.text) == ["Say what has happened", "Forecast date must include a year"]
    assert "<title>Error: " in answer.text
    assert 'href="#narrative"' in answer.text
    assert 'href="#forecast_on-year"' in answer.text
    kept = fields(answer.text)
    assert (kept["forecast_on-day"], kept["status"]) == ("30", "delayed")
    assert "&lt;b&gt;Ask&lt;/b&gt; &amp; wait</textarea>" in answer.text
    assert doors.counts() == before


@pytest.mark.parametrize(
    "typed, message",
    [
        ({"status": "on_target"}, "Give a reason for the move from delayed to on target"),
        ({"status": "amber"}, "Choose a status"),
        ({"effective_on-day": "2", "effective_on-month": "7", "effective_on-year": "2024"}, "1 July 2024"),
        ({"effective_on-day": "1", "effective_on-month": "5", "effective_on-year": "2024"}, "Give a reason"),
        (
            {"due_on-day": "1", "due_on-month": "1", "due_on-year": "1066"},
            "New due date must be between 1 January 1990",
        ),
        (
            {"completed_on-day": "1", "completed_on-month": "6", "completed_on-year": "2024"},
            "Give a completion date only with the status Complete",
        ),
        (
            {
                "status": "complete",
                "completed_on-day": "2",
                "completed_on-month": "7",
                "completed_on-year": "2024",
            },
            "1 July 2024",
        ),
        ({"narrative": "x" * 10_001}, "Shorten the text to 10,000 characters or fewer"),
        ({"narrative": "a\x00b"}, "Remove the hidden control character"),
    ],
)
def test_a_rule_that_is_broken_is_said_in_words(editor, typed, message):
    path = action_path(editor, "1.9") + "/update"
    answer = editor.send(path, _form(editor, path, narrative="Said.") | typed, 422)
    assert [error for error in errors(answer.text) if message in error] != [], errors(answer.text)


def test_a_stale_form_shows_both_versions_and_three_ways_on(editor):
    path = action_path(editor, "1.9")
    mine = _form(editor, f"{path}/update", narrative="240 replies so far.") | CLOSED
    theirs = _form(editor, f"{path}/update", narrative="Saved in between.")
    editor.send(f"{path}/update", theirs, 303)
    stale = editor.send(f"{path}/update", mine, 409)
    text = words(stale.text)
    assert "Someone saved an update while you were writing" in text
    assert "Saved in between." in text
    assert "240 replies so far." in text
    assert f'href="{path}">Drop mine' in stale.text
    assert "Saved by you, " in text
    again = fields(stale.text)
    back = editor.send(f"{path}/update", again | {"edit": "1"}, 200)
    assert "240 replies so far.</textarea>" in back.text
    editor.send(f"{path}/update", again, 303)
    history = words(editor.get(path))
    assert history.index("240 replies so far.") < history.index("Saved in between.")


def test_a_form_without_its_version_never_overwrites(editor):
    path = action_path(editor, "1.9") + "/update"
    sent = _form(editor, path, narrative="Said.")
    del sent["version"]
    editor.send(path, sent, 409)


def test_only_those_who_may_update_are_offered_and_allowed_it(viewer, chair):
    own, other = action_path(viewer, "1.9"), action_path(viewer, "1.5")
    assert "/update" not in viewer.get(own)
    refused = words(viewer.get(f"{own}/update", 403))
    assert "Your role does not let you update or assess this." in refused, "no lead is spoken of: it has none"
    assert "/update" not in chair.get(other)
    chair.get(f"{other}/update", 403)
    chair.send(f"{other}/update", {"version": "1", "status": "delayed", "narrative": "Mine now."}, 403)
    assert f"{own}/update" in chair.get(own)
    chair.send(f"{own}/update", _form(chair, f"{own}/update", narrative="412 replies."), 303)
    assert "Parent Carer Forum chair kept the status at Delayed" in words(chair.get(own))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
    ],
)
def test_a_form_of_another_site_is_refused(editor, headers):
    path = action_path(editor, "1.9") + "/update"
    sent = _form(editor, path, narrative="Forged.")
    refused = editor.answer("POST", path, data=sent, headers=headers)
    assert refused.status_code == 403
    assert "The form was sent from another site, so nothing was saved." in words(refused.text)
    assert "role" not in words(refused.text)
    own = {"sec-fetch-site": "same-origin", "origin": "null"}
    assert editor.answer("POST", path, data=sent, headers=own).status_code == 303


@pytest.mark.parametrize(
    "body, kind, status",
    [
        (b"narrative=" + b"a" * LARGEST_FORM, "application/x-www-form-urlencoded", 413),
        (b"a" * 10_000_000, "application/x-www-form-urlencoded", 413),
        (b'{"narrative": 1}', "application/json", 422),
        (b"--x--", "multipart/form-data; boundary=x", 422),
        (b"narrative=%00%ff%ED%A0%80&status=%F0", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)), "application/x-www-form-urlencoded", 413),
        (b"", "application/x-www-form-urlencoded", 422),
    ],
)
def test_no_body_is_ever_too_strange(editor, body, kind, status):
    path = action_path(editor, "1.9") + "/update"
    answer = editor.answer("POST", path, content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "<h1" in answer.text


def test_an_assessment_is_saved_and_drawn(editor):
    path = risk_path(editor, "1")
    sent = _form(editor, f"{path}/assess", kind="rescore", reason="An SRO is named.", current_likelihood="3")
    editor.send(f"{path}/assess", sent, 303)
    html = editor.get(f"{path}?saved=1")
    assert "1 July 2024: 12 Moderate. Target 4 Low." in html
    assert "An SRO is named." in words(html)
    assert "No risk is High." in words(editor.get("/registers"))


def test_a_review_without_change_is_recorded_as_one(editor):
    path = risk_path(editor, "3")
    sent = _form(editor, f"{path}/assess", kind="same", reason="Looked at.")
    editor.send(f"{path}/assess", sent, 303)
    text = words(editor.get(path))
    assert "Reviewed, score unchanged" in text
    assert "Likelihood 3 (Possible) × impact 3 (Significant)" in text


@pytest.mark.parametrize(
    "typed, message",
    [
        (
            {"current_likelihood": "5"},
            "You changed the current likelihood: choose ‘The score changes’, or put it back",
        ),
        ({"target_impact": "2"}, "You changed the target impact"),
        ({"target_rationale": "Because."}, "You changed the reason for the target"),
        ({"target_on-day": "1", "target_on-month": "9", "target_on-year": "2025"}, "You changed the target"),
    ],
)
def test_a_review_without_change_drops_no_change_in_silence(editor, typed, message):
    path = risk_path(editor, "1") + "/assess"
    before = doors.counts()
    answer = editor.send(path, _form(editor, path, kind="same", reason="Looked at.") | typed, 422)
    assert [error.startswith(message) for error in errors(answer.text)] == [True], errors(answer.text)
    assert doors.counts() == before


def test_a_stale_review_without_change_is_no_change_of_the_new_score(editor):
    path = risk_path(editor, "1") + "/assess"
    mine = _form(editor, path, kind="same", reason="Mine.")
    editor.send(path, _form(editor, path, kind="rescore", reason="Theirs.", current_likelihood="3"), 303)
    stale = editor.send(path, mine, 409)
    back = editor.send(path, fields(stale.text) | {"edit": "1"}, 200)
    assert fields(back.text)["current_likelihood"] == "3"
    editor.send(path, fields(stale.text), 303)
    assert "12 Moderate" in words(editor.get(risk_path(editor, "1")))


def test_the_same_update_sent_twice_is_recorded_once(editor, chair):
    path = action_path(editor, "1.9")
    sent = _form(editor, f"{path}/update", narrative="412 replies.", status="complete")
    editor.send(f"{path}/update", sent, 303)
    before = doors.counts()
    fresh = sent | {"version": fields(editor.get(f"{path}/update"))["version"]}
    for again in (sent, fresh):
        answer = editor.send(f"{path}/update", again, 303)
        assert answer.headers["location"] == f"{path}?saved=already"
    assert doors.counts() == before
    assert "This update was saved already, so it is recorded once." in words(
        editor.get(f"{path}?saved=already")
    )
    chair.send(f"{path}/update", sent, 409)
    editor.send(f"{path}/update", fresh | {"narrative": "413 replies."}, 303)
    assert doors.counts() != before


@pytest.mark.parametrize("kind", ["same", "rescore"])
def test_the_same_assessment_sent_twice_is_recorded_once(editor, kind):
    path = risk_path(editor, "1")
    sent = _form(editor, f"{path}/assess", kind=kind, reason="Looked at.")
    editor.send(f"{path}/assess", sent, 303)
    before = doors.counts()
    fresh = sent | {"version": fields(editor.get(f"{path}/assess"))["version"]}
    for again in (sent, fresh):
        answer = editor.send(f"{path}/assess", again, 303)
        assert answer.headers["location"] == f"{path}?saved=already"
    assert doors.counts() == before
    assert "saved already, so it stands once" in words(editor.get(f"{path}?saved=already"))


@pytest.mark.parametrize(
    "typed, message",
    [
        ({"reason": ""}, "Give a reason for this assessment"),
        ({"kind": ""}, "Say whether the score changes or was reviewed without change"),
        ({"current_likelihood": ""}, "Choose the current likelihood"),
        ({"current_likelihood": "6"}, "Choose the current likelihood"),
        ({"current_impact": "0"}, "Choose the current impact"),
        ({"current_impact": "2.5"}, "The current impact must be a whole number"),
        (
            {"target_likelihood": "4", "target_impact": "5"},
            "Say why the target (20) is not below",
        ),
        ({"target_on-day": "30", "target_on-month": "9"}, "Target date must include a year"),
    ],
)
def test_a_bad_assessment_is_refused_in_words(editor, typed, message):
    path = risk_path(editor, "1") + "/assess"
    before = doors.counts()
    answer = editor.send(path, _form(editor, path, kind="rescore", reason="Because.") | typed, 422)
    assert [error for error in errors(answer.text) if error.startswith(message)] != [], errors(answer.text)
    assert doors.counts() == before


def test_a_stale_assessment_shows_both_versions(editor):
    path = risk_path(editor, "1") + "/assess"
    mine = _form(editor, path, kind="rescore", reason="Mine.", current_impact="5")
    editor.send(path, _form(editor, path, kind="rescore", reason="Theirs.", current_likelihood="3"), 303)
    stale = editor.send(path, mine, 409)
    text = words(stale.text)
    assert "Likelihood 3, impact 4" in text
    assert "Likelihood 4, impact 5" in text
    again = fields(stale.text)
    assert "keep:current" not in again, "both have changed it: nobody chooses for the author"
    unresolved = editor.send(path, again, 409)
    assert "Choose which version of “Current score” to keep" in words(unresolved.text)
    editor.send(path, fields(unresolved.text) | {"keep:current": "yours"}, 303)
    assert "20 High" in words(editor.get(risk_path(editor, "1")))


def test_a_risk_of_ratings_is_assessed_by_name(editor):
    register = editor.get("/registers").split('href="/registers/')[2].partition('"')[0]
    path = editor.get(f"/registers/{register}").split('href="/risks/')[1].partition('"')[0]
    sent = _form(editor, f"/risks/{path}/assess", kind="rescore", reason="Worse now.", rating="H")
    editor.send(f"/risks/{path}/assess", sent, 303)
    answer = editor.send(f"/risks/{path}/assess", sent, 303)
    assert answer.headers["location"] == f"/risks/{path}?saved=already"
    assert "Worse now." in words(editor.get(f"/risks/{path}"))


def test_what_people_write_is_shown_and_never_run(editor):
    path = action_path(editor, "1.9")
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 7 }}'
    editor.send(f"{path}/update", _form(editor, f"{path}/update", narrative=evil), 303)
    for page in (path, f"{path}/update", "/", editor.http and path):
        html = editor.get(page)
        assert other_scripts(html) == []
        assert "<img" not in html
    assert "{{ 7 * 7 }}" in editor.get(path)


def test_a_score_that_was_removed_is_said_to_be(editor, area):
    path = risk_path(editor, "1")
    risk_id = UUID(path.rpartition("/")[2])
    factories.assess(area, risk_id, current=None, reason="To be scored anew.")
    text = words(editor.get(path))
    assert "Not scored The last score, 16 High, was removed on 1 July 2024" in text
    assert "Score removed (was 16 High)" in text
    assert "No score to compare" in text
    assert "score unchanged" not in text
    assert "was removed" not in words(editor.get(f"{path}?as_at=2024-06-30"))
    factories.assess(area, risk_id, reason="Looked at.")
    assert "Reviewed, score unchanged" in words(editor.get(path))
    factories.assess(area, risk_id, current={"likelihood": 3, "impact": 4}, reason="Scored anew.")
    assert "was removed" not in words(editor.get(path))
