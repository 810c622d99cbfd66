"""Reconciling published percentages: a question, answered and not kept."""

from fastapi import Response

from app.api import once
from app.api.deps import Reader, answer, errors
from app.api.routing import api_router
from app.models.reconciliations import ReconciliationCreate, ReconciliationRead
from app.services import reconciliations as reconciliations_service

router = api_router("reconciliations")


@router.post(
    "/reconciliations",
    response_model=ReconciliationRead,
    responses=errors(400, 413, 422),
    operation_id="reconcile",
)
@once.stores_nothing
def reconcile(body: ReconciliationCreate, who: Reader) -> Response:
    """Say whether published percentages can come from whole-number counts.

    Each percentage is taken as rounded half up from the counts, each by itself, and the combined figure from
    the summed counts. Without numbers of actions the verdict on `overall` is about any sizes of the others.
    Verdicts are exact. Nothing is stored.
    """
    return answer(ReconciliationRead, reconciliations_service.check(body))
