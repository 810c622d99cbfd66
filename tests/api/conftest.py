"""For every test of the API: the application on a database of each kind, and an area of the test's own in it.

A file shares one database of each kind, since making one takes longer than most tests: areas keep the tests
apart, as they keep partnerships apart.
"""

import itertools
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.access.roles import Principal
from tests import doors
from tests.databases import KINDS, open_copy
from tests.doors import Program

_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn, for a whole file."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def http(database_kind: str) -> Iterator[TestClient]:
    """The application on a database of each kind, empty at first."""
    with open_copy("migrated", database_kind), doors.opened() as started:
        yield started


@pytest.fixture
def area(http: TestClient) -> Principal:
    """A new area, and the service acting in it."""
    return doors.area(f"north-{next(_numbers)}")


@pytest.fixture
def program(http: TestClient, area: Principal) -> Program:
    """A program of the area that may do everything that programs may."""
    return Program(http, doors.token(area, "read", "write", "admin"))


@pytest.fixture
def ids(http: TestClient, area: Principal) -> dict[str, str]:
    """The ids of a small plan and register in the area, by the names that addresses use."""
    return doors.records(Program(http, doors.token(area, "write"), is_checked=False))
