"""Forms keep what was typed, and say at the field what is wrong with it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.errors import Fault, Invalid
from app.models.base import Day
from app.web.forms import MOST_FIELDS, DateProblem, Form, TooLarge, filled, parse_form, read_date, typed_date


def _date_form(day, month, year):
    typed = {"due_on-day": day, "due_on-month": month, "due_on-year": year}
    return Form(typed, order=("due_on", "reason"), dates=("due_on",))


@pytest.mark.parametrize("month", ["7", "07", "July", "jul", " JULY "])
def test_a_date_is_read_with_the_month_as_number_or_name(month):
    form = _date_form(" 31", month, "2024")
    assert form.date("due_on", "Due date") == date(2024, 7, 31)
    assert form.problems == []


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u200e", "\u202e", "\x0b", "\x7f"])
def test_what_nobody_can_see_is_taken_out_of_the_text(hidden):
    form = Form({"reason": f"one{hidden} two"}, order=("reason",))
    assert form.value("reason") == "one two"
    assert (
        form.error("reason") == "Remove the hidden control character; it has been taken out of the text below"
    )


def test_words_keep_what_they_need_and_lines_stay_apart():
    kept = "nim\u200cshode \U0001f468\u200d\U0001f4bb"
    form = Form({"reason": kept, "csv": "\ufeffa,b"})
    assert (form.value("reason"), form.value("csv"), form.problems) == (kept, "a,b", [])
    assert Form({"reason": "one\u2028two"}).value("reason") == "one\ntwo"


def test_each_of_two_impossible_dates_names_its_field():
    class Body(BaseModel):
        due_on: Day
        start_on: Day

    typed = typed_date("due_on", date(2200, 1, 1)) | typed_date("start_on", date(1066, 1, 1))
    form = Form(typed, order=("due_on", "start_on"), dates=("due_on", "start_on"))
    stated = {"due_on": form.date("due_on", "Due date"), "start_on": form.date("start_on", "Start date")}
    assert filled(Body, stated, form) is None
    span = "must be between 1 January 1990 and 31 December 2100"
    assert [one.message for one in form.problems] == [f"Due date {span}", f"Start date {span}"]


def test_no_date_at_all_is_no_date():
    assert _date_form("", " ", "").date("due_on", "Due date") is None


@pytest.mark.parametrize(
    "typed, message, target",
    [
        (("30", "9", ""), "Due date must include a year", "due_on-year"),
        (("", "9", ""), "Due date must include a day and a year", "due_on-day"),
        (("31", "2", "2024"), "Due date must be a real date, for example 31 7 2024", "due_on-day"),
        (("1", "13", "2024"), "Due date must be a real date, for example 31 7 2024", "due_on-day"),
        (("1", "x", "2024"), "Due date must be a real date, for example 31 7 2024", "due_on-day"),
        (("1", "1", "24"), "Due date must have a year of 4 numbers, for example 2024", "due_on-year"),
        (("1", "1", "٢٠٢٤"), "Due date must have a year of 4 numbers, for example 2024", "due_on-year"),
    ],
)
def test_a_bad_date_names_the_part_and_keeps_what_was_typed(typed, message, target):
    form = _date_form(*typed)
    assert form.date("due_on", "Due date") is None
    assert form.problems == [(message, target)]
    assert form.value("due_on-day") == typed[0]
    assert form.part_at_fault("due_on", target.rpartition("-")[2])


def test_only_the_missing_part_of_a_date_is_marked():
    form = _date_form("30", "9", "")
    form.date("due_on", "Due date")
    assert not form.part_at_fault("due_on", "day")


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_typed_date_reads_back_as_itself(day):
    typed = typed_date("x", day)
    assert read_date(typed["x-day"], typed["x-month"], typed["x-year"], "It") == day


@given(st.text(), st.text(), st.text())
def test_no_typed_text_ever_breaks_a_date(day, month, year):
    found = read_date(day, month, year, "It")
    assert found is None or isinstance(found, date | DateProblem)


def test_faults_of_a_service_land_at_their_fields_in_the_order_of_the_page():
    form = Form({}, order=("current_likelihood", "due_on", "reason"), dates=("due_on",))
    form.take(
        Invalid(
            [
                Fault("/reason", "Give a reason."),
                Fault("/due_on", "The due date is too late."),
                Fault("/current/likelihood", "Must be 1 to 5."),
                Fault("/points/0/ref", "Used twice."),
            ]
        )
    )
    assert form.problems == [
        ("Must be 1 to 5", "current_likelihood"),
        ("The due date is too late", "due_on-day"),
        ("Give a reason", "reason"),
        ("Used twice", ""),
    ]


def test_hidden_characters_are_taken_out_and_said():
    form = Form({"reason": "a\x00b\tc"}, order=("reason",))
    assert form.value("reason") == "ab\tc"
    assert form.error("reason").startswith("Remove the hidden control character")


@given(st.binary())
def test_any_bytes_parse_to_text_that_can_be_stored(body):
    for value in parse_form(body).values():
        value.encode("utf-8")


def test_a_form_with_too_many_fields_is_refused():
    with pytest.raises(TooLarge):
        parse_form(b"&".join(b"a=1" for _ in range(MOST_FIELDS + 1)))


def test_numbers_are_whole_and_plain():
    form = Form({"a": " 4 ", "b": "4.5", "c": "", "d": "٤"}, order=("a", "b", "c", "d"))
    assert form.number("a", "Likelihood") == 4
    assert [form.number(name, "Likelihood") for name in "bcd"] == [None, None, None]
    assert [problem.target for problem in form.problems] == ["b", "d"]
