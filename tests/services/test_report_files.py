"""Board reports as files: of a stored copy or of what is known now, made without the database."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import db
from app.cli import values
from app.errors import Invalid, NotFound
from app.models.area_settings import DEFAULT_COLOURS, AreaLook
from app.models.commentaries import CommentaryPut
from app.models.periods import ErratumCreate
from app.models.plans import PlanUpdate
from app.services import area_settings, commentaries, errata, plans, publications, report_files, reports
from app.services.images import read_image
from tests.factories import (
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_period,
    make_plan,
    make_published,
    make_risk,
    pair,
    png,
    publish,
    see,
    update,
)

LAST_DAY = date(2024, 6, 30)


@pytest.fixture
def period(people: Cast, priority: Shown, register: Shown) -> Shown:
    """A draft whose plan has an action that is delayed and overdue, a risk, and a meeting to come."""
    action = make_action(people.editor, priority, due_on=date(2024, 5, 31))
    update(
        people.editor,
        action["id"],
        status="delayed",
        narrative="Two posts are vacant.",
        effective_on=date(2024, 6, 3),
    )
    make_risk(
        people.editor, register["id"], priority_id=priority["id"], current=pair(4, 4), target=pair(2, 2)
    )
    return make_period(people.editor, priority["plan_id"], meeting_on=date(2024, 7, 18))


def report(who: Any, **of: Any) -> tuple[Shown, Any]:
    found: tuple[Shown, Any] = see(report_files.report, who, today=TODAY, **of)
    return found


def test_what_changed_is_told_against_what_was_published_not_against_what_is_known_of_it_now(
    people: Cast, period: Shown
) -> None:
    publish(people.editor, period)
    [late] = see(reports.of_day, people.viewer, period["plan_id"], today=TODAY, day=TODAY)["priorities"][0][
        "actions"
    ]
    update(
        people.editor,
        UUID(late["id"]),
        status="on_target",
        effective_on=date(2024, 6, 15),
        reason="Both posts were filled.",
    )
    content, _ = report(people.viewer, plan_id=period["plan_id"], as_at=TODAY)
    assert content["changes"]["earlier"]["complete_or_on_target"]["count"] == 0
    assert content["changes"]["statuses"]["on_target"] == {"earlier": 0, "came": 1, "left": 0, "later": 1}
    assert "rose from 0% (0 of 1) to 100% (1 of 1)" in content["changes"]["sentence"]
    assert "0% (0 of 1) was published for 30 June 2024" in content["changes"]["sentence"]


def test_a_published_period_is_reported_from_its_stored_copy_for_ever(people: Cast, period: Shown) -> None:
    publish(people.editor, period)
    stored = see(publications.content, people.viewer, period["id"])
    content, look = report(people.viewer, period_id=period["id"])
    before = {kind: report_files.made(content, look, kind) for kind in report_files.MADE}
    assert before["json"].data == stored

    make_action(
        people.editor,
        {"id": json.loads(stored)["priorities"][0]["id"], "plan_id": period["plan_id"]},
        ref="1.2",
        title="Added since",
        reason="Forgotten",
    )
    do(plans.change_plan, people.editor, period["plan_id"], PlanUpdate(title="Renamed"), version=None)
    content, look = report(people.viewer, period_id=period["id"])
    for kind, made in before.items():
        assert report_files.made(content, look, kind) == made


def test_an_erratum_stands_beside_the_stored_copy_and_not_in_it(people: Cast, period: Shown) -> None:
    publish(people.editor, period)
    do(errata.add_erratum, people.editor, period["id"], ErratumCreate(text="Action 1.1 was on target."))
    content, look = report(people.viewer, period_id=period["id"])
    assert "Action 1.1 was on target." in report_files.made(content, look, "html").data.decode()
    stored = see(publications.content, people.viewer, period["id"])
    assert report_files.made(content, look, "json").data == stored


def test_a_draft_is_reported_as_it_would_be_published(people: Cast, period: Shown) -> None:
    do(
        commentaries.write_commentary,
        people.editor,
        period["id"],
        CommentaryPut(text="A good quarter."),
        version=None,
    )
    content, look = report(people.viewer, period_id=period["id"])
    assert content["published"] is False
    page = report_files.made(content, look, "html").data.decode()
    assert "Draft, not yet published" in page
    assert "A good quarter." in page


def test_a_day_is_reported_like_the_period_that_ends_on_it_but_for_what_is_of_the_period(
    people: Cast, period: Shown
) -> None:
    of_period, _ = report(people.viewer, period_id=period["id"])
    of_day, _ = report(people.viewer, plan_id=period["plan_id"], as_at=LAST_DAY)
    assert of_day["period"] is None
    assert {**of_day, "period": of_period["period"]} == of_period


def test_a_day_looks_ahead_to_the_next_meeting_where_one_is_known(people: Cast, period: Shown) -> None:
    def until(day: date) -> str | None:
        found = see(reports.of_day, people.viewer, period["plan_id"], today=TODAY, day=day)
        return str(found["falls_due"]["until"]) if "falls_due" in found else None

    assert until(LAST_DAY) == "2024-07-18"
    other = make_plan(people.editor, ref="DBV")
    content, _ = report(people.viewer, plan_id=other["id"])
    assert "falls_due" not in content
    assert content["as_at"] == str(TODAY)


def test_a_day_tells_what_changed_since_the_last_published_period(people: Cast, period: Shown) -> None:
    make_published(people.editor, period["plan_id"])
    content, look = report(people.viewer, plan_id=period["plan_id"], as_at=LAST_DAY)
    assert content["changes"]["compare"] == "2024-03-31"
    page = report_files.made(content, look, "html").data.decode()
    assert "What changed since 31 March 2024" in page


def test_a_plan_without_anything_is_reported_in_every_format(people: Cast) -> None:
    empty = make_plan(people.editor, ref="NEW 1 & 2")
    content, look = report(people.viewer, plan_id=empty["id"])
    for kind, one in report_files.MADE.items():
        made = report_files.made(content, look, kind)
        assert made.name == f"NEW-1-2-board-report-2024-07-01.{kind}"
        assert made.media_type == one.media_type
        assert made.data
    assert b"No risks identified." in report_files.made(content, look, "html").data


def test_files_are_made_without_the_database(people: Cast, period: Shown) -> None:
    content, look = report(people.viewer, period_id=period["id"])
    db.close()
    for kind in report_files.MADE:
        assert report_files.made(content, look, kind).data


def test_a_report_has_the_areas_name_logo_and_colours(people: Cast, period: Shown) -> None:
    _, look = report(people.viewer, period_id=period["id"])
    assert (look.name, look.logo, look.accent) == ("North SEND Partnership", b"", DEFAULT_COLOURS["brand"])
    assert look.statuses is None
    image = read_image(png(16))
    do(area_settings.set_logo, people.admin, image)
    own = AreaLook(name="Northern area", brand_colour="#003366", delayed_colour="#5a3300")
    do(area_settings.change_look, people.admin, own)
    _, look = report(people.viewer, period_id=period["id"])
    assert (look.name, look.logo, look.accent) == ("Northern area", image.content, "#003366")
    assert look.statuses == {"delayed": "#5a3300"}


def test_nobody_reports_on_what_is_not_there(people: Cast, period: Shown) -> None:
    for who, of in (
        (people.stranger, {"period_id": period["id"]}),
        (people.stranger, {"plan_id": period["plan_id"]}),
        (people.viewer, {"period_id": uuid4()}),
        (people.viewer, {"plan_id": uuid4()}),
    ):
        with pytest.raises(NotFound):
            report(who, **of)
    with pytest.raises(Invalid):
        report(people.viewer, plan_id=period["plan_id"], as_at=date(2024, 7, 2))


def test_the_command_offers_every_format() -> None:
    assert {*values.FORMATS} == {*report_files.MADE}
