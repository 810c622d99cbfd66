"""What the operations of the contract share: error answers with samples, headers, security, examples."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.access.roles import SCOPE_OPERATIONS, Operation, Scope
from app.api.deps import Allow
from app.api.problem_types import PROBLEM_TYPES, ProblemType
from app.api.problems import PROBLEM_JSON

RECORDED = Path(__file__).parent / "recorded"
EVERY_ANSWER = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
HEADERS = {
    "Allow": ("The methods that the address takes.", "string"),
    "ETag": ("Version or digest of this answer: send it back in `If-None-Match` or `If-Match`.", "string"),
    "Idempotency-Replayed": ("`true` where this was answered before, to the same key.", "string"),
    "Link": ('The next page, as `rel="next"`; not on the last one.', "string"),
    "Location": ("Where the new record is; an entry is read in the list that it joins.", "string"),
    "RateLimit-Limit": ("Requests that the client may make in a minute.", "integer"),
    "RateLimit-Remaining": ("Requests left in this minute.", "integer"),
    "RateLimit-Reset": ("Seconds until the next minute begins.", "integer"),
    "Retry-After": ("Seconds to wait before sending the request again, where that may help.", "integer"),
    "WWW-Authenticate": ("How to authenticate.", "string"),
}
SCOPES = {
    "read": "Read everything in the area.",
    "write": "Read; also create and change plans, actions, registers, risks and periods.",
    "admin": "Read; also change the matrix of a register, and manage schedules and webhooks.",
}
_MEANINGS = {
    400: "The request could not be read.",
    401: "No access token, or one that is unknown, expired or revoked.",
    403: "The client's scopes do not allow this.",
    404: "There is no such record in the client's area.",
    409: "The change does not fit the present state.",
    412: "The record changed since it was read; `current` is what it is now.",
    413: "The body is larger than 1 MB, or that of a bulk than 5 MB.",
    415: "The body is not declared as JSON.",
    422: "The input breaks a rule; `errors` names each field and what to do.",
    428: "The `If-Match` header is missing.",
    429: "The client has used up its quota of this minute.",
}
_TOKEN_ERRORS = {
    "400": {
        "unsupported_grant_type": "Send grant_type=client_credentials: nothing else is taken here.",
        "invalid_scope": "The client does not have the scope admin. It has: read write.",
    },
    "401": {"invalid_client": "The client id or secret is wrong, expired or revoked. Ask for a new client."},
    "429": {
        "invalid_client": "Too many wrong secrets for this client. "
        "Check the secret, and try again in 12 seconds."
    },
}


def header(name: str) -> dict[str, str]:
    """A reference to a header that answers carry."""
    return {"$ref": f"#/components/headers/{name}"}


def headers() -> dict[str, Any]:
    """Every header that an operation names."""
    return {name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in HEADERS.items()}


def security_scheme() -> dict[str, Any]:
    """How a program shows who it is."""
    return {
        "type": "oauth2",
        "description": "Client credentials. The token goes into `Authorization: Bearer <token>`.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": SCOPES}},
    }


# --- Scopes -----------------------------------------------------------------------------------------------


def operations_of(app: FastAPI) -> dict[tuple[str, str], Operation]:
    """What each route of the API asks for, by method and path."""
    return {
        (method, route.path): call.operation
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
        for call in _calls(route.dependant)
        if isinstance(call, Allow)
    }


def _calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def security(operation: Operation) -> list[dict[str, list[str]]]:
    """The scopes any of which allows this."""
    return [{"client": [scope.value]} for scope in Scope if operation in SCOPE_OPERATIONS[scope]]


# --- Errors -----------------------------------------------------------------------------------------------


def features(path: str, operation: dict[str, Any]) -> frozenset[str]:
    """What an operation has on which its errors depend, see ``ProblemType``."""
    named = {one.get("name") for one in operation.get("parameters", ())}
    found = {"cursor", "If-Match", "Idempotency-Key"} & named
    return frozenset(
        found
        | ({"body"} if "requestBody" in operation else set())
        | ({"by-ref"} if "/by-ref/" in path else set())
    )


def error_name(kinds: Sequence[ProblemType]) -> str:
    """The name of a shared error answer: its status, and the kinds beside its first one."""
    others = [word.title() for one in kinds[1:] for word in one.kind.split("-")]
    return f"Problem{kinds[0].status}{''.join(others)}"


def error(kinds: Sequence[ProblemType]) -> dict[str, Any]:
    """The answer that these kinds of problem share, with a sample of each."""
    status = kinds[0].status
    found: dict[str, Any] = {
        "description": _MEANINGS[status],
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {one.kind: {"summary": one.title, "value": one.sample} for one in kinds},
            }
        },
    }
    extra = {401: "WWW-Authenticate", 409: "Retry-After", 412: "ETag", 429: "Retry-After"}.get(status)
    if extra:
        found["headers"] = {extra: header(extra)}
    return found


def problem_types() -> list[dict[str, Any]]:
    """Every kind of problem for programs that read the contract, and for the reference page."""
    return [
        {
            "kind": one.kind,
            "title": one.title,
            "status": one.status,
            "meaning": one.meaning,
            "advice": one.advice,
            "sample": one.sample,
        }
        for one in PROBLEM_TYPES
    ]


def problem_table() -> str:
    """Every kind of problem, for the description of the whole."""
    rows = [f"| `{one.kind}` | {one.status} | {one.meaning} {one.advice} |" for one in PROBLEM_TYPES]
    return "\n".join(["| `type` ends in | Status | Meaning, and what to do |", "|---|---|---|", *rows])


def complete_token_endpoint(operation: dict[str, Any]) -> None:
    """The token endpoint: its own errors, a request and an answer."""
    operation["security"] = []
    answers = operation["responses"]
    answers.pop("422", None)
    for status, errors in _TOKEN_ERRORS.items():
        answers[status]["content"]["application/json"]["examples"] = {
            name: {"value": {"error": name, "error_description": text}} for name, text in errors.items()
        }
    answers["401"]["headers"] = {"WWW-Authenticate": header("WWW-Authenticate")}
    answers["429"]["headers"] = {"Retry-After": header("Retry-After")}
    # Whatever is too large is refused before it is known what was asked for.
    answers["413"] = {"$ref": "#/components/responses/Problem413"}
    operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["example"] = {
        "grant_type": "client_credentials",
        "client_id": "0197f6a0-5111-7a33-8b44-5c6d7e8f9a01",
        "client_secret": "(the secret, shown once when the client was created)",
        "scope": "read write",
    }


# --- Examples ---------------------------------------------------------------------------------------------


@cache
def recorded(operation_id: str) -> Any:
    """The answer that was recorded for an operation; None where there is none yet."""
    path = RECORDED / f"{operation_id}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
