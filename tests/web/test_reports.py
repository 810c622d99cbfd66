"""Pages of board reports: choosing one, reading it, and the files beside it."""

import json

import pytest

from app.services.report_files import FORMATS
from tests.web.conftest import Visitor, links, plan_path, words
from tests.web.test_periods import add, published


def test_a_report_is_chosen_by_plan_and_day(viewer: Visitor) -> None:
    html = viewer.get("/reports")
    assert 'value="2024-07-01"' in html
    assert "SEND priority action plan" in html
    plan = plan_path(viewer)
    assert f'action="{plan}/report"' in html
    page = viewer.get(f"{plan}/report?as_at=2024-06-30")
    text = words(page)
    assert "Position as at 30 June 2024" in text
    assert "61% of action points are complete or on target (57 of 93)." in text
    for kind in FORMATS:
        assert f'href="{plan}/report.{kind}?as_at=2024-06-30"' in page
    assert page.count("<h1") == 1


def test_another_plan_is_chosen_by_its_id(viewer: Visitor) -> None:
    first = plan_path(viewer).rpartition("/")[2]
    html = viewer.get(f"/reports?plan={first}")
    assert f'value="{first}" selected' in html
    viewer.get("/reports?plan=nonsense", 422)
    viewer.get(f"/reports?plan={'0' * 8}-0000-7000-8000-{'0' * 12}", 404)


def test_a_published_period_leads_to_its_report(editor: Visitor) -> None:
    period = published(editor)
    assert f"{period}/report" in links(editor.get(period), period)
    listed = editor.get("/reports")
    assert f"{period}/report" in links(listed, period)
    for kind in FORMATS:
        assert f"{period}/report.{kind}" in links(listed, period)
    page = words(editor.get(f"{period}/report"))
    assert "Published: these figures stay as they are" in page
    assert "April to June 2024, position as at 30 June 2024" in page


def test_the_report_of_a_draft_says_that_it_is_one(editor: Visitor) -> None:
    assert "Draft, not yet published" in words(editor.get(f"{add(editor)}/report"))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_is_downloaded_in_every_format(viewer: Visitor, kind: str) -> None:
    answer = viewer.answer("GET", f"{plan_path(viewer)}/report.{kind}?as_at=2024-06-30")
    name = f"PAP-board-report-2024-06-30.{kind}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"] == FORMATS[kind].media_type
    if kind == "json":
        assert json.loads(answer.content)["overall"]["progress"]["action_points"] == 93


def test_a_day_to_come_has_no_report(viewer: Visitor) -> None:
    viewer.get(f"{plan_path(viewer)}/report?as_at=2024-07-02", 422)
