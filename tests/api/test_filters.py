"""Every filter of every list finds what it says: alone, under a priority and as at an earlier day.

``FILTERS`` holds what each finds among a few records; a filter of the contract without a line fails a test.
"""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests import doors
from tests.api.test_every_list import LISTS, READS
from tests.doors import Program

ACTIONS, RISKS, STEPS = "list_actions", "list_risks", "list_management_actions"
UPDATES, ASSESSED, STEPPED = "list_updates", "list_assessments", "list_management_action_updates"
# What every list has, or is tried with each list in test_every_list.
ELSEWHERE = {"cursor", "limit", "fields", "sort", "descending", "updated_since", "recorded_since", "compare"}
# Tried in test_webhooks and test_schedules, where they are made.
NOT_HERE = {"list_webhooks", "list_webhook_deliveries", "list_schedules", "list_recipients", "list_runs"}
NOT_HERE |= {"list_run_deliveries"}
EARLY = "2024-04-01"


@pytest.fixture(scope="module")
def program(http: TestClient) -> Program:
    return Program(http, doors.token(doors.area("filters"), "write", "admin"))


@pytest.fixture(scope="module")
def ids(program: Program) -> dict[str, str]:
    """What ``doors.records`` makes, and records with every value that can be asked for."""
    ids = doors.records(program)
    _people_and_plans(program, ids)
    _actions(program, ids)
    _risks(program, ids)
    program.put(f"/periods/{ids['period_id']}/commentary", {"text": "The June figures"}, 201)
    under = f"/periods/{ids['period_id']}/priorities/{ids['priority_id']}/commentary"
    program.put(under, {"text": "Of the first"}, 201)
    errata = f"/periods/{ids['published_period_id']}/errata"
    program.post(errata, {"text": "A figure was wrong."}, 201)
    return ids


def made(program: Program, path: str, **body: Any) -> str:
    return str(program.post(path, body, 201).json()["id"])


def _people_and_plans(program: Program, ids: dict[str, str]) -> None:
    names: dict[str, Any] = {"name": "Ann Hill", "organisation": "ICB", "email": "Ann@icb.example"}
    ids["ann_id"] = made(program, "/people", **names)
    days = {"starts_on": "2023-04-01", "ends_on": "2026-03-31"}
    made(program, "/plans", ref="DBV", title="Better value", kind="grant_programme", **days)
    third: dict[str, Any] = {"ref": "SIP 3", "title": "Voice", "responsible_bodies": "Council and ICB"}
    made(program, f"/plans/{ids['plan_id']}/priorities", sro_id=ids["ann_id"], **third)
    named: dict[str, Any] = {
        "kind": "named",
        "likelihood_labels": [],
        "impact_labels": [],
        "bands": [{"name": name} for name in "LMH"],
    }
    made(program, "/registers", ref="GEN", title="General", matrix=named)
    period = {"ref": "2024-04", "first_day": EARLY, "last_day": "2024-04-30", "title": "April"}
    ids["april_id"] = made(program, f"/plans/{ids['plan_id']}/periods", meeting_on="2024-05-07", **period)


def _actions(program: Program, ids: dict[str, str]) -> None:
    there, priority = f"/plans/{ids['plan_id']}/actions", ids["priority_id"]
    one: dict[str, Any] = {
        "title": "Agree the pathway",
        "points": [{"priority_id": priority, "ref": "9.1"}],
        "phase": "Phase 1",
        "responsible_body": "ICB",
        "status": "complete",
        "completed_on": "2024-05-09",
        "start_on": "2024-04-10",
        "due_on": "2024-05-31",
        "impact_state": "not_evidenced",
        "impact_review_on": "2024-09-01",
        "narrative": "Agreed.",
        "effective_on": "2024-05-10",
    }
    ids["complete_id"] = made(program, there, **one)
    two: dict[str, Any] = {
        "title": "Keep it",
        "points": [{"priority_id": priority, "ref": "9.2"}],
        "due_on": "ongoing",
        "review_on": "2024-08-01",
        "forecast_on": "2024-10-01",
        "depends_on": [ids["complete_id"]],
        "effective_on": "2024-05-11",
    }
    ids["ongoing_id"] = made(program, there, **two)
    updates = f"/actions/{ids['ongoing_id']}/updates"
    wrong = made(program, updates, status="delayed", effective_on="2024-05-20", reason="Late")
    body = {"status": "on_target", "effective_on": "2024-05-20", "replaces": wrong, "reason": "Mistyped"}
    ids["on_target_id"] = made(program, updates, **body)
    ids["backdated_id"] = made(
        program, updates, narrative="Met.", effective_on="2024-05-15", reason="Told late"
    )


