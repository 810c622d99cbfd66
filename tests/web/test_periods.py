"""Pages of periods: what they show of drafts and of what was published, and the forms that get there."""

import re
from datetime import date
from uuid import UUID

import pytest

from app import db
from app.services import priorities as priorities_service
from app.web.forms import typed_date
from tests import doors, factories
from tests.web.conftest import (
    Visitor,
    action_path,
    errors,
    fields,
    links,
    plan_path,
    priority_paths,
    risk_path,
    words,
)

QUARTER = {
    "ref": "2024-06",
    "title": "April to June 2024",
    "first_day-day": "1",
    "first_day-month": "4",
    "first_day-year": "2024",
    "last_day-day": "30",
    "last_day-month": "June",
    "last_day-year": "2024",
    "meeting_on-day": "18",
    "meeting_on-month": "7",
    "meeting_on-year": "2024",
}
CADENCE = {
    "kind": "quarterly",
    "anchor-day": "1",
    "anchor-month": "4",
    "anchor-year": "2024",
    "meeting_days_after": "18",
}


def add(editor: Visitor, **typed: str) -> str:
    """A new period of the sample's plan; the address of its page."""
    path = f"{plan_path(editor)}/periods/new"
    answer = editor.send(path, QUARTER | typed, 303)
    return str(answer.headers["location"]).partition("?")[0]


def published(editor: Visitor) -> str:
    path = add(editor)
    form = fields(editor.get(f"{path}/publication"))
    editor.send(f"{path}/publication", form, 303)
    return path


def form_of(visitor: Visitor, path: str, **typed: str) -> dict[str, str]:
    return fields(visitor.get(path)) | typed


# --- The list ---------------------------------------------------------------------------------------------


def test_without_periods_the_list_says_what_is_missing_and_what_follows(editor, viewer):
    text = words(editor.get("/periods"))
    assert "No period has been added to this plan yet." in text
    assert "No cadence has been set, so no next period is proposed." in text
    assert links(editor.get("/periods"), f"{plan_path(editor)}/periods/new") != []
    shown = viewer.get("/periods")
    assert links(shown, "/plans/") == [plan_path(viewer)]
    assert "Add the first period" not in shown


def test_an_area_without_plans_has_no_periods(stranger):
    assert "No plan has been added yet, so there are no periods." in words(stranger.get("/periods"))


def test_the_cadence_proposes_periods_whose_links_fill_the_form(editor):
    path = f"{plan_path(editor)}/cadence"
    answer = editor.send(path, form_of(editor, path) | CADENCE, 303)
    listed = editor.get(answer.headers["location"])
    assert "April to June 2024 : 1 April 2024 to 30 June 2024. Board meeting on 18 July 2024." in words(
        listed
    )
    proposed = links(listed, f"{plan_path(editor)}/periods/new[?]")
    assert len(proposed) == 3
    filled = fields(editor.get(proposed[0]))
    assert (filled["ref"], filled["title"], filled["last_day-day"]) == ("2024-06", "April to June 2024", "30")
    made = editor.send(proposed[0].partition("?")[0], filled, 303).headers["location"]
    assert "The period is added as a draft." in words(editor.get(made))
    again = links(editor.get("/periods"), f"{plan_path(editor)}/periods/new[?]")
    assert "2024-09" in again[0], "what exists is proposed no more"


def test_earlier_periods_are_proposed_from_a_day_that_is_chosen(editor, viewer):
    path = f"{plan_path(editor)}/cadence"
    editor.send(path, form_of(editor, path) | CADENCE, 303)
    listed = editor.get("/periods?from=2022-02-01")
    assert "By the board’s cadence from 1 February 2022" in words(listed)
    proposed = links(listed, f"{plan_path(editor)}/periods/new[?]")
    assert len(proposed) == 12
    assert fields(editor.get(proposed[0]))["ref"] == "2022-03"
    for typed in ("soon", "1066-10-14", "2222-01-01"):
        assert "Choose a day between 1 January 1990 and" in words(editor.get(f"/periods?from={typed}", 422))
    assert "A day in the first period to propose" not in words(viewer.get("/periods"))


def test_each_plan_has_its_own_list(editor):
    add(editor)
    other = next(link for link in links(editor.get("/periods"), "/periods[?]plan=") if "&" not in link)
    assert "No period has been added to this plan yet." in words(editor.get(other))
    editor.get("/periods?plan=soon", 422)
    editor.get(f"/periods?plan={doors.NOBODY}", 404)


# --- Forms ------------------------------------------------------------------------------------------------


