"""Fixtures for every test: fresh databases of both kinds, the served application, a browser.

``database`` gives a test a migrated, empty database of each kind, opened in this process; ``sample_database``
the same with the sample loaded. ``browser`` and ``page`` give Chromium. A skipped test fails the run.
"""

import os
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

# Set before the application is imported. The zone is 14 hours ahead of London, which no test may notice.
os.environ["TZ"] = "Pacific/Kiritimati"
time.tzset()
for _name in [name for name in os.environ if name.startswith("SEND_TRACKER_")]:
    del os.environ[_name]
os.environ.update({"SEND_TRACKER_ENVIRONMENT": "demo", "SEND_TRACKER_TODAY": "2024-07-01"})

from playwright.sync_api import Browser, Page  # noqa: E402 - after the environment is set

from tests import browsers, databases, servers  # noqa: E402 - after the environment is set
from tests.databases import KINDS, copy_of, opened  # noqa: E402 - after the environment is set

hypothesis.settings.register_profile("project", deadline=None, print_blob=True)
hypothesis.settings.load_profile("project")


# --- The run ----------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(KINDS), help="kinds of database to test on")


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder that all workers share: the server's data and the templates."""
    if not hasattr(config, "workerinput"):
        databases.prepare()
    sys.addaudithook(_refuse_the_network)


_look_up = socket.getaddrinfo


def _known_host(host: object, *given: Any, **named: Any) -> Any:
    """receiver.example, where the examples send their webhooks, is some public host: nothing reaches it."""
    return _look_up("93.184.215.14" if host == "receiver.example" else host, *given, **named)


socket.getaddrinfo = _known_host


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    databases.clear()


WALKS = (
    *("test_access.py", "test_bad_input.py", "test_filters.py", "test_every_list.py", "test_conditional.py"),
    *("test_examples.py", "test_strict_bodies.py", "test_schemathesis.py", "test_journalled.py"),
)
"""Walks of every route, 4,000 tests a database: `make test` takes them on SQLite, `make test-long` on both.

So it is with pages (tests/web), which hold no query. What a database may do otherwise is in the
tests of the services, which run on both each time.
"""

PROCESSES = (
    *("test_once_processes.py", "test_processes.py", "test_job_processes.py", "test_webhook_delivery.py"),
    *("test_mail_processes.py", "test_cli.py", "test_a_month.py"),
)
"""Processes that are started, killed and started again: `make test-long` does it on PostgreSQL too."""

UNCOUNTED = (
    *WALKS,
    *("test_cli.py", "test_stored.py", "test_once.py", "test_areas_apart.py"),
    *("test_reference.py", "test_exports.py", "test_publication_histories.py"),
    *PROCESSES,
    *("test_pdf.py", "test_office.py", "test_email.py", "test_message.py"),
    *("test_concurrency.py", "test_never_stale.py", "test_quotas.py", "test_feed_under_writers.py"),
    *("test_paging_under_writers.py", "test_everywhere_in_chromium.py", "test_quick_start.py"),
)
"""Files that run the same lines again and again: counting them takes a third more time and tells no more."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser, keep them together by file, and leave out kinds not asked for."""
    kinds = config.getoption("--databases").split(",")
    unwanted = []
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group(item.path.name))
        callspec = getattr(item, "callspec", None)
        kind = callspec.params.get("database_kind", kinds[0]) if callspec else kinds[0]
        if kind not in kinds:
            unwanted.append(item)
        if kind == "postgresql" and (
            item.path.name in (*WALKS, *PROCESSES) or item.path.parent.name == "web"
        ):
            item.add_marker("long")
        if kind == "postgresql" or item.path.name in UNCOUNTED or item.get_closest_marker("browser"):
            item.add_marker("uncounted")
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if item not in set(unwanted)]


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing is skipped silently: a skipped or expected failure fails the run."""
    if _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _skipped:
        terminalreporter.section("Skipped tests fail the run", red=True)
        terminalreporter.write_line("\n".join(_skipped))


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Tests talk to this machine only. (The browser and libpq do not pass here; see browsers.context.)"""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    if arguments[1][0] not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"a test tried to reach {arguments[1][0]}")


# --- Databases --------------------------------------------------------------------------------------------


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str) -> Iterator[str]:
    """The URL of a migrated, empty database of the test's own."""
    with copy_of("migrated", database_kind) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """A migrated, empty database, opened in this process; yields its URL."""
    with opened(database_url):
        yield database_url


@pytest.fixture
def sample_url(database_kind: str) -> Iterator[str]:
    """The URL of a database of the test's own that holds the sample."""
    with copy_of("sample", database_kind) as url:
        yield url


@pytest.fixture
def sample_database(sample_url: str) -> Iterator[str]:
    """A database with the sample, opened in this process; yields its URL."""
    with opened(sample_url):
        yield sample_url


@pytest.fixture(scope="session")
def served_sample() -> Iterator[servers.Service]:
    """The service with the sample on SQLite, one for the whole session: for tests that only read."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as service:
        yield service


# --- Browser ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for a file: while it is open, pytest-asyncio could not run its loop in other files."""
    with browsers.chromium() as opened_browser:
        yield opened_browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh visitor; everything it asks for must be on this machine."""
    with browsers.context(browser) as visitor:
        yield visitor.new_page()
