"""Who may do what in an area (domain rules, section 8).

People hold one role; API clients hold scopes. Both come down to a set of operations, so that every
door asks the same question: ``may(who, operation)``.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may do; each role includes the ones before it."""

    viewer = "viewer"
    contributor = "contributor"
    editor = "editor"
    admin = "admin"


class Scope(StrEnum):
    """What an API client may do. ``write`` and ``admin`` include reading."""

    read = "read"
    write = "write"
    admin = "admin"


class Operation(StrEnum):
    """The kinds of thing that a route can do; every route states one."""

    read = "read"
    contribute = "contribute"  # update the actions one leads, assess the risks one answers for
    edit = "edit"  # create and change plans, priorities, actions, registers, risks
    set_matrix = "set_matrix"
    manage_webhooks = "manage_webhooks"
    manage_schedules = "manage_schedules"
    administer = "administer"  # users and API clients: never through the API


ROLE_OPERATIONS: dict[Role, frozenset[Operation]] = {
    Role.viewer: frozenset({Operation.read}),
    Role.contributor: frozenset({Operation.read, Operation.contribute}),
    Role.editor: frozenset({Operation.read, Operation.contribute, Operation.edit}),
    Role.admin: frozenset(Operation),
}

SCOPE_OPERATIONS: dict[Scope, frozenset[Operation]] = {
    Scope.read: ROLE_OPERATIONS[Role.viewer],
    Scope.write: ROLE_OPERATIONS[Role.editor],
    Scope.admin: frozenset(
        {Operation.read, Operation.set_matrix, Operation.manage_webhooks, Operation.manage_schedules}
    ),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever is asking: a signed-in user, an API client, or the service itself for one area.

    ``person_id`` is the person that a user is, which decides what is a contributor's own.
    ``area_sequence`` is the area's journal sequence when the credential was looked up. ``quota`` is how many
    requests a client may make in a minute; 0 is no limit (people, the service itself).
    ``is_sro`` says that they are senior responsible officer of a priority.
    ``look`` says with which colours and logo the area's pages are shown (``models/looks``).
    """

    kind: str  # "user", "client" or "system"
    id: UUID | None
    name: str
    area_id: UUID
    area_name: str
    operations: frozenset[Operation]
    role: Role | None = None
    person_id: UUID | None = None
    area_sequence: int = 0
    quota: int = 0
    look: str = ""
    is_sro: bool = False


def may(who: Principal, operation: Operation, *, own: bool = True) -> bool:
    """Whether ``who`` may do ``operation``; ``own`` says whether the record is theirs.

    Contributing to a record that is not one's own needs the editor's rights.
    """
    if operation is Operation.contribute and not own:
        return Operation.edit in who.operations
    return operation in who.operations


def system(area_id: UUID, area_name: str) -> Principal:
    """The service acting in one area, for commands and jobs; may do everything there."""
    return Principal("system", None, "The service", area_id, area_name, frozenset(Operation))
