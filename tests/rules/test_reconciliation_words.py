"""What the service says of published percentages, word for word."""

from pathlib import Path

import pytest

import app
from app.plans.published import checked, read_csv
from app.plans.reconcile import Reconciliation, reconcile
from app.sentences.reconciliation import explanation, headline, scope_explanation

SAMPLE = Path(app.__file__).parent / "sample" / "halton-pap" / "published-progress.csv"
PRINTED = "PAP 1,44,,44,,55"
HEADER = "scope,complete,on_target,delayed,not_started,complete_or_on_target,actions\n"


def found_in(text: str) -> Reconciliation:
    return reconcile(checked([line.typed for line in read_csv(text)]))


def halton(pap_1: str = PRINTED) -> Reconciliation:
    text = SAMPLE.read_text(encoding="utf-8")
    assert PRINTED in text
    return found_in(text.replace(PRINTED, pap_1))


def said(found: Reconciliation) -> dict[str, str]:
    return {one.row.scope: scope_explanation(one, found) for one in found.scopes}


def test_each_printed_priority_is_possible_by_itself() -> None:
    found = halton()
    assert {one.row.scope: one.found and one.found.actions for one in found.scopes} == {
        "overall": 47,
        "PAP 1": 55,
        "PAP 2": 5,
        "PAP 3": 7,
        "PAP 4": 12,
        "PAP 5": 60,
    }
    words = said(found)
    assert words["PAP 1"] == (
        "Possible by itself: it needs at least 55 actions, 24 complete, 6 on target, 24 delayed and "
        "1 not started."
    )
    assert words["PAP 5"] == (
        "Possible by itself: it needs at least 60 actions, 13 complete, 24 on target, 9 delayed and "
        "14 not started."
    )


def test_the_printed_overall_row_is_impossible_together_with_the_priorities() -> None:
    found = halton()
    assert not found.is_possible
    assert headline(found) == "The overall figures cannot come from the same actions as the priorities."
    assert explanation(found) == (
        "Each priority is possible by itself, but overall 17/51/30/2 is impossible together with them, "
        "whatever their sizes. 17% + 51% is too high. 17% and 51% mean at least 16.5% and 50.5%, together "
        "67.0%. With at least 16.5% complete, the priorities' own figures allow 66.05% at most."
    )


def test_two_percent_not_started_needs_at_least_641_actions() -> None:
    """As domain.md opens; the 55% of PAP 1 asks for one more that is not started, which takes it to 681."""
    assert said(halton())["overall"] == (
        "Possible by itself: it needs at least 47 actions, 8 complete, 24 on target, 14 delayed and "
        "1 not started. With the priorities, 2% not started is too low. At least 16 actions are not started: "
        "2 in PAP 4 and 14 in PAP 5. 16 is 2% only in a plan of 641 actions or more. With 1 in PAP 1, by its "
        "other figures, it takes 681."
    )
    assert said(halton("PAP 1,44,11,44,0,"))["overall"].endswith("in a plan of 641 actions or more.")


def test_a_low_share_that_a_large_plan_can_have_is_not_called_too_low() -> None:
    found = found_in(f"{HEADER}overall,,,,2,,\na,,,,23,,\nb,,,,0,,\n")
    assert found.is_possible
    assert "2% not started needs a large plan. At least" in said(found)["overall"]


def test_fifty_five_percent_adds_two_rounded_figures() -> None:
    found = halton("PAP 1,44,,44,none,55")
    assert [one.row.scope for one in found.scopes if not one.found] == ["PAP 1"]
    assert said(found)["PAP 1"] == (
        "Impossible: delayed 44% and no action not started leave more than 55.5% and at most 56.5% complete "
        "or on target, and 55% complete or on target means at least 54.5% and less than 55.5%. 55 is what "
        "44 + 11 gives when added after rounding; 4 + 1 of 9 is 56%."
    )
    assert headline(found) == "No whole-number counts can give the figures of PAP 1."
    assert explanation(found) == (
        "No whole-number counts can give the figures of PAP 1: 55 is what 44 + 11 gives when added after "
        "rounding, and 4 + 1 of 9 is 56%. Even without combined figures overall 17/51/30/2 is impossible "
        "together with the priorities. 17% + 51% is too high. 17% and 51% mean at least 16.5% and 50.5%, "
        "together 67.0%. With at least 16.5% complete, the priorities' own figures allow 66.05% at most."
    )


