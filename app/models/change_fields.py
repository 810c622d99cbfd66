"""Which fields of a journal entry go out: those that the API shows by other reads, and no other one.

The feed of changes and webhooks tell what was before and after with the names of the journal. A field that is
not listed here (a place that only the service needs, say) is left out, and so is all of a noun that is not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.models.actions import ActionRead
from app.models.areas import AreaRead
from app.models.base import EntryRead
from app.models.commentaries import CommentaryRead
from app.models.controls import ControlRead
from app.models.data_quality import AcknowledgementRead
from app.models.management_actions import ManagementActionRead
from app.models.people import PersonRead
from app.models.periods import ErratumRead, PeriodRead, PublicationRead
from app.models.plans import PlanRead
from app.models.priorities import PriorityRead
from app.models.registers import MatrixRead, RegisterRead
from app.models.risks import RiskRead


def _names(models: Iterable[Any], *others: str) -> frozenset[str]:
    return frozenset(name for model in models for name in model.model_fields) | frozenset(others)


# Beside the fields of what is answered: ids of people, whom a read names, and what a read tells as one.
_SHOWN: Mapping[str, frozenset[str]] = {
    "area": _names([AreaRead]),
    "person": _names([PersonRead]),
    "plan": _names([PlanRead], "cadence"),
    "priority": _names([PriorityRead]),
    "action": _names([ActionRead, EntryRead], "lead_id", "co_lead_ids"),
    "register": _names([RegisterRead]),
    "matrix": _names([MatrixRead]),
    "risk": _names(
        [RiskRead, EntryRead],
        *("sro_id", "owner_id", "strategic_lead_ids"),
        *("accepted_by_id", "accepted_until", "accepted_assessment_id"),
    ),
    "control": _names([ControlRead]),
    "management_action": _names([ManagementActionRead, EntryRead]),
    "period": _names([PeriodRead, PublicationRead]),
    "commentary": _names([CommentaryRead]),
    "erratum": _names([ErratumRead]),
    "data_quality": _names([AcknowledgementRead]),
}
NOT_SHOWN = frozenset({"ref_order"})
"""What is journalled of these nouns and only the service needs: the order of refs."""


def shown_values(noun: str, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was before or after a change, as far as the API shows it; None where there was nothing."""
    if values is None:
        return None
    shown = _SHOWN.get(noun, frozenset())
    if shown.issuperset(values):
        return dict(values)
    return {name: value for name, value in values.items() if name in shown}
