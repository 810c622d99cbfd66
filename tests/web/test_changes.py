"""What changed between two days reads as a person would write it, and says no number that is not counted."""

import re
from datetime import date
from typing import Any

import pytest

from app import db
from app.access.roles import Role
from app.sentences import changes as words
from app.sentences import risk_changes as risk_words
from app.services import comparison, plans
from tests import doors, factories
from tests.factories import TODAY
from tests.web.conftest import Visitor, errors, links
from tests.web.conftest import words as text_of

APRIL, JUNE = date(2024, 4, 30), date(2024, 6, 30)
BETWEEN = "/changes?compare=2024-04-30&as_at=2024-06-30"


@pytest.fixture
def answer(area: Any) -> dict[str, Any]:
    """The sample's plan between the ends of April and June."""
    with db.read(area) as reader:
        plan = plans.list_plans(reader, area)["items"][0]
        return comparison.compare(reader, area, plan["id"], today=TODAY, as_at=JUNE, compare=APRIL)


# --- Sentences --------------------------------------------------------------------------------------------


def told(answer: dict[str, Any], kind: str, place: int) -> str:
    item = answer["actions"][kind]["items"][place]
    found = words.action_told(kind, item, answer)
    return f"{item['ref']} {item['title']}{found.text} | {found.why}"


def test_the_sample_between_two_dates_in_words(answer):
    assert words.span(answer) == "From 30 April to 30 June 2024."
    assert words.lead(answer) == "Complete or on target rose from 44% (41 of 93) to 61% (57 of 93)."
    assert words.second(answer) == (
        "Delayed rose from none to 20. No action was added, withdrawn or had its due date moved."
    )
    assert [words.heading(kind, group) for kind, group in answer["actions"].items() if group["items"]] == [
        "Became delayed: 20 action points, 16 actions",
        "Completion date missed: 5 action points, 1 action",
        "Completed: 14",
        "Started: 32",
    ]
    assert told(answer, "became_delayed", 1) == (
        "1.7 Write and agree the Alternative Provision Strategy went from not started to delayed. | "
        "External consultant being commissioned to review AP and draft the strategy; meeting set for 2 July."
    )
    assert told(answer, "became_delayed", 3) == (
        "1.9 Carry out the parent and carer survey and act on what it says went from on target to delayed. "
        "It counts under all five priorities. | "
        "Survey live, closing 30 June 2024. The board asked for more time so that it could be co-produced."
    )
    assert told(answer, "became_overdue", 0) == (
        "1.9 Carry out the parent and carer survey and act on what it says missed its date, 31 May 2024. It "
        "is delayed. It counts under all five priorities. | "
        "Survey live, closing 30 June 2024. The board asked for more time so that it could be co-produced."
    )
    assert told(answer, "completed", 1) == (
        "1.4 Appoint a SEND data officer was completed on 3 June 2024. | "
        "Before: on target. Data officer in post."
    )
    assert told(answer, "started", 0) == (
        "1.5 Write the SEND Strategy 2025-2030 with families and partners went from not started to on "
        "target. | Reason: Loaded from the June 2024 papers. Said by: The service."
    )
    assert risk_words.heading(answer["risks"]) == "Risks: 3 scored, 3 with a new target"
    assert risk_words.lead(answer) == "Three risks were scored and three were given a new target."
    risk = answer["risks"]["scored"]["items"][1]
    found = risk_words.risk_told("scored", risk)
    assert (risk["ref"], found.text, found.why) == (
        "3",
        " was not scored and is now 9 Moderate, scored on 6 June 2024. Its target is 6 Low.",
        "Reason: Loaded from the June 2024 papers. Said by: The service.",
    )


def position(status: str = "on_target", **given: Any) -> dict[str, Any]:
    plain = {"withdrawn": False, "completed_on": None, "due_on": None, "review_on": None, "forecast_on": None}
    points = [{"priority_id": "1", "priority_ref": "PAP 1", "ref": "1.1"}]
    return {"status": status, **plain, "points": points} | given


ENTRY = {"effective_on": date(2024, 5, 3), "author_name": "Place planning lead", "narrative": "Panel met."}
ENTRY |= {"reason": "Survey went live"}
PLAN = {
    "plan": {"priority_label": "priority"},
    "priorities": [{}] * 3,
    "compare": APRIL,
    "as_at": JUNE,
}


