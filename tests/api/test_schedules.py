"""Schedules through the API: rules, recipients, filters, versions, and that asking twice sends once."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import db
from app.access.roles import Principal
from app.models.tables import jobs
from tests import doors
from tests.doors import Program

WEEKLY = {"kind": "weekly", "weekday": "monday", "time": "08:00"}


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Program:
    return Program(http, doors.token(area, "admin"))


@pytest.fixture
def schedule(ids: dict[str, str]) -> str:
    return ids["schedule_id"]


def made(admin: Program, ids: dict[str, str], **given: Any) -> dict[str, Any]:
    body = {"plan_id": ids["plan_id"], "name": "Summary", "rule": WEEKLY} | given
    found: dict[str, Any] = admin.post("/schedules", body, 201).json()
    return found


def found(admin: Program, path: str, **asked: Any) -> list[Any]:
    """What a field of the records of a list is, in order."""
    return [one["id"] for one in admin.get(path, 200, params=asked).json()["items"]]


def test_a_schedule_is_made_read_changed_paused_and_resumed(admin: Program, ids: dict[str, str]) -> None:
    body = {"plan_id": ids["plan_id"], "name": "Summary", "rule": WEEKLY}
    body |= {"state": "active", "recipients": [{"address": "board@council.example"}]}
    answer = admin.post("/schedules", body, 201)
    one = answer.json()
    path = f"/schedules/{one['id']}"
    assert answer.headers["location"] == f"/api/v1{path}"
    assert answer.headers["cache-control"] == "no-store"
    assert one["next_due_at"] is not None
    tag = admin.get(path, 200).headers["etag"]
    changed = admin.patch(path, {"name": "Weekly"}, 200, headers={"if-match": tag})
    assert changed.json()["name"] == "Weekly"
    stale = admin.patch(path, {"name": "Other"}, 412, headers={"if-match": tag}).json()
    assert stale["current"]["name"] == "Weekly"
    paused = admin.post(f"{path}/pause", None, 201).json()
    assert (paused["state"], paused["next_due_at"]) == ("paused", None)
    assert admin.post(f"{path}/resume", None, 201).json()["state"] == "active"
    assert len(admin.get(f"{path}/preview", 200).json()["due"]) == 5


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"rule": {**WEEKLY, "time": "8:00"}}, "/rule/time"),
        ({"rule": {**WEEKLY, "time": "24:00"}}, "/rule/time"),
        ({"rule": {**WEEKLY, "time": "٠٨:٠٠"}}, "/rule/time"),
        ({"rule": {**WEEKLY, "weekday": "Monday "}}, "/rule/weekday"),
        ({"rule": {**WEEKLY, "day": 1}}, "/rule/day"),
        ({"rule": {"kind": "monthly", "day": "1", "time": "08:00"}}, "/rule/day"),
        ({"rule": {"kind": "cron", "expression": "61 8 * * 1"}}, "/rule/expression"),
        ({"rule": {"kind": "cron", "expression": "0 8 * * 1\u0000"}}, "/rule/expression"),
        ({"rule": {"kind": "yearly"}}, "/rule/kind"),
        ({"rule": "0 8 * * 1"}, "/rule"),
        ({"name": "\r\nBcc: x@y.org\u0000"}, "/name"),
        ({"name": "Monday\r\nBcc: x@y.org"}, "/name"),
        ({"recipients": [{"address": "a@x.org", "group_name": "a\nb"}]}, "/recipients/0/group_name"),
        ({"attachments": ["exe"]}, "/attachments/0"),
        ({"recipients": [{"address": "a@x.org\r\nBcc: b@y.org"}]}, "/recipients/0/address"),
        ({"recipients": [{"address": "a@x.org", "phone": "1"}]}, "/recipients/0/phone"),
        ({"recipients": [{}]}, "/recipients/0"),
        ({"state": "active"}, "/state"),
        ({"settled_until": "2020-01-01T00:00:00Z"}, "/settled_until"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    admin: Program, ids: dict[str, str], given: dict[str, Any], pointer: str
) -> None:
    before = doors.counts()
    body = {"plan_id": ids["plan_id"], "name": "Summary", "rule": WEEKLY} | given
    answer = admin.post("/schedules", body, 422).json()
    assert pointer in {one["pointer"] for one in answer["errors"]}
    assert doors.counts() == before


def test_every_filter_of_schedules_is_tried(admin: Program, ids: dict[str, str], schedule: str) -> None:
    reminders = made(admin, ids, kind="reminders", reminders={"due_days": [3]}, state="active")["id"]
    assert found(admin, "/schedules") == [schedule, reminders]
    assert found(admin, "/schedules", state="active") == [reminders]
    assert found(admin, "/schedules", kind="summary") == [schedule]
    assert found(admin, "/schedules", plan_id=ids["plan_id"]) == [schedule, reminders]
    assert found(admin, "/schedules", plan_id=doors.NOBODY) == []
    assert found(admin, "/schedules", updated_since="2100-01-01T00:00:00Z") == []
    first = admin.get("/schedules", 200, params={"limit": 1}).json()
    assert found(admin, "/schedules", limit=1, cursor=first["next"]) == [reminders]


def test_every_filter_of_recipients_is_tried(admin: Program, ids: dict[str, str], schedule: str) -> None:
    path = f"/schedules/{schedule}/recipients"
    more = [{"address": "a@x.org", "name": "Ann Hill", "group_name": "Schools"}, {"address": "b@x.org"}]
    assert admin.post(path, {"recipients": more}, 201).json() == {"added": 2, "already_there": 0, "total": 3}
    everybody = found(admin, path)
    assert len(everybody) == 3
    assert found(admin, path, q="hill") == found(admin, path, group_name="Schools")
    assert found(admin, path, unsubscribed="true") == []
    assert found(admin, path, unsubscribed="false") == everybody
    first = admin.get(path, 200, params={"limit": 2}).json()
    assert found(admin, path, limit=2, cursor=first["next"]) == everybody[2:]
    recipient = f"{path}/{everybody[0]}"
    stale = admin.send("DELETE", recipient, 412, headers={"if-match": '"1"'}).json()
    assert stale["current"]["id"] == schedule
    admin.send("DELETE", recipient, 204)
    admin.send("DELETE", recipient, 404)


def test_a_schedule_that_ran_is_not_deleted(admin: Program, ids: dict[str, str], schedule: str) -> None:
    fresh = f"/schedules/{made(admin, ids)['id']}"
    assert admin.send("DELETE", fresh).status_code == 428
    tag = {"if-match": admin.get(fresh, 200).headers["etag"]}
    assert admin.send("DELETE", fresh, headers=tag).status_code == 204
    admin.get(fresh, 404)
    path = f"/schedules/{schedule}"
    tag = {"if-match": admin.get(path, 200).headers["etag"]}
    refused = admin.send("DELETE", path, headers=tag)
    assert (refused.status_code, "Pause it instead" in refused.text) == (409, True)


def test_what_nobody_would_receive_is_not_sent_now(admin: Program, ids: dict[str, str]) -> None:
    path = f"/schedules/{made(admin, ids)['id']}/runs"
    assert "Add a recipient first" in admin.post(path, None, 422).text
    assert found(admin, path) == []


def test_every_filter_of_runs_and_messages_is_tried(
    admin: Program, ids: dict[str, str], schedule: str
) -> None:
    path, run, message = f"/schedules/{schedule}/runs", ids["run_id"], ids["run_delivery_id"]
    sent = admin.post(path, None, 201)
    newer = sent.json()["id"]
    assert sent.headers["location"] == f"/api/v1/runs/{newer}"
    assert found(admin, path) == [newer, run]
    assert found(admin, path, kind="test") == found(admin, path, state="done") == []
    assert found(admin, path, kind="now", state="waiting") == [newer, run]
    first = admin.get(path, 200, params={"limit": 1}).json()
    assert found(admin, path, limit=1, cursor=first["next"]) == [run]
    assert found(admin, f"/runs/{run}/deliveries", state="dead") == [message]
    assert found(admin, f"/runs/{run}/deliveries", state="sent") == []
    again = admin.post(f"/run-deliveries/{message}/resending", None, 201).json()
    assert (again["id"], again["state"]) == (message, "waiting")


def test_asking_twice_with_one_key_sends_once(admin: Program, schedule: str) -> None:
    headers = {"idempotency-key": "monday"}
    runs = {admin.post(f"/schedules/{schedule}/runs", None, 201, headers=headers).json()["id"] for _ in "ab"}
    assert len(runs) == 1
    with db.read(None) as reader:
        entered = reader.execute(select(jobs.c.key).where(jobs.c.key.in_(runs))).scalars().all()
    assert len(entered) == 1


def test_readers_see_schedules_and_runs_without_addresses(
    http: TestClient, area: Principal, ids: dict[str, str], schedule: str
) -> None:
    reader = Program(http, doors.token(area, "read"))
    run = f"/runs/{ids['run_id']}"
    for path in ("/schedules", f"/schedules/{schedule}", f"/schedules/{schedule}/runs", run):
        assert "@" not in reader.get(path, 200).text
    for path in (f"/schedules/{schedule}/recipients", f"{run}/deliveries"):
        reader.get(path, 403)


def test_five_thousand_recipients_are_added_in_one_request(admin: Program, schedule: str) -> None:
    path = f"/schedules/{schedule}/recipients"
    many = [{"address": f"member-{number}@council.example"} for number in range(5_000)]
    assert "/recipients" in admin.post(path, {"recipients": many}, 422).text
    assert admin.post(path, {"recipients": many[:4_999]}, 201).json()["total"] == 5_000
    assert UUID(found(admin, path, limit=1)[0])
