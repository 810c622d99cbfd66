"""Fixtures for every test: fresh databases of both kinds, the served application, a browser.

``database`` gives a test a migrated, empty database of each kind, opened in this process; ``sample_database``
the same with the sample loaded. ``browser`` and ``page`` give Chromium. A skipped test fails the run.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest

# Set before the application is imported. The zone is 14 hours ahead of London, which no test may notice.
os.environ["TZ"] = "Pacific/Kiritimati"
time.tzset()
for _name in [name for name in os.environ if name.startswith("SEND_TRACKER_")]:
    del os.environ[_name]
os.environ.update({"SEND_TRACKER_ENVIRONMENT": "demo", "SEND_TRACKER_TODAY": "2024-07-01"})

from playwright.sync_api import Browser, Page  # noqa: E402 - after the environment is set

from tests import browsers, postgresql, servers  # noqa: E402 - after the environment is set

KINDS = ("sqlite", "postgresql")
# Where the run keeps what its workers share, and the process that ends last; set by that process.
SHARED = "TESTS_FOLDER"
OWNER = "TESTS_OWNER"
hypothesis.settings.register_profile("project", deadline=None, print_blob=True)
hypothesis.settings.load_profile("project")


# --- The run ----------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(KINDS), help="kinds of database to test on")


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder that all workers share: the server's data and the templates."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="send-tracker-tests-")
        os.environ[OWNER] = str(os.getpid())
    sys.addaudithook(_refuse_the_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    shared = Path(os.environ.pop(SHARED))
    if (started := shared / "postgresql.json").exists():
        postgresql.stop(json.loads(started.read_text())["supervisor"])
    shutil.rmtree(shared, ignore_errors=True)


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
        if callspec and callspec.params.get("database_kind", kinds[0]) not in kinds:
            unwanted.append(item)
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
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated, empty database, opened in this process; yields its URL."""
    with opened(database_url, monkeypatch):
        yield database_url


@pytest.fixture
def sample_url(database_kind: str) -> Iterator[str]:
    """The URL of a database of the test's own that holds the sample."""
    with copy_of("sample", database_kind) as url:
        yield url


@pytest.fixture
def sample_database(sample_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database with the sample, opened in this process; yields its URL."""
    with opened(sample_url, monkeypatch):
        yield sample_url


@pytest.fixture(scope="session")
def served_sample() -> Iterator[servers.Service]:
    """The service with the sample on SQLite, one for the whole session: for tests that only read."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as service:
        yield service


@contextmanager
def opened(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database opened in this process, and the settings naming it."""
    # Imported here so that tests of the repository's files run whatever state the application is in.
    from app import config, db

    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", url)
    config.settings.cache_clear()
    db.open(url)
    try:
        yield
    finally:
        db.close()
        config.settings.cache_clear()


@contextmanager
def copy_of(template: str, kind: str) -> Iterator[str]:
    """A copy of the template ("blank", "migrated" or "sample"), removed on leaving; for any scope."""
    name = f"test_{uuid4().hex}"
    if kind == "sqlite":
        source = Path(_once(f"{template}_sqlite", lambda: _template(template, kind)))
        folder = Path(tempfile.mkdtemp(prefix=name, dir=os.environ[SHARED]))
        shutil.copyfile(source, folder / "tracker.db")
        try:
            yield f"sqlite:///{folder / 'tracker.db'}"
        finally:
            shutil.rmtree(folder)
        return
    source_name = _once(f"{template}_postgresql", lambda: _template(template, kind))
    server = _server()
    url = server.create(name, source_name)
    try:
        yield url
    finally:
        server.drop(name)


def _template(template: str, kind: str) -> str:
    """Make a template: blank, then migrated, then with the sample; returns its file or its name."""
    if kind == "sqlite":
        file = Path(os.environ[SHARED]) / f"{template}.db"
        _fill(template, f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return str(file)
    server = _server()
    _fill(template, server.create(template))
    server.seal(template)
    return template


def _fill(template: str, url: str) -> None:
    from app.migrations import upgrade

    if template in ("migrated", "sample"):
        upgrade(url)
    if template == "sample":
        servers.command(url, "demo")


def _server() -> postgresql.Server:
    def start() -> dict[str, int]:
        folder = Path(os.environ[SHARED])
        folder.chmod(0o711)
        data = folder / "postgresql"
        data.mkdir()
        supervisor, server = postgresql.start(data, owner=int(os.environ[OWNER]))
        return {"supervisor": supervisor, "port": server.port}

    return postgresql.Server(_once("postgresql", start)["port"])


def _once(name: str, make: Callable[[], Any]) -> Any:
    """What ``make`` returned the first time, in whichever worker that was."""
    folder = Path(os.environ[SHARED])
    result = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_text(json.dumps(make()))
    return json.loads(result.read_text())


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
