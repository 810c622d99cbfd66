"""What two programs could read differently is no body: refused with where it stands, and nothing is stored.

``test_bad_input`` sends wrong values to every route; here are texts that are no good JSON.
"""

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.roles import Principal
from app.api.bodies import DEEPEST, LARGE, LONGEST_NUMBER, parse
from app.errors import Invalid, Malformed
from tests import doors
from tests.doors import API, Program

TWICE = "Give this key once"
NO_NUMBER = "Give a number as JSON has them"


def refused(text: str) -> dict[str, str]:
    """What is wrong, by pointer."""
    with pytest.raises(Invalid) as caught:
        parse(text.encode())
    return {fault.pointer: fault.message for fault in caught.value.faults}


def nested(depth: int) -> str:
    """Objects and lists inside each other, in turn."""
    text = "1"
    for level in range(depth):
        text = f"[{text}]" if level % 2 else f'{{"a": {text}}}'
    return text


# --- The reader -------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
)


@given(VALUES, st.booleans())
def test_good_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse(text.encode()) == value


@given(VALUES, VALUES, VALUES)
def test_a_key_that_stands_twice_is_found_wherever_it_is(first: Any, second: Any, around: Any) -> None:
    one, two, outside = json.dumps(first), json.dumps(second), json.dumps(around)
    text = f'{{"around": {outside}, "list": [{outside}, {{"a/b~": {one}, "x": 1, "a/b~": {two}}}]}}'
    found = refused(text)
    assert found.keys() == {"/list/1/a~1b~0"}
    assert found["/list/1/a~1b~0"].startswith(TWICE)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Malformed, Invalid):
        parse(body)


def test_a_key_written_in_two_ways_is_one_key() -> None:
    assert refused('{"a": 1, "\\u0061": 2}').keys() == {"/a"}


def test_a_key_that_stands_three_times_is_named_once() -> None:
    assert refused('{"a": 1, "a": 2, "a": {"b": 1, "b": 1}}').keys() == {"/a", "/a/b"}


def test_the_same_key_in_two_objects_is_no_fault() -> None:
    assert parse(b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}') == {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e309", "-1e999999", "9" * 5000, "1." + "3" * 100]
)
def test_a_number_that_is_none_is_named_by_where_it_stands(number: str) -> None:
    found = refused(f'{{"a": [1, {{"b": {number}}}], "c": {number}}}')
    assert found.keys() == {"/a/1/b", "/c"}
    assert all(message.startswith(NO_NUMBER) for message in found.values())
    assert refused(number).keys() == {""}


def test_numbers_up_to_the_limit_are_read() -> None:
    long = "9" * LONGEST_NUMBER
    assert parse(f'{{"a": {long}, "b": 1.7e308, "c": -0.5}}'.encode()) == {
        "a": int(long),
        "b": 1.7e308,
        "c": -0.5,
    }
    assert math.isfinite(parse(b"1.7976931348623157e308"))


def test_every_fault_is_told_at_once() -> None:
    assert refused('{"a": NaN, "b": {"c": 1, "c": 2}, "d": 1e400}').keys() == {"/a", "/b/c", "/d"}


def test_bodies_may_be_nested_so_deep_and_no_deeper() -> None:
    assert parse(nested(DEEPEST).encode()) is not None
    for depth in (DEEPEST + 1, 500, 100_000):
        with pytest.raises(Malformed, match=f"at most {DEEPEST}"):
            parse(nested(depth).encode())
    deep_and_doubtful = nested(DEEPEST + 1).replace("1", "NaN").encode()
    with pytest.raises(Malformed, match=f"at most {DEEPEST}"):
        parse(deep_and_doubtful)
    assert len(parse(f"[{','.join(['[]'] * 200)}]".encode())) == 200, "many beside each other are not deep"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises((Malformed, Invalid)) as caught:
        parse('{"title": "Café"}'.encode(encoding))
    assert "UTF-8" in str(caught.value)


