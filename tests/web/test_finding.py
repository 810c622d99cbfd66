"""Finding records on pages: the search box, filters with their chips, and lists as files."""

import csv
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from tests import doors
from tests.web.conftest import Visitor, action_path, fields, links, plan_path, priority_paths, words


def rows_of(visitor: Visitor, path: str, kind: str = "csv") -> list[list[Any]]:
    """The rows of a list that is downloaded, its heading first."""
    mark = "&" if "?" in path else "?"
    answer = visitor.answer("GET", f"{path}{mark}download={kind}")
    assert answer.status_code == 200, answer.text[-500:]
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    assert answer.headers["cache-control"] == "no-store"
    if kind == "xlsx":
        book = CalamineWorkbook.from_object(BytesIO(answer.content))
        return book.get_sheet_by_index(0).to_python()
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines(keepends=True)))


# --- Search -----------------------------------------------------------------------------------------------


def test_the_search_box_is_on_every_page_of_somebody_signed_in_and_keeps_what_was_typed(editor, anybody):
    assert 'name="q"' in editor.get("/")
    assert 'name="q"' not in anybody.get("/sign-in")
    assert 'value="&#34;&gt;&lt;script&gt;"' in editor.get("/search?q=%22%3E%3Cscript%3E")


def test_what_is_found_says_where_the_words_stand(editor):
    text = words(editor.get("/search?q=survey+live"))
    assert "Found for “survey live”: 1 action." in text
    assert "1.9, 2.5, 3.7, 4.12, 5.60 Carry out the parent and carer survey" in text
    assert "Update of 28 June 2024 by" in text
    assert "closing 30 June 2024" in text
    assert "<mark>Survey</mark>" in editor.get("/search?q=survey+live")
    assert "Searched as known today, 1 July 2024, whatever day you looked at before." in text
    assert "Nothing found for “zebra”." in words(editor.get("/search?q=zebra"))
    assert "Type into the box above" in words(editor.get("/search?q=+"))


def test_a_large_group_is_asked_for_by_itself(editor):
    html = editor.get("/search?q=send")
    [more] = [link for link in links(html, "/search") if "in=actions" in link]
    assert len(set(links(html, "/actions/"))) == 10
    assert len(set(links(editor.get(more), "/actions/"))) > 10
    editor.get("/search?q=send&in=users", 422)


def test_nothing_of_another_area_is_found(stranger):
    assert "Nothing found" in words(stranger.get("/search?q=survey"))


# --- Filters ----------------------------------------------------------------------------------------------


def test_a_choice_says_how_many_it_shows_and_a_chip_takes_it_away(editor):
    path = plan_path(editor)
    text = words(editor.get(path))
    assert "Delayed (16)" in text
    assert "Overdue (1)" in text
    html = editor.get(f"{path}?status=delayed&q=strategy&due_before=2025-01-01&sort=-due_on")
    text = words(html)
    assert "Status: Delayed" in text
    assert "Due before: 1 January 2025" in text
    without = [link for link in links(html, path) if "status" not in link and "q=strategy" in link]
    assert any("due_before=2025-01-01" in link and "sort=-due_on" in link for link in without)
    assert "Status: Delayed" not in words(editor.get(without[0].partition("#")[0]))


PLANS, REGISTERS = "/plans", "/registers"
NARROWED = (
    (PLANS, 1, "lead=none", "Lead: No lead", 148),
    (PLANS, 1, "phase=Sustain", "Phase: Sustain", 31),
    (PLANS, 0, "body=ICB", "Responsible body: ICB", 14),
    (PLANS, 0, "impact=evidenced", "Impact: Evidenced", 0),
    (PLANS, 0, "due_after=2024-08-31&due_before=2024-10-01", "Due after: 31 August 2024", 11),
    (PLANS, 0, "forecast_after=2024-08-31&forecast_before=2024-10-01", "Forecast before: 1 October 2024", 0),
    (REGISTERS, 0, "owner=none", "Owner: No owner", 2),
    (REGISTERS, 1, "sro=none", "SRO: No SRO", 13),
    (REGISTERS, 0, "treatment=treat", "Treatment: Treat", 0),
    (REGISTERS, 0, "movement=no_data", "Movement: No earlier score", 4),
    (REGISTERS, 1, "review=overdue", "Review: Overdue", 5),
    (REGISTERS, 1, "review_before=2024-07-31", "Review before: 31 July 2024", 5),
    (REGISTERS, 0, "q=ilacs", "Words in the description: ilacs", 1),
)
FIRST_ROW = ("due_after", "due_before", "lead", "owner", "q")


