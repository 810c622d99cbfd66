"""The overview says in one sentence what changed, and leads to the rest."""

from datetime import date

import pytest

from app import db
from app.services import plans as plans_service
from app.web import overview
from tests import factories
from tests.web.conftest import links, words


def changed(html: str) -> str:
    return html[html.index('id="changed"') : html.index('id="risks"')]


def test_the_overview_says_what_changed_since_the_usual_day(viewer):
    html = changed(viewer.get("/?as_at=2024-06-30"))
    assert "Since 31 May 2024. Complete or on target " in words(html)
    (link,) = links(html, "/changes")
    assert "as_at=2024-06-30&compare=2024-05-31" in link
    there = words(viewer.get(link))
    assert "From 31 May to 30 June 2024." in there
    assert words(html).partition("2024. ")[2].partition(" All that")[0].strip() in there, "the same sentence"


def test_the_overview_says_what_changed_since_the_last_published_period(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=date(2024, 4, 30))
    text = words(changed(viewer.get("/?as_at=2024-06-30")))
    assert "Since 30 April 2024. Complete or on target rose from 44% (41 of 93) to 61% (57 of 93)." in text
    asked = changed(viewer.get("/?as_at=2024-06-30&compare=2024-04-01"))
    assert "Since 1 April 2024." in words(asked), "another day to compare with stays"


def test_the_overview_of_a_very_large_plan_only_leads_to_what_changed(
    viewer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(overview, "MOST_AT_ONCE", 92)
    html = changed(viewer.get("/"))
    assert "Complete or on target" not in words(html)
    assert "compare=2024-05-31" in links(html, "/changes")[0]


def test_a_status_that_is_better_than_its_dates_is_contradicted_by_them(area, viewer):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    priority = factories.make_priority(area, plan["id"], ref="PAP 9", title="Another")
    made = factories.make_action(area, priority, ref="9.1", due_on=date(2024, 5, 1))
    factories.update(
        area, made["id"], status="on_target", reason="Nearly done", effective_on=date(2024, 6, 20)
    )
    assert "1 status contradicted by its dates" in words(viewer.get("/"))
