"""The feed of changes."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.api.deps import Reader, answer, errors
from app.api.routing import api_router
from app.db import read
from app.models.change_kinds import VISIBLE_NOUNS
from app.models.changes import ChangeFeed
from app.services import changes_feed
from app.services.changes_feed import DEFAULT_PAGE, LARGEST_PAGE, LARGEST_SEQUENCE, OPERATIONS

router = api_router("changes")


@router.get("/changes", response_model=ChangeFeed, responses=errors(422), operation_id="list_changes")
def list_changes(
    who: Reader,
    after: Annotated[
        int,
        Query(
            ge=0,
            le=LARGEST_SEQUENCE,
            description="Only changes with a higher sequence: `next` of the answer before; 0 begins at the "
            "first. 422 when it is beyond the journal's end: then the service was restored from a backup.",
        ),
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Changes on a page.")] = DEFAULT_PAGE,
    noun: Annotated[
        str | None,
        Query(
            max_length=30,
            description="Only changes of this kind of record.",
            json_schema_extra={"enum": [*VISIBLE_NOUNS]},
        ),
    ] = None,
    operation: Annotated[
        str | None,
        Query(
            max_length=30,
            description="Only changes where this was done.",
            json_schema_extra={"enum": [*OPERATIONS]},
        ),
    ] = None,
    plan_id: Annotated[
        UUID | None, Query(description="Only changes of this plan and of what belongs to it.")
    ] = None,
) -> Response:
    """Every change in the area, in the order in which they were made, with no gap and no duplicate.

    Keep `next` and pass it as `after`: a reader that does so sees each change exactly once, however many
    write meanwhile. Read on at once while `more` is true, else come back later. Numbers may be missing:
    changes of users, clients and webhooks are not told here, and `next` passes over what filters leave out.
    A page looks at 10,000 entries of the journal at most: with filters it may be empty although `more` is
    true.
    """
    with read(who) as db:
        found = changes_feed.changes(
            db, who, after=after, limit=limit, noun=noun, operation=operation, plan_id=plan_id
        )
    return answer(ChangeFeed, found)
