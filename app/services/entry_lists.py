"""Pages of dated entries: the list that updates, assessments and management action updates share."""

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Connection, bindparam, select

from app.services import lists, records
from app.services.entries import Kind


class Filter(NamedTuple):
    """Which entries of a record are asked for; None leaves a filter out.

    ``status`` is one that the entry states; ``replaced`` whether a later entry corrects it.
    """

    operation: str | None = None
    status: str | None = None
    author_name: str | None = None
    backdated: bool | None = None
    replaced: bool | None = None
    effective_before: date | None = None
    effective_after: date | None = None
    recorded_since: datetime | None = None


NO_FILTER = Filter()


def page(
    db: Connection,
    kind: Kind,
    parent_id: UUID,
    asked: lists.Page = lists.FIRST_PAGE,
    wanted: Filter = NO_FILTER,
    *,
    descending: bool = False,
) -> dict[str, Any]:
    """A page of a record's entries in the order of its history, each saying which one replaced it.

    Entries stay for ever, so a walk skips none; a backdated one that comes meanwhile may lie behind it.
    """
    rows, following, total = _listing(kind).page(
        db, {"parent_id": parent_id}, wanted._asdict(), asked, sort="recorded", descending=descending
    )
    return lists.answer(records.as_dicts(rows), following, total)


@cache
def _listing(kind: Kind) -> lists.Listing:
    table = kind.table
    later = table.alias("later")
    joined = table.outerjoin(later, later.c.replaces == table.c.id)
    return lists.Listing(
        table.name,
        select(table, later.c.id.label("replaced_by"))
        .select_from(joined)
        .where(table.c[kind.parent] == bindparam("parent_id")),
        last=[table.c.effective_on, table.c.sequence],
        count_from=table,
        filter_from=joined,
        wide=frozenset({"replaced"}),
        filters={
            "operation": table.c.operation == bindparam("operation"),
            "status": table.c.facts["status"].as_string() == bindparam("status"),
            "author_name": table.c.author_name == bindparam("author_name"),
            "backdated": table.c.backdated == bindparam("backdated", type_=Boolean),
            "replaced": later.c.id.is_not(None) == bindparam("replaced", type_=Boolean),
            **lists.days({"effective": table.c.effective_on}),
            "recorded_since": table.c.recorded_at >= bindparam("recorded_since"),
        },
        sorts={"recorded": []},
    )
