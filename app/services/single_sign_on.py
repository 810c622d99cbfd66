"""Signing in by single sign-on: whom a provider names becomes a user of the area, with the role it gives.

A user is known by issuer and subject, never by e-mail address: an address can be given to somebody else.
What a browser carries between going to the provider and coming back is sealed, and is taken once.
"""

import base64
import json
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.access.roles import Principal, Role
from app.clock import Moment
from app.config import SignOn, settings
from app.errors import Invalid, NotFound
from app.models.tables import areas, identities, sessions, spent_sign_ins, users
from app.security import derived_key, new_token, token_hash
from app.senders.oidc import Claims, Proof
from app.services import authenticators, journal, records, signing_in
from app.services import sessions as sessions_service
from app.services import users as users_service

LIFETIME = timedelta(minutes=10)
"""How long somebody may take on the provider's pages."""
_NO_ROLE = (
    "You have no role in this service. Ask whoever looks after {name} in your organisation to give you one, "
    "then sign in again."
)
_NO_ADDRESS = (
    "This service was told no e-mail address of yours, and needs one. Ask whoever looks after {name} in your "
    "organisation."
)
_TAKEN = (
    "There is an account with your e-mail address already, which signs in with a password. Sign in with it, "
    "then choose single sign-on on the page of your account."
)
_DISABLED = "Your account is disabled. Ask an admin of your area."
_ELSEWHERE = "You signed in with {name}, and have an account in another area of this service. Sign in there."
_NOT_YOURS = "The account that you signed in with is connected already. Sign in with {name}."
GONE = "Signing in took too long, was done already, or was begun in another browser. Begin again."
NOT_DONE = (
    "You were not signed in with {name}. Begin again, or ask whoever looks after it in your organisation."
)
AWAY = "Signing in with {name} does not work at the moment: there is no answer."


class Refused(Exception):
    """Nobody is signed in; the message says to them why, and what to do."""


class Begun(NamedTuple):
    """A sign-in on its way: the area, where to go on, who connects their account (None: signs in), till when.

    ``token`` is the secret of the browser, from which state, nonce and verifier follow.
    """

    slug: str
    address: str
    user_id: UUID | None
    ends_at: int
    token: str

    @property
    def proof(self) -> Proof:
        """What the provider is given, and must give back."""
        return Proof(*(_derived(purpose, self.token) for purpose in ("state", "nonce", "verifier")))


def provider_of(slug: str) -> SignOn:
    """The provider of an area. Raises NotFound where it has none."""
    found = settings().single_sign_on.get(slug)
    if found is None:
        raise NotFound("single sign-on")
    return found


# --- On the way -------------------------------------------------------------------------------------------


def begin(slug: str, address: str, now: datetime, user_id: UUID | None = None) -> Begun:
    """Begin a sign-in that goes on to a local address; ``user_id`` is who connects their account."""
    return Begun(slug, address, user_id, int((now + LIFETIME).timestamp()), new_token())


def carried(begun: Begun) -> str:
    """A sign-in as the browser carries it, sealed."""
    fields = [begun.slug, begun.address, str(begun.user_id or ""), begun.ends_at, begun.token]
    text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")
    return f"{text}.{_seal(text)}"


def opened(text: str, now: datetime) -> Begun | None:
    """The sign-in that a browser carries; None for one that is none, is altered or has expired."""
    body, _, seal = text.partition(".")
    if not compare_digest(seal.encode(), _seal(body).encode()):
        return None
    slug, address, user_id, ends_at, token = json.loads(
        base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    )
    begun = Begun(slug, address, UUID(user_id) if user_id else None, ends_at, token)
    return begun if ends_at > now.timestamp() else None


def spend(db: Connection, begun: Begun, now: datetime) -> None:
    """Take the answer to a sign-in, once. Raises Refused for one that was taken before."""
    row = {
        "token_hash": token_hash(begun.token, settings().key()),
        "expires_at": now + LIFETIME,
    }
    try:
        with db.begin_nested():
            db.execute(insert(spent_sign_ins), row)
    except IntegrityError as error:
        raise Refused(GONE) from error


def is_answer(begun: Begun, state: str) -> bool:
    """Whether a provider's answer is the one to this sign-in."""
    return compare_digest(state.encode("utf-8", "replace"), begun.proof.state.encode())


def ticket(who: Principal, now: datetime) -> str:
    """What somebody who has given their password takes along to connect their account."""
    return carried(begin("", "", now, users_service.own_id(who)))


def connects(who: Principal | None, text: str, now: datetime) -> UUID | None:
    """Who connects their account with this ticket: whoever is signed in and was given it; else None."""
    found = opened(text, now)
    is_own = found is not None and found.slug == "" and who is not None and who.id == found.user_id
    return found.user_id if found and is_own else None


def _seal(text: str) -> str:
    return token_hash(f"single sign-on {text}", settings().key())


def _derived(purpose: str, token: str) -> str:
    key = derived_key(f"single sign-on {purpose} {token}", settings().key())
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


# --- Signing in -------------------------------------------------------------------------------------------

_KNOWN = (
    select(users, identities.c.issuer)
    .join(identities, identities.c.user_id == users.c.id)
    .where(identities.c.issuer == bindparam("issuer"), identities.c.subject == bindparam("subject"))
)


