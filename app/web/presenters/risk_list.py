"""The list of a register's risks, and what stands around it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.risk.matrix import Matrix, MatrixKind
from app.web.presenters import lists
from app.web.presenters.risk_filter import ANY, ORDERS, Asked
from app.web.presenters.risks import movement_heading, risk_rows
from app.web.visits import Visit

ROWS = 100
ANCHOR = "register"
_COLUMNS = {
    "ref": "Risk",
    "severity": "Now",
    "target": "Target",
    "gap": "Gap",
    "movement": "Movement",
    "state": "State",
    "review_on": "To look at, by next review",
}


def risk_list(
    visit: Visit,
    listed: Mapping[str, Any],
    asked: Asked,
    matrix: Matrix,
    fields: Sequence[lists.Field],
    flags: Mapping[UUID, tuple[str, ...]],
) -> dict[str, Any]:
    """The list of risks with its filters, headers and pages."""
    kept = [*visit.days]
    filtered = [*kept, *asked.pairs, *asked.sort_pairs]
    items: Sequence[Mapping[str, Any]] = listed["items"]
    return {
        "filters": lists.filters(visit.path, [*kept, *asked.sort_pairs], fields, ANCHOR),
        "clear_url": lists.url(visit.path, [*kept, ("state", ANY)], ANCHOR),
        "columns": lists.columns(visit.path, [*kept, *asked.pairs], asked.sort, _COLUMNS, ANCHOR),
        "rows": [
            row._replace(loud=(*row.loud, *flags.get(item["id"], ())))
            for item, row in zip(items, risk_rows(items, matrix, visit), strict=True)
        ],
        "movement": movement_heading(visit.since),
        "shown": lists.shown_of(len(items), listed["total"], "risk", before=ROWS * (asked.page - 1)),
        "order": _order(asked, matrix),
        "pages": lists.numbered(visit.path, filtered, asked.page, ROWS, listed["total"], ANCHOR),
        "tools": lists.tools(visit.path, filtered),
    }


def _order(asked: Asked, matrix: Matrix) -> str:
    words = ORDERS[asked.sort]
    return words if matrix.kind is MatrixKind.scored else words.replace("score", "rating")
