"""Accounts as admins look after them: nobody is locked out, and what has ended has ended at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app import db
from app.access.roles import Principal, Role
from app.clock import Moment
from app.errors import Conflict, PreconditionFailed
from app.models.base import new_id
from app.models.tables import authenticators, identities, journal_entries, sessions, users
from app.services import accounts, signing_in
from app.services import users as users_service
from tests.factories import AT, NOW, Cast, cast, do, refused, see

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def area() -> Cast:
    return cast()


def invited(admin: Principal, role: Role = Role.viewer, name: str = "pat") -> tuple[UUID, str]:
    """A new account and the token of its link."""
    user_id = new_id()
    token = do(accounts.invite, admin, email=f"{name}@north.example", role=role, user_id=user_id)
    return user_id, token


def member(admin: Principal, role: Role = Role.viewer, name: str = "pat") -> UUID:
    """Somebody who has set a password and is signed in."""
    user_id, token = invited(admin, role, name)
    with db.write(None) as writer:
        users_service.set_password(writer, token, "hash", AT)
        account = signing_in.find_account(writer, f"{name}@north.example", NOW)
        assert signing_in.sign_in(writer, account, True, NOW)
    return user_id


def as_user(user_id: UUID, admin: Principal) -> Principal:
    """The admin whose account this is."""
    return Principal("user", user_id, "Pat", admin.area_id, admin.area_name, admin.operations, Role.admin)


def shown(admin: Principal, user_id: UUID, at: Moment = AT) -> dict[str, Any]:
    found: dict[str, Any] = see(accounts.get_user, admin, user_id, at.now)
    return found


def session_count() -> int:
    with db.read(None) as reader:
        return len(reader.execute(select(sessions).where(sessions.c.expires_at > NOW)).all())


def entries(user_id: UUID) -> list[str]:
    with db.read(None) as reader:
        found = select(journal_entries.c.operation).where(journal_entries.c.subject_id == user_id)
        return list(reader.execute(found.order_by(journal_entries.c.sequence)).scalars())


def test_an_account_says_how_it_stands(area: Cast) -> None:
    user_id, token = invited(area.admin)
    assert (shown(area.admin, user_id)["state"], shown(area.admin, user_id)["has_password"]) == (
        "invited",
        False,
    )
    late = Moment(NOW + timedelta(hours=72), AT.today)
    assert shown(area.admin, user_id, late)["state"] == "link_expired"
    assert shown(area.admin, user_id, late)["link_until"] is None
    with db.write(None) as writer:
        users_service.set_password(writer, token, "hash", AT)
    assert shown(area.admin, user_id)["state"] == "active"
    with db.write(None) as writer:
        writer.execute(update(users).values(locked_until=NOW + timedelta(minutes=1)))
    assert shown(area.admin, user_id)["state"] == "locked"
    do(accounts.set_disabled, area.admin, user_id, True, version=None)
    assert shown(area.admin, user_id)["state"] == "disabled"


def test_secrets_of_an_account_are_shown_to_nobody(area: Cast) -> None:
    user_id, token = invited(area.admin)
    for found in (shown(area.admin, user_id), *see(accounts.list_users, area.admin, NOW)):
        assert not found.keys() & {"password_hash", "link_hash"}
        assert token not in str(found)


def test_the_same_form_invites_once(area: Cast) -> None:
    user_id, _ = invited(area.admin)
    with pytest.raises(Conflict):
        do(accounts.invite, area.admin, email="b@north.example", role=Role.viewer, user_id=user_id)
    assert len(see(accounts.list_users, area.admin, NOW)) == 1


def test_another_role_ends_the_sessions_and_another_person_does_not(area: Cast) -> None:
    user_id = member(area.admin, Role.admin, "one")
    member(area.admin, Role.admin, "other")
    do(accounts.change_user, area.admin, user_id, {"person_id": area.viewer.person_id}, version=None)
    assert session_count() == 2
    do(accounts.change_user, area.admin, user_id, {"role": Role.viewer}, version=None)
    assert session_count() == 1
    assert entries(user_id) == ["created", "password_set", "changed", "changed"]


def test_a_person_has_one_account_at_most(area: Cast) -> None:
    person = area.viewer.person_id
    one, other = member(area.admin, name="one"), member(area.admin, name="other")
    do(accounts.change_user, area.admin, one, {"person_id": person}, version=None)
    do(accounts.change_user, area.admin, one, {"person_id": person, "role": Role.editor}, version=None)
    named = {"version": None}
    wrong = refused(do, accounts.change_user, area.admin, other, {"person_id": person}, **named)
    assert wrong == {"/person_id": "This person has an account already."}
    theirs = {"person_id": area.stranger.person_id}
    assert refused(do, accounts.change_user, area.admin, other, theirs, **named).keys() == {"/person_id"}


# --- Nobody is locked out ---------------------------------------------------------------------------------


def test_nobody_changes_their_own_role_or_ends_their_own_account(area: Cast) -> None:
    user_id = member(area.admin, Role.admin, "one")
    member(area.admin, Role.admin, "other")
    own = as_user(user_id, area.admin)
    assert refused(do, accounts.change_user, own, user_id, {"role": Role.viewer}, version=None).keys() == {
        "/role"
    }
    assert "Ask another admin" in refused(do, accounts.set_disabled, own, user_id, True, version=None)[""]
    do(accounts.change_user, own, user_id, {"person_id": area.viewer.person_id}, version=None)


@pytest.mark.parametrize("other", ["nobody", "invited", "disabled", "editor"])
def test_the_last_admin_who_can_sign_in_stays_one(area: Cast, other: str) -> None:
    last = member(area.admin, Role.admin, "last")
    if other == "invited":
        invited(area.admin, Role.admin, "other")
    elif other == "disabled":
        gone = member(area.admin, Role.admin, "other")
        do(accounts.set_disabled, area.admin, gone, True, version=None)
    elif other == "editor":
        member(area.admin, Role.editor, "other")
    for function, given in ((accounts.change_user, {"role": Role.editor}), (accounts.set_disabled, True)):
        found = refused(do, function, area.admin, last, given, version=None)
        assert "the only admin who can sign in" in " ".join(found.values())
    assert (shown(area.admin, last)["role"], shown(area.admin, last)["disabled"]) == ("admin", False)


def test_an_admin_by_single_sign_on_can_take_over(area: Cast) -> None:
    last = member(area.admin, Role.admin, "last")
    other, _ = invited(area.admin, Role.admin, "other")
    with db.write(None) as writer:
        row = {"user_id": other, "issuer": "https://id.example", "subject": "1", "connected_at": NOW}
        writer.execute(identities.insert(), row)
    do(accounts.change_user, area.admin, last, {"role": Role.editor}, version=None)
    assert shown(area.admin, other)["state"] == "active"


def test_two_admins_who_end_each_other_leave_one(area: Cast) -> None:
    one, other = member(area.admin, Role.admin, "one"), member(area.admin, Role.admin, "other")
    do(accounts.set_disabled, as_user(one, area.admin), other, True, version=None)
    # The other one's form was on its way already, with what the gate had found.
    refused(do, accounts.set_disabled, as_user(other, area.admin), one, True, version=None)


# --- Ends and links ---------------------------------------------------------------------------------------


def test_a_disabled_account_ends_at_once_and_can_come_back(area: Cast) -> None:
    user_id = member(area.admin)
    token = do(accounts.new_link, area.admin, user_id, version=None)
    do(accounts.set_disabled, area.admin, user_id, True, version=None, reason="Left the council.")
    with db.read(None) as reader:
        assert users_service.open_link(reader, token, NOW) is None
    assert session_count() == 0
    do(accounts.set_disabled, area.admin, user_id, True, version=None)
    do(accounts.set_disabled, area.admin, user_id, False, version=None)
    assert shown(area.admin, user_id)["state"] == "active"
    with db.read(None) as reader:
        assert users_service.open_link(reader, token, NOW) is None, "its old link stays ended"
    assert entries(user_id)[2:] == ["link_made", "disabled", "enabled"]


def test_a_new_link_ends_the_older_one_and_a_lock_but_not_the_password(area: Cast) -> None:
    user_id, first = invited(area.admin)
    second = do(accounts.new_link, area.admin, user_id, version=None)
    with db.read(None) as reader:
        assert users_service.open_link(reader, first, NOW) is None
        assert users_service.open_link(reader, second, NOW) is not None
    with db.write(None) as writer:
        users_service.set_password(writer, second, "hash", AT)
        writer.execute(update(users).values(locked_until=NOW + timedelta(minutes=15), failures=3))
    do(accounts.new_link, area.admin, user_id, version=None)
    with db.read(None) as reader:
        assert signing_in.find_account(reader, "pat@north.example", NOW).password_hash == "hash"


def test_a_lost_authenticator_app_is_taken_away(area: Cast) -> None:
    user_id = member(area.admin)
    with db.write(None) as writer:
        row = {"user_id": user_id, "key": new_id(), "last_step": 0, "added_at": NOW}
        writer.execute(authenticators.insert(), row)
    assert shown(area.admin, user_id)["has_authenticator"]
    for _ in range(2):
        do(accounts.remove_authenticator, area.admin, user_id, version=None, reason="Phone was stolen.")
    assert not shown(area.admin, user_id)["has_authenticator"]
    assert session_count() == 0
    assert entries(user_id)[2:] == ["authenticator_removed"]


def test_a_link_is_made_for_nobody_who_could_not_use_it(area: Cast) -> None:
    user_id, _ = invited(area.admin)
    with db.write(None) as writer:
        row = {"user_id": user_id, "issuer": "https://id.example", "subject": "1", "connected_at": NOW}
        writer.execute(identities.insert(), row)
    with pytest.raises(Conflict, match="single sign-on"):
        do(accounts.new_link, area.admin, user_id, version=None)
    do(accounts.set_disabled, area.admin, user_id, True, version=None)
    with pytest.raises(Conflict, match="disabled"):
        do(accounts.new_link, area.admin, user_id, version=None)


def test_what_was_decided_on_an_older_version_is_refused(area: Cast) -> None:
    user_id, _ = invited(area.admin)
    do(accounts.new_link, area.admin, user_id, version=1)
    for function, given in (
        (accounts.new_link, ()),
        (accounts.set_disabled, (True,)),
        (accounts.change_user, ({"role": Role.editor},)),
    ):
        with pytest.raises(PreconditionFailed) as stale:
            do(function, area.admin, user_id, *given, version=1)
        assert stale.value.current["version"] == 2
