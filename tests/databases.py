"""Databases for tests: each a fast copy of a template that is made once for all workers of a run.

    with copy_of("sample", "postgresql") as url:
        ...
    with open_copy("migrated", "sqlite"):
        ...  # db.read and db.write take this one

The first process of the run calls :func:`prepare` before its workers start and :func:`clear` at the end.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests import postgresql, servers

KINDS = ("sqlite", "postgresql")
# Where the run keeps what its workers share, and the process that ends last; set by that process.
SHARED = "TESTS_FOLDER"
OWNER = "TESTS_OWNER"


def prepare() -> None:
    """Make the folder that all workers share: the server's data and the templates."""
    os.environ[SHARED] = str(postgresql.temporary("send-tracker-tests-"))
    os.environ[OWNER] = str(os.getpid())


def clear() -> None:
    """Stop the server, if a test needed one, and remove the shared folder."""
    shared = Path(os.environ.pop(SHARED))
    if (started := shared / "postgresql.json").exists():
        postgresql.stop(json.loads(started.read_text())["supervisor"])
    shutil.rmtree(shared, ignore_errors=True)


@contextmanager
def opened(url: str) -> Iterator[None]:
    """The database opened in this process, and the settings naming it."""
    # Imported here so that tests of the repository's files run whatever state the application is in.
    from app import config, db

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEND_TRACKER_DATABASE_URL", url)
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


@contextmanager
def open_copy(template: str, kind: str) -> Iterator[str]:
    """A copy of the template, opened in this process; for any scope."""
    with copy_of(template, kind) as url, opened(url):
        yield url


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
    """What ``make`` returned the first time, in whichever worker that was, or how it failed there."""
    folder = Path(os.environ[SHARED])
    result = folder / f"{name}.json"
    failure = folder / f"{name}.failed"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if failure.exists():
            raise RuntimeError(f"{name} could not be made: {failure.read_text()}")
        if not result.exists():
            try:
                result.write_text(json.dumps(make()))
            except BaseException as error:
                failure.write_text(str(error))
                raise
    return json.loads(result.read_text())
