"""Log lines of the web and the worker: one JSON object each, on standard output.

What people typed, tokens and addresses with one-time links must not be in them.
"""

import sys
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any
from uuid import UUID

import structlog

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
)
log: Any = structlog.get_logger()


def request_line(
    now: datetime,
    *,
    request_id: str,
    method: str,
    route: str | None,
    status: int,
    milliseconds: float,
    area_id: UUID | None,
) -> None:
    """The line of one request (``now`` in UTC): as ``log.info`` would write it, in a fifth of the time."""
    sys.stdout.write(
        f'{{"request_id": "{request_id}", "method": {quoted(method)}, '
        f'"route": {quoted(route) if route else "null"}, "status": {status}, "milliseconds": {milliseconds}, '
        f'"area_id": {_id(area_id) if area_id else "null"}, "event": "request", "level": "info", '
        f'"timestamp": "{now.isoformat()[:-6]}Z"}}\n'
    )
    sys.stdout.flush()


@lru_cache(maxsize=1024)
def _id(value: UUID) -> str:
    return f'"{value}"'
