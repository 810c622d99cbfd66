"""Reading again: ETags that change with the bytes, 304, HEAD, compression, and what caches may keep."""

import gzip
from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app import config
from app.access.roles import Principal
from app.api import compression
from app.api.conditional import etag_of, matching, packed
from tests import doors
from tests.doors import API, Program

READS = [path for path, found in doors.application().openapi()["paths"].items() if "get" in found]
# Made anew each time, with the time in it; its ETag is weak and says that all else is the same.
EXPORTS = [path for path in READS if "/export." in path]
ALIKE = [path for path in READS if path not in EXPORTS]
ACTION = "/actions/{action_id}"
LISTED = "/plans/{plan_id}/actions"


# --- Every read -------------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """A program that only reads, and the ids of records that nobody changes."""

    program: Program
    ids: dict[str, str]


@pytest.fixture(scope="module")
def reader(http: TestClient) -> Reading:
    area = doors.area("settled")
    ids = doors.records(Program(http, doors.token(area, "write"), is_checked=False))
    return Reading(Program(http, doors.token(area, "read", "admin")), ids)


@pytest.mark.parametrize("path", READS)
def test_every_read_has_a_strong_etag_and_may_be_kept_by_its_reader_alone(reader: Reading, path: str) -> None:
    answer = reader.program.get(doors.address(path, reader.ids), 200)
    assert answer.headers["etag"].startswith('W/"' if path in EXPORTS else '"')
    assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
    assert answer.headers["vary"] == "Authorization, Accept-Encoding"


@pytest.mark.parametrize("path", READS)
def test_every_read_answers_304_to_who_has_it(reader: Reading, path: str) -> None:
    there = doors.address(path, reader.ids)
    first = reader.program.get(there, 200)
    tag = first.headers["etag"]
    plain = tag.removeprefix("W/")
    for held in (tag, f'W/{plain}, "other"', f'"other",{plain}', "*"):
        again = reader.program.get(there, 304, headers={"if-none-match": held})
        assert again.content == b""
        assert again.headers["etag"] in (tag, plain)
        assert "content-type" not in again.headers
        for name in ("cache-control", "vary"):
            assert again.headers[name] == first.headers[name]
    reader.program.get(there, 200, headers={"if-none-match": '"other", W/"and-another"'})


@pytest.mark.parametrize("path", ALIKE)
def test_every_read_can_be_asked_for_its_head_alone(reader: Reading, path: str) -> None:
    there = doors.address(path, reader.ids)
    whole = reader.program.get(there, 200)
    for directive in ("max-age=0", "no-cache"):
        head = reader.program.send("HEAD", there, 200, headers={"cache-control": directive})
        assert head.content == b""
        assert lasting(head.headers) == lasting(whole.headers)
    reader.program.send("HEAD", there, 304, headers={"if-none-match": whole.headers["etag"]})


def lasting(headers: Any) -> dict[str, str]:
    """Headers but for those that are another one's on each answer."""
    return {
        name: value
        for name, value in headers.items()
        if name != "x-request-id" and not name.startswith("ratelimit-")
    }


@pytest.mark.parametrize("path", EXPORTS)
def test_the_head_of_an_export_has_no_body(reader: Reading, path: str) -> None:
    there = doors.address(path, reader.ids)
    head = reader.program.send("HEAD", there, 200)
    assert head.content == b""
    assert head.headers["etag"] == reader.program.get(there, 200).headers["etag"]


@pytest.mark.parametrize("path", ALIKE)
def test_an_answer_is_the_same_whatever_name_the_service_was_asked_by(reader: Reading, path: str) -> None:
    """A stored answer is replayed whatever the Host: an address in it must not hold one."""
    there = doors.address(path, reader.ids)
    fresh = {"cache-control": "no-cache"}
    one, other = (
        reader.program.get(there, 200, headers={**fresh, "host": host}) for host in ("a.test", "b.test")
    )
    assert one.content == other.content
    assert lasting(one.headers) == lasting(other.headers)


# --- ETags ------------------------------------------------------------------------------------------------


def test_the_etag_changes_with_what_follows_from_other_records(program: Program, ids: dict[str, str]) -> None:
    there = ACTION.format(**ids)
    before = program.get(there, 200)
    program.patch(f"/priorities/{ids['priority_id']}", {"ref": "SIP 9"}, 200)
    after = program.get(there, 200, headers={"if-none-match": before.headers["etag"]})
    assert after.json()["version"] == before.json()["version"]
    assert after.json() != before.json()
    assert doors.version_of(after) == doors.version_of(before)