def sign_in(db: Connection, area: Principal, provider: SignOn, claims: Claims, at: Moment) -> str:
    """The token of a new session of whom the provider names, whose account is added or brought up to date.

    ``area`` is the service acting in the provider's area. Raises Refused. Somebody who is refused although
    they have an account is signed out everywhere: see ``end_of``.
    """
    role = role_of(provider, claims)
    known = _known(db, claims)
    if known is not None and known["area_id"] != area.area_id:
        raise Refused(_ELSEWHERE.format(name=provider.name))
    if known is not None and known["disabled"]:
        raise Refused(_DISABLED)
    if known is None:
        return signing_in.proved(db, _added(db, area, provider, claims, role, at), at.now)
    _bring_up_to_date(db, area, known, claims, role, at)
    return signing_in.proved(db, known["id"], at.now)


def role_of(provider: SignOn, claims: Claims) -> Role:
    """The role that somebody's app roles give, of several the highest. Raises Refused for none."""
    given = {provider.roles[one] for one in claims.roles if one in provider.roles}
    if not given:
        raise Refused(_NO_ROLE.format(name=provider.name))
    return max(given, key=list(Role).index)


def end_of(db: Connection, claims: Claims) -> None:
    """End the sessions of whom the provider names and refuses: their role was taken away."""
    known = _known(db, claims)
    if known is not None:
        sessions_service.end_all(db, known["id"])


def _known(db: Connection, claims: Claims) -> dict[str, Any] | None:
    row = db.execute(_KNOWN, {"issuer": claims.issuer, "subject": claims.subject}).one_or_none()
    return dict(row._mapping) if row else None


def _added(db: Connection, area: Principal, provider: SignOn, claims: Claims, role: Role, at: Moment) -> UUID:
    if claims.email is None:
        raise Refused(_NO_ADDRESS.format(name=provider.name))
    if _holder(db, claims.email) is not None:
        # Never joined by the address alone: whoever could choose theirs would get another's account.
        raise Refused(_TAKEN)
    try:
        user_id = users_service.create_connected_user(db, area, at, email=claims.email, role=role)
    except Invalid as error:
        raise Refused(_NO_ADDRESS.format(name=provider.name)) from error
    _connect(db, area, user_id, claims, at)
    return user_id


def _holder(db: Connection, email: str) -> UUID | None:
    address = users_service.address_of(email)
    found: UUID | None = db.execute(select(users.c.id).where(users.c.email == address)).scalar()
    return found


def _connect(db: Connection, who: Principal, user_id: UUID, claims: Claims, at: Moment) -> None:
    row = {"user_id": user_id, "issuer": claims.issuer, "subject": claims.subject, "connected_at": at.now}
    db.execute(insert(identities), row)
    after = {"issuer": claims.issuer, "subject": claims.subject}
    journal.record(db, who, at, journal.Change("user", user_id, "connected", None, after))


def _bring_up_to_date(
    db: Connection, area: Principal, known: dict[str, Any], claims: Claims, role: Role, at: Moment
) -> None:
    """Role and address as the provider has them now. Another role ends the sessions that had the old one."""
    values: dict[str, Any] = {"role": str(role)}
    address = users_service.address_of(claims.email) if claims.email else None
    if address and _holder(db, address) is None:
        values["email"] = address
    records.change(db, area, at, users, "user", known, values)
    if known["role"] != role:
        sessions_service.end_all(db, known["id"])


# --- Connecting an account that has a password ------------------------------------------------------------


def connect(
    db: Connection, who: Principal, area: Principal, provider: SignOn, claims: Claims, at: Moment
) -> str:
    """Let the caller sign in by the provider from now on, instead of by password; a new session's token.

    Raises Refused: no role, or an identity that is somebody's already.
    """
    role, user_id = role_of(provider, claims), users_service.own_id(who)
    if who.area_id != area.area_id or _known(db, claims) is not None:
        raise Refused(_NOT_YOURS.format(name=provider.name))
    account = records.find(db, who, users, user_id, "account")
    if db.execute(select(identities.c.user_id).where(identities.c.user_id == user_id)).first():
        raise Refused(_NOT_YOURS.format(name=provider.name))
    _connect(db, who, user_id, claims, at)
    unused = {"password_hash": None, "link_hash": None, "link_expires_at": None}
    db.execute(update(users).where(users.c.id == user_id).values(**unused))
    authenticators.forget(db, user_id)
    sessions_service.end_all(db, user_id)
    _bring_up_to_date(db, area, account, claims, role, at)
    return signing_in.proved(db, user_id, at.now)


# --- Signing out ------------------------------------------------------------------------------------------

_ISSUER = (
    select(identities.c.issuer, areas.c.slug)
    .join(sessions, sessions.c.user_id == identities.c.user_id)
    .join(users, users.c.id == identities.c.user_id)
    .join(areas, areas.c.id == users.c.area_id)
    .where(sessions.c.token_hash == bindparam("token_hash"))
)


def slug_of_session(db: Connection, token: str) -> str:
    """The area by whose provider the user of a session signs in; "" for one who has a password."""
    found = db.execute(_ISSUER, {"token_hash": sessions_service.hashed(token)}).one_or_none()
    provider = settings().single_sign_on.get(found.slug) if found else None
    return str(found.slug) if found and provider and provider.issuer == found.issuer else ""
