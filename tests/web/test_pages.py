"""Pages show the figures of the board papers, to those who may see them, and nothing to others."""

import re
from uuid import UUID

import pytest

from app.sentences.progress import ROUNDING_NOTE
from app.web.presenters.filter_fields import named_apart
from tests import doors, factories
from tests.web.conftest import (
    Visitor,
    action_path,
    links,
    other_scripts,
    plan_path,
    priority_paths,
    risk_path,
    words,
)


def _all_pages(visitor: Visitor) -> list[str]:
    registers = links(visitor.get("/registers"), "/registers/")
    return [
        "/",
        f"/?plan={links(visitor.get('/plans'), '/plans/')[1].rpartition('/')[2]}",
        "/plans",
        *links(visitor.get("/plans"), "/plans/"),
        *priority_paths(visitor),
        action_path(visitor, "1.9"),
        action_path(visitor, "1.9") + "/update",
        "/registers",
        *registers,
        *[risk_path(visitor, ref) for ref in "1234"],
        risk_path(visitor, "1") + "/assess",
        links(visitor.get(registers[1]), "/risks/")[0],
        links(visitor.get(registers[1]), "/risks/")[0] + "/assess",
        "/help",
        "/accessibility",
        "/sign-in",
    ]


def test_every_page_stands_with_one_heading_and_nothing_inline(editor):
    for path in _all_pages(editor):
        html = editor.get(path)
        assert html.count("<h1") == 1, path
        assert other_scripts(html) == [], path
        assert " style=" not in html, path
        assert re.findall(r'\son\w+="', html) == [], path
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), f"{path}: an id stands twice"


def test_every_page_is_private_and_guarded(editor):
    answer = editor.answer("GET", "/")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_the_figures_of_june_2024(editor):
    html = editor.get(f"{plan_path(editor)}?as_at=2024-06-30")
    text = words(html)
    assert "Position as it stood on 30 June 2024." in text
    assert "61% of action points are complete or on target (57 of 93)." in text
    assert (
        "22% are delayed (20 of 93). One completion date has been missed, counted as 5 action points." in text
    )
    assert "Complete 17 (18%), On target 40 (43%), Delayed 20 (22%), Not started 16 (17%)." in text
    assert "93 action points, 89 distinct actions" in text
    described = re.findall(r'<desc id="p\d-d">(.*?)</desc>', html)
    assert [re.findall(r"\((\d+)%\)", one) for one in described] == [
        ["44", "11", "44", "0"],
        ["0", "60", "40", "0"],
        ["0", "71", "29", "0"],
        ["0", "58", "25", "17"],
        ["22", "40", "15", "23"],
    ]


def test_the_table_by_priority_shows_counts_with_their_percentages(editor):
    for path in ("/", plan_path(editor)):
        text = words(editor.get(f"{path}?as_at=2024-06-30"))
        assert "Complete 4 44% On target 1 11% Delayed 4 44% Not started 0 0%" in text
        assert "Complete 17 18% On target 40 43% Delayed 20 22% Not started 16 17%" in text


def test_the_figures_of_april_2024(editor):
    text = words(editor.get(f"{plan_path(editor)}?as_at=2024-04-01"))
    assert "Complete 0 (0%), On target 10 (11%), Delayed 0 (0%), Not started 83 (89%)." in text


def test_a_priority_is_told_as_the_council_reports_it(editor):
    second = priority_paths(editor)[1]
    assert (
        "Priority 2: 60% of actions (3 of 5) are on target and 40% (2 of 5) are delayed. None is complete. "
        "One completion date has been missed (2.5, due 31 May 2024)."
    ) in words(editor.get(f"{second}?as_at=2024-06-30"))
    text = words(editor.get(f"{priority_paths(editor)[0]}?as_at=2024-06-30"))
    assert "Percentages may not sum to 100 because of rounding." in text
    assert "Overdue by 30 days" in text


def test_the_register_shows_scores_and_bands_as_printed(editor):
    html = editor.get(links(editor.get("/registers"), "/registers/")[0])
    assert "One of four risks is High. No risk has reached its target." in words(html)
    cells = re.findall(
        r'<td class="h-\d[^"]*"><span class="heat__score">(\d+) (\w)<span class="[\w-]+">(\w+)',
        html,
    )
    assert len(cells) == 25
    for number, first, rest in cells:
        score = int(number)
        expected = "Low" if score <= 6 else "Moderate" if score <= 15 else "High"
        assert first + rest == expected
    assert re.findall(r'class="band band--\d">(\d+ \w+)<', html) == [
        "16 High",
        "4 Low",
        *["9 Moderate", "6 Low"],
        *["9 Moderate", "6 Low"],
        *["9 Moderate", "4 Low"],
    ]


