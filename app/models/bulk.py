"""Many changes in one request: each names an operation of the contract and what it takes."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union
from uuid import UUID

from pydantic import StrictBool, StrictInt, create_model
from sqlmodel import Field

from app.models.actions import ActionCreate, ActionUpdate
from app.models.base import Input, Output, Ref, Whole
from app.models.by_ref import ActionPut, PriorityPut, RiskPut
from app.models.people import PersonCreate, PersonUpdate
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.risks import AssessmentCreate, RiskCreate, RiskUpdate
from app.models.updates import UpdateCreate, Withdrawal

MOST_CHANGES = 1_000
NEEDED, OPTIONAL, NONE = "needed", "optional", "none"


class Kind(NamedTuple):
    """An operation that can be part of a bulk: what stands in its address, its body, and its version."""

    operation: str
    address: tuple[str, ...]
    body: type[Input]
    version: str


KINDS = (
    Kind("create_person", (), PersonCreate, NONE),
    Kind("change_person", ("person_id",), PersonUpdate, NEEDED),
    Kind("create_priority", ("plan_id",), PriorityCreate, NONE),
    Kind("change_priority", ("priority_id",), PriorityUpdate, NEEDED),
    Kind("put_priority_by_ref", ("plan_id", "ref"), PriorityPut, OPTIONAL),
    Kind("create_action", ("plan_id",), ActionCreate, NONE),
    Kind("change_action", ("action_id",), ActionUpdate, NEEDED),
    Kind("put_action_by_ref", ("plan_id", "ref"), ActionPut, OPTIONAL),
    Kind("record_update", ("action_id",), UpdateCreate, OPTIONAL),
    Kind("withdraw_action", ("action_id",), Withdrawal, OPTIONAL),
    Kind("reinstate_action", ("action_id",), Withdrawal, OPTIONAL),
    Kind("create_risk", ("register_id",), RiskCreate, NONE),
    Kind("change_risk", ("risk_id",), RiskUpdate, NEEDED),
    Kind("put_risk_by_ref", ("register_id", "ref"), RiskPut, OPTIONAL),
    Kind("assess_risk", ("risk_id",), AssessmentCreate, OPTIONAL),
)


class Change(Input):
    """One change of a bulk."""

    operation: str
    body: Any

    @property
    def version_sent(self) -> int | None:
        """The version that the change is meant for, where one was sent."""
        version: int | None = getattr(self, "version", None)
        return version


_VERSION = "The `version` of the record that you read"
_Version = Annotated[StrictInt, Field(ge=1), Whole]
_VERSIONS: dict[str, dict[str, Any]] = {
    NEEDED: {"version": (_Version, Field(description=f"{_VERSION}; the change is refused at another one."))},
    OPTIONAL: {
        "version": (
            _Version | None,
            Field(default=None, description=f"{_VERSION}; by ref, needed where something differs."),
        )
    },
    NONE: {},
}


def _model(kind: Kind) -> type[Change]:
    address = {
        name: (
            (Ref, Field(description="The ref."))
            if name == "ref"
            else (UUID, Field(description=f"Identifier of the {name.removesuffix('_id')}."))
        )
        for name in kind.address
    }
    fields: dict[str, Any] = {
        "operation": (
            Literal[kind.operation],
            Field(description=f"`{kind.operation}`, as the operation of this name."),
        ),
        **address,
        **_VERSIONS[kind.version],
        "body": (kind.body, Field(description="What that operation takes as its body.")),
    }
    name = "Bulk" + "".join(part.title() for part in kind.operation.split("_"))
    doc = f"The operation `{kind.operation}` as one change of a bulk."
    return create_model(name, __base__=Change, __doc__=doc, __module__=__name__, **fields)


MODELS = {kind.operation: _model(kind) for kind in KINDS}
if TYPE_CHECKING:
    AnyChange = Change
else:
    _ANY = Union[tuple(MODELS.values())]  # noqa: UP007 - of models known at run time
    AnyChange = Annotated[_ANY, Field(discriminator="operation")]


class BulkCreate(Input):
    """Up to 1,000 changes, made in their order in one transaction: all of them, or none."""

    changes: list[AnyChange] = Field(
        min_length=1, max_length=MOST_CHANGES, description="The changes, in the order in which they are made."
    )
    dry_run: StrictBool = Field(
        default=False, description="Only say what would happen: everything is checked, nothing is stored."
    )


class BulkResult(Output):
    """What one change came to."""

    operation: str = Field(description="The operation.")
    is_new: bool = Field(description="Whether something was added; false where a record was changed.")
    id: UUID = Field(description="Identifier of the record or entry.")
    version: int | None = Field(description="The record's version after this change; null for an entry.")
    href: str = Field(description="Where the record, or the list that the entry joins, is read.")


class BulkRead(Output):
    """What a bulk came to. Ids of a dry run are of no record: it left none."""

    dry_run: bool = Field(description="Whether nothing was stored, as asked.")
    results: list[BulkResult] = Field(description="One for each change, in their order.")
