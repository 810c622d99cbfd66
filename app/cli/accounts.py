"""The commands create-area and create-user."""

from argparse import Namespace
from uuid import UUID

from sqlalchemy import Connection

from app import clock, db
from app.access.roles import Principal, Role
from app.cli import DONE
from app.cli.failures import CommandError
from app.cli.opening import area_named, opened, print_json
from app.models.areas import AreaBase
from app.services import areas as areas_service
from app.services import people as people_service
from app.services import users as users_service


def create_area(options: Namespace) -> int:
    """Create an area."""
    body = AreaBase.model_validate({"slug": options.slug, "name": options.name})
    with opened(), db.write(None) as connection:
        who = areas_service.create_area(connection, clock.moment(), body)
    if options.json:
        print_json({"id": str(who.area_id), "slug": body.slug})
    else:
        print(f"Area {body.slug} is created. Next: send-tracker create-user --area {body.slug} --role admin")
    return DONE


def create_user(options: Namespace) -> int:
    """Create an account and print the link on which its password is set."""
    with opened():
        who = area_named(options.area)
        with db.write(who) as connection:
            token = users_service.create_user(
                connection,
                who,
                clock.moment(),
                email=options.email,
                role=Role(options.role),
                person_id=_person(connection, who, options.person) if options.person else None,
            )
    link = f"/set-password/{token}"
    if options.json:
        print_json({"email": options.email.strip().lower(), "link": link})
    else:
        hours = int(users_service.LINK_LIFETIME.total_seconds() // 3600)
        print(f"The account is created. Its password is set once, within {hours} hours, on\n{link}")
    return DONE


def _person(connection: Connection, who: Principal, name: str) -> UUID:
    found = [
        person["id"]
        for person in people_service.list_people(connection, who, q=name)["items"]
        if person["name"] == name
    ]
    if len(found) == 1:
        person_id: UUID = found[0]
        return person_id
    if found:
        raise CommandError(f"several people are named {name}: leave --person out")
    raise CommandError(f"there is no person named {name} in this area: add them first, or leave --person out")
