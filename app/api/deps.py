"""What routes of the API ask for: who may call them, versions, pages; and how they answer."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel, BeforeValidator

from app.access.roles import SCOPE_OPERATIONS, Operation, Principal, Scope, may
from app.api.conditional import etag_of, version_in, version_named
from app.api.problems import pointer_of
from app.api.rendering import chosen, render
from app.errors import Fault, Invalid, NotAllowed, NotAuthenticated, PreconditionRequired, invalid
from app.models.base import AnyDay
from app.services.lists import DEFAULT_PAGE, LARGEST_PAGE, Page


class Allow:
    """The access rule of a route: hands over what the gate found, or refuses."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    async def __call__(self, request: Request) -> Principal:
        """Return who is asking. Raises NotAuthenticated or NotAllowed."""
        who: Principal | None = request.scope["state"].get("who")
        if who is None:
            raise NotAuthenticated("Send an access token.")
        if not may(who, self.operation):
            scope = _SCOPES[self.operation]
            raise NotAllowed(f"This needs the scope `{scope}`. Ask for a client that has it.")
        return who


_SCOPES = {
    operation: next(scope for scope in Scope if operation in SCOPE_OPERATIONS[scope])
    for operation in frozenset[Operation]().union(*SCOPE_OPERATIONS.values())
}
"""The first scope that may do an operation."""

