"""Real answers as the examples of the contract: `make examples` writes app/api/recorded.

Reads are asked of the sample, or of a small area where the sample has no such record; every request that
takes a body sends the example of the contract to a small area of its own. Ids, times and secrets are put as
stand-ins, and long lists are cut, so that the same code records the same text on any day.
"""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from app import db
from app.api.contract_parts import RECORDED
from app.api.examples import REQUESTS
from app.services import areas as areas_service
from tests import databases, doors
from tests.doors import API, Program

# What an address needs besides the records of ``doors.records``, before its example fits.
FIRST: dict[str, tuple[str, str]] = {
    "reinstate_action": ("/actions/{action_id}/withdrawal", "Withdrawal"),
    "reopen_risk": ("/risks/{risk_id}/closure", "StateChange"),
}
QUERIES = {
    "get_comparison": "?as_at=2024-06-30&compare=2024-04-30",
    "get_plan_report": "?as_at=2024-06-30",
    "get_progress": "?as_at=2024-06-30",
    "get_progress_history": "?from=2024-05-01&to=2024-06-30",
}
ROWS, OBJECTS = 2, 3
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_SECRETS = {
    "next": "(a cursor)",
    "access_token": "(a token)",
    "secret": "(a secret)",
    "local": "Monday 1 July 2024 at 10:00",
}
_ACTION = REQUESTS["ActionCreate"]
# The records that the examples of requests name stand under the same ids in the answers.
_STAND_INS = {
    "person_id": REQUESTS["PriorityCreate"]["sro_id"],
    "plan_id": REQUESTS["RegisterCreate"]["plan_id"],
    "priority_id": _ACTION["points"][0]["priority_id"],
    "second_priority_id": _ACTION["points"][1]["priority_id"],
    "third_action_id": _ACTION["depends_on"][0],
    "other_risk_id": REQUESTS["AcknowledgementCreate"]["subject_id"],
}


class Asked(NamedTuple):
    """An operation of the contract: how it is asked for, and the schema of its body."""

    name: str
    method: str
    path: str
    schema: str
    successes: tuple[int, ...]
    needs_version: bool


def operations() -> Iterator[Asked]:
    """Every operation of the API, as the contract says."""
    for path, methods in doors.application().openapi()["paths"].items():
        for method, operation in methods.items():
            if not path.startswith(API):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Asked(
                operation["operationId"],
                method.upper(),
                path.removeprefix(API),
                body.get("schema", {}).get("$ref", "").rpartition("/")[2],
                tuple(int(status) for status in operation["responses"] if int(status) < 300),
                any(one.get("name") == "If-Match" for one in operation.get("parameters", ())),
            )


# --- Asking -----------------------------------------------------------------------------------------------


def ask(program: Program, ids: dict[str, str], asked: Asked) -> Any:
    """The answer to the example of an operation, which must succeed."""
    if asked.method == "DELETE":
        ids = doors.unused(program, ids, asked.path)
    there = doors.address(asked.path, ids)
    if asked.method == "GET":
        paged = "limit" in _parameters(asked)
        query = QUERIES.get(asked.name, f"?limit={ROWS}" if paged else "")
        return program.get(there + query, 200)
    if asked.name in FIRST:
        before, schema = FIRST[asked.name]
        program.post(before.format(**ids), doors.with_ids(REQUESTS[schema], ids), 201)
    options: dict[str, Any] = {"headers": _version(program, there, asked)}
    if asked.schema:
        options["json"] = doors.with_ids(REQUESTS[asked.schema], ids)
    answer = program.send(asked.method, there, **options)
    assert answer.status_code in asked.successes, f"{asked.name}: {answer.status_code} {answer.text[:1000]}"
    return answer


def _parameters(asked: Asked) -> set[str]:
    operation = doors.application().openapi()["paths"][API + asked.path][asked.method.lower()]
    return {one["name"] for one in operation.get("parameters", ()) if "name" in one}


def _version(program: Program, there: str, asked: Asked) -> dict[str, str]:
    """The version that is changed: of the record at the address, or of the one that a part belongs to."""
    if not asked.needs_version:
        return {}
    for address in (there, there.rpartition("/")[0]):
        answer = program.get(address)
        if answer.status_code == 200 and "etag" in answer.headers and "items" not in answer.json():
            return {"if-match": answer.headers["etag"]}
        if asked.method in ("PATCH", "PUT"):
            break
    return {}


# --- Recording --------------------------------------------------------------------------------------------


