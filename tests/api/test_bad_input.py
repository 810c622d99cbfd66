"""Bad input: a problem that names the field and says what to do, nothing stored, never a 5xx."""

import base64
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.access.roles import Principal
from app.api.examples import REQUESTS
from tests import doors
from tests.doors import API, NOBODY, Program

JSON = {"content-type": "application/json"}
WORDS = {"type", "title", "status", "detail", "instance"}
LONG = 6_000_000


class Refusals:
    """Sends what must be refused, and looks at every refusal."""

    def __init__(self, program: Program, area: Principal, ids: dict[str, str]) -> None:
        self.program, self.area, self.ids = program, area, ids

    @cache  # noqa: B019 - as long as the module runs: nothing changes meanwhile
    def _version(self, path: str) -> str:
        return str(self.program.get(path).headers.get("etag", '"1"'))

    def path(self, template: str) -> str:
        return doors.address(template, self.ids)

    def refused(self, method: str, path: str, status: int = 422, **options: Any) -> dict[str, Any]:
        """The problem; AssertionError unless it is a good one and nothing was stored."""
        before = doors.sequence(self.area.area_id)
        whole = self.path(path)
        if method in ("PATCH", "DELETE") or path.endswith(("/cadence", "/publication", "/by-ref/{ref}")):
            options["headers"] = {"if-match": self._version(whole), **options.get("headers", {})}
        answer = self.program.send(method, whole, status, **options)
        assert answer.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = answer.json()
        assert problem.keys() - {"errors", "current"} == WORDS
        assert problem["status"] == status
        assert problem["type"].startswith("urn:send-tracker:problem:")
        assert problem["detail"], "says nothing of what to do"
        for error in problem.get("errors") or []:
            assert error["message"][:1].isupper(), error
            assert error["message"].endswith("."), error
        assert doors.sequence(self.area.area_id) == before, "something was stored"
        return problem

    def fields(self, method: str, path: str, body: Any, status: int = 422) -> dict[str, str]:
        """What to do, by the pointer of each field at fault."""
        errors = self.refused(method, path, status, json=body)["errors"]
        return {error["pointer"]: error["message"] for error in errors}


# Nothing of what is sent here is stored, so all tests of a database share one area.
@pytest.fixture(scope="module")
def refusals(http: TestClient) -> Refusals:
    return _area(http, "north")


@pytest.fixture(scope="module")
def others(http: TestClient) -> dict[str, str]:
    """The ids of another area's records."""
    return _area(http, "south").ids


def _area(http: TestClient, slug: str) -> Refusals:
    area = doors.area(slug)
    program = Program(http, doors.token(area, "write", "admin"))
    return Refusals(program, area, doors.records(program))


# --- Every operation, from the contract -------------------------------------------------------------------


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation below the API."""
    for path, found in doors.application().openapi()["paths"].items():
        if path.startswith(API):
            for method, operation in found.items():
                yield method.upper(), path, operation


def bodies() -> list[tuple[str, str, str]]:
    """Method, path and schema of every operation that takes a body."""
    return [
        (
            method,
            path,
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1],
        )
        for method, path, operation in operations()
        if "requestBody" in operation
    ]


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = doors.application().openapi()["components"]["schemas"][name]
    return found


# One value of each type of JSON, and what is near a value of another type.
VALUES: tuple[Any, ...] = (
    None,
    True,
    3,
    3.0,
    -1,
    10**30,
    1711929600,
    "3",
    "true",
    "2024-06-30T00:00:00Z",
    "1711929600",
    " ",
    "a\x00b",
    "\ud800",
    ["x"],
    {},
    [[["x"]]],
)


def resolved(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The shapes that a value may have, references followed."""
    if "$ref" in shape:
        return resolved(schema(shape["$ref"].split("/")[-1]))
    if "oneOf" in shape:
        # Changes of a bulk are told apart by their operation: those of the example are tried.
        told = REQUESTS["BulkCreate"]["changes"][0]["operation"]
        return resolved({"$ref": shape["discriminator"]["mapping"][told]})
    if "anyOf" in shape:
        return list(itertools.chain.from_iterable(resolved(one) for one in shape["anyOf"]))
    return [shape]


def is_wrong(value: Any, shape: dict[str, Any]) -> bool:
    """Whether a value is of no type that the field may have, or is text that nothing may hold."""
    shapes = resolved(shape)
    if isinstance(value, str) and any(sign in value for sign in "\x00\ud800"):
        return True
    return not any(_has_type(value, one) for one in shapes)


