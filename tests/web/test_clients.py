"""Pages of API clients: what admins see and do, secrets that are shown once, forms that are sent twice."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.models.tables import client_secrets, clients, journal_entries
from app.services import clients as clients_service
from app.services import tokens
from app.web.presenters.dates import day_of
from tests import doors
from tests.web.conftest import Visitor, errors, fields, links, words

LIST = "/admin/clients"
NEW = f"{LIST}/new"
SECRET = re.compile(r"<dt>Secret</dt><dd><code[^>]*>([^<]+)</code>")
PER_MINUTE = "Requests in a minute must be a whole number from 1 to 1,000,000,000"
CLIENT_ID = re.compile(r"<dt>Client id</dt><dd><code[^>]*>([^<]+)</code>")


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.admin))


@pytest.fixture
def path(area: Principal) -> str:
    """The address of a client."""
    return f"{LIST}/{doors.client(area, 'read', quota=6000)[0]}"


def filled(admin: Visitor, **typed: str) -> dict[str, str]:
    """The form of a new client, with its first scope chosen."""
    shown = fields(admin.get(NEW))
    kept = {name: value for name, value in shown.items() if name in ("key", "quota", "days")}
    return kept | {"name": "Data warehouse", "scope_read": "1"} | typed


def count(table: Any) -> int:
    with db.read(None) as reader:
        return int(reader.execute(select(func.count()).select_from(table)).scalar_one())


def is_good(client_id: str, secret: str) -> bool:
    with db.read(None) as reader:
        try:
            tokens.prove(reader, client_id, secret, clock.now())
        except tokens.OAuthError:
            return False
    return True


def test_only_admins_see_the_way_to_clients(admin: Visitor, editor: Visitor, viewer: Visitor) -> None:
    assert "/admin" in links(admin.get("/"), "/admin")
    assert LIST in links(admin.get("/admin"), "/admin")
    for other in (editor, viewer):
        assert links(other.get("/"), "/admin") == []
        other.get(LIST, 403)


def test_an_area_without_clients_says_what_follows(admin: Visitor) -> None:
    assert "no program can use the API of this area" in words(admin.get(LIST))


def test_a_new_client_is_shown_with_its_secret_once(admin: Visitor) -> None:
    sent = filled(admin, quota="1,200", scope_write="1")
    answer = admin.send(NEW, sent, 200)
    assert answer.headers["cache-control"] == "no-store"
    secret, client_id = SECRET.findall(answer.text)[0], CLIENT_ID.findall(answer.text)[0]
    assert is_good(client_id, secret)
    assert "shown only here, and only now" in words(answer.text)
    assert f"curl -u {client_id}:SECRET" in words(answer.text)
    shown = admin.get(f"{LIST}/{client_id}")
    assert secret not in shown + admin.get(LIST)
    assert "1,200 requests in a minute" in words(shown)
    assert "Read, write" in words(shown)
    with db.read(None) as reader:
        entries = reader.execute(select(journal_entries.c.after).where(journal_entries.c.noun == "client"))
        assert secret not in str(entries.all())


def test_the_form_sent_twice_adds_one_client_and_shows_no_secret_again(admin: Visitor) -> None:
    sent = filled(admin)
    first = admin.send(NEW, sent, 200)
    again = admin.send(NEW, sent, 303)
    assert (count(clients), count(client_secrets)) == (1, 1)
    shown = admin.get(again.headers["location"])
    assert "created already, by the same form" in words(shown)
    assert SECRET.findall(first.text)[0] not in shown
    admin.send(NEW, filled(admin), 200)
    assert count(clients) == 2, "the form opened anew adds another one"


def test_a_form_that_was_not_opened_here_adds_nothing(
    admin: Visitor, http: TestClient, area: Principal
) -> None:
    colleague = Visitor(http, doors.session(area, Role.admin))
    for key in ("", "x", f"{doors.NOBODY}.{'0' * 64}", filled(colleague)["key"], "é.é"):
        answer = admin.send(NEW, filled(admin, key=key), 422)
        assert "Part of this form is missing" in answer.text
    assert count(clients) == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": " "}, "Give a name, for example Data warehouse"),
        ({"name": "x" * 121}, "Shorten the name to 120 characters or fewer"),
        (
            {"name": "\u200b"},
            "Remove the hidden control character; it has been taken out of the text below",
        ),
        ({"name": "\u200d"}, "Give a text that can be seen: this one holds only spaces or unseen characters"),
        ({"quota": ""}, "Give the requests that it may make in a minute, from 1 to 1,000,000,000"),
        ({"quota": "0"}, PER_MINUTE),
        ({"quota": "many"}, PER_MINUTE),
        ({"quota": "9" * 30}, PER_MINUTE),
        ({"days": "3651"}, "Days until it expires must be a whole number from 1 to 3,650"),
        ({"days": ""}, "Give the days until it expires, from 1 to 3,650"),
        ({"scope_read": None}, "Choose what the program may do"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    admin: Visitor, typed: dict[str, str | None], message: str
) -> None:
    sent = {name: value for name, value in (filled(admin) | typed).items() if value is not None}
    answer = admin.send(NEW, sent, 422)
    assert errors(answer.text) == [message]
    assert "There is a problem" in answer.text
    assert count(clients) == 0
    repaired = fields(answer.text) | {"name": "A", "quota": "5", "days": "5"}
    admin.send(NEW, repaired, 200)


def test_a_second_secret_is_added_and_the_first_revoked(admin: Visitor, area: Principal) -> None:
    client_id, old = doors.client(area, "read")
    path = f"{LIST}/{client_id}"
    form = {"version": fields(admin.get(path))["version"]}
    answer = admin.send(f"{path}/secrets", form, 200)
    assert answer.headers["cache-control"] == "no-store"
    new = SECRET.findall(answer.text)[0]
    assert is_good(str(client_id), old)
    assert is_good(str(client_id), new)
    again = admin.send(f"{path}/secrets", form, 303)
    told = admin.get(again.headers["location"])
    assert "A secret was added a moment ago" in words(told)
    assert "Nothing was added" not in words(told)
    assert "app-success" not in told, "it is no success that a secret is lost"
    shown = admin.get(path)
    assert new not in shown
    assert "Two secrets are live, which is the most" in words(shown)
    assert "version" not in fields(shown), "there is no button to press"
    with db.read(area) as reader:
        version = clients_service.get_client(reader, area, client_id, clock.now())["version"]
    full = admin.send(f"{path}/secrets", {"version": str(version)}, 303)
    assert "has two secrets at most" in words(admin.get(full.headers["location"]))
    assert count(client_secrets) == 2
    first, second = links(shown, f"{path}/secrets/")
    confirm = admin.get(first)
    assert "The other secret stays good." in words(confirm)
    done = admin.send(first, fields(confirm), 303)
    assert "Its tokens have ended" in words(admin.get(done.headers["location"]))
    assert not is_good(str(client_id), old)
    assert is_good(str(client_id), new)
    admin.send(first, fields(confirm), 303)
    admin.get(first, 404)
    assert "It is the only one" in words(admin.get(second))


def test_a_client_is_revoked_after_a_question(admin: Visitor, area: Principal) -> None:
    client_id, secret = doors.client(area, "read")
    path = f"{LIST}/{client_id}"
    question = admin.get(f"{path}/revoke")
    assert "for good" in words(question)
    assert is_good(str(client_id), secret), "asking changes nothing"
    for _ in range(2):
        done = admin.send(f"{path}/revoke", fields(question), 303)
    shown = admin.get(done.headers["location"])
    assert "State Revoked" in words(shown)
    assert not is_good(str(client_id), secret)
    assert links(shown, f"{path}/") == [], "nothing more can be done with it"
    assert "revoked already" in words(admin.get(f"{path}/revoke"))
    assert admin.answer("GET", f"{path}/edit", follow_redirects=False).status_code == 303, "no form opens"
    ended = admin.send(f"{path}/edit", {"name": "A", "quota": "5", "version": "2"}, 303)
    assert "revoked for good" in words(admin.get(ended.headers["location"]))
    assert "Expires or ended Revoked" in words(admin.get(LIST))


def test_name_quota_and_end_are_changed(admin: Visitor, path: str) -> None:
    form = fields(admin.get(f"{path}/edit"))
    assert form["quota"] == "6,000"
    done = admin.send(f"{path}/edit", form | {"name": "Power BI", "quota": "600", "days": "20"}, 303)
    shown = words(admin.get(done.headers["location"]))
    for said in ("The client is changed.", "Power BI", "600 requests in a minute", "Expires soon"):
        assert said in shown
    assert "Expires soon" in words(admin.get(LIST))
    answer = admin.send(f"{path}/edit", fields(admin.get(f"{path}/edit")) | {"quota": "x"}, 422)
    assert errors(answer.text) == [PER_MINUTE]


def test_a_stale_form_shows_both_versions(admin: Visitor, path: str) -> None:
    form = fields(admin.get(f"{path}/edit"))
    admin.send(f"{path}/edit", form | {"quota": "600"}, 303)
    stale = admin.send(f"{path}/edit", form | {"name": "Mine"}, 409)
    assert "while you were writing" in words(stale.text)
    again = admin.send(f"{path}/edit", fields(stale.text) | {"edit": "1"}, 200)
    assert fields(again.text)["name"] == "Mine"
    saved = {name: value for name, value in fields(stale.text).items() if name != "edit"}
    admin.send(f"{path}/edit", saved, 303)
    assert "Mine" in admin.get(path)


def test_expired_clients_stand_last_and_say_so(admin: Visitor, area: Principal, path: str) -> None:
    client_id = UUID(path.rpartition("/")[2])
    other, _ = doors.client(area, "read")
    with db.write(area) as writer:
        past = clock.now() - timedelta(days=1)
        writer.execute(clients.update().where(clients.c.id == client_id).values(expires_at=past))
    shown = admin.get(LIST)
    assert links(shown, f"{LIST}/0") == [f"{LIST}/{other}", path]
    assert "Expired" in words(shown)
    assert "version" not in fields(admin.get(path)), "an expired client gets no new secret"


def test_what_a_form_lacks_stores_nothing(admin: Visitor, path: str) -> None:
    before = doors.counts(), admin.get(path)
    with db.read(None) as reader:
        secret_id = reader.execute(select(client_secrets.c.id)).scalar_one()
    for step in ("secrets", f"secrets/{secret_id}/revoke", "revoke", "edit"):
        admin.send(f"{path}/{step}", {}, 422)
    assert (doors.counts(), admin.get(path)) == before


def test_all_that_is_wrong_is_said_at_once(admin: Visitor) -> None:
    sent = filled(admin, name=" ", quota="0", days="4000")
    assert len(errors(admin.send(NEW, sent, 422).text)) == 3


def test_two_clients_of_one_name_are_told_apart(admin: Visitor) -> None:
    ids = [CLIENT_ID.findall(admin.send(NEW, filled(admin), 200).text)[0] for _ in range(2)]
    shown = words(admin.get(LIST))
    assert f"Created {day_of(clock.now())}, id ends in" in shown
    for client_id in ids:
        which = f"id ends in {client_id[-8:]}"
        assert which in shown
        assert which in words(admin.get(f"{LIST}/{client_id}/revoke"))


def test_a_secret_page_loaded_again_after_another_change_does_not_claim_a_secret(
    admin: Visitor, path: str
) -> None:
    form = {"version": fields(admin.get(path))["version"]}
    admin.send(f"{path}/edit", fields(admin.get(f"{path}/edit")) | {"name": "Other"}, 303)
    stale = admin.send(f"{path}/secrets", form, 303)
    assert "Nothing was added just now" in words(admin.get(stale.headers["location"]))
