"""The feed of changes: what it tells, what it keeps to itself, how it is paged, and what it costs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from starlette.testclient import TestClient

from app import db
from app.access.roles import Principal, Role
from app.models import tables
from app.models.change_fields import NOT_SHOWN, shown_values
from app.models.change_kinds import CHANGE_KINDS, HIDDEN_NOUNS, VISIBLE_NOUNS
from app.models.data_quality import AcknowledgementCreate
from app.services import changes_feed, data_quality
from tests import doors, factories
from tests.doors import Program


def walked(program: Program, query: str = "", limit: int = 3) -> list[dict[str, Any]]:
    """Every change, by passing on ``next`` until there is no more."""
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        page = program.get(f"/changes?after={after}&limit={limit}{query}", 200).json()
        found += page["items"]
        assert page["next"] > after or not page["more"]
        after = page["next"]
        if not page["more"]:
            assert after == page["head"]
            return found


def journal(area: Principal) -> list[Any]:
    """The entries of the area's journal, in their order."""
    entries = tables.journal_entries
    with db.read(None) as reader:
        statement = select(entries).where(entries.c.area_id == area.area_id).order_by(entries.c.sequence)
        return list(reader.execute(statement).all())


@contextmanager
def queries() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent to the database meanwhile, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        sent.append((statement, given))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


# --- What it tells ----------------------------------------------------------------------------------------


def test_the_feed_is_the_journal_in_its_order(program: Program, area: Principal, ids: dict[str, str]) -> None:
    entries = [one for one in journal(area) if one.noun not in HIDDEN_NOUNS]
    found = walked(program)
    assert [one["sequence"] for one in found] == [one.sequence for one in entries]
    for one, entry in zip(found, entries, strict=True):
        assert (one["noun"], one["operation"], one["id"]) == (
            entry.noun,
            entry.operation,
            str(entry.subject_id),
        )
        assert (one["author_name"], one["reason"]) == (entry.author_name, entry.reason)
        assert one["before"] == shown_values(entry.noun, entry.before)
        assert one["after"] == shown_values(entry.noun, entry.after)


def test_a_dated_entry_tells_what_it_changed_from_when_and_why(program: Program, ids: dict[str, str]) -> None:
    head = program.get("/changes?limit=1", 200).json()["head"]
    action = ids["action_id"]
    body = {"status": "delayed", "effective_on": "2024-05-03", "reason": "No capacity"}
    program.post(f"/actions/{action}/updates", body, 201)
    page = program.get(f"/changes?after={head}", 200).json()
    assert (page["next"], page["head"], page["more"]) == (head + 1, head + 1, False)
    [change] = page["items"]
    assert change["recorded_at"].endswith("Z")
    assert change == {
        "sequence": head + 1,
        "recorded_at": change["recorded_at"],
        "author_name": "Programme office",
        "noun": "action",
        "operation": "updated",
        "id": action,
        "ref": "7.1",
        "plan_id": ids["plan_id"],
        "register_id": None,
        "effective_on": "2024-05-03",
        "reason": "No capacity",
        "before": {"status": "not_started"},
        "after": {"status": "delayed", "effective_on": "2024-05-03"},
        "href": f"/api/v1/actions/{action}",
    }


