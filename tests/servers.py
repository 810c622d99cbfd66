"""The real service as a process of its own, on a free loopback port.

with servers.serve(url) as service:
    httpx.get(service.address + "/healthz")
"""

import os
import signal
import socket
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
from typing import Any

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
STOP_SECONDS = 15
# The day of the sample's papers, so that every figure is a fixed one.
DEMO = {"SEND_TRACKER_ENVIRONMENT": "demo", "SEND_TRACKER_TODAY": "2024-07-01"}


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it answers, its process and what it wrote."""

    address: str
    process: int
    log: Path


def environment(url: str, **settings: str) -> dict[str, str]:
    """The environment of a command on this database, with none of the machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEND_TRACKER_")}
    return {**kept, **DEMO, "SEND_TRACKER_DATABASE_URL": url, **settings}


def command(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``send-tracker`` with these arguments. Raises AssertionError with its words when it fails."""
    done = run(url, *arguments, **settings)
    assert done.returncode == 0, f"send-tracker {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
    return done


def run(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run ``send-tracker`` with these arguments, whatever its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment(url, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@contextmanager
def serve(
    url: str,
    *options: str,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    path: str = "/healthz",
    factory: str = "app.main:create_app",
) -> Iterator[Service]:
    """Start the service, wait until ``path`` answers, and end it by its process id on leaving.

    ``workers`` above 1 shares one port between that many web processes; ``factory`` may name another
    application. The database must be migrated.
    """
    port = free_port()
    where = ["--host", "127.0.0.1", "--port", str(port)]
    arguments = ["-m", "app.cli", "serve", *where, *options]
    if workers > 1 or factory != "app.main:create_app":
        arguments = ["-m", "uvicorn", factory, "--factory", *where, "--workers", str(workers)]
    descriptor, name = tempfile.mkstemp(prefix="send-tracker-serve-", suffix=".log")
    log = Path(name)
    with os.fdopen(descriptor, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(url, **(settings or {})),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    service = Service(f"http://127.0.0.1:{port}", process.pid, log)
    try:
        _wait(service, process, path)
        yield service
    finally:
        _end(process)
        log.unlink(missing_ok=True)


@contextmanager
def running(url: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that runs until it is told to stop, with its output as a pipe; ended on leaving."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment(url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        _end(process)
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(service: Service, process: "subprocess.Popen[bytes]", path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    # Past any proxy that the machine's environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(service.address + path, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                said = service.log.read_text(errors="replace")
                raise RuntimeError(f"the service did not answer {path} ({error}):\n{said}") from error
            time.sleep(0.05)


def _end(process: "subprocess.Popen[Any]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
