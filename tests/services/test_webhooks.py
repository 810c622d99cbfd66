"""Webhooks: what is entered for whom, sent how often, kept while they stand, and shown to whom."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from standardwebhooks import Webhook

from app import db
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, PreconditionFailed
from app.models.tables import jobs as jobs_table
from app.models.tables import journal_entries, webhook_attempts, webhook_deliveries
from app.models.webhooks import ChangeEvent, WebhookCreate, WebhookUpdate
from app.senders.webhook import Outcome
from app.services import jobs, webhook_retries, webhook_sending
from app.services import webhook_deliveries as deliveries
from app.services import webhooks as service
from tests.factories import (
    AT,
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_control,
    make_management_action,
    make_person,
    make_published,
    make_risk,
    refused,
    see,
    update,
)

URL = "https://receiver.example/hook"
TAKEN, REFUSED, GONE = Outcome(204, None, 12), Outcome(500, None, 12), Outcome(410, None, 12)


class Receiver:
    """Stands in for the sender: remembers what was sent, and answers what it is told to."""

    def __init__(self) -> None:
        self.answers: list[Outcome] = []
        self.usual = TAKEN
        self.sent: list[dict[str, Any]] = []

    def send(self, url: str, **message: Any) -> Outcome:
        self.sent.append({"url": url, **message})
        return self.answers.pop(0) if self.answers else self.usual

    @property
    def bodies(self) -> list[Shown]:
        return [json.loads(one["body"]) for one in self.sent]

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.bodies]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    made = Receiver()
    monkeypatch.setattr(webhook_sending.sender, "send", made.send)
    return made


@pytest.fixture
def webhook(people: Cast, priority: Shown) -> Shown:
    """A webhook of the north that is told of everything from now on."""
    return make(people)


def make(people: Cast, **values: Any) -> Shown:
    found: Shown = do(service.create_webhook, people.admin, WebhookCreate(url=URL, **values))
    return found


def change(people: Cast, webhook: Shown, at: Moment = AT, **values: Any) -> Shown:
    body = WebhookUpdate(**values)
    found: Shown = do(service.change_webhook, people.admin, webhook["id"], body, version=None, at=at)
    return found


def work(now: datetime = NOW, *, most: int = 1000) -> int:
    """Let a worker enter what is to be told and run what is due; how many jobs it ran."""
    while webhook_sending.enter_deliveries(now):
        pass
    for done in range(most):
        with db.write(None) as writer:
            claimed = jobs.claim(writer, "worker", now, kinds=[deliveries.KIND])
        if claimed is None:
            return done
        webhook_sending.run(claimed, lambda: True, now)
    return most


def entered(webhook: Shown) -> list[Shown]:
    table = webhook_deliveries
    statement = select(table).where(table.c.webhook_id == webhook["id"]).order_by(table.c.id)
    with db.read(None) as reader:
        return [dict(row._mapping) for row in reader.execute(statement)]


def states(webhook: Shown) -> list[str]:
    return [str(one["state"]) for one in entered(webhook)]


def shown(people: Cast, webhook: Shown) -> Shown:
    found: Shown = see(service.get_webhook, people.admin, webhook["id"])
    return found


# --- Who may, and what it is ------------------------------------------------------------------------------


def test_only_administrators_see_and_make_webhooks(people: Cast, webhook: Shown) -> None:
    for who in (people.viewer, people.contributor, people.editor):
        with pytest.raises(NotAllowed):
            see(service.list_webhooks, who)
        with pytest.raises(NotAllowed):
            do(service.create_webhook, who, WebhookCreate(url=URL))
        with pytest.raises(NotAllowed):
            do(service.rotate_secret, who, webhook["id"])
    assert see(service.list_webhooks, people.stranger)["items"] == []
    for function in (service.get_webhook, deliveries.list_deliveries):
        with pytest.raises(NotFound):
            see(function, people.stranger, webhook["id"])


def test_an_area_has_at_most_twenty(people: Cast, priority: Shown) -> None:
    for _ in range(service.MOST_WEBHOOKS):
        make(people)
    with pytest.raises(Conflict, match="at most 20"):
        make(people)
    do(service.create_webhook, people.stranger, WebhookCreate(url=URL))


def test_an_address_that_leads_inward_is_refused(database: str) -> None:
    for url in ("https://127.0.0.1/", "https://[::1]/", "http://receiver.example/", "https://10.1.2.3/x"):
        assert "/url" in refused(service.check_url, url)


def test_the_secret_is_shown_on_creation_and_rotation_alone_and_is_stored_nowhere(
    people: Cast, webhook: Shown
) -> None:
    secret = webhook["secret"]
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert "secret" not in shown(people, webhook)
    rotated = do(service.rotate_secret, people.admin, webhook["id"])
    assert rotated["secret"] != secret
    assert make(people)["secret"] not in (secret, rotated["secret"])
    with db.read(None) as reader:
        stored = str(reader.execute(select(journal_entries)).all())
    for one in (secret, rotated["secret"]):
        assert one.removeprefix("whsec_") not in stored


def test_for_a_day_after_a_rotation_events_are_signed_with_both_secrets(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    old = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    new = do(service.rotate_secret, people.admin, webhook["id"])["secret"]
    new_bytes = base64.b64decode(new.removeprefix("whsec_"))
    make_person(people.editor)
    work(NOW + timedelta(hours=23))
    make_person(people.editor)
    work(NOW + timedelta(hours=25))
    assert [one["secrets"] for one in receiver.sent] == [[new_bytes, old], [new_bytes]]
    assert Webhook(new)  # the reference library takes it


def test_deleting_takes_everything_but_the_journal(people: Cast, webhook: Shown, receiver: Receiver) -> None:
    make_person(people.editor)
    work()
    make_person(people.editor)
    webhook_sending.enter_deliveries(NOW)
    with pytest.raises(PreconditionFailed):
        do(service.delete_webhook, people.admin, webhook["id"], version=7)
    do(service.delete_webhook, people.admin, webhook["id"], version=1)
    with db.read(None) as reader:
        for table in (webhook_deliveries, webhook_attempts, jobs_table):
            assert reader.execute(select(func.count()).select_from(table)).scalar_one() == 0
        last = reader.execute(select(journal_entries).order_by(journal_entries.c.sequence.desc())).first()
    assert last is not None
    assert (last.noun, last.operation, last.before["url"]) == ("webhook", "deleted", URL)
    with pytest.raises(NotFound):
        shown(people, webhook)
    assert work() == 0


# --- What is told -----------------------------------------------------------------------------------------


def test_every_kind_of_change_is_told_with_where_to_read_it(
    people: Cast, webhook: Shown, receiver: Receiver, register: Shown
) -> None:
    editor = people.editor
    action = make_action(editor, see_priority(people))
    update(editor, action["id"], status="on_target", narrative="Begun.", reason="Agreed at the board")
    risk = make_risk(editor, register["id"], description="x" * 400)
    make_control(editor, risk["id"])
    make_management_action(editor, risk["id"])
    make_published(editor, register["plan_id"])
    work()
    by_type = {one["type"]: one["data"] for one in receiver.bodies}
    assert {"action.created", "action.added", "action.updated", "risk.added", "period.published"} <= set(
        by_type
    )
    assert {"matrix.added", "control.created", "management_action.added"} <= set(by_type)
    for body in receiver.bodies:
        ChangeEvent.model_validate(body)
    told = by_type["action.updated"]
    assert told == {
        "sequence": told["sequence"],
        "noun": "action",
        "id": str(action["id"]),
        "operation": "updated",
        "ref": "1.1",
        "title": "Agree a joint process",
        "plan_id": str(register["plan_id"]),
        "register_id": None,
        "effective_on": TODAY.isoformat(),
        "reason": "Agreed at the board",
        "href": f"/api/v1/actions/{action['id']}",
    }
    assert by_type["risk.added"]["plan_id"] == str(register["plan_id"])
    assert by_type["risk.added"]["register_id"] == str(register["id"])
    assert len(by_type["risk.added"]["title"]) == 300
    assert by_type["control.created"]["register_id"] == str(register["id"])


def see_priority(people: Cast) -> Shown:
    from app.services import plans, priorities

    plan = see(plans.list_plans, people.editor)["items"][0]
    found: Shown = see(priorities.list_priorities, people.editor, plan["id"])["items"][0]
    return found


def test_it_is_told_of_its_own_area_from_its_beginning_on_and_of_what_it_asked_for(
    people: Cast, priority: Shown, receiver: Receiver
) -> None:
    make_person(people.editor, name="Before")
    first = make(people, event_types=["person.created"])
    make_person(people.editor, name="After")
    make_person(people.stranger, name="Elsewhere")
    make_action(people.editor, priority)
    change(people, first, description="For the warehouse")
    work()
    assert [one["data"]["title"] for one in receiver.bodies] == ["After"]
    assert shown(people, first)["after_sequence"] == last_sequence(people)


def last_sequence(people: Cast) -> int:
    entry = journal_entries.c
    with db.read(None) as reader:
        found = select(func.max(entry.sequence)).where(entry.area_id == people.admin.area_id)
        return int(reader.execute(found).scalar_one())


def test_nothing_is_read_or_written_where_nothing_is_new(people: Cast, webhook: Shown) -> None:
    webhook_sending.enter_deliveries(NOW)
    with db.read(None) as reader:
        assert deliveries.behind(reader) == []


def test_each_change_is_entered_once_in_order_in_pieces(
    people: Cast, webhook: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = last_sequence(people)
    for number in range(deliveries.AT_ONCE + 5):
        make_person(people.editor, name=f"Person {number}")
    assert webhook_sending.enter_deliveries(NOW) is True
    assert webhook_sending.enter_deliveries(NOW) is False
    found = [one["sequence"] for one in entered(webhook)]
    assert found == list(range(before + 1, before + deliveries.AT_ONCE + 6))


def test_a_worker_that_ends_in_the_middle_of_entering_leaves_nothing_half_done(
    people: Cast, webhook: Shown, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_person(people.editor, name=f"Person {number}")

    class Killed(BaseException):
        pass

    entering = deliveries._enter_job
    calls = iter(range(10))

    def dies(*given: Any) -> None:
        if next(calls) == 2:
            raise Killed
        entering(*given)

    monkeypatch.setattr(deliveries, "_enter_job", dies)
    with pytest.raises(Killed):
        webhook_sending.enter_deliveries(NOW)
    assert entered(webhook) == []
    monkeypatch.setattr(deliveries, "_enter_job", entering)
    work()
    assert [one["data"]["title"] for one in receiver.bodies] == ["Person 0", "Person 1", "Person 2"]


def test_with_much_waiting_nothing_more_is_entered_until_it_goes(
    people: Cast, webhook: Shown, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_WAITING", 2)
    for number in range(2):
        make_person(people.editor, name=f"Person {number}")
    webhook_sending.enter_deliveries(NOW)
    make_person(people.editor, name="Person 2")
    webhook_sending.enter_deliveries(NOW)
    assert len(entered(webhook)) == 2
    work()
    work()
    assert [one["data"]["title"] for one in receiver.bodies] == ["Person 0", "Person 1", "Person 2"]


# --- Tries ------------------------------------------------------------------------------------------------


@given(st.uuids(), st.integers(1, 9))
def test_each_delay_is_that_of_the_table_and_up_to_a_tenth_longer_and_always_the_same(
    delivery_id: UUID, tries: int
) -> None:
    base = webhook_retries.DELAYS[tries - 1]
    found = webhook_retries.delay(delivery_id, tries)
    assert base <= found <= base * 1.1
    assert found == webhook_retries.delay(delivery_id, tries)


def test_ten_tries_take_three_days() -> None:
    assert webhook_retries.MOST_TRIES == 10
    assert timedelta(days=3) <= sum(webhook_retries.DELAYS, timedelta()) <= timedelta(days=3.5)


def due(webhook: Shown) -> list[datetime]:
    statement = select(jobs_table.c.due_at).where(jobs_table.c.state == "waiting").order_by(jobs_table.c.id)
    with db.read(None) as reader:
        return list(reader.execute(statement).scalars())


def test_an_event_that_is_refused_is_tried_ten_times_while_others_arrive_and_then_given_up(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    poisoned = make_person(people.editor, name="Poison")
    now = NOW
    for tries in range(1, 11):
        receiver.answers = [REFUSED]
        assert work(now) == 1
        assert receiver.bodies[-1]["data"]["id"] == str(poisoned["id"])
        make_person(people.editor, name="Other")
        assert work(now) == 1, "another record's events arrive meanwhile"
        assert states(webhook).count("waiting") == (0 if tries == 10 else 1)
        now = due(webhook)[0] if tries < 10 else now
    assert states(webhook)[0] == "dead"
    assert timedelta(days=3) < now - NOW < timedelta(days=3.5)
    assert shown(people, webhook)["state"] == "enabled"
    tried = see(deliveries.get_delivery, people.admin, entered(webhook)[0]["id"])
    assert (tried["attempts"], tried["last_status"], tried["next_try_at"]) == (10, 500, None)
    assert [one["status"] for one in tried["tries"]] == [500] * 10
    messages = {one["message_id"] for one in receiver.sent if b"Poison" in one["body"]}
    assert messages == {str(tried["id"])}, "one id for all tries"
    assert {one["body"] for one in receiver.sent if b"Poison" in one["body"]} == {tried["body"].encode()}


def test_events_of_one_record_keep_their_order_whatever_fails(
    people: Cast, webhook: Shown, receiver: Receiver, priority: Shown
) -> None:
    action = make_action(people.editor, priority)
    for number in range(3):
        update(people.editor, action["id"], narrative=f"Step {number}", reason=f"Step {number}")
    receiver.answers = [REFUSED, REFUSED]
    now = NOW
    while "waiting" in states(webhook) or now == NOW:
        work(now)
        now += timedelta(minutes=7)
    taken = receiver.bodies[2:]
    assert [one["data"]["sequence"] for one in taken] == sorted(one["data"]["sequence"] for one in taken)
    assert len(taken) == 5


@pytest.mark.parametrize(
    ("status", "asked", "wait"), [(429, 3600, 3600), (503, 10**9, 86400), (500, 3600, 0)]
)
def test_a_receiver_that_is_too_busy_is_left_alone_for_as_long_as_it_asks_within_a_day(
    people: Cast, webhook: Shown, receiver: Receiver, status: int, asked: int, wait: int
) -> None:
    make_person(people.editor, name="First")
    make_person(people.editor, name="Second")
    receiver.answers = [Outcome(status, None, 0, asked)]
    work(NOW)
    assert len(receiver.sent) == (1 if wait else 2)
    if wait:
        assert work(NOW + timedelta(seconds=wait - 1)) == 0
    assert work(NOW + timedelta(seconds=wait + 10)) > 0


def test_410_disables_at_once_and_what_waits_is_kept_until_it_is_enabled_again(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    for number in range(3):
        make_person(people.editor, name=f"Person {number}")
    receiver.answers = [GONE]
    assert work() == 1
    found = shown(people, webhook)
    assert found["state"] == "disabled"
    assert "410" in found["state_reason"]
    assert found["version"] == 2, "journalled, with a new version"
    make_person(people.editor, name="Person 3")
    assert work(NOW + timedelta(days=5)) == 0
    disabled = see(service.list_webhooks, people.admin, state="disabled")["items"]
    assert [one["id"] for one in disabled] == [webhook["id"]]
    later = Moment(NOW + timedelta(days=5), TODAY)
    assert change(people, webhook, later, state="enabled")["state_reason"] is None
    work(later.now)
    work(later.now)
    names = [one["data"]["title"] for one in receiver.bodies[1:]]
    assert sorted(names) == [f"Person {number}" for number in range(4)]
    assert shown(people, webhook)["state"] == "enabled"


def test_a_receiver_that_takes_nothing_for_three_days_is_disabled_and_nothing_is_lost(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    receiver.usual = Outcome(None, "There was no answer in time.", 15_000)
    for number in range(20):
        make_person(people.editor, name=f"Person {number}")
    now = NOW
    while shown(people, webhook)["state"] == "enabled":
        work(now)
        now += timedelta(minutes=10)
        assert now < NOW + timedelta(days=4)
    assert timedelta(days=3) <= now - NOW <= timedelta(days=3, hours=12)
    assert "no answer in time" in shown(people, webhook)["state_reason"]
    assert set(states(webhook)) == {"waiting"}
    tries = {}
    for one in receiver.sent:
        tries[one["message_id"]] = tries.get(one["message_id"], 0) + 1
    assert max(tries.values()) <= 10
    receiver.usual = TAKEN
    sent = len(receiver.sent)
    change(people, webhook, Moment(now, TODAY), state="enabled")
    work(now)
    assert sorted(one["data"]["title"] for one in receiver.bodies[sent:]) == sorted(
        f"Person {number}" for number in range(20)
    )
    assert set(states(webhook)) == {"delivered"}


def test_once_something_arrives_what_was_put_off_goes_at_once(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    make_person(people.editor, name="First")
    receiver.usual = REFUSED
    work(NOW)
    work(NOW + timedelta(seconds=6))
    for number in range(5):
        make_person(people.editor, name=f"Later {number}")
    at = NOW + timedelta(minutes=7)
    work(at, most=1)  # fails: the rest is put off by half of seven minutes
    assert work(at + timedelta(minutes=3)) == 0
    receiver.usual = TAKEN
    work(at + timedelta(minutes=4))
    work(at + timedelta(minutes=4, seconds=1))
    assert states(webhook)[1:] == ["delivered"] * 5


# --- Pausing ----------------------------------------------------------------------------------------------


def test_while_it_is_paused_nothing_is_sent_and_then_all_of_it_in_order(
    people: Cast, webhook: Shown, receiver: Receiver, priority: Shown
) -> None:
    action = make_action(people.editor, priority)
    webhook_sending.enter_deliveries(NOW)
    change(people, webhook, state="paused")
    update(people.editor, action["id"], narrative="Begun.")
    assert work(NOW + timedelta(days=40)) == 0
    assert receiver.sent == []
    found = see(deliveries.list_deliveries, people.admin, webhook["id"])["items"]
    assert {one["next_try_at"] for one in found} == {None}
    change(people, webhook, state="enabled")
    work()
    work()
    assert receiver.types == ["action.created", "action.added", "action.updated"]


@pytest.mark.parametrize("ended", [REFUSED, GONE])
def test_a_try_that_ends_while_it_is_being_paused_waits_with_the_others(
    people: Cast, webhook: Shown, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, ended: Outcome
) -> None:
    make_person(people.editor)

    def paused_meanwhile(*_given: Any, **_named: Any) -> Outcome:
        change(people, webhook, state="paused")
        return ended

    monkeypatch.setattr(webhook_sending.sender, "send", paused_meanwhile)
    work()
    assert due(webhook)[0].year == 9000
    now = shown(people, webhook)
    assert (now["state"], now["failing_since"]) == ("paused", None), "paused it stays"
    monkeypatch.setattr(webhook_sending.sender, "send", receiver.send)
    change(people, webhook, state="enabled")
    assert work() == 1


def test_a_webhook_that_stood_for_long_goes_on_with_the_last_ten_thousand_changes(
    people: Cast, webhook: Shown, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_BEHIND", 3)
    change(people, webhook, state="paused")
    for number in range(6):
        make_person(people.editor, name=f"Person {number}")
    change(people, webhook, state="enabled")
    work()
    assert [one["data"]["title"] for one in receiver.bodies] == ["Person 4", "Person 5"], "and the enabling"


# --- By hand ----------------------------------------------------------------------------------------------


def test_a_test_is_sent_once_also_to_a_webhook_that_stands_and_changes_nothing_of_it(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    change(people, webhook, state="paused")
    receiver.answers = [GONE]
    made = do(deliveries.test_webhook, people.admin, webhook["id"])
    assert work() == 1
    assert receiver.types == ["webhook.test"]
    assert receiver.bodies[0]["data"] == {"webhook_id": str(webhook["id"])}
    found = see(deliveries.get_delivery, people.admin, made["id"])
    assert (found["state"], found["last_status"]) == ("dead", 410)
    assert shown(people, webhook)["state"] == "paused"
    assert shown(people, webhook)["failing_since"] is None


def test_what_was_delivered_or_given_up_is_sent_again_with_the_same_id_and_body(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    make_person(people.editor)
    work()
    delivery = entered(webhook)[0]
    do(deliveries.redeliver, people.admin, delivery["id"])
    with pytest.raises(Conflict, match="waiting"):
        do(deliveries.redeliver, people.admin, delivery["id"])
    work()
    first, second = receiver.sent
    assert (first["message_id"], first["body"]) == (second["message_id"], second["body"])
    assert see(deliveries.get_delivery, people.admin, delivery["id"])["attempts"] == 2
    change(people, webhook, state="paused")
    with pytest.raises(Conflict, match="paused"):
        do(deliveries.redeliver, people.admin, delivery["id"])
    with pytest.raises(NotFound):
        do(deliveries.redeliver, people.stranger, delivery["id"])
    with pytest.raises(NotAllowed):
        do(deliveries.redeliver, people.editor, delivery["id"])


def test_the_list_of_deliveries_is_newest_first_and_filtered(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    make_person(people.editor, name="First")
    make_person(people.editor, name="Second")
    receiver.answers = [REFUSED]
    work()
    found = see(deliveries.list_deliveries, people.admin, webhook["id"])
    assert [one["state"] for one in found["items"]] == ["delivered", "waiting"]
    assert [one["last_error"] for one in found["items"]] == [None, "The receiver answered 500."]
    assert found["items"][1]["next_try_at"] == due(webhook)[0]
    for wanted, total in (
        ({"state": "waiting"}, 1),
        ({"event_type": "person.created"}, 2),
        ({"event_type": "plan.created"}, 0),
    ):
        assert see(deliveries.list_deliveries, people.admin, webhook["id"], **wanted)["total"] == total


def test_what_ended_thirty_days_ago_is_cleared_and_what_waits_stays(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    make_person(people.editor, name="First")
    make_person(people.editor, name="Second")
    receiver.answers = [REFUSED]
    work()

    def clear(days: int) -> None:
        with db.write(None) as writer:
            deliveries.clear_deliveries(writer, NOW + timedelta(days=days))

    clear(29)
    assert len(entered(webhook)) == 2
    clear(31)
    assert states(webhook) == ["waiting"]


def test_a_job_lost_to_another_worker_stores_nothing_of_its_own(
    people: Cast, webhook: Shown, receiver: Receiver
) -> None:
    make_person(people.editor)
    webhook_sending.enter_deliveries(NOW)
    with db.write(None) as writer:
        first = jobs.claim(writer, "slow", NOW, kinds=[deliveries.KIND])
    assert first is not None
    later = NOW + timedelta(minutes=2)
    assert work(later) == 1
    webhook_sending.run(first._replace(), lambda: False, NOW)
    found = see(deliveries.get_delivery, people.admin, entered(webhook)[0]["id"])
    assert (found["state"], found["attempts"]) == ("delivered", 1)
