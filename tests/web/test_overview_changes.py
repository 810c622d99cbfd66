"""The overview says what changed since a day, kind by kind, and leads to every change in sentences."""

from datetime import date

from app import db
from app.services import actions as actions_service
from app.services import lists
from app.services import plans as plans_service
from app.services import updates as updates_service
from bench.queries import counted
from tests import factories
from tests.web.conftest import links, words


def changed(html: str) -> str:
    return html[html.index('id="changed"') : html.index('id="risks"')]


def test_the_overview_says_what_changed_since_the_usual_day(viewer):
    html = viewer.get("/?as_at=2024-06-30")
    text = words(changed(html))
    assert "What changed since 31 May 2024?" in text
    assert "became delayed (" in text
    assert "61% of action points are complete or on target (57 of 93), down from 76% on 31 May." in words(
        html
    )
    (link,) = links(changed(html), "/changes")
    assert "as_at=2024-06-30&compare=2024-05-31" in link
    there = words(viewer.get(link))
    assert "From 31 May to 30 June 2024." in there
    assert "fell from 76% (71 of 93) to 61% (57 of 93)" in there, "the same figures"


def test_the_overview_says_what_changed_since_the_last_published_period(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=date(2024, 4, 30))
    html = viewer.get("/?as_at=2024-06-30")
    assert "(57 of 93), up from 44% on 30 April. 22% are delayed (20 of 93), up from 0%." in words(html)
    assert "(57 of 93), the same as on 30 June. 22%" in words(viewer.get("/?compare=2024-06-30"))
    text = words(changed(html))
    assert "14 actions were completed , 12 of them under PAP 5. Complete rose from 3 to 17." in text
    assert "20 became delayed (16 actions). Delayed rose from 0 to 20." in text
    assert "32 started , 20 of them under PAP 5. Not started fell from 52 to 16." in text
    asked = changed(viewer.get("/?as_at=2024-06-30&compare=2024-04-01"))
    assert "What changed since 1 April 2024?" in words(asked), "another day to compare with stays"


def test_the_table_by_priority_says_from_which_share_to_which_each_has_moved(viewer):
    html = viewer.get("/?as_at=2024-06-30&compare=2024-04-30")
    text = words(html)
    assert "Complete or on target, 30 April to 30 June" in text
    for row in ("78% to 56% 5 of 9", "60% to 60% 3 of 5", "57% to 71% 5 of 7", "44% to 61% 57 of 93"):
        assert row in text, row
    same = words(viewer.get("/?as_at=2024-06-30&compare=2024-06-30"))
    assert "Nothing was recorded that changed the status or the dates of an action." in same


