"""Accounts: the one-time link, passwords, sign-in and its throttle, sessions."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.access.roles import ROLE_OPERATIONS, Principal, Role
from app.clock import Moment
from app.errors import Invalid, NotAllowed
from app.models.areas import AreaBase
from app.models.people import PersonCreate
from app.models.tables import journal_entries, sessions, users
from app.services import access, areas, people, signing_in
from app.services import sessions as sessions_service
from app.services import users as users_service

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AT = Moment(NOW, date(2024, 7, 1))
PASSWORD = "three plain words"


@cache
def hashed() -> str:
    """The hash of ``PASSWORD``: it takes 150 ms, so it is made once."""
    return users_service.hash_new_password("pat@north.example", PASSWORD)


@pytest.fixture
def area() -> Principal:
    with db.write(None) as writer:
        return areas.create_area(writer, AT, AreaBase(slug="north", name="North SEND Partnership"))


@pytest.fixture
def token(area: Principal) -> str:
    """The one-time link of a new viewer."""
    with db.write(area) as writer:
        return users_service.create_user(writer, area, AT, email="Pat@North.example", role=Role.viewer)


@pytest.fixture
def user(token: str) -> str:
    """The address of a viewer who has set a password."""
    with db.write(None) as writer:
        users_service.set_password(writer, token, hashed(), AT)
    return "pat@north.example"


def later(**duration: float) -> datetime:
    return NOW + timedelta(**duration)


def attempt(email: str, password: str, now: datetime = NOW) -> str | None:
    """Sign in as the pages do."""
    with db.read(None) as reader:
        account = signing_in.find_account(reader, email, now)
    fits = signing_in.password_fits(account, password)
    with db.write(None) as writer:
        return signing_in.sign_in(writer, account, fits, now)


def fail(email: str, times: int, now: datetime = NOW) -> None:
    """Count failures without the cost of hashing for each."""
    for _ in range(times):
        with db.read(None) as reader:
            account = signing_in.find_account(reader, email, now)
        with db.write(None) as writer:
            assert signing_in.sign_in(writer, account, False, now) is None


def journalled(noun: str = "user") -> list[dict[str, Any]]:
    with db.read(None) as reader:
        rows = reader.execute(
            select(journal_entries).where(journal_entries.c.noun == noun).order_by(journal_entries.c.sequence)
        )
        return [dict(row._mapping) for row in rows]


def test_the_link_finds_the_account_until_it_expires(token: str) -> None:
    with db.read(None) as reader:
        account = users_service.open_link(reader, token, later(hours=71))
        assert account is not None
        assert account["email"] == "pat@north.example"
        assert account["area_name"] == "North SEND Partnership"
        assert users_service.open_link(reader, token, later(hours=72)) is None
        assert users_service.open_link(reader, token + "x", NOW) is None


def test_the_link_is_used_up_by_setting_the_password(token: str, user: str) -> None:
    with db.read(None) as reader:
        assert users_service.open_link(reader, token, NOW) is None
    with db.write(None) as writer, pytest.raises(Invalid, match="used already or has expired"):
        users_service.set_password(writer, token, "hash", AT)


def test_accounts_are_journalled_without_secrets(token: str, user: str) -> None:
    created, password_set = journalled()
    assert created["author_kind"] == "system"
    assert created["after"] == {"email": "pat@north.example", "role": "viewer", "person_id": None}
    assert (password_set["operation"], password_set["author_kind"]) == ("password_set", "user")
    assert password_set["author_name"] == "pat@north.example"
    assert password_set["author_id"] == created["subject_id"]
    written = json.dumps([created["after"], password_set["after"], password_set["before"]])
    assert token not in written
    assert "argon2" not in written
    with db.read(None) as reader:
        row = reader.execute(select(users)).one()
    assert row.password_hash.startswith("$argon2id$")
    assert row.version == 2
    assert row.link_hash is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 12"),
        ("x" * 257, "at most 256"),
        ("I am Pat of North", "name in your e-mail"),
        ("aaaaaaaaaaaaaaaa", "harder to guess"),
        ("passwordpassword", "harder to guess"),
        ("qwertyuiop123456", "harder to guess"),
        ("letmeinplease1", "harder to guess"),
        ("improvement1", "harder to guess"),
        ("three plain\x00words", "letters, digits"),
        ("three plain \ud800 words", "letters, digits"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        users_service.hash_new_password("pat@north.example", password)
    assert [fault.pointer for fault in refused.value.faults] == ["/password"]
    assert says in refused.value.detail


def test_signing_in_opens_a_session(user: str) -> None:
    token = attempt(f" {user.upper()} ", PASSWORD)
    assert token is not None
    with db.read(None) as reader:
        row = reader.execute(select(sessions)).one()
    assert row.token_hash != token
    assert row.expires_at == later(hours=12)


async def test_a_session_is_a_principal_until_sign_out(area: Principal, user: str) -> None:
    now = datetime.now(UTC)
    token = attempt(user, PASSWORD, now)
    assert token is not None
    who = await access.by_session(token)
    assert who is not None
    assert (who.kind, who.name, who.area_id) == ("user", user, area.area_id)
    assert (who.role, who.operations) == (Role.viewer, ROLE_OPERATIONS[Role.viewer])
    with db.write(None) as writer:
        left = sessions_service.end_session(writer, token, now)
    assert await access.by_session(left) is None
    assert await access.by_session(token) is None
    await db.close_lookup()


async def test_a_session_ends_when_it_is_left_unused(user: str) -> None:
    token = attempt(user, PASSWORD)
    assert token is not None
    for hours in (1.9, 3.8, 5.7):
        assert await sessions_service.find_user(token, later(hours=hours)), "used in time, it goes on"
    with db.read(None) as reader:
        assert reader.execute(select(sessions.c.seen_at)).scalar() == later(hours=5.7)
    assert await sessions_service.find_user(token, later(hours=7.7)) is None
    await db.close_lookup()


async def test_a_session_in_use_ends_after_twelve_hours(user: str) -> None:
    token = attempt(user, PASSWORD)
    assert token is not None
    for hours in range(1, 12):
        assert await sessions_service.find_user(token, later(hours=hours))
    assert await sessions_service.find_user(token, later(hours=12)) is None
    await db.close_lookup()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("pat@north.example", "three plain wordz"),
        ("nobody@north.example", PASSWORD),
        ("no address", PASSWORD),
        ("pat@north.example\x00", PASSWORD),
        ("p\ud800@north.example", PASSWORD),
        ("pat@north.example", "\ud800"),
        ("pat@north.example", "x" * 10_000),
    ],
)
def test_a_wrong_sign_in_opens_nothing(user: str, email: str, password: str) -> None:
    assert attempt(email, password) is None


def test_accented_letters_fit_however_they_were_typed(token: str) -> None:
    hashed = users_service.hash_new_password("pat@north.example", "trois mots fran\u00e7ais")
    with db.write(None) as writer:
        users_service.set_password(writer, token, hashed, AT)
    assert attempt("pat@north.example", "trois mots franc\u0327ais") is not None


def test_ten_failures_in_a_row_lock_the_account_for_a_quarter_of_an_hour(user: str) -> None:
    fail(user, 9)
    assert attempt(user, PASSWORD) is not None, "nine are forgiven, and signing in starts the count anew"
    fail(user, 10)
    assert attempt(user, PASSWORD, later(minutes=14)) is None
    assert attempt(user, PASSWORD, later(minutes=15, seconds=1)) is not None


def test_guesses_made_side_by_side_count_as_well(user: str) -> None:
    with db.read(None) as reader:
        account = signing_in.find_account(reader, user, NOW)
    fail(user, 10)
    with db.write(None) as writer:
        assert signing_in.sign_in(writer, account, True, NOW) is None


def test_a_password_changed_meanwhile_does_not_sign_in(user: str) -> None:
    with db.read(None) as reader:
        account = signing_in.find_account(reader, user, NOW)
    with db.write(None) as writer:
        writer.execute(users.update().values(password_hash="another"))
    with db.write(None) as writer:
        assert signing_in.sign_in(writer, account, True, NOW) is None


def test_a_disabled_user_is_refused(user: str, token: str) -> None:
    with db.write(None) as writer:
        writer.execute(users.update().values(disabled=True))
    assert attempt(user, PASSWORD) is None


def test_setting_a_password_ends_the_sessions(area: Principal, user: str) -> None:
    assert attempt(user, PASSWORD)
    fresh = "another link"
    with db.write(None) as writer:
        writer.execute(
            users.update().values(link_hash=users_service._hash(fresh), link_expires_at=later(hours=1))
        )
        users_service.set_password(writer, fresh, "hash", AT)
    with db.read(None) as reader:
        assert reader.execute(select(sessions)).all() == []


def test_expired_sessions_of_a_user_go_when_they_sign_in(user: str) -> None:
    attempt(user, PASSWORD)
    long_after = later(days=15)
    attempt(user, PASSWORD, long_after)
    with db.read(None) as reader:
        assert [row.created_at for row in reader.execute(select(sessions))] == [long_after]


def test_wrong_accounts_are_refused(area: Principal, token: str) -> None:
    with db.write(area) as writer:
        person = people.create_person(writer, area, AT, PersonCreate(name="Local offer officer"))
        person_id = person["id"]
        users_service.create_user(
            writer, area, AT, email="a@north.example", role=Role.contributor, person_id=person_id
        )
    with db.write(None) as writer:
        other = areas.create_area(writer, AT, AreaBase(slug="south", name="South"))
    for who, email, person, pointer in (
        (area, "pat@NORTH.example", None, "/email"),
        (area, "no address", None, "/email"),
        (area, "b@north.example", person_id, "/person_id"),
        (other, "c@south.example", person_id, "/person_id"),
    ):
        with db.write(who) as writer, pytest.raises(Invalid) as refused:
            users_service.create_user(writer, who, AT, email=email, role=Role.viewer, person_id=person)
        assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_only_an_administrator_adds_accounts(area: Principal) -> None:
    editor = Principal(
        "user", None, "Editor", area.area_id, area.area_name, ROLE_OPERATIONS[Role.editor], Role.editor
    )
    with db.write(area) as writer, pytest.raises(NotAllowed):
        users_service.create_user(writer, editor, AT, email="x@north.example", role=Role.admin)


def test_fixed_passwords_exist_in_a_demonstration_only(
    area: Principal, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setattr(users_service, "settings", lambda: type("Production", (), {"is_demo": False})())
    with db.write(area) as writer, pytest.raises(NotAllowed, match="demonstration"):
        users_service.create_demo_user(
            writer, area, AT, email="x@north.example", role=Role.admin, password_hash="hash"
        )
