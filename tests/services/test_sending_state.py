"""Who is told that nothing is sent, and the figures for monitoring."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import db
from app.api import metrics
from app.config import Settings, settings
from app.errors import NotAllowed
from app.main import create_app
from app.models import tables
from app.models.base import new_id
from app.models.webhooks import WebhookCreate, WebhookState
from app.services import housekeeping, schedule_runs, schedules, sending_state, webhooks
from tests.factories import NOW, Cast, cast, do, see
from tests.mailing import Crew, Post
from tests.services.test_schedule_runs import FIRST, REFUSED, started


@pytest.fixture
def people(database: str) -> Cast:
    return cast()


def seen(seconds: float) -> None:
    """A worker was seen so many seconds ago."""
    at = NOW - timedelta(seconds=seconds)
    with db.write(None) as writer:
        housekeeping.beat(writer, housekeeping.Worker(new_id(), "worker-0a1b2c3d", at), at)


def waiting(who: Any) -> int:
    found: sending_state.Standing = see(sending_state.standing, who, now=NOW)
    return found.waiting_schedules


def test_editors_hear_of_a_worker_that_stopped_where_a_schedule_waits_for_it(people: Cast) -> None:
    assert waiting(people.editor) == 0, "nothing waits"
    made = started(people, "a@north.example")
    assert (waiting(people.editor), waiting(people.admin), waiting(people.stranger)) == (1, 1, 0)
    seen(121)
    assert waiting(people.editor) == 1
    seen(60)
    assert waiting(people.editor) == 0
    do(schedules.pause, people.admin, made["id"])
    with pytest.raises(NotAllowed):
        waiting(people.viewer)


def test_what_was_sent_by_hand_of_a_paused_schedule_waits_for_a_worker_too(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = started(people, "a@north.example", at=NOW)
    do(schedules.pause, people.admin, made["id"])
    assert waiting(people.editor) == 0
    do(schedule_runs.send_now, people.admin, made["id"])
    assert (waiting(people.editor), waiting(people.stranger)) == (1, 0)
    Crew(monkeypatch, Post()).work(NOW)
    assert waiting(people.editor) == 0


def test_admins_alone_hear_of_the_webhooks_of_their_area_that_are_disabled(people: Cast) -> None:
    made = do(webhooks.create_webhook, people.admin, WebhookCreate(url="https://receiver.example/hook"))
    assert see(sending_state.standing, people.admin, now=NOW).disabled_webhooks == 0
    with db.write(None) as writer:
        stop = update(tables.webhooks).where(tables.webhooks.c.id == made["id"])
        writer.execute(stop.values(state=WebhookState.disabled))
    heard = [
        see(sending_state.standing, who, now=NOW).disabled_webhooks
        for who in (people.admin, people.editor, people.stranger)
    ]
    assert heard == [1, 0, 0]


def test_a_token_that_can_be_guessed_is_refused_in_a_demonstration_too() -> None:
    given: Any = {"environment": "demo", "database_url": "sqlite:///x.db", "metrics_token": "short"}
    with pytest.raises(ValueError, match="SEND_TRACKER_METRICS_TOKEN must be a random value of at least 32"):
        Settings(**given)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_figures_are_for_whoever_has_their_token_and_name_nobody(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.testclient import TestClient

    started(people, "refused@north.example", "taken@north.example")
    Crew(monkeypatch, Post(REFUSED)).work(FIRST)
    seen(0)
    with TestClient(create_app()) as client:
        assert client.get("/metrics").status_code == 404, "there is no token yet"
        monkeypatch.setenv("SEND_TRACKER_METRICS_TOKEN", "m" * 32)
        settings.cache_clear()
        for header in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic " + "m" * 32}):
            assert client.get("/metrics", headers=header).status_code == 401
        answer = client.get("/metrics", headers={"authorization": f"Bearer {'m' * 32}"})
    settings.cache_clear()
    assert (answer.status_code, answer.headers["content-type"]) == (200, metrics.MEDIA_TYPE)
    said = answer.text.splitlines()
    for line in (
        'send_tracker_mail_deliveries{state="refused"} 1',
        'send_tracker_mail_deliveries{state="sent"} 1',
        'send_tracker_mail_deliveries{state="doubtful"} 0',
        'send_tracker_schedule_runs{state="done"} 1',
        'send_tracker_schedules{state="active"} 1',
        'send_tracker_jobs{kind="mail_delivery",state="dead"} 1',
        "# TYPE send_tracker_worker_last_seen_timestamp_seconds gauge",
    ):
        assert line in said, answer.text
    assert not any(word in answer.text for word in ("north", "@", "taken", "Monday"))
    names = [line.split()[2] for line in said if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert all(line.startswith("# ") or len(line.rsplit(" ", 1)) == 2 for line in said)
    assert answer.text.endswith("\n")