def said(kind: str, before: Any, after: Any, points: int = 1, entry: Any = ENTRY) -> str:
    item = {"before": before, "after": after, "entry": entry, "action_points": points}
    return words.action_told(kind, item, PLAN).text


def test_every_change_of_an_action_has_its_sentence():
    on, off = position(), position("delayed")
    due, later = date(2024, 8, 31), date(2024, 10, 31)
    assert said("delayed_to_on_target", off, on) == " went from delayed to on target."
    assert said("still_delayed", off, off) == " is still delayed, as it was on 30 April 2024."
    assert said("reopened", position("complete"), on) == " went from complete to on target."
    assert said("not_started_again", on, position("not_started")) == " went from on target to not started."
    assert said("new", None, position(due_on=due)) == (
        " was added on 3 May 2024. It is on target and due on 31 August 2024."
    )
    assert said("new", None, on) == " was added on 3 May 2024. It is on target and without a due date."
    assert said("withdrawn", on, on) == " was withdrawn on 3 May 2024. It no longer counts."
    assert said("withdrawn", None, on) == " was added, then withdrawn on 3 May 2024. It no longer counts."
    assert said("reinstated", on, off) == " was reinstated on 3 May 2024. It counts again, as delayed."
    assert said("due_moved", position(due_on=due), position(due_on=later)) == (
        " was due on 31 August 2024 and is now due on 31 October 2024."
    )
    ongoing = position(due_on="ongoing", review_on=due)
    assert said("due_moved", ongoing, on) == (
        " was ongoing, to be reviewed on 31 August 2024, and is now without a due date."
    )
    assert said("became_overdue", ongoing, ongoing) == (
        " missed its review date, 31 August 2024. It is on target."
    )
    assert said("forecast_moved", on, position(forecast_on=later, due_on=due)) == (
        " had no forecast and is now forecast for 31 October 2024, after its due date, 31 August 2024."
    )
    assert said("forecast_moved", position(forecast_on=due), on) == (
        " was forecast for 31 August 2024 and now has no forecast."
    )
    elsewhere = position(points=[{"priority_id": "2", "priority_ref": "PAP 2", "ref": "2.9"}])
    assert said("moved", on, elsewhere) == " was 1.1 under PAP 1 and is now 2.9 under PAP 2."
    assert said("became_delayed", on, off, points=2) == (
        " went from on target to delayed. It counts under two priorities."
    )


def test_a_reason_comes_first_where_the_board_asks_why():
    item = {"before": position("delayed"), "after": position(), "entry": ENTRY, "action_points": 1}
    assert words.action_told("delayed_to_on_target", item, PLAN).why == (
        "Reason: Survey went live. Said by: Place planning lead."
    )
    item["before"], item["after"] = item["after"], item["before"]
    assert words.action_told("became_delayed", item, PLAN).why == "Panel met."
    item["entry"] = None
    assert words.action_told("became_delayed", item, PLAN).why == ""


def rated(
    score: int | None, band: str = "Moderate", target: int | None = None, **given: Any
) -> dict[str, Any]:
    plain = {"state": "open", "rating": None, "target_on": None, "priority_ref": None}
    current = {"score": score, "band": band} if score else None
    return {
        **plain,
        "current": current,
        "target": {"score": target, "band": "Low"} if target else None,
    } | given


def risk_said(kind: str, before: Any, after: Any, direction: str = "stable") -> str:
    item = {"before": before, "after": after, "entry": ENTRY, "direction": direction}
    return risk_words.risk_told(kind, item).text


