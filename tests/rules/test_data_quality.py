"""Checks of data quality (domain rules, section 7): each finds its fault, and nothing where there is none."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.data_quality import actions, risks
from app.data_quality.actions import ActionFacts
from app.data_quality.base import Check, CheckId, Severity, fingerprint, found
from app.data_quality.catalogue import CHECKS
from app.data_quality.reasons import is_explained
from app.data_quality.risks import ManagementActionFacts, RiskFacts
from app.entries.fold import Entry
from app.plans.statuses import Status
from app.risk.scoring import RiskState

quick = settings(max_examples=100, deadline=None)
DAY = date(2024, 6, 30)
EARLIER, LATER = DAY - timedelta(days=30), DAY + timedelta(days=30)
SOMEBODY = UUID(int=1)
ON_TARGET, DELAYED, COMPLETE = Status.on_target, Status.delayed, Status.complete


def names(checks: Sequence[Check[Any]]) -> list[str]:
    return [check.id.value for check in checks]


def of_action(**given: Any) -> list[str]:
    """What is found in an action that has everything, but for what a test says."""
    whole = {"day": DAY, "status": ON_TARGET, "lead_id": SOMEBODY, "start_on": EARLIER, "due_on": LATER}
    facts = ActionFacts(**(whole | given))
    return names(found(actions.checks_of(facts), facts))


def of_risk(**given: Any) -> list[str]:
    """What is found in a risk that has everything, but for what a test says."""
    whole = {
        "opened_on": EARLIER,
        "last_updated_on": DAY,
        "owner_id": SOMEBODY,
        **dict(zip(PAIRS, (4, 4, 1, 4), strict=True)),
        "management_actions": 1,
    }
    facts = RiskFacts(**(whole | given))
    return names(found(risks.checks_of(facts), facts))


PAIRS = ("current_likelihood", "current_impact", "target_likelihood", "target_impact")


def scored(*pairs: int | None) -> dict[str, int | None]:
    return dict(zip(PAIRS, pairs, strict=True))


def of_management_action(**given: Any) -> list[str]:
    facts = ManagementActionFacts(**({"due_on": LATER, "lead_id": SOMEBODY} | given))
    return names(found(risks.checks_of_management_action(facts), facts))


# --- The checks -------------------------------------------------------------------------------------------


def test_every_identifier_is_a_check_and_says_what_to_do() -> None:
    assert list(CHECKS) == list(CheckId)
    for check in CHECKS.values():
        assert check.id.startswith(check.noun)
        assert check.message.endswith(".")
        assert check.looks_at
        assert check.is_found.__doc__
        assert "ection" in check.is_found.__doc__, f"{check.id} does not say its source"


def test_only_on_target_but_overdue_without_a_reason_blocks() -> None:
    blocks = [check.id for check in CHECKS.values() if check.severity is Severity.blocks]
    assert blocks == [CheckId.action_on_target_overdue_without_reason]


def test_identifiers_never_change() -> None:
    assert [one.value for one in CheckId] == [
        "action_on_target_overdue_without_reason",
        "action_contradicted",
        "action_due_before_start",
        "action_ongoing_without_review_date",
        "action_no_due_date",
        "action_no_lead",
        "action_no_update_in_period",
        "action_impact_not_evidenced",
        "risk_updated_before_opened",
        "risk_no_opened_date",
        "risk_no_owner",
        "risk_no_management_action",
        "risk_target_likelihood_above_current",
        "risk_target_impact_above_current",
        "risk_target_without_rationale",
        "management_action_no_due_date",
        "management_action_no_lead",
    ]


def test_a_record_that_has_everything_has_no_finding() -> None:
    assert (of_action(), of_risk(), of_management_action()) == ([], [], [])


# --- Actions ----------------------------------------------------------------------------------------------


def test_on_target_but_overdue_without_a_reason_is_found_and_not_told_twice() -> None:
    assert of_action(due_on=DAY - timedelta(days=1)) == ["action_on_target_overdue_without_reason"]
    assert of_action(due_on=DAY) == []


def test_on_target_but_overdue_with_a_reason_is_a_contradiction() -> None:
    assert of_action(due_on=EARLIER, is_explained=True) == ["action_contradicted"]


def test_an_ongoing_action_past_its_review_date_is_overdue_too() -> None:
    found = of_action(due_on=None, due_ongoing=True, review_on=EARLIER)
    assert found == ["action_on_target_overdue_without_reason"]


def test_on_target_with_a_late_forecast_is_a_contradiction() -> None:
    assert of_action(forecast_on=LATER + timedelta(days=1)) == ["action_contradicted"]


def test_a_delayed_action_that_is_overdue_contradicts_nothing() -> None:
    assert of_action(status=DELAYED, due_on=EARLIER, forecast_on=LATER) == []


def test_complete_before_what_it_waits_for_is_a_contradiction() -> None:
    assert of_action(status=COMPLETE, open_dependency=True) == ["action_contradicted"]
    assert of_action(status=DELAYED, open_dependency=True) == []


@pytest.mark.parametrize("status", Status)
def test_due_before_start_is_found_whatever_the_status(status: Status) -> None:
    found = of_action(status=status, start_on=LATER + timedelta(days=1))
    assert found == ["action_due_before_start"]
    assert of_action(status=status, start_on=LATER) == []


def test_ongoing_without_a_review_date_is_found() -> None:
    assert of_action(due_on=None, due_ongoing=True) == ["action_ongoing_without_review_date"]
    assert of_action(due_on=None, due_ongoing=True, review_on=LATER) == []


def test_no_due_date_is_found() -> None:
    assert of_action(due_on=None) == ["action_no_due_date"]


def test_no_lead_is_found() -> None:
    assert of_action(lead_id=None) == ["action_no_lead"]


def test_no_update_in_the_period_is_found_only_where_a_period_contains_the_day() -> None:
    assert of_action(period_first_day=EARLIER) == ["action_no_update_in_period"]
    before = EARLIER - timedelta(days=1)
    assert of_action(period_first_day=EARLIER, narrative_on=before) == ["action_no_update_in_period"]
    assert of_action(period_first_day=EARLIER, narrative_on=EARLIER) == []
    assert of_action() == []


def test_a_complete_action_is_not_asked_for_what_is_needed_to_get_it_done() -> None:
    nothing = {"due_on": None, "lead_id": None, "period_first_day": EARLIER}
    assert of_action(status=COMPLETE, **nothing) == []
    assert of_action(status=COMPLETE, due_ongoing=True, **nothing) == []


def test_a_complete_action_whose_impact_is_not_evidenced_in_time_is_found() -> None:
    late = {"status": COMPLETE, "impact_review_on": DAY - timedelta(days=1)}
    for state in (None, "not_yet_due", "not_evidenced"):
        assert of_action(**late, impact_state=state) == ["action_impact_not_evidenced"]
    assert of_action(**late, impact_state="evidenced") == []
    assert of_action(status=COMPLETE, impact_review_on=DAY) == []
    assert of_action(status=DELAYED, impact_review_on=EARLIER) == []


@quick
@given(
    st.builds(
        ActionFacts,
        day=st.just(DAY),
        status=st.sampled_from(Status),
        withdrawn=st.just(True),
        due_on=st.none() | st.dates(EARLIER, LATER),
        start_on=st.none() | st.dates(EARLIER, LATER),
        forecast_on=st.none() | st.dates(EARLIER, LATER),
        period_first_day=st.none() | st.just(EARLIER),
    )
)
def test_a_withdrawn_action_has_no_finding(facts: ActionFacts) -> None:
    assert actions.checks_of(facts) == ()


# --- Risks ------------------------------------------------------------------------------------------------


def test_last_updated_before_opened_is_found() -> None:
    assert of_risk(last_updated_on=EARLIER - timedelta(days=1)) == ["risk_updated_before_opened"]
    assert of_risk(last_updated_on=EARLIER) == []


def test_no_opened_date_is_found() -> None:
    assert of_risk(opened_on=None) == ["risk_no_opened_date"]


def test_no_risk_owner_is_found() -> None:
    assert of_risk(owner_id=None) == ["risk_no_owner"]


def test_no_management_action_is_found_on_an_open_risk_above_its_target() -> None:
    assert of_risk(management_actions=0) == ["risk_no_management_action"]
    assert of_risk(management_actions=0, **scored(1, 4, 4, 1), target_rationale="x") == [
        "risk_target_likelihood_above_current"
    ]
    assert of_risk(management_actions=0, **scored(None, None, None, None)) == []


def test_a_risk_that_was_accepted_or_has_materialised_need_not_plan_to_reach_its_target() -> None:
    for state in (RiskState.accepted, RiskState.materialised):
        assert of_risk(state=state, management_actions=0, owner_id=None) == ["risk_no_owner"]


def test_a_target_likelihood_above_current_is_found() -> None:
    assert of_risk(**scored(2, 4, 3, 2)) == ["risk_target_likelihood_above_current"]


def test_a_target_impact_above_current_is_found() -> None:
    assert of_risk(**scored(3, 3, 1, 4)) == ["risk_target_impact_above_current"]


def test_a_target_at_or_above_current_without_rationale_is_found() -> None:
    for pairs in ((3, 3, 3, 3), (2, 6, 3, 4)):
        assert "risk_target_without_rationale" in of_risk(**scored(*pairs))
        assert "risk_target_without_rationale" not in of_risk(**scored(*pairs), target_rationale="Agreed")


@quick
@given(*[st.none() | st.integers(1, 5)] * 4, st.integers(0, 2), st.booleans())
def test_a_closed_risk_has_no_finding_nor_have_its_management_actions(
    a: int | None, b: int | None, c: int | None, d: int | None, planned: int, owned: bool
) -> None:
    owner = SOMEBODY if owned else None
    facts = RiskFacts(RiskState.closed, owner_id=owner, management_actions=planned, **scored(a, b, c, d))
    assert risks.checks_of(facts) == ()
    assert of_management_action(risk_state=RiskState.closed, due_on=None, lead_id=None) == []


def test_a_management_action_without_due_date_is_found() -> None:
    assert of_management_action(due_on=None) == ["management_action_no_due_date"]


def test_a_management_action_without_lead_is_found() -> None:
    assert of_management_action(lead_id=None) == ["management_action_no_lead"]


def test_a_complete_management_action_is_asked_for_nothing() -> None:
    assert of_management_action(status=COMPLETE, due_on=None, lead_id=None) == []


# --- Fingerprints -----------------------------------------------------------------------------------------

CHANGED: dict[str, Any] = {
    "status": DELAYED,
    "due_on": LATER + timedelta(days=1),
    "start_on": EARLIER + timedelta(days=1),
    "forecast_on": LATER,
    "lead_id": None,
    "review_on": LATER,
    "narrative_on": DAY,
    "impact_state": "evidenced",
    "impact_review_on": LATER,
}


def test_a_fingerprint_does_not_change_by_the_mere_passing_of_days() -> None:
    for check in actions.ALL:
        marks = {
            fingerprint(check, ActionFacts(day=day, status=COMPLETE, due_on=EARLIER))
            for day in (DAY, LATER, LATER + timedelta(days=1))
        }
        assert len(marks) == 1


def test_a_late_forecast_that_was_acknowledged_is_asked_for_anew_when_the_due_date_passes() -> None:
    check = CHECKS[CheckId.action_contradicted]
    facts = {"status": ON_TARGET, "due_on": DAY, "forecast_on": LATER}
    before, after = (
        fingerprint(check, ActionFacts(day=day, **facts)) for day in (DAY, DAY + timedelta(days=1))
    )
    assert before != after


@pytest.mark.parametrize("name", CHANGED)
def test_a_fingerprint_changes_with_what_the_check_looks_at_and_with_nothing_else(name: str) -> None:
    plain = {"day": DAY, "status": ON_TARGET, "lead_id": SOMEBODY, "start_on": EARLIER, "due_on": LATER}
    for check in actions.ALL:
        looked_at = {*check.looks_at} | (
            {"due_on", "review_on"} if "deadline_on" in check.looks_at else set()
        )
        before = fingerprint(check, ActionFacts(**plain))
        after = fingerprint(check, ActionFacts(**(plain | {name: CHANGED[name]})))
        if name not in looked_at:
            assert before == after, check.id
        elif name != "review_on":
            assert before != after, check.id


def test_a_fingerprint_belongs_to_one_check() -> None:
    facts = ActionFacts(day=DAY, status=ON_TARGET)
    assert len({fingerprint(check, facts) for check in actions.ALL}) == len(actions.ALL)


# --- Reasons ----------------------------------------------------------------------------------------------

DUE = date(2024, 5, 31)


def entry(number: int, on: date, replaces: int | None = None, **facts: Any) -> Entry:
    return Entry(number, number, on, facts, replaces)


BEGUN = entry(1, date(2024, 5, 1), status=ON_TARGET, due_on=DUE, reason="Loaded from the papers")


def test_a_reason_given_before_the_due_date_passed_explains_nothing() -> None:
    assert not is_explained([BEGUN], DAY, DUE)


def test_a_reason_given_after_the_due_date_passed_stands() -> None:
    told = entry(2, date(2024, 6, 3), status=ON_TARGET, reason="Agreed, to be signed on 5 July")
    assert is_explained([BEGUN, told], DAY, DUE)
    assert is_explained([BEGUN, told], date(2024, 6, 3), DUE)
    assert not is_explained([BEGUN, told], date(2024, 6, 2), DUE)


def test_a_reason_given_on_the_due_date_itself_explains_nothing() -> None:
    assert not is_explained([BEGUN, entry(2, DUE, status=ON_TARGET, reason="x")], DAY, DUE)


def test_a_reason_for_a_late_forecast_stands_when_the_due_date_has_passed() -> None:
    told = entry(2, date(2024, 5, 20), forecast_on=LATER, reason="The supplier delivers in July")
    assert is_explained([BEGUN, told], DAY, DUE)


def test_an_update_without_a_reason_explains_nothing() -> None:
    assert not is_explained([BEGUN, entry(2, date(2024, 6, 3), status=ON_TARGET)], DAY, DUE)


def test_a_reason_that_is_not_about_status_or_dates_explains_nothing() -> None:
    assert not is_explained([BEGUN, entry(2, date(2024, 6, 3), path_to_green="x", reason="x")], DAY, DUE)


def test_a_reason_that_was_replaced_no_longer_stands() -> None:
    told = entry(2, date(2024, 6, 3), status=ON_TARGET, reason="x")
    corrected = entry(3, date(2024, 6, 3), replaces=2, path_to_green="y", reason="Typed in the wrong action")
    assert not is_explained([BEGUN, told, corrected], DAY, DUE)


def test_a_reason_ends_when_the_action_is_something_else_in_between() -> None:
    told = entry(2, date(2024, 6, 3), status=ON_TARGET, reason="x")
    late = entry(3, date(2024, 6, 10), status=DELAYED)
    again = entry(4, date(2024, 6, 12), status=ON_TARGET)
    assert not is_explained([BEGUN, told, late, again], DAY, DUE)


def test_a_reason_holds_through_later_updates_without_one() -> None:
    told = entry(2, date(2024, 6, 3), status=ON_TARGET, reason="x")
    later = entry(3, date(2024, 6, 10), status=ON_TARGET)
    assert is_explained([BEGUN, told, later], DAY, DUE)


def test_a_reason_for_an_earlier_due_date_does_not_cover_a_later_one() -> None:
    told = entry(2, date(2024, 6, 3), status=ON_TARGET, reason="x")
    moved = entry(3, date(2024, 6, 10), due_on=date(2024, 6, 20))
    assert not is_explained([BEGUN, told, moved], DAY, date(2024, 6, 20))