def test_a_new_period_is_shown_with_the_figures_of_its_last_day(editor):
    path = add(editor)
    text = words(editor.get(path))
    assert "Position as at 30 June 2024. Draft, not yet published." in text
    assert "61% of action points are complete or on target (57 of 93)." in text
    assert "Priority 2: 60% of actions (3 of 5) are on target and 40% (2 of 5) are delayed." in text
    assert "One of four risks is High." in text
    assert "General risks: No risks identified." in text
    assert "Due by the meeting on 18 July 2024" in text
    assert "Errata" not in text


def test_the_same_form_again_makes_one_period(editor):
    path = add(editor)
    before = doors.counts()
    assert add(editor) == path
    assert doors.counts() == before


@pytest.mark.parametrize(
    "typed, message",
    [
        ({"ref": ""}, "Give a ref, for example 2024-06"),
        ({"ref": "a/b"}, "A ref has no slash: refs stand in addresses"),
        ({"first_day-day": ""}, "First day must include a day"),
        ({"last_day-day": "31"}, "Last day must be a real date, for example 31 7 2024"),
        ({"last_day-month": "3"}, "The last day must not be before the first, 1 April 2024"),
        (
            {"meeting_on-month": "6"},
            "The board meets about a period when it is over: not before 30 June 2024",
        ),
        ({"title": "x" * 301}, "Shorten the title to 300 characters or fewer"),
    ],
)
def test_what_is_wrong_with_a_period_stands_at_its_field(editor, typed, message):
    path = f"{plan_path(editor)}/periods/new"
    before = doors.counts()
    answer = editor.send(path, QUARTER | typed, 422)
    assert errors(answer.text) == [message]
    assert "<title>Error: " in answer.text
    assert fields(answer.text)["last_day-year"] == "2024"
    assert doors.counts() == before


def test_all_that_is_wrong_with_a_period_is_said_at_once(editor):
    wrong = {"ref": "a/b", "last_day-month": "3", "meeting_on-month": "2", "title": "x" * 301}
    answer = editor.send(f"{plan_path(editor)}/periods/new", QUARTER | wrong, 422)
    expected = [
        "A ref has no slash: refs stand in addresses",
        "Shorten the title to 300 characters or fewer",
        "The last day must not be before the first, 1 April 2024",
        "The board meets about a period when it is over: not before 30 March 2024",
    ]
    assert errors(answer.text) == expected
    path = add(editor)
    answer = editor.send(f"{path}/edit", form_of(editor, f"{path}/edit") | wrong, 422)
    assert errors(answer.text) == expected


def test_a_meeting_on_a_weekend_is_flagged_beside_its_proposal(editor):
    path = f"{plan_path(editor)}/cadence"
    answer = editor.send(path, form_of(editor, path) | CADENCE | {"meeting_days_after": "20"}, 303)
    listed = words(editor.get(answer.headers["location"]))
    assert "The cadence is saved." in listed
    assert "Board meeting on 20 July 2024, a Saturday." in listed
    assert "Board meeting on 20 October 2024, a Sunday." in listed
    assert "Board meeting on 20 January 2025." in listed
    assert "The cadence is saved." not in words(editor.get("/periods"))


def test_a_period_over_another_is_refused_by_its_name(editor):
    add(editor)
    answer = editor.send(f"{plan_path(editor)}/periods/new", QUARTER | {"ref": "Q"}, 422)
    assert errors(answer.text) == [
        "Choose days outside the period 2024-06, 1 April 2024 to 30 June 2024: "
        "periods of a plan never overlap"
    ]


def test_a_stale_change_shows_both_versions_and_three_ways_on(editor):
    path = add(editor)
    mine, theirs = (
        form_of(editor, f"{path}/edit", title="Spring"),
        form_of(editor, f"{path}/edit", title="Summer"),
    )
    editor.send(f"{path}/edit", theirs, 303)
    stale = editor.send(f"{path}/edit", mine, 409)
    text = words(stale.text)
    assert "Someone saved the period while you were writing" in text
    assert "Spring" in text
    assert "Summer" in text
    again = fields(stale.text)
    assert "keep:title" not in again, "both have changed it: nobody chooses for the author"
    back = editor.send(f"{path}/edit", again | {"edit": "1"}, 200)
    assert fields(back.text)["title"] == "Spring"
    again = again | {"keep:title": "yours"}
    editor.send(f"{path}/edit", again, 303)
    assert '<h1 class="govuk-heading-l app-title">Spring</h1>' in editor.get(path)
    assert editor.send(f"{path}/edit", again, 303), "the same form again is saved already"


