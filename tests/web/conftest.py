"""A visitor of the pages, signed in or not, on the sample."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from httpx2 import Response
from playwright.sync_api import Browser
from sqlalchemy import select
from starlette.testclient import TestClient

from app import db
from app.access.roles import Principal, Role
from app.demo import AREA
from app.models.tables import people
from app.services import areas as areas_service
from tests import doors, servers, visits
from tests.databases import copy_of

FORM = {"content-type": "application/x-www-form-urlencoded"}


class Visitor:
    """Somebody with a browser: asks for pages and sends forms."""

    def __init__(self, http: TestClient, session: str | None = None) -> None:
        self.http = http
        self.headers = {"cookie": f"session={session}"} if session else {}

    def get(self, path: str, expected: int = 200) -> str:
        """The HTML of a page; AssertionError when the status is not the expected one."""
        answer = self.answer("GET", path)
        assert answer.status_code == expected, f"{path} answered {answer.status_code}: {answer.text[-1500:]}"
        return str(answer.text)

    def answer(self, method: str, path: str, **options: Any) -> Response:
        """The whole answer."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **options)

    def send(self, path: str, fields: Mapping[str, str], expected: int) -> Response:
        """The answer to a form that was filled in and sent."""
        answer = self.answer("POST", path, data=dict(fields))
        assert answer.status_code == expected, f"{path} answered {answer.status_code}: {errors(answer.text)}"
        return answer


class _Fields(HTMLParser):
    """The fields of a page as a browser would send them back untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.found):
            self.found[self._select] = given.get("value") or ""
        elif (
            tag == "input"
            and name
            and name != "as_at"
            and (given.get("type") != "radio" or "checked" in given)
        ):
            self.found[name] = given.get("value") or ""


def _is_sent(given: Mapping[str, str | None]) -> bool:
    return given.get("type") != "radio" or "checked" in given


def fields(html: str) -> dict[str, str]:
    """What the forms of a page would send as they are."""
    reader = _Fields()
    reader.feed(html)
    return reader.found


def other_scripts(html: str) -> list[str]:
    """Scripts of a page that are not the one module of the service."""
    found = re.findall(r"<script[^>]*>[^<]*", html, re.IGNORECASE)
    return [tag for tag in found if not re.fullmatch(r'<script type="module" src="/static/\w+/app.js">', tag)]


def errors(html: str) -> list[str]:
    """The messages beside the fields of a form, in the order of the page."""
    found = re.findall(r'class="govuk-error-message">.*?</span>(.*?)</p>', html, re.DOTALL)
    return [unescape(message).strip() for message in found]


def words(html: str) -> str:
    """The page as somebody reads it: without tags, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def links(html: str, start: str) -> list[str]:
    """The addresses on a page that begin so, each once."""
    return list(dict.fromkeys(unescape(found) for found in re.findall(rf'href="({start}[^"]*)"', html)))


@pytest.fixture(scope="module")
def way(request: pytest.FixtureRequest) -> visits.Way:
    """How the pages are used: as the journey says, with the mouse and scripts where none is named."""
    found: visits.Way = getattr(request, "param", visits.SCRIPTS)
    return found


@pytest.fixture(scope="module")
def service(way: visits.Way) -> Iterator[servers.Service]:
    """The running service with a sample of the file's and the way's own, for journeys that change it."""
    with copy_of("sample", "sqlite") as url, servers.serve(url, "--no-worker") as started:
        yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service, way: visits.Way) -> Iterator[visits.Visit]:
    """Somebody who has not signed in yet, at the page to do so."""
    with visits.somebody(browser, service.address, way) as opened:
        yield opened


@pytest.fixture
def http(sample_database: str) -> Iterator[TestClient]:
    """The application on a copy of the sample, on both databases."""
    with doors.opened() as client:
        yield client


@pytest.fixture
def area(http: TestClient) -> Principal:
    """The sample's area."""
    with db.read(None) as reader:
        return areas_service.by_slug(reader, AREA.slug)


@pytest.fixture
def editor(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.editor))


@pytest.fixture
def viewer(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.viewer))


@pytest.fixture
def stranger(http: TestClient) -> Visitor:
    """Somebody who may do everything in another area."""
    return Visitor(http, doors.session(doors.area("south"), Role.admin))


@pytest.fixture
def anybody(http: TestClient) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(http)


@pytest.fixture
def chair(http: TestClient, area: Principal) -> Visitor:
    """A contributor: the chair of the Parent Carer Forum, who leads the survey (1.9) and little else."""
    with db.read(area) as reader:
        found = reader.execute(select(people.c.id).where(people.c.name == "Parent Carer Forum chair"))
        person_id = str(found.scalar_one())
    return Visitor(http, doors.session(area, Role.contributor, person_id))


def plan_path(visitor: Visitor) -> str:
    """The address of the sample's priority action plan."""
    return _records(links(visitor.get("/plans"), "/plans/"))[0]


def priority_paths(visitor: Visitor) -> list[str]:
    """The addresses of its five priorities."""
    return _records(links(visitor.get(plan_path(visitor)), "/priorities/"))


def _records(addresses: list[str]) -> list[str]:
    """Those that are a record's own page: not the form of a new one, not a step with it."""
    return [one for one in addresses if re.fullmatch(r"/\w+/[0-9a-f-]{36}(\?.*)?", one)]


def action_path(visitor: Visitor, ref: str) -> str:
    """The address of one of its actions."""
    html = visitor.get(plan_path(visitor))
    return re.findall(rf'href="(/actions/[^"]+)">{re.escape(ref)} ', html)[0]


def risk_path(visitor: Visitor, ref: str) -> str:
    """The address of a risk of its register."""
    html = visitor.get(links(visitor.get("/registers"), "/registers/")[0])
    return re.findall(rf'href="(/risks/[^"]+)">{re.escape(ref)} ', html)[0]
