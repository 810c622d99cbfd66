"""Workers that are killed again and again, and a receiver of every mood: each change arrives, in order."""

import random
import signal
import threading
import time
from contextlib import ExitStack

import pytest

from tests.factories import cast
from tests.worker.receivers import FAILS, HANGS, REDIRECTS, TAKES, receiving
from tests.worker.test_webhook_delivery import actions_of, check_all, crew, head, told_to, write

pytestmark = pytest.mark.long
WRITERS, ENTRIES, ROUNDS = 16, 40, 20
LEASE = 2.0


def test_kill_nine_rounds_lose_no_change(database: str) -> None:
    people = cast()
    found = actions_of(people, WRITERS)
    chance = random.Random(16)
    with receiving() as receiver, ExitStack() as stack:
        after = head(people.admin.area_id)
        webhook = told_to(people, receiver)
        team = [stack.enter_context(crew(database, LEASE)) for _ in range(3)]
        writers = [threading.Thread(target=write, args=(people, one, ENTRIES, 0.5)) for one in found]
        for writer in writers:
            writer.start()
        for _ in range(ROUNDS):
            # Mostly well, so that nothing fails ten times in a row.
            receiver.be(chance.choice([TAKES, TAKES, TAKES, FAILS, HANGS, REDIRECTS]))
            time.sleep(chance.uniform(0.2, 1.0))
            victim = team.pop(chance.randrange(len(team)))
            victim.send_signal(signal.SIGKILL)
            victim.wait(30)
            team.append(stack.enter_context(crew(database, LEASE)))
        receiver.be(TAKES)
        for writer in writers:
            writer.join()
        check_all(people, webhook, receiver, after)