def shown(answer: Any, ids: dict[str, str]) -> Any:
    """An answer as the contract shows it."""
    known = {ids[name]: stand_in for name, stand_in in _STAND_INS.items() if name in ids}
    return _shown(answer.json(), "", known)


def _shown(value: Any, name: str, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {field: _shown(one, field, known) for field, one in value.items()}
    if isinstance(value, list):
        long = len(value) > OBJECTS and isinstance(value[0], dict)
        return [_shown(one, name, known) for one in (value[:ROWS] if long else value)]
    if not isinstance(value, str):
        return value
    if name in _SECRETS:
        return _SECRETS[name]

    def stand_in(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"0197f6a0-0000-7000-8000-{len(known) + 1:012}")

    return _HASH.sub("0" * 64, _TIME.sub("2024-07-01T09:00:00Z", _UUID.sub(stand_in, value)))


def as_text(example: Any) -> str:
    """An example as its file has it."""
    return json.dumps(example, indent=1, ensure_ascii=False) + "\n"


def sample_ids(program: Program) -> dict[str, str]:
    """The ids of records of the sample, by the names that addresses use."""

    def first(path: str, **query: str) -> str:
        return str(program.get(path, 200, params={"limit": 1, **query}).json()["items"][0]["id"])

    plan = first("/plans", ref="PAP")
    register = first("/registers", plan_id=plan)
    risk = first(f"/registers/{register}/risks", ref="1")
    return {
        "area_id": program.get("/areas", 200).json()["items"][0]["id"],
        "person_id": first("/people"),
        "plan_id": plan,
        "priority_id": first(f"/plans/{plan}/priorities"),
        "action_id": first(f"/plans/{plan}/actions", ref="1.2"),
        "register_id": register,
        "risk_id": risk,
        "control_id": str(program.get(f"/risks/{risk}/controls", 200).json()["items"][0]["id"]),
    }


def sample_program(http: Any) -> Program:
    """A program of the sample's area."""
    with db.read(None) as reader:
        return Program(http, doors.token(areas_service.by_slug(reader, "halton"), "read", "write", "admin"))


def small_area(http: Any, slug: str) -> tuple[Program, dict[str, str]]:
    """A program of a new area, and the ids of a small plan and register in it."""
    area = doors.area(slug)
    program = Program(http, doors.token(area, "read", "write", "admin"))
    return program, doors.records(Program(http, doors.token(area, "write"), is_checked=False))


def main() -> None:
    """Record the answer of every operation that answers with JSON."""
    databases.prepare()
    try:
        with databases.open_copy("sample", "sqlite"), doors.opened() as http:
            _record_all(http)
    finally:
        databases.clear()


def _record_all(http: Any) -> None:
    RECORDED.mkdir(exist_ok=True)
    sample = sample_program(http)
    of_sample, wanted = sample_ids(sample), {"create_token.json"}
    small, of_small = small_area(http, "small")
    (RECORDED / "create_token.json").write_text(as_text(token_example(http)), encoding="utf-8")
    for number, asked in enumerate(operations()):
        if asked.method != "GET":
            program, ids = small_area(http, f"area-{number}")
        elif is_in_sample(asked, of_sample):
            program, ids = sample, of_sample
        else:
            program, ids = small, of_small
        answer = ask(program, ids, asked)
        if answer.headers.get("content-type") == "application/json":
            wanted.add(f"{asked.name}.json")
            text = as_text(shown(answer, ids))
            (RECORDED / f"{asked.name}.json").write_text(text, encoding="utf-8")
    for old in RECORDED.glob("*.json"):
        if old.name not in wanted:
            old.unlink()


def is_in_sample(asked: Asked, of_sample: dict[str, str]) -> bool:
    """Whether the sample has the record that an address names, with something to show there."""
    names = re.findall(r"\{(\w+)\}", asked.path)
    return set(names) <= of_sample.keys() and not asked.path.endswith(("/cadence", "/periods", "/schedules"))


def token_example(http: Any) -> Any:
    """The answer of the token endpoint."""
    client_id, secret = doors.client(doors.area("for-a-token"), "read", "write")
    form = {"grant_type": "client_credentials", "client_id": str(client_id), "client_secret": secret}
    answer = http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "access_token": _SECRETS["access_token"]}


if __name__ == "__main__":
    # The environment of the tests: its day, and the public host to which the examples send webhooks.
    import_module("tests.conftest")
    main()
