"""Sends webhooks by Standard Webhooks 1.0.0: signed messages, to checked addresses, within a deadline."""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.senders.addresses import Network, Refused, check

__all__ = ["Outcome", "Refused", "check_url", "send", "sign"]

DEADLINE_SECONDS = 10.0


class Outcome(NamedTuple):
    """How a message was taken: the status answered, or why there was no answer; and how long that took."""

    status: int | None
    error: str | None
    milliseconds: int


def sign(secret: bytes, message_id: str, timestamp: datetime, body: bytes) -> str:
    """The signature of a message, ``v1,<base64>``: HMAC-SHA256 over its id, Unix time and body."""
    signed = b".".join((message_id.encode(), str(int(timestamp.timestamp())).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}"


def check_url(url: str, *, networks: Sequence[Network]) -> None:
    """Raise Refused, whose message says why, where messages would not be sent to this address.

    https to a public host, on port 443 or 8443; inside ``networks`` also http and any port. Looks the host up
    (at most 5 s).
    """
    check(url, networks=networks)


def send(
    url: str,
    *,
    message_id: str,
    timestamp: datetime,
    body: bytes,
    secrets: Sequence[bytes],
    networks: Sequence[Network],
    timeout: float = DEADLINE_SECONDS,
) -> Outcome:
    """Send a message once and say how it was taken. Never raises, and is over within ``timeout`` seconds.

    It is signed with each of ``secrets``: two while one is being replaced. The host is looked up and checked
    now, and connected to at exactly the address that was checked. Redirects are not followed: a 3xx is how it
    was taken. Nothing of the answer but its status is kept.
    """
    from app.senders.pinned import post

    began = time.monotonic()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "send-tracker",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(timestamp.timestamp())),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in secrets),
    }
    status, error = post(url, headers, body, networks=networks, deadline=began + timeout)
    return Outcome(status, error, round((time.monotonic() - began) * 1000))
