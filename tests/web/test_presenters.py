"""Wording, dates and colours of pages, tested without a page."""

from datetime import date
from uuid import UUID

import pytest
from starlette.datastructures import Headers

from app.risk.matrix import Band, Matrix, MatrixKind
from app.sentences.progress import place_label
from app.web.cross_site import from_another_site
from app.web.forms import Form
from app.web.presenters import lists
from app.web.presenters.actions import action_rows, due_words, flag_words, path_back
from app.web.presenters.dates import position, short_date
from app.web.presenters.risks import risk_flags, score_boxes
from app.web.presenters.text import beyond, headline
from app.web.rendering import component

NO_FLAGS = dict.fromkeys(
    (
        "overdue",
        "significantly_delayed",
        "late_start",
        "slipped",
        "no_reportable_progress",
        "blocked",
        "contradicted",
    )
)
ACTION = {
    "id": UUID(int=1),
    "ref": "2.5",
    "title": "Survey",
    "status": "delayed",
    "withdrawn": False,
    "due_on": date(2024, 5, 31),
    "original_due_on": date(2024, 4, 30),
    "start_on": date(2024, 4, 1),
    "review_on": None,
    "forecast_on": date(2024, 8, 31),
    "path_to_green": None,
    "points": [{"priority_id": "p2", "ref": "2.5"}, {"priority_id": "p3", "ref": "3.7"}],
    "lead": None,
    "latest_update": None,
    "flags": NO_FLAGS,
}
MATRIX = Matrix(
    1, MatrixKind.scored, ("a", "b", "c"), ("x", "y", "z"), (Band("Low", 1, 4), Band("High", 6, 9))
)
RISK = {
    "state": "open",
    "review_overdue": False,
    "review_on": None,
    "current": {"likelihood": 2, "impact": 2, "score": 4, "band": "Low", "matrix_version": 1},
    "target": {"likelihood": 3, "impact": 1, "score": 3, "band": "Low", "matrix_version": 1},
    "rating": None,
    "target_rationale": None,
    "target_on": None,
    "gap": 1,
}


@pytest.mark.parametrize(
    "noun, ref, number, label",
    [
        ("priority", "PAP 2", 2, "Priority 2"),
        ("workstream", "2", 2, "Workstream 2"),
        ("workstream", "2", 6, "Workstream 2"),
        ("workstream", "1b", 2, "Workstream 1b"),
        ("priority", "1.2", 2, "Priority 1.2"),
        ("priority", "PAP 12", 2, "Priority PAP 12"),
    ],
)
def test_a_priority_is_called_by_its_number_only_where_that_is_its_place(noun, ref, number, label):
    assert place_label(noun, ref, number) == label


def test_a_list_shows_the_ref_under_the_priority_that_is_looked_at():
    assert action_rows([ACTION], date(2024, 6, 30), "", "p3")[0].name == "3.7 Survey"
    row = action_rows([ACTION], date(2024, 6, 30), "?as_at=2024-06-30")[0]
    assert row.name == "2.5 Survey"
    assert row.href.endswith("?as_at=2024-06-30")
    assert row.soft == ("No path back to green", "Shown under 2 priorities: 2.5, 3.7")
    assert (row.lead, row.latest) == ("No lead", "No update yet")


@pytest.mark.parametrize(
    "given, shown",
    [
        ({}, "Board on 22 August."),
        ({"status": "on_target"}, "Board on 22 August."),
        ({"status": "complete"}, ""),
        ({"withdrawn": True}, ""),
        ({"path_to_green": None}, ""),
    ],
)
def test_only_an_action_that_is_not_over_has_a_path_back_to_green(given, shown):
    assert path_back(ACTION | {"path_to_green": "Board on 22 August."} | given) == shown


def test_every_flag_has_words_with_its_figure():
    item = ACTION | {"flags": dict.fromkeys(NO_FLAGS, True)}
    assert flag_words(item, date(2024, 6, 1)) == (
        "Overdue by 1 day",
        "Not expected to meet its date: forecast 31 August 2024",
        "Late start: was to start on 1 April 2024",
        "Slipped: first due 30 April 2024",
        "No update this period",
        "Blocked: waits for an action that is not complete",
        "Status and dates contradict each other",
    )


def test_an_ongoing_action_is_due_at_its_review():
    ongoing = ACTION | {"due_on": "ongoing", "review_on": date(2024, 6, 10)}
    assert due_words(ongoing) == "Ongoing, review 10 June 2024"
    assert due_words(ongoing | {"review_on": None}) == "Ongoing"
    assert due_words(ACTION | {"due_on": None}) == "No due date"
    overdue = ongoing | {"flags": NO_FLAGS | {"overdue": True}}
    assert flag_words(overdue, date(2024, 6, 30)) == ("Overdue by 20 days",)


