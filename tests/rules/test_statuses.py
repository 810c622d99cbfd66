"""Statuses, the flags derived from them, and the codes they pack into (domain rules, section 2)."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.entries.fold import Entry, as_learned, standing
from app.plans.statuses import (
    ALL_CODES,
    FLAGS,
    STATUS_LABELS,
    Bucket,
    Comparisons,
    Flags,
    Status,
    codes_with_flag,
    compare,
    deadline,
    flag_names,
    flags,
    original_due_on,
    pack,
    reason_needed,
    unpack,
)

DAY = date(2024, 6, 30)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
NO_FLAGS = Flags(False, False, False, False, None, False, False)


def compared(**stated: Any) -> Comparisons:
    nothing = {
        "deadline_on": None,
        "original_due_on": None,
        "forecast_on": None,
        "start_on": None,
        "day": DAY,
    }
    return compare(**{**nothing, **stated})


def set_flags(status: Status, **stated: Any) -> set[str]:
    found = flags(status, False, compared(**stated))
    return {name for name in FLAGS if getattr(found, name)}


def test_there_are_four_statuses_in_the_order_of_the_papers() -> None:
    assert list(STATUS_LABELS.values()) == ["Complete", "On target", "Delayed", "Not started"]
    assert list(STATUS_LABELS) == list(Status)


def test_the_names_of_the_flags_are_the_fields_of_flags() -> None:
    assert tuple(field.name for field in fields(Flags)) == FLAGS


@pytest.mark.parametrize("status", Status)
def test_an_action_is_overdue_from_the_day_after_its_due_date_unless_complete(status: Status) -> None:
    assert "overdue" not in set_flags(status, deadline_on=DAY)
    assert ("overdue" in set_flags(status, deadline_on=BEFORE)) == (status is not Status.complete)


@pytest.mark.parametrize("status", Status)
def test_only_a_delayed_action_forecast_after_its_due_date_is_significantly_delayed(status: Status) -> None:
    late = set_flags(status, deadline_on=AFTER, forecast_on=AFTER + timedelta(days=1))
    assert ("significantly_delayed" in late) == (status is Status.delayed)
    assert "significantly_delayed" not in set_flags(status, deadline_on=AFTER, forecast_on=AFTER)
    assert "significantly_delayed" not in set_flags(status, forecast_on=AFTER)


@pytest.mark.parametrize("status", Status)
def test_only_an_action_not_started_by_the_day_after_its_start_starts_late(status: Status) -> None:
    assert ("late_start" in set_flags(status, start_on=BEFORE)) == (status is Status.not_started)
    assert "late_start" not in set_flags(status, start_on=DAY)


@pytest.mark.parametrize("status", Status)
def test_a_due_date_later_than_the_original_one_has_slipped_whatever_the_status(status: Status) -> None:
    assert "slipped" in set_flags(status, deadline_on=AFTER, original_due_on=DAY)
    assert "slipped" not in set_flags(status, deadline_on=DAY, original_due_on=DAY)
    assert "slipped" not in set_flags(status, deadline_on=BEFORE, original_due_on=DAY)
    assert "slipped" not in set_flags(status, deadline_on=AFTER)


@pytest.mark.parametrize("status", Status)
def test_an_action_that_depends_on_an_open_one_is_blocked_or_complete_too_soon(status: Status) -> None:
    found = set_flags(status, open_dependency=True)
    assert found == ({"contradicted"} if status is Status.complete else {"blocked"})


def test_on_target_contradicts_a_passed_due_date_and_a_late_forecast_and_no_other_status_does() -> None:
    for status in Status:
        expected = status is Status.on_target
        assert ("contradicted" in set_flags(status, deadline_on=BEFORE)) == expected
        assert ("contradicted" in set_flags(status, deadline_on=DAY, forecast_on=AFTER)) == expected


def test_reportable_progress_is_a_narrative_within_the_period_and_unknown_without_one() -> None:
    first = date(2024, 6, 1)

    def found(narrative_on: date | None, period_first_day: date | None) -> bool | None:
        comparisons = compared(narrative_on=narrative_on, period_first_day=period_first_day)
        return flags(Status.delayed, False, comparisons).no_reportable_progress

    assert found(DAY, None) is None
    assert found(None, first) is True
    assert found(first - timedelta(days=1), first) is True
    assert found(first, first) is False
    assert found(DAY, first) is False
    complete = flags(Status.complete, False, compared(period_first_day=first))
    assert complete.no_reportable_progress is False


@pytest.mark.parametrize("has_period", [True, False])
def test_a_withdrawn_action_has_no_flags(has_period: bool) -> None:
    for code in ALL_CODES:
        bucket = unpack(code, has_period)
        assert flags(bucket.status, True, bucket.comparisons) == NO_FLAGS


def test_an_ongoing_action_is_measured_against_its_review_date() -> None:
    assert deadline(BEFORE, False, AFTER) == BEFORE
    assert deadline(None, True, AFTER) == AFTER
    assert deadline(BEFORE, True, None) is None
    assert deadline(None, False, AFTER) is None


def test_a_later_entry_for_an_earlier_day_does_not_change_the_original_due_date() -> None:
    entries = as_learned(
        [
            Entry(1, 1, date(2024, 6, 5), {"due_on": date(2024, 6, 10)}),
            Entry(2, 2, date(2024, 6, 15), {"due_on": date(2024, 6, 20)}),
            Entry(3, 3, date(2024, 6, 1), {"due_on": date(2024, 6, 25)}),
        ]
    )
    assert original_due_on(entries, date(2024, 6, 30)) == date(2024, 6, 10)


def test_a_correction_of_the_original_due_date_takes_its_place_however_late_it_comes() -> None:
    entries = as_learned(
        [
            Entry(1, 1, date(2024, 6, 5), {"due_on": date(2024, 6, 1)}),
            Entry(2, 2, date(2024, 6, 15), {"due_on": date(2024, 6, 20)}),
            Entry(3, 3, date(2024, 6, 5), {"due_on": date(2024, 6, 11)}, replaces=1),
        ]
    )
    assert original_due_on(entries, date(2024, 6, 30)) == date(2024, 6, 11)


def test_the_original_due_date_is_the_first_one_stated_by_a_standing_entry() -> None:
    entries = standing(
        [
            Entry(1, 1, date(2024, 4, 1), {"due_on": None, "due_ongoing": True}),
            Entry(2, 2, date(2024, 4, 2), {"due_on": date(2024, 1, 1)}),
            Entry(3, 3, date(2024, 4, 3), {"due_on": date(2024, 9, 1), "due_ongoing": False}, replaces=2),
            Entry(4, 4, date(2024, 5, 1), {"due_on": date(2024, 12, 1)}),
        ]
    )
    assert original_due_on(entries, date(2024, 4, 2)) is None
    assert original_due_on(entries, date(2024, 4, 3)) == date(2024, 9, 1)
    assert original_due_on(entries, DAY) == date(2024, 9, 1)


def test_a_rating_better_than_the_dates_suggest_needs_a_reason_and_a_worse_one_does_not() -> None:
    overdue = compared(deadline_on=BEFORE)
    late = compared(deadline_on=DAY, forecast_on=AFTER)
    for before in (None, *Status):
        assert (
            "due date has passed"
            in (reason_needed(before=before, after=Status.on_target, comparisons_after=overdue) or "")
            or before is Status.delayed
        )
        assert reason_needed(before=before, after=Status.on_target, comparisons_after=late)
        for after in (Status.complete, Status.delayed, Status.not_started):
            assert reason_needed(before=before, after=after, comparisons_after=overdue) is None


def test_any_move_from_delayed_to_on_target_needs_a_reason() -> None:
    for before in (None, *Status):
        reason = reason_needed(before=before, after=Status.on_target, comparisons_after=compared())
        assert (reason is not None) == (before is Status.delayed)


@pytest.mark.parametrize("has_period", [True, False])
def test_every_code_unpacks_to_a_bucket_that_packs_into_it(has_period: bool) -> None:
    for code in ALL_CODES:
        assert pack(unpack(code, has_period)) == (code if has_period else code & 255)


@given(
    st.builds(
        Bucket,
        st.sampled_from(Status),
        st.booleans(),
        st.builds(Comparisons, *[st.booleans()] * 5, reported=st.booleans() | st.none()),
    )
)
@settings(max_examples=200, deadline=None)
def test_every_bucket_packs_into_a_code_that_unpacks_to_it(bucket: Bucket) -> None:
    assert pack(bucket) in ALL_CODES
    assert unpack(pack(bucket), bucket.comparisons.reported is not None) == bucket


def test_the_weights_of_a_code_are_those_that_the_queries_add_up() -> None:
    none = Comparisons(False, False, False, False, False, False)
    assert [pack(Bucket(status, False, none)) for status in Status] == [0, 1, 2, 3]
    assert pack(Bucket(Status.complete, True, none)) == 4
    for place, weight in enumerate((8, 16, 32, 64, 128, 256)):
        one = Comparisons(*[place == other for other in range(6)])
        assert pack(Bucket(Status.complete, False, one)) == weight


@pytest.mark.parametrize("code", [-1, 512])
def test_a_number_that_is_no_code_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="not the code"):
        unpack(code, True)


@pytest.mark.parametrize("has_period", [True, False])
@pytest.mark.parametrize("flag", FLAGS)
def test_the_codes_of_a_flag_are_those_whose_bucket_has_it(flag: str, has_period: bool) -> None:
    found = codes_with_flag(flag, has_period)
    for code in ALL_CODES:
        has_flag = bool(getattr(flags(*unpack(code, has_period)), flag))
        assert (code in found) == has_flag == (flag in flag_names(code, has_period))
    assert bool(found) == (has_period or flag != "no_reportable_progress")


def test_codes_of_an_unknown_flag_are_refused() -> None:
    with pytest.raises(ValueError, match="not a flag"):
        codes_with_flag("late", True)