def test_every_change_of_a_risk_has_its_sentence():
    assert risk_said("rescored", rated(20, "High", 4), rated(16, "High", 4), "improving") == (
        " fell from 20 High to 16 High on 3 May 2024. The target, 4 Low, did not change."
    )
    assert risk_said("rescored", rated(6, "Low", 6), rated(9, target=6), "worsening") == (
        " rose from 6 Low to 9 Moderate on 3 May 2024. It is now above its target of 6."
    )
    assert risk_said("rescored", rated(9, target=6), rated(6, "Low", 6), "improving") == (
        " fell from 9 Moderate to 6 Low on 3 May 2024. It has reached its target of 6."
    )
    assert risk_said("rescored", rated(6, "Low"), rated(6, "Moderate")) == (
        " went from 6 Low to 6 Moderate on 3 May 2024."
    )
    assert risk_said("rescored", rated(9), rated(None)) == (
        " was 9 Moderate and is no longer scored, since its score was removed on 3 May 2024."
    )
    band = {"band": "M", "matrix_version": 1}
    assert risk_said("new", None, rated(None, rating=band)) == (
        " was added on 3 May 2024 at M. There is no earlier score."
    )
    assert risk_said("new", None, rated(None)) == " was added on 3 May 2024. It is not scored."
    assert risk_said("reviewed", rated(9), rated(9)) == " was reviewed on 3 May 2024 and stays at 9 Moderate."
    assert risk_said("reviewed", rated(None), rated(None)) == (
        " was reviewed on 3 May 2024 and is still not scored."
    )
    assert risk_said("closed", rated(9), rated(9)) == " was closed on 3 May 2024, at 9 Moderate."
    assert risk_said("closed", None, rated(None)) == " was added, then closed on 3 May 2024."
    assert risk_said("materialised", rated(9), rated(9)) == " materialised on 3 May 2024, at 9 Moderate."
    assert risk_said("accepted", rated(9), rated(9)) == " was accepted on 3 May 2024, at 9 Moderate."
    assert risk_said("moved", rated(9, priority_ref="PAP 1"), rated(9)) == (
        " threatened PAP 1 and is now a general risk."
    )
    assert risk_said("target_changed", rated(9, target=6), rated(9, target=4)) == (
        " had its target moved from 6 Low to 4 Low."
    )
    assert risk_said("target_changed", rated(9, target=6), rated(9, target=6, target_on=JUNE)) == (
        " had its target date set to 30 June 2024."
    )
    assert risk_said("target_changed", rated(9), rated(9, target=6, target_on=JUNE)) == (
        " was given a target of 6 Low. Its target date is 30 June 2024."
    )


def scope(complete: int, total: int, delayed: int = 0) -> dict[str, Any]:
    percent = 100 * complete / total if total else None
    share = {"count": complete, "percent": percent, "rounded": percent and int(percent + 0.5)}
    return {"action_points": total, "complete_or_on_target": share}


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (scope(5, 10), scope(4, 10), "Complete or on target fell from 50% (5 of 10) to 40% (4 of 10)."),
        (scope(5, 10), scope(5, 10), "Complete or on target stayed at 50% (5 of 10)."),
        (scope(41, 93), scope(42, 95), "Complete or on target stayed at 44%: 41 of 93, now 42 of 95."),
        (
            scope(0, 0),
            scope(10, 93),
            "There were no actions on 30 April 2024. On 30 June 2024 11% (10 of 93) were complete or on "
            "target.",
        ),
        (
            scope(10, 93),
            scope(0, 0),
            "On 30 April 2024 11% (10 of 93) were complete or on target. There were no actions on 30 June "
            "2024.",
        ),
        (scope(0, 0), scope(0, 0), "There were no actions on either date."),
    ],
)
def test_the_lead_sentence_is_true_of_any_two_positions(before, after, sentence):
    assert words.lead({**PLAN, "earlier": before, "later": after}) == sentence


def test_the_second_sentence_counts_what_joined_and_left():
    def changed(new: int, withdrawn: int, reinstated: int, due: int, flow: tuple[int, int, int]) -> str:
        names = ("new", "withdrawn", "reinstated", "due_moved")
        groups = dict(zip(names, ({"actions": n} for n in (new, withdrawn, reinstated, due)), strict=True))
        delayed = dict(zip(("earlier", "came", "later"), flow, strict=True))
        return words.second({**PLAN, "statuses": {"delayed": delayed}, "actions": groups})

    assert (
        changed(1, 2, 0, 0, (4, 0, 4)) == "Delayed stayed at 4. One action was added and two were withdrawn."
    )
    assert changed(0, 0, 1, 0, (4, 2, 4)) == (
        "Delayed stayed at 4, but not the same ones. One action was reinstated."
    )
    assert changed(0, 0, 0, 3, (2, 0, 0)) == (
        "Delayed fell from 2 to none. Three actions had their due date moved."
    )
    assert changed(12, 0, 0, 1, (0, 0, 0)) == (
        "None was delayed on either date. 12 actions were added and one had its due date moved."
    )


