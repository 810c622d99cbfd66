"""API clients: secrets, scopes and the tokens that they are exchanged for."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app import db
from app.access.roles import ROLE_OPERATIONS, SCOPE_OPERATIONS, Operation, Principal, Role, Scope
from app.clock import Moment
from app.errors import Conflict, Invalid, NotAllowed, NotFound, PreconditionFailed
from app.models.areas import AreaBase
from app.models.tables import access_tokens, client_secrets, clients, journal_entries
from app.services import access, areas, tokens
from app.services import clients as clients_service
from tests.factories import cast, do, refused, see

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


# --- Secrets ----------------------------------------------------------------------------------------------


@pytest.fixture
def admin(database: str) -> Principal:
    return cast().admin


def proves(client_id: UUID, secret: str, now: datetime = NOW) -> bool:
    with db.read(None) as reader:
        try:
            tokens.prove(reader, str(client_id), secret, now)
        except tokens.OAuthError:
            return False
    return True


def shown(who: Principal, client_id: UUID, now: datetime = NOW) -> dict[str, Any]:
    found: dict[str, Any] = see(clients_service.get_client, who, client_id, now)
    return found


def tokens_of(secret_id: UUID) -> int:
    with db.read(None) as reader:
        return len(reader.execute(select(access_tokens).where(access_tokens.c.secret_id == secret_id)).all())


def entries() -> list[Any]:
    with db.read(None) as reader:
        entry = journal_entries.c
        asked = select(entry.operation, entry.before, entry.after, entry.author_name)
        return list(reader.execute(asked.where(entry.noun == "client").order_by(entry.sequence)))


def test_two_secrets_are_live_and_a_third_is_refused_with_what_to_do(admin: Principal) -> None:
    client_id, first = create(admin)
    second_id, second = do(clients_service.rotate_client, admin, client_id, at=AT)
    assert proves(client_id, first)
    assert proves(client_id, second)
    with pytest.raises(Conflict) as refused:
        do(clients_service.rotate_client, admin, client_id, at=AT)
    assert "Revoke the one that is no longer used, then rotate" in refused.value.detail
    do(clients_service.revoke_secret, admin, client_id, second_id, at=AT)
    assert proves(client_id, first)
    assert not proves(client_id, second)
    do(clients_service.rotate_client, admin, client_id, at=AT)


def test_a_revoked_secret_ends_its_own_tokens_at_once_and_no_others(admin: Principal) -> None:
    client_id, first = create(admin)
    second_id, second = do(clients_service.rotate_client, admin, client_id, at=AT)
    issue(client_id, first)
    for _ in range(2):
        issue(client_id, second)
    [first_id] = [one["id"] for one in shown(admin, client_id)["secrets"] if one["id"] != second_id]
    assert (tokens_of(first_id), tokens_of(second_id)) == (1, 2)
    for _ in range(2):
        do(clients_service.revoke_secret, admin, client_id, second_id, at=AT)
    assert (tokens_of(first_id), tokens_of(second_id)) == (1, 0)
    with pytest.raises(tokens.OAuthError):
        issue(client_id, second)


def test_a_token_that_is_given_out_while_its_secret_is_revoked_does_not_survive(admin: Principal) -> None:
    client_id, secret = create(admin)
    [one] = shown(admin, client_id)["secrets"]
    with ThreadPoolExecutor(1) as threads:
        with db.write(None) as writer:
            tokens.issue_token(writer, str(client_id), secret, None, NOW)
            revoked = threads.submit(do, clients_service.revoke_secret, admin, client_id, one["id"], at=AT)
            time.sleep(0.3)
            assert not revoked.done(), "it waits for the token, which it then ends"
        revoked.result(10)
    assert tokens_of(one["id"]) == 0


def test_the_last_secret_can_be_revoked_and_a_new_one_added(admin: Principal) -> None:
    client_id, secret = create(admin)
    [one] = shown(admin, client_id)["secrets"]
    do(clients_service.revoke_secret, admin, client_id, one["id"], at=AT)
    assert shown(admin, client_id)["secrets"] == []
    assert not proves(client_id, secret)
    assert proves(client_id, do(clients_service.rotate_client, admin, client_id, at=AT)[1])


def test_a_secret_of_another_client_is_not_found(admin: Principal) -> None:
    mine, secret = create(admin)
    other, _ = create(admin)
    [one] = shown(admin, mine)["secrets"]
    for client_id, secret_id in ((other, one["id"]), (mine, uuid4())):
        with pytest.raises(NotFound):
            do(clients_service.revoke_secret, admin, client_id, secret_id, at=AT)
    assert proves(mine, secret)


def test_all_that_is_done_to_a_client_is_journalled_without_its_secrets(admin: Principal) -> None:
    client_id, first = create(admin)
    second_id, second = do(clients_service.rotate_client, admin, client_id, at=AT)
    do(clients_service.revoke_secret, admin, client_id, second_id, at=AT)
    do(clients_service.change_client, admin, client_id, {"quota": 5, "days": 1}, version=None, at=AT)
    do(clients_service.revoke_client, admin, client_id, at=AT)
    found = entries()
    done = ["created", "secret_added", "secret_revoked", "changed", "changed"]
    assert [one.operation for one in found] == done
    assert {one.author_name for one in found} == {admin.name}
    with db.read(None) as reader:
        hashes = reader.execute(select(client_secrets.c.secret_hash)).scalars().all()
    for kept in (first, second, *hashes):
        assert kept not in str(found)


# --- States and changes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "live"), (334, "live"), (335, "expires_soon"), (364.9, "expires_soon"), (365, "expired")],
)
def test_a_client_says_how_it_stands(admin: Principal, days: float, state: str) -> None:
    client_id, _ = create(admin, days=365)
    assert shown(admin, client_id, later(days=days))["state"] == state
    [listed] = see(clients_service.list_clients, admin, later(days=days))
    assert (listed["state"], listed["live_secrets"], listed["last_used_at"]) == (state, 1, None)
    do(clients_service.revoke_client, admin, client_id, at=AT)
    assert shown(admin, client_id, later(days=days))["state"] == "revoked"


def test_name_quota_and_end_are_changed_from_the_version_that_was_read(admin: Principal) -> None:
    client_id, _ = create(admin)
    change = clients_service.change_client
    values = {"name": " Power BI ", "quota": 1, "days": 10}
    do(change, admin, client_id, values, version=1, at=AT)
    found = shown(admin, client_id)
    assert (found["name"], found["quota"], found["expires_at"]) == ("Power BI", 1, later(days=10))
    with pytest.raises(PreconditionFailed) as stale:
        do(change, admin, client_id, values, version=1, at=AT)
    assert stale.value.current["name"] == "Power BI"
    do(clients_service.revoke_client, admin, client_id, at=AT)
    with pytest.raises(Conflict):
        do(change, admin, client_id, values, version=None, at=AT)


def test_an_expired_client_gets_a_secret_only_after_a_later_end(admin: Principal) -> None:
    client_id, secret = create(admin, days=1)
    late = Moment(later(days=2), AT.today)
    with pytest.raises(Conflict) as refused:
        do(clients_service.rotate_client, admin, client_id, at=late)
    assert "later end" in refused.value.detail
    do(clients_service.change_client, admin, client_id, {"days": 5}, version=None, at=late)
    assert proves(client_id, secret, late.now)


@pytest.mark.parametrize("quota", [0, -1, 1_000_000_001])
def test_a_quota_is_from_one_to_a_thousand_million(admin: Principal, quota: int) -> None:
    client_id, _ = create(admin)
    change = clients_service.change_client
    assert "/quota" in refused(do, change, admin, client_id, {"quota": quota}, version=None, at=AT)
    for allowed in (1, 1_000_000_000):
        do(change, admin, client_id, {"quota": allowed}, version=None, at=AT)


# --- Guessing ---------------------------------------------------------------------------------------------


def counted(client_id: UUID | None, now: datetime) -> int:
    with db.write(None) as writer:
        tokens.count_failure(writer, client_id, now)
        return tokens.failures(writer, client_id, now)


def test_wrong_secrets_are_counted_by_client_and_minute_up_to_a_bound(admin: Principal) -> None:
    client_id, _ = create(admin)
    other, _ = create(admin)
    found = [counted(client_id, NOW + timedelta(seconds=seconds)) for seconds in range(12)]
    assert found == [*range(1, tokens.MOST_FAILURES + 1), 10, 10]
    assert counted(other, NOW) == 1
    assert counted(client_id, NOW + timedelta(minutes=1)) == 1
    assert counted(uuid4(), NOW) == counted(None, NOW) == 0, "nobody can fill the table with made-up ids"