def test_links_stay_at_the_day_that_was_chosen(editor):
    day = "as_at=2024-06-30"
    for path in ("/", plan_path(editor), priority_paths(editor)[0], risk_path(editor, "1")):
        html = editor.get(f"{path}?{day}")
        inner = links(html, "/(?:plans|priorities|actions|registers|risks)/")
        # A form is for today; the journal and an export tell what was recorded whatever day it was true.
        without = r"/(assess|history|edit|copy|order|new|export\.json|export\.zip)(\?|$)"
        lost = [link for link in inner if day not in link and not re.search(without, link) and link != path]
        assert lost == [], path


@pytest.mark.parametrize(
    "typed", ["x", "2024-13-01", "2024-07-02", "9999-12-31", "٢٠٢٤-٠١-٠١", "2024-06-30T00:00"]
)
def test_a_day_that_will_not_do_is_named_and_never_fails(editor, typed):
    text = words(editor.get(f"/?as_at={typed}", 422))
    assert "Choose a date up to today, 1 July 2024." in text
    assert "as_at" not in text


@pytest.mark.parametrize(
    "query",
    [
        *("status=red", "flag=late", "sort=title", "lead=me", "due_before=soon", "lead=%00"),
        *("page=x", "page=0", "page=1e9", "download=pdf"),
    ],
)
def test_a_filter_that_no_form_offers_is_refused(editor, query):
    editor.get(f"{plan_path(editor)}?{query}", 422)


@pytest.mark.parametrize("query", ["state=red", "sort=title", "priority=1", "page=x", "page=0"])
def test_a_register_filter_that_no_form_offers_is_refused(editor, query):
    editor.get(f"{links(editor.get('/registers'), '/registers/')[0]}?{query}", 422)


def test_lists_filter_and_sort(editor):
    path = plan_path(editor)
    assert "1 of 1 action, in the order of the plan." in words(editor.get(f"{path}?flag=overdue"))
    html = editor.get(f"{path}?status=delayed&sort=due_on")
    assert 'aria-sort="ascending"' in html
    assert "16 of 16 actions, due soonest first." in words(html)
    assert "No action fits these filters." in words(editor.get(f"{path}?q=zebra"))
    none = words(editor.get(f"{path}?status=withdrawn"))
    assert "No action fits these filters." in none
    assert "0 of 0" not in none


def test_a_long_list_has_pages(editor):
    programme = links(editor.get("/plans"), "/plans/")[1]
    first = editor.get(programme)
    following = [link for link in links(first, "/plans/") if "page=2" in link]
    assert "100 of 148 actions" in words(first)
    second = editor.get(following[0].partition("#")[0])
    assert "101 to 148 of 148 actions" in words(second)
    assert "There is no page 3: the list is shorter now." in words(editor.get(f"{programme}?page=3"))
    seen = set(links(first, "/actions/")) | set(links(second, "/actions/"))
    assert len(seen) == 148


def test_what_is_not_there_and_what_is_another_areas_look_the_same(editor, stranger):
    for path in (
        plan_path(editor),
        action_path(editor, "1.9"),
        risk_path(editor, "1"),
        priority_paths(editor)[0],
    ):
        noun = path.split("/")[1]
        theirs = stranger.get(path, 404)
        nobodys = stranger.get(f"/{noun}/{doors.NOBODY}", 404)
        assert theirs == nobodys
        assert stranger.get(f"/{noun}/1", 404).count("<h1") == 1


def test_an_empty_area_says_what_is_missing(stranger):
    assert "No plan has been added yet" in words(stranger.get("/"))
    for path in ("/", "/plans", "/periods"):
        assert "Add the first plan" in words(stranger.get(path)), "whoever may add it is led to the form"
    assert "No plans yet" in words(stranger.get("/plans"))
    assert "No risk register yet" in words(stranger.get("/registers"))


def test_an_action_tells_its_history_in_sentences(editor):
    text = words(editor.get(action_path(editor, "1.9")))
    assert "changed the status from On target to Delayed" in text
    assert "The due date, 31 May 2024, passed." in text
    assert "Reason: Loaded from the June 2024 papers" in text
    assert "Shown under 5 priorities: 1.9, 2.5, 3.7, 4.12, 5.60" in text
    before = words(editor.get(action_path(editor, "1.9") + "?as_at=2024-05-01"))
    assert "passed" not in before
    assert "from On target to Delayed" not in before


def test_a_risk_shows_what_it_is_and_what_is_missing(editor):
    text = words(editor.get(risk_path(editor, "1")))
    assert "No management actions recorded. Nothing is planned that would close the gap of 12." in text
    assert "No risk owner" in text
    assert "Likelihood 4 (Likely) × impact 4 (Serious)" in text
    assert "Target impact 4 is above current impact 3" in words(editor.get(risk_path(editor, "4")))


def test_a_register_of_ratings_has_no_heat_map(editor):
    html = editor.get(links(editor.get("/registers"), "/registers/")[1])
    assert 'class="heat"' not in html
    assert "This register rates risks by name" in words(html)
    assert "13 of 13 risks, highest rating first." in words(html)


