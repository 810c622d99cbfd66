"""Every journey of the service is walked in a real browser in every way that there is to walk it.

With scripts, without, and with the keyboard alone; 1280 px wide, and 320 px wide with text of twice the size
(tests/visits.py). `make test` takes each journey in one of the ways, `make test-long` in all.
"""

import importlib
from collections.abc import Set
from pathlib import Path

from tests.visits import WALKED, WAYS, Way

# Read when the tests are collected, as they are by every run of more than this file.
for _file in sorted(Path(__file__).parent.glob("test_*_in_chromium.py")):
    importlib.import_module(f"tests.web.{_file.stem}")

WITHOUT_SCRIPTS = frozenset(way for way in WAYS if not way.has_scripts)
JOURNEYS: dict[str, dict[str, Set[Way]]] = {
    "Programme officer": {
        "A plan is set up with priorities and actions": set(),
        "A plan, a priority and an action are edited": set(),
        "Priorities and actions are put in another order": set(),
        "An action is moved to another priority": set(),
        "An action is withdrawn and reinstated": set(),
        "An action and a plan are copied": set(),
        "A register is set up with its matrix": set(),
        "A risk is added, controlled, closed and reopened": set(),
        "A period is set up, written, reviewed and published": set(),
    },
    "Action lead": {
        "My actions": set(),
        "One action is updated in under a minute": set(),
        "Several actions are updated in one pass": set(),
    },
    "Senior responsible officer": {"My priority, with what needs a decision": set()},
    "Board member": {"A board member reads what changed, what is red, why and what is next": set()},
    "Admin": {
        "Somebody is invited and sets a password": set(),
        "A user gets another role": set(),
        "A password is reset by a link": set(),
        "An account is disabled and enabled again": set(),
        "An API client is added, given another secret, and revoked": set(),
        "An area takes its own name, logo and colours": set(),
        "A statement is completed and published": set(),
        "The journal is read and verified": set(),
        "A webhook is added, tested, changed and deleted": set(),
    },
    "Finding": {
        "A record is found by what it says": set(),
        "A list is filtered, its filters taken off, and sorted": set(),
        "A list is turned over page by page": set(),
        "The rows of a list are downloaded": set(),
        "A view is saved and opened again": set(),
        "Rows that were found are chosen and updated together": set(),
    },
    "Looking": {
        "The overview says what changed and what presses": set(),
        "The timeline and the charts are read with their figures": set(),
        "The heat map leads to its risks, now and as at the last period": set(),
        "A report is read, downloaded and printed": set(),
    },
    "Editing safely": {
        "A mistake is listed, leads to its field, and what was typed is kept": set(),
        "A form that went stale shows both versions": set(),
        "Two versions are merged field by field": set(),
        "What is typed outlives the session": set(),
        "It is previewed before it is published": set(),
    },
    "What scripts add": {
        "What is typed is counted, and kept while typing": WITHOUT_SCRIPTS,
        "Shortcuts are used and turned off": WITHOUT_SCRIPTS,
        "Filters change a list in place": WITHOUT_SCRIPTS,
    },
    "Signing in": {
        "An authenticator app is added, used and replaced": set(),
        "Single sign-on leads there and back": set(),
    },
}
"""Who goes which way through the service, each with the ways in which there is no such journey."""


def test_every_journey_is_walked_in_every_way() -> None:
    meant = {name: set(WAYS) - left for of in JOURNEYS.values() for name, left in of.items()}
    assert meant == WALKED