def _has_type(value: Any, shape: dict[str, Any]) -> bool:
    kind = shape.get("type")
    if "const" in shape or "enum" in shape:
        return value in (shape.get("enum") or [shape["const"]])
    if kind == "string":
        formatted = {"date", "date-time", "uuid", "email"} & {shape.get("format", "")}
        limits = 0 < len(value.strip()) <= shape.get("maxLength", 2**40) if isinstance(value, str) else False
        return limits and not formatted and bool(re.search(shape.get("pattern", ""), value))
    return {
        "null": value is None,
        "boolean": isinstance(value, bool),
        # 3.0 is a whole number too: JSON has one kind of number.
        "integer": type(value) in (int, float)
        and value == int(value)
        and shape.get("minimum", value) <= value <= shape.get("maximum", value),
        "number": type(value) in (int, float),
        "array": isinstance(value, list)
        and shape.get("minItems", 0) <= len(value)
        and all(not is_wrong(one, shape.get("items", {"type": "object"})) for one in value),
        "object": isinstance(value, dict)
        and (not value or shape.get("additionalProperties") is True)
        and not shape.get("required"),
    }[str(kind)]


def wrong_bodies(name: str, ids: dict[str, str], share: int) -> Iterator[tuple[str, Any]]:
    """Bodies with one wrong field each, nested ones too, with the pointer to it.

    Each field is given one in ``share`` of the values that are wrong for it, the next field the next ones.
    """
    whole = doors.with_ids(REQUESTS[name], ids)

    def walk(shape: dict[str, Any], pointer: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
        yield from ((pointer, value) for value in VALUES if is_wrong(value, shape))
        for one in resolved(shape):
            for field, inner in one.get("properties", {}).items():
                yield from walk(inner, (*pointer, field))
            if one.get("type") == "array":
                yield from walk(one["items"], (*pointer, 0))

    for place, (field, shape) in enumerate(schema(name)["properties"].items()):
        for pointer, value in itertools.islice(walk(shape, (field,)), place % share, None, share):
            if (changed := replaced(whole, pointer, value)) is not None:
                yield "".join(f"/{step}" for step in pointer), changed


def replaced(whole: Any, pointer: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at the pointer; None where the example has no such place."""
    copied = json.loads(json.dumps(whole))
    place = copied
    for step in pointer[:-1]:
        missing = step not in place if isinstance(place, dict) else len(place) <= step
        if missing:
            return None
        place = place[step]
    if not isinstance(place, dict | list):
        return None
    if isinstance(place, list) and len(place) <= pointer[-1]:
        return None
    place[pointer[-1]] = value
    return copied


@pytest.mark.parametrize("method, path, name", bodies())
def test_a_wrong_type_is_refused_by_its_field(
    refusals: Refusals, database_kind: str, method: str, path: str, name: str
) -> None:
    tried = 0
    # All of them in `make test-long` (tests/conftest.py, WALKS).
    share = 3 if database_kind == "sqlite" else 1
    for pointer, body in wrong_bodies(name, refusals.ids, share):
        content = json.dumps(body).encode()
        problem = refusals.refused(method, path, content=content, headers=JSON)
        named = [error["pointer"] for error in problem["errors"]]
        assert any(one.startswith(pointer) for one in named), (pointer, body, problem)
        tried += 1
    assert tried >= 6 / share


@pytest.mark.parametrize("method, path, name", bodies())
def test_bodies_that_are_no_such_object_are_refused(
    refusals: Refusals, method: str, path: str, name: str
) -> None:
    body = json.dumps(doors.with_ids(REQUESTS[name], refusals.ids))
    for content, status in (
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"7", 422),
        (b"NaN", 422),
        (b"{bad", 422),
        (body.encode()[:-1], 422),
        (b"\xff\xfe\xfa", 400),
        (b'{"a": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b"1" * 5000, 422),
    ):
        problem = refusals.refused(method, path, status, content=content, headers=JSON)
        assert "JSON" in problem["detail"], (content[:20], problem)


@pytest.mark.parametrize("method, path, name", bodies())
def test_unknown_fields_are_refused(refusals: Refusals, method: str, path: str, name: str) -> None:
    body = {**doors.with_ids(REQUESTS[name], refusals.ids), "id": NOBODY, "colour": "red", "a/b~c": 1}
    found = refusals.fields(method, path, body)
    assert found.keys() == {"/id", "/colour", "/a~1b~0c"}
    assert all("emove it" in message for message in found.values())


@pytest.mark.parametrize("method, path, name", bodies())
def test_a_field_with_a_name_that_is_no_text_is_refused(
    refusals: Refusals, method: str, path: str, name: str
) -> None:
    whole = json.dumps(doors.with_ids(REQUESTS[name], refusals.ids))[:-1]
    for key in ("\\ud800", "\\u0000", "a" * 5000):
        content = f'{whole}, "{key}": 1}}'.encode()
        assert refusals.refused(method, path, content=content, headers=JSON)["errors"]


@pytest.mark.parametrize("method, path, name", bodies())
def test_another_media_type_is_refused(refusals: Refusals, method: str, path: str, name: str) -> None:
    content = json.dumps(doors.with_ids(REQUESTS[name], refusals.ids)).encode()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        problem = refusals.refused(method, path, 415, content=content, headers={"content-type": kind})
        assert "application/json" in problem["detail"]


@pytest.mark.parametrize("method, path, name", bodies())
def test_a_body_over_a_megabyte_is_refused(refusals: Refusals, method: str, path: str, name: str) -> None:
    def in_parts() -> Iterator[bytes]:
        yield b'{"title": "'
        for _ in range(LONG // 100_000):
            yield b"x" * 100_000
        yield b'"}'

    announced = b'{"title": "' + b"x" * LONG + b'"}'
    assert "1 MB" in refusals.refused(method, path, 413, content=announced, headers=JSON)["detail"]
    assert "1 MB" in refusals.refused(method, path, 413, content=in_parts(), headers=JSON)["detail"]


def test_unknown_and_other_areas_ids_are_indistinguishable(
    refusals: Refusals, others: dict[str, str]
) -> None:
    for method, path, operation in operations():
        if "{" not in path:
            continue
        options: dict[str, Any] = {}
        if "requestBody" in operation:
            name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
            options["json"] = doors.with_ids(REQUESTS[name], refusals.ids)
        answers = []
        for ids in (others, _unknown(others)):
            there = doors.address(path, ids).removeprefix(API)
            problem = refusals.refused(method, there, 404, **options)
            assert problem.pop("instance") == API + there
            answers.append(problem)
        assert answers[0] == answers[1]


def test_other_areas_ids_in_bodies_are_refused_as_unknown_ones(
    refusals: Refusals, others: dict[str, str]
) -> None:
    tried = set()
    for method, path, name in bodies():
        example = REQUESTS[name]
        ours, theirs = (doors.with_ids(example, ids) for ids in (refusals.ids, others))
        for field in (one for one in example if ours[one] != theirs[one]):
            answers = []
            for ids in (others, _unknown(others)):
                body = doors.with_ids(example, refusals.ids)
                body[field] = doors.with_ids({field: example[field]}, ids)[field]
                found = refusals.fields(method, path, body)
                assert all(pointer.startswith(f"/{field}") for pointer in found), found
                answers.append(found)
            assert answers[0] == answers[1]
            tried.add((name, field))
    assert len(tried) >= 11


def _unknown(ids: dict[str, str]) -> dict[str, str]:
    """Ids that nothing has, a different one for each name."""
    return {name: f"{NOBODY[:-4]}{place:04}" for place, name in enumerate(ids)}


def test_ids_that_are_none_are_refused(refusals: Refusals) -> None:
    for method, path, operation in operations():
        if "{" not in path:
            continue
        options: dict[str, Any] = {"json": {}} if "requestBody" in operation else {}
        for typed in ("1", "x", "%00", "%F0%9F%98%80", "a" * 3000, "null", "' OR 1=1 --"):
            before, _, rest = path.removeprefix(API).partition("{")
            there = before + quote(typed, safe="%") + rest.partition("}")[2]
            answer = refusals.program.send(method, there, headers={"if-match": '"1"'}, **options)
            assert answer.status_code in (404, 422), (method, there, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


# --- Parameters -------------------------------------------------------------------------------------------


def parameters() -> list[tuple[str, str, dict[str, Any]]]:
    """Path, name and shape of every query parameter."""
    return [
        (path, one["name"], one["schema"])
        for method, path, operation in operations()
        for one in operation.get("parameters", [])
        if one.get("in") == "query"
    ]


BAD_PARAMETERS = {
    "date": ("", "soon", "2024-02-30", "2024-6-1", "30/06/2024", "1711929600", "0", "2024-06-30T00:00:00"),
    "date-time": ("", "soon", "2024-06-30", "2024-06-30T00:00:00", "1711929600", "0001-01-01T00:00:00+14:00"),
    "uuid": ("", "1", "x" * 36),
    "boolean": ("", "2", "maybe"),
    "integer": ("", "0", "-1", "1.5", "201", "9" * 400, "x"),
    "enum": ("", "x", "OVERDUE"),
}


def kind_of(shape: dict[str, Any]) -> str:
    for one in resolved(shape):
        if "enum" in one or "const" in one:
            return "enum"
        if one["type"] != "null":
            return str(one.get("format") or one["type"])
    raise AssertionError(shape)


@pytest.mark.parametrize("path", sorted({path for path, _, _ in parameters()}))
def test_bad_parameters_are_refused_by_name(refusals: Refusals, path: str) -> None:
    for _, name, shape in (one for one in parameters() if one[0] == path):
        bad = BAD_PARAMETERS.get(kind_of(shape), ("x" * 2001,))
        if kind_of(shape) == "integer":
            [whole] = [one for one in resolved(shape) if one["type"] == "integer"]
            least, most = whole["minimum"], whole.get("maximum", 10**30)
            taken = [value for value in bad if value.lstrip("-").isdecimal() and least <= int(value) <= most]
            bad = (*(value for value in bad if value not in taken), str(least - 1))
        for value in bad:
            problem = refusals.refused("GET", f"{path}?{name}={quote(value)}")
            assert [error["pointer"] for error in problem["errors"]] == [f"/{name}"]
        for value in ("%00", "a%00b"):
            assert "NUL" in refusals.refused("GET", f"{path}?{name}={value}")["detail"]
        for value in ("1", "2024-06-01", "a"):
            repeated = refusals.refused("GET", f"{path}?{name}={value}&{name}={value}")
            assert [error["pointer"] for error in repeated["errors"]] == [f"/{name}"]
    for unknown in ("colour", "as-at", "As_At", "a/b", "%ED%A0%80", "%F0%9F%98%80"):
        problem = refusals.refused("GET", f"{path}?{unknown}=1")
        assert "There are:" in problem["errors"][0]["message"]


def test_thousands_of_unknown_parameters_are_not_all_listed(refusals: Refusals) -> None:
    problem = refusals.refused("GET", "/plans?" + "&".join(map(str, range(5000))))
    *named, more = problem["errors"]
    assert [one["pointer"] for one in named] == [f"/{name}" for name in range(20)]
    assert (more["pointer"], more["message"]) == ("", "Mend 4,980 more parameters likewise.")


def test_a_parameter_where_there_are_none_is_told_to_go(refusals: Refusals) -> None:
    (fault,) = refusals.refused("POST", "/people?x=1", json={"name": "Post"})["errors"]
    assert fault["message"] == "There is no such parameter here. There are none: remove it."


@pytest.mark.parametrize(
    ("fields", "says"), [("id,,ref", "a field on each side of a comma"), ("", "at least one")]
)
def test_a_field_without_a_name_is_told_of(refusals: Refusals, fields: str, says: str) -> None:
    (fault,) = refusals.refused("GET", f"/plans?fields={fields}")["errors"]
    assert says in fault["message"]


def test_an_item_of_the_wrong_type_is_not_taken_for_the_whole_body(refusals: Refusals) -> None:
    found = refusals.fields("PATCH", "/actions/{action_id}", {"evidence_links": ["x"]})
    assert found == {"/evidence_links/0": "Give an object."}
    assert "content type" in refusals.fields("PATCH", "/actions/{action_id}", [])[""]


def test_a_date_out_of_range_is_told_the_range(refusals: Refusals) -> None:
    updates = "/actions/{action_id}/updates"
    for due, says in (
        ("9999-12-31", "Give a date between 1990-01-01 and 2100-12-31, or `ongoing`."),
        ("2024-02-30", "Give a day that there is, as YYYY-MM-DD, or `ongoing`."),
        ("never", "Give a date as YYYY-MM-DD, or `ongoing`."),
        (20240630, "Give a date as YYYY-MM-DD, or `ongoing`."),
    ):
        assert refusals.fields("POST", updates, {"due_on": due}) == {"/due_on": says}
    found = refusals.refused("GET", "/plans/{plan_id}/actions?updated_since=9999-12-31T23:59:59Z")
    assert found["errors"] == [
        {"pointer": "/updated_since", "message": "Give a time between the years 0002 and 9998."}
    ]


def test_days_that_have_not_come_are_refused(refusals: Refusals) -> None:
    for path, name, shape in parameters():
        if name not in ("as_at", "last_day") or kind_of(shape) != "date":
            continue
        for day in ("2024-07-02", "9999-12-31"):
            found = refusals.refused("GET", f"{path}?{name}={day}")
            assert [error["pointer"] for error in found["errors"]] == [f"/{name}"], found


def test_days_before_everything_are_answered_without_records(refusals: Refusals) -> None:
    for path, name, _ in parameters():
        if name == "as_at":
            answer = refusals.program.get(f"{refusals.path(path)}?as_at=0001-01-01")
            assert answer.status_code in (200, 404), answer.text


def test_cursors_that_are_not_ours_are_refused(refusals: Refusals) -> None:
    def packed(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    bad = ["x", "%", "€", "=", packed(b"[" * 1400), packed(b"{}"), packed(b"null"), packed(b"1")]
    values = (
        '"x"', '""', "null", "true", "-1", "1.5", str(2**63), str(10**300), "[]", "{}", '"a\\u0000b"',
        '"\\ud800"', '"9999-99-99"', '"0001-01-01T00:00:00+14:00"', '"0001-01-01"', f'"{NOBODY}"',
        '"2024-06-01"', '"2024-06-01T00:00:00"', '"9999-12-31T23:59:59-14:00"',
    )  # fmt: skip
    lists = [path for path, name, _ in parameters() if name == "cursor"]
    assert len(lists) >= 8
    for path in lists:
        for cursor in bad:
            found = refusals.refused("GET", f"{path}?cursor={quote(cursor, safe='')}")
            assert [error["pointer"] for error in found["errors"]] == ["/cursor"]
        sorts = [shape["enum"] for where, name, shape in parameters() if (where, name) == (path, "sort")]
        for order, length, value in itertools.product((sorts or [[""]])[0], (1, 2, 3), values):
            cursor = packed(f'["{order}",{",".join([value] * length)}]'.encode())
            sort = f"&sort={order}" if order else ""
            answer = refusals.program.get(f"{refusals.path(path)}?cursor={cursor}{sort}")
            assert answer.status_code in (200, 422), (value, answer.text)


def test_versions_that_are_none_are_stale_and_missing_ones_are_asked_for(refusals: Refusals) -> None:
    for method, path, operation in operations():
        if method != "PATCH":
            continue
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        body = doors.with_ids(REQUESTS[name], refusals.ids)
        there = refusals.path(path)
        assert "If-Match" in refusals.program.send("PATCH", there, 428, json=body).json()["detail"]
        for version in ('"x"', '"999999999999"', '"-1"', '"0"', '"88", "99"', '"٣"', '"1\\u0000"'):
            headers = {"if-match": version.encode()}
            stale = refusals.program.send("PATCH", there, 412, json=body, headers=headers)
            assert stale.json()["current"] == refusals.program.get(there, 200).json()


# --- The rules --------------------------------------------------------------------------------------------

RULES: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "a completion date in the future": (
        "POST",
        "/actions/{action_id}/updates",
        {"status": "complete", "completed_on": "2024-07-02"},
        "/completed_on",
        "earlier",
    ),
    "an effective date in the future": (
        "POST",
        "/actions/{action_id}/updates",
        {"narrative": "Soon.", "effective_on": "2024-07-02"},
        "/effective_on",
        "2024-07-01",
    ),
    "an effective date in the far future": (
        "POST",
        "/actions/{action_id}/updates",
        {"narrative": "Soon.", "effective_on": "9999-12-31"},
        "/effective_on",
        "between",
    ),
    "an effective date of the year 1": (
        "POST",
        "/actions/{action_id}/updates",
        {"narrative": "Long ago.", "effective_on": "0001-01-01"},
        "/effective_on",
        "between",
    ),
    "an end before a start": (
        "POST",
        "/actions/{action_id}/updates",
        {"start_on": "2024-06-02", "due_on": "2024-06-01"},
        "/due_on",
        "before the start",
    ),
    "a plan that ends before it starts": (
        "POST",
        "/plans",
        {"ref": "X", "title": "X", "starts_on": "2024-06-02", "ends_on": "2024-06-01"},
        "/ends_on",
        "first",
    ),
    "a status outside the four": (
        "POST",
        "/actions/{action_id}/updates",
        {"status": "overdue"},
        "/status",
        "complete, on_target, delayed, not_started",
    ),
    "a dated fact in a PATCH": (
        "PATCH",
        "/actions/{action_id}",
        {"status": "complete"},
        "/status",
        "dated update",
    ),
    "a dated fact of a risk in a PATCH": (
        "PATCH",
        "/risks/{risk_id}",
        {"state": "closed"},
        "/state",
        "change of state",
    ),
    "a dated fact of a management action in a PATCH": (
        "PATCH",
        "/management-actions/{management_action_id}",
        {"due_on": "2024-09-01"},
        "/due_on",
        "dated",
    ),
    "likelihood 0": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 0, "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "1",
    ),
    "likelihood 6": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 6, "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "5",
    ),
    "likelihood 11": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 11, "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "10",
    ),
    "likelihood 1.5": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 1.5, "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "whole number",
    ),
    "likelihood as text": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": "3", "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "whole number",
    ),
    "likelihood true": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": True, "impact": 1}, "reason": "x"},
        "/current/likelihood",
        "whole number",
    ),
    "half a pair": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 3}, "reason": "x"},
        "/current/impact",
        "needed",
    ),
    "a typed score": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 3, "impact": 3, "score": 9}, "reason": "x"},
        "/current/score",
        "never typed",
    ),
    "a typed score beside the pair": (
        "POST",
        "/registers/{register_id}/risks",
        {"ref": "9", "description": "x", "score": 9},
        "/score",
        "never typed",
    ),
    "an empty reason": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"current": {"likelihood": 3, "impact": 3}, "reason": ""},
        "/reason",
        "Give some text",
    ),
    "a reason of blanks": (
        "POST",
        "/risks/{risk_id}/closure",
        {"reason": " \n\t "},
        "/reason",
        "Give some text",
    ),
    "no reason": ("POST", "/risks/{risk_id}/assessments", {"narrative": "x"}, "/reason", "needed"),
    "on target although overdue, without a reason": (
        "POST",
        "/actions/{other_action_id}/updates",
        {"status": "on_target"},
        "/reason",
        "on target",
    ),
    "a dependency of itself": (
        "POST",
        "/actions/{action_id}/updates",
        {"depends_on": ["{action_id}"]},
        "/depends_on/0",
        "itself",
    ),
    "a used ref of an action point": (
        "POST",
        "/actions/{action_id}/updates",
        {"points": [{"priority_id": "{priority_id}", "ref": "8.2"}]},
        "/points/0/ref",
        "Choose another",
    ),
    "a used ref of an action point of a new action": (
        "POST",
        "/plans/{plan_id}/actions",
        {"title": "x", "points": [{"priority_id": "{priority_id}", "ref": "8.2"}]},
        "/points/0/ref",
        "Choose another",
    ),
    "a ref twice": (
        "POST",
        "/plans/{plan_id}/actions",
        {
            "title": "x",
            "points": [
                {"priority_id": "{priority_id}", "ref": "9.9"},
                {"priority_id": "{second_priority_id}", "ref": "9.9"},
            ],
        },
        "/points/1/ref",
        "Choose another",
    ),
    "a ref with a slash": ("POST", "/plans", {"ref": "A/B", "title": "x"}, "/ref", "slash"),
    "a ref of a dot": ("POST", "/plans", {"ref": " .", "title": "x"}, "/ref", "more than a dot"),
    "a ref of two dots": ("POST", "/plans/{plan_id}/priorities", {"ref": "..", "title": "x"}, "/ref", "dot"),
    "an address in brackets": (
        "POST",
        "/people",
        {"name": "x", "email": "<a@b.example>"},
        "/email",
        "e-mail",
    ),
    "a used ref of a plan": ("POST", "/plans", {"ref": "SIP", "title": "x"}, "/ref", "Choose another"),
    "a used ref of a priority": (
        "POST",
        "/plans/{plan_id}/priorities",
        {"ref": "SIP 1", "title": "x"},
        "/ref",
        "Choose another",
    ),
    "a used ref of a risk": (
        "POST",
        "/registers/{register_id}/risks",
        {"ref": "1", "description": "x"},
        "/ref",
        "Choose another",
    ),
    "an update that states nothing": ("POST", "/actions/{action_id}/updates", {}, "", "State"),
    "a cleared status": ("POST", "/actions/{action_id}/updates", {"status": None}, "/status", "cleared"),
    "a cleared title": ("PATCH", "/actions/{action_id}", {"title": None}, "/title", "cleared"),
    "no action points": ("POST", "/actions/{action_id}/updates", {"points": []}, "/points", "at least one"),
    "an address that is no web address": (
        "PATCH",
        "/actions/{action_id}",
        {"evidence_links": [{"title": "x", "url": "javascript:alert(1)"}]},
        "/evidence_links/0/url",
        "http",
    ),
    "a correction of another record's entry": (
        "POST",
        "/actions/{other_action_id}/updates",
        {"narrative": "x", "replaces": "{update_id}"},
        "/replaces",
        "of this record",
    ),
    "a target that is not below, without a rationale": (
        "POST",
        "/risks/{risk_id}/assessments",
        {"target": {"likelihood": 5, "impact": 5}, "reason": "x"},
        "/target_rationale",
        "why",
    ),
    "a matrix with a score in no band": (
        "POST",
        "/registers/{register_id}/matrix",
        {
            "kind": "scored",
            "likelihood_labels": ["a", "b"],
            "impact_labels": ["c", "d"],
            "bands": [{"name": "L", "lowest": 1, "highest": 1}, {"name": "H", "lowest": 4, "highest": 4}],
            "reason": "x",
        },
        "/bands",
        "2",
    ),
    "an acceptance that ended before it began": (
        "POST",
        "/risks/{risk_id}/acceptance",
        {"reason": "x", "accepted_by_id": "{person_id}", "accepted_until": "2024-06-30"},
        "/accepted_until",
        "later",
    ),
    "a risk opened in the future": (
        "PATCH",
        "/risks/{risk_id}",
        {"opened_on": "2024-07-02"},
        "/opened_on",
        "earlier",
    ),
}


def named(body: Any, ids: dict[str, str]) -> Any:
    """A body with the ids that it names in braces."""
    if isinstance(body, dict):
        return {field: named(value, ids) for field, value in body.items()}
    if isinstance(body, list):
        return [named(value, ids) for value in body]
    return ids[body[1:-1]] if isinstance(body, str) and body.startswith("{") else body


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_names_the_field_and_the_fix(refusals: Refusals, rule: str) -> None:
    method, path, body, pointer, says = RULES[rule]
    found = refusals.fields(method, path, named(body, refusals.ids))
    assert pointer in found or any(one.startswith(pointer) for one in found if pointer), found
    assert any(says in message for one, message in found.items() if one.startswith(pointer)), found


def test_a_circle_of_dependencies_is_refused(http: TestClient) -> None:
    refusals = _area(http, "circle")
    ids = refusals.ids
    first, second, third = ids["action_id"], ids["other_action_id"], ids["third_action_id"]
    refusals.program.post(f"/actions/{first}/updates", {"depends_on": [second]}, 201)
    refusals.program.post(f"/actions/{second}/updates", {"depends_on": [third]}, 201)
    found = refusals.fields("POST", f"/actions/{third}/updates", {"depends_on": [first]})
    assert "circle" in found["/depends_on"]


def test_every_fault_of_a_body_is_told_at_once(refusals: Refusals) -> None:
    body = {"title": "", "status": "red", "points": [], "due_on": "soon", "score": 3}
    found = refusals.fields("POST", "/plans/{plan_id}/actions", body)
    assert found.keys() == {"/title", "/status", "/points", "/due_on", "/score"}


# --- Addresses and tokens ---------------------------------------------------------------------------------


def test_addresses_and_methods_that_do_not_exist_are_problems(refusals: Refusals) -> None:
    assert refusals.refused("GET", "/nothing", 404)["type"].endswith("no-such-address")
    assert refusals.refused("DELETE", "/plans", 405)["type"].endswith("method-not-allowed")


@pytest.mark.parametrize(
    "form, status, error",
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        (
            {"grant_type": "client_credentials", "client_id": "x\x00", "client_secret": "y"},
            401,
            "invalid_client",
        ),
        (
            {"grant_type": "client_credentials", "client_id": NOBODY, "client_secret": "\x00"},
            401,
            "invalid_client",
        ),
    ],
)
def test_the_token_endpoint_answers_as_oauth_asks(
    http: TestClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = Program(http, None).send("POST", "/oauth/token", status, data=form)
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]
    assert answer.headers["cache-control"] == "no-store"
