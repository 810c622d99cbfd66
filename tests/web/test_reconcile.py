"""The page that checks published percentages: the form, what it refuses, and the verdicts."""

import re
from html import unescape
from pathlib import Path

import pytest

import app
from app.plans.published import FIELDS
from app.services.reconciliations import check_csv
from app.web.forms import MOST_FIELDS
from app.web.presenters.reconciliation import MOST_ROWS, new_form, row_numbers
from tests import doors
from tests.web.conftest import Visitor, errors, fields, plan_path, words

SAMPLE = Path(app.__file__).parent / "sample" / "halton-pap" / "published-progress.csv"
HEADER = "scope,complete,on_target,delayed,not_started,complete_or_on_target,actions"


def form_of(visitor: Visitor) -> dict[str, str]:
    """The form of the sample's plan as it is first shown."""
    return fields(visitor.get(f"/reconcile?plan={plan_path(visitor).removeprefix('/plans/')}"))


def summary(html: str) -> list[tuple[str, str]]:
    """The error summary: the field that each message links to, and the message."""
    found = re.findall(r'<li><a href="#([^"]*)">(.*?)</a></li>', html)
    return [(target, unescape(message)) for target, message in found]


def row(number: int, **typed: str) -> dict[str, str]:
    return {f"{field}-{number}": value for field, value in typed.items()}


def test_the_plan_leads_to_a_form_with_a_row_for_each_of_its_priorities(viewer: Visitor) -> None:
    assert f'href="/reconcile?plan={plan_path(viewer).removeprefix("/plans/")}"' in viewer.get(
        plan_path(viewer)
    )
    form = form_of(viewer)
    scopes = [value for name, value in form.items() if name.startswith("scope-")]
    assert scopes == ["overall", "PAP 1", "PAP 2", "PAP 3", "PAP 4", "PAP 5"]
    assert not any(
        value for name, value in form.items() if name.partition("-")[0] not in ("scope", "plan", "draft")
    )


def test_without_a_plan_the_form_has_empty_rows(viewer: Visitor) -> None:
    form = fields(viewer.get("/reconcile"))
    assert form["scope-1"] == "overall"
    assert form["scope-2"] == ""


@pytest.mark.parametrize("plan", ["x", "01900000-0000-7000-8000-000000000000"])
def test_a_plan_that_is_not_there_is_not_found(viewer: Visitor, plan: str) -> None:
    viewer.get(f"/reconcile?plan={plan}", 404)
    viewer.send("/reconcile", {"plan": plan}, 404)


def test_another_areas_plan_is_not_found(viewer: Visitor, stranger: Visitor) -> None:
    plan = plan_path(viewer).removeprefix("/plans/")
    stranger.get(f"/reconcile?plan={plan}", 404)
    stranger.send("/reconcile", {"plan": plan}, 404)