def _risks(program: Program, ids: dict[str, str]) -> None:
    there = f"/registers/{ids['register_id']}/risks"
    one: dict[str, Any] = {
        "ref": "7",
        "description": "Posts stay vacant.",
        "current": {"likelihood": 3, "impact": 4},
        "target": {"likelihood": 2, "impact": 3},
        "target_on": "2024-12-31",
        "opened_on": "2024-04-05",
        "review_on": "2024-06-01",
        "treatment": "treat",
        "sro_id": ids["ann_id"],
        "strategic_lead_ids": [ids["ann_id"]],
        "last_updated_on": "2024-05-03",
        "effective_on": "2024-05-01",
    }
    ids["vacant_id"] = made(program, there, **one)
    pairs = {"8": (3, 3), "9": (1, 1)}
    for ref, (likelihood, impact) in pairs.items():
        pair = {"likelihood": likelihood, "impact": impact}
        body = {"ref": ref, "description": f"Risk {ref}", "current": pair, "effective_on": EARLY}
        ids[f"risk_{ref}_id"] = made(program, there, **body)
    april = f"/periods/{ids['april_id']}"
    program.post(f"{april}/publication", None, 201, headers={"if-match": program.get(april).headers["etag"]})
    for risk, pair in ((ids["risk_id"], (2, 3)), (ids["risk_9_id"], (5, 5))):
        given = dict(zip(("likelihood", "impact"), pair, strict=True))
        body = {"current": given, "reason": "Reviewed", "effective_on": "2024-05-15"}
        ids["scored_id"] = made(program, f"/risks/{risk}/assessments", **body)
    accepted = {"accepted_by_id": ids["ann_id"], "accepted_until": "2025-03-31", "reason": "Agreed"}
    program.post(f"/risks/{ids['risk_8_id']}/acceptance", {**accepted, "effective_on": "2024-05-15"}, 201)
    steps = f"/risks/{ids['risk_id']}/management-actions"
    step: dict[str, Any] = {"title": "Recruit", "status": "delayed", "due_on": "2024-06-01"}
    ids["step_id"] = made(program, steps, lead_id=ids["ann_id"], effective_on="2024-05-02", **step)
    made(program, steps, title="Train", status="complete", due_on="2024-06-02", effective_on="2024-05-03")
    program.post(f"/risks/{ids['risk_id']}/controls", {"description": "Panel", "in_place": False}, 201)
    told = f"/management-actions/{ids['step_id']}/updates"
    body = {"status": "on_target", "effective_on": "2024-05-20", "reason": "Posts filled"}
    ids["stepped_id"] = made(program, told, **body)


