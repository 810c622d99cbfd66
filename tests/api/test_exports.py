"""A whole plan as JSON and as CSV: complete, described, the figures of the service, and of nobody else."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select
from starlette.testclient import TestClient

from app import db
from app.access.roles import Principal, system
from app.file_answers import FileAnswer, new_file
from app.models import tables
from tests import doors, factories
from tests.databases import KINDS, open_copy
from tests.doors import Program
from tests.transfer import csvw

_numbers = count(1)
FORMULA = '=HYPERLINK("https://example.org")\r\n+1, "quoted" – naïve'


def exported(program: Program, plan: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both exports of a plan: the JSON one, and the CSV files by table; checked to be the same."""
    found = program.get(f"/plans/{plan}/export.json", 200).json()
    group, files = csvw.read(program.get(f"/plans/{plan}/export.zip", 200).content)
    by_table = {name.removesuffix(".csv"): rows for name, rows in files.items()}
    [notes] = group["notes"]
    for name, value in notes.items():
        assert name == "exported_at" or found[name] == value
    assert by_table == {name: found[name] for name in by_table}
    assert found.keys() == notes.keys() | by_table.keys()
    return found, by_table


def filled(program: Program, area: Principal, ids: dict[str, str]) -> None:
    """More in the plan: a withdrawn action, a corrected entry, an accepted risk, words on periods."""
    action, other = ids["action_id"], ids["other_action_id"]
    program.post(f"/actions/{action}/updates", {"depends_on": [other], "due_on": "ongoing"}, 201)
    program.patch(f"/actions/{other}", {"co_lead_ids": [ids["person_id"]], "success_measure": FORMULA}, 200)
    body = {"status": "delayed", "narrative": "Told.", "path_to_green": FORMULA, "effective_on": "2024-05-01"}
    wrong = program.post(f"/actions/{other}/updates", body, 201).json()["id"]
    body = {"status": "on_target", "effective_on": "2024-05-02", "replaces": wrong, "reason": "Mistyped"}
    program.post(f"/actions/{other}/updates", body, 201)
    program.post(f"/actions/{ids['third_action_id']}/withdrawal", {"reason": "Merged"}, 201)
    accepter = program.post("/people", {"name": "Chair", "email": "chair@north.example"}, 201).json()["id"]
    body = {"reason": "Agreed", "accepted_by_id": accepter, "accepted_until": "2024-12-31"}
    program.post(f"/risks/{ids['risk_id']}/acceptance", body, 201)
    program.post(f"/risks/{ids['risk_id']}/closure", {"reason": "Gone"}, 201)
    program.patch(f"/risks/{ids['risk_id']}", {"strategic_lead_ids": [ids["person_id"]]}, 200)
    managed = f"/management-actions/{ids['management_action_id']}/updates"
    program.post(managed, {"status": "delayed", "due_on": "2024-06-01"}, 201)
    program.put(f"/periods/{ids['period_id']}/commentary", {"text": "A draft was shown."}, 201)
    program.post(f"/periods/{ids['published_period_id']}/errata", {"text": "7.2 was overdue."}, 201)
    finding = {"check": "risk_no_owner", "subject_id": ids["other_risk_id"], "reason": "Told to the board."}
    program.post("/data-quality/acknowledgements", finding, 201)


# --- The sample -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=KINDS)
def sample(request: pytest.FixtureRequest) -> Iterator[Program]:
    """A program of the sample's area."""
    with open_copy("sample", request.param), doors.opened() as http:
        with db.read(None) as reader:
            area = reader.execute(select(tables.areas)).one()
        yield Program(http, doors.token(system(area.id, area.name), "read"))


@pytest.mark.parametrize("ref", ["PAP", "DBV"])
def test_counts_by_status_of_the_rows_are_the_figures_of_the_service(sample: Program, ref: str) -> None:
    [plan] = sample.get(f"/plans?ref={ref}", 200).json()["items"]
    found, _ = exported(sample, plan["id"])
    progress = sample.get(f"/plans/{plan['id']}/progress", 200).json()
    actions = {one["id"]: one for one in found["actions"]}
    for scope in (progress["overall"], *progress["priorities"]):
        counts = Counter(
            actions[point["action_id"]]["status"]
            for point in found["action_points"]
            if not actions[point["action_id"]]["withdrawn"]
            and scope.get("id") in (None, point["priority_id"])
        )
        assert counts == {name: share["count"] for name, share in scope["statuses"].items() if share["count"]}
        assert counts.total() == scope["action_points"]
        flagged = Counter(
            flag
            for point in found["action_points"]
            for flag in scope["flags"]
            if actions[point["action_id"]][flag] and scope.get("id") in (None, point["priority_id"])
        )
        assert flagged == {
            name: flag["action_points"]
            for name, flag in scope["flags"].items()
            if flag and flag["action_points"]
        }
    figures = found["figures"]
    assert [one["ref"] for one in figures] == [ref, *(one["ref"] for one in progress["priorities"])]
    for row, scope in zip(figures, (progress["overall"], *progress["priorities"]), strict=True):
        assert (row["action_points"], row["distinct_actions"]) == (
            scope["action_points"],
            scope["distinct_actions"],
        )
        for name, share in scope["statuses"].items():
            assert row[name] == share["count"]
            assert row[f"{name}_percent"] == share["percent"]
            assert row[f"{name}_rounded"] == share["rounded"]


