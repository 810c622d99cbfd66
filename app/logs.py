"""Log lines of the web and the worker: one JSON object each, on standard output.

What people typed, tokens and addresses with one-time links must not be in them.
"""

from typing import Any

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
