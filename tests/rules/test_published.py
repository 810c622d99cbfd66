"""Published percentages as they are typed: what is read, and what is refused, by row and field."""

import pytest

from app.plans.published import BadFigures, Flaw, checked, read_csv
from app.plans.rounding import Published

HEADER = "scope,complete,on_target,delayed,not_started"


def row(**fields: object) -> dict[str, object]:
    return {"scope": "PAP 1", "complete": 44, **fields}


def flaws(*rows: dict[str, object]) -> list[tuple[int | None, str]]:
    with pytest.raises(BadFigures) as refused:
        checked(rows)
    assert all(flaw.message.endswith(".") for flaw in refused.value.flaws)
    return [(flaw.place, flaw.field) for flaw in refused.value.flaws]


def csv_flaw(text: str) -> Flaw:
    with pytest.raises(BadFigures) as refused:
        read_csv(text)
    return refused.value.flaws[0]


# --- Fields -----------------------------------------------------------------------------------------------


def test_blank_is_unknown_and_none_is_exactly_zero() -> None:
    typed = {"scope": " PAP  1 ", "complete": "44", "on_target": "", "delayed": "0", "not_started": "None"}
    assert checked([typed]) == [Published("PAP 1", 44, None, 0, "none")]


def test_a_percent_sign_does_no_harm() -> None:
    assert checked([{"scope": "PAP 1", "complete": "44%"}]) == [Published("PAP 1", 44)]


@pytest.mark.parametrize(
    "value", ["101", "-1", "44.5", "4 4", "½", "four", "１", 101, -1, 44.5, True, "9" * 99]
)
def test_what_is_no_whole_percentage_is_refused(value: object) -> None:
    assert flaws(row(), row(scope="PAP 2", delayed=value)) == [(1, "delayed")]


@pytest.mark.parametrize("value", ["0", "-5", "9.5", 0, -5, 1_000_001, "none"])
def test_what_is_no_number_of_actions_is_refused(value: object) -> None:
    assert flaws(row(actions=value)) == [(0, "actions")]


def test_a_scope_needs_a_name_and_stands_once_in_any_case() -> None:
    assert flaws(row(scope=" "), row(), row(scope="pap 1"), row(scope="x" * 121)) == [
        (0, "scope"),
        (2, "scope"),
        (3, "scope"),
    ]


def test_actions_are_given_for_every_scope_or_for_none() -> None:
    assert flaws(row(actions=9), row(scope="PAP 2"), row(scope="PAP 3", actions="")) == [
        (1, "actions"),
        (2, "actions"),
    ]


def test_at_least_one_scope_and_no_more_than_a_hundred() -> None:
    assert flaws() == [(None, "")]
    assert flaws(*(row(scope=f"PAP {number}") for number in range(101))) == [(None, "")]


# --- Sums that no one could have meant --------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares",
    [
        (50, 50, 20, 20),
        (60, 61, None, None),
        (10, 20, 30, 19),
        (0, 0, 0, 0),
        (None, None, 60, 61),
        (None, 121, None, None),
    ],
)
def test_a_sum_beyond_what_rounding_can_reach_tenfold_is_refused(shares: tuple[int | None, ...]) -> None:
    names = ("complete", "on_target", "delayed", "not_started")
    found = flaws({"scope": "PAP 1", **dict(zip(names, shares, strict=True))})
    assert [place for place, _ in found] == [0]


def test_the_combined_figure_stands_for_its_two_in_a_sum() -> None:
    assert flaws(row(complete=None, complete_or_on_target=60, delayed=40, not_started=21)) == [
        (0, "not_started")
    ]
    assert flaws(row(complete=None, complete_or_on_target=20, delayed=20, not_started=39)) == [
        (0, "not_started")
    ]


@pytest.mark.parametrize(
    "shares", [(60, 30, 20, 10), (20, 20, 20, 20), (60, 60, None, None), (1, 2, 3, None)]
)
def test_a_sum_that_is_merely_impossible_is_not_refused(shares: tuple[int | None, ...]) -> None:
    names = ("complete", "on_target", "delayed", "not_started")
    assert checked([{"scope": "PAP 1", **dict(zip(names, shares, strict=True))}])


# --- Files ------------------------------------------------------------------------------------------------


def test_columns_stand_in_any_order_and_unknown_ones_are_ignored() -> None:
    text = '\ufeffnote,Delayed,scope,complete,on_target,not_started\r\n"a, b",30,overall,17,51,2\r\n'
    (line,) = read_csv(text)
    assert line.number == 2
    assert checked([line.typed]) == [Published("overall", 17, 51, 30, 2)]


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    lines = read_csv(f"{HEADER}\n\n,,,,\nPAP 1,44,,44,\nPAP 2,0\n")
    assert [line.number for line in lines] == [4, 5]
    assert checked([line.typed for line in lines])[1] == Published("PAP 2", 0)


@pytest.mark.parametrize(
    "text, field",
    [
        ("", "scope"),
        ("scope,complete,on_target,delayed\nPAP 1,1,2,3", "not_started"),
        (f"{HEADER},Complete\nPAP 1,1,2,3,4,5", "complete"),
        (f"{HEADER}\nPAP 1,1,2,3,4,5", ""),
        (f'{HEADER}\nPAP 1,"1,2,3,4', ""),
        (f"{HEADER}\nPAP 1,\x00,2,3,4", ""),
        (f"{HEADER}\nPAP \x1b[31m1,1,2,3,4", ""),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, field: str) -> None:
    assert csv_flaw(text).field == field


def test_a_flaw_in_a_file_names_its_row_and_field_in_one_line() -> None:
    lines = read_csv(f'{HEADER}\n\n"PAP\n 1",44,,,101\n,,,,101\n')
    assert [Flaw(place, "delayed", "Give it.").in_file(lines).message for place in (0, 1)] == [
        "Row 3 (PAP 1), delayed: give it.",
        "Row 4, delayed: give it.",
    ]
