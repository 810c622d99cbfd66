"""Whether the service says that it lives and is ready, to the machines that ask."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app import db
from app.api import health
from app.clock import now
from app.main import create_app
from app.migrations import downgrade, upgrade
from app.models.base import new_id
from app.services import housekeeping


@pytest.fixture
def client(database: str) -> Iterator[TestClient]:
    with TestClient(create_app(), raise_server_exceptions=False) as found:
        yield found


def test_it_is_ready_without_a_worker_and_says_so(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {"database": "ok", "migration": "ok", "worker": None}


def test_it_tells_when_a_worker_was_last_seen(client: TestClient) -> None:
    seen_at = now().replace(microsecond=0)
    with db.write(None) as writer:
        housekeeping.beat(writer, housekeeping.Worker(new_id(), "worker-0a1b2c3d", seen_at), seen_at)
    said = seen_at.isoformat().replace("+00:00", "Z")
    assert client.get("/readyz").json()["worker"] == {"status": "ok", "seen_at": said}


@pytest.mark.parametrize("revision", ["base", "0003"])
def test_a_database_that_is_behind_is_not_ready(client: TestClient, database: str, revision: str) -> None:
    downgrade(database, revision)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "migration": "behind", "worker": None}
    upgrade(database)
    assert client.get("/readyz").status_code == 200


def test_a_database_that_cannot_be_reached_is_not_ready(client: TestClient, database_kind: str) -> None:
    nowhere = {"sqlite": "sqlite:////nowhere/at/all.db", "postgresql": "postgresql://nobody@127.0.0.1:1/none"}
    db.open(nowhere[database_kind])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "unreachable", "migration": None, "worker": None}
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("head", "status", "said"), [("0001", 200, "ok"), ("9999", 503, "behind")])
def test_a_database_that_is_ahead_is_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, head: str, status: int, said: str
) -> None:
    monkeypatch.setattr(health, "HEAD", head)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migration"]) == (status, said)
