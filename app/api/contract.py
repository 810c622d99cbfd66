"""The API's description: OpenAPI 3.1, made from the routes, with what FastAPI leaves out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.access.roles import Operation
from app.api import contract_fields, contract_links, contract_webhooks, export_shapes
from app.api import contract_parts as parts
from app.api.examples import REQUESTS
from app.api.problem_types import of_status
from app.api.problems import Problem

API_VERSION = "1.0"
"""The version of the contract: docs/api-policy.md says when which part of it moves."""

DESCRIPTION = """
Priority action plans and risk registers of local area SEND partnerships.

**Every figure is computed from the same rows and can be reproduced as it stood on any date.** Dated facts
(status, dates, scores, states) change only through entries: a `POST` to `/updates`, `/assessments` and the
like. All else changes by `PATCH`. Nothing that was recorded is ever deleted: actions are withdrawn, risks
closed. What was added by mistake can go: a period until it is published, a plan or a priority with nothing in
it.

**Access.** `POST /oauth/token` exchanges a client's id and secret for a bearer token. Scopes: `read` reads,
`write` also creates and changes, `admin` reads and changes what the area's administrator sets. Each operation
lists the scopes any of which allows it. A client sees one area; records of another one answer 404, exactly as
unknown ones do.

**Dates.** `as_at` answers as it stood on a day, as known now. Effective dates and `as_at` are London dates
and never later than today. Times are UTC.

**Lists** answer `{"items", "next", "total"}`. Send `next` as `cursor` for the next page; it is null on the
last one. A page holds 50 rows, or `limit`, at most 200. Unknown parameters are refused. Several filters
together mean all of them; `_before` and `_after` leave out the day itself.

**Paging** neither skips nor repeats a record that was there all the time, whatever others write meanwhile.
One whose place in the order changes between two pages, or whether it fits the filters, may come twice or not
at all: sort by what does not change (the default), or by `updated_at`, where what changes moves to the end
and comes again. A copy that must miss nothing reads `/changes`. A cursor fits the list, filters, order and
day that it came from: any other answers 422 with the type `cursor`, and so does one from before midnight in
London where no `as_at` is given. Begin again without it then. `limit` and `fields` may differ between pages.

**Fields.** `fields=id,title` on a `GET` answers these fields alone; of a list, of each of its records. It
costs less and is quicker. What the schemas call required is what an answer holds without `fields`.

**Reading again.** Answers carry an `ETag`, which changes with any byte of them (the weak one of an export,
with all but the time at which it was made); that of a record begins with its version. Send it in
`If-None-Match`: 304 without a body says that nothing changed. No answer is older than the last change before
it was asked for. With `Accept-Encoding: gzip` answers are compressed. `HEAD` is taken wherever `GET` is.

**Changing.** `PATCH` needs the `ETag` of the version that you read, in `If-Match`: 428 without it, 412 with
the current record when someone was quicker. Of several any may stand; `*` names no version and is refused, as
is what is no `ETag`: 422. `null` clears a field, a field left out stays.

**Repeating.** Send an `Idempotency-Key` with a `POST`: sent again with the same key, it answers what it
answered the first time and stores nothing more.

**Limits.** A body is at most 1 MB, of a bulk 5 MB. A client may make a number of requests in a minute that
was agreed with it: `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` tell of it on every answer,
and 429 comes with `Retry-After`.

**Errors** are problem details (RFC 9457). `type` is stable: `urn:send-tracker:problem:` and a word of this
table. `errors` names each field by a JSON pointer and says what to do. After an error nothing was stored.

{problems}

