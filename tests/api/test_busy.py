"""What a program is told when others write for longer than a request waits."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app import engines
from tests import doors
from tests.databases import open_copy


@pytest.fixture
def url(database_kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database whose locks are waited for half a second."""
    monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", 0.5)
    with open_copy("migrated", database_kind) as found:
        yield found


def test_a_request_that_waits_too_long_for_others_is_told_when_to_come_again(
    url: str, database_kind: str
) -> None:
    holder = sa.create_engine(engines.driver_url(url))
    hold = "BEGIN IMMEDIATE" if database_kind == "sqlite" else "SELECT 1 FROM areas FOR UPDATE"
    with doors.opened() as http:
        program = doors.Program(http, doors.token(doors.area("north"), "write"), is_checked=False)
        with holder.connect() as other:
            other.exec_driver_sql(hold)
            refused = program.http.post(f"{doors.API}/people", json={"name": "Post"}, headers=program.headers)
            other.rollback()
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert refused.json()["type"].endswith(":busy")
        program.post("/people", {"name": "Post"}, 201)
    holder.dispose()