@pytest.mark.parametrize("lists, which, query, chip, count", NARROWED)
def test_a_filter_says_what_it_shows_and_goes_along_wherever_the_list_goes(
    editor, lists, which, query, chip, count
):
    path = next(link for link in links(editor.get(lists), f"{lists}/")[which:] if "new" not in link)
    html = editor.get(f"{path}?{query}")
    text, noun = words(html), "action" if lists == PLANS else "risk"
    assert chip in text
    assert f"of {count:,} {noun}" in text or (not count and f"No {noun} fits these filters" in text)
    value = chip.partition(": ")[2]
    assert f"{value} ({count:,})" in text or "before" in query or "q=" in query
    assert len(rows_of(editor, f"{path}?{query}")) == count + 1
    told = CalamineWorkbook.from_object(
        BytesIO(editor.answer("GET", f"{path}?{query}&download=xlsx").content)
    ).get_sheet_by_name("About")
    assert chip.split(": ") in [row[:2] for row in told.to_python()]
    # The rarer ones are folded away until one of them is used.
    is_rare = query.partition("=")[0] not in FIRST_ROW
    assert ('filters__more" open>' in html) is is_rare
    if count:
        sorts, files, kept = (
            [link for link in links(html, start) if part in link]
            for start, part in ((path, "sort="), (path, "download="), ("/views/new", "of="))
        )
        assert all((sorts, files, kept))
        assert all(query in link for link in (*sorts, *files))
        assert all(quote(query) in link for link in kept)
        if lists == PLANS:
            [several] = links(html, f"{path}/updates")
            assert query in several
            editor.get(several)


@pytest.mark.parametrize(
    "query",
    [
        *("lead=x", "impact=x", "due_after=x", "forecast_before=31.12.2024"),
        *("owner=x", "sro=x", "treatment=x", "movement=x", "review=x", "review_before=x"),
    ],
)
def test_a_value_that_no_filter_offers_is_refused(editor, query):
    of_risks = query.partition("=")[0] in ("owner", "sro", "treatment", "movement", "review", "review_before")
    register = next(link for link in links(editor.get("/registers"), "/registers/") if "new" not in link)
    editor.get(f"{register if of_risks else plan_path(editor)}?{query}", 422)


@pytest.mark.parametrize("column", ["ref", "status", "due_on", "lead", "reported_on"])
def test_a_list_of_actions_sorts_by_every_column(editor, column):
    path = plan_path(editor)
    up, down = (editor.get(f"{path}?sort={sign}{column}") for sign in ("", "-"))
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down
    assert links(up, "/actions/")[0] != links(down, "/actions/")[0]


# --- Files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "?status=delayed&sort=-due_on", "?lead=&flag=overdue", "?as_at=2024-04-30"]
)
def test_the_files_of_a_plan_hold_the_rows_that_the_page_shows_in_its_order(editor, query):
    path = plan_path(editor) + query
    names = links(editor.get(path), "/actions/")
    heading, *rows = rows_of(editor, path)
    assert heading[:4] == ["Ref", "Action", "Status", "Due"]
    assert len(rows) == len(names)
    book = rows_of(editor, path, "xlsx")
    assert [row[:3] for row in book[1:]] == [row[:3] for row in rows]
    assert book[0] == heading


def test_all_rows_are_downloaded_however_many_pages_they_fill(editor):
    programme = links(editor.get("/plans"), "/plans/")[1]
    assert len(rows_of(editor, f"{programme}?page=2")) == 149


def test_under_a_priority_an_action_has_the_ref_that_it_has_there(editor):
    second = priority_paths(editor)[1]
    refs = [row[0] for row in rows_of(editor, second)[1:]]
    assert "2.5" in refs
    assert not [ref for ref in refs if "," in ref]