def test_the_plans_own_figures_are_possible() -> None:
    found = found_in(
        f"{HEADER}overall,18,43,22,17,61,93\nPAP 1,44,11,44,0,56,9\nPAP 2,0,60,40,,,5\nPAP 3,0,71,29,,,7\n"
        "PAP 4,0,58,25,17,,12\nPAP 5,22,40,15,23,,60\n"
    )
    assert found.is_possible
    assert headline(found) == "The overall figures can follow from the priorities."
    assert explanation(found) == (
        "Overall 18/43/22/17 (61 complete or on target) can follow from the priorities with these numbers "
        "of actions. There are whole-number counts that give every row at once."
    )
    assert said(found)["PAP 4"] == "Possible with 12 actions: 7 on target, 3 delayed and 2 not started."


@pytest.mark.parametrize(
    "rows, second",
    [
        (
            "overall,50,,,,,\na,10,,,,,\nb,20,,,,,",
            "50% complete is too high. 50% means at least 49.5%. The priorities' own figures allow 20.50% at "
            "most.",
        ),
        (
            "overall,50,,,,,\na,49,,,,,\nb,49,,,,,",
            "50% complete is too high. 50% means at least 49.5%. The priorities' own figures allow less than "
            "49.5%.",
        ),
        (
            "overall,,,,10,,\na,,,,20,,\nb,,,,30,,",
            "10% not started is too low. 10% means less than 10.5%. The priorities' own figures give at "
            "least 19.50%.",
        ),
        (
            "overall,none,,,,,\na,0,10,,,,\nb,1,,,,,",
            "No action complete is too low. The priorities' own figures make some complete.",
        ),
        (
            "overall,50,50,0,0,,4\na,100,0,0,0,,1\nb,33,67,0,0,,3",
            "There are whole-number counts that give every row at once.",
        ),
        (
            "overall,50,50,0,0,,4\na,0,100,0,0,,1\nb,33,67,0,0,,3",
            "Of the 4 actions, the priorities have 1 complete at most, and the overall row needs at least 2.",
        ),
        ("overall,50,50,0,0,,6\na,0,100,0,0,,1\nb,33,67,0,0,,3", "The priorities have 4 together."),
    ],
)
def test_the_reason_has_the_figures_that_decide(rows: str, second: str) -> None:
    assert explanation(found_in(HEADER + rows)).endswith(f" {second}")


@pytest.mark.parametrize(
    "row, words",
    [
        (
            "a,44,,,,,10",
            "44% complete would be at least 4.35 and less than 4.45 of 10, and there is no whole number",
        ),
        ("a,33,33,33,,,4", "Impossible with 4 actions."),
        (
            "a,33,33,33,0,,61",
            "Impossible with 61 actions. Other numbers of actions can give these figures, 3 for example.",
        ),
        (
            "a,26,26,26,26,,",
            "complete 26%, on target 26%, delayed 26% and not started 26% make up at least 102.0%, before",
        ),
        ("a,20,20,20,20,,", "make up less than 82.0%, before any rounding."),
        (
            "a,10,20,,,40,",
            "Impossible: complete 10% and on target 20% give at least 29.0% and less than 31.0% complete or "
            "on target, and 40% complete or on target means at least 39.5% and less than 40.5%.",
        ),
        (
            "a,44,11,44,0,55,9",
            "Impossible with 9 actions. 55 is what 44 + 11 gives when added after rounding;",
        ),
    ],
)
def test_an_impossible_row_says_why(row: str, words: str) -> None:
    found = found_in(HEADER + row)
    assert not found.is_possible
    assert words in said(found)["a"]


def test_many_impossible_rows_are_counted() -> None:
    found = found_in(HEADER + "".join(f"PAP {number},26,26,26,26,,\n" for number in range(1, 9)))
    assert headline(found) == (
        "No whole-number counts can give the figures of PAP 1, PAP 2, PAP 3, PAP 4, PAP 5, PAP 6 and 2 more."
    )
