"""Publishing a period freezes it; what comes to differ later is shown beside it, with what explains it."""

import hashlib
import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import delete, event, insert, select
from sqlalchemy import update as change
from sqlalchemy.exc import DatabaseError

from app import db
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, PreconditionFailed
from app.models.actions import ActionUpdate
from app.models.commentaries import CommentaryPut
from app.models.registers import MatrixCreate
from app.models.tables import (
    acknowledgements,
    action_states,
    errata,
    journal_entries,
    risk_states,
    updates,
)
from app.models.tables import (
    publications as publications_table,
)
from app.plans.statuses import Status
from app.services import actions, checks, commentaries, publications, registers
from app.services import periods as periods_service
from app.web.presenters import period_known
from app.web.visits import Visit
from tests.factories import (
    AT,
    FIVE_BY_FIVE,
    NOW,
    TODAY,
    Cast,
    Shown,
    assess,
    do,
    make_action,
    make_control,
    make_management_action,
    make_period,
    make_priority,
    make_risk,
    pair,
    refused,
    see,
    update,
    update_management_action,
    withdraw,
)

LAST_DAY = date(2024, 6, 30)
LATER = Moment(NOW + timedelta(days=9), TODAY + timedelta(days=9))


@pytest.fixture
def period(people: Cast, priority: Shown) -> Shown:
    """A draft of April to June of the plan PAP."""
    return make_period(people.editor, priority["plan_id"], meeting_on=date(2024, 7, 10))


def publish(people: Cast, period: Shown, *, at: Moment = AT, version: int | None = None) -> Shown:
    found: Shown = do(publications.publish, people.editor, period["id"], at=at, version=version)
    return found


def content(people: Cast, period: Shown) -> Any:
    return json.loads(see(publications.content, people.viewer, period["id"]))


def differences(people: Cast, period: Shown) -> Shown:
    found: Shown = see(publications.differences, people.viewer, period["id"], today=TODAY)
    return found


# --- Publishing -------------------------------------------------------------------------------------------


def test_publishing_freezes_the_content_and_its_place_in_the_journal(people: Cast, period: Shown) -> None:
    before = people.service
    with db.read(before) as reader:
        last = reader.execute(
            select(journal_entries.c.sequence, journal_entries.c.hash).order_by(
                journal_entries.c.sequence.desc()
            )
        ).first()
    found = publish(people, period, version=1)
    stored = see(publications.content, people.viewer, period["id"])
    assert last is not None
    assert found == {
        "period_id": period["id"],
        "sequence": last.sequence + 1,
        "published_at": NOW,
        "published_on": TODAY,
        "author_name": people.editor.name,
        "digest": hashlib.sha256(stored).hexdigest(),
        "journal_head": last.hash,
    }
    shown = see(periods_service.get_period, people.viewer, period["id"])
    assert (shown["state"], shown["version"]) == ("published", 2)


def test_the_journal_tells_the_digest_of_what_was_published(people: Cast, period: Shown) -> None:
    found = publish(people, period)
    with db.read(people.viewer) as reader:
        entry = reader.execute(
            select(journal_entries).where(
                journal_entries.c.sequence == found["sequence"],
                journal_entries.c.area_id == people.viewer.area_id,
            )
        ).one()
    assert (entry.noun, entry.subject_id, entry.operation) == ("period", period["id"], "published")
    assert entry.before == {"state": "draft"}
    assert entry.after == {"state": "published", "digest": found["digest"]}


def test_a_period_is_published_once(people: Cast, period: Shown) -> None:
    publish(people, period)
    stored = see(publications.content, people.viewer, period["id"])
    for version in (None, 1, 2):
        with pytest.raises(Conflict) as refusal:
            publish(people, period, version=version)
        assert refusal.value.detail == (
            "It was already published, by Editor of the north, on 1 July 2024 at 09:30. Nothing changed."
        )
    assert see(publications.content, people.viewer, period["id"]) == stored


def test_a_stale_version_is_refused_with_the_present_one(people: Cast, period: Shown) -> None:
    with pytest.raises(PreconditionFailed) as caught:
        publish(people, period, version=7)
    assert caught.value.current["version"] == 1
    with pytest.raises(NotFound):
        see(publications.content, people.viewer, period["id"])


def test_a_period_is_not_published_before_its_last_day(people: Cast, priority: Shown) -> None:
    coming = make_period(people.editor, priority["plan_id"], last_day=TODAY + timedelta(days=1))
    assert refused(publish, people, coming) == {
        "/last_day": "Publish the period from its last day on, 2024-07-02: it is not over yet."
    }


