"""Codes of authenticator apps: RFC 6238 as all apps take it: SHA-1, six digits, 30 seconds each."""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as the hash, as RFC 4226 (section 4) recommends."""
_DRIFT = (0, -1, 1)
"""Steps by which the clock of a telephone may be off."""


def step_at(now: datetime) -> int:
    """The number of the step that a time lies in, counted from 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, now: datetime, *, after: int = -1) -> int | None:
    """The step whose code was typed, one to either side of now included; None where there is none.

    Steps up to ``after`` are spent: a code is taken once (RFC 6238, section 5.2).
    """
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    found = None
    for drift in _DRIFT:  # all of them, so that the time taken says nothing
        step = step_at(now) + drift
        if hmac.compare_digest(code_of(secret, step), digits) and step > after and found is None:
            found = step
    return found


def as_text(secret: bytes) -> str:
    """The secret as it is typed into an app: letters and digits in groups of four."""
    letters = base64.b32encode(secret).decode()
    return " ".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def as_address(secret: bytes, issuer: str, account: str) -> str:
    """The otpauth address that a QR code holds for an app to read."""
    letters = base64.b32encode(secret).decode()
    name = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{name}?secret={letters}&issuer={quote(issuer, safe='')}"
