"""The ledger of background work: who may claim what and when, and who may say how it ended."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import db
from app.models.base import new_id
from app.models.jobs import JobState
from app.models.tables import jobs as table
from app.services import housekeeping, job_claims, job_counts, jobs
from app.services.jobs import Claimed
from tests.factories import cast

NOW = datetime(2024, 7, 1, 9, tzinfo=UTC)
KINDS = ("letter",)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def area(database: str) -> UUID:
    """An area of a database that holds no jobs."""
    return cast().service.area_id


def enter(area: UUID, key: str, **given: Any) -> None:
    """Enter a job of an order of its own, in the lane "post", due now, unless told otherwise."""
    wanted = {"lane": "post", "order_key": f"alone-{key}", "position": 1, "due_at": NOW, **given}
    with db.write(None) as writer:
        jobs.enter(writer, area_id=area, kind="letter", key=key, payload={"to": key}, now=NOW, **wanted)


def claim(seconds: float = 0, *, by: str = "ann", limit: int = 1) -> Claimed | None:
    with db.write(None) as writer:
        return jobs.claim(writer, by, after(seconds), kinds=KINDS, lane_limit=limit)


def claimed(seconds: float = 0, *, by: str = "ann", limit: int = 1) -> Claimed:
    found = claim(seconds, by=by, limit=limit)
    assert found is not None
    return found


def end(how: Any, held: Claimed, seconds: float = 0, **given: Any) -> bool:
    with db.write(None) as writer:
        answer: bool = how(writer, held, after(seconds), **given)
    return answer


def stored(key: str) -> Any:
    with db.read(None) as reader:
        return reader.execute(select(table).where(table.c.key == key)).one()


# --- Entering ---------------------------------------------------------------------------------------------


def test_the_same_work_is_entered_once_however_it_stands(area: UUID) -> None:
    enter(area, "1")
    enter(area, "1", due_at=after(500))
    held = claimed()
    enter(area, "1")
    assert end(jobs.finish, held)
    enter(area, "1")
    assert claim(1000) is None
    assert (stored("1").state, stored("1").due_at) == ("done", NOW)


def test_what_is_claimed_is_what_was_entered(area: UUID) -> None:
    enter(area, "1", order_key="plan", position=7)
    held = claimed()
    assert held == Claimed(held.id, area, "letter", "1", "post", "plan", 7, {"to": "1"}, attempts=1, fence=1)
    row = stored("1")
    assert (row.state, row.worker_name, row.lease_until) == ("running", "ann", after(60))
    assert row.created_at == NOW


def test_two_who_enter_the_same_work_at_once_enter_it_once(area: UUID) -> None:
    gate = threading.Barrier(4)

    def hurry() -> None:
        gate.wait()
        for number in range(20):
            enter(area, str(number))

    team = [threading.Thread(target=hurry) for _ in range(4)]
    for one in team:
        one.start()
    for one in team:
        one.join()
    with db.read(None) as reader:
        assert len(reader.execute(select(table.c.id)).all()) == 20


# --- What may be claimed ----------------------------------------------------------------------------------


def test_what_is_not_due_waits(area: UUID) -> None:
    enter(area, "1", due_at=after(10))
    assert claim(9.9) is None
    assert claim(10) is not None


def test_what_is_due_longest_comes_first_whatever_its_lane(area: UUID) -> None:
    for number, lane in enumerate(("c", "a", "b")):
        enter(area, lane, lane=lane, due_at=after(number))
    assert [claimed(10).key for _ in range(3)] == ["c", "a", "b"]
    assert claim(10) is None


def test_other_kinds_are_left_for_those_who_can_run_them(area: UUID) -> None:
    enter(area, "1")
    with db.write(None) as writer:
        assert jobs.claim(writer, "ann", NOW, kinds=("parcel",)) is None
        found = jobs.claim(writer, "ann", NOW, kinds=("parcel", "letter"))
    assert found is not None
    assert found.key == "1"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_of_a_lane_are_held_than_may_be(area: UUID, limit: int) -> None:
    for number in range(5):
        enter(area, str(number), due_at=after(number - 10))
    held = [claimed(limit=limit) for _ in range(limit)]
    assert claim(limit=limit) is None
    assert end(jobs.finish, held[0])
    assert claimed(limit=limit).key == str(limit)
    assert claim(limit=limit) is None


def test_a_full_lane_holds_no_other_back(area: UUID) -> None:
    for number in range(50):
        enter(area, f"slow-{number}", lane="slow", due_at=after(-100))
    enter(area, "quick", lane="quick")
    assert claimed().lane == "slow"
    assert claimed().key == "quick"
    assert claim() is None


def test_jobs_of_one_order_run_one_by_one(area: UUID) -> None:
    for position in (3, 1, 2):
        enter(area, str(position), order_key="plan", position=position, due_at=after(-position))
    for expected in ("1", "2", "3"):
        held = claimed(limit=9)
        assert held.key == expected
        assert claim(limit=9) is None
        assert end(jobs.finish, held)


def test_the_later_ones_wait_for_the_next_try_of_an_earlier_one(area: UUID) -> None:
    for position in (1, 2):
        enter(area, str(position), order_key="plan", position=position)
    assert end(jobs.retry, claimed(), due_at=after(100), error="busy")
    enter(area, "3", order_key="plan", position=3)
    assert claim(99) is None
    assert [stored(key).due_at for key in "123"] == [after(100)] * 3, "none is looked at until then"
    for expected in ("1", "2", "3"):
        held = claimed(100)
        assert held.key == expected
        assert end(jobs.finish, held)


def test_a_dead_job_no_longer_holds_the_later_ones_back(area: UUID) -> None:
    for position in (1, 2):
        enter(area, str(position), order_key="plan", position=position)
    assert end(jobs.give_up, claimed(), error="gone")
    assert claimed().key == "2"


def test_an_earlier_one_that_is_revived_does_not_run_beside_a_later_one(area: UUID) -> None:
    for position in (1, 2):
        enter(area, str(position), order_key="plan", position=position)
    assert end(jobs.give_up, claimed(), error="gone")
    second = claimed()
    with db.write(None) as writer:
        assert jobs.revive(writer, area, "letter", "1", NOW)
    assert claim(limit=9) is None
    assert end(jobs.finish, second)
    assert claimed().key == "1"


# --- Leases -----------------------------------------------------------------------------------------------


def test_a_lease_holds_for_a_minute_and_then_others_may_claim(area: UUID) -> None:
    enter(area, "1")
    first = claimed(by="ann")
    assert claim(59.9, by="ben") is None
    second = claimed(60, by="ben")
    assert (second.id, second.attempts, second.fence) == (first.id, 2, 2)
    assert stored("1").worker_name == "ben"


def test_a_renewed_lease_holds_for_a_minute_from_then(area: UUID) -> None:
    enter(area, "1")
    held = claimed()
    assert end(jobs.renew, held, 50)
    assert claim(109.9) is None
    assert end(jobs.renew, held, 109.9)
    assert claim(110) is None


@pytest.mark.parametrize(
    "how, given",
    [
        (jobs.renew, {}),
        (jobs.finish, {}),
        (jobs.retry, {"due_at": NOW, "error": "late"}),
        (jobs.give_up, {"error": "late"}),
        (jobs.give_back, {}),
    ],
)
def test_who_lost_the_job_has_no_more_say_in_it(area: UUID, how: Any, given: dict[str, Any]) -> None:
    enter(area, "1")
    lost = claimed(by="ann")
    held = claimed(60, by="ben")
    before = stored("1")
    assert not end(how, lost, 61, **given)
    assert stored("1") == before
    with db.read(None) as reader:
        assert (jobs.is_held(reader, lost), jobs.is_held(reader, held)) == (False, True)
    assert end(jobs.finish, held, 61)
    assert not end(how, held, 61, **given), "nor who has ended it"
    assert stored("1").state == "done"


def test_a_lease_that_has_ended_is_not_renewed_but_what_was_done_counts(area: UUID) -> None:
    enter(area, "1")
    held = claimed()
    assert not end(jobs.renew, held, 60)
    assert end(jobs.finish, held, 61), "nobody has claimed it since"


def test_a_lost_job_still_holds_its_order_back(area: UUID) -> None:
    for position in (1, 2):
        enter(area, str(position), order_key="plan", position=position)
    claimed()
    assert claimed(60).key == "1"
    assert claim(60, limit=9) is None


# --- How a job ends ---------------------------------------------------------------------------------------


def test_attempts_count_the_claims_but_not_one_that_was_given_back(area: UUID) -> None:
    enter(area, "1")
    held = claimed()
    assert end(jobs.retry, held, 1, due_at=after(5), error="busy")
    assert (stored("1").state, stored("1").error) == ("waiting", "busy")
    held = claimed(5)
    assert held.attempts == 2
    assert end(jobs.give_back, held, 6)
    assert claimed(6).attempts == 2


def test_what_is_given_up_is_kept_with_its_reason_and_can_be_revived(area: UUID) -> None:
    enter(area, "1")
    assert end(jobs.give_up, claimed(), 3, error="x" * 900)
    row = stored("1")
    assert (row.state, row.error, row.finished_at, row.lease_until) == ("dead", "x" * 500, after(3), None)
    assert claim(1000) is None
    with db.write(None) as writer:
        assert jobs.revive(writer, area, "letter", "1", after(2000))
        assert not jobs.revive(writer, area, "letter", "1", after(2000)), "it waits already"
    held = claimed(2000)
    assert (held.attempts, held.fence) == (1, 2)
    assert stored("1").error is None


def test_another_area_cannot_revive_it(area: UUID) -> None:
    enter(area, "1")
    assert end(jobs.give_up, claimed(), error="gone")
    with db.write(None) as writer:
        assert not jobs.revive(writer, new_id(), "letter", "1", NOW)
        assert not jobs.revive(writer, area, "letter", "2", NOW)
    assert stored("1").state == "dead"


# --- How the ledger stands --------------------------------------------------------------------------------


def test_counts_say_what_waits_is_late_runs_and_is_dead(area: UUID) -> None:
    def counts(seconds: float) -> list[dict[str, Any]]:
        with db.read(None) as reader:
            return job_counts.counts(reader, after(seconds))

    assert counts(0) == []
    for key in "1234":
        enter(area, key, lane=key)
    enter(area, "5", due_at=after(100))
    assert end(jobs.finish, claimed())
    assert end(jobs.give_up, claimed(), error="gone")
    claimed()
    assert counts(299) == [{"kind": "letter", "waiting": 2, "late": 0, "running": 1, "dead": 1}]
    assert counts(300) == [{"kind": "letter", "waiting": 2, "late": 1, "running": 1, "dead": 1}]
    assert counts(400) == [{"kind": "letter", "waiting": 2, "late": 2, "running": 1, "dead": 1}]


def test_done_jobs_are_forgotten_after_thirty_days_and_dead_ones_after_ninety(
    area: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    for key in "1234":
        enter(area, key)
    for _ in "12":
        assert end(jobs.finish, claimed())
    assert end(jobs.give_up, claimed(), error="gone")

    def clear(days: float) -> tuple[bool, int]:
        with db.write(None) as writer:
            more = job_counts.clear_jobs(writer, NOW + timedelta(days=days))
            return more, len(writer.execute(select(table.c.id)).all())

    assert clear(29.9) == (False, 4)
    assert clear(30) == (True, 2), "there may be more"
    assert clear(30) == (False, 2)
    assert clear(90) == (False, 1), "what waits stays"


def test_idle_looking_writes_nothing(area: UUID) -> None:
    enter(area, "1", due_at=after(10))
    with db.read(None) as reader:  # which refuses to write, on PostgreSQL
        assert job_claims.open_lanes(reader, NOW, kinds=KINDS) == []
        assert job_claims.open_lanes(reader, after(10), kinds=KINDS) == ["post"]


# --- Many at once -----------------------------------------------------------------------------------------


def test_workers_that_claim_at_once_never_share_a_job_or_overfill_a_lane(area: UUID) -> None:
    made = 60
    for number in range(made):
        enter(area, str(number), lane=f"lane-{number % 2}", order_key=f"o-{number % 10}", position=number)
    done: list[int] = []
    seen: list[int] = []
    faults: list[str] = []

    def work(name: str) -> None:
        empty = 0
        while empty < 40 and len(done) < made:
            found = claim(by=name, limit=2)
            if found is None:
                empty += 1
                time.sleep(0.005)
                continue
            empty = 0
            with db.read(None) as reader:
                held = [(r.lane, r.order_key) for r in reader.execute(_HELD)]
            seen.append(len(held))
            faults.extend(lane for lane in ("lane-0", "lane-1") if [o[0] for o in held].count(lane) > 2)
            faults.extend(one for one in {o[1] for o in held} if [o[1] for o in held].count(one) > 1)
            assert end(jobs.finish, found)
            done.append(found.position)

    team = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for one in team:
        one.start()
    for one in team:
        one.join()
    assert faults == []
    assert sorted(done) == list(range(made)), "each once"
    assert max(seen) > 1, "they do work at the same time"
    with db.read(None) as reader:
        assert reader.execute(select(table.c.key).where(table.c.attempts != 1)).all() == []


_HELD = select(table.c.lane, table.c.order_key).where(table.c.state == JobState.running)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_claim_that_is_not_committed_yet_counts_in_its_lane_and_holds_up_no_other(area: UUID) -> None:
    enter(area, "1", due_at=after(-5))
    enter(area, "2", lane="other")
    with db.write(None) as first:
        held = jobs.claim(first, "ann", NOW, kinds=KINDS)
        assert held is not None
        assert held.key == "1"
        enter(area, "0", due_at=after(-10))
        assert claimed(by="ben").key == "2"
        assert claim(by="ben") is None
    assert claim(by="ben") is None


def test_looking_and_claiming_read_by_indexes_only(area: UUID) -> None:
    """What is done or held back must not be gone through; docs/adr/0015 has the times."""
    given = {"kinds": KINDS, "now": NOW, "lane_limit": 1, "lane": "post", "order_key": "plan", "position": 9}
    statements = (job_claims._OPEN_LANES, jobs._NEXT_WAITING, jobs._NEXT_LOST, jobs._LATEST_BEFORE)
    enter(area, "1")
    with db.read(None) as reader:
        explain = "EXPLAIN QUERY PLAN" if db.is_sqlite() else "EXPLAIN"
        if not db.is_sqlite():  # it reads small tables whole, and rightly
            reader.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement in statements:
            wanted = statement.compile().params.keys() & given.keys()
            asked = statement.params({name: given[name] for name in wanted})
            text = str(asked.compile(reader, compile_kwargs={"literal_binds": True}))
            plan = [str(row[-1]).strip() for row in reader.exec_driver_sql(f"{explain} {text}")]
            whole = [line for line in plan if re.match(r"(->  )?Seq Scan on jobs|SCAN (jobs|other)", line)]
            assert whole == [], plan
            assert any("ix_jobs_" in line for line in plan), plan
