"""One search over refs, titles, names and all that was told, in one's own area alone."""

from typing import Any

import pytest

from app.access.roles import Principal
from app.services import search
from tests.factories import (
    Cast,
    Shown,
    assess,
    make_action,
    make_control,
    make_management_action,
    make_person,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    see,
    update,
    withdraw,
)


def found(who: Principal, typed: str, **named: Any) -> dict[str, list[str]]:
    """The refs that a search finds, by group, best first."""
    answer = see(search.search, who, search.question(typed), **named)
    return {one["name"]: [item["ref"] for item in one["items"]] for one in answer}


def told(who: Principal, typed: str) -> tuple[str, str]:
    """Where the words stand in the first record that is found: what that is, and the text."""
    [first, *_] = see(search.search, who, search.question(typed))
    text = first["items"][0]["told"]
    return text.kind, text.text


def test_a_record_with_exactly_that_ref_comes_first_and_so_does_its_group(
    people: Cast, priority: Shown, register: Shown
) -> None:
    make_action(people.editor, priority, ref="3", title="Survey")
    make_action(people.editor, priority, ref="1.1", title="Train 3 officers")
    make_risk(people.editor, register["id"], ref="3", description="Too few officers")
    make_risk(people.editor, register["id"], ref="1", description="Only 3 places")
    assert found(people.viewer, "3") == {"actions": ["3", "1.1"], "risks": ["3", "1"]}
    assert found(people.viewer, "Risk 3") == {"risks": ["3"]}
    assert found(people.viewer, "pap 1")["priorities"] == ["PAP 1"]
    make_action(people.editor, priority, ref="1.2", title="PAP 1 in the news")
    answer = see(search.search, people.viewer, search.question("PAP 1"))
    assert [one["name"] for one in answer] == ["priorities", "actions"]


def test_an_action_is_found_by_each_of_its_refs_and_by_their_beginning(people: Cast, priority: Shown) -> None:
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2", title="Governance")
    make_action(people.editor, [priority, second], ref="9.1", title="Survey")
    make_action(people.editor, priority, ref="19.1", title="Dashboard")
    assert found(people.viewer, "9.1-2") == {"actions": ["9.1"]}
    assert found(people.viewer, "9.") == {"actions": ["9.1"]}
    make_action(people.editor, priority, ref="4.5", title="Check the 9. review")
    make_action(people.editor, priority, ref="9.3", title="Workforce")
    assert found(people.viewer, "9.") == {"actions": ["9.1", "9.3", "4.5"]}


def test_every_word_must_stand_somewhere_in_the_record(people: Cast, priority: Shown) -> None:
    lead = make_person(people.editor, name="Zoë Okafor")
    other = make_person(people.editor, name="Bryn Vale")
    action = make_action(
        people.editor,
        priority,
        title="Agree a joint process",
        lead_id=lead["id"],
        co_lead_ids=[other["id"]],
        success_measure="Every plan within 20 weeks",
    )
    update(
        people.editor, action["id"], status="delayed", narrative="The tribunal asked for more.", reason="Late"
    )
    update(people.editor, action["id"], narrative="The élan is back.")
    for typed in (
        "joint okafor",
        "PROCESS tribunal",
        "20 weeks vale",
        '"joint process"',
        "zoë",
        "ZOË",
        "late",
    ):
        assert found(people.viewer, typed) == {"actions": ["1.1"]}, typed
    for typed in ("joint someone", '"process joint"', "100%", "j_int", "%", "\\"):
        assert found(people.viewer, typed) == {}, typed
    assert told(people.viewer, "tribunal") == ("update", "The tribunal asked for more.")
    assert told(people.viewer, "vale") == ("co_lead", "Bryn Vale")
    assert told(people.viewer, "ÉLAN") == ("update", "The élan is back.")
    assert told(people.viewer, "20") == ("success_measure", "Every plan within 20 weeks")


def test_what_was_corrected_is_not_found_and_what_was_told_long_ago_is(people: Cast, priority: Shown) -> None:
    action = make_action(people.editor, priority)
    wrong = update(people.editor, action["id"], narrative="Mediation has begun.", effective_on="2024-05-01")
    update(people.editor, action["id"], narrative="The panel met.", effective_on="2024-05-02")
    update(people.editor, action["id"], narrative="A newer word.", effective_on="2024-06-02")
    assert found(people.viewer, "mediation") == {"actions": ["1.1"]}
    given = {"replaces": wrong["id"], "effective_on": "2024-05-01", "reason": "It had not"}
    update(people.editor, action["id"], narrative="Talks have begun.", **given)
    assert found(people.viewer, "mediation") == {}
    assert found(people.viewer, "panel") == {"actions": ["1.1"]}


def test_a_withdrawn_action_is_found_and_says_so(people: Cast, priority: Shown) -> None:
    withdraw(people.editor, make_action(people.editor, priority, title="Survey")["id"])
    [group] = see(search.search, people.viewer, search.question("survey"))
    assert [item["withdrawn"] for item in group["items"]] == [True]


def test_a_risk_is_found_by_what_is_done_about_it(people: Cast, register: Shown) -> None:
    risk = make_risk(people.editor, register["id"], effect="Families wait", owner_id=people.editor.person_id)
    make_control(people.editor, risk["id"], description="Monthly panel")
    make_management_action(people.editor, risk["id"], title="Recruit two psychologists")
    assess(people.editor, risk["id"], narrative="The market is thin.", reason="Vacancies grow")
    for typed in ("families", "editor of the north", "panel", "recruit", "thin market", "vacancies"):
        assert found(people.viewer, typed) == {"risks": ["1"]}, typed
    assert told(people.viewer, "panel") == ("control", "Monthly panel")


def test_plans_registers_and_priorities_are_found(people: Cast, priority: Shown, register: Shown) -> None:
    make_plan(people.editor, ref="DBV", title="Delivering better value")
    make_register(people.editor, ref="DR", title="Programme risks")
    assert found(people.viewer, "better value") == {"plans": ["DBV"]}
    assert found(people.viewer, "programme") == {"registers": ["DR"]}
    assert found(people.viewer, "health care") == {"priorities": ["PAP 1"]}


def test_nothing_of_another_area_is_found(people: Cast, priority: Shown, register: Shown) -> None:
    action = make_action(people.editor, priority, title="Survey of parents")
    update(people.editor, action["id"], narrative="A tribunal")
    make_risk(people.editor, register["id"])
    for typed in ("survey", "1.1", "1", "PAP", "RR", "tribunal", "education", "register"):
        assert found(people.viewer, typed), typed
        assert found(people.stranger, typed) == {}, typed


def test_a_group_says_how_many_there_are_beyond_those_that_are_shown(people: Cast, priority: Shown) -> None:
    for number in range(1, 5):
        make_action(people.editor, priority, ref=f"1.{number}", title="Survey")
    [group] = see(search.search, people.viewer, search.question("survey"), limit=3)
    assert (group["total"], len(group["items"])) == (4, 3)
    assert found(people.viewer, "survey", only="risks") == {}


@pytest.mark.parametrize("typed", ["", "   ", '""', "\x00", "\u200b"])
def test_a_question_without_words_asks_nothing(people: Cast, typed: str) -> None:
    assert see(search.search, people.viewer, search.question(typed)) == []


def test_a_question_is_cut_to_what_can_be_looked_for() -> None:
    asked = search.question("word " * 100)
    assert len(asked.typed) <= search.LONGEST
    assert asked.words == ("word",)
    assert len(search.question(" ".join(f"w{n}" for n in range(30))).words) == search.MOST_WORDS