def test_a_period_is_published_on_its_last_day(people: Cast, priority: Shown) -> None:
    ending = make_period(people.editor, priority["plan_id"], last_day=TODAY)
    assert publish(people, ending)["published_on"] == TODAY


def test_on_target_but_overdue_without_a_reason_blocks_publishing(
    people: Cast, priority: Shown, period: Shown
) -> None:
    for ref in ("1.1", "1.2"):
        make_action(people.editor, priority, ref=ref, status=Status.on_target, due_on=date(2024, 5, 31))
    faults = refused(publish, people, period)
    assert faults == {
        "": "Actions 1.1 and 1.2 are on target although the due date has passed, and no reason stands for it "
        "as at 30 June 2024. Record an update that repeats the status with the reason, or states what is "
        "true now, and publish then."
    }
    with db.read(people.viewer) as reader:
        assert reader.execute(select(publications_table)).all() == []


def test_a_reason_unblocks_publishing(people: Cast, priority: Shown, period: Shown) -> None:
    late = make_action(people.editor, priority, status=Status.on_target, due_on=date(2024, 5, 31))
    update(
        people.editor,
        late["id"],
        status=Status.on_target,
        effective_on=LAST_DAY,
        reason="Only the signature is missing",
    )
    assert publish(people, period)["published_on"] == TODAY


def test_viewers_and_other_areas_do_not_publish(people: Cast, period: Shown) -> None:
    with pytest.raises(NotAllowed):
        do(publications.publish, people.viewer, period["id"], version=None)
    with pytest.raises(NotFound):
        do(publications.publish, people.stranger, period["id"], version=None)


@pytest.mark.parametrize("read", ["content", "differences", "replayed", "get_publication", "report"])
def test_another_area_reads_nothing_of_it(people: Cast, period: Shown, read: str) -> None:
    publish(people, period)
    named = {"today": TODAY} if read in ("differences", "report") else {}
    with pytest.raises(NotFound):
        see(getattr(publications, read), people.stranger, period["id"], **named)


def test_before_publishing_the_report_is_what_would_be_published_now(people: Cast, period: Shown) -> None:
    draft = json.loads(see(publications.report, people.viewer, period["id"], today=TODAY))
    assert draft.pop("published") is False
    publish(people, period)
    assert json.loads(see(publications.report, people.viewer, period["id"], today=TODAY)) == draft


def test_the_stored_copy_is_canonical_json(people: Cast, period: Shown) -> None:
    publish(people, period)
    stored = see(publications.content, people.viewer, period["id"])
    found = json.loads(stored)
    again = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert stored == again


# --- What is in it ----------------------------------------------------------------------------------------


def test_a_priority_without_risks_says_so_and_no_other_does(people: Cast, register: Shown) -> None:
    plan = register["plan_id"]
    other = make_priority(people.editor, plan, ref="PAP 2", title="Health")
    make_risk(people.editor, register["id"], priority_id=other["id"], current=pair(3, 3))
    period = make_period(people.editor, plan)
    publish(people, period)
    found = content(people, period)
    first, second = found["priorities"]
    assert (first["risks"], first["no_risks"]) == ([], "No risks identified.")
    assert [one["ref"] for one in second["risks"]] == ["1"]
    assert "no_risks" not in second
    assert second["risk_sentence"] == "One risk is linked to this priority: 1, at 9 Moderate."
    assert found["general"] == {"risks": [], "no_risks": "No risks identified."}


