"""What the journal can say to those who read an area: the kinds of change, shared by the feed and webhooks.

A kind is a noun and what was done to it, as journalled; its event type is ``"<noun>.<operation>"``. A noun
that is not listed (users, clients, webhooks, settings) is the business of admins alone: it never goes out.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

API = "/api/v1"


class ChangeKind(NamedTuple):
    """One kind of change: the noun and operation as journalled, and what they mean to an integrator."""

    noun: str
    operation: str
    meaning: str

    @property
    def event_type(self) -> str:
        """How webhooks and their deliveries call it, for example ``action.updated``."""
        return f"{self.noun}.{self.operation}"


CHANGE_KINDS: tuple[ChangeKind, ...] = (
    ChangeKind("area", "created", "The area was set up: the first entry of its journal."),
    ChangeKind("area", "changed", "The area's name changed."),
    ChangeKind("person", "created", "A name or post was added."),
    ChangeKind("person", "changed", "A name, post or organisation changed."),
    ChangeKind("plan", "created", "A plan was added."),
    ChangeKind("plan", "changed", "A plan's own fields changed, or the cadence of its periods."),
    ChangeKind("plan", "deleted", "A plan with nothing in it was deleted; `before` says what it was."),
    ChangeKind("priority", "created", "A priority was added to a plan."),
    ChangeKind("priority", "changed", "A priority's fields changed."),
    ChangeKind("priority", "deleted", "A priority under which nothing was recorded was deleted."),
    ChangeKind("action", "created", "An action was added; `action.added` follows and says from which day."),
    ChangeKind("action", "added", "The first dated entry of an action: it counts from its effective date."),
    ChangeKind("action", "changed", "Fields of an action changed that are not dated: title, lead, evidence."),
    ChangeKind("action", "updated", "A dated entry: status, dates, refs, dependencies or a narrative."),
    ChangeKind("action", "withdrawn", "An action left every count from its effective date on."),
    ChangeKind("action", "reinstated", "A withdrawn action counts again from its effective date on."),
    ChangeKind("register", "created", "A risk register was added."),
    ChangeKind("register", "changed", "A register's own fields changed."),
    ChangeKind("matrix", "added", "A register got a matrix, or a new version of it; `id` is the register's."),
    ChangeKind("risk", "created", "A risk was added; `risk.added` follows and says from which day."),
    ChangeKind("risk", "added", "The first dated entry of a risk: it counts from its effective date."),
    ChangeKind("risk", "changed", "Fields of a risk changed that are not dated: description, owner."),
    ChangeKind("risk", "assessed", "A risk was scored or reviewed."),
    ChangeKind("risk", "accepted", "A risk was accepted, until a day."),
    ChangeKind("risk", "materialised", "A risk has happened."),
    ChangeKind("risk", "closed", "A risk was closed."),
    ChangeKind("risk", "reopened", "A risk is open again."),
    ChangeKind("control", "created", "A control was added to a risk."),
    ChangeKind("control", "changed", "A control's fields changed."),
    ChangeKind("management_action", "created", "A management action was added; its dated entry follows."),
    ChangeKind("management_action", "added", "The first dated entry of a management action."),
    ChangeKind("management_action", "changed", "Fields of a management action changed that are not dated."),
    ChangeKind("management_action", "updated", "A dated entry on a management action: status or due date."),
    ChangeKind("period", "created", "A board reporting period was added to a plan."),
    ChangeKind("period", "changed", "A period's days or state changed, before its publication."),
    ChangeKind("period", "published", "A period was published: it is frozen from now on."),
    ChangeKind("period", "deleted", "A period that was not published was deleted, with its commentary."),
    ChangeKind("commentary", "created", "Commentary was written on a period, or on a priority in it."),
    ChangeKind("commentary", "changed", "Commentary was written anew."),
    ChangeKind("commentary", "deleted", "Commentary was deleted with its period."),
    ChangeKind("erratum", "created", "An erratum was added beside a published period."),
    ChangeKind(
        "data_quality",
        "acknowledged",
        "A data-quality finding stays as it is, with a reason; `id` is the record that it is about.",
    ),
)
"""Every kind of change that a reader of the area may see."""

HIDDEN_NOUNS = frozenset({"user", "client", "webhook", "schedule", "area_settings"})
"""What is journalled and shown to nobody through the feed or webhooks, whatever their scope."""

VISIBLE_NOUNS = tuple(dict.fromkeys(kind.noun for kind in CHANGE_KINDS))
"""The nouns of those kinds, in their order."""

EVENT_TYPES: dict[str, ChangeKind] = {kind.event_type: kind for kind in CHANGE_KINDS}
"""The kinds by event type."""

DELETED = "deleted"
"""The operation after which a record is not there any more: what it was stands in the entry's ``before``."""

_PATHS = {
    "area": "areas/{id}",
    "person": "people/{id}",
    "plan": "plans/{id}",
    "priority": "priorities/{id}",
    "action": "actions/{id}",
    "register": "registers/{id}",
    "matrix": "registers/{id}/matrix",
    "risk": "risks/{id}",
    "control": "controls/{id}",
    "management_action": "management-actions/{id}",
    "period": "periods/{id}",
    # These two have no address of their own: they are read with their period.
    "commentary": "periods/{period_id}/commentaries",
    "erratum": "periods/{period_id}/errata",
}


def href(
    noun: str,
    subject_id: UUID | str,
    *,
    after: Mapping[str, object] | None,
    period_id: UUID | str | None = None,
) -> str | None:
    """Where the API shows the record that a change is about.

    ``after`` is the entry's: an acknowledgement names in it what kind of record it is about. ``period_id`` is
    needed for commentaries and errata. None where the record cannot be told.
    """
    if noun == "data_quality":
        noun = str((after or {}).get("subject_noun", ""))
    path = _PATHS.get(noun)
    if path is None or ("{period_id}" in path and period_id is None):
        return None
    return f"{API}/{path.format(id=subject_id, period_id=period_id)}"
