"""Which plan a page is about: the one that its address names, else the first of the area."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import invalid
from app.services import plans as plans_service
from app.web.visits import Visit


def chosen_plan(
    connection: Connection, visit: Visit, plans: Sequence[dict[str, Any]], typed: str
) -> dict[str, Any]:
    """The plan with the id that was typed, or the first of ``plans``.

    Raises Invalid for what is no id, NotFound for that of a plan that is not in the area.
    """
    if not typed:
        return plans[0]
    try:
        plan_id = UUID(typed)
    except ValueError:
        raise invalid("/plan", "Choose a plan from the list.") from None
    return plans_service.get_plan(connection, visit.who, plan_id)