# --- The page ---------------------------------------------------------------------------------------------


def headings(html: str) -> list[str]:
    return [text_of(found).strip() for found in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]


def test_the_page_tells_all_changes_in_order(viewer):
    html = viewer.get(BETWEEN)
    assert headings(html) == [
        "Became delayed: 20 action points, 16 actions",
        "Completion date missed: 5 action points, 1 action",
        "Completed: 14",
        "Started: 32",
        "Risks: 3 scored, 3 with a new target",
    ]
    text = text_of(html)
    assert "From 30 April to 30 June 2024." in text
    assert "Complete or on target rose from 44% (41 of 93) to 61% (57 of 93)." in text
    assert "52 (56%)" in text
    assert "−36" in text
    assert text.count("was not scored and is now") == 3
    assert "had its target" not in text, "told beside the new score"


def test_a_long_section_is_shown_whole_when_asked(viewer):
    html = viewer.get(BETWEEN)
    assert "Show the other 11" in html
    assert html.count("to delayed</strong>") == 5
    (more,) = (link for link in links(html, "/changes") if "more=became_delayed" in link)
    whole = viewer.get(more.partition("#")[0])
    assert whole.count("to delayed</strong>") == 16
    assert "Show the other 11" not in whole
    assert "Show the other 9" in whole
    assert "more=became_delayed%2Ccompleted" in whole


def test_one_priority_or_the_risks_alone(viewer):
    html = viewer.get("/changes")
    shown = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', html)
    priority = next(value for value, label in shown if label == "Priority 2")
    text = text_of(viewer.get(f"{BETWEEN}&show={priority}"))
    assert "Complete or on target stayed at 60% (3 of 5). Delayed rose from none to 2." in text
    risks = viewer.get(f"{BETWEEN}&show=risks")
    assert headings(risks) == ["Risks: 3 scored, 3 with a new target"]
    assert "Three risks were scored" in risks
    assert "Complete or on target" not in text_of(risks)


@pytest.mark.parametrize("show", ["", "&show=risks"])
def test_equal_days_are_said_to_be_and_nothing_else_is(viewer, show):
    html = viewer.get(f"/changes?compare=2024-06-30&as_at=2024-06-30{show}")
    assert "The two dates are the same, so nothing changed between them." in html
    assert headings(html) == []
    assert "No risk was" not in html
    assert "<table" not in html
    assert "<svg viewBox" not in html


def test_without_dates_the_page_looks_a_month_back(viewer):
    assert "From 31 May to 1 July 2024." in text_of(viewer.get("/changes"))


@pytest.mark.parametrize(
    "query",
    [
        "show=everything",
        "more=all",
        "plan=mine",
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(viewer, query):
    html = viewer.get(f"/changes?{query}", 422)
    assert "Choose" in html or "Follow" in html


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        (
            "compare=2024-06-30&as_at=2024-05-31",
            {"compare": "From must be the same day as To or earlier. You gave 30 June and 31 May 2024"},
        ),
        ("as_at=2024-07-02", {"as_at": "To must be today, 1 July 2024, or earlier"}),
        ("compare=2024-08-01", {"compare": "From must be today, 1 July 2024, or earlier"}),
        (
            "compare=soon&as_at=2024-13-01",
            {
                "compare": "From must be a real date, for example 30 June 2024",
                "as_at": "To must be a real date, for example 30 June 2024",
            },
        ),
    ],
)
def test_days_that_cannot_be_compared_come_back_in_the_form_with_what_to_do(viewer, query, messages):
    html = viewer.get(f"/changes?{query}&show=risks", 422)
    assert "<title>Error: What changed" in html
    assert errors(html) == list(messages.values())
    for name, message in messages.items():
        assert f'<a href="#{name}">{message}</a>' in html
        assert f'id="{name}"' in html
    sent = dict(pair.split("=") for pair in query.split("&"))
    for name, typed in sent.items():
        assert re.search(rf'name="{name}"[^>]*value="{typed}"', html), "what was typed is kept"
    assert re.search(r'<option value="risks" selected', html)


