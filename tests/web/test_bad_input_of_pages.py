"""Bad input of pages: every page with odd ids and questions, every form empty, huge and wrong; never a 5xx.

Addresses and forms are taken from the application, so that none is missed. On PostgreSQL alone, which takes
no text with a NUL and no number that is too large for its column.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient

from app.access.roles import Principal, Role
from app.web.forms import LARGEST_FORM
from tests import doors
from tests.databases import open_copy
from tests.doors import Program
from tests.test_access import API_RULES, PUBLIC, RULES, routes
from tests.web.conftest import FORM, fields

PAGES = [route for route in RULES if route not in API_RULES and "/oauth/" not in route]
READ = [route for route in PAGES if route.startswith("GET")]
SENT = [route for route in PAGES if route.startswith("POST")]
IDS = ("%00", "%F0%9F%98%80", "a" * 3000, "../..")
# Text that nothing holds, and a number that nothing holds.
ODD = ("a\x00\ud800b", "9" * 400)
REFUSED = (400, 403, 404, 405, 409, 413, 422)


@dataclass(frozen=True, slots=True)
class Pages:
    """An admin's browser, on an area with one of everything."""

    http: TestClient
    area: Principal
    ids: dict[str, str]
    headers: dict[str, str]

    def address(self, route: str) -> str:
        """The address of a route with ids that there are."""
        missing = dict.fromkeys(("digest", "name", "token"), "x")
        return doors.address(route.split()[1], {**missing, **self.ids})

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """The answer; AssertionError for a 5xx."""
        headers = {**self.headers, **options.pop("headers", {})}
        answer = self.http.request(method, path, headers=headers, **options)
        assert answer.status_code < 500, f"{method} {path[:200]} {str(options)[:200]}"
        return answer

    def stored(self) -> tuple[dict[str, int], int]:
        return doors.counts(), doors.sequence(self.area.area_id)


@pytest.fixture(scope="module", params=["postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def pages(world: Pages) -> Pages:
    """A session of its own for each test: some forms end it."""
    return replace(world, headers={"cookie": f"session={doors.session(world.area, Role.admin)}"})


@pytest.fixture(scope="module")
def world(database_kind: str) -> Iterator[Pages]:
    with open_copy("migrated", database_kind), doors.opened() as http:
        area = doors.area("north")
        ids = doors.records(Program(http, doors.token(area, "write"), is_checked=False))
        yield Pages(http, area, ids | doors.client_ids(area), {})


def questions(pages: Pages, route: str) -> set[str]:
    """The names that the address of a page may ask with: those it declares, and those its page offers."""
    declared = {one.alias for one in _all(routes()[route].dependant)}  # type: ignore[attr-defined]
    path = pages.address(route)
    html = pages.ask("GET", path).text
    asking = "".join(re.findall(r'<form[^>]* method="get".*?</form>', html, re.DOTALL | re.IGNORECASE))
    offered = set(re.findall(r'<(?:input|select)[^>]* name="([\w-]+)"', asking))
    linked = re.findall(rf'href="{re.escape(path)}\?([^"]*)"', html)
    return declared | offered | {pair.partition("=")[0] for query in linked for pair in query.split("&amp;")}


def _all(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for one in dependant.dependencies:
        yield from _all(one)


@pytest.mark.parametrize("route", [route for route in PAGES if "{" in route])
def test_no_odd_id_in_an_address_breaks_a_page(pages: Pages, route: str) -> None:
    method, path = route.split()
    before = pages.stored()
    for odd in IDS:
        address = re.sub(r"\{\w+\}", lambda _, odd=odd: quote(odd, safe="%"), path)  # type: ignore[misc]
        answer = pages.ask(method, address, **({"data": {"reason": "x"}} if method == "POST" else {}))
        # An address that leads elsewhere is one of the pages that stand open.
        assert answer.status_code in (*REFUSED, *((200, 303) if RULES[route] == PUBLIC else ())), address
    assert pages.stored() == before


@pytest.mark.parametrize("route", READ)
def test_no_odd_question_breaks_a_page(pages: Pages, route: str) -> None:
    path, before = pages.address(route), doors.sequence(pages.area.area_id)
    for name in sorted({"as_at", "page", "download", *questions(pages, route)}):
        for odd in ODD:
            pages.ask("GET", f"{path}?{urlencode({name: odd.encode('utf-8', 'surrogatepass')})}")
    assert doors.sequence(pages.area.area_id) == before


@pytest.mark.parametrize("route", SENT)
def test_no_form_that_is_empty_huge_or_not_ours_breaks_a_page_or_changes_anything(
    pages: Pages, route: str
) -> None:
    path, before = pages.address(route), pages.stored()
    bodies: list[tuple[bytes, dict[str, str]]] = [
        (b"", {}),
        (b"&&=&=x&%00=%00&\xff\xfe=\xff&version=x&set_aside=x&seen=x:y", FORM),
        (b"reason=" + b"x" * LARGEST_FORM, FORM),
        (b"&".join(b"a%d=1" % number for number in range(1001)), FORM),
        (b'{"reason": "x"}', {"content-type": "application/json"}),
        (b"--x\r\n\r\n--x--", {"content-type": "multipart/form-data; boundary=x"}),
    ]
    for body, headers in bodies:
        answer = pages.ask("POST", path, content=body, headers=headers)
        # Signing out sends no fields.
        expected = (*REFUSED, 303) if RULES[route] == PUBLIC else REFUSED
        assert answer.status_code in expected, (answer.status_code, body[:40])
    assert pages.stored() == before


# One's own account asks for the password first, and the users of these tests have none.
FORMS = [one for one in SENT if f"GET {one.split()[1]}" in RULES and "/account/" not in one]


@pytest.mark.parametrize("route", FORMS)
def test_no_odd_text_in_any_field_breaks_a_form(pages: Pages, route: str) -> None:
    path = pages.address(route)
    shown = fields(pages.ask("GET", path).text)
    # Some forms are whole with odd text in them: what they carry along is odd too in the first round only.
    carried = {name: shown[name] for name in ("version", "set_aside", "seen") if name in shown}
    for odd, kept in ((ODD[0], {}), (ODD[0], carried), (ODD[1], carried)):
        data = urlencode({**dict.fromkeys(shown, odd.encode("utf-8", "surrogatepass")), **kept}).encode()
        pages.ask("POST", path, content=data, headers=FORM)


def test_no_draft_breaks_on_what_is_typed(pages: Pages) -> None:
    for typed in (odd.encode("utf-8", "replace") for odd in ODD):
        data = urlencode([("draft", "/plans/new"), ("title", typed), (typed, "x")]).encode()
        assert pages.ask("POST", "/drafts", content=data, headers=FORM).status_code == 204
        assert pages.ask("GET", "/plans/new").status_code == 200