def test_a_workbook_says_whose_rows_it_holds_and_by_which_filter(editor):
    answer = editor.answer("GET", f"{plan_path(editor)}?status=delayed&download=xlsx")
    about = CalamineWorkbook.from_object(BytesIO(answer.content)).get_sheet_by_name("About").to_python()
    told = dict(about)
    assert told["Status"] == "Delayed"
    assert told["Position as at"] == "1 July 2024"
    assert told["Area"] == "Halton SEND partnership"


@pytest.fixture
def admin(http, area):
    return Visitor(http, doors.session(area, Role.admin))


WHOLE = {
    "/admin/users": ("user", "role", "state", "added"),
    "/admin/clients": ("name", "scopes", "state", "expires", "last_used"),
    "/people": ("name", "organisation", "email"),
    "/data-quality": ("record", "check"),
}


@pytest.mark.parametrize("path", WHOLE)
def test_every_list_sorts_by_each_of_its_columns_and_downloads_what_it_shows(admin, area, path):
    doors.client(area, "read")
    doors.client(area, "write")
    for column in WHOLE[path]:
        for sign, order in (("", "ascending"), ("-", "descending")):
            html = admin.get(f"{path}?sort={sign}{column}")
            assert html.count(f'aria-sort="{order}"') == 1
            assert html.count("aria-sort=") == 1
    rows, book = (rows_of(admin, path, kind) for kind in ("csv", "xlsx"))
    assert len(rows) == len(book) > 2
    assert rows[0] == book[0]
    admin.get(f"{path}?sort=secret", 422)
    admin.get(f"{path}?download=pdf", 422)


def test_a_register_sorts_by_every_column_and_downloads_what_it_shows(editor):
    path = next(link for link in links(editor.get("/registers"), "/registers/") if "new" not in link)
    for column in ("ref", "severity", "target", "gap", "movement", "state", "review_on"):
        for sign, order in (("", "ascending"), ("-", "descending")):
            assert f'aria-sort="{order}"' in editor.get(f"{path}?sort={sign}{column}")
    html = editor.get(f"{path}?band=Moderate&state=any")
    assert "Moderate (3)" in words(html)
    assert "High (1)" in words(html)
    assert [row[0] for row in rows_of(editor, f"{path}?band=Moderate&state=any&sort=-ref")[1:]] == [
        "4",
        "3",
        "2",
    ]
    assert len(rows_of(editor, path, "xlsx")) == 5


def test_a_full_history_downloads(editor):
    [heading, *rows] = rows_of(editor, f"{action_path(editor, '1.9')}/history")
    assert heading[0] == "Entry"
    entries = [int(row[0]) for row in rows]
    assert entries == sorted(entries, reverse=True)
    assert len(entries) > 1


def test_no_file_holds_a_formula_that_somebody_typed(editor, area):
    Visitor.send(
        editor,
        "/people/new",
        {"name": "=HYPERLINK(1)", "organisation": "+1", **carried(editor.get("/people/new"))},
        303,
    )
    [row] = rows_of(editor, "/people?q=HYPERLINK")[1:]
    assert row == ["'=HYPERLINK(1)", "'+1", ""]
    [row] = rows_of(editor, "/people?q=HYPERLINK", "xlsx")[1:]
    assert row[:2] == ["=HYPERLINK(1)", "+1"]


# --- Saved views ------------------------------------------------------------------------------------------


def carried(html: str) -> dict[str, str]:
    """What a form carries hidden."""
    return {name: value for name, value in fields(html).items() if name in ("set_aside", "version", "seen")}


def test_a_view_is_saved_from_a_list_shared_changed_and_removed(editor, viewer, stranger):
    path = f"{plan_path(editor)}?status=delayed&sort=-due_on"
    [save] = links(editor.get(f"{path}&page=1"), "/views/new")
    form = editor.get(save)
    typed = {"name": "Late, <b>latest</b> first", "shared": "yes", **carried(form)}
    assert "Error" in editor.send(save, {**typed, "name": ""}, 422).text
    for _ in range(2):
        assert editor.send(save, typed, 303).headers["location"] == "/views?said=added"
    html = viewer.get("/views")
    assert links(html, "/plans/") == [path]
    assert "Late, <b>latest</b> first" in words(html)
    assert "<b>latest" not in html
    assert not links(html, "/views/"), "who only sees it can neither change nor remove it"
    assert not links(stranger.get("/views"), "/plans/")
    assert "Status: Delayed" in words(viewer.get(links(html, "/plans/")[0]))

    [edit] = links(editor.get("/views"), "/views/edit")
    [remove] = links(editor.get("/views"), "/views/remove")
    viewer.get(edit, 403)
    viewer.get(remove, 403)
    stranger.get(edit, 404)
    editor.send(edit, {"name": "Mine alone", **carried(editor.get(edit))}, 303)
    assert not links(viewer.get("/views"), "/plans/")
    editor.send(remove, carried(editor.get(remove)), 303)
    assert "No view is saved yet." in words(editor.get("/views"))
    editor.send(remove, {"version": "1"}, 404)


