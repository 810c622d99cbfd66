"""Errors of the API as RFC 9457 problem details, FastAPI's own included."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from app.api.conditional import etag_of
from app.api.rendering import render as as_json
from app.errors import Fault, Invalid, PreconditionFailed, ServiceError
from app.models.actions import ActionRead
from app.models.bulk import MODELS
from app.models.cadences import CadenceRead
from app.models.commentaries import CommentaryRead
from app.models.controls import ControlRead
from app.models.management_actions import ManagementActionRead
from app.models.people import PersonRead
from app.models.periods import PeriodRead
from app.models.plans import PlanRead
from app.models.priorities import PriorityRead
from app.models.registers import RegisterRead
from app.models.risks import RiskRead
from app.models.schedules import ScheduleRead
from app.models.webhooks import WebhookRead

PROBLEM_JSON = "application/problem+json"
TYPE = "urn:send-tracker:problem:"


class FieldError(BaseModel):
    """One thing wrong with the input."""

    pointer: str = Field(
        description="Where: a JSON pointer into the body, or `/name` for a parameter; empty for the whole.",
        examples=["/points/0/ref"],
    )
    message: str = Field(description="What to do about it.", examples=["Choose another ref."])


class Problem(BaseModel):
    """An error answer (RFC 9457). Nothing was stored."""

    type: str = Field(description="What kind of problem: stable, compare this.", examples=[TYPE + "invalid"])
    title: str = Field(description="The kind in words.", examples=["The input is not valid"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What is wrong this time, and what to do.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldError] | None = Field(default=None, description="One for each field at fault.")
    current: dict[str, Any] | None = Field(
        default=None, description="With 412: the record as it is now, to merge with."
    )


def problem(error: ServiceError, path: str) -> dict[str, Any]:
    """An error of the service as problem details."""
    found: dict[str, Any] = {
        "type": TYPE + error.kind,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": path,
    }
    if isinstance(error, Invalid):
        found["errors"] = [fault._asdict() for fault in error.faults]
    if isinstance(error, PreconditionFailed):
        found["current"] = from_json(_current(error.current, path))
    return found


_READS: dict[str, type[BaseModel]] = {
    "people": PersonRead,
    "plans": PlanRead,
    "priorities": PriorityRead,
    "actions": ActionRead,
    "registers": RegisterRead,
    "risks": RiskRead,
    "controls": ControlRead,
    "management-actions": ManagementActionRead,
    "periods": PeriodRead,
    "schedules": ScheduleRead,
    "webhooks": WebhookRead,
}
_PARTS: dict[str, type[BaseModel]] = {
    "cadence": CadenceRead,
    "commentary": CommentaryRead,
}


def _current(record: dict[str, Any], path: str) -> bytes:
    """The bytes that reading a record answers: its noun stands first in addresses that take a version.

    But for parts that have a version of their own, whose name stands last, and for records by their ref.
    """
    names = path.split("/")
    model = _PARTS.get(names[-1]) or _READS[names[5] if "by-ref" in names else names[3]]
    return as_json(model, record)


def render(request: Request, error: Exception) -> JSONResponse:
    """Any error as an answer of the API. Unexpected ones say nothing about what happened inside."""
    path = request.url.path
    if isinstance(error, RequestValidationError):
        error = Invalid(_faults(error.errors()))
    if isinstance(error, ServiceError):
        headers = {"cache-control": "no-store"}
        if isinstance(error, PreconditionFailed):
            headers["etag"] = etag_of(_current(error.current, path), error.current["version"])
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        return _response(error.status, problem(error, path), headers)
    if isinstance(error, HTTPException):
        headers = {"cache-control": "no-store", **(error.headers or {})}
        return _response(error.status_code, _http(error, path), headers)
    details = "Something went wrong here. Try again; if it stays, tell the service's owner the request id."
    content = _plain(500, "error", "Something went wrong", details, path)
    return _response(500, content, {"cache-control": "no-store"})


def _response(status: int, content: dict[str, Any], headers: dict[str, str]) -> JSONResponse:
    return JSONResponse(content, status_code=status, headers=headers, media_type=PROBLEM_JSON)


_HTTP = {
    400: ("malformed", "The request could not be read", "Send a body in JSON, as UTF-8."),
    404: ("no-such-address", "No such address", "Check the address with the API description."),
    405: ("method-not-allowed", "This address does not take this method", "Use one of those in `Allow`."),
    413: ("too-large", "The body is too large", "Send at most 1 MB, to /api/v1/bulk 5 MB."),
    415: ("media-type", "This media type is not taken", "Send `application/json`."),
}


def _http(error: HTTPException, path: str) -> dict[str, Any]:
    phrase = HTTPStatus(error.status_code).phrase
    kind, title, detail = _HTTP.get(error.status_code, ("http", phrase, str(error.detail)))
    return _plain(error.status_code, kind, title, detail, path)


def _plain(status: int, kind: str, title: str, detail: str, path: str) -> dict[str, Any]:
    return {"type": TYPE + kind, "title": title, "status": status, "detail": detail, "instance": path}


_NO_OBJECT = "Send an object in JSON, with the content type application/json."
_MESSAGES = {
    "missing": "Give this field: it is needed.",
    "string_unicode": "Send text in valid Unicode, without lone surrogates.",
    "string_too_short": "Give some text: it must not be empty.",
    "too_short": "Give at least one.",
    "model_attributes_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "int_type": "Give a whole number.",
    "int_parsing": "Give a whole number.",
    "int_from_float": "Give a whole number.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "string_type": "Give a text.",
    "list_type": "Give a list.",
    "datetime_from_date_parsing": "Give a time with its offset, for example 2024-06-30T09:00:00Z.",
    "uuid_parsing": "Give an id: a UUID.",
    "uuid_type": "Give an id: a UUID.",
    "date_from_datetime_parsing": "Give a day that there is, as YYYY-MM-DD.",
    "date_from_datetime_inexact": "Give a date as YYYY-MM-DD, without a time.",
    "date_parsing": "Give a day that there is, as YYYY-MM-DD.",
    "timezone_aware": "Give a time with its offset, for example 2024-06-30T09:00:00Z.",
    "string_pattern_mismatch": "This is not in the form that the description of the field gives.",
    "date_type": "Give a date as YYYY-MM-DD.",
}
_PATTERNS = {
    "url": "Give a web address that begins with http:// or https://.",
    "email": "Give an e-mail address, for example name@north.example.",
}
_REFUSED = "There is no such field here: remove it."
_HINTS = {
    "score": "Remove it: a score is worked out from likelihood and impact, and never typed.",
    **dict.fromkeys(
        (
            "status",
            "completed_on",
            "start_on",
            "due_on",
            "review_on",
            "forecast_on",
            "path_to_green",
            "impact_state",
            "impact_review_on",
            "points",
            "depends_on",
            "withdrawn",
        ),
        "Remove it: this is a dated fact, which changes through a dated update.",
    ),
    **dict.fromkeys(
        ("current", "target", "rating", "target_on", "target_rationale", "priority_id", "state"),
        "Remove it: this is a dated fact, which changes through an assessment or a change of state.",
    ),
}


def _faults(found: Sequence[Any]) -> Iterable[Fault]:
    seen: set[str] = set()
    or_ongoing: set[str] = set()
    for error in found:
        pointer = _pointer(error["loc"])
        if error["type"] == "literal_error" and error["ctx"]["expected"] == "'ongoing'":
            or_ongoing.add(pointer)  # what is wrong with it as a day comes next and says more
            continue
        if error["type"].startswith("union_tag_"):
            pointer += pointer_of([error["ctx"]["discriminator"].strip("'")])
        # A field that takes two types has a message for each: the first says enough.
        if pointer not in seen:
            seen.add(pointer)
            message = message_of(error)
            yield Fault(pointer, f"{message[:-1]}, or `ongoing`." if pointer in or_ongoing else message)


def pointer_of(steps: Iterable[Any]) -> str:
    """A JSON pointer (RFC 6901). Of a name that is no valid text, what can be written."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{step}" for step in escaped).encode(errors="replace").decode()


