"""Views that users keep for themselves, and those that they share."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app import db
from app.access.roles import ROLE_OPERATIONS, Principal, Role
from app.errors import Invalid, NotAllowed, NotFound, PreconditionFailed
from app.models import tables
from app.models.saved_views import SavedViewCreate, SavedViewUpdate
from app.services import saved_views as views
from app.services import users
from tests.factories import Cast, Shown, do, see


@pytest.fixture
def accounts(people: Cast) -> dict[str, Principal]:
    """The cast with accounts: a view belongs to an account, not to a person."""
    return {name: with_account(getattr(people, name)) for name in ("viewer", "editor", "admin", "stranger")}


def with_account(who: Principal) -> Principal:
    system = Principal("system", None, "x", who.area_id, who.area_name, ROLE_OPERATIONS[Role.admin])
    email = f"{uuid4()}@north.example"
    role = who.role or Role.viewer
    do(users.create_user, system, email=email, role=role, person_id=who.person_id)
    with db.read(None) as reader:
        user_id = reader.execute(select(tables.users.c.id).where(tables.users.c.email == email)).scalar_one()
    return Principal(
        "user", user_id, who.name, who.area_id, who.area_name, who.operations, role, who.person_id
    )


def keep(who: Principal, **given: object) -> Shown:
    values = {"name": "Overdue", "path": "/data-quality", "query": "state=any"} | given
    made: Shown = do(views.create_view, who, SavedViewCreate.model_validate(values))
    return made


def names(who: Principal) -> list[str]:
    return [one["name"] for one in see(views.list_views, who)]


def test_ones_own_views_come_first_then_those_that_are_shared(accounts: dict[str, Principal]) -> None:
    keep(accounts["editor"], name="Mine alone")
    keep(accounts["editor"], name="For the board", shared=True)
    keep(accounts["viewer"], name="z own")
    assert names(accounts["viewer"]) == ["z own", "For the board"]
    assert names(accounts["editor"]) == ["For the board", "Mine alone"]
    assert names(accounts["stranger"]) == []
    owners = [(one["own"], one["owner"]) for one in see(views.list_views, accounts["viewer"])]
    assert [bool(own) for own, _ in owners] == [True, False]
    assert owners[1][1] == "Editor of the north"


def test_only_who_may_edit_shares(accounts: dict[str, Principal]) -> None:
    with pytest.raises(NotAllowed):
        keep(accounts["viewer"], shared=True)
    made = keep(accounts["viewer"])
    with pytest.raises(NotAllowed):
        do(views.change_view, accounts["viewer"], made["id"], SavedViewUpdate(shared=True), version=None)
    assert not names(accounts["editor"])


def test_a_view_is_changed_by_its_owner_alone_and_at_its_version(accounts: dict[str, Principal]) -> None:
    made = keep(accounts["editor"], shared=True)
    body = SavedViewUpdate(name="Late")
    with pytest.raises(NotAllowed):
        do(views.change_view, accounts["admin"], made["id"], body, version=1)
    changed = do(views.change_view, accounts["editor"], made["id"], body, version=1)
    assert (changed["name"], changed["version"]) == ("Late", 2)
    with pytest.raises(PreconditionFailed):
        do(views.change_view, accounts["editor"], made["id"], body, version=1)


def test_what_another_user_keeps_is_not_there(accounts: dict[str, Principal]) -> None:
    made = keep(accounts["editor"])
    for name in ("viewer", "admin", "stranger"):
        with pytest.raises(NotFound):
            see(views.get_view, accounts[name], made["id"])
        with pytest.raises(NotFound), db.write(accounts[name]) as writer:
            views.remove_view(writer, accounts[name], made["id"])
    assert names(accounts["editor"]) == ["Overdue"]


def test_a_shared_view_is_removed_by_its_owner_or_an_admin(accounts: dict[str, Principal]) -> None:
    for who, may in (("viewer", False), ("stranger", False), ("admin", True), ("editor", True)):
        made = keep(accounts["editor"], name=f"For {who}", shared=True)
        if may:
            with db.write(accounts[who]) as writer:
                views.remove_view(writer, accounts[who], made["id"])
            assert made["id"] not in [one["id"] for one in see(views.list_views, accounts["editor"])]
        else:
            with pytest.raises((NotAllowed, NotFound)), db.write(accounts[who]) as writer:
                views.remove_view(writer, accounts[who], made["id"])


def test_nobody_keeps_more_than_a_hundred(
    accounts: dict[str, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    for place in range(2):
        keep(accounts["viewer"], name=f"View {place}")
    with pytest.raises(Invalid, match="You keep 2 views"):
        keep(accounts["viewer"], name="View 3")
    keep(accounts["editor"])


def test_programs_keep_no_views(people: Cast) -> None:
    operations = ROLE_OPERATIONS[Role.admin]
    program = Principal("client", uuid4(), "x", people.viewer.area_id, "North", operations)
    with pytest.raises(NotAllowed):
        see(views.list_views, program)


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil", "https://evil.example", "/a//b", "x", "/a?b"])
def test_only_an_address_of_the_service_is_kept(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        SavedViewCreate(name="x", path=path)


def test_two_views_of_one_user_never_have_one_name(accounts: dict[str, Principal]) -> None:
    keep(accounts["editor"], name="Overdue")
    late = keep(accounts["editor"], name="Late")
    keep(accounts["viewer"], name="Overdue")
    with pytest.raises(Invalid) as refused:
        keep(accounts["editor"], name="overdue")
    assert [one.pointer for one in refused.value.faults] == ["/name"]
    do(views.change_view, accounts["editor"], late["id"], SavedViewUpdate(name="LATE"), version=1)
    with pytest.raises(Invalid):
        do(views.change_view, accounts["editor"], late["id"], SavedViewUpdate(name="Overdue"), version=2)


def test_the_database_itself_holds_one_view_of_a_name_for_each_user(
    accounts: dict[str, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(accounts["editor"])
    other = keep(accounts["editor"], name="Late")
    keep(accounts["viewer"])
    # As if two requests had both looked before either stored.
    monkeypatch.setattr(views, "_require_free_name", lambda *given, **named: None)
    with pytest.raises(Invalid) as twice:
        keep(accounts["editor"])
    assert [fault.pointer for fault in twice.value.faults] == ["/name"]
    with pytest.raises(Invalid, match="name"):
        do(views.change_view, accounts["editor"], other["id"], SavedViewUpdate(name="Overdue"), version=None)
    assert names(accounts["editor"]) == ["Late", "Overdue"]


def test_a_view_that_changes_between_looking_and_storing_is_not_overrun(
    accounts: dict[str, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = keep(accounts["editor"])
    do(views.change_view, accounts["editor"], view["id"], SavedViewUpdate(name="Late"), version=1)
    monkeypatch.setattr(views, "to_change", lambda *given: view)
    with pytest.raises(PreconditionFailed):
        do(views.change_view, accounts["editor"], view["id"], SavedViewUpdate(name="Soon"), version=1)
    assert names(accounts["editor"]) == ["Late"]
