"""Reconciling published percentages: from rows or a CSV file to verdicts in words. Stores nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Fault, Invalid
from app.models.reconciliations import ReconciliationCreate, Verdict
from app.plans.published import BadFigures, Line, checked, read_csv
from app.plans.reconcile import Reconciliation, reconcile
from app.plans.rounding import SHARES
from app.sentences.reconciliation import explanation, scope_explanation


def check(body: ReconciliationCreate) -> dict[str, Any]:
    """Decide what a program sent. Raises Invalid, which names each row and field by its pointer."""
    try:
        return answer(check_rows([row.model_dump() for row in body.scopes]))
    except BadFigures as error:
        raise Invalid(Fault(_pointer(flaw.place, flaw.field), flaw.message) for flaw in error.flaws) from None


def check_rows(rows: Sequence[Mapping[str, object]]) -> Reconciliation:
    """Decide rows as typed or sent. Raises BadFigures, which names each row by its place."""
    return reconcile(checked(rows))


def check_csv(text: str, *, only_given: bool = False) -> tuple[Reconciliation, list[Line]]:
    """Decide the rows of a CSV file. Raises BadFigures, whose messages name each row by its number there.

    ``only_given`` leaves out rows without a percentage, as a form prefilled with scopes has them.
    """
    lines = read_csv(text)
    if only_given:
        lines = [line for line in lines if any(line.typed[name] for name in SHARES)]
    try:
        return check_rows([line.typed for line in lines]), lines
    except BadFigures as error:
        raise BadFigures([flaw.in_file(lines) for flaw in error.flaws]) from None


def answer(found: Reconciliation) -> dict[str, Any]:
    """The verdicts as they are answered everywhere."""
    return {
        "scopes": [
            {
                "scope": one.row.scope,
                "verdict": _verdict(one.found is not None),
                "smallest_actions": one.found.actions if one.found else None,
                "smallest_counts": one.counts,
                "explanation": scope_explanation(one, found),
            }
            for one in found.scopes
        ],
        "verdict": _verdict(found.is_possible),
        "explanation": explanation(found),
    }


def _verdict(is_possible: bool) -> Verdict:
    return Verdict.possible if is_possible else Verdict.impossible


def _pointer(place: int | None, field: str) -> str:
    if place is None:
        return "/scopes"
    return f"/scopes/{place}/{field}" if field else f"/scopes/{place}"