def _pointer(loc: Sequence[Any]) -> str:
    steps = loc[1:] if loc and loc[0] in ("body", "query", "path", "header", "cookie") else loc
    kept = [step for step in steps if isinstance(step, int) or not _is_type_name(str(step))]
    if loc and loc[0] == "body" and kept and isinstance(kept[0], int) and len(kept) == 1:
        return ""
    return pointer_of(kept)


def _is_type_name(step: str) -> bool:
    # Pydantic names the member of a union in the location: it is no part of the body.
    return step in _MEMBERS or step.startswith(("function-", "constrained-"))


# Those of a bulk are told apart by their operation.
_MEMBERS = frozenset({"date", "literal['ongoing']", *MODELS})


def message_of(error: dict[str, Any]) -> str:
    """A pydantic error as a sentence that says what to do."""
    kind = error["type"]
    if kind == "missing" and tuple(error["loc"]) == ("body",):
        return _NO_OBJECT
    if kind in ("model_type", "model_attributes_type") and len(error["loc"]) > 1:
        return "Give an object."
    if kind == "extra_forbidden":
        # Within an item of a list the name means something else.
        is_nested = len(error["loc"]) > 1 and isinstance(error["loc"][-2], int)
        return _REFUSED if is_nested else _HINTS.get(str(error["loc"][-1]), _REFUSED)
    if kind == "too_long":
        return f"Give at most {error['ctx']['max_length']}."
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(error["loc"][-1]), _MESSAGES[kind])
    if kind == "value_error":
        text = str(error["msg"]).removeprefix("Value error, ")
        return text[:1].upper() + text[1:] + "."
    if kind == "union_tag_not_found":
        return _MESSAGES["missing"]
    if kind == "union_tag_invalid":
        return f"Give one of {error['ctx']['expected_tags'].replace(chr(39), '')}."
    if kind in ("enum", "literal_error"):
        return f"Give one of {error['ctx']['expected'].replace(' or ', ', ').replace(chr(39), '')}."
    text = str(error["msg"]).replace("Input should", "This must").replace("String should", "The text must")
    return _MESSAGES.get(kind, f"{text}.")