def test_what_only_one_of_two_changed_is_chosen_already_and_merged(editor):
    path = add(editor)
    mine = form_of(editor, f"{path}/edit", title="Spring")
    theirs = form_of(editor, f"{path}/edit", ref="2024-07") | typed_date("meeting_on", date(2024, 7, 19))
    editor.send(f"{path}/edit", theirs, 303)
    stale = editor.send(f"{path}/edit", mine, 409)
    again = fields(stale.text)
    chosen = {name: value for name, value in again.items() if name.startswith("keep:")}
    assert chosen == {"keep:title": "yours", "keep:ref": "saved", "keep:meeting_on": "saved"}
    back = editor.send(f"{path}/edit", again | {"edit": "1"}, 200)
    assert fields(back.text)["ref"] == "2024-07", "going on with yours takes nothing of theirs back"
    editor.send(f"{path}/edit", again, 303)
    found = fields(editor.get(f"{path}/edit"))
    assert (found["title"], found["ref"], found["meeting_on-day"]) == ("Spring", "2024-07", "19")


def test_a_period_goes_to_review_and_back(editor):
    path = add(editor)
    form = fields(editor.get(path))
    editor.send(f"{path}/state", {"version": form["version"], "state": "in_review"}, 303)
    assert "In review, not yet published." in words(editor.get(path))
    editor.send(f"{path}/state", {"version": form["version"], "state": "in_review"}, 303)
    stale = editor.send(f"{path}/state", {"version": form["version"], "state": "draft"}, 409)
    assert "Somebody changed April to June 2024 while you looked at it." in words(stale.text)
    now = fields(editor.get(path))["version"]
    editor.send(f"{path}/state", {"version": now, "state": "draft"}, 303)
    now = fields(editor.get(path))["version"]
    editor.send(f"{path}/state", {"version": now, "state": "published"}, 422)
    editor.send(f"{path}/state", {"state": "in_review"}, 422)


def test_commentary_stands_beside_the_generated_words(editor):
    path = add(editor)
    priority = links(editor.get(path), f"{path}/priorities/")[1]
    editor.send(priority, form_of(editor, priority) | {"text": "Recruitment is in hand."}, 303)
    editor.send(f"{path}/commentary", {"text": "A <b>good</b> quarter."}, 303)
    html = editor.get(path)
    assert "A &lt;b&gt;good&lt;/b&gt; quarter." in html
    text = words(html)
    assert text.index("Priority 2: 60%") < text.index("Recruitment is in hand.") < text.index("Priority 3: ")
    assert text.count("Commentary by ") == 2
    assert errors(editor.send(priority, {"text": " "}, 422).text) == ["Write the commentary"]


def test_a_stale_commentary_shows_both_versions(editor):
    path = f"{add(editor)}/commentary"
    editor.send(path, {"text": "First."}, 303)
    mine, theirs = form_of(editor, path) | {"text": "Mine."}, form_of(editor, path) | {"text": "Theirs."}
    editor.send(path, theirs, 303)
    stale = editor.send(path, mine, 409)
    text = words(stale.text)
    assert "Someone saved this commentary while you were writing" in text
    assert "Mine." in text
    assert "Theirs." in text
    back = editor.send(path, fields(stale.text) | {"edit": "1"}, 200)
    assert "Mine.</textarea>" in back.text
    editor.send(path, fields(stale.text) | {"keep:text": "yours"}, 303)
    assert editor.send(path, {"text": "Never seen."}, 409), "a first commentary meets one that was written"


def test_a_cadence_is_read_as_it_is_typed_and_refused_at_its_field(editor):
    path = f"{plan_path(editor)}/cadence"
    typed = CADENCE | {"kind": "fixed_dates", "last_days": "30 June 2024\n2024-09-30\n\n31/12/2024"}
    editor.send(path, form_of(editor, path) | typed, 303)
    kept = editor.get(path)
    assert "30 June 2024\n30 September 2024\n31 December 2024</textarea>" in kept
    for wrong, message in (
        ({"last_days": "soon"}, "Give one date a line: “soon” is none"),
        (
            {"last_days": "31 6 2024"},
            "A date must be a real date, for example 31 7 2024: “31 6 2024” is none",
        ),
        ({"last_days": ""}, "Give at least one date"),
        ({"kind": ""}, "Choose how often the board meets"),
        ({"anchor-day": "", "anchor-month": "", "anchor-year": ""}, "Give the first day of a period"),
        ({"kind": "relative_to_meetings", "meetings": "18 July 2024"}, "Give how many days before a meeting"),
    ):
        answer = editor.send(path, form_of(editor, path) | typed | wrong, 422)
        assert [one[: len(message)] for one in errors(answer.text)] == [message]
    stale = editor.send(path, form_of(editor, path) | {"version": "1"} | CADENCE, 409)
    assert "Someone saved this plan while you were writing" in words(stale.text)
    editor.send(path, fields(stale.text), 303)