@pytest.mark.parametrize("ref", ["PAP", "DBV"])
def test_everything_of_a_plan_is_in_its_export_and_nothing_of_another(sample: Program, ref: str) -> None:
    [plan] = sample.get(f"/plans?ref={ref}", 200).json()["items"]
    found, _ = exported(sample, plan["id"])
    assert {name: len(found[name]) for name in ("plans", "actions", "risks")} == {
        "plans": 1,
        "actions": {"PAP": 89, "DBV": 148}[ref],
        "risks": {"PAP": 4, "DBV": 13}[ref],
    }
    for row in found["actions"]:
        shown = sample.get(f"/actions/{row['id']}", 200).json() if row["id"][-1] in "0a" else None
        if shown is not None:
            assert row["lead_id"] == (shown["lead"] or {}).get("id")
            for name in ("title", "status", "start_on", "original_due_on", "updated_at", "version", "phase"):
                assert row[name] == shown[name]
            assert {name: row[name] for name in shown["flags"]} == shown["flags"]
    for row in found["risks"]:
        shown = sample.get(f"/risks/{row['id']}", 200).json()
        for side in ("current", "target"):
            pair = {
                name: row[f"{side}_{name}"]
                for name in ("likelihood", "impact", "score", "band", "matrix_version")
            }
            assert pair == (shown[side] or dict.fromkeys(pair))
        assert (row["gap"], row["direction"], row["state"]) == (
            shown["gap"],
            shown["direction"],
            shown["state"],
        )


# --- One of everything ------------------------------------------------------------------------------------


