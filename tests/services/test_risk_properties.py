"""Whatever is assessed, accepted, closed and reopened, in any order: the answers follow from the entries.

As ``test_action_properties`` for risks: the answers are worked out a second time from the raw entries.
"""

import contextlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app import db
from app.errors import ServiceError
from app.models.registers import MatrixCreate, RegisterCreate
from app.models.risks import Acceptance, AssessmentCreate, RiskCreate, StateChange
from app.services import assessments, registers, risks
from tests.factories import AT, FIVE_BY_FIVE, TODAY, Cast, cast

pytestmark = pytest.mark.usefixtures("database")

DAYS = [TODAY - timedelta(days=ago) for ago in range(7, -1, -1)]
# Shrinking would play hundreds of scripts; they are short enough to be read as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EXAMPLES = {"sqlite": 20, "postgresql": 6}
# From the fourth day on everything above 4 is High; assessments of other days keep the bands of theirs.
STRICTER: dict[str, Any] = FIVE_BY_FIVE | {
    "bands": [{"name": "Low", "lowest": 1, "highest": 4}, {"name": "High", "lowest": 5, "highest": 25}],
    "effective_on": DAYS[4],
    "reason": "Because",
}
_pair = st.none() | st.fixed_dictionaries({"likelihood": st.integers(1, 5), "impact": st.integers(1, 5)})
_facts = st.fixed_dictionaries(
    {},
    optional={
        "current": _pair,
        "target": _pair,
        "review_on": st.none() | st.sampled_from(DAYS),
        "narrative": st.just("Something has happened."),
    },
)


class Step(NamedTuple):
    """An assessment, or a move to another state."""

    what: str
    risk: int
    on: date
    facts: dict[str, Any]
    corrects: int | None


_steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["assess"] * 5 + ["acceptance", "materialisation", "closure", "reopening"]),
        st.integers(0, 1),
        st.sampled_from(DAYS),
        _facts,
        st.none() | st.integers(0, 5),
    ),
    max_size=12,
)


class Played(NamedTuple):
    """A register after a script, and the raw entries of each risk."""

    register: UUID
    entries: dict[UUID, list[dict[str, Any]]]


def play(connection: Connection, people: Cast, steps: Iterable[Step]) -> Played:
    """Record a script; a step that the rules refuse is left out."""
    who = people.admin
    matrix: dict[str, Any] = FIVE_BY_FIVE | {"effective_on": DAYS[0]}
    body = RegisterCreate(ref="RR", title="Register", matrix=MatrixCreate(**matrix))
    register = registers.create_register(connection, who, AT, body)["id"]
    registers.add_matrix_version(connection, who, AT, register, MatrixCreate(**STRICTER))
    made = [
        risks.create_risk(
            connection,
            who,
            AT,
            register,
            RiskCreate(ref=f"{place}", description="Risk", effective_on=DAYS[place]),
        )["id"]
        for place in range(2)
    ]
    for step in steps:
        with contextlib.suppress(ServiceError), connection.begin_nested():
            attempt(connection, people, made[step.risk], step)
    return Played(register, {one: assessments.list_assessments(connection, who, one) for one in made})


def attempt(connection: Connection, people: Cast, risk: UUID, step: Step) -> None:
    who = people.admin
    if step.what == "assess":
        facts = dict(step.facts)
        if step.corrects is not None:
            known = assessments.list_assessments(connection, who, risk)
            facts["replaces"] = known[step.corrects % len(known)]["id"]
        body = AssessmentCreate(**facts, effective_on=step.on, reason="Because", target_rationale="Because")
        assessments.assess(connection, who, AT, risk, body)
        return
    change = StateChange(reason="Because", effective_on=step.on)
    if step.what == "acceptance":
        by = people.viewer.person_id
        assert by is not None
        change = Acceptance(reason="Because", effective_on=step.on, accepted_by_id=by, accepted_until=TODAY)
    assessments.change_state(connection, who, AT, risk, step.what, change)


def plainly(entries: list[dict[str, Any]], day: date) -> dict[str, Any] | None:
    """What the entries say about a risk on a day; None when it was not there yet."""
    replaced = {entry["replaces"] for entry in entries}
    standing = [entry for entry in entries if entry["id"] not in replaced and entry["effective_on"] <= day]
    if not standing:
        return None
    said: dict[str, Any] = {}
    narrative = None
    for entry in sorted(standing, key=lambda entry: (entry["effective_on"], entry["sequence"])):
        said.update(entry["facts"])
        narrative = entry["id"] if entry["narrative"] else narrative
    review = said.get("review_on")
    return {
        "state": said["state"],
        "current": scored(said.get("current")),
        "target": scored(said.get("target")),
        "review_on": review,
        "review_overdue": bool(
            review and date.fromisoformat(review) < day and said["state"] in ("open", "accepted")
        ),
        "accepted": said["accepted_assessment_id"] if said["state"] == "accepted" else "not accepted",
        "last_updated_on": said.get("last_updated_on"),
        "narrative": narrative,
    }


