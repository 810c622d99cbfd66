"""The reference of the API: every operation, parameter, field, error and example of the contract is shown."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import app.web as web
from app.access.roles import Role
from app.web.information import FOR_PROGRAMS, GUIDES
from tests import doors
from tests.web.conftest import Visitor, links, other_scripts, words

LARGEST = 250_000


def contract() -> dict[str, Any]:
    return doors.application().openapi()


def slug(operation: dict[str, Any]) -> str:
    return str(operation["tags"][0].replace(" ", "-"))


@pytest.fixture
def pages(anybody: Visitor) -> dict[str, str]:
    """Every page of the reference by its address."""
    index = anybody.get("/reference")
    addresses = [one for one in links(index, "/reference/") if "#" not in one and not one.endswith(".json")]
    assert len(addresses) > len(contract()["tags"])
    return {"/reference": index, **{one: anybody.get(one) for one in addresses}}


def test_every_operation_stands_on_the_page_of_its_tag(pages):
    for path, methods in contract()["paths"].items():
        for method, operation in methods.items():
            html = pages[f"/reference/{slug(operation)}"]
            name = operation["operationId"]
            assert f'id="{name}"' in html
            assert f'href="/reference/{slug(operation)}#{name}"' in pages["/reference"]
            section = html.partition(f'id="{name}"')[2].partition("</section>")[0]
            assert f"<strong>{method.upper()}</strong> {path}" in section
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter.get('name', 'If-None-Match')}</code>" in section, name
            for status in operation["responses"]:
                assert f">{status}</th>" in section, name
            for requirement in operation["security"]:
                assert requirement["client"][0] in words(section.partition("Scope: ")[2])


def test_every_object_and_field_that_is_linked_is_there(pages):
    for address, html in pages.items():
        for name in set(re.findall(r'href="#object-(\w+)"', html)):
            section = html.partition(f'id="object-{name}"')[2].partition("</section>")[0]
            assert section, f"{address}: {name}"
            for field in contract()["components"]["schemas"][name]["properties"]:
                assert f"<code>{field}</code>" in section, f"{address}: {name}.{field}"


def test_examples_are_shown_as_they_were_recorded(pages):
    for methods in contract()["paths"].values():
        for operation in methods.values():
            html = pages[f"/reference/{slug(operation)}"]
            section = html.partition(f'id="{operation["operationId"]}"')[2].partition("</section>")[0]
            shown = [unescape(one) for one in re.findall(r"<pre.*?><code>(.*?)</code>", section, re.DOTALL)]
            for answer in operation["responses"].values():
                content = answer.get("content", {}).get("application/json")
                if content and "example" in content:
                    assert json.loads(shown[-1]) == content["example"], operation["operationId"]


def test_every_kind_of_problem_has_a_section_to_which_operations_link(pages):
    html = pages["/reference/problems"]
    kinds = {one["kind"] for one in contract()["x-problem-types"]}
    assert set(re.findall(r'<h2 [^>]*id="([\w-]+)"', html)) == kinds
    linked = {one for page in pages.values() for one in re.findall(r"/reference/problems#([\w-]+)", page)}
    assert linked <= kinds
    for one in contract()["x-problem-types"]:
        assert one["sample"]["type"] in html


def test_every_event_stands_on_the_page_of_webhooks(pages):
    html = pages["/reference/webhooks"].partition('id="events"')[2].partition("</section>")[0]
    assert "<code>webhook-signature</code>" in html
    for name, one in contract()["webhooks"].items():
        assert f"<code>{name}</code>" in html
        assert one["post"]["description"].split("`")[0] in words(html), name


def test_pages_are_small_whole_and_need_nothing_from_elsewhere(pages):
    for address, html in pages.items():
        assert len(html.encode()) < LARGEST, f"{address}: {len(html.encode())} bytes"
        assert html.count("<h1") == 1
        assert other_scripts(html) == [], address
        assert " style=" not in html
        # Where tables stack, the stylesheet puts the name of its column before each cell.
        if address != "/reference":
            assert html.count("<table") == html.count("stack app-fields app-fields--"), address
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), f"{address}: an id stands twice"
        for there in re.findall(r'(?:href|src)="([^"]+)"', html):
            assert there.startswith(("/", "#")), f"{address}: {there}"
        for there in re.findall(r'href="#([^"]+)"', html):
            assert there in ids, f"{address}: #{there}"


def test_the_reference_serves_the_contract_and_says_when_it_is_the_same(anybody):
    answer = anybody.answer("GET", "/reference/openapi.json")
    assert answer.json() == contract()
    again = anybody.answer(
        "GET", "/reference/openapi.json", headers={"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_is_not_found(anybody):
    assert anybody.answer("GET", "/reference/nothing").status_code == 404
    assert anybody.answer("GET", "/help/nothing").status_code == 404


def test_the_reference_is_found_from_every_page(anybody, viewer):
    for html in (anybody.get("/sign-in"), viewer.get("/")):
        assert 'href="/reference"' in html
    assert 'href="/help/quick-start"' in anybody.get("/help")


def test_guides_link_only_to_what_is_there(anybody, http, area):
    admin, seen = Visitor(http, doors.session(area, Role.admin)), dict[str, str]()
    for name in [*GUIDES, *FOR_PROGRAMS]:
        html = anybody.get(f"/help/{name}").partition("<main")[2].partition("</main>")[0]
        assert html.count("<h1") == 1
        for there in re.findall(r'href="([^"]+)"', html):
            path, _, place = there.partition("#")
            if path.startswith("https://"):
                continue  # a standard, to read elsewhere; nothing is loaded from there
            if path and path not in seen:
                seen[path] = admin.get(path)
            target = seen[path] if path else html
            assert not place or f'id="{place}"' in target, f"{name}: {there}"


def test_every_guide_is_on_the_help_page(anybody):
    help_page = anybody.get("/help")
    assert {one.rpartition("/")[2] for one in links(help_page, "/help/")} == {*GUIDES, "quick-start"}
    shown = {path.stem for path in (Path(web.__file__).parent / "guides").glob("*.md")}
    assert shown == {*GUIDES, *FOR_PROGRAMS}


def test_tables_of_guides_say_their_columns_where_they_are_stacked(anybody):
    html = anybody.get("/help/webhooks")
    assert '<td role="cell"><span class="cell-label" aria-hidden="true">After the one before</span>' in html
    assert html.count('role="table"') == html.count("<table")


def test_no_two_pages_of_the_reference_have_one_title(pages):
    titles = [re.findall("<title>(.*?)</title>", html)[0] for html in pages.values()]
    assert len(titles) == len(set(titles)), titles