def test_sections_without_data_are_left_out(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    publish(people, period)
    found = content(people, period)
    assert not {"registers", "changes", "falls_due", "data_quality"} & set(found)
    assert not {"actions", "withdrawn_actions", "commentary"} & set(found["priorities"][0])


def test_a_report_holds_actions_risks_and_commentary_whole(people: Cast, register: Shown) -> None:
    who, plan = people.editor, register["plan_id"]
    priority = make_priority(who, plan, ref="PAP 2", title="Health")
    late = make_action(who, priority, ref="2.1", status=Status.on_target, due_on=date(2024, 7, 5))
    update(
        who,
        late["id"],
        status=Status.delayed,
        narrative="Staff left.",
        reason="No staff",
        effective_on=LAST_DAY,
    )
    gone = make_action(who, priority, ref="2.2")
    withdraw(who, gone["id"], effective_on=LAST_DAY)
    risk = make_risk(who, register["id"], current=pair(4, 4), target=pair(2, 2), priority_id=priority["id"])
    make_control(who, risk["id"])
    make_management_action(who, risk["id"], due_on=date(2024, 6, 1))
    period = make_period(who, plan, meeting_on=date(2024, 7, 10))
    with db.write(who) as writer:
        text = CommentaryPut(text="Two posts are advertised.")
        commentaries.write_commentary(
            writer, who, AT, period["id"], text, priority_id=priority["id"], version=None
        )
    publish(people, period)
    found = content(people, period)
    mine = found["priorities"][1]
    assert mine["commentary"]["text"] == "Two posts are advertised."
    assert mine["commentary"]["author_name"] == who.name
    assert [one["ref"] for one in mine["actions"]] == ["2.1"]
    assert mine["actions"][0]["status_entry"] == {
        "effective_on": "2024-06-30",
        "narrative": "Staff left.",
        "reason": "No staff",
        "author_name": who.name,
    }
    [withdrawn] = mine["withdrawn_actions"]
    assert (withdrawn["ref"], withdrawn["withdrawal_entry"]["effective_on"]) == ("2.2", "2024-06-30")
    assert withdrawn["withdrawal_entry"]["reason"]
    assert "status_entry" not in withdrawn
    assert (
        mine["sentence"]
        == "Priority 2: the only action is delayed. One withdrawn action point is not counted."
    )
    assert [one["description"] for one in mine["risks"][0]["controls"]] == ["Monthly panel"]
    assert mine["risks"][0]["management_actions"][0]["overdue"] is True
    assert found["falls_due"]["until"] == "2024-07-10"
    assert [one["ref"] for one in found["falls_due"]["actions"]] == ["2.1"]
    assert found["registers"][0]["matrices"][0]["bands"] == FIVE_BY_FIVE["bands"]
    assert found["data_quality"]["sentence"] == "Four data-quality points; none blocks publishing."
    assert {one["check"] for one in found["data_quality"]["findings"]} >= {"risk_no_owner", "action_no_lead"}


def test_a_cross_cutting_action_stands_under_each_priority_by_its_ref_there(
    people: Cast, priority: Shown
) -> None:
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2", title="Health")
    make_action(people.editor, [priority, other], ref="1.1")
    period = make_period(people.editor, priority["plan_id"])
    publish(people, period)
    refs = [[one["ref"] for one in mine["actions"]] for mine in content(people, period)["priorities"]]
    assert refs == [["1.1"], ["1.1-2"]]


def test_the_next_period_says_what_changed_since_the_one_before(people: Cast, priority: Shown) -> None:
    who, plan = people.editor, priority["plan_id"]
    done = make_action(who, priority)
    spring = make_period(who, plan, ref="Spring", last_day=date(2024, 5, 31))
    summer = make_period(who, plan, ref="Summer", first_day=date(2024, 6, 1))
    publish(people, spring)
    update(who, done["id"], status=Status.complete, effective_on=date(2024, 6, 10))
    publish(people, summer)
    assert "changes" not in content(people, spring)
    changes = content(people, summer)["changes"]
    assert changes["compare"] == "2024-05-31"
    assert changes["sentence"].startswith("Complete or on target rose from 0% (0 of 1) to 100% (1 of 1).")
    assert [one["ref"] for one in changes["actions"]["completed"]["items"]] == ["1.1"]


def test_the_number_of_queries_does_not_grow_with_the_rows(people: Cast, register: Shown) -> None:
    who, plan = people.editor, register["plan_id"]
    priority = make_priority(who, plan, ref="PAP 2", title="Health")

    def add(number: int) -> None:
        made = make_action(who, priority, ref=f"2.{number}", status=Status.delayed)
        update(who, made["id"], narrative="News", effective_on=LAST_DAY)
        risk = make_risk(who, register["id"], ref=f"{number}", current=pair(2, 3))
        make_management_action(who, risk["id"])
        make_control(who, risk["id"])

    def queries() -> int:
        told: list[str] = []
        with db.read(who) as reader:
            event.listen(reader, "before_cursor_execute", lambda *given: told.append(given[2]))
            publications.report(reader, who, period["id"], today=TODAY)
        return len(told)

    period = make_period(who, plan)
    add(1)
    few = queries()
    for number in range(2, 8):
        add(number)
    assert queries() == few


# --- What comes to differ ---------------------------------------------------------------------------------


def test_nothing_differs_while_nothing_is_recorded_about_the_period(
    people: Cast, priority: Shown, period: Shown
) -> None:
    made = make_action(people.editor, priority)
    publish(people, period)
    update(people.editor, made["id"], status=Status.complete)
    with db.write(people.editor) as writer:
        actions.change_action(
            writer, people.editor, AT, made["id"], ActionUpdate(title="Another title"), version=None
        )
    make_priority(people.editor, priority["plan_id"], ref="PAP 9", title="Added later")
    assert differences(people, period) == {"differs": False, "figures": [], "entries": []}


def test_a_backdated_update_is_named_as_what_explains_the_difference(
    people: Cast, priority: Shown, period: Shown
) -> None:
    made = make_action(people.editor, priority, due_on=date(2024, 9, 30))
    make_action(people.editor, priority, ref="1.2")
    publish(people, period)
    update(
        people.editor,
        made["id"],
        status=Status.complete,
        effective_on=date(2024, 6, 20),
        narrative="Survey went live.",
        reason="Reported late",
    )
    found = differences(people, period)
    figures = {(one["scope"], one["figure"]): (one["published"], one["now"]) for one in found["figures"]}
    assert figures[("The whole plan", "Complete")] == (0, 1)
    assert figures[("Priority 1", "Complete, per cent")] == (0, 50)
    assert figures[("Action 1.1", "Status")] == ("Not started", "Complete")
    assert figures[("Action 1.1", "Completion date")] == (None, "20 June 2024")
    (entry,) = found["entries"]
    assert entry["summary"] == "Status Complete, completion date 20 June 2024"
    assert (entry["subject"]["noun"], entry["subject"]["ref"]) == ("action", "1.1")
    assert (entry["effective_on"], entry["author_name"]) == (date(2024, 6, 20), people.editor.name)
    assert (entry["narrative"], entry["reason"]) == ("Survey went live.", "Reported late")
    assert content(people, period)["overall"]["progress"]["statuses"]["complete"]["count"] == 0


def test_an_entry_of_today_that_corrects_one_of_the_period_explains_a_difference(
    people: Cast, priority: Shown, period: Shown
) -> None:
    made = make_action(people.editor, priority)
    wrong = update(people.editor, made["id"], status=Status.complete, effective_on=date(2024, 6, 3))
    publish(people, period)
    update(people.editor, made["id"], narrative="That was another action.", replaces=wrong["id"])
    found = differences(people, period)
    assert found["differs"]
    assert [one["summary"] for one in found["entries"]] == ["Narrative (corrects an earlier entry)"]


def test_a_backdated_assessment_explains_another_score(people: Cast, register: Shown) -> None:
    risk = make_risk(people.editor, register["id"], current=pair(2, 2))
    period = make_period(people.editor, register["plan_id"])
    publish(people, period)
    assess(people.editor, risk["id"], current=pair(5, 4), effective_on=date(2024, 6, 1))
    found = differences(people, period)
    shown = {(one["scope"], one["figure"]): (one["published"], one["now"]) for one in found["figures"]}
    assert shown[("Risk 1", "Score")] == ("4 (2 × 2, Low)", "20 (5 × 4, High)")
    assert shown[("Risk register", "High")] == (0, 1)
    assert [one["summary"] for one in found["entries"]] == ["Score 20 (5 × 4)"]


def test_a_backdated_management_action_update_explains_another_due_date(
    people: Cast, register: Shown
) -> None:
    risk = make_risk(people.editor, register["id"])
    step = make_management_action(people.editor, risk["id"], due_on=date(2024, 8, 1))
    period = make_period(people.editor, register["plan_id"])
    publish(people, period)
    update_management_action(
        people.editor,
        step["id"],
        due_on=date(2024, 6, 15),
        effective_on=date(2024, 6, 1),
        reason="Typed late",
    )
    found = differences(people, period)
    scope = "Management action of risk 1: Recruit two psychologists"
    shown = {(one["scope"], one["figure"]): (one["published"], one["now"]) for one in found["figures"]}
    assert shown[(scope, "Due date")] == ("1 August 2024", "15 June 2024")
    assert shown[(scope, "Completion date missed")] == ("No", "Yes")
    assert [one["subject"]["noun"] for one in found["entries"]] == ["management_action"]


def test_new_bands_change_nothing_that_was_published(people: Cast, register: Shown) -> None:
    make_risk(people.editor, register["id"], current=pair(2, 2))
    period = make_period(people.editor, register["plan_id"])
    publish(people, period)
    bands = [{"name": "Fine", "lowest": 1, "highest": 1}, {"name": "Dire", "lowest": 2, "highest": 25}]
    body = MatrixCreate(**FIVE_BY_FIVE | {"bands": bands}, effective_on=TODAY, reason="Stricter")
    do(registers.add_matrix_version, people.admin, register["id"], body)
    assert differences(people, period) == {"differs": False, "figures": [], "entries": []}
    assert see(publications.replayed, people.viewer, period["id"])["agrees"]


def test_a_matrix_dated_inside_a_published_period_is_backdated_and_named_only_where_it_changed_a_figure(
    people: Cast, register: Shown, priority: Shown
) -> None:
    made = make_action(people.editor, priority)
    period = make_period(people.editor, register["plan_id"])
    publish(people, period)
    body = MatrixCreate(**FIVE_BY_FIVE, effective_on=LAST_DAY, reason="The same again")
    do(registers.add_matrix_version, people.admin, register["id"], body)
    update(people.editor, made["id"], status="complete", effective_on=LAST_DAY, reason="Learned of late.")
    assert [(one["subject"]["noun"], one["backdated"]) for one in differences(people, period)["entries"]] == [
        ("matrix", True),
        ("action", True),
    ]
    visit = cast(Visit, SimpleNamespace(at=AT))
    proof = see(publications.proof, people.viewer, period["id"], today=TODAY)
    shown = period_known.known(visit, {**period, "last_day": LAST_DAY}, proof, ())
    assert shown.sentences[1] == "One entry recorded since explains this: action 1.1."


# --- Nothing can be altered -------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [publications_table, errata, acknowledgements], ids=lambda one: one.name)
def test_the_database_refuses_to_change_what_only_grows(people: Cast, period: Shown, table: Any) -> None:
    publish(people, period)
    who = people.editor
    with db.write(who) as writer:
        entry = {
            "id": period["id"],
            "area_id": who.area_id,
            "sequence": 1,
            "effective_on": TODAY,
            "recorded_at": NOW,
            "author_kind": who.kind,
            "author_name": who.name,
        }
        writer.execute(insert(errata), [{**entry, "period_id": period["id"], "text": "Wrong"}])
        found = {"check_id": "a", "subject_noun": "risk", "subject_id": period["id"], "fingerprint": "0"}
        writer.execute(insert(acknowledgements), [{**entry, **found, "reason": "Known"}])
    for statement in (change(table).values(author_name="Somebody else"), delete(table)):
        with pytest.raises(DatabaseError, match="append-only"), db.write(who) as writer:
            writer.execute(statement)


def _called(period: Shown) -> str:
    return f"period {period['ref']} of plan PAP (id {period['id']})"


def test_check_finds_a_published_copy_that_was_changed(people: Cast, priority: Shown, period: Shown) -> None:
    make_action(people.editor, priority)
    publish(people, period)
    with db.read(people.viewer) as reader:
        assert [one for one in checks.wrong_publications(reader) if one] == []
    _overwrite(people, period, b'{"plan": "another"}')
    with db.read(people.viewer) as reader:
        (fault,) = checks.wrong_publications(reader)
    assert fault == f"The stored copy of {_called(period)} was changed: it does not fit its digest."


def test_check_finds_a_copy_that_was_changed_with_its_digest(people: Cast, period: Shown) -> None:
    publish(people, period)
    _overwrite(people, period, b"{}", digest=hashlib.sha256(b"{}").hexdigest())
    with db.read(people.viewer) as reader:
        (fault,) = checks.wrong_publications(reader)
    assert fault == f"The publication of {_called(period)} is not the one that the journal tells of."


def test_replay_finds_entries_that_were_changed(people: Cast, priority: Shown, period: Shown) -> None:
    make_action(people.editor, priority)
    publish(people, period)
    _release("updates")
    with db.write(people.editor) as writer:
        row = writer.execute(select(updates)).one()
        facts = {**row.facts, "status": "complete"}
        writer.execute(change(updates).values(facts=facts))
    found = see(publications.replayed, people.viewer, period["id"])
    assert not found["agrees"]
    paths = [one["path"] for one in found["differences"]]
    assert ["overall", "statuses", "complete", "count"] in paths


def test_replay_does_not_read_the_states_that_answers_are_read_from(
    people: Cast, register: Shown, period: Shown
) -> None:
    priority = make_priority(people.editor, register["plan_id"], ref="PAP 2", title="Health")
    make_action(people.editor, priority, ref="2.1")
    make_risk(people.editor, register["id"], current=pair(2, 2))
    publish(people, period)
    with db.write(people.editor) as writer:
        writer.execute(change(action_states).values(status="complete", code=0))
        writer.execute(change(risk_states).values(state="closed"))
    assert see(publications.replayed, people.viewer, period["id"])["agrees"]


def _release(table: str) -> None:
    """Take the triggers of a table away, as somebody could who may do everything in the database."""
    from app.migrations import append_only

    with db.write(None) as writer:
        append_only.release(writer, table)


def _overwrite(people: Cast, period: Shown, stored: bytes, **values: str) -> None:
    _release("publications")
    with db.write(people.editor) as writer:
        writer.execute(
            change(publications_table)
            .where(publications_table.c.period_id == period["id"])
            .values(content=stored, **values)
        )
