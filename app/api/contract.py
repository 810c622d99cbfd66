"""The API's description: OpenAPI 3.1, made from the routes, with what FastAPI leaves out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.examples import REQUESTS
from app.api.problems import PROBLEM_JSON, Problem

DESCRIPTION = """
Priority action plans and risk registers of local area SEND partnerships.

**Every figure is computed from the same rows and can be reproduced as it stood on any date.** Dated facts
(status, dates, scores, states) change only through entries: a `POST` to `/updates`, `/assessments` and the
like. All else changes by `PATCH`. Nothing is ever deleted.

**Access.** `POST /oauth/token` exchanges a client's id and secret for a bearer token. Scopes: `read` reads,
`write` also creates and changes, `admin` reads and changes the matrix. A client sees one area; records of
another one answer 404, exactly as unknown ones do.

**Dates.** `as_at` answers as it stood on a day, as known now. Effective dates and `as_at` are London dates
and never later than today. Times are UTC.

**Lists** answer `{"items", "next", "total"}`. Send `next` as `cursor` for the next page; it is null on the
last one. Unknown parameters are refused.

**Changing.** `PATCH` needs the `ETag` of the version that you read, in `If-Match`: 428 without it, 412 with
the current record when someone was quicker. `null` clears a field, a field left out stays.

**Errors** are problem details (RFC 9457). `type` is stable, `errors` names each field by a JSON pointer and
says what to do. After an error nothing was stored.
"""

_TAGS = (
    ("access tokens", "Getting a token."),
    ("areas", "The local area partnership that the client belongs to."),
    ("people", "Names or posts who lead, answer for and own things."),
    ("plans", "Plans, and the progress of their actions."),
    ("priorities", "Priorities of a plan; workstreams of a grant programme."),
    ("actions", "Actions, their dated updates, withdrawal and reinstatement."),
    ("registers", "Risk registers, their matrix and heat map."),
    ("risks", "Risks, their dated assessments and changes of state."),
    ("controls", "Measures in place against a risk."),
    ("management actions", "What is still to be done about a risk."),
    ("data quality", "What the checks find in the records, and why it stays where somebody said so."),
    (
        "periods",
        "Board reporting periods of a plan: their cadence, commentary, publication and errata. A published "
        "period answers identically for ever.",
    ),
    ("reconciliations", "Whether published percentages can come from whole-number counts."),
)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: errors as problem+json, the token scheme, the tags in order."""
    found = get_openapi(
        title="SEND improvement plan tracker",
        version=app.version,
        openapi_version="3.1.0",
        description=DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS],
        license_info={"name": "Not licensed for redistribution", "identifier": "LicenseRef-proprietary"},
    )
    found["servers"] = [{"url": "/", "description": "This deployment."}]
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    components["schemas"].update(components["schemas"]["Problem"].pop("$defs", {}))
    for name, example in REQUESTS.items():
        components["schemas"][name]["examples"] = [example]
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    components["securitySchemes"] = {
        "client": {
            "type": "oauth2",
            "description": "Client credentials. The token goes into `Authorization: Bearer <token>`.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token",
                    "scopes": {
                        "read": "Read everything in the area.",
                        "write": "Also create and change plans, actions, registers and risks.",
                        "admin": "Read, and change the matrix of a register.",
                    },
                }
            },
        }
    }
    for path, operations in found["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
    return found


def _complete(path: str, operation: dict[str, Any]) -> None:
    if not path.startswith("/api/"):
        operation["security"] = []
        operation["responses"].pop("422", None)
        return
    operation["security"] = [{"client": []}]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"].endswith("_id"):
            noun = parameter["name"].removesuffix("_id").replace("_", " ")
            parameter.setdefault("description", f"Identifier of the {noun}.")
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            response["content"] = {PROBLEM_JSON: schema}
        elif int(status) == 201:
            response["headers"] = {"Location": _header("Where the new record is.")}
        else:
            response["headers"] = {"ETag": _header("Version or digest of this answer.")}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
