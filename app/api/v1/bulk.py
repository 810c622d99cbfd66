"""Many changes in one request."""

from fastapi import Response

from app.api.deps import Editor, answer, errors
from app.api.routing import api_router
from app.clock import moment
from app.db import write
from app.models.bulk import BulkCreate, BulkRead
from app.services import bulk

router = api_router("bulk")


@router.post("/bulk", response_model=BulkRead, responses=errors(400, 413, 422), operation_id="make_changes")
def make_changes(body: BulkCreate, who: Editor) -> Response:
    """Make up to 1,000 changes in their order, in one transaction: all of them, or none.

    Each is what the operation of its name does on its own, with the same rules, entries and journal. If any
    cannot be made, none is: the answer is 422 with a pointer for each fault, for example
    `/changes/17/body/status`. `dry_run` checks everything and stores nothing. The body holds 5 MB at most.
    """
    with write(who) as db:
        found = bulk.run(db, who, moment(), body)
    return answer(BulkRead, found)
