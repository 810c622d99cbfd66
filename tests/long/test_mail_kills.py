"""Workers that are killed at each point of sending, twenty times each: nothing is lost; what arrives twice
is the same message and died where the mail server may have had it."""

import random

import pytest

from tests.factories import cast
from tests.mail_server import mail_server
from tests.worker.mail_crew import SAFE, WINDOW
from tests.worker.test_mail_processes import check, kill_at_each, plan_of, scheduled

pytestmark = pytest.mark.long
ROUNDS, RECIPIENTS = 20, 4


def test_kill_nine_rounds_at_each_point_lose_nothing(database: str) -> None:
    people = cast()
    schedule = scheduled(people, plan_of(people), "board", RECIPIENTS, due=False)
    chance = random.Random(30)
    once = ("making", "connect")  # comes only once in the life of a worker, or of a connection
    points = [
        (point, 1 if point in once else chance.randint(1, RECIPIENTS))
        for point in (*SAFE, *WINDOW)
        for _ in range(ROUNDS)
    ]
    chance.shuffle(points)
    with mail_server() as server:
        kill_at_each(database, server, schedule, people, points)
        counted = check(server, RECIPIENTS * len(points))
    twice = [number for number in counted.values() if number > 1]
    print(f"{len(points)} kills, {len(counted)} messages, {len(twice)} of them twice")
    assert ROUNDS <= len(twice) <= ROUNDS * len(WINDOW)
    assert sum(counted.values()) - len(counted) <= ROUNDS * len(WINDOW)


def test_kill_nine_where_nothing_has_gone_out_sends_nothing_twice(database: str) -> None:
    people = cast()
    schedule = scheduled(people, plan_of(people), "board", RECIPIENTS, due=False)
    chance = random.Random(31)
    points = [(point, 1) for point in SAFE for _ in range(ROUNDS)]
    chance.shuffle(points)
    with mail_server() as server:
        kill_at_each(database, server, schedule, people, points)
        assert set(check(server, RECIPIENTS * len(points)).values()) == {1}
