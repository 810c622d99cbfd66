"""Periods through the API: from the cadence to what was published, and what is refused on the way."""

import hashlib
import json
import re
from typing import Any

import pytest

from app.api.examples import REQUESTS
from tests import doors
from tests.doors import API, Program

QUARTER = REQUESTS["PeriodCreate"]


@pytest.fixture
def period(program: Program, ids: dict[str, str]) -> dict[str, Any]:
    """A draft of the quarter that ended yesterday."""
    made: dict[str, Any] = program.post(f"/plans/{ids['plan_id']}/periods", QUARTER, 201).json()
    return made


def publish(program: Program, period: dict[str, Any], expected: int = 201) -> Any:
    there = f"/periods/{period['id']}"
    version = program.get(there, 200).headers["etag"]
    return program.post(f"{there}/publication", None, expected, headers={"if-match": version})


def pointers(answer: Any) -> dict[str, str]:
    return {error["pointer"]: error["message"] for error in answer.json()["errors"]}


def test_the_cadence_proposes_what_is_then_added(program: Program, ids: dict[str, str]) -> None:
    there = f"/plans/{ids['plan_id']}/cadence"
    none = program.get(there, 200)
    assert (none.json()["kind"], none.json()["proposed"]) == (None, [])
    program.put(there, REQUESTS["CadencePut"], 428)
    program.put(there, REQUESTS["CadencePut"], 412, version='"99"')
    # The plan's own ETag will do as well as that of the cadence.
    plan = program.get(f"/plans/{ids['plan_id']}", 200)
    answer = program.put(there, REQUESTS["CadencePut"], 200, version=plan.headers["etag"])
    assert answer.json()["version"] == plan.json()["version"] + 1
    # The plan's periods end with 2023: what follows them is proposed.
    proposed = answer.json()["proposed"]
    assert [one["ref"] for one in proposed] == ["2024-03", "2024-06", "2024-09"]
    program.post(f"/plans/{ids['plan_id']}/periods", proposed[0], 201)
    after = program.get(there, 200)
    assert [one["ref"] for one in after.json()["proposed"]] == ["2024-06", "2024-09", "2024-12"]
    assert after.json()["version"] == answer.json()["version"]
    assert after.headers["etag"] != answer.headers["etag"], "another answer has another tag"
    program.put(there, {"kind": "monthly", "anchor": "2024-04-01"}, 200, version=after.headers["etag"])


def test_a_cadence_is_refused_by_its_fields(program: Program, ids: dict[str, str]) -> None:
    there = f"/plans/{ids['plan_id']}/cadence"
    version = program.get(there, 200).headers["etag"]
    for body, pointer in (
        ({"kind": "weekly", "anchor": "2024-04-01"}, "/kind"),
        ({"kind": "fixed_dates", "anchor": "2024-04-01"}, "/last_days"),
        (
            {"kind": "fixed_dates", "anchor": "2024-04-01", "last_days": ["2024-05-31", "2024-05-31"]},
            "/last_days/1",
        ),
        ({"kind": "monthly", "anchor": "2024-04-01", "meeting_days_after": 1000}, "/meeting_days_after"),
        ({"kind": "monthly", "anchor": "2024-04-01", "meetings": ["2024-05-31"]}, "/meetings"),
    ):
        assert list(pointers(program.put(there, body, 422, version=version))) == [pointer]


