"""For every test of the API: the application on an empty database, a program that may do everything."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.access.roles import Principal
from tests import doors
from tests.doors import Program


@pytest.fixture
def http(database: str) -> Iterator[TestClient]:
    """The application on an empty database of each kind."""
    with doors.opened() as started:
        yield started


@pytest.fixture
def area(database: str) -> Principal:
    """An area, and the service acting in it."""
    return doors.area("north")


@pytest.fixture
def program(http: TestClient, area: Principal) -> Program:
    """A program of the area that may do everything that programs may."""
    return Program(http, doors.token(area, "read", "write", "admin"))


@pytest.fixture
def ids(program: Program) -> dict[str, Any]:
    """The ids of a small plan and register in the area, by the names that addresses use."""
    return doors.records(program)
