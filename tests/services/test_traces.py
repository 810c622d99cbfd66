"""What somebody alters outside the service is found: every row is what the journal tells of it.

Who can write to the database drops the triggers first; each case here is such a hand.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from sqlalchemy import Connection, delete, select

from app import db
from app.clock import moment
from app.migrations import append_only
from app.models import tables
from app.models.actions import ActionUpdate
from app.models.commentaries import CommentaryPut
from app.models.controls import ControlCreate
from app.models.periods import ErratumCreate
from app.models.risks import RiskUpdate
from app.models.tables import metadata, periods, publications, updates
from app.services import actions, checks, commentaries, controls, errata, record_traces, risks, stored, traces
from tests.databases import KINDS, open_copy
from tests.factories import (
    Cast,
    cast,
    make_action,
    make_person,
    make_plan,
    make_priority,
    make_register,
    make_risk,
)
from tests.histories import PERIOD, History


def faults(connection: Connection) -> list[str]:
    """What is not as the journal tells."""
    return [
        *stored.summed(connection, traces.wrong_entries(connection)),
        *stored.summed(connection, record_traces.wrong_records(connection)),
    ]


class _Undo(Exception):
    """Takes back what a test wrote."""


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def lived(database_kind: str) -> Iterator[Cast]:
    """A database with a plan that has lived for some periods, with one of everything."""
    with open_copy("migrated", database_kind):
        people = cast()
        with db.write(people.editor) as connection:
            history = History(connection, people, seed=11)
            for _ in range(3):
                history.add_period()
                history.live(days=PERIOD, steps=25)
                history.publish(history.periods[-1])
            history.add_period()
        _finish(people)
        yield people


def _finish(people: Cast) -> None:
    """What a history may not have come to do."""
    who, at = people.editor, moment()
    lead = make_person(who)["id"]
    with db.write(who) as connection:
        risk = connection.execute(select(tables.risks.c.id)).scalars().first()
        action = connection.execute(select(tables.actions.c.id)).scalars().first()
        published = connection.execute(select(publications.c.period_id)).scalars().first()
        draft = connection.execute(select(periods.c.id).where(periods.c.state == "draft")).scalars().first()
        assert None not in (risk, action, published, draft)
        errata.add_erratum(connection, who, at, published, ErratumCreate(text="2.5 was late."))
        body = CommentaryPut(text="The board saw a draft.")
        commentaries.write_commentary(connection, who, at, draft, body, version=None)
        controls.create_control(connection, who, at, risk, ControlCreate(description="Panel"))
        risks.change_risk(
            connection, who, at, risk, RiskUpdate(strategic_lead_ids=[lead], owner_id=lead), version=None
        )
        actions.change_action(connection, who, at, action, ActionUpdate(co_lead_ids=[lead]), version=None)


@pytest.fixture
def hand(lived: Cast) -> Iterator[Connection]:
    """A connection of somebody who may alter tables; what is written there is taken back."""
    try:
        with db.write(lived.service) as connection:
            for table in append_only.PROTECTED:
                append_only.release(connection, table)
            yield connection
            raise _Undo
    except _Undo:
        pass


def test_what_the_service_wrote_is_what_the_journal_tells(lived: Cast) -> None:
    with db.read(None) as reader:
        assert faults(reader) == []
        assert checks.missing_triggers(reader) == []
        for table in (*(kind.table for kind in traces.KINDS), *record_traces._TABLES.values()):
            assert reader.execute(select(table.c.id)).first(), f"{table.name}: nothing was shown"


@pytest.mark.parametrize(
    "statement, says",
    [
        ("UPDATE updates SET narrative = 'forged'", "An update of action "),
        ("UPDATE updates SET reason = 'forged'", "tells otherwise of its reason"),
        ("UPDATE updates SET author_name = 'Somebody else'", "tells otherwise of its author"),
        ("UPDATE updates SET author_id = NULL, author_kind = 'client'", "tells otherwise of its author"),
        ("""UPDATE updates SET facts = '{"status": "complete"}'""", "tells otherwise of its facts"),
        ("UPDATE updates SET effective_on = '2024-04-01'", "tells otherwise of its effective date"),
        (
            "UPDATE updates SET recorded_at = '2024-04-01 10:00:00.000000'",
            "tells otherwise of its recorded time",
        ),
        ("UPDATE assessments SET reason = 'forged'", "An assessment of risk "),
        ("UPDATE management_action_updates SET narrative = 'forged'", "An update of management action "),
        ("UPDATE errata SET text = 'forged'", "An erratum of period "),
        ("DELETE FROM errata", "An erratum of period "),
        ("UPDATE acknowledgements SET reason = 'forged'", "An acknowledgement of "),
        ("DELETE FROM acknowledgements", "is gone: entry "),
        ("UPDATE matrix_versions SET bands = '[]'", "tells otherwise of its bands"),
        ("DELETE FROM publications", "A publication of period "),
        ("UPDATE publications SET author_name = 'Somebody else'", "A publication of period "),
        (
            "UPDATE periods SET state = 'draft' WHERE state = 'published'",
            "The period * otherwise of its state",
        ),
        (
            "UPDATE periods SET title = 'forged' WHERE state = 'published'",
            "The period * otherwise of its title",
        ),
        ("UPDATE commentaries SET text = 'forged'", "The commentary on period * otherwise of its text"),
        ("UPDATE actions SET title = 'forged'", "The action * otherwise of its title"),
        ("UPDATE actions SET evidence_links = '[{}]'", "The action * otherwise of its evidence links"),
        ("UPDATE priorities SET title = 'forged'", "The priority * otherwise of its title"),
        ("UPDATE management_actions SET title = 'forged'", "The management action * otherwise of its title"),
        ("UPDATE people SET name = 'Somebody else'", "The person * otherwise of its name"),
        ("UPDATE plans SET title = 'forged'", "The plan * otherwise of its title"),
        ("""UPDATE plans SET cadence = '{"kind": "monthly"}'""", "The plan * otherwise of its cadence"),
        ("UPDATE risks SET description = 'forged'", "The risk * otherwise of its description"),
        ("UPDATE risks SET owner_id = NULL, opened_on = '2020-01-01'", "opened on"),
        ("UPDATE controls SET description = 'forged'", "The control * otherwise of its description"),
        ("UPDATE controls SET in_place = NOT in_place", "The control * otherwise of its in place"),
        ("UPDATE registers SET title = 'forged'", "The register * otherwise of its title"),
        ("DELETE FROM controls", "is gone: the journal tells of it"),
        ("DELETE FROM commentaries", "is gone: the journal tells of it"),
        (
            "INSERT INTO errata SELECT '0190000000007000a000000000000001', area_id, period_id, 1,"
            " effective_on, recorded_at, author_kind, author_id, author_name, text FROM errata",
            "was put there: the journal of",
        ),
    ],
)
def test_what_somebody_altered_is_named(hand: Connection, statement: str, says: str) -> None:
    if hand.dialect.name == "postgresql":
        statement = statement.replace("'0190", "CAST('0190").replace("0001'", "0001' AS uuid)")
    hand.exec_driver_sql(statement)
    found = faults(hand)
    assert any(fnmatchcase(one, f"*{says}*") for one in found), found
    assert all(len(one) < 400 and "\n" not in one for one in found)


@pytest.mark.parametrize(
    "table, says",
    [
        ("action_co_leads", "The action * otherwise of its co leads"),
        ("risk_strategic_leads", "The risk * otherwise of its strategic leads"),
    ],
)
def test_people_of_a_record_are_those_that_the_journal_tells(hand: Connection, table: str, says: str) -> None:
    hand.exec_driver_sql(f"DELETE FROM {table}")
    assert [fnmatchcase(one, f"*{says}*") for one in faults(hand)] == [True]


def test_a_record_altered_before_a_change_is_found(hand: Connection, lived: Cast) -> None:
    """The change takes the forged value for what was there before."""
    [period] = hand.execute(select(periods.c.id).where(periods.c.state == "draft").limit(1)).scalars().all()
    hand.exec_driver_sql("UPDATE commentaries SET text = 'forged'")
    found = commentaries.find_commentary(hand, lived.editor, period)
    assert found is not None
    body = CommentaryPut(text="Told again.")
    commentaries.write_commentary(hand, lived.editor, moment(), period, body, version=found["version"])
    assert any(
        "changed the text from a value that no entry before it had given" in one for one in faults(hand)
    )


def test_many_faults_are_summed_up(hand: Connection) -> None:
    number = len(hand.execute(select(updates.c.id)).all())
    assert number > stored.MOST_NAMED
    hand.exec_driver_sql("UPDATE updates SET narrative = 'forged'")
    found = [one for one in faults(hand) if "pdate" in one and "management" not in one]
    assert len(found) == stored.MOST_NAMED + 1
    assert found[-1] == f"And {number - stored.MOST_NAMED} more: updates that were altered."


def test_triggers_that_are_gone_are_named(lived: Cast, hand: Connection) -> None:
    assert len(checks.missing_triggers(hand)) == len(append_only.PROTECTED)
    assert set(append_only.PROTECTED) <= set(metadata.tables)


@pytest.mark.parametrize("table", append_only.PROTECTED)
def test_each_trigger_that_is_altered_is_named(lived: Cast, hand: Connection, table: str) -> None:
    for name, keys in append_only.PROTECTED.items():
        append_only.protect(hand, name, *keys)
    assert checks.missing_triggers(hand) == []
    if hand.dialect.name == "postgresql":
        hand.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    else:
        hand.exec_driver_sql(f"DROP TRIGGER {table}_append_only_update")
        hand.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only_update BEFORE UPDATE ON {table} BEGIN SELECT 1; END"
        )
    assert [table in one for one in checks.missing_triggers(hand)] == [True]


@pytest.mark.usefixtures("database")
def test_people_named_when_a_record_is_added_are_in_the_journal() -> None:
    people = cast()
    lead = make_person(people.editor)["id"]
    plan = make_plan(people.editor)
    make_action(people.editor, make_priority(people.editor, plan["id"]), co_lead_ids=[lead])
    make_risk(people.editor, make_register(people.editor)["id"], strategic_lead_ids=[lead])
    with db.read(None) as reader:
        assert faults(reader) == []
    with db.write(people.service) as writer:
        writer.execute(delete(tables.action_co_leads))
        writer.execute(delete(tables.risk_strategic_leads))
        found = faults(writer)
    assert any("otherwise of its co leads" in one for one in found), found
    assert any("otherwise of its strategic leads" in one for one in found), found