def test_a_period_is_published_once_and_answers_the_same_bytes(
    program: Program, ids: dict[str, str], period: dict[str, Any]
) -> None:
    there = f"/periods/{period['id']}"
    draft = program.get(f"{there}/report.json", 200)
    assert draft.json()["published"] is False
    program.get(f"{there}/differences", 404)
    program.get(f"{there}/replay", 404)
    program.post(f"{there}/publication", None, 428)
    program.post(f"{there}/publication", None, 412, headers={"if-match": '"99"'})
    program.put(f"{there}/commentary", {"text": "A good quarter."}, 201)
    publication = publish(program, period)
    assert publication.headers["location"] == f"{API}{there}/report.json"
    stored = program.get(f"{there}/report.json", 200)
    assert hashlib.sha256(stored.content).hexdigest() == publication.json()["digest"]
    assert stored.headers["etag"] == f'"{publication.json()["digest"]}"'
    assert stored.headers["content-type"] == "application/json"
    assert "published" not in stored.json()
    assert stored.json()["overall"]["commentary"]["text"] == "A good quarter."
    shown = program.get(there, 200).json()
    assert (shown["state"], shown["published"]["digest"]) == ("published", publication.json()["digest"])

    refused = publish(program, period, 409).json()
    assert refused["type"].endswith(":conflict")
    assert refused["detail"].startswith("It was already published, by ")
    assert re.search(r", on 1 July 2024 at \d\d:\d\d\. Nothing changed\.$", refused["detail"])
    program.patch(there, {"title": "Other"}, 409)
    version = '"1"'
    program.put(f"{there}/commentary", {"text": "A bad quarter."}, 409, version=version)
    path = f"{there}/priorities/{ids['priority_id']}/commentary"
    program.put(path, {"text": "First."}, 409)
    program.post(
        f"/actions/{ids['action_id']}/updates",
        {"status": "delayed", "reason": "Learned late.", "effective_on": "2024-06-01"},
        201,
    )
    assert program.get(f"{there}/report.json", 200).content == stored.content
    differences = program.get(f"{there}/differences", 200).json()
    assert differences["differs"] is True
    assert [one["summary"] for one in differences["entries"]] == ["Status Delayed"]
    assert program.get(f"{there}/replay", 200).json() == {"agrees": True, "differences": []}


def test_a_period_is_published_when_it_is_over_and_nothing_blocks(
    program: Program, ids: dict[str, str], period: dict[str, Any]
) -> None:
    later = {"ref": "2024-09", "first_day": "2024-07-01", "last_day": "2024-09-30"}
    open_one = program.post(f"/plans/{ids['plan_id']}/periods", later, 201).json()
    assert list(pointers(publish(program, open_one, 422))) == ["/last_day"]
    point = {"priority_id": ids["priority_id"], "ref": "7.9"}
    late = {"title": "Late", "points": [point], "status": "on_target", "due_on": "2024-06-15"}
    made = program.post(
        f"/plans/{ids['plan_id']}/actions", {**late, "effective_on": "2024-04-01"}, 201
    ).json()
    before = doors.counts(), doors.sequence(ids["area_id"])
    found = pointers(publish(program, period, 422))
    assert list(found) == [""]
    assert "Action 7.9 is on target although" in found[""]
    assert (doors.counts(), doors.sequence(ids["area_id"])) == before
    update = {"status": "delayed", "reason": "It is late.", "effective_on": "2024-06-16"}
    program.post(f"/actions/{made['id']}/updates", update, 201)
    publish(program, period)


@pytest.mark.parametrize(
    "body, pointer, words",
    [
        ({"ref": "Q"}, "/first_day", "the period 2024-06, 2024-04-01 to 2024-06-30"),
        ({"ref": "Q", "first_day": "2024-01-01"}, "/last_day", "the period 2024-06"),
        ({"first_day": "2024-07-01", "last_day": "2024-06-30"}, "/last_day", "must not be before the first"),
        ({"meeting_on": "2024-06-29"}, "/meeting_on", "not before 2024-06-30"),
        ({"ref": "a/b"}, "/ref", "no slash"),
        ({"last_day": "2024-06-31"}, "/last_day", "a day that there is"),
        ({"last_day": "1066-10-14"}, "/last_day", "between 1990-01-01"),
    ],
)
def test_days_that_do_not_fit_are_refused_by_their_field(
    program: Program,
    ids: dict[str, str],
    period: dict[str, Any],
    body: dict[str, str],
    pointer: str,
    words: str,
) -> None:
    before = doors.sequence(ids["area_id"])
    found = pointers(program.post(f"/plans/{ids['plan_id']}/periods", {**QUARTER, **body}, 422))
    assert words in found[pointer]
    assert doors.sequence(ids["area_id"]) == before


