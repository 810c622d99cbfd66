"""Who is asking, and whether they may: credentials to principals, and the one permission check."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from app import db
from app.access.roles import ROLE_OPERATIONS, SCOPE_OPERATIONS, Operation, Principal, Role, Scope, may
from app.clock import now
from app.config import settings
from app.errors import NotAllowed
from app.security import token_hash
from app.services import sessions

_TOKEN = """
SELECT c.id, c.name, t.scopes, c.area_id, a.name, a.last_sequence, c.quota
FROM access_tokens t JOIN clients c ON c.id = t.client_id JOIN areas a ON a.id = c.area_id
WHERE t.token_hash = ? AND t.expires_at > ? AND c.revoked_at IS NULL AND c.expires_at > ?
"""


async def by_token(token: str) -> Principal | None:
    """The client of a bearer token; None when it is unknown, expired or revoked."""
    present = db.lookup_value(now())
    row = await db.lookup(_TOKEN, (token_hash(token, settings().key()), present, present))
    return None if row is None else _client(row)


# The same row is the same client: most requests find what the one before found.
@lru_cache(maxsize=1024)
def _client(row: tuple[Any, ...]) -> Principal:
    client_id, name, scopes, area_id, area_name, sequence, quota = row
    operations = frozenset[Operation]().union(*(SCOPE_OPERATIONS[Scope(scope)] for scope in scopes.split()))
    return Principal(
        kind="client",
        id=db.lookup_id(client_id),
        name=name,
        area_id=db.lookup_id(area_id),
        area_name=area_name,
        operations=operations,
        area_sequence=sequence,
        quota=quota,
    )


async def by_session(token: str) -> Principal | None:
    """The user of a session cookie; None when it is unknown, over, left unused, or the user disabled."""
    row = await sessions.find_user(token, now())
    if row is None:
        return None
    user_id, email, role, area_id, area_name, sequence, person_id, person_name, look, is_sro = row
    return Principal(
        kind="user",
        id=db.lookup_id(user_id),
        name=person_name or email,
        area_id=db.lookup_id(area_id),
        area_name=area_name,
        operations=ROLE_OPERATIONS[Role(role)],
        role=Role(role),
        person_id=db.lookup_id(person_id) if person_id else None,
        area_sequence=sequence,
        look=look or "",
        is_sro=bool(is_sro),
    )


_NEEDS = {
    Operation.read: "read",
    Operation.contribute: "update or assess this",
    Operation.edit: "create or change this",
    Operation.set_matrix: "change the matrix",
    Operation.manage_webhooks: "manage webhooks",
    Operation.manage_schedules: "manage schedules",
    Operation.administer: "manage users and clients",
}


def require(who: Principal, operation: Operation, *, own: bool = True) -> None:
    """Raise NotAllowed unless ``who`` may do ``operation``; ``own`` as in ``roles.may``."""
    if may(who, operation, own=own):
        return
    if operation is Operation.contribute and may(who, operation):
        raise NotAllowed("Contributors may change only what they lead or answer for. Ask an editor.")
    held = "role does" if who.kind == "user" else "scopes do"
    raise NotAllowed(f"Your {held} not let you {_NEEDS[operation]}.")


def is_person(who: Principal, *people: UUID | None) -> bool:
    """Whether ``who`` is one of the given people."""
    return who.person_id is not None and who.person_id in people
