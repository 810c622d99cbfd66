"""The processes that are measured: the service, the bare route, a PostgreSQL server that really syncs."""

import compileall
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests import postgresql
from tests.servers import free_port

ROOT = Path(__file__).parent.parent
SERVE = ("-m", "bench.served", "serve", "--no-worker")
START_SECONDS = 60
STOP_SECONDS = 20
# One set of keys for a run: what the seed stores hashed, the service must recognise.
KEYS = {
    "SEND_TRACKER_ENVIRONMENT": "production",
    "SEND_TRACKER_SECRET_KEY": secrets.token_hex(24),
    "SEND_TRACKER_JOURNAL_KEY": secrets.token_hex(24),
}
# The ordinary safe settings of a small server, unlike those of the tests: a commit waits for the disk.
DURABLE = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Process:
    """A server process: its address and its id."""

    address: str
    pid: int

    def processor_seconds(self) -> float:
        """Processor time that the process has taken so far; 0 where /proc is missing."""
        try:
            found = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            return 0.0
        return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float | None:
        """Resident memory now of the process and its children, in MB; None where /proc is missing."""
        pids = [self.pid, *_children(self.pid)]
        sizes = [_resident(pid) for pid in pids]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def environment(url: str, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the service on this database, with none of the machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEND_TRACKER_")}
    return {**kept, **KEYS, "SEND_TRACKER_DATABASE_URL": url, **(settings or {})}


@contextmanager
def service(url: str, *, settings: Mapping[str, str] | None = None) -> Iterator[Process]:
    """The service, one web process without the worker, until it answers; ended on leaving."""
    # As it is installed: Python need not write what it compiles, so an edited module would be slow to import.
    compileall.compile_dir(ROOT / "app", quiet=2)
    port = free_port()
    arguments = [*SERVE, "--host", "127.0.0.1", "--port", str(port)]
    with _started(arguments, port, "/healthz", environment(url, settings)) as process:
        yield process


@contextmanager
def bare() -> Iterator[Process]:
    """The bare route."""
    with _small("bench.bare") as process:
        yield process


def smallest_start(url: str) -> float:
    """Processor seconds that the smallest application of the stack takes to start on this database."""
    with _small("bench.smallest", url) as process:
        return process.processor_seconds()


@contextmanager
def _small(module: str, *arguments: str) -> Iterator[Process]:
    port = free_port()
    with _started(["-m", module, str(port), *arguments], port, "/", dict(os.environ)) as process:
        yield process


def command(url: str, *arguments: str) -> str:
    """Run ``send-tracker`` on this database; returns what it prints. RuntimeError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment(url),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"send-tracker {' '.join(arguments)} failed: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def _started(arguments: list[str], port: int, path: str, env: Mapping[str, str]) -> Iterator[Process]:
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            while not _answers(address + path):
                if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                    log.seek(0)
                    raise RuntimeError(f"{' '.join(arguments)} did not start:\n{log.read().decode()}")
                time.sleep(0.01)
            yield Process(address, process.pid)
        finally:
            _end(process)


def _answers(address: str) -> bool:
    # Past any proxy that the machine's environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(address, timeout=5).close()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _resident(pid: int) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return None


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A running PostgreSQL server on the loopback."""

    port: int

    def create(self, name: str) -> str:
        """Create an empty database; returns its URL."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://{postgresql.ROLE}@127.0.0.1:{self.port}/{name}"


@contextmanager
def postgresql_server(folder: Path) -> Iterator[Postgresql]:
    """A PostgreSQL server with its data below ``folder`` (on a disk, not in memory), ended on leaving."""
    identity = postgresql._identity()
    folder.mkdir(parents=True)
    folder.chmod(0o711)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if identity:
        os.chown(data, identity["user"], identity["group"])
    binaries = postgresql._binaries(folder, identity)
    postgresql._initialise(binaries, data, identity)
    running = Postgresql(free_port())
    options = [part for name, value in DURABLE.items() for part in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-p", str(running.port), *options],
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **identity,
        )
    try:
        _wait_for(running, process, folder / "server.log")
        yield running
    finally:
        process.send_signal(signal.SIGINT)  # end connections, stop at once, cleanly
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(running: Postgresql, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(running._url("postgres"), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