Reader = Annotated[Principal, Depends(Allow(Operation.read))]
Contributor = Annotated[Principal, Depends(Allow(Operation.contribute))]
Editor = Annotated[Principal, Depends(Allow(Operation.edit))]
MatrixSetter = Annotated[Principal, Depends(Allow(Operation.set_matrix))]
WebhookManager = Annotated[Principal, Depends(Allow(Operation.manage_webhooks))]
ScheduleManager = Annotated[Principal, Depends(Allow(Operation.manage_schedules))]


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not know: a misspelt filter must not be ignored."""
    known = _parameters(request.scope["route"])
    listed = f"There are: {', '.join(sorted(known))}." if known else "There are none: remove it."
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in known:
            faults[name] = f"There is no such parameter here. {listed}"
        elif name in seen:
            faults[name] = "Give this parameter once."
        elif "\x00" in value:
            faults[name] = "Remove the NUL character."
        elif name == "fields":
            # Before anything is read: what is not there is refused by name.
            try:
                chosen(request.scope["route"].response_model, value)
            except Invalid as error:
                faults[name] = error.detail
        seen.add(name)
    if faults:
        raise Invalid(_first(faults))


MOST_FAULTS = 20


def _first(faults: dict[str, str]) -> Iterator[Fault]:
    """The first faults of parameters: an address has room for thousands; each lists all there are."""
    for name, message in islice(faults.items(), MOST_FAULTS):
        yield Fault(pointer_of([name]), message)
    if (more := len(faults) - MOST_FAULTS) > 0:
        yield Fault("", f"Mend {more:,} more {'parameter' if more == 1 else 'parameters'} likewise.")


_KNOWN: dict[int, frozenset[str]] = {}


def _parameters(route: APIRoute) -> frozenset[str]:
    found = _KNOWN.get(id(route))
    if found is None:
        fields = get_flat_params(route.dependant)
        named = {
            field.alias
            for field in fields
            if getattr(field.field_info, "in_", None).__str__() == "ParamTypes.query"
        }
        # Those of a model (app.api.queries) stand in the description alone.
        described = (route.openapi_extra or {}).get("parameters", ())
        found = frozenset(named | {one["name"] for one in described if one["in"] == "query"})
        _KNOWN[id(route)] = found
    return found


async def if_match(
    request: Request,
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description='The ETag of what you read, for example `"7.5f3a0c9e12b47d68"`: what stands before '
            "the dot is compared. Needed: without it 428.",
        ),
    ] = None,
) -> int:
    """The version that a change is meant for. Raises PreconditionRequired when none is given."""
    if value is None:
        raise PreconditionRequired
    return _version(request)


async def if_match_optional(
    request: Request,
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="Optional: record only if the record is still at this version, else 412.",
        ),
    ] = None,
) -> int | None:
    """The version that an entry is meant for, if the client says so."""
    return None if value is None else _version(request)


def _version(request: Request) -> int:
    found = version_named(", ".join(request.headers.getlist("if-match")))
    if found is None:
        raise invalid("/If-Match", _NO_ETAG)
    return found


_NO_ETAG = "Send the `ETag` of what you read, as it was answered: this is none, and `*` names no version."
Version = Annotated[int, Depends(if_match)]
OptionalVersion = Annotated[int | None, Depends(if_match_optional)]


async def asked_page(
    cursor: Annotated[
        str | None, Query(max_length=2000, description="The `next` value of the answer before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows on a page.")] = DEFAULT_PAGE,
) -> Page:
    """Which page of a list is asked for."""
    return Page(cursor, limit)


Asked = Annotated[Page, Depends(asked_page)]


def _only_a_time(value: str) -> str:
    """Refuse a number of seconds, and a time that is none in UTC because the calendar ends."""
    if not _TIME.match(value):
        raise ValueError(
            "give a time with its offset, for example 2024-06-30T09:00:00Z; in an address + is written %2B"
        )
    if value.startswith(("0001", "9999")):
        raise ValueError("give a time between the years 0002 and 9998")
    return value


_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]", re.ASCII)
AsAt = Annotated[
    AnyDay | None,
    Query(description="Answer as it stood on this day, as known now; today by default, never later."),
]
Compare = Annotated[
    AnyDay | None,
    Query(description="Answer beside it as it stood on this day too, never after `as_at`."),
]
UpdatedSince = Annotated[
    Annotated[AwareDatetime, BeforeValidator(_only_a_time)] | None,
    Query(description="Only records that changed at or after this time, with its offset."),
]
Fields = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="Answer these fields alone, with commas between them; all of them by default. Of a list: "
        "the fields of its records.",
    ),
]
Search = Annotated[str | None, Query(max_length=200, description="Words to look for, whatever their case.")]
RefFilter = Annotated[str | None, Query(max_length=30, description="Only the record with this ref.")]


def answer(
    model: type[BaseModel], data: Any, *, as_at: date | None = None, fields: str | None = None
) -> Response:
    """200 with an ETag that changes whenever the bytes do; that of a present record begins with its version.

    What is not journalled must say ``cache-control: no-store`` on this, so that the gate does not keep it.
    """
    body = render(model, data, fields)
    tag = etag_of(body, version_in(data) if as_at is None else None)
    return Response(body, media_type="application/json", headers={"etag": tag})


def page_answer(
    request: Request, model: type[BaseModel], data: dict[str, Any], fields: str | None = None
) -> Response:
    """200 with a list; the `Link` header names the next page."""
    found = answer(model, data, fields=fields)
    if data["next"]:
        following = request.url.include_query_params(cursor=data["next"])
        found.headers["link"] = f'<{following.path}?{following.query}>; rel="next"'
    return found


def created(model: type[BaseModel], data: dict[str, Any], path: str) -> Response:
    """201 with where the new record is, and the record; an entry is read in the list that it joins."""
    headers, body = {"location": f"/api/v1/{path}"}, render(model, data)
    if "version" in data:
        headers = {"location": f"/api/v1/{path}/{data['id']}", "etag": etag_of(body, data["version"])}
    return Response(body, 201, headers, "application/json")


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route for its description, beside those that every route has."""
    # Their shape is added by the contract: a model named here is built anew for each route and status.
    return {status: {"description": _MEANINGS[status]} for status in sorted({401, 403, *statuses})}


_MEANINGS = {
    400: "The request could not be read.",
    401: "No access token, or one that is unknown, expired or revoked.",
    403: "The client's scopes do not allow this.",
    404: "There is no such record in the client's area.",
    409: "The change does not fit the present state of the record.",
    412: "The record changed since it was read; `current` is what it is now.",
    413: "The body is larger than 1 MB, or that of a bulk than 5 MB.",
    415: "The body is not declared as JSON in UTF-8.",
    422: "The input breaks a rule; `errors` names each field and what to do.",
    428: "The If-Match header is missing.",
}

READS = errors(404, 422)
CREATES = errors(400, 404, 413, 422)
DELETES = errors(404, 409, 412, 422, 428)
CHANGES = errors(400, 404, 412, 413, 422, 428)
RECORDS = errors(400, 404, 409, 412, 413, 422)