FILTERS: tuple[tuple[str, str, set[str]], ...] = (
    ("list_people", "q=HILL", {"Ann Hill"}),
    ("list_people", "organisation=ICB", {"Ann Hill"}),
    ("list_people", "email=ann@ICB.example", {"Ann Hill"}),
    ("list_plans", "q=improvement", {"SIP"}),
    ("list_plans", "ref=DBV", {"DBV"}),
    ("list_plans", "kind=grant_programme", {"DBV"}),
    ("list_plans", "starts_before=2023-04-02", {"DBV"}),
    ("list_plans", "starts_after=2023-04-01", set()),
    ("list_plans", "ends_before=2026-03-31", set()),
    ("list_plans", "ends_after=2026-03-30", {"DBV"}),
    ("list_priorities", "q=voice", {"SIP 3"}),
    ("list_priorities", "ref=SIP 2", {"SIP 2"}),
    ("list_priorities", "sro_id={ann_id}", {"SIP 3"}),
    ("list_priorities", "responsible_bodies=icb", {"SIP 3"}),
    ("list_registers", "q=general", {"GEN"}),
    ("list_registers", "ref=RR", {"RR"}),
    ("list_registers", "plan_id={plan_id}", {"RR"}),
    ("list_registers", "kind=named", {"GEN"}),
    ("list_periods", "q=april", {"2024-04"}),
    ("list_periods", "ref=2023-12", {"2023-12"}),
    ("list_periods", "state=draft", {"2023-12"}),
    ("list_periods", "containing=2024-04-30", {"2024-04"}),
    ("list_periods", "ending_before=2023-10-01", {"2023-09"}),
    ("list_periods", "ending_after=2023-12-31", {"2024-04"}),
    ("list_periods", "meeting_before=2024-05-08", {"2024-04"}),
    ("list_periods", "meeting_after=2024-05-07", set()),
    (ACTIONS, "priority_id={second_priority_id}", {"7.2", "8.2"}),
    (ACTIONS, "status=complete", {"9.1"}),
    (ACTIONS, "flag=overdue", {"7.2"}),
    (ACTIONS, "lead_id={person_id}", {"7.1"}),
    (ACTIONS, "has_lead=true", {"7.1"}),
    (ACTIONS, "has_lead=false&due_before=2024-08-01", {"7.2", "9.1"}),
    (ACTIONS, "ref=7.2", {"7.2"}),
    (ACTIONS, "phase=Phase 1", {"9.1"}),
    (ACTIONS, "responsible_body=ICB", {"9.1"}),
    (ACTIONS, "impact_state=not_evidenced", {"9.1"}),
    (ACTIONS, "depends_on={complete_id}", {"9.2"}),
    (ACTIONS, "due_before=2024-08-01", {"7.2", "9.1"}),
    (ACTIONS, "due_after=2024-07-31", {"7.1", "9.2"}),
    (ACTIONS, "start_before=2024-04-10", {"7.1"}),
    (ACTIONS, "start_after=2024-04-01", {"9.1"}),
    (ACTIONS, "completed_before=2024-05-10", {"9.1"}),
    (ACTIONS, "completed_after=2024-05-09", set()),
    (ACTIONS, "original_due_before=2024-06-01", {"7.2", "9.1"}),
    (ACTIONS, "original_due_after=2024-06-01", {"7.1"}),
    (ACTIONS, "review_before=2024-08-02", {"9.2"}),
    (ACTIONS, "review_after=2024-08-01", set()),
    (ACTIONS, "forecast_before=2024-10-01", set()),
    (ACTIONS, "forecast_after=2024-09-30", {"9.2"}),
    (ACTIONS, "impact_review_before=2024-09-02", {"9.1"}),
    (ACTIONS, "impact_review_after=2024-09-01", set()),
    (ACTIONS, "added_before=2024-05-10&lead_id={person_id}", {"7.1"}),
    (ACTIONS, "added_after=2024-05-10", {"9.2"}),
    (ACTIONS, "reported_before=2024-04-02", {"7.1", "7.2"}),
    (ACTIONS, "reported_after=2024-05-10", {"9.2"}),
    (ACTIONS, "withdrawn=true", set()),
    (ACTIONS, "q=pathway", {"9.1"}),
    (ACTIONS, "as_at=2024-03-31", set()),
    (RISKS, "state=accepted", {"8"}),
    (RISKS, "band=High", {"9"}),
    (RISKS, "target_band=Low", {"1", "7"}),
    (RISKS, "scored=false", {"2"}),
    (RISKS, "min_score=12", {"7", "9"}),
    (RISKS, "max_score=6", {"1"}),
    (RISKS, "direction=improving", {"1"}),
    (RISKS, "direction=stable", {"8"}),
    (RISKS, "direction=worsening", {"9"}),
    (RISKS, "direction=no_data", {"2", "7"}),
    (RISKS, "priority_id={priority_id}", {"1"}),
    (RISKS, "general=false", {"1"}),
    (RISKS, "owner_id={person_id}", {"1"}),
    (RISKS, "has_owner=true", {"1"}),
    (RISKS, "has_owner=false", {"2", "7", "8", "9"}),
    (RISKS, "sro_id={ann_id}", {"7"}),
    (RISKS, "has_sro=true", {"7"}),
    (RISKS, "has_sro=false", {"1", "2", "8", "9"}),
    (RISKS, "strategic_lead_id={ann_id}", {"7"}),
    (RISKS, "accepted_by_id={ann_id}", {"8"}),
    (RISKS, "ref=7", {"7"}),
    (RISKS, "treatment=treat", {"7"}),
    (RISKS, "review_overdue=true", {"7"}),
    (RISKS, "review_before=2024-06-02", {"7"}),
    (RISKS, "review_after=2024-06-01", set()),
    (RISKS, "target_before=2024-12-31", set()),
    (RISKS, "target_after=2024-12-30", {"7"}),
    (RISKS, "opened_before=2024-04-06", {"7"}),
    (RISKS, "opened_after=2024-04-05", set()),
    (RISKS, "last_updated_before=2024-05-04", {"2", "7", "8"}),
    (RISKS, "last_updated_after=2024-05-03", {"1", "9"}),
    (RISKS, "added_before=2024-05-01", {"1", "2", "8", "9"}),
    (RISKS, "added_after=2024-04-30", {"7"}),
    (RISKS, "q=vacant", {"7"}),
    (RISKS, "as_at=2024-03-31", set()),
    ("list_controls", "q=PANEL", {"Panel"}),
    ("list_controls", "in_place=false", {"Panel"}),
    (STEPS, "q=recruit", {"Recruit"}),
    (STEPS, "status=complete", {"Train"}),
    (STEPS, "not_stated=true", {"Finalise the indicators"}),
    (STEPS, "overdue=true", {"Recruit"}),
    (STEPS, "overdue=false", {"Finalise the indicators", "Train"}),
    (STEPS, "lead_id={ann_id}", {"Recruit"}),
    (STEPS, "due_before=2024-06-02", {"Recruit"}),
    (STEPS, "due_after=2024-06-01", {"Train"}),
    (STEPS, "added_before=2024-05-02", {"Finalise the indicators"}),
    (STEPS, "added_after=2024-05-02", {"Train"}),
    (STEPS, "as_at=2024-03-31", set()),
    (UPDATES, "operation=updated&replaced=false", {"Mistyped", "Told late"}),
    (UPDATES, "status=on_target", {"Mistyped"}),
    (UPDATES, "author_name=Nobody", set()),
    (UPDATES, "backdated=true", {"Told late"}),
    (UPDATES, "replaced=true", {"Late"}),
    (UPDATES, "effective_before=2024-05-16&effective_after=2024-05-11", {"Told late"}),
    (ASSESSED, "operation=assessed", {"Reviewed", "Reviewed."}),
    (ASSESSED, "author_name=Nobody", set()),
    (ASSESSED, "backdated=true", set()),
    (ASSESSED, "replaced=true", set()),
    (ASSESSED, "effective_before=2024-05-16&effective_after=2024-04-01", {"Reviewed"}),
    (STEPPED, "operation=updated", {"Posts filled"}),
    (STEPPED, "status=on_target", {"Posts filled"}),
    (STEPPED, "author_name=Nobody", set()),
    (STEPPED, "backdated=true", set()),
    (STEPPED, "replaced=true", set()),
    (STEPPED, "effective_before=2024-05-21&effective_after=2024-05-19", {"Posts filled"}),
    ("list_commentaries", "q=june", {"The June figures"}),
    ("list_commentaries", "priority_id={priority_id}", {"Of the first"}),
    ("list_commentaries", "author_name=Nobody", set()),
    ("list_errata", "effective_before=2024-07-01", set()),
    ("list_errata", "effective_after=2000-01-01", {"A figure was wrong."}),
    ("list_findings", "plan_id={plan_id}&ref=8.2&check=action_no_lead", {"8.2"}),
    ("list_findings", "register_id={register_id}&noun=management_action&q=recruit", set()),
    ("list_findings", "priority_id={second_priority_id}&severity=blocks", set()),
    ("list_findings", "risk_id={vacant_id}", {"7"}),
    ("list_findings", "subject_id={vacant_id}", {"7"}),
    ("list_findings", "q=VACANT", {"7"}),
    ("list_findings", "acknowledged=true", set()),
    ("list_findings", "as_at=2024-03-31", set()),
)


