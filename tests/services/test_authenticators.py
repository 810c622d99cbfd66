"""Authenticator apps: adding one, the second step of signing in, codes that are taken once, and recovery."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from app import db
from app.access import app_codes
from app.access.roles import Principal, Role
from app.clock import Moment
from app.errors import Conflict, Invalid, NotAllowed
from app.models.areas import AreaBase
from app.models.base import new_id
from app.models.tables import authenticators as apps
from app.models.tables import journal_entries, recovery_codes, sessions, users
from app.services import areas, authenticators, own_account, signing_in
from app.services import users as users_service

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = new_id()


def at(**later: float) -> Moment:
    return Moment(NOW + timedelta(**later), date(2024, 7, 1))


@pytest.fixture
def area() -> Principal:
    with db.write(None) as writer:
        return areas.create_area(writer, at(), AreaBase(slug="north", name="North SEND Partnership"))


@pytest.fixture
def pat(area: Principal) -> Principal:
    """A viewer with a password; no test hashes one."""
    email, role = "pat@north.example", Role.viewer
    with db.write(area) as writer:
        users_service.create_demo_user(writer, area, at(), email=email, role=role, password_hash="hash")
        return users_service.principal_of(writer, writer.execute(select(users.c.id)).scalar_one())


@pytest.fixture
def codes(pat: Principal) -> list[str]:
    """Pat has added an app; the recovery codes."""
    with db.write(pat) as writer:
        return authenticators.add(writer, pat, at(), KEY, code(pat), "this session")


def code(who: Principal, **later: float) -> str:
    assert who.id
    step = app_codes.step_at(at(**later).now)
    return app_codes.code_of(authenticators.secret_of(who.id, KEY), step)


def give_password(fits: bool = True, **later: float) -> object:
    with db.write(None) as writer:
        found = signing_in.find_account(writer, "pat@north.example", at(**later).now)
        return signing_in.sign_in(writer, found, fits, at(**later).now)


def ticket(who: Principal, **later: float) -> str:
    assert who.id
    with db.read(None) as reader:
        return authenticators.ticket(reader, who.id, at(**later).now)


def give_code(carried: str, typed: str, **later: float) -> str | None:
    with db.write(None) as writer:
        return authenticators.sign_in(writer, carried, typed, at(**later))


def operations() -> list[str]:
    entry = journal_entries.c
    with db.read(None) as reader:
        found = select(entry.operation).where(entry.noun == "user").order_by(entry.sequence)
        return list(reader.execute(found).scalars())


def test_with_an_app_the_password_alone_opens_no_session(pat: Principal, codes: list[str]) -> None:
    assert give_password() == signing_in.CodeWanted(pat.id)
    with db.read(None) as reader:
        assert reader.execute(select(sessions)).all() == []
    assert give_code(ticket(pat), code(pat, seconds=30)) is not None


def test_an_app_is_added_only_with_a_code_that_it_shows(pat: Principal) -> None:
    with db.write(pat) as writer, pytest.raises(Invalid, match="code is wrong"):
        authenticators.add(writer, pat, at(), KEY, code(pat, minutes=5), "")
    with db.write(pat) as writer:
        assert len(set(authenticators.add(writer, pat, at(), KEY, code(pat), ""))) == 10
        with pytest.raises(Conflict):
            authenticators.add(writer, pat, at(minutes=1), new_id(), code(pat, minutes=1), "")


def test_adding_an_app_ends_other_sessions(pat: Principal) -> None:
    this, other = give_password(), give_password()
    assert isinstance(this, str)
    assert isinstance(other, str)
    with db.write(pat) as writer:
        authenticators.add(writer, pat, at(), KEY, code(pat), this)
        found = own_account.own_account(writer, pat, NOW, this)
    assert [one["is_this"] for one in found["sessions"]] == [True]
    assert found["authenticator"]["codes_left"] == 10


def test_a_code_is_taken_once(pat: Principal, codes: list[str]) -> None:
    assert give_code(ticket(pat), code(pat)) is None, "it was spent when the app was added"
    assert give_code(ticket(pat), code(pat, minutes=1), minutes=1) is not None
    assert give_code(ticket(pat), code(pat, minutes=1), minutes=1) is None


def test_a_recovery_code_signs_in_once_however_it_is_typed(pat: Principal, codes: list[str]) -> None:
    typed = codes[0].upper().replace("-", " ")
    assert give_code(ticket(pat), typed) is not None
    assert give_code(ticket(pat), typed) is None
    assert give_code(ticket(pat), codes[1]) is not None
    with db.read(None) as reader:
        assert own_account.own_account(reader, pat, NOW, "")["authenticator"]["codes_left"] == 8
    assert operations() == ["created", "authenticator_added", *["recovery_code_used"] * 2]


def test_ten_wrong_codes_lock_the_account_and_the_right_password_forgives_none(
    pat: Principal, codes: list[str]
) -> None:
    for _ in range(9):
        assert give_code(ticket(pat), "000000") is None
        assert give_password() == signing_in.CodeWanted(pat.id)
    assert give_code(ticket(pat), "000000") is None
    assert give_code(ticket(pat), codes[0], minutes=1) is None
    assert give_password(minutes=1) is None
    assert give_code(ticket(pat, minutes=16), codes[0], minutes=16) is not None


def test_what_is_carried_from_the_password_to_the_code_ends(pat: Principal, codes: list[str]) -> None:
    carried = ticket(pat)
    assert give_code(carried, codes[0], minutes=10) is None
    for wrong in ("", "x", f"{pat.id}.9999999999.", carried + "0", carried.replace(".", ".9", 1), "\ud800"):
        assert give_code(wrong, codes[0]) is None
    with db.write(None) as writer:
        writer.execute(users.update().values(password_hash="another"))
    assert give_code(carried, codes[0]) is None, "the password has changed since"


def test_a_disabled_user_is_refused_with_the_right_code(pat: Principal, codes: list[str]) -> None:
    carried = ticket(pat)
    with db.write(None) as writer:
        writer.execute(users.update().values(disabled=True))
    assert give_code(carried, codes[0]) is None


def test_an_app_that_is_taken_away_at_this_moment_lets_nobody_in(
    pat: Principal, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = signing_in.to_prove

    def waited_for(connection: Connection, user_id: UUID, now: datetime) -> object:
        authenticators.forget(connection, user_id)
        return lock(connection, user_id, now)

    monkeypatch.setattr(signing_in, "to_prove", waited_for)
    assert give_code(ticket(pat), code(pat, minutes=1), minutes=1) is None


def test_new_recovery_codes_end_the_old_ones(pat: Principal, codes: list[str]) -> None:
    with db.write(pat) as writer:
        fresh = authenticators.renew_codes(writer, pat, at())
    assert not {*fresh} & {*codes}
    assert give_code(ticket(pat), codes[0]) is None
    assert give_code(ticket(pat), fresh[0]) is not None


def test_without_the_app_the_password_is_enough_again(pat: Principal, codes: list[str]) -> None:
    with db.write(pat) as writer:
        authenticators.remove(writer, pat, at())
        authenticators.remove(writer, pat, at())
        with pytest.raises(Conflict):
            authenticators.renew_codes(writer, pat, at())
    assert isinstance(give_password(), str)
    assert operations() == ["created", "authenticator_added", "authenticator_removed"]


def test_the_database_holds_no_code_and_no_secret(pat: Principal, codes: list[str]) -> None:
    with db.read(None) as reader:
        stored = repr([*reader.execute(select(apps)), *reader.execute(select(recovery_codes))])
    assert pat.id
    secret = authenticators.secret_of(pat.id, KEY)
    for hidden in (secret.hex(), app_codes.as_text(secret), *codes):
        assert hidden not in stored


def test_programs_and_the_service_have_no_account(area: Principal) -> None:
    with db.read(area) as reader, pytest.raises(NotAllowed):
        own_account.own_account(reader, area, NOW, "")


def test_changing_the_password_ends_other_sessions_and_the_one_time_link(pat: Principal) -> None:
    this, _ = give_password(), give_password()
    assert isinstance(this, str)
    with db.write(pat) as writer:
        users_service.change_password(writer, pat, at(), "another hash", this)
        assert writer.execute(select(users.c.password_hash)).scalar() == "another hash"
        assert [one["is_this"] for one in own_account.own_account(writer, pat, NOW, this)["sessions"]] == [
            True
        ]
    assert operations() == ["created", "password_changed"]
