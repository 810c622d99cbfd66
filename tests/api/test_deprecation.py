"""A route that will go says so: in the contract, and on each of its answers. No real route does yet."""

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.testclient import TestClient

from app.api.deprecation import deprecated
from app.api.problems import render
from app.api.routing import PREFIX, Route, api_router
from app.errors import NotFound, ServiceError
from tests import doors

SINCE, SUNSET, LINK = date(2026, 1, 1), date(2027, 1, 1), "https://tracker.example/reference#changes"
HEADERS = {
    "deprecation": "@1767225600",
    "sunset": "Fri, 01 Jan 2027 00:00:00 GMT",
    "link": f'<{LINK}>; rel="deprecation"; type="text/html"',
}
router = api_router("plans")


@router.get("/old", openapi_extra=deprecated(SINCE, SUNSET, LINK))
def old(number: int = 0) -> Response:
    """An address that will go."""
    if number:
        raise NotFound("number")
    return Response("{}", media_type="application/json", headers={"link": '</next>; rel="next"'})


@router.post("/old", openapi_extra=deprecated(SINCE, SUNSET, LINK))
def old_post() -> Response:
    """An address that will go."""
    return Response("{}", media_type="application/json")


@router.get("/new")
def new() -> Response:
    """An address that stays."""
    return Response("{}", media_type="application/json")


@pytest.fixture(scope="module")
def site() -> FastAPI:
    app = FastAPI()
    app.router.routes.extend(router.routes)
    for kind in (ServiceError, RequestValidationError):
        app.add_exception_handler(kind, render)
    return app


@pytest.fixture(scope="module")
def http(site: FastAPI) -> Iterator[TestClient]:
    with TestClient(site) as started:
        yield started


def test_every_answer_says_since_when_until_when_and_what_to_read(http: TestClient) -> None:
    answers = [http.get(f"{PREFIX}/old"), http.post(f"{PREFIX}/old")]
    answers += [http.get(f"{PREFIX}/old?number=1"), http.get(f"{PREFIX}/old?number=x")]
    answers += [http.get(f"{PREFIX}/old?colour=red")]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 422, 422]
    for answer in answers:
        assert answer.headers["deprecation"] == HEADERS["deprecation"]
        assert answer.headers["sunset"] == HEADERS["sunset"]
        assert HEADERS["link"] in answer.headers.get_list("link")


def test_links_of_the_answer_itself_stay(http: TestClient) -> None:
    assert http.get(f"{PREFIX}/old").headers.get_list("link") == ['</next>; rel="next"', HEADERS["link"]]


def test_other_routes_say_nothing(http: TestClient) -> None:
    assert HEADERS.keys().isdisjoint(http.get(f"{PREFIX}/new").headers.keys())


def test_the_contract_says_it_too(site: FastAPI) -> None:
    operations = site.openapi()["paths"][f"{PREFIX}/old"]
    for operation in operations.values():
        assert operation["deprecated"] is True
        assert operation["x-deprecated-since"] == "2026-01-01"
        assert operation["x-sunset"] == "2027-01-01"
        assert operation["externalDocs"]["url"] == LINK
    names = [one["name"] for one in operations["post"]["parameters"]]
    assert names == ["Idempotency-Key"]
    assert "deprecated" not in site.openapi()["paths"][f"{PREFIX}/new"]["get"]


def test_a_route_goes_on_answering_for_a_year_at_least() -> None:
    with pytest.raises(ValueError, match="for a year at least"):
        deprecated(SINCE, date(2026, 12, 31), LINK)


def test_no_route_of_the_api_is_deprecated_yet_and_each_could_be() -> None:
    """The first one that is takes this test away, and its line stands in the changelog."""
    routes = [one for one in doors.application().routes if getattr(one, "path", "").startswith(PREFIX)]
    assert len(routes) > 50
    assert all(isinstance(one, Route) for one in routes)
    assert not any("x-sunset" in (one.openapi_extra or {}) for one in routes if isinstance(one, Route))
