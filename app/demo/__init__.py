"""Loads the sample: Halton's plan, grant programme and registers from the board papers of June 2024.

Everything goes through the services, one transaction a plan, and nothing is loaded twice. What the
papers get wrong is kept as printed (``sample/README.md`` lists it). For demonstrations only.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from app import clock, db
from app.access.roles import Principal, Role
from app.clock import Moment
from app.config import settings
from app.demo import dbv, pap
from app.demo.loader import Loader, Steps, no_steps
from app.errors import Conflict, NotAllowed, NotFound
from app.models.areas import AreaBase
from app.models.tables import plans, users
from app.security import hash_password
from app.services import areas as areas_service
from app.services import users as users_service

AREA = AreaBase(slug="halton", name="Halton SEND partnership")
NEWEST_ENTRY_ON = date(2024, 6, 28)
# The lead of nine actions of the plan, for the contributor to be.
CONTRIBUTOR = ("Strategic SEND lead", "Local authority")


class SignIn(NamedTuple):
    """An account of the demonstration."""

    role: Role
    email: str
    password: str


SIGN_INS = tuple(SignIn(role, f"{role}@halton.example", "board papers 2024") for role in Role)


def load(steps: Steps = no_steps) -> list[str]:
    """Load what of the sample is missing; returns that in words, nothing when all was there.

    ``steps`` goes through each long list, to show progress. Raises NotAllowed outside a demonstration, and
    Conflict when the day taken for today is before the papers.
    """
    if not settings().is_demo:
        raise NotAllowed("The sample is for demonstrations only: set SEND_TRACKER_ENVIRONMENT=demo.")
    at = clock.moment()
    if at.today < NEWEST_ENTRY_ON:
        raise Conflict(f"The sample needs a later day: set SEND_TRACKER_TODAY to {NEWEST_ENTRY_ON} or after.")
    who = _area(at)
    loaded = []
    for plan in (pap, dbv):
        with db.write(who) as connection:
            if not _has_plan(connection, who, plan.REF):
                loaded.append(plan.load(Loader(connection, who, at, steps)))
    if accounts := _add_accounts(who, at):
        loaded.append(f"{accounts} accounts")
    return loaded


def _area(at: Moment) -> Principal:
    with db.write(None) as connection:
        try:
            return areas_service.by_slug(connection, AREA.slug)
        except NotFound:
            return areas_service.create_area(connection, at, AREA)


def _has_plan(connection: Connection, who: Principal, ref: str) -> bool:
    wanted = select(plans.c.id).where(plans.c.area_id == who.area_id, plans.c.ref == ref)
    return connection.execute(wanted).first() is not None


def _add_accounts(who: Principal, at: Moment) -> int:
    """Add the accounts that are missing, one a role; the contributor is a person of the plan."""
    with db.read(who) as connection:
        present = set(connection.execute(select(users.c.email)).scalars())
    missing = [sign_in for sign_in in SIGN_INS if sign_in.email not in present]
    if not missing:
        return 0
    password_hash = hash_password(SIGN_INS[0].password)
    with db.write(who) as connection:
        contributor_id = Loader(connection, who, at).person(*CONTRIBUTOR)
        for role, email, _ in missing:
            users_service.create_demo_user(
                connection,
                who,
                at,
                email=email,
                role=role,
                password_hash=password_hash,
                person_id=contributor_id if role is Role.contributor else None,
            )
    return len(missing)