def test_a_mark_of_utf_8_at_the_beginning_is_passed_over() -> None:
    """RFC 8259, section 8.1: some programs write one."""
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "text, where",
    [
        ('{"a": 1,}', "line 1, column 9"),
        ("{\n  'a': 1}", "line 2, column 3"),
        ('{"a": 1} x', "line 1, column 10"),
        ('{"a": "\n"}', "line 1, column 8"),
        ('{"a": 01}', "line 1, column 8"),
        ('{"a": NaN, "b" 1}', "line 1, column 16"),
        ("   ", "line 1, column 4"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line_and_column(text: str, where: str) -> None:
    assert where in refused(text)[""]


# --- The door ---------------------------------------------------------------------------------------------


def send(program: Program, content: bytes, expected: int, kind: str = "application/json", **more: str) -> Any:
    headers = ({"content-type": kind} if kind else {}) | more
    return program.send("POST", "/plans", expected, content=content, headers=headers).json()


def test_a_doubtful_body_stores_nothing_and_names_the_key(program: Program, area: Principal) -> None:
    before = doors.sequence(area.area_id)
    problem = send(program, b'{"ref": "PAP", "title": "One", "title": "Two"}', 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/title"]
    problem = send(program, b'{"ref": "PAP", "title": NaN}', 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/title"]
    problem = send(program, nested(60).encode(), 400)
    assert problem["type"].endswith(":malformed")
    assert str(DEEPEST) in problem["detail"]
    assert doors.sequence(area.area_id) == before


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/json; charset=utf-16",
        "json",
        ";",
        "application/",
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(program: Program, kind: str) -> None:
    problem = send(program, b'{"ref": "PAP", "title": "T"}', 415, kind)
    assert problem["type"].endswith(":media-type")
    assert "application/json" in problem["detail"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/merge-patch+json",
    ],
)
def test_json_may_be_declared_in_these_ways(program: Program, kind: str) -> None:
    send(program, b'{"ref": "PAP", "title": "T"}', 201, kind)


def test_a_compressed_body_is_refused(program: Program) -> None:
    headers = {"content-encoding": "gzip"}
    assert "Content-Encoding" in send(program, b"\x1f\x8b...", 415, **headers)["detail"]
    send(program, b'{"ref": "PAP", "title": "T"}', 201, **{"content-encoding": "identity"})


def test_an_empty_body_is_asked_for(program: Program) -> None:
    for kind in ("application/json", ""):
        problem = send(program, b"", 422, kind)
        assert "Send an object in JSON" in problem["detail"]


def test_a_large_body_is_read_as_a_small_one(program: Program) -> None:
    description = "x" * (LARGE // 2)
    body = json.dumps({"ref": "PAP", "title": "T", "a": description, "b": description}).encode()
    assert len(body) > LARGE
    found = {error["pointer"] for error in send(program, body, 422)["errors"]}
    assert found == {"/a", "/b"}
    twice = body[:-1] + b', "ref": 1}'
    assert {error["pointer"] for error in send(program, twice, 422)["errors"]} == {"/ref"}


def test_a_whole_number_may_be_written_with_a_point(program: Program) -> None:
    """JSON has one kind of number, and some programs write all of theirs so."""
    ids = doors.records(program)
    path = f"/priorities/{ids['priority_id']}"
    assert program.patch(path, {"position": 2.0}, 200).json()["position"] == 2
    for value in (2.5, "2", True):
        program.patch(path, {"position": value}, 422)


def test_a_field_may_be_null_in_the_contract_where_a_change_can_clear_it(program: Program) -> None:
    schemas = doors.application().openapi()["components"]["schemas"]
    ids = doors.records(program)
    addresses = {
        "PersonUpdate": f"/people/{ids['person_id']}",
        "PlanUpdate": f"/plans/{ids['plan_id']}",
        "PriorityUpdate": f"/priorities/{ids['priority_id']}",
        "ActionUpdate": f"/actions/{ids['action_id']}",
        "PeriodUpdate": f"/periods/{ids['period_id']}",
        "RegisterUpdate": f"/registers/{ids['register_id']}",
        "RiskUpdate": f"/risks/{ids['risk_id']}",
        "ControlUpdate": f"/controls/{ids['control_id']}",
        "ManagementActionUpdate": f"/management-actions/{ids['management_action_id']}",
    }
    for name, path in addresses.items():
        for field, shape in schemas[name]["properties"].items():
            may_be_null = {"type": "null"} in shape.get("anyOf", ())
            program.patch(path, {field: None}, 200 if may_be_null else 422)


# --- Bodies that never end --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{API}/plans", "application/json"),
        ("/oauth/token", "application/x-www-form-urlencoded"),
        ("/sign-in", "application/x-www-form-urlencoded"),
    ],
)
def test_a_client_that_hangs_up_in_its_body_is_one_line_of_the_log(
    program: Program, capsys: pytest.CaptureFixture[str], path: str, kind: str
) -> None:
    """The same comes from chunks that are none: the server then ends the connection."""
    received = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return received.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {
        **program.headers,
        "content-type": kind,
        "content-length": "100",
        "sec-fetch-site": "same-origin",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    assert program.http.portal is not None
    program.http.portal.call(doors.application(), scope, receive, send)
    (line,) = capsys.readouterr().out.splitlines()
    assert (
        (json.loads(line)["status"], json.loads(line)["level"])
        == (sent[0]["status"], "info")
        == (400, "info")
    )