def test_the_etag_changes_with_the_day(
    program: Program, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ACTION.format(**ids)
    before = program.get(there, 200)
    assert not before.json()["flags"]["overdue"]
    on(date(2024, 10, 1), monkeypatch)
    after = program.get(there, 200, headers={"if-none-match": before.headers["etag"]})
    assert after.json()["flags"]["overdue"]
    assert after.json()["version"] == before.json()["version"]


def on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let demo take another day for today."""
    monkeypatch.setenv("SEND_TRACKER_TODAY", day.isoformat())
    config.settings.cache_clear()


@pytest.fixture(autouse=True)
def _the_day_comes_back() -> Any:
    yield
    config.settings.cache_clear()


def test_if_match_takes_every_form_of_an_etag_of_the_version(program: Program, ids: dict[str, str]) -> None:
    there = ACTION.format(**ids)
    for title, form in enumerate(
        ['"{0}"', '"{0}.0123456789abcdef"', '"{0}.0123456789abcdef-gzip"', 'W/"{0}.0"']
    ):
        version = program.get(there, 200).json()["version"]
        changed = program.patch(there, {"title": f"Title {title}"}, 200, version=form.format(version))
        assert changed.json()["version"] == version + 1
        program.patch(there, {"title": "Too late"}, 412, version=form.format(version))


def test_if_match_takes_any_of_several_etags_in_any_order(program: Program, ids: dict[str, str]) -> None:
    there = ACTION.format(**ids)
    for title, form in enumerate(['"9-x", {0}', '{0}, "9-x"', '"0.12", W/"9,x" ,{0}', '{0},"0.12"']):
        tag = program.get(there, 200).headers["etag"]
        program.patch(there, {"title": f"Title {title}"}, 200, version=form.format(tag))
        program.patch(there, {"title": "Too late"}, 412, version=form.format(tag))
    tag = program.get(there, 200).headers["etag"]
    lines = [*program.headers.items(), ("if-match", '"9-x"'), ("if-match", tag)]
    assert program.http.patch(API + there, json={"title": "In two"}, headers=lines).status_code == 200


@pytest.mark.parametrize("value", ["*", "abc", '"a', '""', "", '"1.2", abc', '"1.2" "1.3"', ","])
def test_what_is_no_etag_is_refused_with_what_to_send(
    program: Program, ids: dict[str, str], value: str
) -> None:
    """As a version that stands no more it would be read and sent again for ever."""
    there = ACTION.format(**ids)
    for refused in (
        program.patch(there, {"title": "New"}, 422, headers={"if-match": value}),
        program.post(f"{there}/updates", {"narrative": "Done."}, 422, headers={"if-match": value}),
    ):
        (fault,) = refused.json()["errors"]
        assert fault["pointer"] == "/If-Match"
        assert fault["message"].startswith("Send the `ETag` of what you read")


def test_a_packed_etag_is_taken_by_if_match(program: Program, ids: dict[str, str]) -> None:
    there = ACTION.format(**ids)
    tag = program.get(there, 200, headers={"accept-encoding": "gzip"}).headers["etag"]
    assert tag.endswith('-gzip"')
    program.patch(there, {"title": "Build it"}, 200, version=tag)


def test_a_stale_change_is_told_the_etag_of_what_stands(program: Program, ids: dict[str, str]) -> None:
    for path, change in (
        (ACTION, {"title": "New"}),
        ("/risks/{risk_id}", {"effect": "New"}),
        ("/plans/{plan_id}", {"title": "New"}),
        ("/management-actions/{management_action_id}", {"title": "New"}),
    ):
        there = path.format(**ids)
        stale = program.patch(there, change, 412, version='"0"')
        now = program.get(there, 200)
        assert stale.headers["etag"] == now.headers["etag"]
        assert stale.json()["current"] == now.json()
        changed = program.patch(there, change, 200, version=stale.headers["etag"])
        assert changed.headers["etag"] == program.get(there, 200).headers["etag"]


@given(st.binary(max_size=50), st.binary(max_size=50), st.none() | st.integers(1, 10**6))
def test_the_etag_is_the_same_only_for_the_same_bytes(one: bytes, other: bytes, version: int | None) -> None:
    assert (etag_of(one, version) == etag_of(other, version)) == (one == other)


@given(st.binary(max_size=200))
def test_no_header_makes_another_etag_match(header: bytes) -> None:
    tag = etag_of(b"body", 7).encode()
    found = matching(header, tag)
    assert found is None or header.strip() == b"*" or tag.removesuffix(b'"') in header
    assert matching(header.replace(b'"', b"") + b', W/"x", ' + packed(tag), tag) == packed(tag)


# --- Compression ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, deflate", False),
        ("*;q=0", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity", False),
        ("", False),
        ("br", False),
        ("gzip;q=many", False),
        ("notgzip", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(reader: Reading, accepted: str, taken: bool) -> None:
    there = ACTION.format(**reader.ids)
    plain = reader.program.get(there, 200)
    assert "content-encoding" not in plain.headers
    for directive in ("no-cache", "max-age=0"):
        answer = reader.program.get(
            there, 200, headers={"accept-encoding": accepted, "cache-control": directive}
        )
        assert answer.json() == plain.json()
        assert (answer.headers.get("content-encoding") == "gzip") == taken
        assert (answer.headers["etag"] == plain.headers["etag"]) != taken
        assert (int(answer.headers["content-length"]) < len(plain.content)) == taken


def test_either_form_of_an_etag_says_that_the_reader_has_it(reader: Reading) -> None:
    there = ACTION.format(**reader.ids)
    plain = reader.program.get(there, 200).headers["etag"]
    small = reader.program.get(there, 200, headers={"accept-encoding": "gzip"}).headers["etag"]
    for held in (plain, small):
        for accepted in ("gzip", "identity"):
            answer = reader.program.get(
                there, 304, headers={"if-none-match": held, "accept-encoding": accepted}
            )
            # That of the copy which the reader has: it is the one that still stands.
            assert answer.headers["etag"] == held


def test_short_answers_and_refusals_are_sent_as_they_are(reader: Reading) -> None:
    for path, status in (("/people/{person_id}", 200), ("/people/" + doors.NOBODY, 404)):
        answer = reader.program.get(path.format(**reader.ids), status, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in answer.headers


def test_long_answers_are_compressed_whole(program: Program, ids: dict[str, str]) -> None:
    lead = "x" * 300
    for number in range(60):
        program.post("/people", {"name": f"{number} {lead[:100]}", "organisation": lead}, 201)
    there = "/people?limit=200"
    plain = program.get(there, 200)
    with program.http.stream(
        "GET", API + there, headers={**program.headers, "accept-encoding": "gzip"}
    ) as answer:
        sent = b"".join(answer.iter_raw())
    assert gzip.decompress(sent) == plain.content
    assert len(sent) == int(answer.headers["content-length"]) < len(plain.content) / 3


@given(st.text(max_size=60))
def test_any_accept_encoding_can_be_read(accepted: str) -> None:
    header = accepted.encode("utf-8", "replace")
    assert compression.takes_gzip(header) in (True, False)
    assert not compression.takes_gzip(b"gzip;q=0, " + header.replace(b"gzip", b"")) or b"*" in header


def test_the_stream_of_a_long_answer_unpacks_to_it() -> None:
    pieces = [bytes([number]) * 5000 for number in range(20)]
    stream = compression.Stream()
    sent = [stream.add(one, is_last=number == 19) for number, one in enumerate(pieces)]
    assert gzip.decompress(b"".join(sent)) == b"".join(pieces)


# --- Methods, refusals, limits ----------------------------------------------------------------------------


def test_an_address_says_which_methods_it_takes(program: Program, ids: dict[str, str]) -> None:
    paths = doors.application().openapi()["paths"]
    for path, operations in paths.items():
        if not path.startswith(API):
            continue
        there = doors.address(path, ids)
        expected = {method.upper() for method in operations} | {"OPTIONS"}
        expected |= {"HEAD"} if "GET" in expected else set()
        asked = program.http.options(there, headers=program.headers)
        assert (asked.status_code, asked.content) == (204, b"")
        refused = program.http.request("TRACE", there, headers=program.headers)
        assert (refused.status_code, refused.headers["cache-control"]) == (405, "no-store")
        for answer in (asked, refused):
            # An address that fits two paths takes the methods of both.
            assert expected <= set(answer.headers["allow"].split(", ")), path
    assert program.http.options(f"{API}/nothing", headers=program.headers).status_code == 404
    assert program.http.options(f"{API}/plans").status_code == 401
    assert program.http.head(f"{API}/reconciliations", headers=program.headers).status_code == 405


def test_refusals_are_kept_by_nobody(program: Program, ids: dict[str, str], http: TestClient) -> None:
    stranger = Program(http, "x" * 43)
    for answer in (
        stranger.get("/plans", 401),
        program.get(f"/plans/{doors.NOBODY}", 404),
        program.get("/plans?colour=red", 422),
        program.get("/nowhere", 404),
        program.patch(ACTION.format(**ids), {"title": "New"}, 412, version='"0"'),
        program.post("/plans", {}, 422),
    ):
        assert answer.headers["cache-control"] == "no-store"


def test_who_has_used_up_the_quota_is_told_when_to_come_back(http: TestClient, area: Principal) -> None:
    program = Program(http, doors.token(area, "read", quota=3))
    seen = [program.get("/plans", headers={"if-none-match": "*"}) for _ in range(4)]
    assert [one.status_code for one in seen] == [304, 304, 304, 429]
    assert [one.headers["ratelimit-remaining"] for one in seen] == ["2", "1", "0", "0"]
    assert {one.headers["ratelimit-limit"] for one in seen} == {"3"}
    refused = seen[-1]
    assert 1 <= int(refused.headers["retry-after"]) == int(refused.headers["ratelimit-reset"]) <= 60
    assert refused.json()["type"].endswith(":quota")
    assert refused.headers["cache-control"] == "no-store"