def test_a_change_does_not_publish(program: Program, period: dict[str, Any]) -> None:
    there = f"/periods/{period['id']}"
    assert program.patch(there, {"state": "in_review"}, 200).json()["state"] == "in_review"
    assert "publication" in pointers(program.patch(there, {"state": "published"}, 422))["/state"]
    assert list(pointers(program.patch(there, {"state": None}, 422))) == ["/state"]


def test_an_erratum_has_a_text_and_a_published_period(
    program: Program, ids: dict[str, str], period: dict[str, Any]
) -> None:
    there = f"/periods/{period['id']}/errata"
    program.post(there, {"text": "Too early."}, 409)
    publish(program, period)
    for body in ({}, {"text": ""}, {"text": "  "}, {"text": None}, {"effective_on": "2024-07-01"}):
        assert list(pointers(program.post(there, body, 422))) == ["/text"]
    for day in ("2024-06-30", "2024-07-02"):
        found = pointers(program.post(there, {"text": "Late.", "effective_on": day}, 422))
        assert found == {
            "/effective_on": "Give the day the period was published, 2024-07-01, or a later day up to today."
        }
    version = program.get(f"/periods/{period['id']}", 200).headers["etag"]
    made = program.post(there, {"text": "One was overdue."}, 201, headers={"if-match": version})
    assert program.get(made.headers["location"], 200).json()["items"] == [made.json()]
    stale = program.post(there, {"text": "Too late."}, 412, headers={"if-match": version})
    assert stale.json()["current"] == program.get(f"/periods/{period['id']}", 200).json()
    assert stale.json()["current"]["errata"] == 1


def test_a_commentary_is_changed_by_its_version(
    program: Program, ids: dict[str, str], period: dict[str, Any]
) -> None:
    there = f"/periods/{period['id']}/commentary"
    first = program.put(there, {"text": "First."}, 201)
    assert first.headers["location"] == f"{API}/periods/{period['id']}/commentaries"
    assert program.get(first.headers["location"], 200).json()["items"] == [first.json()]
    program.put(there, {"text": "Second."}, 428)
    stale = program.put(there, {"text": "Second."}, 412, version='"7"')
    assert stale.json()["current"] == first.json()
    second = program.put(there, {"text": "Second."}, 200, version=first.headers["etag"]).json()
    assert (second["text"], second["version"]) == ("Second.", 2)
    other_plan = program.post("/plans", {"ref": "X", "title": "Other"}, 201).json()["id"]
    priority = program.post(f"/plans/{other_plan}/priorities", {"ref": "X", "title": "X"}, 201).json()["id"]
    program.put(f"/periods/{period['id']}/priorities/{priority}/commentary", {"text": "X"}, 404)


def test_periods_are_found_by_day_state_and_ref(
    program: Program, ids: dict[str, str], period: dict[str, Any]
) -> None:
    def refs(query: str) -> list[str]:
        found = program.get(f"/plans/{ids['plan_id']}/periods?{query}", 200).json()
        return [one["ref"] for one in found["items"]]

    assert refs("") == ["2023-09", "2023-12", "2024-06"]
    assert refs("descending=true") == ["2024-06", "2023-12", "2023-09"]
    assert refs("state=published") == ["2023-09"]
    assert refs("containing=2024-06-30") == refs("ref=2024-06") == ["2024-06"]
    assert refs("containing=2024-07-01") == []
    assert refs("limit=1&descending=true") == ["2024-06"]
    there = f"/plans/{ids['plan_id']}/periods?limit=2"
    following = program.get(there, 200).json()["next"]
    assert refs(f"limit=2&cursor={following}") == ["2024-06"]
    assert list(pointers(program.get(f"{there}&descending=true&cursor={following}", 422))) == ["/cursor"]


def test_the_report_says_what_its_contract_says(program: Program, ids: dict[str, str]) -> None:
    """Stored bytes are JSON with sorted names, and hold every section that has data."""
    stored = program.get(f"/periods/{ids['published_period_id']}/report.json", 200)
    found = json.loads(stored.content)
    assert list(found) == sorted(found)
    assert {"overall", "priorities", "general", "registers"} <= found.keys()
    assert found["as_at"] == "2023-09-30"
