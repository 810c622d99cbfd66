"""Sends webhooks by Standard Webhooks 1.0.0: signed messages, to checked addresses, within a deadline."""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from app.senders.addresses import Network, Refused, check

__all__ = ["Outcome", "Refused", "check_url", "send", "sign"]

DEADLINE_SECONDS = 10.0


class Outcome(NamedTuple):
    """How a message was taken: the status answered, or why there was no answer; and how long that took.

    ``retry_after`` is for how many seconds the receiver asks to be left alone, where it says so.
    """

    status: int | None
    error: str | None
    milliseconds: int
    retry_after: int | None = None


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
    was taken. Nothing of the answer but its status and Retry-After is kept.
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
    status, error, asked = post(url, headers, body, networks=networks, deadline=began + timeout)
    milliseconds = round((time.monotonic() - began) * 1000)
    return Outcome(status, error, milliseconds, _seconds(asked, timestamp))


def _seconds(asked: str, now: datetime) -> int | None:
    """The Retry-After header, a number of seconds or a time, as seconds from now; None for anything else."""
    text = asked.strip()
    if text.isascii() and text.isdecimal():
        return int(text[:9])
    try:
        until = parsedate_to_datetime(text)
        return max(0, round((until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()))
    except (ValueError, OverflowError):
        return None