def test_what_was_published_in_june_2024_has_its_verdict_first_and_its_table_last(viewer: Visitor) -> None:
    before = doors.counts()
    sent = form_of(viewer) | {"csv": SAMPLE.read_text(encoding="utf-8")}
    text = words(viewer.send("/reconcile", sent, 200).text)
    told = [
        "The overall figures cannot come from the same actions as the priorities.",
        "Each priority is possible by itself, but overall 17/51/30/2 is impossible together with them",
        "Why",
        "17% + 51% is too high. 17% and 51% mean at least 16.5% and 50.5%, together 67.0%.",
        "the priorities' own figures allow 66.05% at most.",
        "2% not started is too low. At least 16 actions are not started: 2 in PAP 4 and 14 in PAP 5.",
        "in a plan of 641 actions or more.",
        "Each scope by itself",
        "PAP 1 at least 55 actions",
        "PAP 5 at least 60 actions",
        "Check another set of figures",
        "Checked: 6 rows. What you typed is not kept.",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    assert doors.counts() == before


def test_typed_figures_are_checked_and_unused_rows_left_out(viewer: Visitor) -> None:
    sent = form_of(viewer)
    for number in range(1, 7):
        sent |= row(number, scope="")
    sent |= row(3, scope="PAP 1", complete="44", delayed="44%", not_started="none")
    sent |= row(3, complete_or_on_target="55")
    text = words(viewer.send("/reconcile", sent, 200).text)
    assert "No whole-number counts can give the figures of PAP 1" in text
    assert "55 is what 44 + 11 gives when added after rounding; 4 + 1 of 9 is 56%." in text
    assert "Checked: 1 row." in text


def test_figures_that_can_be_are_said_to_be(viewer: Visitor) -> None:
    text = f"{HEADER}\noverall,18,43,22,17,,93\nPAP 1,44,11,44,0,56,9\nothers,15,46,19,19,,84"
    shown = words(viewer.send("/reconcile", {"csv": text}, 200).text)
    assert "The overall figures can follow from the priorities." in shown
    assert "Impossible" not in shown
    assert "Why" not in shown


def test_what_is_wrong_is_named_by_row_and_field_and_nothing_typed_is_lost(viewer: Visitor) -> None:
    sent = form_of(viewer) | row(2, complete="44", delayed="half") | row(4, on_target="171", actions="9")
    html = viewer.send("/reconcile", sent, 422).text
    assert "<title>Error: Check published percentages" in html
    assert summary(html)[:2] == [
        (
            "delayed-2",
            "PAP 1, delayed: give a whole percentage from 0 to 100, none for exactly zero, or leave it blank",
        ),
        ("actions-2", "PAP 1, actions: give the number of actions for every scope or for none"),
    ]
    assert fields(html)["delayed-2"] == "half"
    assert fields(html)["on_target-4"] == "171"
    assert [message for _, message in summary(html)] == errors(html)


def test_a_sum_that_no_one_could_have_meant_is_refused(viewer: Visitor) -> None:
    sent = form_of(viewer) | row(2, complete="50", on_target="50", delayed="20", not_started="20")
    assert summary(viewer.send("/reconcile", sent, 422).text) == [
        (
            "not_started-2",
            "PAP 1: 50 + 50 + 20 + 20 is 140. The four shares must add up to about 100",
        )
    ]


@pytest.mark.parametrize(
    "typed, message",
    [
        ({}, "Type at least one percentage, or paste rows of a CSV file"),
        ({"csv": "a,b\n1,2"}, "Missing: scope, complete, on_target, delayed, not_started"),
        ({"csv": f"{HEADER}\n\nPAP 1,1,2,3,101"}, "Row 3 (PAP 1), not_started: give a whole percentage"),
        ({"csv": HEADER}, "There is no row"),
        ({"csv": f"{HEADER}\nPAP 1,1", "scope-1": "PAP 1", "complete-1": "4"}, "not both"),
        ({"csv": f"{HEADER}\nPAP 1,1\x07"}, "Remove the hidden control character"),
        ({"csv": f"{HEADER}\n" + "".join(f"{n},101\n" for n in range(9))}, "There are 6 more to correct"),
    ],
)
def test_what_holds_no_figures_is_refused(viewer: Visitor, typed: dict[str, str], message: str) -> None:
    html = viewer.send("/reconcile", typed, 422).text
    assert message in errors(html)[0]


def test_prefilled_rows_without_a_percentage_are_left_out(viewer: Visitor) -> None:
    """A number of actions alone is no figure either."""
    form = form_of(viewer)
    assert "Rows without a percentage are left out." in viewer.get("/reconcile")
    sent = form | row(2, complete="44", on_target="11", delayed="44", not_started="0", actions="9")
    text = words(viewer.send("/reconcile", sent | row(3, actions="5"), 200).text)
    assert "Checked: 1 row." in text
    assert "PAP 2" not in text
    html = viewer.send("/reconcile", form | row(1, actions="93"), 422).text
    assert errors(html) == ["Type at least one percentage, or paste rows of a CSV file"]


def test_the_plans_own_figures_stand_beside_those_that_were_published(viewer: Visitor) -> None:
    sent = form_of(viewer) | {"csv": SAMPLE.read_text(encoding="utf-8")}
    shown = words(viewer.send("/reconcile?as_at=2024-06-30", sent, 200).text)
    assert "the plan's own on 30 June 2024" in shown
    rows = shown.partition("Each scope by itself")[2]
    overall, _, priorities = rows.partition("PAP 1")
    assert "Complete 17% plan 18% (17)" in overall
    assert "Does not agree" in overall
    assert "PAP 2 at least 5 actions" in priorities
    assert "Agrees with the plan" in priorities
    assert (
        "What the report should say Overall: 18% of action points (17 of 93) are complete, 43% (40 of 93) "
        "are on target, 22% (20 of 93) are delayed and 17% (16 of 93) are not started."
    ) in shown


def test_without_a_plan_there_is_nothing_to_agree_with(viewer: Visitor) -> None:
    shown = words(viewer.send("/reconcile", {"csv": SAMPLE.read_text(encoding="utf-8")}, 200).text)
    assert "Agrees" not in shown
    assert "What the report should say" not in shown


def test_what_was_typed_can_be_changed_after_the_verdict(viewer: Visitor) -> None:
    typed = form_of(viewer) | row(2, complete="44", on_target="11", delayed="44", not_started="0")
    result = viewer.send("/reconcile?as_at=2024-06-30", typed, 200).text
    assert "Change these figures" in result
    carried = fields(result) | {"edit": "1"}
    again = viewer.send("/reconcile?as_at=2024-06-30", carried, 200).text
    assert 'action="/reconcile?as_at=2024-06-30"' in again
    assert {**fields(again), "csv": ""} == {**typed, "csv": ""}
    assert viewer.send("/reconcile?as_at=2024-06-30", fields(again), 200).text == result


def test_data_quality_leads_to_the_check_of_published_percentages(viewer: Visitor) -> None:
    assert 'href="/reconcile"' in viewer.get("/data-quality")


def test_a_scope_that_is_there_twice_is_named_as_it_was_typed(viewer: Visitor) -> None:
    twice = row(1, scope="A", complete="5") | row(3, scope="a", complete="6")
    assert summary(viewer.send("/reconcile", {"scope-2": ""} | twice, 422).text) == [
        ("scope-3", "Row 3: scope a is there twice. Give each scope once")
    ]


def test_the_same_sentence_does_not_stand_twice_in_a_verdict(viewer: Visitor) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("PAP 1,44,,44,,55", "PAP 1,44,,44,none,55")
    shown = words(viewer.send("/reconcile", {"csv": text}, 200).text)
    assert shown.count("55 is what 44 + 11 gives") == 1
    assert shown.count("No whole-number counts can give the figures of PAP 1") == 1
    assert "not printed" in shown


def test_a_plan_of_many_priorities_is_pasted() -> None:
    """A form holds a hundred fields: more than twelve priorities come as rows to be filled in as text."""
    plan = {"id": "p"}
    few = new_form(plan, [f"PAP {number}" for number in range(1, 13)])
    many = new_form(plan, [f"PAP {number}" for number in range(1, 14)])
    assert (len(row_numbers(few)), few.value("csv")) == (13, "")
    assert row_numbers(many) == []
    filled = many.value("csv") + "\nPAP 14,44,11,44,0"
    assert len(check_csv(filled, only_given=True)[0].scopes) == 1
    assert many.value("csv").splitlines()[-1] == '"PAP 13",,,,'
    assert len(few.value("csv").splitlines()) + len(FIELDS) * MOST_ROWS + 2 <= MOST_FIELDS
