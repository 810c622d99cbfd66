"""API clients: secrets, scopes and the tokens that they are exchanged for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app import db
from app.access.roles import ROLE_OPERATIONS, SCOPE_OPERATIONS, Operation, Principal, Role, Scope
from app.clock import Moment
from app.errors import Invalid, NotAllowed, NotFound
from app.models.areas import AreaBase
from app.models.tables import access_tokens, client_secrets, clients, journal_entries
from app.services import access, areas, tokens
from app.services import clients as clients_service

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AT = Moment(NOW, date(2024, 7, 1))


@pytest.fixture
def area() -> Principal:
    with db.write(None) as writer:
        return areas.create_area(writer, AT, AreaBase(slug="north", name="North SEND Partnership"))


@pytest.fixture
def credentials(area: Principal) -> tuple[UUID, str]:
    return create(area)


def create(area: Principal, *scopes: Scope, at: Moment = AT, days: int = 365) -> tuple[UUID, str]:
    with db.write(area) as writer:
        return clients_service.create_client(
            writer, area, at, name="Reporting", scopes=scopes or [Scope.write, Scope.read], days=days
        )


def issue(
    client_id: UUID | str, secret: str, scope: str | None = None, now: datetime = NOW
) -> dict[str, Any]:
    with db.write(None) as writer:
        return tokens.issue_token(writer, str(client_id), secret, scope, now)


def later(**duration: float) -> datetime:
    return NOW + timedelta(**duration)


def test_secrets_are_stored_as_hashes_and_never_journalled(credentials: tuple[UUID, str]) -> None:
    client_id, secret = credentials
    with db.read(None) as reader:
        row = reader.execute(select(clients)).one()
        stored = reader.execute(select(client_secrets.c.secret_hash)).scalar_one()
        entry = reader.execute(select(journal_entries).where(journal_entries.c.noun == "client")).one()
    assert row.id == client_id
    assert secret not in stored
    assert (row.scopes, row.expires_at) == ("read write", later(days=365))
    assert set(entry.after) == {"name", "scopes", "expires_at", "quota"}


def test_a_token_lives_an_hour_and_carries_all_scopes_by_default(credentials: tuple[UUID, str]) -> None:
    answer = issue(*credentials)
    assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 3600, "read write")
    with db.read(None) as reader:
        row = reader.execute(select(access_tokens)).one()
    assert row.token_hash != answer["access_token"]
    assert row.expires_at == later(hours=1)


async def test_a_token_is_a_principal_until_its_client_is_revoked(area: Principal) -> None:
    present = Moment(datetime.now(UTC), AT.today)
    client_id, secret = create(area, Scope.read, at=present)
    token = issue(client_id, secret, now=present.now)["access_token"]
    who = await access.by_token(token)
    assert who is not None
    assert (who.kind, who.id, who.area_id) == ("client", client_id, area.area_id)
    assert who.operations == SCOPE_OPERATIONS[Scope.read]
    assert await access.by_token(token + "x") is None
    for _ in range(2):
        with db.write(area) as writer:
            clients_service.revoke_client(writer, area, present, client_id)
    assert await access.by_token(token) is None
    with pytest.raises(tokens.OAuthError):
        issue(client_id, secret, now=present.now)
    await db.close_lookup()


@pytest.mark.parametrize(
    ("granted", "asked", "given"),
    [
        ((Scope.read, Scope.write), "write read write", "read write"),
        ((Scope.write,), "read", "read"),
        ((Scope.admin,), "  ", "admin"),
        ((Scope.admin,), "read", "read"),
    ],
)
def test_a_narrower_scope_can_be_asked_for(
    area: Principal, granted: tuple[Scope, ...], asked: str, given: str
) -> None:
    assert issue(*create(area, *granted), asked)["scope"] == given


@pytest.mark.parametrize("asked", ["admin", "read admin", "READ", "everything", "re\x00ad"])
def test_a_scope_that_was_not_granted_is_refused(credentials: tuple[UUID, str], asked: str) -> None:
    with pytest.raises(tokens.OAuthError) as refused:
        issue(*credentials, asked)
    assert (refused.value.error, refused.value.status) == ("invalid_scope", 400)


def test_unknown_wrong_expired_and_malformed_clients_get_one_answer(credentials: tuple[UUID, str]) -> None:
    client_id, secret = credentials
    answers = set()
    for given_id, given_secret, now in (
        (client_id, secret + "x", NOW),
        (client_id, "", NOW),
        (client_id, "\ud800\x00", NOW),
        (uuid4(), secret, NOW),
        ("no id\x00", secret, NOW),
        (client_id, secret, later(days=365)),
    ):
        with pytest.raises(tokens.OAuthError) as refused:
            issue(given_id, given_secret, now=now)
        answers.add((refused.value.error, refused.value.error_description, refused.value.status))
    assert [(error, status) for error, _, status in answers] == [("invalid_client", 401)]


def test_a_token_never_outlives_its_client(area: Principal) -> None:
    answer = issue(*create(area, days=1), now=later(hours=23, minutes=50))
    assert answer["expires_in"] == 600


def test_expired_tokens_of_the_client_are_removed(credentials: tuple[UUID, str]) -> None:
    issue(*credentials)
    issue(*credentials, now=later(minutes=30))
    issue(*credentials, now=later(minutes=61))
    with db.read(None) as reader:
        kept = sorted(reader.execute(select(access_tokens.c.expires_at)).scalars())
    assert kept == [later(minutes=90), later(minutes=121)]


@pytest.mark.parametrize(
    ("grant_type", "error"),
    [
        (None, "invalid_request"),
        ("", "invalid_request"),
        ("password", "unsupported_grant_type"),
    ],
)
def test_only_client_credentials_are_granted(grant_type: str | None, error: str, database: str) -> None:
    tokens.check_grant_type("client_credentials")
    with pytest.raises(tokens.OAuthError) as refused:
        tokens.check_grant_type(grant_type)
    assert (refused.value.error, refused.value.status) == (error, 400)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"days": 0}, "/days"),
        ({"days": 3651}, "/days"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"name": "a\x00b"}, "/name"),
    ],
)
def test_a_wrong_client_is_refused(area: Principal, change: dict[str, Any], pointer: str) -> None:
    values = {"name": "Reporting", "scopes": [Scope.read], "days": 1} | change
    with db.write(area) as writer, pytest.raises(Invalid) as refused:
        clients_service.create_client(writer, area, AT, **values)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_only_an_administrator_of_the_area_manages_clients(
    area: Principal, credentials: tuple[UUID, str]
) -> None:
    client = Principal(
        "client", credentials[0], "Reporting", area.area_id, "North", frozenset({Operation.edit})
    )
    with db.write(area) as writer:
        with pytest.raises(NotAllowed):
            clients_service.create_client(writer, client, AT, name="X", scopes=[Scope.read])
        with pytest.raises(NotAllowed):
            clients_service.revoke_client(writer, client, AT, credentials[0])
    with db.write(None) as writer:
        other = areas.create_area(writer, AT, AreaBase(slug="south", name="South"))
    assert Operation.administer in ROLE_OPERATIONS[Role.admin]
    with db.write(other) as writer, pytest.raises(NotFound):
        clients_service.revoke_client(writer, other, AT, credentials[0])
