"""A whole plan as a file for who has no token: what the API answers, asked for on the plan's page."""

import json

from tests.transfer import csvw
from tests.web.conftest import Visitor, links, plan_path


def test_a_plan_leads_to_its_registers_and_periods(viewer: Visitor) -> None:
    plan = plan_path(viewer)
    html = viewer.get(plan)
    [register] = links(html, "/registers/")
    assert f'href="/periods?plan={plan.rpartition("/")[2]}"' in html
    viewer.get(register)


def test_a_plan_is_exported_on_its_page_as_the_api_exports_it(viewer: Visitor) -> None:
    plan = plan_path(viewer)
    as_json, as_csv = (f"{plan}/export.{kind}" for kind in ("json", "zip"))
    assert {as_json, as_csv} <= set(links(viewer.get(plan), f"{plan}/export"))
    answer = viewer.answer("GET", as_json)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="PAP-')
    found = json.loads(answer.content)
    _, files = csvw.read(viewer.answer("GET", as_csv).content)
    assert len(found["actions"]) == 89
    rows = {f"{name}.csv": len(value) for name, value in found.items() if isinstance(value, list)}
    assert {name: len(one) for name, one in files.items()} == rows
