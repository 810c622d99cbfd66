"""Figures in words agree with the answer that they are made from, whatever the counts."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app import db
from app.plans.progress import BucketCount, progress
from app.plans.statuses import Bucket, Comparisons, Status, pack
from app.sentences import progress as words
from app.sentences.progress import Missed
from app.sentences.risks import RegisterFigures, band_sentence, register_lead, risk_section
from app.services import actions, areas, plans, risks
from app.services import progress as progress_service


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


def test_what_there_is_none_of_is_said_once():
    assert words.scope_sentence("P", _progress(complete=4, on_target=1)).endswith("None is delayed.")
    assert words.scope_sentence("P", _progress(on_target=4, not_started=1)).endswith(
        "None is complete or delayed."
    )
    assert words.scope_sentence("P", _progress(on_target=1, delayed=1)).endswith("None is complete.")
    whole = words.scope_sentence("P", _progress(complete=1, on_target=1, delayed=1, not_started=1))
    assert "None" not in whole
    assert "All" not in whole


def test_no_actions_is_said_and_never_nought_per_cent():
    assert words.scope_sentence("Priority 9", _progress()) == "Priority 9: no actions."
    assert words.scope_sentence("Priority 9", _progress(withdrawn=2)) == (
        "Priority 9: no actions. Two withdrawn action points are not counted."
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
    left_out = progress([BucketCount(_code(Status.delayed, withdrawn=True), 5, 1)], has_period=False)
    assert words.withdrawn(left_out) == "Five withdrawn action points are not counted."


def test_the_rounding_note_stands_only_where_it_is_true():
    assert words.rounding_note(_progress(complete=4, on_target=1, delayed=4)) == words.ROUNDING_NOTE
    assert words.rounding_note(_progress(complete=1, on_target=1)) == ""
    assert words.rounding_note(_progress()) == ""
    thirds = _progress(complete=1, on_target=1, delayed=1)
    assert words.rounding_note(_progress(complete=1), _progress(), thirds) == words.ROUNDING_NOTE


_NAMED = dict(
    zip(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), range(1, 10), strict=True)
)
_SMALL = st.integers(0, 12)


def _numbers(text: str) -> set[int]:
    """Every number in a text, in figures or in words."""
    said = {int(number) for number in re.findall(r"\d+", text)}
    return said | {_NAMED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _NAMED}


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
    assert _numbers(text) <= known
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
    assert register_lead(RegisterFigures(1, "High", 0, 1, 0, 0)) == (
        "The only risk is not High. It has not reached its target."
    )


def test_the_bands_of_a_register_are_told_in_a_sentence():
    assert band_sentence([("High", 0), ("Moderate", 4)]) == "Four risks are Moderate."
    assert band_sentence([("High", 1), ("Moderate", 3), ("Low", 0)]) == (
        "One risk is High and three are Moderate."
    )
    assert band_sentence([("High", 12), ("Moderate", 1), ("Low", 2)]) == (
        "12 risks are High, one is Moderate and two are Low."
    )
    assert band_sentence([("H", 0), ("M", 9), ("L", 4)], noun="") == "Nine are M and four are L."
    assert band_sentence([("High", 0)]) == ""


def test_missed_dates_that_hold_commas_are_parted_by_semicolons():
    april = date(2024, 4, 30)
    missed = [Missed(ref, april) for ref in ("1b.2", "1b.3", "1b.4")]
    assert words.missed_dates(_progress(delayed=4, overdue=3), missed) == (
        "Three completion dates have been missed (1b.2, due 30 April 2024; 1b.3, due 30 April 2024; and "
        "1b.4, due 30 April 2024)."
    )


# --- Risks of a section -----------------------------------------------------------------------------------


def _risk(ref: str, score: int | None = None, band: str = "Moderate", target: int | None = None, rating=None):
    return {
        "ref": ref,
        "current": {"score": score, "band": band} if score else None,
        "target": {"score": target, "band": "Low"} if target else None,
        "rating": {"band": rating} if rating else None,
    }


def test_the_risks_of_a_priority_in_words():
    assert risk_section([]) == "No risks identified."
    assert risk_section([_risk("3", 9, target=6)]) == (
        "One risk is linked to this priority: 3, at 9 Moderate with a target of 6 Low. "
        "It has not reached its target."
    )
    assert risk_section([_risk("3")]) == "One risk is linked to this priority: 3, not scored."
    assert risk_section([_risk("13", rating="M")], to="this workstream") == (
        "One risk is linked to this workstream: 13, rated M."
    )
    assert risk_section([_risk("1", 16, "High", 4), _risk("2", 4, "Low", 4)]) == (
        "Two risks are linked to this priority: 1, at 16 High with a target of 4 Low; and 2, at 4 Low with a "
        "target of 4 Low. One has reached its target."
    )
    assert risk_section([_risk("1", 4, "Low", 4), _risk("2", 2, "Low", 4)]).endswith(
        "All have reached their target."
    )
    many = [_risk("1", 16, "High"), *(_risk(f"{place}", 9, target=6) for place in range(2, 11)), _risk("11")]
    assert risk_section(many) == (
        "11 risks are linked to this priority: 1 High, 9 Moderate and 1 not scored. "
        "None has reached its target."
    )


def test_general_risks_in_words():
    assert risk_section([], to="") == "No general risks identified."
    assert risk_section([_risk("7", 9)], to="") == "One general risk is identified: 7, at 9 Moderate."


_score = st.none() | st.integers(1, 25)


@given(st.lists(st.tuples(_score, _score), max_size=12), st.sampled_from(["this priority", ""]))
def test_the_sentence_of_a_section_says_no_number_of_its_own(pairs, to):
    risks = [_risk(f"R{place}", now, target=goal) for place, (now, goal) in enumerate(pairs, start=1)]
    text = risk_section(risks, to=to)
    known = {len(risks)} | set(range(1, len(risks) + 1)) | {n for pair in pairs for n in pair}
    assert _numbers(text) <= known
    assert (text in ("No risks identified.", "No general risks identified.")) == (not risks)


# --- The sample's priorities ------------------------------------------------------------------------------

HALTON = {
    "PAP 1": "Priority 1: 44% of actions (4 of 9) are complete, 11% (1 of 9) are on target and 44% (4 of 9) "
    "are delayed. All have started. One completion date has been missed (1.9, due 31 May 2024).",
    "PAP 2": "Priority 2: 60% of actions (3 of 5) are on target and 40% (2 of 5) are delayed. None is "
    "complete. One completion date has been missed (2.5, due 31 May 2024).",
    "PAP 3": "Priority 3: 71% of actions (5 of 7) are on target and 29% (2 of 7) are delayed. None is "
    "complete. One completion date has been missed (3.7, due 31 May 2024).",
    "PAP 4": "Priority 4: 58% of actions (7 of 12) are on target, 25% (3 of 12) are delayed and 17% (2 of "
    "12) are not started. None is complete. One completion date has been missed (4.12, due 31 May "
    "2024).",
    "PAP 5": "Priority 5: 22% of actions (13 of 60) are complete, 40% (24 of 60) are on target, 15% (9 of "
    "60) are delayed and 23% (14 of 60) are not started. One completion date has been missed (5.60, "
    "due 31 May 2024).",
}
HALTON_RISKS = {
    "PAP 1": "Two risks are linked to this priority: 1, at 16 High with a target of 4 Low; and 2, at 9 "
    "Moderate with a target of 6 Low. None has reached its target.",
    "PAP 2": "One risk is linked to this priority: 4, at 9 Moderate with a target of 4 Low. It has not "
    "reached its target.",
    "PAP 4": "One risk is linked to this priority: 3, at 9 Moderate with a target of 6 Low. It has not "
    "reached its target.",
}


def test_the_five_priorities_of_the_sample_in_whole_paragraphs(sample_database):
    today, day = date(2024, 7, 1), date(2024, 6, 30)
    said, at_risk = {}, {}
    with db.read(None) as reader:
        who = areas.by_slug(reader, "halton")
        plan = plans.list_plans(reader, who)["items"][0]
        answer = progress_service.progress(reader, who, plan["id"], today=today, as_at=day)
        for number, one in enumerate(answer["priorities"], start=1):
            late = actions.list_actions(
                reader,
                who,
                plan["id"],
                today=today,
                as_at=day,
                wanted=actions.Filter(priority_id=one["id"], flag="overdue"),
            )["items"]
            missed = [
                Missed(point["ref"], item["due_on"])
                for item in late
                for point in item["points"]
                if point["priority_id"] == str(one["id"])
            ]
            label = words.place_label(plan["priority_label"], one["ref"], number)
            said[one["ref"]] = words.scope_sentence(label, one, missed)
            found = risks.of_priority(reader, who, one["id"], today=today, as_at=day)
            at_risk[one["ref"]] = risk_section(found)
    assert said == HALTON
    assert at_risk == HALTON_RISKS | dict.fromkeys(["PAP 3", "PAP 5"], "No risks identified.")
