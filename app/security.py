"""Passwords, tokens and their hashes. Nothing here is ever logged."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
SEAL_BYTES = 12
_JUDGED = 72
"""Characters of a password that are judged: longer ones take long, and 72 of them are enough."""
_HARD_TO_GUESS = 3
# Each Argon2 hash takes 64 MiB: two at a time keeps a burst of sign-ins from exhausting memory.
_HASHERS = BoundedSemaphore(2)
_passwords = PasswordHash.recommended()


@cache
def _dummy() -> str:
    """A hash to verify against when the user is unknown, so that both cases take the same time."""
    return _passwords.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """A fresh unguessable token of 256 bits, safe in a URL or header."""
    return secrets.token_urlsafe(32)


def token_hash(token: str, key: str) -> str:
    """The keyed hash under which a token is stored and looked up (64 hexadecimal digits)."""
    return hmac.digest(key.encode(), token.encode("utf-8", "replace"), "sha256").hex()


def seal(message: bytes, key: str, purpose: str) -> bytes:
    """The keyed seal of a message (96 bits): what was sealed for one purpose fits no other one."""
    return hmac.digest(key.encode(), purpose.encode() + b"\0" + message, "sha256")[:SEAL_BYTES]


def seal_matches(found: bytes, message: bytes, key: str, purpose: str) -> bool:
    """Whether a seal is that of the message, compared in constant time."""
    return hmac.compare_digest(found, seal(message, key, purpose))


def derived_key(purpose: str, key: str) -> bytes:
    """A key of 32 bytes for one purpose, which need not be stored: it follows from the service's own."""
    return hmac.digest(key.encode(), purpose.encode(), hashlib.sha256)


def is_soon_guessed(password: str, names: Sequence[str]) -> bool:
    """Whether fewer than a hundred million tries find a password: a common one, a repetition, a row of keys.

    ``names`` are words that whoever tries knows. So the National Cyber Security Centre asks ("Password
    administration for system owners"): common passwords are refused, and no mixture of signs is demanded.
    """
    from zxcvbn import zxcvbn  # 15 MB, needed when somebody sets a password

    found = zxcvbn(password[:_JUDGED], user_inputs=[name for name in names if name])
    return int(found["score"]) < _HARD_TO_GUESS


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, about 200 ms."""
    with _HASHERS:
        return _passwords.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; as slow for an unknown user as for a known one."""
    with _HASHERS:
        matches = _passwords.verify(password, stored or _dummy())
    return matches and stored is not None


def secret_matches(secret: str, stored_hash: str, key: str) -> bool:
    """Whether a client secret is the stored one, compared in constant time."""
    return hmac.compare_digest(token_hash(secret, key), stored_hash)