@pytest.mark.parametrize(
    "of",
    ["//evil.example", "https://evil.example/plans", "/sign-out", "/admin/journal/verify", "x", "/plans/1"],
)
def test_only_a_list_of_the_service_is_saved(editor, of):
    editor.get(f"/views/new?of={of}", 422)
    editor.send(f"/views/new?of={of}", {"name": "x"}, 422)


def test_a_viewer_keeps_views_and_is_not_asked_to_share_them(viewer):
    assert "Share it" not in viewer.get("/views/new?of=/data-quality")


def test_what_changed_and_the_plans_download(editor):
    days = "compare=2024-04-30&as_at=2024-06-30"
    [heading, *rows] = rows_of(editor, f"/changes?plan={plan_path(editor).split('/')[2]}&{days}")
    assert heading == ["What", "Record", "Change", "Why"]
    text = words(editor.get(f"/changes?{days}"))
    assert rows
    assert rows[0][0] in text
    plans = rows_of(editor, "/plans", "xlsx")
    assert [row[0] for row in plans] == ["Ref", "PAP", "DBV"]
    assert plans[1][5:7] == [89, 93]


def test_periods_registers_what_was_found_and_the_journal_are_files_too(editor, area, http):
    plan = plan_path(editor)
    for ref, first, last in (("2024-02", "1", "29"), ("2024-01", "1", "31")):
        month = ref[-1]
        typed = {"ref": ref, "set_aside": ""}
        typed |= {
            f"first_day-{part}": value for part, value in (("day", first), ("month", month), ("year", "2024"))
        }
        typed |= {
            f"last_day-{part}": value for part, value in (("day", last), ("month", month), ("year", "2024"))
        }
        editor.send(f"{plan}/periods/new", fields(editor.get(f"{plan}/periods/new")) | typed, 303)
    listed = f"/periods?plan={plan.rpartition('/')[2]}"
    head, *rows = rows_of(editor, listed)
    assert head[:4] == ["Ref", "Period", "First day", "Last day"]
    assert [row[0] for row in rows] == ["2024-02", "2024-01"]
    html = editor.get(f"{listed}&sort=first_day")
    assert 'aria-sort="ascending"' in html
    assert [row[0] for row in rows_of(editor, f"{listed}&sort=first_day", "xlsx")[1:]] == [
        "2024-01",
        "2024-02",
    ]
    editor.get(f"{listed}&sort=ref", 422)

    head, register = rows_of(editor, "/registers")[:2]
    assert dict(zip(head, register, strict=True))["Matrix version"] == "1"
    head, *found = rows_of(editor, "/search?q=survey")
    assert head[:3] == ["Kind of record", "Record", "State"]
    assert ["Actions", "Delayed"] in [[row[0], row[2]] for row in found]

    admin = Visitor(http, doors.session(area, Role.admin))
    head, *entries = rows_of(admin, "/admin/journal?noun=period")
    assert [dict(zip(head, one, strict=True))["Record"] for one in entries] == ["2024-01", "2024-02"]
    oldest = rows_of(admin, "/admin/journal?noun=period&sort=recorded", "xlsx")[1:]
    assert [one[-1] for one in oldest] == ["2024-02", "2024-01"]
    assert 'aria-sort="descending"' in admin.get("/admin/journal")
    editor.get("/admin/journal?download=csv", 403)
    assert "Choose a kind of record from the list." in words(admin.get("/admin/journal?noun=bogus", 422))
    assert "not before “From”" in words(admin.get("/admin/journal?since=2024-05-02&until=2024-05-01", 422))
    for of in (listed, "/registers", "/search?q=survey"):
        assert "Save this view" in words(editor.get(of))