def band(score: int, version: int) -> str:
    if version == 2:
        return "Low" if score <= 4 else "High"
    return "Low" if score <= 6 else "Moderate" if score <= 15 else "High"


def scored(stated: dict[str, Any] | None) -> dict[str, Any] | None:
    if stated is None:
        return None
    score = stated["likelihood"] * stated["impact"]
    return {**stated, "score": score, "band": band(score, stated["matrix_version"])}


def read_back(shown: dict[str, Any]) -> dict[str, Any]:
    """An answer of the service in the words of ``plainly``."""
    accepted = shown["accepted"]
    at_assessment = accepted and accepted["assessment_id"] and str(accepted["assessment_id"])
    return {
        **{name: shown[name] for name in ("state", "current", "target", "review_overdue")},
        "review_on": shown["review_on"] and shown["review_on"].isoformat(),
        "accepted": at_assessment if accepted else "not accepted",
        "last_updated_on": shown["last_updated_on"] and shown["last_updated_on"].isoformat(),
        "narrative": shown["latest_narrative"] and shown["latest_narrative"]["id"],
    }


def all_plainly(played: Played, day: date) -> dict[UUID, dict[str, Any]]:
    said = {one: plainly(entries, day) for one, entries in played.entries.items()}
    return {one: facts for one, facts in said.items() if facts is not None}


def listed(
    connection: Connection, people: Cast, played: Played, day: date, **wanted: Any
) -> dict[UUID, dict[str, Any]]:
    found = risks.list_risks(
        connection, people.viewer, played.register, today=TODAY, as_at=day, wanted=risks.Filter(**wanted)
    )
    assert found["total"] == len(found["items"])
    return {one["id"]: one for one in found["items"]}


def a_risk_reads_on_every_day_as_its_entries_say(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        found = listed(connection, people, played, day)
        assert {one: read_back(shown) for one, shown in found.items()} == all_plainly(played, day)
        for one, shown in found.items():
            assert risks.get_risk(connection, people.viewer, one, today=TODAY, as_at=day) == shown


def the_review_filter_agrees_with_the_rule(connection: Connection, people: Cast, played: Played) -> None:
    for day in DAYS:
        rows = all_plainly(played, day)
        for late in (True, False):
            wanted = {one for one, said in rows.items() if said["review_overdue"] is late}
            assert set(listed(connection, people, played, day, review_overdue=late)) == wanted


def each_filter_finds_exactly_the_risks_that_show_it(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS[::3]:
        rows = all_plainly(played, day)
        for name in ("Low", "Moderate", "High"):
            wanted = {
                one for one, said in rows.items() if said["current"] and said["current"]["band"] == name
            }
            assert set(listed(connection, people, played, day, band=name)) == wanted
        for state in ("open", "accepted", "materialised", "closed"):
            wanted = {one for one, said in rows.items() if said["state"] == state}
            assert set(listed(connection, people, played, day, state=state)) == wanted


def the_heat_map_holds_each_risk_that_is_not_closed_once(
    connection: Connection, people: Cast, played: Played
) -> None:
    for day in DAYS:
        not_closed = {
            one: said for one, said in all_plainly(played, day).items() if said["state"] != "closed"
        }
        found = registers.heat_map(connection, people.viewer, played.register, today=TODAY, day=day)
        cells = {
            risk["id"]: (cell["likelihood"], cell["impact"])
            for cell in found["cells"]
            for risk in cell["current"]
        }
        pairs = {one: said["current"] for one, said in not_closed.items() if said["current"]}
        assert cells == {one: (pair["likelihood"], pair["impact"]) for one, pair in pairs.items()}
        assert {one["id"] for one in found["not_scored"]} == set(not_closed) - set(pairs)
        assert found["closed"] == len(all_plainly(played, day)) - len(not_closed)


PROPERTIES = (
    a_risk_reads_on_every_day_as_its_entries_say,
    the_review_filter_agrees_with_the_rule,
    each_filter_finds_exactly_the_risks_that_show_it,
    the_heat_map_holds_each_risk_that_is_not_closed_once,
)


class _Undo(Exception):
    """Takes an example's rows back."""


def test_what_is_read_back_of_risks_follows_from_the_entries_alone(database_kind: str) -> None:
    people = cast()

    @settings(max_examples=EXAMPLES[database_kind], phases=PHASES)
    @given(_steps)
    def example(steps: list[Step]) -> None:
        # One transaction an example, and taken back: recording a script is what takes the time.
        with contextlib.suppress(_Undo), db.write(people.admin) as connection:
            played = play(connection, people, steps)
            for holds in PROPERTIES:
                holds(connection, people, played)
            raise _Undo

    example()