def known(one: dict[str, Any]) -> str:
    """What a record is known by here."""
    if "subject" in one:
        return str(one["subject"]["ref"])
    if "facts" in one:
        return str(one["reason"])
    names = ("ref", "name", "title", "description", "text")
    return str(next(one[name] for name in names if name in one))


def found(program: Program, ids: dict[str, str], operation: str, query: str) -> set[str]:
    there = doors.address(READS[operation].path, {**ids, "action_id": ids["ongoing_id"]})
    if operation == STEPPED:
        there = f"/management-actions/{ids['step_id']}/updates"
    answer = program.get(f"{there}?limit=200&{query.format(**ids)}", 200).json()
    items = answer["items"]
    assert answer["total"] == len(items)
    # The total of a page that does not hold all is counted by another statement.
    first = program.get(f"{there}?limit=1&{query.format(**ids)}", 200).json()
    assert first["total"] == len(items)
    return {known(one) for one in items}


@pytest.mark.parametrize("operation, query, expected", FILTERS)
def test_a_filter_finds_those_alone(
    program: Program, ids: dict[str, str], operation: str, query: str, expected: set[str]
) -> None:
    assert found(program, ids, operation, query) == expected


# The order by lead reads people as well, a page under a priority another table.
OTHERWISE = (
    "&priority_id={priority_id}",
    "&sort=lead",
    "&fields=ref",
    "&fields=ref&sort=lead&compare=2024-03-01",
)