def test_only_editors_are_offered_forms(editor, viewer):
    path = add(editor)
    shown = viewer.get(path)
    assert links(shown, f"{path}/") == [f"{path}/report", f"{path}/history"]
    assert "/state" not in shown
    for form in ("edit", "publication", "commentary"):
        viewer.get(f"{path}/{form}", 403)


# --- Publishing -------------------------------------------------------------------------------------------


def test_publishing_asks_before_it_freezes(editor):
    path = add(editor)
    text = words(editor.get(f"{path}/publication"))
    assert "Publishing cannot be undone. It freezes, as at 30 June 2024:" in text
    assert "points warn and do not stop you." in text
    editor.send(f"{path}/publication", {"version": "99"}, 409)
    sent = fields(editor.get(f"{path}/publication"))
    answer = editor.send(f"{path}/publication", sent, 303)
    assert answer.headers["location"] == f"{path}?saved=published"
    before = doors.counts()
    again = editor.send(f"{path}/publication", sent, 409)
    refusal = r"It was already published, by \S+, on 1 July 2024 at \d\d:\d\d\. Nothing changed\."
    assert re.search(refusal, words(again.text))
    assert re.search(refusal, words(editor.get(f"{path}/publication", 409)))
    assert doors.counts() == before
    text = words(editor.get(path))
    assert "Position as at 30 June 2024. Published on 1 July 2024." in text
    assert "Head of the journal before it" in text
    assert "the figures of 30 June 2024 are those that were published." in text
    assert "Worked out again from the entries before the publication, every figure and flag" in text
    for form in ("edit", "commentary", "publication"):
        editor.get(f"{path}/{form}", 409)


def test_a_period_is_not_published_before_it_is_over(editor):
    path = add(editor, **{"last_day-month": "7", "last_day-day": "31", "meeting_on-month": "8"})
    assert "The period is not over yet: these are today's figures." in words(editor.get(path))
    asked = editor.get(f"{path}/publication")
    assert "It can be published from its last day on, 31 July 2024." in words(asked)
    assert "Publish and freeze" not in asked
    refused = editor.send(f"{path}/publication", {"version": "1"}, 422)
    assert "Publish the period from its last day on, 31 July 2024" in words(refused.text)


def test_what_blocks_is_named_and_nothing_is_published(editor, area):
    path = add(editor)
    with db.read(area) as reader:
        priority = priorities_service.get_priority(reader, area, UUID(priority_paths(editor)[0][-36:]))
    due = date(2024, 6, 15)
    factories.make_action(area, priority, ref="1.99", title="Late", status="on_target", due_on=due)
    asked = editor.get(f"{path}/publication")
    text = words(asked)
    assert "These points block publishing Action 1.99 :" in text
    assert "Publish and freeze" not in text
    version = fields(editor.get(path))["version"]
    before = doors.counts()
    refused = editor.send(f"{path}/publication", {"version": version}, 422)
    assert "Action 1.99 is on target although the due date has passed" in words(refused.text)
    assert "<title>Error: " in refused.text
    assert doors.counts() == before


def test_what_is_recorded_later_is_shown_beside_what_was_published(editor, area):
    path = published(editor)
    before = editor.get(path)
    action = action_path(editor, "2.1")
    form = form_of(
        editor, f"{action}/update", narrative="Done in June.", status="complete", reason="Learned late."
    )
    late = {"effective_on-day": "28", "effective_on-month": "6", "effective_on-year": "2024"}
    editor.send(f"{action}/update", form | late, 303)
    risk = UUID(risk_path(editor, "1").rpartition("/")[2])
    factories.assess(area, risk, effective_on=date(2024, 6, 28))
    html = editor.get(path)
    text = words(html)
    points = r"(The points on 30 June 2024, as known now)</a>: (\d+) then[^<]*"
    first, second = (re.sub(points, r"\1", one.partition('id="errata"')[0]) for one in (before, html))
    assert first == second, "what was published has changed"
    assert "have come to differ since it was published." in text
    assert (
        "In the whole plan, Complete went from 17 to 18 and On target from 40 to 39 as known now. "
        "One entry recorded since explains this: action 2.1." in text
    )
    known = html[html.index('id="known"') : html.index('id="proof"')]
    assert known.index("Done in June.") < known.index("<details") < known.index("Priority 2: Complete")
    assert "Backdated: dated in this period, which was published already." in text
    assert "Review date: Nothing" not in text
    proof = html[html.index('id="proof"') :]
    assert (
        proof.index("Worked out again from the entries")
        < proof.index("<details")
        < proof.index("Digest of the content")
    )
    assert "Worked out again from the entries before the publication, every figure" in text


