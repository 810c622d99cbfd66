"""The list of a plan's or priority's actions, and what stands around it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.sentences.words import plural
from app.services.action_counts import Counts
from app.web.presenters import lists
from app.web.presenters.action_filter import ORDERS, WITHDRAWN, Asked, fields
from app.web.presenters.actions import ActionRow, action_rows, refs

ROWS = 100
ANCHOR = "actions"
_COLUMNS = {
    "ref": "Action",
    "status": "Status",
    "due_on": "Due",
    "lead": "Lead",
    "reported_on": "Latest update",
}


class ActionList(NamedTuple):
    """All that the component of the list shows."""

    caption: str
    filters: lists.Filters
    columns: Mapping[str, lists.Column]
    rows: list[ActionRow]
    shown: str
    order: str
    pages: lists.NumberedPages
    nothing: str
    tools: lists.Tools


class WithdrawnAction(NamedTuple):
    """A withdrawn action: its address, its title, and every ref that it had."""

    href: str
    title: str
    refs: str


class WithdrawnList(NamedTuple):
    """The withdrawn actions of a plan or priority; ``more_url`` lists those that do not fit here."""

    rows: list[WithdrawnAction]
    more: str
    more_url: str


def action_list(
    answer: Mapping[str, Any],
    asked: Asked,
    *,
    path: str,
    as_at: str,
    day: date,
    caption: str,
    counts: Counts,
    priority_id: str = "",
    withdrawn: int = 0,
    compare: str = "",
) -> ActionList:
    """The list of an answer of the service; ``withdrawn`` of its scope's actions are listed apart."""
    filtered = [("as_at", as_at), ("compare", compare), *asked.pairs]
    kept = [("as_at", as_at), ("compare", compare)]
    items: Sequence[Mapping[str, Any]] = answer["items"]
    query = f"?as_at={as_at}" if as_at else ""
    return ActionList(
        caption=caption,
        filters=lists.filters(path, [*kept, *asked.sort_pairs], fields(asked, counts), ANCHOR),
        columns=lists.columns(path, [*kept, *asked.pairs], asked.sort, _COLUMNS, ANCHOR),
        rows=action_rows(items, day, query, priority_id),
        shown=lists.shown_of(len(items), answer["total"], "action", before=ROWS * (asked.page - 1)),
        order=ORDERS[asked.sort],
        pages=lists.numbered(path, [*filtered, *asked.sort_pairs], asked.page, ROWS, answer["total"], ANCHOR),
        nothing=_nothing(asked, withdrawn, priority_id),
        tools=lists.tools(path, [*filtered, *asked.sort_pairs]),
    )


def withdrawn_list(answer: Mapping[str, Any], *, path: str, as_at: str) -> WithdrawnList:
    """The withdrawn actions of an answer of the service."""
    items: Sequence[Mapping[str, Any]] = answer["items"]
    query = f"?as_at={as_at}" if as_at else ""
    rows = [WithdrawnAction(f"/actions/{one['id']}{query}", one["title"], refs(one)) for one in items]
    left = answer["total"] - len(rows)
    return WithdrawnList(
        rows,
        more=f"{left} more withdrawn {plural(left, 'action')}" if left else "",
        more_url=lists.url(path, [("as_at", as_at), ("status", WITHDRAWN)], ANCHOR),
    )


def _nothing(asked: Asked, withdrawn: int, priority_id: str) -> str:
    """Why nothing is listed. A priority without actions may have had some: they can move to another one."""
    if asked.page > 1:
        return f"There is no page {asked.page:,}: the list is shorter now."
    return none_counts(of_priority=bool(priority_id), all_withdrawn=bool(withdrawn))


def none_counts(*, of_priority: bool, all_withdrawn: bool) -> str:
    """What stands in the place of a plan's or a priority's actions where none of them counts."""
    if all_withdrawn:
        return "Every action has been withdrawn."
    return "No actions." if of_priority else "No actions have been added yet."