def test_a_status_that_is_better_than_its_dates_is_contradicted_by_them(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    priority = factories.make_priority(area, plan["id"], ref="PAP 9", title="Another")
    made = factories.make_action(area, priority, ref="9.1", due_on=date(2024, 5, 1))
    factories.update(
        area, made["id"], status="on_target", reason="Nearly done", effective_on=date(2024, 6, 20)
    )
    assert "1 status contradicted by its dates" in words(viewer.get("/"))


def test_what_falls_due_before_the_next_board_is_counted_and_named(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    text = words(viewer.get("/?as_at=2024-06-30"))
    assert "due before the next board meeting" not in text, "no meeting is known"
    factories.make_period(
        area,
        plan["id"],
        ref="2024-06",
        first_day=date(2024, 5, 1),
        last_day=date(2024, 6, 30),
        meeting_on=date(2024, 8, 22),
    )
    text = words(viewer.get("/?as_at=2024-06-30"))
    assert "3 due before the next board meeting, 22 August 1.8, 2.4 and 4.9: all three are delayed" in text
    assert "1 completion date missed 1.9 Carry out the parent and carer survey" in text
    assert "30 days over, counted as 5 action points" in text


def test_a_lead_sees_what_of_their_own_is_stuck(chair):
    text = words(chair.get("/?as_at=2024-06-30"))
    assert "Yours, as lead 1 action past its due date 1.9 was due on 31 May, 30 days ago" in text
    assert "1 action delayed No path back to green: 1.9 was due on 31 May, 30 days ago" in text


def test_what_is_kept_of_the_overview_ends_with_every_change(area, viewer, chair):
    first = viewer.get("/")
    with counted() as statements:
        again = viewer.get("/")
    assert again == first
    assert statements == [], "kept until the area changes"
    with counted() as statements:
        assert viewer.answer("GET", "/", headers={"cache-control": "no-store"}).text == first
    assert 0 < len(statements) < 10, "made anew for who asks"
    assert "Yours, as lead" in chair.get("/"), "each person has their own"
    assert "Yours, as lead" not in viewer.get("/")
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_action(area, factories.make_priority(area, plan["id"], ref="PAP 9"), ref="9.1")
    with counted() as statements:
        changed_since = viewer.get("/")
    assert len(statements) <= 9, "nothing of before the change is used"
    with counted() as statements:
        chair.get("/")
    assert 0 < len(statements) <= 9, "what is remembered for everybody is used, what they lead is asked"
    assert changed_since != first
    assert "PAP 9" in changed_since


def test_what_is_recorded_about_a_published_day_is_a_change_since_what_was_published(area, viewer):
    """The board was given 61%: a completion that is learned of later is news to it, on every page."""
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
        found = actions_service.list_actions(
            reader, area, plan["id"], today=factories.TODAY, asked=lists.WHOLE
        )
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=date(2024, 6, 30))
    one = next(one for one in found["items"] if one["status"] == "delayed" and len(one["points"]) == 1)
    assert "Nothing was recorded that changed" in words(changed(viewer.get("/")))
    factories.update(
        area, one["id"], status="complete", effective_on=date(2024, 6, 25), reason="Learned of late."
    )
    note = (
        "61% (57 of 93) was published for 30 June 2024; as known now it is 62% (58 of 93). "
        f"One entry recorded since explains this: action {one['ref']}."
    )
    html = viewer.get("/")
    text = words(changed(html))
    assert "complete or on target (58 of 93), up from 61% as published for 30 June." in words(html)
    assert f"1 action was completed : {one['ref']}. Complete rose from 17 to 18." in text
    assert note in text
    assert "Nothing was recorded" not in text
    for path in ("/briefing", "/changes"):
        there = words(viewer.get(path))
        assert note in there, path
        assert "Complete or on target rose from 61% (57 of 93) to 62% (58 of 93)." in there, path
        assert "Delayed fell from 20 to 19." in there, path
        assert "Completed: 1" in there, path
    assert "Learned of late." in there
    assert "30 June 2024 (as published)" in there
    assert "as published for" not in words(viewer.get("/?compare=2024-06-29")), "that day was not published"


def test_a_published_action_that_is_now_known_to_begin_later_is_told_on_every_page(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    priority = factories.make_priority(area, plan["id"], ref="PAP 9", title="Another")
    made = factories.make_action(
        area, priority, ref="9.1", title="Begun later", effective_on=date(2024, 4, 9)
    )
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=date(2024, 4, 30))
    with db.read(area) as reader:
        (first,) = updates_service.list_updates(reader, area, made["id"])
    factories.update(
        area,
        made["id"],
        replaces=first["id"],
        effective_on=date(2024, 6, 10),
        reason="Added on the wrong day.",
        status="not_started",
        points=first["facts"]["points"],
    )
    days = "as_at=2024-05-31&compare=2024-04-30"
    for path in (f"/?{days}", f"/briefing?{days}", f"/changes?{days}"):
        there = words(viewer.get(path))
        assert "9.1 left the count: its first entry was corrected to 10 June 2024." in there, path
    show = f"/changes?{days}&show={priority['id']}"
    told = words(viewer.get(show))
    assert "Nothing happened to these records" not in told
    assert (
        "Left the count: 1 9.1 Begun later left the count : its first entry was corrected to 10 June 2024. "
        "Reason: Added on the wrong day. Said by:" in told
    )
    (link,) = links(viewer.get(show), f"/actions/{made['id']}")
    assert "Begun later" in viewer.get(link), "it is not there on the day shown, its page is of now"
    assert "Begun later" in viewer.get(f"{show}&download=csv")
