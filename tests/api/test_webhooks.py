"""Webhooks through the API: secrets shown once, versions, what is refused, and events in the contract."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal
from app.config import settings
from app.models.base import new_id
from app.models.change_kinds import CHANGE_KINDS
from app.models.tables import kept_answers, webhook_deliveries
from app.services import webhook_sending
from tests import doors
from tests.doors import Program

URL = "https://receiver.example/hook"


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Program:
    return Program(http, doors.token(area, "admin"))


def made(admin: Program, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = admin.post("/webhooks", {"url": URL, **values}, 201).json()
    return found


def test_a_webhook_is_made_read_changed_and_deleted(admin: Program) -> None:
    answer = admin.post("/webhooks", {"url": URL, "event_types": ["action.updated"]}, 201)
    webhook = answer.json()
    path = f"/webhooks/{webhook['id']}"
    assert answer.headers["location"] == f"/api/v1{path}"
    assert answer.headers["cache-control"] == "no-store"
    assert admin.get("/webhooks").json()["items"][0]["id"] == webhook["id"]
    assert "secret" not in admin.get(path, 200).json()
    changed = admin.patch(path, {"state": "paused", "description": "Warehouse"}, 200)
    assert (changed.json()["state"], changed.json()["version"]) == ("paused", 2)
    assert admin.patch(path, {"state": "enabled"}, 412, version='"1"').json()["current"]["version"] == 2
    admin.send("DELETE", path, 428)
    admin.send("DELETE", path, 412, headers={"if-match": '"1"'})
    answer = admin.send("DELETE", path, 204, headers={"if-match": '"2"'})
    assert answer.content == b""
    admin.get(path, 404)


def test_the_secret_is_what_the_guide_says_and_is_shown_once(admin: Program) -> None:
    webhook = made(admin)

    def secret(generation: int) -> str:
        purpose = f"webhook:{webhook['id']}:{generation}".encode()
        found = hmac.new(settings().key().encode(), purpose, hashlib.sha256).digest()
        return f"whsec_{base64.b64encode(found).decode()}"

    assert webhook["secret"] == secret(1)
    rotated = admin.post(f"/webhooks/{webhook['id']}/secret", None, 201).json()
    assert rotated["secret"] == secret(2)
    assert rotated["previous_secret_until"] is not None


def test_an_answer_that_is_repeated_for_a_key_has_no_secret_and_none_is_stored(admin: Program) -> None:
    headers = {"idempotency-key": str(new_id())}
    first = admin.post("/webhooks", {"url": URL}, 201, headers=headers)
    again = admin.post("/webhooks", {"url": URL}, 201, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
    with db.read(None) as reader:
        kept = [bytes(row.body) for row in reader.execute(select(kept_answers.c.body))]
    assert kept
    assert not [body for body in kept if first.json()["secret"].encode() in body]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": "http://receiver.example/"}, "/url"),
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "/url"),
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"url": "https://localhost/"}, "/url"),
        ({"url": "https://2130706433/"}, "/url"),
        ({"url": "https://user:word@receiver.example/"}, "/url"),
        ({"url": "https://receiver.example:22/"}, "/url"),
        ({"url": "ftp://receiver.example/"}, "/url"),
        ({"url": URL, "event_types": ["action.deleted"]}, "/event_types/0"),
        ({"url": URL, "event_types": ["webhook.created"]}, "/event_types/0"),
        ({"url": URL, "event_types": ["user.created"]}, "/event_types/0"),
        ({"url": URL, "state": "paused"}, "/state"),
        ({"url": URL, "secret": "mine"}, "/secret"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_stored(
    admin: Program, body: dict[str, Any], pointer: str
) -> None:
    problem = admin.post("/webhooks", body, 422).json()
    assert pointer in [one["pointer"] for one in problem["errors"]]
    assert admin.get("/webhooks").json()["total"] == 0


def test_an_address_is_looked_up_for_administrators_alone(
    http: TestClient, area: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("app.senders.addresses.look_up", lambda host, port: asked.append(host) or [])
    Program(http, doors.token(area, "write")).post("/webhooks", {"url": URL}, 403)
    assert asked == []


def test_a_change_to_an_inward_address_is_refused(admin: Program) -> None:
    path = f"/webhooks/{made(admin)['id']}"
    assert admin.patch(path, {"url": "https://10.0.0.1/"}, 422).json()["errors"][0]["pointer"] == "/url"
    assert admin.get(path).json()["url"] == URL
    for name in ("url", "event_types", "state"):
        admin.patch(path, {name: None}, 422)
    admin.patch(path, {"state": "disabled"}, 422)


def test_the_twenty_first_webhook_is_refused(admin: Program) -> None:
    for _ in range(20):
        made(admin)
    assert "at most 20" in admin.post("/webhooks", {"url": URL}, 409).json()["detail"]


def test_deliveries_are_listed_filtered_and_sent_again(admin: Program, area: Principal) -> None:
    webhook = made(admin)
    path = f"/webhooks/{webhook['id']}"
    tested = admin.post(f"{path}/test", None, 201)
    assert tested.headers["location"] == f"/api/v1/webhook-deliveries/{tested.json()['id']}"
    assert json.loads(tested.json()["body"])["type"] == "webhook.test"
    Program(admin.http, doors.token(area, "write")).post("/people", {"name": "Lead"}, 201)
    with db.read(None) as reader:
        assert reader.execute(select(webhook_deliveries.c.id)).first()
    while webhook_sending.enter_deliveries(clock.now()):
        pass
    listed = admin.get(f"{path}/deliveries", 200).json()
    assert [one["event_type"] for one in listed["items"]] == ["person.created", "webhook.test"]
    for query, total in (
        ("event_type=person.created", 1),
        ("state=waiting", 2),
        ("state=dead", 0),
        ("event_type=nothing", 0),
    ):
        assert admin.get(f"{path}/deliveries?{query}", 200).json()["total"] == total
    admin.get(f"{path}/deliveries?status=500", 422)
    page = admin.get(f"{path}/deliveries?limit=1", 200).json()
    assert admin.get(f"{path}/deliveries?limit=1&cursor={page['next']}", 200).json()["next"] is None
    delivery = f"/webhook-deliveries/{listed['items'][0]['id']}"
    assert admin.get(delivery, 200).json()["tries"] == []
    admin.post(f"{delivery}/redelivery", None, 409)
    table = webhook_deliveries
    with db.write(None) as writer:
        of_it = table.update().where(table.c.id == UUID(listed["items"][0]["id"]))
        writer.execute(of_it.values(state="dead"))
    assert admin.post(f"{delivery}/redelivery", None, 201).json()["state"] == "waiting"


def test_nothing_of_webhooks_is_kept_by_anybody(admin: Program) -> None:
    path = f"/webhooks/{made(admin)['id']}"
    delivery = admin.post(f"{path}/test", None, 201).json()["id"]
    for address in ("/webhooks", path, f"{path}/deliveries", f"/webhook-deliveries/{delivery}"):
        assert admin.get(address, 200).headers["cache-control"] == "no-store"


# --- The contract -----------------------------------------------------------------------------------------

CONTRACT = doors.application().openapi()


@pytest.mark.parametrize("event_type", [*(kind.event_type for kind in CHANGE_KINDS), "webhook.test"])
def test_the_contract_describes_every_event_with_an_example_that_fits(event_type: str) -> None:
    content = CONTRACT["webhooks"][event_type]["post"]["requestBody"]["content"]["application/json"]
    shape = {**content["schema"], "components": CONTRACT["components"]}
    Draft202012Validator(shape).validate(content["example"])
    assert content["example"]["type"] == event_type


def test_the_contract_describes_nothing_that_is_never_sent() -> None:
    assert CONTRACT["webhooks"].keys() == {*(kind.event_type for kind in CHANGE_KINDS), "webhook.test"}