def test_every_kind_of_change_says_where_its_record_is_and_what_it_belongs_to(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    published = ids["published_period_id"]
    program.put(f"/periods/{ids['period_id']}/commentary", {"text": "A draft was shown."}, 201)
    program.post(f"/periods/{published}/errata", {"text": "7.2 was overdue."}, 201)
    acknowledge(area, ids["other_risk_id"])
    matrix = program.get(f"/registers/{ids['register_id']}", 200).json()["matrix"]
    shape = {name: matrix[name] for name in ("kind", "likelihood_labels", "impact_labels", "bands")}
    program.post(f"/registers/{ids['register_id']}/matrix", {**shape, "reason": "Agreed"}, 201)
    by_noun: dict[str, dict[str, Any]] = {one["noun"]: one for one in walked(program, limit=1000)}
    assert by_noun.keys() == set(VISIBLE_NOUNS)
    for noun, change in by_noun.items():
        program.get(change["href"], 200)
        outside = noun in ("area", "person")
        assert change["plan_id"] == (None if outside else ids["plan_id"]), noun
        of_register = noun in (
            *("register", "matrix", "risk", "control", "management_action", "data_quality"),
        )
        assert change["register_id"] == (ids["register_id"] if of_register else None), noun
    refs = {noun: one["ref"] for noun, one in by_noun.items() if one["ref"]}
    assert refs == {
        "plan": "SIP",
        "priority": "SIP 2",
        "action": by_noun["action"]["ref"],
        "register": "RR",
        "matrix": "RR",
        "risk": "2",
        "period": "2023-09",
        "commentary": by_noun["commentary"]["ref"],
        "erratum": "2023-09",
        "area": by_noun["area"]["ref"],
    }
    assert refs["commentary"] in ("2023-09", "2023-12")
    assert refs["area"].startswith("north")
    assert refs["action"] in ("7.1", "7.2")


def acknowledge(area: Principal, risk_id: str) -> None:
    body = AcknowledgementCreate.model_validate(
        {"check": "risk_no_owner", "subject_id": risk_id, "reason": "Told to the board."}
    )
    factories.do(data_quality.acknowledge, area, body)


def test_every_visible_noun_has_its_fields_and_only_the_order_of_refs_is_left_out(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    left_out = set()
    for one in journal(area):
        if one.noun in HIDDEN_NOUNS:
            assert not shown_values(one.noun, one.after)
            continue
        for values in (one.before, one.after):
            left_out |= (values or {}).keys() - (shown_values(one.noun, values) or {}).keys()
    assert left_out == NOT_SHOWN
    assert {kind.noun for kind in CHANGE_KINDS} == set(VISIBLE_NOUNS)


# --- What it keeps to itself ------------------------------------------------------------------------------


def test_users_and_clients_leave_a_hole_in_the_numbers_and_nothing_else(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    head = program.get("/changes?limit=1", 200).json()["head"]
    doors.session(area, Role.viewer)
    doors.client(area, "read")
    page = program.get(f"/changes?after={head}", 200)
    assert page.json() == {"items": [], "next": head + 2, "head": head + 2, "more": False}
    program.post("/people", {"name": "Virtual school head"}, 201)
    [change] = program.get(f"/changes?after={head}", 200).json()["items"]
    assert (change["sequence"], change["noun"]) == (head + 3, "person")
    words = program.get("/changes?limit=1000", 200).text
    for secret in ("@", "password", "secret", "hash", "viewer", '"user"', '"client"'):
        assert secret not in words, secret


def test_another_area_is_not_in_the_feed(http: TestClient, program: Program, ids: dict[str, str]) -> None:
    other = doors.area(f"feed-{ids['area_id'][-8:]}-{ids['area_id'][:6]}")
    theirs = Program(http, doors.token(other, "write"))
    found = walked(theirs)
    assert [(one["noun"], one["operation"]) for one in found] == [("area", "created")]
    assert walked(theirs, f"&plan_id={ids['plan_id']}") == []


# --- Pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 5, 1000])
def test_pages_of_any_size_tell_the_same(program: Program, ids: dict[str, str], limit: int) -> None:
    whole = program.get("/changes?limit=1000", 200).json()["items"]
    assert len(whole) > 20
    assert walked(program, limit=limit) == whole


def test_a_page_holds_200_changes_unless_asked_and_at_most_1000(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    for number in range(200):
        factories.make_person(area, name=f"Lead {number}")
    page = program.get("/changes", 200).json()
    assert (len(page["items"]), page["more"]) == (200, True)
    assert page["next"] == page["items"][-1]["sequence"]
    assert len(program.get("/changes?limit=1000", 200).json()["items"]) > 200
    for limit in ("0", "1001", "-1", "many"):
        refused = program.get(f"/changes?limit={limit}", 422).json()
        assert [one["pointer"] for one in refused["errors"]] == ["/limit"]


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30, "2147483648", "", "0x1", "١٢x", "%00"])
def test_a_forged_place_is_refused(program: Program, ids: dict[str, str], after: str) -> None:
    refused = program.get(f"/changes?after={after}", 422).json()
    assert [one["pointer"] for one in refused["errors"]] == ["/after"]


def test_a_place_beyond_the_journal_says_that_a_backup_was_restored(
    program: Program, ids: dict[str, str]
) -> None:
    head = program.get("/changes?limit=1", 200).json()["head"]
    assert program.get(f"/changes?after={head}", 200).json() == {
        "items": [],
        "next": head,
        "head": head,
        "more": False,
    }
    [error] = program.get(f"/changes?after={head + 1}", 422).json()["errors"]
    assert error["pointer"] == "/after"
    assert f"ends at {head}" in error["message"]
    assert "restored from a backup" in error["message"]
    assert "after=0" in error["message"]


def test_filters_tell_those_changes_alone(program: Program, ids: dict[str, str]) -> None:
    other = program.post("/plans", {"ref": "X", "title": "Another plan"}, 201).json()["id"]
    whole = walked(program, limit=1000)
    cases = {
        "noun=risk": lambda one: one["noun"] == "risk",
        "operation=added": lambda one: one["operation"] == "added",
        "noun=action&operation=updated": lambda one: (one["noun"], one["operation"]) == ("action", "updated"),
        f"plan_id={ids['plan_id']}": lambda one: one["plan_id"] == ids["plan_id"],
        f"plan_id={other}&noun=plan": lambda one: one["plan_id"] == other,
    }
    for query, wanted in cases.items():
        expected = [one for one in whole if wanted(one)]
        assert 0 < len(expected) < len(whole), query
        assert walked(program, f"&{query}") == expected, query
    assert walked(program, f"&plan_id={doors.NOBODY}") == []
    for query, named in (("noun=user", "management_action"), ("operation=erased", "withdrawn")):
        [error] = program.get(f"/changes?{query}", 422).json()["errors"]
        assert error["pointer"] == "/" + query.partition("=")[0]
        assert named in error["message"]


def test_a_filter_that_fits_nothing_is_passed_over_in_steps(
    program: Program, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_feed, "MOST_SCANNED", 5)
    page = program.get("/changes?noun=erratum", 200).json()
    assert (page["items"], page["next"], page["more"]) == ([], 5, True)
    assert walked(program, "&noun=erratum") == []
    assert walked(program, limit=1000) == walked(program, limit=2)


# --- What it costs ----------------------------------------------------------------------------------------


def test_a_page_takes_two_queries_however_many_changes(program: Program, ids: dict[str, str]) -> None:
    for path in ("/changes?limit=1", "/changes?limit=1000", f"/changes?plan_id={ids['plan_id']}"):
        with queries() as sent:
            program.get(path, 200)
        read = [statement for statement, _ in sent if statement.lstrip().startswith("SELECT")]
        assert len(read) == 2, read


def test_a_page_seeks_its_place_in_the_journal(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    with queries() as sent:
        program.get("/changes?after=3&limit=10", 200)
    [(statement, given)] = [one for one in sent if "ORDER BY" in one[0]]
    with db.read(area) as reader:
        if not db.is_sqlite():
            # A table of 30 rows is read faster as a whole.
            reader.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if db.is_sqlite() else "EXPLAIN "
        plan = "\n".join(str(tuple(row)) for row in reader.exec_driver_sql(explain + statement, given))
    assert re.search("uq_journal_entries_area_id|sqlite_autoindex_journal_entries_2", plan), plan
    assert not re.search("TEMP B-TREE|Sort", plan), plan


def test_dates_of_entries_are_days(program: Program, ids: dict[str, str]) -> None:
    for one in walked(program, limit=1000):
        if one["effective_on"] is not None:
            assert date.fromisoformat(one["effective_on"]) <= date(2024, 7, 1)
