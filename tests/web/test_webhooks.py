"""Pages of webhooks: what admins see and do, a secret shown once, forms sent twice, notices."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.models.change_kinds import EVENT_TYPES
from app.models.tables import jobs as jobs_table
from app.models.tables import webhook_deliveries, webhooks
from app.models.webhooks import TEST_EVENT
from app.senders.webhook import Outcome
from app.services import jobs, webhook_sending
from app.services.webhook_deliveries import KIND
from app.web.presenters.webhook_events import groups, happened
from tests import doors
from tests.doors import Program
from tests.web.conftest import Visitor, fields, links, words

LIST = "/admin/webhooks"
NEW = f"{LIST}/new"
URL = "https://receiver.example/hook"
SECRET = re.compile(r"<dt>Secret</dt><dd><code[^>]*>([^<]+)</code>")


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.admin))


@pytest.fixture
def ids(area: Principal) -> dict[str, str]:
    """A webhook and an event of it that was given up."""
    return doors.webhook(area.area_id)


@pytest.fixture
def path(ids: dict[str, str]) -> str:
    return f"{LIST}/{ids['webhook_id']}"


def count(table: Any) -> int:
    with db.read(None) as reader:
        return int(reader.execute(select(func.count()).select_from(table)).scalar_one())


def version(admin: Visitor, path: str) -> dict[str, str]:
    return {"version": fields(admin.get(path))["version"]}


def test_only_admins_find_the_pages(admin: Visitor, editor: Visitor, viewer: Visitor, path: str) -> None:
    assert LIST in links(admin.get("/admin/clients"), "/admin")
    for other in (editor, viewer):
        for address in (LIST, NEW, path):
            other.get(address, 403)


def test_a_webhook_is_added_once_and_its_secret_shown_once(admin: Visitor) -> None:
    assert "No webhook has been added" in words(admin.get(LIST))
    before = count(webhooks)
    typed = fields(admin.get(NEW)) | {"url": URL, "description": "Warehouse"}
    kept = {name: value for name, value in typed.items() if not name.startswith("type_")}
    sent = kept | {"told": "chosen", "type_action_updated": "1"}
    shown = admin.send(NEW, sent, 200)
    found = SECRET.search(shown.text)
    assert found
    assert found[1].startswith("whsec_")
    again = admin.send(NEW, sent, 303)
    page = admin.get(again.headers["location"])
    assert "added a moment ago, by the same form" in words(page)
    assert "app-success" not in page
    assert found[1] not in page
    assert count(webhooks) == before + 1
    assert "1 kind of event" in words(admin.get(LIST))
    assert "An action was updated (action.updated)" in words(page)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"url": ""}, "Give the address that events are sent to"),
        ({"url": "https://10.0.0.1/"}, "not a public address"),
        ({"url": "http://receiver.example/"}, "https://"),
        ({"url": URL, "description": "x" * 301}, "Shorten the description to 300 characters or fewer"),
        ({"url": URL + "x" * 2000}, "Shorten the address to 2,000 characters or fewer"),
        ({"url": "https://récepteur.example/"}, "Write the address without spaces"),
        ({"url": URL, "told": ""}, "Choose whether it is told of everything"),
        ({"url": URL, "told": "chosen"}, "Choose at least one event"),
        ({"url": URL, "type_plan_changed": "1"}, "you have chosen both"),
        ({"url": URL, "key": "of somebody else"}, "Part of this form is missing"),
    ],
)
def test_a_form_that_will_not_do_is_shown_again_with_what_was_typed(
    admin: Visitor, typed: dict[str, str], message: str
) -> None:
    before = count(webhooks)
    shown = fields(admin.get(NEW))
    answer = admin.send(
        NEW, {"key": shown["key"], "description": "Warehouse", "told": "everything"} | typed, 422
    )
    assert message in words(answer.text)
    assert f'value="{typed["url"]}"' in answer.text
    assert count(webhooks) == before


def test_a_webhook_is_changed_and_a_stale_form_shows_both_versions(
    admin: Visitor, area: Principal, path: str
) -> None:
    typed = {"url": URL, "description": "Warehouse", **version(admin, f"{path}/edit")}
    typed["told"] = "chosen"
    first = admin.send(f"{path}/edit", typed | {"type_plan_changed": "1"}, 303)
    assert "The webhook is changed" in words(admin.get(first.headers["location"]))
    stale = admin.send(f"{path}/edit", typed | {"description": "Mine", "told": "everything"}, 409)
    assert "Mine" in stale.text
    assert "plan.changed" in stale.text


def test_pausing_testing_and_a_new_secret(admin: Visitor, path: str) -> None:
    old = version(admin, path)
    paused = admin.send(f"{path}/state", {"state": "paused", **old}, 303)
    assert "The webhook is paused" in words(admin.get(paused.headers["location"]))
    again = admin.send(f"{path}/state", {"state": "paused", **old}, 303)
    told = words(admin.get(again.headers["location"]))
    assert "Nothing was changed" in told
    assert "only once" not in told, "no secret was in question"
    admin.send(f"{path}/state", {"state": "disabled", **version(admin, path)}, 422)
    tested = admin.send(f"{path}/test", version(admin, path), 303)
    assert "The test is being sent" in words(admin.get(tested.headers["location"]))
    typed = version(admin, path)
    shown = admin.send(f"{path}/secret", typed, 200)
    assert SECRET.search(shown.text)
    assert "the secret before this one" in words(shown.text)
    twice = admin.send(f"{path}/secret", typed, 303)
    told = admin.get(twice.headers["location"])
    assert "was given a new secret a moment ago" in words(told)
    assert "app-success" not in told
    later = {"url": URL, "description": "Later", "told": "everything", **version(admin, path)}
    admin.send(f"{path}/edit", later, 303)
    assert "said=stale" in admin.send(f"{path}/secret", typed, 303).headers["location"]


def test_a_secret_that_is_still_good_ends_only_after_a_question(admin: Visitor, path: str) -> None:
    admin.send(f"{path}/secret", version(admin, path), 200)
    now = version(admin, path)
    question = admin.send(f"{path}/secret", now, 200)
    assert SECRET.search(question.text) is None
    assert "ends one that is still good" in words(question.text)
    assert version(admin, path) == now, "asking changes nothing"
    shown = admin.send(f"{path}/secret", fields(question.text), 200)
    assert SECRET.search(shown.text)
    assert "The one that was older still has ended" in words(shown.text)


def test_every_type_of_event_is_told_in_words() -> None:
    assert [one for one in (*EVENT_TYPES, TEST_EVENT) if happened(one) == one] == []
    assert len({happened(one) for one in EVENT_TYPES}) == len(EVENT_TYPES), "no two read alike"
    assert [one.code for _, choices in groups() for one in choices] == list(EVENT_TYPES)


def test_the_form_groups_events_and_shows_no_marks_of_code(admin: Visitor) -> None:
    shown = admin.get(NEW)
    assert "Management actions</legend>" in shown
    assert "`" not in shown
    everything = fields(shown) | {"url": URL}
    assert "told" not in everything, "nothing is chosen for anybody"


def test_what_was_sent_is_listed_filtered_shown_and_sent_again(
    admin: Visitor, ids: dict[str, str], path: str
) -> None:
    page = words(admin.get(path))
    assert "webhook.test" in page
    assert "Given up" in page
    assert "No event fits" in words(admin.get(f"{path}?state=delivered"))
    assert "webhook.test" in words(admin.get(f"{path}?state=dead&event_type=webhook.test"))
    delivery = f"/admin/webhook-deliveries/{ids['delivery_id']}"
    assert '"type":"webhook.test"' in words(admin.get(delivery)).replace(" ", "")
    typed = {"version": fields(admin.get(delivery))["version"]}
    again = admin.send(f"{delivery}/redelivery", typed, 303)
    assert "being sent again" in words(admin.get(again.headers["location"]))
    waits = admin.send(f"{delivery}/redelivery", typed, 303)
    assert "waiting to be sent already" in words(admin.get(waits.headers["location"]))


def test_a_webhook_is_deleted_after_a_question(admin: Visitor, path: str) -> None:
    shown = admin.get(f"{path}/delete")
    assert "cannot be undone" in words(shown)
    assert "Nothing was changed" in words(
        admin.get(admin.send(f"{path}/delete", {"version": "9"}, 303).headers["location"])
    )
    gone = admin.send(f"{path}/delete", version(admin, f"{path}/delete"), 303)
    assert "The webhook is deleted" in words(admin.get(gone.headers["location"]))
    admin.get(path, 404)


def test_a_webhook_deleted_twice_is_deleted(admin: Visitor, path: str, area: Principal) -> None:
    form = fields(admin.get(f"{path}/delete"))
    admin.send(f"{path}/delete", form, 303)
    again = admin.send(f"{path}/delete", form, 303)
    assert "deleted already" in words(admin.get(again.headers["location"]))
    admin.send(f"{path}/delete", {"version": "1"}, 404)


def test_a_webhook_that_the_service_disabled_is_told_of_on_the_overview_and_the_list(
    admin: Visitor, editor: Visitor, http: TestClient, area: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(http, doors.token(area, "write", "admin"), is_checked=False)
    with db.write(None) as writer:
        writer.execute(update(webhooks).values(state="paused"))
    made = program.post("/webhooks", {"url": URL, "description": "Gone"}, 201).json()
    program.post("/people", {"name": "Lead"}, 201)
    plans = program.get("/plans", 200).json()["items"]
    if not plans:
        program.post("/plans", {"ref": "SIP", "title": "SEND improvement plan"}, 201)
    assert "stopped by the service" not in words(admin.get("/"))
    monkeypatch.setattr(webhook_sending.sender, "send", lambda *_given, **_named: Outcome(410, None, 1))
    while webhook_sending.enter_deliveries(clock.now()):
        pass
    of_it = webhook_deliveries.c.webhook_id == UUID(made["id"])
    with db.read(None) as reader:
        keys = [str(one) for one in reader.execute(select(webhook_deliveries.c.id).where(of_it)).scalars()]
    with db.write(None) as writer:
        writer.execute(jobs_table.delete().where(jobs_table.c.key.not_in(keys)))
        claimed = jobs.claim(writer, "worker", clock.now(), kinds=[KIND])
    assert claimed is not None
    webhook_sending.run(claimed, lambda: True, clock.now())
    assert "webhook stopped by the service" in words(admin.get("/"))
    assert LIST in links(admin.get("/"), LIST)
    assert "stopped by the service" not in words(editor.get("/"))
    assert "410 Gone" in words(admin.get(LIST))
    assert "410 Gone" in words(admin.get(f"{LIST}/{made['id']}"))
