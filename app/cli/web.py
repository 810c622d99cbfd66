"""The commands serve and openapi."""

import json
import os
import socket
from argparse import Namespace

import uvicorn

from app import clock, db
from app.cli import DONE, FAILED
from app.cli.failures import CommandError
from app.cli.opening import check_mail_folder, opened
from app.cli.stopping import ends_when_told
from app.config import MailSystem, settings
from app.demo import AREA, SIGN_INS
from app.errors import NotFound
from app.main import create_app
from app.services import areas, checks
from app.worker import Worker

STOP_SECONDS = 10
KEPT_SECONDS = 75
"""How long a connection may be idle: longer than a proxy keeps it (nginx 60 s), which would else send a form
just as it is closed, and not send it again."""
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
"""Every address of this machine, and where somebody at it opens what is served on all of them."""


class _Server(uvicorn.Server):
    """The web, with a worker beside it from when it answers until it has stopped."""

    def __init__(self, config: uvicorn.Config, worker: Worker | None) -> None:
        super().__init__(config)
        self._worker = worker

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, then to work: a worker before would make the first answer later."""
        await super().startup(sockets)
        if self._worker is not None and self.started:
            self._worker.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests end, then the worker."""
        try:
            await super().shutdown(sockets)
        finally:
            if self._worker is not None:
                self._worker.stop()


def openapi(_options: Namespace) -> int:
    """Print the contract of the API: the same text for the same code."""
    print(json.dumps(create_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False))
    return DONE


def serve(options: Namespace) -> int:
    """Serve until told to stop. Refuses a database that is not migrated, or that knows later days."""
    with ends_when_told(), opened():
        _refuse_later_entries()
        if not options.no_worker:
            check_mail_folder()
        listener = _listen(options.host, options.port)
        place = place_of(options.host, listener.getsockname()[1])
        if settings().is_demo and not settings().address:
            # Links in messages lead to where this demonstration is, whatever its port.
            os.environ["SEND_TRACKER_ADDRESS"] = place
            settings.cache_clear()
        _announce(place)
        server = _Server(
            uvicorn.Config(
                create_app,
                factory=True,
                loop="uvloop",
                http="httptools",
                # Addresses can hold one-time links: the application logs its own lines, without them.
                access_log=False,
                log_level="warning",
                server_header=False,
                # Whoever asks may claim any address in Forwarded headers: nothing here believes one.
                proxy_headers=False,
                timeout_keep_alive=KEPT_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS,
            ),
            None if options.no_worker else Worker(),
        )
        server.run(sockets=[listener])
    return DONE if server.started else FAILED


def _refuse_later_entries() -> None:
    if not settings().is_demo:
        return  # nothing is recorded for a day to come, and the real day only moves on
    today = clock.today()
    with db.read(None) as connection:
        newest = checks.newest_effective_on(connection)
    if newest is not None and newest > today:
        advice = "set SEND_TRACKER_TODAY to that day or later" if settings().is_demo else "check the clock"
        raise CommandError(f"an entry is effective on {newest}, but today is {today}: {advice}")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it cannot be used"
        raise CommandError(f"{host} port {port}: {reason}. Choose others with --host and --port") from error


def place_of(host: str, port: int) -> str:
    """Where what is served at a host and port is opened."""
    host = _EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _announce(place: str) -> None:
    lines = [f"{settings().name}: {place}/"]
    if settings().is_demo:
        lines.append(
            f"A demonstration: today is taken to be {clock.today()}. SEND_TRACKER_TODAY says another."
        )
        if settings().mail is MailSystem.folder:
            lines.append(f"E-mail goes to nobody: each message is a file in {settings().mail_directory}")
        lines += _sign_ins()
    print("\n".join(lines), flush=True)


def _sign_ins() -> list[str]:
    try:
        with db.read(None) as connection:
            areas.by_slug(connection, AREA.slug)
    except NotFound:
        return ["It is empty: load the sample with send-tracker demo."]
    return [f"Sign in as {email}, password: {password}" for _, email, password in SIGN_INS]