def test_errors_are_pages(editor, anybody):
    assert "Page not found" in words(editor.get("/nothing/here", 404))
    assert "Page not found" in words(anybody.get("/nothing/here", 404))
    assert editor.answer("DELETE", "/plans").status_code == 405
    assert "Overview" in editor.answer("DELETE", "/plans").text


def test_the_demonstration_says_which_day_it_takes_for_today(anybody):
    assert "The service takes 1 July 2024 for today." in words(anybody.get("/sign-in"))


def test_withdrawn_actions_stand_apart_and_counts_agree(editor, area):
    first = priority_paths(editor)[0]
    assert "Withdrawn actions" not in words(editor.get(first))
    out = action_path(editor, "1.9")
    factories.withdraw(area, UUID(out.rpartition("/")[2]), reason="Merged.")
    for path, shown in ((first, "8 of 8 actions"), (plan_path(editor), "88 of 88 actions")):
        html = editor.get(path)
        text = words(html)
        assert shown in text
        assert text.index("Withdrawn actions") > text.index(shown)
        assert links(html, out) == [out]
        assert "1.9, 2.5, 3.7, 4.12, 5.60 " in text
    assert "8 actions, one withdrawn action point is not counted" in words(editor.get(first))
    only = words(editor.get(f"{first}?status=withdrawn"))
    assert "1 of 1 action, " in only
    assert "Left out of every count, and of the list above" not in only


def test_a_shared_action_is_left_out_as_often_as_it_counts(editor, area):
    """The filter beside the sentence counts actions: no two numbers of a page may count one noun twice."""
    factories.withdraw(area, UUID(action_path(editor, "1.9").rpartition("/")[2]), reason="Merged.")
    text = words(editor.get(plan_path(editor)))
    assert "88 actions. Five withdrawn action points are not counted." in text
    assert "Withdrawn (1)" in text
    assert "Five withdrawn action points are not counted." in words(editor.get("/"))
    sheet = editor.get("/plans?download=csv").splitlines()
    assert sheet[0].endswith(",Withdrawn action points")
    assert any(row.endswith(",5") for row in sheet[1:])


def test_the_note_on_rounding_stands_on_every_page_that_shows_such_percentages(editor, area):
    plan = factories.make_plan(area, ref="RP", title="Reform plan")
    first, second = (factories.make_priority(area, plan["id"], ref=f"RP {n}") for n in (1, 2))
    for place, status in enumerate(("complete", "on_target", "delayed")):
        factories.make_action(area, first, ref=f"1.{place}", status=status)
    last = factories.make_action(area, second, ref="2.1")
    mine, of_plan = f"/my-priority?priority={first['id']}", f"plan={plan['id']}"
    tables = (f"/?{of_plan}", f"/plans/{plan['id']}", f"/priorities/{first['id']}", mine)
    totals = (f"/briefing?{of_plan}", f"/changes?{of_plan}", f"/changes?{of_plan}&show={first['id']}")

    def notes(path: str) -> int:
        return words(editor.get(path)).count(ROUNDING_NOTE)

    assert [notes(path) for path in tables] == [1] * 4, "a row of 33, 33, 33 and 0"
    assert [notes(path) for path in totals] == [0, 0, 1], "four times 25"
    assert notes("/plans") == 0
    factories.withdraw(area, last["id"])
    assert [notes(path) for path in (*tables, *totals, "/plans")] == [1] * 8
    assert notes(f"/changes?{of_plan}&show=risks") == 0


def test_a_priority_whose_actions_moved_away_does_not_say_that_none_was_added(editor, area):
    plan = factories.make_plan(area, ref="RP", title="Reform plan")
    first, second = (factories.make_priority(area, plan["id"], ref=f"RP {n}") for n in (1, 2))
    assert "No actions have been added yet." in words(editor.get(f"/plans/{plan['id']}"))
    moved = factories.make_action(area, first)
    factories.update(area, moved["id"], points=[{"priority_id": second["id"], "ref": "2.1"}], reason="Agreed")
    text = words(editor.get(f"/priorities/{first['id']}"))
    assert " No actions. " in text
    assert "added yet" not in text


def test_leads_with_the_same_name_are_told_apart():
    people = [
        {"id": 1, "name": "A Khan", "organisation": "ICB"},
        {"id": 2, "name": "A Khan", "organisation": None},
        {"id": 3, "name": "B Jones", "organisation": "Council"},
    ]
    assert named_apart(people) == [
        ("1", "A Khan (ICB)"),
        ("2", "A Khan (no organisation)"),
        ("3", "B Jones"),
    ]


def test_a_register_whose_filters_fit_nothing_says_only_that(editor):
    register = links(editor.get("/registers"), "/registers/")[0]
    text = words(editor.get(f"{register}?state=closed"))
    assert "No risk fits these filters." in text
    assert "0 of 0" not in text


def test_a_page_answers_to_head_as_to_get_without_its_text(viewer):
    asked, got = viewer.answer("HEAD", "/plans"), viewer.answer("GET", "/plans")
    assert (asked.status_code, asked.text) == (200, "")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert viewer.answer("HEAD", "/nowhere").status_code == 404
