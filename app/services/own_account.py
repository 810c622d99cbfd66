"""What somebody sees of their own account: who they are here, how they sign in, and where they have."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Principal
from app.models.tables import areas, identities, people, users
from app.services import authenticators, sessions
from app.services.users import own_id

_OWN = (
    select(users.c.email, users.c.role, people.c.name.label("person_name"), identities.c.issuer, areas.c.slug)
    .join(areas, areas.c.id == users.c.area_id)
    .outerjoin(people, people.c.id == users.c.person_id)
    .outerjoin(identities, identities.c.user_id == users.c.id)
    .where(users.c.id == bindparam("user_id"))
)


def own_account(db: Connection, who: Principal, now: datetime, session: str) -> dict[str, Any]:
    """The caller's account, their authenticator app and their live sessions, ``session`` marked.

    ``issuer`` is the provider of single sign-on, None for who has a password. Raises NotAllowed for programs.
    """
    row = db.execute(_OWN, {"user_id": own_id(who)}).one()
    return {
        **row._mapping,
        "authenticator": authenticators.state(db, who),
        "sessions": sessions.list_sessions(db, who, now, session),
    }


def has_password(db: Connection, who: Principal) -> bool:
    """Whether the caller signs in with a password, and so may have an authenticator app."""
    return db.execute(_OWN, {"user_id": own_id(who)}).one().issuer is None


def email(db: Connection, who: Principal) -> str:
    """The caller's e-mail address."""
    found: str = db.execute(_OWN, {"user_id": own_id(who)}).one().email
    return found
