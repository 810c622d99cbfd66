"""The service, made to die by SIGKILL at one moment of a request with an Idempotency-Key; for tests alone.

``uvicorn tests.dying_server:create_app --factory`` with DIES set to one of ``MOMENTS``.
"""

import os
import signal
from typing import Any, NoReturn

from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import main
from app.services import kept_answers

# The answer is stored beside the record, but not committed; it is committed, but not sent.
BEFORE_COMMIT, BEFORE_ANSWER = MOMENTS = ("before the commit", "before the answer")
SETTING = "DIES"


def create_app() -> FastAPI:
    """The application, with the fault planted."""
    moment = os.environ[SETTING]
    if moment == BEFORE_COMMIT:
        keep = kept_answers.keep

        def keep_and_die(db: Connection, *given: Any) -> None:
            keep(db, *given)
            _die()

        kept_answers.keep = keep_and_die
    app = main.create_app()
    if moment == BEFORE_ANSWER:
        app.add_middleware(_NeverAnswers)
    return app


class _NeverAnswers:
    """Ends the process as soon as a request with a key has its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if any(name == b"idempotency-key" for name, _ in scope["headers"]):
                _die()
            await send(message)

        await self.app(scope, receive, send_on if scope["type"] == "http" else send)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")