def test_the_points_of_a_published_period_are_those_of_its_last_day_and_their_number_then_and_now(
    editor, area
):
    path = published(editor)
    html = editor.get(path)
    then = re.search(r"The points on 30 June 2024, as known now</a>: (\d+) then and now\.?<", html)
    assert then, "no entry, no other number"
    [listed] = links(html, "/data-quality[?]")
    assert listed.endswith("as_at=2024-06-30")
    assert f"of {then[1]} points" in words(editor.get(listed))
    with db.read(area) as reader:
        priority = priorities_service.get_priority(reader, area, UUID(priority_paths(editor)[0][-36:]))
    late = {"effective_on": date(2024, 6, 28), "reason": "Forgotten until now."}
    factories.make_action(area, priority, ref="1.99", title="No lead, no due date", **late)
    since = re.search(r"as known now</a>: (\d+) then, (\d+) as known now<", editor.get(path))
    assert since, "an action came to it"
    assert since[1] == then[1]
    assert f"of {since[2]} points" in words(editor.get(listed))


def test_the_list_says_where_published_figures_may_have_come_to_differ(editor):
    path = published(editor)
    action = action_path(editor, "2.1")
    form = form_of(editor, f"{action}/update", narrative="Of today.", status="complete", reason="Told.")
    editor.send(f"{action}/update", form, 303)
    assert "Figures may have come to differ" not in editor.get("/periods"), "an entry of after its last day"
    late = {"effective_on-day": "28", "effective_on-month": "6", "effective_on-year": "2024"}
    form = form_of(editor, f"{action}/update", narrative="Of June.", status="delayed", reason="Late.")
    editor.send(f"{action}/update", form | late, 303)
    listed = editor.get("/periods")
    assert "Figures may have come to differ" in listed
    assert links(listed, f"{path}#known") == [f"{path}#known"]


def test_errata_stand_beside_what_was_published(editor, viewer):
    path = published(editor)
    form = f"{path}/errata"
    assert errors(editor.send(form, {"text": ""}, 422).text) == [
        "Say what is wrong in the published period, and what is right"
    ]
    sent = {"text": "Action 2.5 was overdue."}
    for day, month in (("2", "7"), ("30", "6")):
        wrong = {"effective_on-day": day, "effective_on-month": month, "effective_on-year": "2024"}
        assert errors(editor.send(form, sent | wrong, 422).text) == [
            "Give the day the period was published, 1 July 2024, or a later day up to today"
        ]
    editor.send(form, sent, 303)
    counts = doors.counts()
    editor.send(form, sent, 303)
    assert doors.counts() == counts, "the same form again is recorded once"
    text = words(viewer.get(path))
    assert "Errata 1 July 2024 Action 2.5 was overdue." in text
    assert "1 erratum" in words(viewer.get("/periods"))
    later = {"first_day-month": "7", "last_day-month": "9", "meeting_on-month": "10"}
    editor.get(f"{add(editor, ref='Q2', **later)}/errata", 409)


# --- The line under the heading of every page with figures ------------------------------------------------


def test_every_page_with_figures_says_which_period_its_day_is_in(editor):
    plan = plan_path(editor)
    assert "Period: " not in editor.get(plan), "no period, no word of one"
    path = published(editor)
    pages = ["/", plan, priority_paths(editor)[0], action_path(editor, "1.9"), risk_path(editor, "1")]
    pages += [links(editor.get("/registers"), "/registers/")[0], f"/data-quality?plan={plan[-36:]}"]
    for address in pages:
        past = editor.get(f"{address}{'&' if '?' in address else '?'}as_at=2024-06-30")
        said = "Position as it stood on 30 June 2024. Period: April to June 2024 , published."
        assert said in words(past), address
        assert links(past, path) == [path], address
        assert "Period: " not in editor.get(address), "1 July is in no period"
    later = {"first_day-month": "7", "last_day-month": "9", "meeting_on-month": "10", "title": ""}
    add(editor, ref="Q2", **later)
    for address in pages:
        assert "Period: July to September 2024 , not yet published." in words(editor.get(address)), address
    other = links(editor.get("/plans"), "/plans/")[1]
    assert "Period: " not in editor.get(other), "another plan has periods of its own"