**Versions.** The version of the API is in its address. Fields, parameters, operations and values of a list of
words may be added at any time: ignore what you do not know. Nothing is removed or narrowed without a new
address; what will go answers with `Deprecation` and `Sunset` at least twelve months before.
"""

_TAGS = (
    ("access tokens", "Getting a token."),
    ("areas", "The local area partnership that the client belongs to."),
    ("people", "Names or posts who lead, answer for and own things."),
    ("plans", "Plans, and the progress of their actions."),
    ("comparisons", "What changed in a plan and its risks between two days."),
    ("priorities", "Priorities of a plan; workstreams of a grant programme."),
    ("actions", "Actions, their dated updates, withdrawal and reinstatement."),
    (
        "records by ref",
        "Priorities, actions and risks by the ref that people know them by: read one, or add or change it.",
    ),
    ("bulk", "Up to 1,000 changes in one request, all or nothing."),
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
    ("reports", "Board reports of a period or of any day, in every format with the same figures."),
    ("reconciliations", "Whether published percentages can come from whole-number counts."),
    ("changes", "Everything that changes in the area, for systems that keep a copy."),
    ("schedules", "What is sent by e-mail, when and to whom; what was sent, and what became of it."),
    ("webhooks", "Addresses of other systems that are told of changes, and what was sent to them."),
)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: errors as problem+json with samples, scopes, headers, answers as recorded."""
    found = get_openapi(
        title="SEND improvement plan tracker",
        version=API_VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION.strip().replace("{problems}", parts.problem_table()),
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS],
        license_info={"name": "Not licensed for redistribution", "identifier": "LicenseRef-proprietary"},
        contact={"name": "Whoever runs this deployment"},
    )
    found["servers"] = [{"url": "/", "description": "This deployment."}]
    components = found.setdefault("components", {})
    _complete_schemas(components.setdefault("schemas", {}))
    components["securitySchemes"] = {"client": parts.security_scheme()}
    operations = parts.operations_of(app)
    shared: dict[str, Any] = {"Problem413": parts.error(of_status(413, frozenset()))}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(method.upper(), path, operation, operations, shared)
    found["x-problem-types"] = parts.problem_types()
    components["responses"] = shared
    components["headers"] = _used_headers(found)
    components["parameters"] = {"IfNoneMatch": _IF_NONE_MATCH}
    contract_links.add_to(found)
    contract_webhooks.add_to(found)
    contract_fields.add_to(found)
    return found


_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer that you have: 304 without a body when it still stands.",
    "schema": {"type": "string"},
}
_ANSWERS = {
    "200": "What was asked for.",
    "201": "What was stored.",
    "202": "What was accepted, to be done.",
    "204": "Done; there is nothing to say.",
}


def _complete_schemas(schemas: dict[str, Any]) -> None:
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["Problem"].pop("$defs", {}))
    schemas.update(export_shapes.schemas())
    for name, example in REQUESTS.items():
        schemas[name]["examples"] = [example]
    contract_fields.keep_from_null(schemas)
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)


def _complete(
    method: str,
    path: str,
    operation: dict[str, Any],
    operations: dict[tuple[str, str], Operation],
    shared: dict[str, Any],
) -> None:
    operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
    for status, response in operation["responses"].items():
        if response.get("description") == "Successful Response":
            response["description"] = _ANSWERS[status]
    _record(operation)
    if not path.startswith("/api/"):
        parts.complete_token_endpoint(operation)
        return
    operation["security"] = parts.security(operations[method, path])
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"].endswith("_id"):
            noun = parameter["name"].removesuffix("_id").replace("_", " ")
            parameter.setdefault("description", f"Identifier of the {noun}.")
        # Without it 428; of what may not be there yet only where it is (200 or 201).
        if parameter["name"] == "If-Match" and "428" in operation["responses"]:
            parameter["required"] = not {"200", "201"} <= operation["responses"].keys()
    answers = operation["responses"]
    answers.setdefault("429", {})
    if method == "GET":
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IfNoneMatch"})
        answers["304"] = {"description": "Nothing changed: what you have still stands.", "headers": {}}
    has = parts.features(path, operation)
    for status in list(answers):
        if int(status) < 400:
            _add_headers(method, status, answers[status])
        else:
            kinds = of_status(int(status), has)
            shared.setdefault(parts.error_name(kinds), parts.error(kinds))
            answers[status] = {"$ref": f"#/components/responses/{parts.error_name(kinds)}"}
    operation["responses"] = dict(sorted(answers.items()))


def _record(operation: dict[str, Any]) -> None:
    """The answer that was recorded for this operation, beside its description."""
    example = parts.recorded(operation["operationId"])
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        if example is not None and int(status) < 300 and content is not None:
            content["example"] = example


def _add_headers(method: str, status: str, response: dict[str, Any]) -> None:
    names = {"201": ["Location"], "202": ["Location"], "204": []}.get(status, ["ETag"])
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    if method == "GET" and schema.get("$ref", "").endswith("List"):
        names = [*names, "Link"]
    if method == "POST":
        names = [*names, "Idempotency-Replayed"]
    found = response.setdefault("headers", {})
    found.update({name: parts.header(name) for name in (*names, *parts.EVERY_ANSWER)})


def _used_headers(found: dict[str, Any]) -> dict[str, Any]:
    """The headers that an answer names."""
    answers = [
        answer
        for methods in found["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
    ]
    named = {
        name
        for answer in [*answers, *found["components"]["responses"].values()]
        for name in answer.get("headers", {})
    }
    return {name: shape for name, shape in parts.headers().items() if name in named}