def test_a_risk_says_what_does_not_fit():
    assert risk_flags(RISK, date(2024, 6, 30)) == ("Target likelihood 3 is above current likelihood 2",)
    above = RISK | {"target": RISK["current"], "review_overdue": True, "review_on": date(2024, 6, 28)}
    assert risk_flags(above, date(2024, 6, 30)) == (
        "Review overdue by 2 days",
        "Target is not below the current score, and no reason is given",
    )
    assert risk_flags(RISK | {"current": None}, date(2024, 6, 30)) == ("Not scored",)


def test_a_risk_that_is_not_scored_has_no_number_and_no_gap():
    boxes = score_boxes(RISK | {"current": None, "target": None, "gap": None}, MATRIX)
    assert [(box.label, box.number, box.band.text if box.band else "") for box in boxes] == [
        ("Now", "", "Not scored"),
        ("Target", "", "No target"),
    ]
    assert score_boxes(RISK, MATRIX)[0].why == "Likelihood 2 (b) × impact 2 (y)"
    older = RISK | {"current": RISK["current"] | {"matrix_version": 7}}
    assert "by version 7 of the matrix" in score_boxes(older, MATRIX)[0].why


def test_long_texts_are_cut_at_a_word_and_say_so():
    assert headline("Staff may leave. Then nobody is left.") == "Staff may leave"
    assert headline("one two three", 8) == "one two …"
    assert headline(f"1.19 {'x' * 300}", 20) == f"1.19 {'x' * 14}…"
    assert beyond("one two three", 8) == "one two three"
    assert beyond("One two three.", 80) == ""
    assert beyond("Staff may leave. Then nobody is left.") == "Then nobody is left."


def test_the_position_line_keeps_the_filters_of_its_page():
    at = position(date(2024, 6, 30), date(2024, 7, 1), "/plans/1", [("status", "delayed"), ("flag", "")])
    assert at.today_url == "/plans/1?status=delayed"
    assert at.query == "?as_at=2024-06-30"
    today = position(date(2024, 7, 1), date(2024, 7, 1), "/", [])
    assert (today.query, today.is_past, today.today_url) == ("", False, "/")
    assert short_date(date(2024, 9, 5)) == "5 Sep 2024"


def test_a_sorted_column_turns_round_and_the_others_start_ascending():
    found = lists.columns("/p", [("as_at", "2024-06-30")], "due_on", {"ref": "Action", "due_on": "Due"}, "a")
    assert found["due_on"] == ("Due", "/p?as_at=2024-06-30&sort=-due_on#a", "ascending")
    assert found["ref"] == ("Action", "/p?as_at=2024-06-30&sort=ref#a", "")
    down = lists.columns("/p", [], "-due_on", {"due_on": "Due"})
    assert down["due_on"] == ("Due", "/p?sort=due_on", "descending")


def test_a_cross_site_change_is_told_by_what_browsers_say():
    def asks(method: str, **headers: str) -> bool:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return from_another_site(method, Headers({"host": "tracker.example", **named}))

    assert not asks("GET", sec_fetch_site="cross-site")
    assert asks("POST", sec_fetch_site="cross-site")
    assert asks("POST", sec_fetch_site="same-site")
    assert not asks("POST", sec_fetch_site="same-origin", origin="null")
    assert not asks("POST", origin="https://tracker.example")
    assert asks("POST", origin="https://elsewhere.example")
    assert asks("POST", origin="null")
    assert asks("POST", referer="https://elsewhere.example/page"), "where nothing else is sent"
    assert asks("POST", referer="https://[")
    assert not asks("POST", referer="https://tracker.example/plans")
    assert not asks("POST", origin="https://tracker.example", referer="https://elsewhere.example/page")
    assert asks("POST"), "no browser's form says nothing"


def test_components_tie_messages_and_hints_to_their_fields():
    form = Form({"reason": "Typed <so far>"}, order=("reason", "due_on"), dates=("due_on",))
    form.fault("reason", "Give a reason.")
    html = component("components/textarea.html", "textarea", form, "reason", "Reason")
    assert 'aria-describedby="reason-hint reason-error"' in html
    assert "Typed &lt;so far&gt;</textarea>" in html
    assert "Do not enter anything that identifies a child or a family." in html
    form.fault("due_on", "Due date must include a year", ("year",))
    html = component("components/date_input.html", "date_input", form, "due_on", "Due date", "For example")
    assert html.count("govuk-input--error") == 1
    assert "Due date must include a year" in html


def test_a_status_is_always_a_mark_and_a_word():
    html = component("components/status.html", "status", "delayed", "Delayed")
    assert html == (
        '<span class="tag tag--delayed"><svg class="mark" aria-hidden="true" focusable="false">'
        '<use href="#m-delayed"/></svg>Delayed</span>'
    )