@pytest.mark.parametrize("also", OTHERWISE)
@pytest.mark.parametrize("query, expected", [(query, one) for name, query, one in FILTERS if name == ACTIONS])
def test_a_filter_of_actions_finds_the_same_however_they_are_read(
    program: Program, ids: dict[str, str], query: str, expected: set[str], also: str
) -> None:
    if query.startswith("priority_id") and "priority_id" in also:
        return
    assert found(program, ids, ACTIONS, query + also) == expected


@pytest.mark.parametrize(
    "operation, query, expected",
    [one for one in FILTERS if "as_at" in READS[one[0]].parameters and "as_at" not in one[1]],
)
def test_a_filter_finds_as_at_an_earlier_day_what_stood_then(
    program: Program, ids: dict[str, str], operation: str, query: str, expected: set[str]
) -> None:
    assert found(program, ids, operation, f"{query}&as_at=2024-06-30") == expected


def test_every_filter_of_the_contract_is_tried() -> None:
    tried = {
        (operation, part.partition("=")[0]) for operation, query, _ in FILTERS for part in query.split("&")
    }
    wanted = {
        (operation, name)
        for operation in LISTS
        if operation not in NOT_HERE
        for name in READS[operation].parameters - ELSEWHERE
    }
    assert wanted - tried == set()
