"""A plan on two days: every change with the entry that explains it, and counts that reconcile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from sqlalchemy import Engine, event

from app import db
from app.errors import NotFound
from app.plans.statuses import Status
from app.sentences import changes, restated, risk_changes
from app.services import areas, comparison, over_time, overview, plans, progress, publications, updates
from app.services import compared as compared_service
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    assess,
    cast,
    make_action,
    make_plan,
    make_priority,
    make_published,
    make_register,
    make_risk,
    move,
    pair,
    refused,
    reinstate,
    see,
    update,
    withdraw,
)
from tests.services.test_action_properties import DAYS, EXAMPLES, play
from tests.services.test_action_properties import _steps as scripts

pytestmark = pytest.mark.usefixtures("database")

APRIL, MAY, JUNE = date(2024, 4, 30), date(2024, 5, 15), date(2024, 6, 30)


@pytest.fixture
def people(database: str) -> Cast:
    return cast()


@pytest.fixture
def plan(people: Cast) -> Shown:
    return make_plan(people.editor)


@pytest.fixture
def under(people: Cast, plan: Shown) -> list[Shown]:
    return [make_priority(people.editor, plan["id"], ref=f"PAP {place}") for place in (1, 2)]


def compared(people: Cast, plan: Shown, **named: Any) -> Shown:
    days = {"as_at": JUNE, "compare": APRIL} | named
    found: Shown = see(comparison.compare, people.viewer, plan["id"], today=TODAY, **days)
    return found


def kinds(found: Shown) -> dict[str, list[str]]:
    """The refs under each kind of change that there is; of risks "risk new", "risk closed" and so on."""
    both = found["actions"] | {f"risk {kind}": group for kind, group in found["risks"].items()}
    return {kind: [one["ref"] for one in group["items"]] for kind, group in both.items() if group["items"]}


def only(found: Shown, kind: str) -> Shown:
    of = found["risks"] if kind.startswith("risk ") else found["actions"]
    (item,) = of[kind.removeprefix("risk ")]["items"]
    return dict(item)


def test_a_change_comes_with_the_entry_that_made_it(people, plan, under):
    action = make_action(people.editor, under[0], status=Status.on_target, due_on="2024-09-30")
    update(people.editor, action["id"], effective_on=MAY, status=Status.delayed, narrative="Lead left.")
    update(
        people.editor,
        action["id"],
        effective_on=date(2024, 5, 20),
        status=Status.delayed,
        narrative="No lead yet.",
    )
    found = compared(people, plan)
    assert kinds(found) == {"became_delayed": ["1.1"]}
    item = only(found, "became_delayed")
    assert (item["before"]["status"], item["after"]["status"]) == ("on_target", "delayed")
    assert item["entry"]["narrative"] == "Lead left.", "stating the same again changed nothing"
    assert item["entry"]["effective_on"] == MAY
    assert found["statuses"]["delayed"] == {"earlier": 0, "came": 1, "left": 0, "later": 1}


def test_an_entry_that_was_replaced_explains_nothing(people, plan, under):
    action = make_action(people.editor, under[0], status=Status.on_target)
    wrong = update(people.editor, action["id"], effective_on=MAY, status=Status.delayed, narrative="Wrong.")
    update(
        people.editor,
        action["id"],
        effective_on=MAY - timedelta(days=5),
        status=Status.complete,
        narrative="Right.",
        replaces=wrong["id"],
    )
    found = compared(people, plan)
    assert kinds(found) == {"completed": ["1.1"]}
    assert only(found, "completed")["entry"]["narrative"] == "Right."


def test_new_withdrawn_and_reinstated_actions_are_told_apart(people, plan, under):
    stays, leaves, returns = (make_action(people.editor, under[0], ref=f"1.{place}") for place in (1, 2, 3))
    withdraw(people.editor, returns["id"], effective_on=ADDED)
    withdraw(people.editor, leaves["id"], effective_on=MAY, reason="Merged with 1.1")
    reinstate(people.editor, returns["id"], effective_on=MAY, reason="Needed after all")
    make_action(people.editor, under[1], ref="2.1", effective_on=MAY, reason="Asked for by the board")
    brief = make_action(people.editor, under[1], ref="2.2", effective_on=MAY)
    withdraw(people.editor, brief["id"], effective_on=date(2024, 6, 1))
    found = compared(people, plan)
    assert kinds(found) == {"new": ["2.1"], "withdrawn": ["1.2", "2.2"], "reinstated": ["1.3"]}
    assert only(found, "new")["entry"]["reason"] == "Asked for by the board"
    assert found["actions"]["withdrawn"]["items"][0]["entry"]["reason"] == "Merged with 1.1"
    assert [one["before"] is None for one in found["actions"]["withdrawn"]["items"]] == [False, True]
    assert only(found, "reinstated")["entry"]["reason"] == "Needed after all"
    assert (found["earlier"]["action_points"], found["later"]["action_points"]) == (2, 3)
    assert stays["ref"] not in str(kinds(found))


def test_dates_that_moved_are_told_with_both_values(people, plan, under):
    action = make_action(people.editor, under[0], due_on="2024-08-31")
    update(people.editor, action["id"], effective_on=MAY, due_on="2024-10-31", reason="Autumn term.")
    update(people.editor, action["id"], effective_on=JUNE, forecast_on="2024-11-30", narrative="Later still.")
    found = compared(people, plan)
    assert kinds(found) == {"due_moved": ["1.1"], "forecast_moved": ["1.1"]}
    due = only(found, "due_moved")
    assert (due["before"]["due_on"], due["after"]["due_on"]) == (date(2024, 8, 31), date(2024, 10, 31))
    assert due["entry"]["reason"] == "Autumn term."
    assert only(found, "forecast_moved")["entry"]["narrative"] == "Later still."


def test_a_date_that_passed_and_a_delay_that_stays_are_told_with_the_latest_narrative(people, plan, under):
    action = make_action(
        people.editor, under[0], status=Status.delayed, due_on="2024-05-31", narrative="Drafting."
    )
    found = compared(people, plan)
    assert kinds(found) == {"still_delayed": ["1.1"], "became_overdue": ["1.1"]}
    assert only(found, "still_delayed")["entry"]["narrative"] == "Drafting."
    assert kinds(compared(people, plan, compare=date(2024, 6, 1))) == {"still_delayed": ["1.1"]}
    update(people.editor, action["id"], effective_on=MAY, narrative="Redrafting.")
    assert only(compared(people, plan), "became_overdue")["entry"]["narrative"] == "Redrafting."


def test_a_shared_action_is_one_action_and_counts_at_each_place(people, plan, under):
    action = make_action(people.editor, under, status=Status.on_target)
    update(people.editor, action["id"], effective_on=MAY, status=Status.delayed)
    found = compared(people, plan)
    group = found["actions"]["became_delayed"]
    assert (group["action_points"], group["actions"]) == (2, 1)
    mine = compared(people, plan, priority_id=under[1]["id"])["actions"]["became_delayed"]
    assert (mine["action_points"], mine["actions"]) == (1, 1)
    assert mine["items"][0]["ref"] == "1.1-2"


def test_an_action_that_moved_left_one_priority_and_came_to_the_other(people, plan, under):
    action = make_action(people.editor, under[0], status=Status.delayed)
    place = {"priority_id": under[1]["id"], "ref": "2.9"}
    update(people.editor, action["id"], effective_on=MAY, points=[place], reason="Fits better there.")
    whole = compared(people, plan)
    assert kinds(whole) == {"moved": ["2.9"], "still_delayed": ["2.9"]}
    assert only(whole, "moved")["entry"]["reason"] == "Fits better there."
    assert whole["statuses"]["delayed"] == {"earlier": 1, "came": 1, "left": 1, "later": 1}
    for priority, came, left in ((under[0], 0, 1), (under[1], 1, 0)):
        part = compared(people, plan, priority_id=priority["id"])
        assert list(kinds(part)) == ["moved"]
        flow = part["statuses"]["delayed"]
        assert (flow["came"], flow["left"]) == (came, left)
        assert part["priority"]["ref"] == priority["ref"]


def test_risks_are_told_with_scores_bands_and_reasons(people, plan, under):
    register = make_register(people.editor, plan_id=plan["id"])

    def risk(ref: str, **given: Any) -> Any:
        values = {"ref": ref, "current": pair(3, 3), "target": pair(1, 2)} | given
        return make_risk(people.editor, register["id"], **values)["id"]

    worse, same, gone, target, bad = (risk(ref) for ref in "12345")
    assess(people.editor, worse, effective_on=MAY, current=pair(4, 4), reason="The post is vacant.")
    assess(people.editor, same, effective_on=MAY, reason="Looked at.")
    assess(people.editor, target, effective_on=MAY, target=pair(1, 1), reason="More is possible.")
    move(people.editor, gone, "closure", effective_on=MAY, reason="Done with.")
    move(people.editor, bad, "materialisation", effective_on=MAY, reason="It happened.")
    risk("6", effective_on=MAY, priority_id=under[0]["id"])
    found = compared(people, plan)
    assert kinds(found) == {
        "risk rescored": ["1"],
        "risk materialised": ["5"],
        "risk new": ["6"],
        "risk target_changed": ["4"],
        "risk closed": ["3"],
        "risk reviewed": ["2"],
    }
    item = only(found, "risk rescored")
    assert item["direction"] == "worsening"
    assert (item["before"]["current"]["band"], item["after"]["current"]["band"]) == ("Moderate", "High")
    said = {kind: only(found, kind)["entry"]["reason"] for kind in kinds(found)}
    assert said == {
        "risk rescored": "The post is vacant.",
        "risk materialised": "It happened.",
        "risk new": None,
        "risk target_changed": "More is possible.",
        "risk closed": "Done with.",
        "risk reviewed": "Looked at.",
    }
    assert kinds(compared(people, plan, priority_id=under[0]["id"])) == {"risk new": ["6"]}
    says_no_number_of_its_own(found)


def test_counts_over_time_are_those_of_progress_on_each_day(people, plan, under):
    action = make_action(people.editor, under, status=Status.on_target)
    make_action(people.editor, under[1], ref="2.1", effective_on=date(2024, 5, 31))
    gone = make_action(people.editor, under[0], ref="1.9")
    update(people.editor, action["id"], effective_on=date(2024, 5, 31), status=Status.delayed)
    withdraw(people.editor, gone["id"], effective_on=JUNE)
    for scope in (None, *(one["id"] for one in under)):
        found = see(over_time.by_status, people.viewer, plan["id"], today=TODAY, priority_id=scope)
        assert [day for day, _ in found][-4:] == [APRIL, date(2024, 5, 31), JUNE, TODAY]
        assert len(found) == 13
        for day, counts in found:
            answer = see(progress.progress, people.viewer, plan["id"], today=TODAY, as_at=day)
            mine = [one for one in answer["priorities"] if one["id"] == scope]
            figures = mine[0] if mine else answer["overall"]
            assert {status.value: count for status, count in counts.items()} == {
                name: share["count"] for name, share in figures["statuses"].items()
            }


def test_what_was_recorded_about_a_published_day_since_reconciles_in_every_scope(people, plan, under):
    """Against what the board was given: no point is lost or counted twice, also where a priority is new."""
    delayed, shared, leaves = (
        make_action(people.editor, where, ref=f"1.{place}", status=Status.delayed)
        for place, where in enumerate((under[0], under, under[0]), start=1)
    )
    make_published(people.editor, plan["id"], first_day=ADDED, last_day=APRIL)
    since = make_priority(people.editor, plan["id"], ref="PAP 3")
    late = {"effective_on": APRIL, "reason": "Learned of late"}
    update(people.editor, delayed["id"], status=Status.complete, **late)
    withdraw(people.editor, leaves["id"], **late)
    moved = [{"priority_id": one["id"], "ref": f"9.{place}"} for place, one in enumerate((under[1], since))]
    update(people.editor, shared["id"], points=moved, **late)
    make_action(people.editor, since, ref="3.1", status=Status.on_target, **late)
    whole = compared(people, plan, as_given=True)
    assert kinds(whole)["new"] == ["3.1"]
    assert len(whole["restated"]["entries"]) == 4
    for name in ("action_points", "withdrawn"):
        assert [whole[side][name] for side in ("earlier", "later")] == [
            sum(one[side][name] for one in whole["priorities"]) for side in ("earlier", "later")
        ]
    scopes = [compared(people, plan, as_given=True, priority_id=one["id"]) for one in (*under, since)]
    for found in (whole, *scopes):
        for status, flow in found["statuses"].items():
            assert flow["earlier"] + flow["came"] - flow["left"] == flow["later"], (found["priority"], status)
    assert scopes[-1]["earlier"]["action_points"] == 0, "the board was given nothing of it"
    assert restated.note(scopes[-1]["restated"], scopes[-1]["earlier"], APRIL).startswith(
        "No figure was published for 30 April 2024; as known now it is 50% (1 of 2). Two entries"
    )


def test_only_entries_on_actions_of_the_scope_explain_its_share_of_actions(people, plan, under):
    first, second = (make_action(people.editor, one, ref=f"{n}.1") for n, one in enumerate(under, start=1))
    register = make_register(people.editor, plan_id=plan["id"])
    risk = make_risk(people.editor, register["id"], priority_id=under[1]["id"])
    make_published(people.editor, plan["id"], first_day=ADDED, last_day=APRIL)
    late = {"effective_on": APRIL, "reason": "Learned of late"}
    assess(people.editor, risk["id"], **late)
    assert compared(people, plan, as_given=True)["restated"] is None, "a risk explains no share of actions"
    assert see(overview.overview, people.viewer, plan["id"], today=TODAY)["restated"] is None
    update(people.editor, first["id"], status=Status.complete, **late)
    share = "was published for 30 April 2024; as known now it is"
    why = "One entry recorded since explains this: action 1.1."
    for scope, note in (
        (None, f"0% (0 of 2) {share} 50% (1 of 2). {why}"),
        (under[0]["id"], f"0% (0 of 1) {share} 100% (1 of 1). {why}"),
        (under[1]["id"], ""),
    ):
        found = compared(people, plan, as_given=True, priority_id=scope)
        assert restated.note(found["restated"], found["earlier"], APRIL) == note
    answer = see(overview.overview, people.viewer, plan["id"], today=TODAY)
    assert [one["subject"]["ref"] for one in answer["restated"]["entries"]] == ["1.1"]
    update(people.editor, first["id"], points=[{"priority_id": under[1]["id"], "ref": "2.9"}], **late)
    for scope in (one["id"] for one in under):
        found = compared(people, plan, as_given=True, priority_id=scope)
        assert len(found["restated"]["entries"]) == 2, "it had a point there, or has one now"
    assert second["id"] not in [one["subject"]["id"] for one in found["restated"]["entries"]]


def test_a_published_action_that_is_now_known_to_begin_later_left_the_count(people, plan, under):
    """What no state of the later day tells is told beside it, and the flows reconcile."""
    gone = make_action(people.editor, under[0], title="Begun later")
    stays = make_action(people.editor, under, ref="1.2")
    update(people.editor, stays["id"], status=Status.on_target, effective_on=APRIL)
    make_published(people.editor, plan["id"], first_day=ADDED, last_day=APRIL)
    first = see(updates.list_updates, people.viewer, gone["id"])[0]
    right = {
        "points": first["facts"]["points"],
        "status": Status.not_started,
        "reason": "Added on the wrong day",
    }
    update(people.editor, gone["id"], replaces=first["id"], effective_on=date(2024, 6, 10), **right)
    days = {"as_at": MAY, "as_given": True}
    told = {"id": gone["id"], "title": "Begun later", "ref": "1.1", "added_on": date(2024, 6, 10)}
    for scope, left in ((None, [told]), (under[0]["id"], [told]), (under[1]["id"], None)):
        found = compared(people, plan, priority_id=scope, **days)
        assert kinds(found) == {}
        for flow in found["statuses"].values():
            assert flow["earlier"] + flow["came"] - flow["left"] == flow["later"], scope
        assert (found["restated"] and found["restated"]["left"]) == (
            left and [one | {"action_points": 1} for one in left]
        )
    note = (
        "67% (2 of 3) was published for 30 April 2024; as known now it is 100% (2 of 2). One entry recorded "
        "since explains this: action 1.1. "
        "Action 1.1 left the count: its first entry was corrected to 10 June 2024."
    )
    whole = compared(people, plan, **days)
    assert restated.note(whole["restated"], whole["earlier"], APRIL) == note
    answer = see(overview.overview, people.viewer, plan["id"], today=TODAY, as_at=MAY)
    assert restated.note(answer["restated"], answer["earlier"]["overall"], APRIL) == note
    assert compared(people, plan, as_given=True)["restated"]["left"] == [], "it is there on the later day"
    period = make_published(people.editor, plan["id"], ref="Q1", first_day=date(2024, 5, 1), last_day=MAY)
    proof = see(publications.proof, people.viewer, period["id"], today=TODAY)
    assert (proof.replay["agrees"], proof.replay["differences"]) == (True, [])


def test_another_area_is_told_nothing_of_how_ours_stood(people, plan, under):
    action = make_action(people.editor, under[0])
    register = make_register(people.editor, plan_id=plan["id"])
    risk = make_risk(people.editor, register["id"])
    days = {"today": TODAY, "as_at": JUNE, "compare": APRIL}
    for who, is_told in ((people.viewer, True), (people.stranger, False)):
        found, grid = dict(risk), {"register_id": register["id"]}
        see(compared_service.beside_risks, who, [found], **days)
        see(compared_service.beside_heat_map, who, grid, **days)
        assert (found["compared"] is not None, bool(grid["compared"])) == (is_told, is_told)
    with pytest.raises(NotFound):
        see(compared_service.beside_actions, people.stranger, [dict(action)], **days)
    with pytest.raises(NotFound):
        see(compared_service.progress, people.stranger, plan["id"], **days)


def test_nothing_happened_between_equal_days(people, plan, under):
    action = make_action(people.editor, under[0], status=Status.delayed, due_on="2024-05-31")
    update(people.editor, action["id"], effective_on=MAY, status=Status.delayed)
    register = make_register(people.editor, plan_id=plan["id"])
    make_risk(people.editor, register["id"])
    found = compared(people, plan, compare=JUNE)
    assert kinds(found) == {}
    assert found["earlier"] == found["later"]


def test_a_day_to_compare_with_must_not_be_later(people, plan):
    found = refused(compared, people, plan, compare=JUNE + timedelta(days=1))
    assert found == {"/compare": "Give 2024-06-30 or an earlier day: a comparison looks back from that day."}
    assert list(refused(compared, people, plan, as_at=TODAY + timedelta(days=1))) == ["/as_at"]


def test_a_day_to_compare_with_need_not_be_given(people, plan):
    assert compared(people, plan, compare=None)["compare"] == date(2024, 5, 31)
    assert compared(people, plan, as_at=date(2024, 6, 28), compare=None)["compare"] == date(2024, 5, 31)
    assert compared(people, plan, as_at=date(2024, 6, 27), compare=None)["compare"] == APRIL


def test_a_priority_of_another_plan_is_not_found(people, plan):
    other = make_plan(people.editor, ref="Other")
    priority = make_priority(people.editor, other["id"])
    for one in (priority["id"], uuid4()):
        with pytest.raises(NotFound):
            compared(people, plan, priority_id=one)


@contextmanager
def statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def seen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", seen)


def test_the_number_of_queries_does_not_grow_with_what_changed(people, plan, under):
    register = make_register(people.editor, plan_id=plan["id"])
    counts = []
    for number in range(1, 8):
        action = make_action(people.editor, under[0], ref=f"1.{number}", effective_on=MAY)
        update(people.editor, action["id"], effective_on=MAY, status=Status.delayed)
        make_risk(people.editor, register["id"], ref=f"{number}", effective_on=MAY)
        with statements() as sent:
            found = compared(people, plan)
        assert found["actions"]["new"]["actions"] == found["risks"]["new"]["risks"] == number
        counts.append(len(sent))
    assert len(set(counts)) == 1


def test_after_any_history_the_counts_reconcile_and_every_difference_is_told(database_kind, people):
    @settings(max_examples=EXAMPLES[database_kind], phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(scripts)
    def check(steps: Any) -> None:
        with db.write(people.editor) as connection:
            played = play(connection, people, steps)
            for compare in DAYS[::3]:
                for scope in (None, *played.priorities):
                    found = comparison.compare(
                        connection,
                        people.viewer,
                        played.plan,
                        today=TODAY,
                        as_at=DAYS[-1],
                        compare=compare,
                        priority_id=scope,
                    )
                    reconciles(found)
                    says_no_number_of_its_own(found)

    check()


_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def numbers(value: Any) -> set[int]:
    """Every number in an answer, in a text of it, and in its dates."""
    if isinstance(value, dict):
        return {number for one in value.values() for number in numbers(one)} | {len(value)}
    if isinstance(value, list):
        return {number for one in value for number in numbers(one)} | {len(value)}
    if isinstance(value, (str, date)):
        return {int(number) for number in re.findall(r"[0-9]+", str(value))}
    return {int(value)} if isinstance(value, (int, float)) else set()


def sentences(found: Shown) -> str:
    told = [changes.span(found), changes.lead(found), changes.second(found)]
    told += [risk_changes.lead(found), risk_changes.heading(found["risks"])]
    for kind, group in found["actions"].items():
        told.append(changes.heading(kind, group))
        told += [changes.action_told(kind, item, found).text for item in group["items"]]
    for kind, group in found["risks"].items():
        told += [risk_changes.risk_told(kind, item).text for item in group["items"]]
    return " ".join(told)


def says_no_number_of_its_own(found: Shown) -> None:
    text = sentences(found)
    said = {int(number) for number in re.findall(r"[0-9]+", text)}
    said |= {_NUMERALS.index(word) + 1 for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMERALS}
    assert said <= numbers(found)
    assert "None%" not in text
    assert ".." not in text


def reconciles(found: Shown) -> None:
    """The later count of each status is the earlier one plus what came less what left, and so in all."""
    for status, flow in found["statuses"].items():
        assert flow["later"] == flow["earlier"] + flow["came"] - flow["left"], status
        assert flow["later"] == found["later"]["statuses"][status]["count"]
    if found["earlier"]["statuses"] != found["later"]["statuses"]:
        assert kinds(found)
    for kind, group in found["actions"].items():
        assert group["actions"] == len(group["items"])
        if kind not in (
            "still_delayed",
            "became_overdue",
        ):  # these need no entry, and nobody may have told why
            assert all(item["entry"] for item in group["items"])


def test_the_sample_between_two_ends_of_months(sample_database):
    with db.read(None) as reader:
        who = areas.by_slug(reader, "halton")
        plan = plans.list_plans(reader, who)["items"][0]
        found = comparison.compare(reader, who, plan["id"], today=TODAY, as_at=JUNE, compare=APRIL)
    counted = {
        kind: (group["actions"], group["action_points"])
        for kind, group in found["actions"].items()
        if group["items"]
    }
    assert counted == {
        "became_delayed": (16, 20),
        "became_overdue": (1, 5),
        "completed": (14, 14),
        "started": (32, 32),
    }
    assert found["statuses"] == {
        "complete": {"earlier": 3, "came": 14, "left": 0, "later": 17},
        "on_target": {"earlier": 38, "came": 32, "left": 30, "later": 40},
        "delayed": {"earlier": 0, "came": 20, "left": 0, "later": 20},
        "not_started": {"earlier": 52, "came": 0, "left": 36, "later": 16},
    }
    assert [one["ref"] for one in found["risks"]["scored"]["items"]] == ["2", "3", "4"]
