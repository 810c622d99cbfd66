"""A form that is sent again: a button pressed twice, or the way back and the button once more."""

from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Any
from uuid import UUID

from app.access.roles import Principal
from app.config import settings
from app.models.base import new_id
from app.models.management_actions import ManagementActionUpdateCreate
from app.models.risks import AssessmentCreate
from app.models.updates import UpdateCreate
from app.security import token_hash
from app.web.visits import Visit

_IN_FACTS_BY_RULE = ("completed_on", "last_updated_on")
"""Facts that a service may add to those that were stated, by what they imply."""
_BESIDE_FACTS = {"narrative", "reason", "effective_on", "replaces"}


def is_newest(
    visit: Visit,
    entries: Iterable[Mapping[str, Any]],
    operation: str,
    body: UpdateCreate | AssessmentCreate | ManagementActionUpdateCreate,
) -> bool:
    """Whether the record's newest entry is this author's and says the very same as ``body``."""
    newest = max(entries, key=lambda entry: entry["sequence"], default=None)
    if newest is None or newest["author_id"] != visit.who.id or newest["operation"] != operation:
        return False
    facts = body.model_dump(mode="json", exclude_unset=True, exclude=_BESIDE_FACTS)
    saved = {
        name: _as_stated(value)
        for name, value in newest["facts"].items()
        if name in facts or name not in _IN_FACTS_BY_RULE
    }
    return (
        saved == facts
        and newest["narrative"] == body.narrative
        and newest["reason"] == body.reason
        and newest["replaces"] == body.replaces
        and newest["effective_on"] == (body.effective_on or visit.at.today)
    )


def _as_stated(stored: Any) -> Any:
    """A stored fact as it was stated: pairs and ratings without the matrix version they are stamped with."""
    if not isinstance(stored, dict) or "matrix_version" not in stored:
        return stored
    stated = {name: value for name, value in stored.items() if name != "matrix_version"}
    return stated["band"] if set(stated) == {"band"} else stated


def set_aside(who: Principal) -> str:
    """An id for what a form will add, as the form carries it: sent twice, it can add only one thing."""
    return sealed(who, new_id())


def sealed(who: Principal, wanted: UUID) -> str:
    """An id as a form of this person carries it: ``id_set_aside`` reads it back."""
    return f"{wanted}.{_seal(who, wanted)}"


def id_set_aside(who: Principal, carried: str) -> UUID | None:
    """The id that a form carries; None unless it was set aside for this person."""
    text, _, seal = carried.partition(".")
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    # Sealed, so that nobody can try ids of another area, or choose one.
    return wanted if compare_digest(seal.encode(), _seal(who, wanted).encode()) else None


def _seal(who: Principal, wanted: UUID) -> str:
    return token_hash(f"set aside {who.area_id} {who.id} {wanted}", settings().key())
