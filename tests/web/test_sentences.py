"""Figures in words agree with the answer that they are made from, whatever the counts."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.plans.progress import BucketCount, progress
from app.plans.statuses import Bucket, Comparisons, Status, pack
from app.sentences import progress as words
from app.sentences.progress import Missed
from app.sentences.risks import RegisterFigures, register_lead


def _code(status: Status, *, withdrawn: bool = False, due_passed: bool = False) -> int:
    comparisons = Comparisons(
        due_passed=due_passed,
        forecast_late=False,
        due_moved=False,
        start_passed=False,
        open_dependency=False,
        reported=None,
    )
    return pack(Bucket(status, withdrawn, comparisons))


def _progress(complete=0, on_target=0, delayed=0, not_started=0, withdrawn=0, overdue=0):
    counts = [
        BucketCount(_code(Status.complete), complete, complete),
        BucketCount(_code(Status.on_target), on_target, on_target),
        BucketCount(_code(Status.delayed), delayed - overdue, delayed - overdue),
        BucketCount(_code(Status.delayed, due_passed=True), overdue, overdue),
        BucketCount(_code(Status.not_started), not_started, not_started),
        BucketCount(_code(Status.delayed, withdrawn=True), withdrawn, withdrawn),
    ]
    return progress(counts, has_period=False)


def test_the_sentence_of_the_council_report():
    figures = _progress(on_target=3, delayed=2, overdue=1)
    assert words.scope_sentence("Priority 2", figures, [Missed("2.5", date(2024, 5, 31))]) == (
        "Priority 2: 60% of actions (3 of 5) are on target and 40% (2 of 5) are delayed. None is complete. "
        "One completion date has been missed (2.5, due 31 May 2024)."
    )


def test_three_statuses_and_nothing_left_to_start():
    assert words.scope_sentence("Priority 1", _progress(complete=4, on_target=1, delayed=4, overdue=1)) == (
        "Priority 1: 44% of actions (4 of 9) are complete, 11% (1 of 9) are on target and 44% (4 of 9) are "
        "delayed. All have started. One completion date has been missed."
    )


def test_no_actions_is_said_and_never_nought_per_cent():
    assert words.scope_sentence("Priority 9", _progress()) == "Priority 9: no actions."
    assert words.scope_sentence("Priority 9", _progress(withdrawn=2)) == (
        "Priority 9: no actions. Two withdrawn actions are not counted."
    )
    assert words.lead(_progress()) == "There are no actions to report on."
    assert "%" not in words.lead(_progress()) + words.second(_progress())


def test_one_action_and_all_alike():
    assert words.scope_sentence("P", _progress(delayed=1)) == "P: the only action is delayed."
    assert words.scope_sentence("P", _progress(complete=9)) == "P: all 9 actions are complete."
    assert words.scope_sentence("P", _progress(not_started=3)) == "P: none of the 3 actions has started."
    assert words.lead(_progress(complete=2, on_target=2)) == "All 4 actions are complete or on target."
    assert words.lead(_progress(delayed=1)) == "The only action is delayed."
    assert words.lead(_progress(delayed=3)) == "None of the 3 actions is complete or on target."


def test_the_combined_figure_comes_from_the_counts():
    assert words.lead(_progress(complete=4, on_target=1, delayed=4)) == (
        "56% of actions are complete or on target (5 of 9)."
    )


def test_shared_actions_are_counted_as_points_and_missed_dates_as_actions():
    answer = progress([BucketCount(_code(Status.delayed, due_passed=True), 5, 1)], has_period=False)
    assert words.missed_dates(answer) == "One completion date has been missed, counted as 5 action points."
    assert words.counted(answer).startswith("5 action points, 1 distinct action")


def test_the_rounding_note_stands_only_where_it_is_true():
    assert words.rounding_note(_progress(complete=4, on_target=1, delayed=4)) == words.ROUNDING_NOTE
    assert words.rounding_note(_progress(complete=1, on_target=1)) == ""
    assert words.rounding_note(_progress()) == ""


_NAMED = dict(
    zip(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), range(1, 10), strict=True)
)
_SMALL = st.integers(0, 12)


@given(_SMALL, _SMALL, _SMALL, _SMALL, _SMALL, st.data())
def test_every_number_in_a_sentence_is_a_number_of_the_answer(c, o, d, n, w, data):
    overdue = data.draw(st.integers(0, d))
    answer = _progress(c, o, d, n, w, overdue)
    known = {answer["action_points"], answer["distinct_actions"], answer["withdrawn"]}
    known |= set(answer["flags"]["overdue"].values())
    for share in (*answer["statuses"].values(), answer["complete_or_on_target"]):
        known |= {share["count"], share["rounded"]}
    text = " ".join(
        [
            words.scope_sentence("Scope", answer),
            words.lead(answer),
            words.second(answer),
            words.counted(answer),
        ]
    )
    said = {int(number) for number in re.findall(r"\d+", text)}
    said |= {_NAMED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _NAMED}
    assert said <= known
    assert "  " not in text.replace(".  ", ". ")
    assert ".." not in text
    assert "None%" not in text


def test_the_sentence_of_a_register():
    figures = RegisterFigures(4, "High", 1, 4, 0, 0)
    assert register_lead(figures) == "One of four risks is High. No risk has reached its target."
    assert register_lead(RegisterFigures(0, "High", 0, 0, 0, 0)) == "No risks identified."
    assert register_lead(RegisterFigures(12, "High", 0, 5, 2, 1)) == (
        "No risk is High. Two have reached their target. One is not scored."
    )
    assert register_lead(RegisterFigures(1, "High", 1, 1, 0, 0)) == (
        "The only risk is High. It has not reached its target."
    )
    assert register_lead(RegisterFigures(3, "High", 3, 0, 0, 0)) == "All three risks are High."