def test_one_of_everything_is_there_row_by_row_in_both(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    filled(program, area, ids)
    found, _ = exported(program, ids["plan_id"])
    empty = [name for name, rows in found.items() if rows == []]
    assert empty == []
    actions = {one["ref"]: one for one in found["actions"]}
    assert actions["7.1"]["due_ongoing"] is True
    assert actions["7.1"]["blocked"] is True
    assert actions["7.2"]["success_measure"] == FORMULA
    assert actions["8.2"]["withdrawn"] is True
    replaced = next(one for one in found["updates"] if one["path_to_green"] == FORMULA)
    assert replaced["stated"] == ["status", "path_to_green"]
    assert replaced["id"] in {one["replaces"] for one in found["updates"]}
    # Accepted once and closed since: who accepted stands in the entries alone.
    assert {one["name"] for one in found["people"]} == {"Programme lead", "Chair"}
    assert found["risks"][0]["accepted_by_id"] is None
    assert "@" not in json.dumps(found["people"])
    [published] = [one for one in found["periods"] if one["published_digest"]]
    assert published["id"] == ids["published_period_id"]
    report = program.get(f"/periods/{published['id']}/report.json", 200)
    assert published["published_digest"] in report.headers["etag"]


def test_a_fact_that_was_cleared_differs_from_one_that_was_left(
    program: Program, ids: dict[str, str]
) -> None:
    action = ids["action_id"]
    program.post(f"/actions/{action}/updates", {"due_on": None, "reason": "Not agreed"}, 201)
    found, _ = exported(program, ids["plan_id"])
    last = [one for one in found["updates"] if one["action_id"] == action][-1]
    assert (last["due_on"], last["due_ongoing"], last["stated"]) == (None, False, ["due_on"])
    assert (last["status"], "status" in last["stated"]) == (None, False)


def test_the_export_says_where_the_journal_ended(program: Program, ids: dict[str, str]) -> None:
    found, _ = exported(program, ids["plan_id"])
    head = program.get("/changes?limit=1", 200).json()["head"]
    assert found["journal"]["sequence"] == head
    assert len(found["journal"]["head"]) == 64
    assert found["as_at"] == "2024-07-01"
    assert found["exported_at"].endswith("Z")
    program.post("/people", {"name": "Another"}, 201)
    [change] = program.get(f"/changes?after={found['journal']['sequence']}", 200).json()["items"]
    assert change["noun"] == "person"


def test_a_plan_of_another_area_or_of_none_is_not_found_alike(
    http: TestClient, program: Program, ids: dict[str, str]
) -> None:
    stranger = Program(http, doors.token(doors.area(f"export-{next(_numbers)}"), "read", "write", "admin"))
    for kind in ("json", "zip"):
        said = [
            stranger.get(f"/plans/{plan}/export.{kind}", 404).json() | {"instance": ""}
            for plan in (ids["plan_id"], doors.NOBODY)
        ]
        assert said[0] == said[1]
        assert (
            stranger.get(f"/plans/{ids['plan_id']}/export.{kind}", 404)
            .headers["content-type"]
            .startswith("application/problem+json")
        )
        stranger.get("/plans/x/export.zip", 422)


def test_other_plans_are_not_in_the_export(program: Program, area: Principal, ids: dict[str, str]) -> None:
    before, _ = exported(program, ids["plan_id"])
    other = factories.make_plan(area, ref="OTHER")
    priority = factories.make_priority(area, other["id"])
    lead = factories.make_person(area, name="Lead of another plan")
    factories.make_action(area, priority, lead_id=lead["id"])
    register = factories.make_register(area, ref="R2", plan_id=other["id"])
    factories.make_risk(area, register["id"], owner_id=lead["id"])
    factories.make_register(area, ref="R3")
    factories.make_period(area, other["id"])
    after, _ = exported(program, ids["plan_id"])
    moving = ("exported_at", "journal")
    assert {name: after[name] for name in after if name not in moving} == {
        name: before[name] for name in before if name not in moving
    }


# --- Files ------------------------------------------------------------------------------------------------


def test_an_unchanged_plan_is_not_sent_again(program: Program, ids: dict[str, str]) -> None:
    for kind, media_type in (("json", "application/json"), ("zip", "application/zip")):
        path = f"/plans/{ids['plan_id']}/export.{kind}"
        first = program.get(path, 200)
        tag = first.headers["etag"]
        assert tag.startswith('W/"')
        assert first.headers["content-type"] == media_type
        assert first.headers["content-disposition"] == f'attachment; filename="SIP-2024-07-01.{kind}"'
        with queries() as sent:
            again = program.get(path, 304, headers={"if-none-match": tag})
        assert (again.content, again.headers["etag"].split("-")[0]) == (b"", tag.split("-")[0])
        assert len(sent) <= 4, "nothing of the plan is read for a 304"
        program.post("/people", {"name": "Another"}, 201)
        assert program.get(path, 200, headers={"if-none-match": tag}).headers["etag"] != tag


@contextmanager
def queries() -> Iterator[list[str]]:
    """The questions that are asked of the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_file_is_closed_also_when_the_reader_goes_away() -> None:
    file = new_file()
    file.write(b"x" * 1_000_000)
    answer = FileAnswer(file, "application/zip", "PAP.zip", 'W/"1"')
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 3:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await answer({"type": "http"}, None, send)  # type: ignore[arg-type]  # nothing is received
    assert file.closed
    assert sent[0]["status"] == 200
    assert all(message["more_body"] for message in sent[1:])


def test_the_archive_names_its_files_plainly(program: Program, ids: dict[str, str]) -> None:
    content = program.get(f"/plans/{ids['plan_id']}/export.zip", 200).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert names[0] == "csv-metadata.json"
    assert all(name == name.lower() and "/" not in name for name in names)


def test_a_ref_with_any_signs_makes_a_plain_file_name(program: Program, area: Principal) -> None:
    plan = factories.make_plan(area, ref='Ł "x"; y')
    answer = program.get(f"/plans/{UUID(str(plan['id']))}/export.zip", 200)
    assert answer.headers["content-disposition"] == 'attachment; filename="-x-y-2024-07-01.zip"'


def test_head_answers_without_a_body(program: Program, ids: dict[str, str]) -> None:
    for kind in ("json", "zip"):
        answer = program.send("HEAD", f"/plans/{ids['plan_id']}/export.{kind}")
        assert (answer.status_code, answer.content) == (200, b"")


def test_parameters_are_refused(program: Program, ids: dict[str, str]) -> None:
    refused = program.get(f"/plans/{ids['plan_id']}/export.zip?as_at=2024-06-30", 422).json()
    assert refused["errors"][0]["pointer"] == "/as_at"