def test_another_area_sees_nothing_of_ours(http, viewer, stranger):
    plan = re.findall(r'href="/plans/([^"?]+)', viewer.get("/plans"))[0]
    assert "Became delayed" in viewer.get(f"{BETWEEN}&plan={plan}")
    assert "No plan has been added yet" in stranger.get(f"{BETWEEN}&plan={plan}")
    west = doors.area("west")
    factories.make_plan(west)
    Visitor(http, doors.session(west, Role.admin)).get(f"{BETWEEN}&plan={plan}", 404)


# --- Earlier figures on other pages -----------------------------------------------------------------------

TWO_DAYS = "as_at=2024-06-30&compare=2024-04-30"


def test_a_plan_shows_each_figure_as_it_was(viewer):
    path = links(viewer.get("/plans"), "/plans/")[0]
    text = text_of(viewer.get(f"{path}?{TWO_DAYS}"))
    assert "Compared with 30 April 2024." in text
    assert "Complete or on target rose from 44% (41 of 93) to 61% (57 of 93)." in text
    assert "17 Complete (18%) , was 3 (3%)" in text
    assert "was 78% (7 of 9)" in text, "of priority 1"
    assert "was" not in text_of(viewer.get(f"{path}?as_at=2024-06-30")).partition("Actions")[0].split()
    html = viewer.get(f"{path}?{TWO_DAYS}")
    (changed,) = links(html, r"/changes\?")
    assert "compare=2024-04-30" in changed
    assert "as_at=2024-06-30" in changed
    assert headings(viewer.get(changed))[0].startswith("Became delayed")
    assert all("compare=2024-04-30" in link for link in links(html, "/priorities/"))


def test_a_priority_and_a_register_show_what_was(viewer):
    plan = links(viewer.get("/plans"), "/plans/")[0]
    priority = links(viewer.get(plan), "/priorities/")[0]
    text = text_of(viewer.get(f"{priority}?{TWO_DAYS}"))
    assert "4 Complete (44%) , was 2 (22%)" in text
    assert "Complete or on target fell from 78% (7 of 9) to 56% (5 of 9)." in text
    register = links(viewer.get("/registers"), "/registers/")[0]
    text = text_of(viewer.get(f"{register}?{TWO_DAYS}"))
    assert "Compared with 30 April 2024. Then: 1 High, 3 not scored." in text
    assert "9 Moderate was not scored" in text
    assert "16 High was 16 High" in text


@pytest.mark.parametrize("start", ["/plans/", "/registers/"])
def test_a_page_refuses_to_look_back_from_a_later_day(viewer, start):
    path = links(viewer.get(start.rstrip("/")), start)[0]
    html = viewer.get(f"{path}?as_at=2024-04-30&compare=2024-06-30", 422)
    assert "Choose a date to compare with up to 30 April 2024, the date of the page." in html
    for typed in ("2024-07-02", "soon"):
        html = viewer.get(f"{path}?as_at={typed}", 422)
        assert "Choose a date up to today, 1 July 2024." in html


def test_progress_over_time_is_drawn_with_its_figures_as_at_the_day(viewer):
    plan = links(viewer.get("/plans"), "/plans/")[0]
    html = viewer.get(f"{plan}?as_at=2024-06-15")
    chart = html[html.index('id="over-time"') : html.index('id="actions"')]
    assert 'role="img"' in chart
    assert "viewBox" not in chart
    text = text_of(chart)
    assert "begins a year before its last day, or with the first action: here on 30 Apr 2024." in text
    assert "30 April 2024: Complete 3, On target 38, Delayed 0, Not started 52." in text
    rows = re.findall(r"<tr role=\"row\"><th scope=\"row\".*?</tr>", chart, re.DOTALL)
    assert len(rows) == 3
    for row, day in zip(rows, ("2024-04-30", "2024-05-31", "2024-06-15"), strict=True):
        said = [int(n) for n in re.findall(r"</span>(\d+)</td>", row)]
        key = text_of(viewer.get(f"{plan}?as_at={day}"))
        counts = [re.search(rf"(\d+) {name} \(\d+%\)", key)[1] for name in _STATUS_WORDS]
        assert said == [*map(int, counts), 93], day
    priority = links(viewer.get(plan), "/priorities/")[0]
    assert "Priority 1: action points by status at the end of each month" in viewer.get(priority)


_STATUS_WORDS = ("Complete", "On target", "Delayed", "Not started")
