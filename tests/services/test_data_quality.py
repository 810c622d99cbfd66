"""What the checks find in records as at a day, what the sample's findings are, and acknowledging them."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select

from app import db
from app.access.roles import Principal
from app.data_quality.base import CheckId, Noun, Severity
from app.errors import Conflict, NotAllowed, NotFound
from app.models.actions import ActionUpdate
from app.models.base import new_id
from app.models.data_quality import AcknowledgementCreate
from app.models.risks import RiskUpdate
from app.models.tables import acknowledgements, journal_entries, periods
from app.plans.statuses import Status
from app.services import actions as actions_service
from app.services import areas, data_quality, finding_queries, lists, plans, registers
from app.services import risks as risks_service
from tests import factories
from tests.factories import (
    ADDED,
    AT,
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_management_action,
    make_person,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    pair,
    refused,
    see,
)

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
END_OF_JUNE = date(2024, 6, 30)


def findings(who: Principal, as_at: date | None = None, **named: Any) -> list[Shown]:
    found: list[Shown] = see(data_quality.findings, who, today=TODAY, as_at=as_at, **named)
    return found


def names(found: list[Shown]) -> list[str]:
    return [one["check"].value for one in found]


def whole_action(people: Cast, priority: Shown, **given: Any) -> Shown:
    """An action without a finding, but for what a test says."""
    lead = {"lead_id": people.contributor.person_id, "due_on": date(2024, 9, 30)}
    return make_action(people.editor, priority, **(lead | given))


def whole_risk(people: Cast, register: Shown, **given: Any) -> Shown:
    """A risk without a finding, but for what a test says."""
    values = {"owner_id": people.editor.person_id, "opened_on": ADDED}
    return make_risk(people.editor, register["id"], **(values | given))


def period(people: Cast, plan_id: Any, first: date, last: date) -> None:
    """A board period, put in as it is stored."""
    stamps = {"version": 1, "created_at": NOW, "updated_at": NOW, "state": "draft"}
    row = {"id": new_id(), "area_id": people.editor.area_id, "plan_id": plan_id, "ref": str(first)}
    with db.write(people.service) as writer:
        writer.execute(insert(periods), [{**row, **stamps, "first_day": first, "last_day": last}])


def acknowledge(who: Principal, found: Shown, **given: Any) -> Shown:
    values = {"check": found["check"], "subject_id": found["subject"]["id"], "reason": "Agreed by the board"}
    made: Shown = do(data_quality.acknowledge, who, AcknowledgementCreate(**(values | given)))
    return made


# --- The sample -------------------------------------------------------------------------------------------


@pytest.fixture
def halton(sample_database: str) -> Principal:
    with db.read(None) as reader:
        return areas.by_slug(reader, "halton")


@pytest.mark.parametrize("day", [END_OF_JUNE, TODAY])
def test_the_register_of_the_sample_has_exactly_nine_findings(halton: Principal, day: date) -> None:
    [register] = see(registers.list_registers, halton, today=TODAY, ref="PAP")["items"]
    found = findings(halton, day, register_id=register["id"])
    assert Counter((one["subject"]["ref"], one["check"].value) for one in found) == {
        ("1", "risk_updated_before_opened"): 1,
        ("1", "risk_no_owner"): 1,
        ("1", "risk_no_management_action"): 1,
        ("3", "risk_no_opened_date"): 1,
        ("3", "management_action_no_due_date"): 2,
        ("4", "risk_no_owner"): 1,
        ("4", "risk_target_impact_above_current"): 1,
        ("4", "management_action_no_due_date"): 1,
    }
    assert {one["severity"] for one in found} == {Severity.warns}


@pytest.mark.parametrize("day", [END_OF_JUNE, TODAY])
def test_the_plan_of_the_sample_has_none_beside_those_and_the_programme_has_183(
    halton: Principal, day: date
) -> None:
    by_ref = {one["ref"]: one["id"] for one in see(plans.list_plans, halton)["items"]}
    of_plan = findings(halton, day, plan_id=by_ref["PAP"])
    assert Counter(one["subject"]["noun"] for one in of_plan) == {"risk": 6, "management_action": 3}
    assert Counter(names(findings(halton, day, plan_id=by_ref["DBV"]))) == {
        "action_no_lead": 148,
        "action_ongoing_without_review_date": 17,
        "action_no_due_date": 5,
        "risk_no_opened_date": 13,
    }
    assert len(findings(halton, day)) == 9 + 183


def test_before_the_sample_began_there_is_nothing_to_find(halton: Principal) -> None:
    assert findings(halton, date(2024, 2, 1)) == []


# --- What is found ----------------------------------------------------------------------------------------


def test_records_that_are_whole_have_no_finding(people: Cast, priority: Shown, register: Shown) -> None:
    whole_action(people, priority)
    risk = whole_risk(people, register)
    lead = {"lead_id": people.editor.person_id, "due_on": TODAY}
    make_management_action(people.editor, risk["id"], **lead)
    assert findings(people.viewer) == []


def test_a_finding_names_record_plan_and_priority_and_says_what_to_do(
    people: Cast, priority: Shown, register: Shown
) -> None:
    action = whole_action(people, priority, lead_id=None, title="Agree a joint process", ref="1.7")
    [found] = findings(people.viewer)
    fingerprint = found.pop("fingerprint")
    assert len(fingerprint) == 64
    assert found == {
        "check": CheckId.action_no_lead,
        "severity": Severity.warns,
        "message": "Give the action a lead.",
        "subject": {
            "noun": Noun.action,
            "id": action["id"],
            "ref": "1.7",
            "title": "Agree a joint process",
        },
        "plan_id": priority["plan_id"],
        "register_id": None,
        "risk_id": None,
        "priority_id": priority["id"],
        "acknowledged": None,
    }


def test_dated_facts_are_those_of_the_day_and_names_are_those_of_today(people: Cast, priority: Shown) -> None:
    action = whole_action(people, priority, due_on=None)
    factories.update(people.editor, action["id"], due_on=date(2024, 9, 30), effective_on=JUNE)
    assert names(findings(people.viewer, JUNE - timedelta(days=1))) == ["action_no_due_date"]
    assert findings(people.viewer, JUNE) == []
    body = ActionUpdate(lead_id=None)
    do(actions_service.change_action, people.editor, action["id"], body, version=None)
    assert names(findings(people.viewer, JUNE)) == ["action_no_lead"]


def test_a_withdrawn_action_has_no_findings_until_it_is_back(people: Cast, priority: Shown) -> None:
    action = make_action(people.editor, priority)
    factories.withdraw(people.editor, action["id"], effective_on=MAY)
    assert len(findings(people.viewer, MAY - timedelta(days=1))) == 2
    assert findings(people.viewer) == []


def test_a_closed_risk_has_no_findings(people: Cast, register: Shown) -> None:
    risk = make_risk(people.editor, register["id"])
    make_management_action(people.editor, risk["id"])
    assert len(findings(people.viewer)) == 4
    factories.move(people.editor, risk["id"], "closure")
    assert findings(people.viewer) == []


def test_an_action_becomes_overdue_by_the_passing_of_time_and_then_blocks(
    people: Cast, priority: Shown
) -> None:
    given = {"status": "on_target", "due_on": date(2024, 5, 31), "reason": "Begun as planned"}
    action = whole_action(people, priority, **given)
    assert findings(people.viewer, date(2024, 5, 31)) == []
    [found] = findings(people.viewer, JUNE)
    assert (found["check"], found["severity"]) == (
        CheckId.action_on_target_overdue_without_reason,
        Severity.blocks,
    )
    told = {"status": "on_target", "narrative": "To be signed.", "reason": "Signed on 5 July"}
    factories.update(people.editor, action["id"], **told, effective_on=date(2024, 6, 10))
    assert names(findings(people.viewer, date(2024, 6, 9))) == ["action_on_target_overdue_without_reason"]
    assert names(findings(people.viewer)) == ["action_contradicted"]


def test_what_blocks_publishing_is_asked_for_by_plan_and_day(people: Cast, priority: Shown) -> None:
    whole_action(people, priority, status="on_target", due_on=date(2024, 5, 31))
    whole_action(people, priority, lead_id=None, ref="1.2")
    plan_id = priority["plan_id"]
    blocked = see(data_quality.blocking, people.viewer, plan_id, day=JUNE, today=TODAY)
    assert [one["subject"]["ref"] for one in blocked] == ["1.1"]
    assert see(data_quality.blocking, people.viewer, plan_id, day=date(2024, 5, 31), today=TODAY) == []
    other = make_plan(people.editor, ref="OTHER")
    assert see(data_quality.blocking, people.viewer, other["id"], day=JUNE, today=TODAY) == []


def test_no_update_is_found_only_in_a_plan_whose_period_contains_the_day(
    people: Cast, priority: Shown
) -> None:
    action = whole_action(people, priority)
    factories.update(people.editor, action["id"], narrative="Begun.", effective_on=MAY)
    period(people, priority["plan_id"], JUNE, END_OF_JUNE)
    other = make_priority(people.editor, make_plan(people.editor, ref="OTHER")["id"], ref="O 1")
    whole_action(people, other)
    assert findings(people.viewer) == []
    [found] = findings(people.viewer, END_OF_JUNE)
    assert (found["check"], found["subject"]["id"]) == (CheckId.action_no_update_in_period, action["id"])
    factories.update(people.editor, action["id"], narrative="More.", effective_on=JUNE)
    assert findings(people.viewer, END_OF_JUNE) == []


def test_a_plan_or_register_that_is_not_there_is_not_found(people: Cast, register: Shown) -> None:
    for named in ({"plan_id": uuid4()}, {"register_id": uuid4()}):
        with pytest.raises(NotFound):
            findings(people.viewer, **named)


def test_a_day_to_come_is_refused(people: Cast) -> None:
    assert list(refused(findings, people.viewer, TODAY + timedelta(days=1))) == ["/as_at"]


# --- The query leaves out nothing that the rules find -----------------------------------------------------

ONE_FINDING: dict[str, dict[str, Any]] = {
    "action_contradicted": {
        "status": "on_target",
        "forecast_on": date(2024, 10, 1),
        "reason": "The supplier delivers in October",
    },
    "action_ongoing_without_review_date": {"due_on": "ongoing"},
    "action_no_due_date": {"due_on": None},
    "action_no_lead": {"lead_id": None},
    "action_impact_not_evidenced": {"status": "complete", "impact_review_on": MAY},
}


@pytest.mark.parametrize("check", ONE_FINDING)
def test_an_action_with_one_fault_alone_is_read(people: Cast, priority: Shown, check: str) -> None:
    whole_action(people, priority, **ONE_FINDING[check])
    assert names(findings(people.viewer)) == [check]


def test_an_action_that_is_complete_before_what_it_waits_for_is_read(people: Cast, priority: Shown) -> None:
    other = whole_action(people, priority)
    whole_action(people, priority, ref="1.2", status="complete", depends_on=[other["id"]])
    assert names(findings(people.viewer)) == ["action_contradicted"]


def test_an_action_that_is_due_before_it_starts_is_read(people: Cast, priority: Shown) -> None:
    """No entry can say so; one that was written past the service can."""
    whole_action(people, priority)
    with db.write(people.service) as writer:
        writer.exec_driver_sql("UPDATE action_states SET start_on = '2024-12-01'")
    assert names(findings(people.viewer)) == ["action_due_before_start"]


_DAYS = st.none() | st.sampled_from([date(2024, 4, 20), MAY, JUNE, TODAY, date(2024, 8, 1)])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from(Status),
    led=st.booleans(),
    due=_DAYS | st.just("ongoing"),
    forecast=_DAYS,
    review=_DAYS,
    impact_review=_DAYS,
    told=_DAYS.filter(lambda day: day is None or day <= TODAY),
    day=st.sampled_from([date(2024, 4, 30), JUNE, END_OF_JUNE, TODAY]),
)
def test_every_action_in_which_the_rules_find_something_is_read(
    people: Cast, priority: Shown, whole_query: None, day: date, **drawn: Any
) -> None:
    """The condition that spares the reading of sound actions changes no finding."""
    given = {
        "status": drawn["status"],
        "lead_id": people.editor.person_id if drawn["led"] else None,
        "due_on": drawn["due"],
        "forecast_on": drawn["forecast"],
        "review_on": drawn["review"],
        "impact_review_on": drawn["impact_review"],
        "reason": "As printed",
    }
    stated = {name: value for name, value in given.items() if value is not None}
    action = make_action(people.editor, priority, ref=str(uuid4())[:8], **stated)
    if drawn["told"]:
        factories.update(
            people.editor, action["id"], narrative="Told.", effective_on=drawn["told"], reason="x"
        )
    spared = findings(people.viewer, day)
    from_all = see(_findings_of_all, people.viewer, day)
    assert spared == from_all


def _findings_of_all(reader: Any, who: Principal, day: date) -> list[Shown]:
    worth = finding_queries._WORTH_A_LOOK
    try:
        finding_queries._WORTH_A_LOOK = finding_queries._STATE.plan_id.is_not(None)
        finding_queries.of_actions.cache_clear()
        return data_quality.findings(reader, who, today=TODAY, as_at=day)
    finally:
        finding_queries._WORTH_A_LOOK = worth
        finding_queries.of_actions.cache_clear()


@pytest.fixture
def whole_query(people: Cast, priority: Shown) -> None:
    """A period of the plan, so that every check can find something."""
    period(people, priority["plan_id"], JUNE, END_OF_JUNE)


# --- Lists ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(people: Cast, priority: Shown, register: Shown) -> list[Shown]:
    """Findings of every severity and kind of record, in two plans."""
    for number in range(3):
        whole_action(people, priority, ref=f"1.{number}", lead_id=None)
    whole_action(people, priority, ref="1.10", status="on_target", due_on=MAY)
    other = make_priority(people.editor, make_plan(people.editor, ref="OTHER")["id"], ref="O 1")
    make_action(people.editor, other, ref="1.1")
    risk = make_risk(people.editor, register["id"])
    make_risk(people.editor, make_register(people.editor, ref="GENERAL")["id"])
    make_management_action(people.editor, risk["id"])
    return findings(people.viewer)


def listed(who: Principal, *, limit: int = 200, **wanted: Any) -> Shown:
    found: Shown = see(
        data_quality.list_findings,
        who,
        today=TODAY,
        wanted=data_quality.Filter(**wanted),
        asked=lists.Page(limit=limit),
    )
    return found


def test_those_that_block_come_first_then_by_plan_ref_and_check(people: Cast, many: list[Shown]) -> None:
    assert [(one["subject"]["ref"], one["check"].value) for one in many] == [
        ("1.10", "action_on_target_overdue_without_reason"),
        ("1.0", "action_no_lead"),
        ("1.1", "action_no_lead"),
        ("1.2", "action_no_lead"),
        ("1.1", "action_no_due_date"),
        ("1.1", "action_no_lead"),
        ("1", "risk_no_opened_date"),
        ("1", "risk_no_owner"),
        ("1", "risk_no_opened_date"),
        ("1", "risk_no_owner"),
        ("1", "management_action_no_due_date"),
        ("1", "management_action_no_lead"),
    ]


@pytest.mark.parametrize("limit", [1, 3, 12])
def test_pages_hold_every_finding_once_and_in_order(people: Cast, many: list[Shown], limit: int) -> None:
    found, asked = [], lists.Page(limit=limit)
    while True:
        answer = see(data_quality.list_findings, people.viewer, today=TODAY, asked=asked)
        assert answer["total"] == len(many)
        found += answer["items"]
        if answer["next"] is None:
            break
        asked = lists.Page(cursor=answer["next"], limit=limit)
    assert found == many


def test_the_list_is_filtered_by_check_severity_record_plan_and_register(
    people: Cast, many: list[Shown], register: Shown, priority: Shown
) -> None:
    assert listed(people.viewer)["total"] == 12
    assert listed(people.viewer, check=CheckId.action_no_lead)["total"] == 4
    assert listed(people.viewer, severity=Severity.blocks)["total"] == 1
    assert listed(people.viewer, noun=Noun.management_action)["total"] == 2
    assert listed(people.viewer, plan_id=priority["plan_id"])["total"] == 8
    assert listed(people.viewer, register_id=register["id"])["total"] == 4
    assert listed(people.viewer, acknowledged=True)["total"] == 0


def test_one_record_has_its_own_findings_and_a_risk_those_of_its_management_actions(
    people: Cast, many: list[Shown]
) -> None:
    [first] = [one for one in many if one["severity"] is Severity.blocks]
    subject = first["subject"]["id"]
    assert see(data_quality.of_action, people.viewer, subject, today=TODAY) == [first]
    [step, other] = [one for one in many if one["subject"]["noun"] is Noun.management_action]
    of_risk = see(data_quality.of_risk, people.viewer, step["risk_id"], today=TODAY)
    assert of_risk == [one for one in many if one["risk_id"] == step["risk_id"]]
    assert {step["check"], other["check"]} <= {one["check"] for one in of_risk}


def test_the_number_of_queries_does_not_grow_with_the_records(people: Cast, many: list[Shown]) -> None:
    register = make_register(people.editor, ref="MORE")

    def queries() -> int:
        counted: list[str] = []
        with db.read(people.viewer) as reader:
            event.listen(reader, "before_cursor_execute", lambda *given: counted.append(given[2]))
            data_quality.findings(reader, people.viewer, today=TODAY)
        return len(counted)

    before = queries()
    for number in range(10):
        risk = make_risk(people.editor, register["id"], ref=f"{number}")
        make_management_action(people.editor, risk["id"])
    assert queries() == before == 4


# --- Acknowledging ----------------------------------------------------------------------------------------


@pytest.fixture
def ownerless(people: Cast, register: Shown) -> Shown:
    """The finding of a risk without an owner."""
    whole_risk(people, register, owner_id=None)
    [found] = findings(people.viewer)
    return found


def test_an_acknowledged_finding_says_who_said_why_and_when(people: Cast, ownerless: Shown) -> None:
    made = acknowledge(people.editor, ownerless, reason="Named at the next board")
    [found] = findings(people.viewer)
    assert found["acknowledged"] == {
        "reason": "Named at the next board",
        "author_name": people.editor.name,
        "effective_on": TODAY,
        "recorded_at": NOW,
    }
    assert made["fingerprint"] == found["fingerprint"] == ownerless["fingerprint"]
    assert listed(people.viewer, acknowledged=False)["total"] == 0
    assert listed(people.viewer, acknowledged=True)["total"] == 1


def test_an_acknowledgement_counts_from_its_day_on(people: Cast, ownerless: Shown) -> None:
    acknowledge(people.editor, ownerless)
    assert findings(people.viewer, END_OF_JUNE)[0]["acknowledged"] is None


def test_an_acknowledgement_ends_when_the_data_changes_and_holds_when_other_data_does(
    people: Cast, register: Shown
) -> None:
    risk = whole_risk(people, register, current=pair(3, 3), target=pair(1, 4))
    make_management_action(people.editor, risk["id"], due_on=TODAY, lead_id=people.editor.person_id)
    [found] = findings(people.viewer)
    assert found["check"] is CheckId.risk_target_impact_above_current
    acknowledge(people.editor, found)
    body = RiskUpdate(description="Said in other words")
    do(risks_service.change_risk, people.editor, risk["id"], body, version=None)
    assert findings(people.viewer)[0]["acknowledged"]
    factories.assess(people.editor, risk["id"], current=pair(3, 4), target=pair(1, 5))
    [again] = findings(people.viewer)
    assert (again["check"], again["acknowledged"]) == (found["check"], None)
    acknowledge(people.editor, again)
    assert findings(people.viewer)[0]["acknowledged"]


def test_an_acknowledgement_of_no_update_ends_with_the_period(people: Cast, priority: Shown) -> None:
    whole_action(people, priority)
    period(people, priority["plan_id"], JUNE, TODAY)
    [found] = findings(people.viewer)
    acknowledge(people.editor, found)
    tomorrow = AT._replace(today=TODAY + timedelta(days=1))
    period(people, priority["plan_id"], tomorrow.today, tomorrow.today)
    [later] = see(data_quality.findings, people.viewer, today=tomorrow.today)
    assert later["acknowledged"] is None


def test_an_acknowledgement_is_kept_and_journalled_with_its_reason(people: Cast, ownerless: Shown) -> None:
    made = acknowledge(people.editor, ownerless, reason="Named at the next board")
    with db.read(people.viewer) as reader:
        [row] = reader.execute(select(acknowledgements))
        newest = select(journal_entries).order_by(journal_entries.c.sequence.desc()).limit(1)
        entry = reader.execute(newest).one()
    assert (row.id, row.reason, row.sequence) == (made["id"], "Named at the next board", entry.sequence)
    assert (entry.noun, entry.subject_id, entry.operation, entry.before, entry.reason) == (
        "data_quality",
        ownerless["subject"]["id"],
        "acknowledged",
        None,
        "Named at the next board",
    )
    assert entry.after["check"] == "risk_no_owner"


def test_a_finding_that_blocks_cannot_be_acknowledged_away(people: Cast, priority: Shown) -> None:
    whole_action(people, priority, status="on_target", due_on=MAY)
    [found] = findings(people.viewer)
    with pytest.raises(Conflict, match="Record an update that repeats the status"):
        acknowledge(people.editor, found)
    assert findings(people.viewer) == [found]


def test_what_is_not_found_cannot_be_acknowledged(people: Cast, ownerless: Shown) -> None:
    with pytest.raises(Conflict, match="finds nothing there"):
        acknowledge(people.editor, ownerless, check=CheckId.risk_no_opened_date)


def test_a_finding_is_acknowledged_once(people: Cast, ownerless: Shown) -> None:
    acknowledge(people.editor, ownerless)
    with pytest.raises(Conflict, match="acknowledged already, by Editor"):
        acknowledge(people.admin, ownerless)


def test_a_finding_whose_data_changed_since_it_was_read_is_not_acknowledged(
    people: Cast, ownerless: Shown
) -> None:
    with pytest.raises(Conflict, match="changed since"):
        acknowledge(people.editor, ownerless, fingerprint="0" * 64)
    acknowledge(people.editor, ownerless, fingerprint=ownerless["fingerprint"])


@pytest.mark.parametrize("check", [CheckId.action_no_lead, CheckId.management_action_no_lead])
def test_a_check_of_another_kind_of_record_is_refused(people: Cast, ownerless: Shown, check: CheckId) -> None:
    assert list(refused(acknowledge, people.editor, ownerless, check=check)) == ["/subject_id"]


def test_only_editors_acknowledge_not_even_contributors_what_they_own(people: Cast, register: Shown) -> None:
    whole_risk(people, register, owner_id=people.contributor.person_id, opened_on=None)
    [found] = findings(people.viewer)
    for who in (people.viewer, people.contributor):
        with pytest.raises(NotAllowed):
            acknowledge(who, found)
    make_person(people.editor)
    assert findings(people.viewer) == [found]
