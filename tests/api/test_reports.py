"""Board reports through the API: every format, of a period and of a day, with the same figures."""

from typing import Any

import pytest

from app.services.report_files import FORMATS
from tests.doors import Program

Ids = dict[str, str]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_is_answered_in_every_format(program: Program, ids: Ids, kind: str) -> None:
    period = program.get(f"/periods/{ids['published_period_id']}", 200).json()
    for there, of in ((f"/periods/{period['id']}", f"-{period['ref']}"), (f"/plans/{ids['plan_id']}", "")):
        answer = program.get(f"{there}/report.{kind}", 200)
        assert answer.headers["content-type"] == FORMATS[kind].media_type
        name = answer.headers["content-disposition"]
        assert name.startswith(f'attachment; filename="SIP{of}-board-report-20')
        assert name.endswith(f'.{kind}"')
        tag = answer.headers["etag"]
        program.get(f"{there}/report.{kind}", 304, headers={"if-none-match": tag})
        again = program.get(f"{there}/report.{kind}", 200, headers={"cache-control": "no-cache"})
        assert (again.content, again.headers["etag"]) == (answer.content, tag)


def test_the_report_of_a_day_has_the_figures_of_progress_on_that_day(program: Program, ids: Ids) -> None:
    plan = f"/plans/{ids['plan_id']}"
    for query in ("", "?as_at=2024-05-01"):
        content = program.get(f"{plan}/report.json{query}", 200).json()
        progress = program.get(f"{plan}/progress{query}", 200).json()
        assert content["as_at"] == progress["as_at"]
        assert content["overall"]["progress"] == progress["overall"]
        for mine, known in zip(content["priorities"], progress["priorities"], strict=True):
            assert mine["progress"] == {name: known[name] for name in mine["progress"]}
        assert (content["published"], content["period"]) == (False, None)


def test_the_report_of_a_day_has_the_risks_of_that_day(program: Program, ids: Ids) -> None:
    def risks(query: str) -> dict[str, Any]:
        content = program.get(f"/plans/{ids['plan_id']}/report.json{query}", 200).json()
        sections = [*content["priorities"], content["general"]]
        return {one["id"]: one["current"] for section in sections for one in section["risks"]}

    listed = program.get(f"/registers/{ids['register_id']}/risks", 200).json()["items"]
    assert risks("") == {one["id"]: one["current"] for one in listed if one["state"] != "closed"}
    assert risks("?as_at=2024-01-01") == {}


def test_a_report_changes_with_what_it_tells(program: Program, ids: Ids) -> None:
    there = f"/plans/{ids['plan_id']}/report.html"
    before = program.get(there, 200)
    program.patch(f"/priorities/{ids['priority_id']}", {"title": "Governing well"}, 200)
    after = program.get(there, 200, headers={"if-none-match": before.headers["etag"]})
    assert "Governing well" in after.text
    assert "Governing well" not in before.text


def test_there_is_no_report_of_a_day_to_come_nor_of_what_is_not_there(program: Program, ids: Ids) -> None:
    for kind in FORMATS:
        program.get(f"/plans/{ids['plan_id']}/report.{kind}?as_at=2024-07-02", 422)
        program.get(f"/plans/{ids['period_id']}/report.{kind}", 404)
        program.get(f"/periods/{ids['plan_id']}/report.{kind}", 404)
    program.get(f"/plans/{ids['plan_id']}/report.eps", 404)
