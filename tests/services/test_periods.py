"""Periods of a plan: what they may be, who may change them until when, commentary and cadence."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app import db
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, PreconditionFailed, PreconditionRequired
from app.models.cadences import CadencePut
from app.models.commentaries import CommentaryPut
from app.models.periods import ErratumCreate, PeriodState, PeriodUpdate
from app.models.plans import PlanUpdate
from app.models.tables import journal_entries
from app.services import cadences, commentaries, errata, periods, plans, publications, updates
from app.services.lists import Page
from tests.factories import (
    ADDED,
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_management_action,
    make_period,
    make_plan,
    make_priority,
    make_risk,
    move,
    publish,
    refused,
    see,
    update,
    update_management_action,
)


def d(text: str) -> date:
    return date.fromisoformat(text)


def change(people: Cast, period: Shown, version: int | None = None, **given: Any) -> Shown:
    body = PeriodUpdate(**given)
    changed: Shown = do(periods.change_period, people.editor, period["id"], body, version=version)
    return changed


def write(people: Cast, period: Shown, text: str, version: int | None = None, **given: Any) -> Shown:
    body = CommentaryPut(text=text)
    who = given.pop("who", people.editor)
    made: Shown = do(commentaries.write_commentary, who, period["id"], body, version=version, **given)
    return made


def entries_of(people: Cast, noun: str) -> list[Any]:
    with db.read(people.viewer) as reader:
        table = journal_entries.c
        wanted = select(journal_entries).where(table.noun == noun).order_by(table.sequence)
        return list(reader.execute(wanted))


# --- Periods ----------------------------------------------------------------------------------------------


def test_a_new_period_is_a_draft(people: Cast, priority: Shown) -> None:
    made = make_period(
        people.editor, priority["plan_id"], title="April to June 2024", meeting_on=d("2024-07-18")
    )
    assert (made["state"], made["published"], made["errata"], made["version"]) == ("draft", None, 0, 1)
    assert see(periods.get_period, people.viewer, made["id"]) == made
    (entry,) = entries_of(people, "period")
    assert (entry.operation, entry.subject_id) == ("created", made["id"])
    assert entry.after["last_day"] == "2024-06-30"


@pytest.mark.parametrize(
    "first, last, pointer",
    [
        ("2024-04-01", "2024-06-30", "/first_day"),  # the same days
        ("2024-06-30", "2024-07-31", "/first_day"),  # its last day
        ("2024-01-01", "2024-04-01", "/last_day"),  # its first day
        ("2024-05-01", "2024-05-31", "/first_day"),  # within it
        ("2024-01-01", "2024-12-31", "/last_day"),  # around it
    ],
)
def test_periods_of_a_plan_never_overlap(
    people: Cast, priority: Shown, first: str, last: str, pointer: str
) -> None:
    plan_id = priority["plan_id"]
    make_period(people.editor, plan_id)
    days = {"first_day": d(first), "last_day": d(last)}
    found = refused(make_period, people.editor, plan_id, ref="Q2", **days)
    assert list(found) == [pointer]
    assert "the period Q1, 2024-04-01 to 2024-06-30" in found[pointer]
    later = make_period(people.editor, plan_id, ref="Q2", first_day=d("2024-07-01"), last_day=d("2024-09-30"))
    assert list(refused(change, people, later, first_day=d("2024-06-30"))) == ["/first_day"]
    assert change(people, later, last_day=d("2024-09-29"))["last_day"] == d("2024-09-29")
    assert [one["ref"] for one in see(periods.list_periods, people.viewer, plan_id)["items"]] == ["Q1", "Q2"]


def test_the_same_days_may_be_a_period_of_another_plan(people: Cast, priority: Shown) -> None:
    make_period(people.editor, priority["plan_id"])
    make_period(people.editor, make_plan(people.editor, ref="X")["id"])


@pytest.mark.parametrize(
    "given, pointer",
    [
        ({"last_day": d("2024-03-31")}, "/last_day"),
        ({"meeting_on": d("2024-06-29")}, "/meeting_on"),
    ],
)
def test_days_stand_in_order(people: Cast, priority: Shown, given: Shown, pointer: str) -> None:
    plan_id = priority["plan_id"]
    assert list(refused(make_period, people.editor, plan_id, **given)) == [pointer]
    made = make_period(people.editor, plan_id, meeting_on=d("2024-06-30"))
    assert list(refused(change, people, made, **given)) == [pointer]


def test_a_ref_is_used_once_in_a_plan(people: Cast, priority: Shown) -> None:
    plan_id = priority["plan_id"]
    make_period(people.editor, plan_id)
    later = {"first_day": d("2024-07-01"), "last_day": d("2024-09-30")}
    assert list(refused(make_period, people.editor, plan_id, **later)) == ["/ref"]
    other = make_period(people.editor, plan_id, ref="Q2", **later)
    assert list(refused(change, people, other, ref="Q1")) == ["/ref"]


def test_a_period_goes_to_review_and_back_but_is_not_published_by_a_change(
    people: Cast, priority: Shown
) -> None:
    made = make_period(people.editor, priority["plan_id"])
    reviewed = change(people, made, 1, state=PeriodState.in_review)
    assert (reviewed["state"], reviewed["version"]) == ("in_review", 2)
    assert change(people, made, title="Spring")["title"] == "Spring"
    assert change(people, made, state=PeriodState.draft)["state"] == "draft"
    assert list(refused(change, people, made, state=PeriodState.published)) == ["/state"]
    for name in ("ref", "first_day", "last_day", "state"):
        assert list(refused(change, people, made, **{name: None})) == [f"/{name}"]
    with pytest.raises(PreconditionFailed) as stale:
        change(people, made, 1, title="Summer")
    assert stale.value.current == see(periods.get_period, people.viewer, made["id"])


def test_only_editors_write_periods(people: Cast, priority: Shown) -> None:
    made = make_period(people.editor, priority["plan_id"])
    for who in (people.viewer, people.contributor):
        with pytest.raises(NotAllowed):
            make_period(who, priority["plan_id"], ref="X")
        with pytest.raises(NotAllowed):
            do(periods.change_period, who, made["id"], PeriodUpdate(title="X"), version=None)
        with pytest.raises(NotAllowed):
            write(people, made, "X", who=who)
        with pytest.raises(NotAllowed):
            do(cadences.set_cadence, who, priority["plan_id"], QUARTERS, version=None)


def test_periods_are_listed_by_state_and_day_from_either_end(people: Cast, priority: Shown) -> None:
    plan_id = priority["plan_id"]
    later = make_period(people.editor, plan_id, ref="Q2", first_day=d("2024-07-01"), last_day=d("2024-09-30"))
    first = make_period(people.editor, plan_id)
    change(people, later, state=PeriodState.in_review)

    def refs(**wanted: Any) -> list[str]:
        return [one["ref"] for one in see(periods.list_periods, people.viewer, plan_id, **wanted)["items"]]

    assert refs() == ["Q1", "Q2"]
    assert refs(descending=True) == ["Q2", "Q1"]
    assert refs(state=PeriodState.in_review) == ["Q2"]
    assert refs(containing=d("2024-06-30")) == refs(ref="Q1") == ["Q1"]
    assert refs(containing=d("2024-10-01")) == refs(updated_since=NOW + timedelta(days=1)) == []
    page = see(periods.list_periods, people.viewer, plan_id, asked=Page(limit=1))
    assert (page["total"], [one["ref"] for one in page["items"]]) == (2, ["Q1"])
    assert refs(asked=Page(page["next"], 1)) == ["Q2"]
    named = ("id", "ref", "title", "first_day", "last_day", "state")
    assert see(periods.on_day, people.viewer, plan_id, d("2024-04-01")) == {
        name: first[name] for name in named
    }
    assert see(periods.on_day, people.viewer, plan_id, d("2024-03-31")) is None


# --- Commentary -------------------------------------------------------------------------------------------


def test_commentary_says_who_wrote_it(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    of_second = write(people, period, "Recruitment is in hand.", priority_id=second["id"])
    of_first = write(people, period, "The dashboard was shown.", priority_id=priority["id"])
    whole = write(people, period, "A good quarter.", who=people.admin)
    assert whole["author_name"] == "Admin of the north"
    assert of_first["author_name"] == "Editor of the north"
    listed = see(commentaries.list_commentaries, people.viewer, period["id"])
    assert [one["id"] for one in listed] == [whole["id"], of_first["id"], of_second["id"]]
    changed = write(people, period, "A mixed quarter.", version=1)
    assert (changed["author_name"], changed["version"]) == ("Editor of the north", 2)
    assert [(one.operation, one.before) for one in entries_of(people, "commentary")][-1] == (
        "changed",
        {"text": "A good quarter.", "author_name": "Admin of the north"},
    )
    same = write(people, period, "A mixed quarter.", version=2, who=people.admin)
    assert same == changed, "sending the same text again makes nobody its author"


def test_a_commentary_that_exists_is_changed_by_its_version_alone(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    with pytest.raises(Conflict):
        write(people, period, "First.", version=1)
    made = write(people, period, "First.")
    with pytest.raises(PreconditionRequired):
        write(people, period, "Second.")
    with pytest.raises(PreconditionFailed) as stale:
        write(people, period, "Second.", version=7)
    assert stale.value.current == made


def test_commentary_is_on_a_priority_of_the_same_plan(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    other = make_priority(people.editor, make_plan(people.editor, ref="X")["id"])
    with pytest.raises(NotFound):
        write(people, period, "Elsewhere.", priority_id=other["id"])


# --- What is published ------------------------------------------------------------------------------------


def published(people: Cast, priority: Shown) -> Shown:
    made = make_period(people.editor, priority["plan_id"])
    write(people, made, "A good quarter.")
    publish(people.editor, made)
    found: Shown = see(periods.get_period, people.viewer, made["id"])
    return found


def erratum(people: Cast, period: Shown, **given: Any) -> Shown:
    named = {name: given.pop(name) for name in ("version", "at") if name in given}
    body = ErratumCreate(**{"text": "Action 2.5 was overdue.", **given})
    made: Shown = do(errata.add_erratum, people.editor, period["id"], body, **named)
    return made


def test_a_published_period_says_when_and_by_whom(people: Cast, priority: Shown) -> None:
    made = make_period(people.editor, priority["plan_id"])
    publication = publish(people.editor, made)
    found = see(periods.get_period, people.viewer, made["id"])
    assert (found["state"], found["version"]) == ("published", 2)
    assert found["published"] == {
        "at": NOW,
        "on": TODAY,
        "by": "Editor of the north",
        "sequence": publication["sequence"],
        "digest": publication["digest"],
    }
    assert see(periods.list_periods, people.viewer, priority["plan_id"])["items"] == [found]


def test_nothing_of_a_published_period_changes(people: Cast, priority: Shown) -> None:
    period = published(people, priority)
    before = see(publications.content, people.viewer, period["id"])
    for given in ({"title": "X"}, {"last_day": d("2024-06-29")}, {"state": PeriodState.draft}):
        with pytest.raises(Conflict, match="published and stays as it is"):
            change(people, period, **given)
    with pytest.raises(Conflict):
        write(people, period, "A bad quarter.", version=1)
    with pytest.raises(Conflict):
        write(people, period, "First.", priority_id=priority["id"])
    with pytest.raises(Conflict):
        publish(people.editor, period)
    assert see(periods.get_period, people.viewer, period["id"]) == period
    assert see(publications.content, people.viewer, period["id"]) == before


def test_errata_stand_beside_it_in_the_order_of_their_dates(people: Cast, priority: Shown) -> None:
    period = published(people, priority)
    tomorrow = Moment(NOW + timedelta(days=1), TODAY + timedelta(days=1))
    later = erratum(people, period, at=tomorrow)
    earlier = erratum(people, period, at=tomorrow, effective_on=TODAY, text="The lead is another one.")
    assert (later["effective_on"], later["author_name"]) == (tomorrow.today, "Editor of the north")
    listed = see(errata.list_errata, people.viewer, period["id"])
    assert [one["id"] for one in listed] == [earlier["id"], later["id"]]
    assert listed[1] == later
    after = see(periods.get_period, people.viewer, period["id"])
    assert (after["errata"], after["version"]) == (2, period["version"] + 2)
    entry = entries_of(people, "erratum")[-1]
    assert (entry.sequence, entry.subject_id) == (earlier["sequence"], earlier["id"])
    assert entry.after == {
        "period_id": str(period["id"]),
        "effective_on": "2024-07-01",
        "text": "The lead is another one.",
    }
    with pytest.raises(PreconditionFailed) as stale:
        erratum(people, period, version=period["version"])
    assert stale.value.current == after


def test_an_erratum_is_for_what_is_published_and_not_of_tomorrow(people: Cast, priority: Shown) -> None:
    draft = make_period(
        people.editor, priority["plan_id"], ref="Q2", first_day=d("2024-07-01"), last_day=d("2024-09-30")
    )
    with pytest.raises(Conflict, match="not published yet"):
        erratum(people, draft)
    period = published(people, priority)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1), period["last_day"]):
        assert refused(erratum, people, period, effective_on=day) == {
            "/effective_on": "Give the day the period was published, 2024-07-01, or a later day up to today."
        }
    for text in ("", "  "):
        with pytest.raises(ValidationError):
            ErratumCreate(text=text)
    assert see(errata.list_errata, people.viewer, period["id"]) == []


def test_an_entry_dated_in_a_published_period_is_backdated_and_needs_a_reason(
    people: Cast, priority: Shown, register: Shown
) -> None:
    """Domain rules, section 5; the last entry of each record is older than the period's last day."""
    last_day = d("2024-06-30")
    action = make_action(people.editor, priority)
    risk = make_risk(people.editor, register["id"], priority_id=priority["id"])
    planned = make_management_action(people.editor, risk["id"])
    published(people, priority)
    for record, found, given in (
        (update, action, {"narrative": "Under way."}),
        (move, risk, {"move": "closure"}),
        (update_management_action, planned, {"narrative": "Under way."}),
    ):
        if record is not move:
            with_it = refused(record, people.editor, found["id"], effective_on=last_day, **given)
            assert "dated in period Q1, which is published" in with_it["/reason"]
        given |= {"reason": "Learned late."}
        assert record(people.editor, found["id"], effective_on=last_day, **given)["backdated"] is True
    assert update(people.editor, action["id"], narrative="Today.")["backdated"] is False
    new = {"ref": "1.2", "effective_on": last_day}
    assert "published" in refused(make_action, people.editor, priority, **new)["/reason"]
    late = make_action(people.editor, priority, reason="Forgotten until now.", **new)
    (added,) = see(updates.list_updates, people.viewer, late["id"])
    assert added["backdated"] is True
    other = make_priority(people.editor, make_plan(people.editor, ref="X")["id"])
    elsewhere = make_action(people.editor, other, effective_on=ADDED)
    entry = update(people.editor, elsewhere["id"], narrative="Under way.", effective_on=last_day)
    assert entry["backdated"] is False, "the period is another plan's"


# --- Cadence ----------------------------------------------------------------------------------------------

QUARTERS = CadencePut(kind="quarterly", anchor=d("2024-04-01"), meeting_days_after=18)


def cadence(people: Cast, plan_id: Any) -> Shown:
    found: Shown = see(cadences.get_cadence, people.viewer, plan_id, today=TODAY)
    return found


def set_cadence(people: Cast, plan_id: Any, body: CadencePut, version: int | None = None) -> Shown:
    found: Shown = do(cadences.set_cadence, people.editor, plan_id, body, version=version)
    return found


def days(found: Shown) -> list[tuple[str, str, str]]:
    return [(one["ref"], str(one["first_day"]), str(one["last_day"])) for one in found["proposed"]]


def test_a_plan_without_cadence_proposes_nothing(people: Cast, priority: Shown) -> None:
    found = cadence(people, priority["plan_id"])
    assert (found["kind"], found["anchor"], found["proposed"]) == (None, None, [])


def test_a_plan_without_periods_begins_with_the_one_that_is_over(people: Cast, priority: Shown) -> None:
    found = set_cadence(people, priority["plan_id"], QUARTERS, 1)
    assert days(found) == [
        ("2024-06", "2024-04-01", "2024-06-30"),
        ("2024-09", "2024-07-01", "2024-09-30"),
        ("2024-12", "2024-10-01", "2024-12-31"),
    ]
    assert [one["title"] for one in found["proposed"]][:1] == ["April to June 2024"]
    assert found["proposed"][0]["meeting_on"] == d("2024-07-18")
    assert found == cadence(people, priority["plan_id"])
    body = PlanUpdate(starts_on=d("2024-05-06"))
    do(plans.change_plan, people.editor, priority["plan_id"], body, version=2)
    assert days(cadence(people, priority["plan_id"]))[0] == ("2024-06", "2024-05-06", "2024-06-30")


def test_what_is_proposed_leaves_out_the_days_of_periods_that_exist(people: Cast, priority: Shown) -> None:
    plan_id = priority["plan_id"]
    make_period(people.editor, plan_id, ref="2024-09", first_day=d("2024-05-01"), last_day=d("2024-05-31"))
    make_period(people.editor, plan_id, ref="X", first_day=d("2024-08-01"), last_day=d("2024-08-31"))
    assert days(set_cadence(people, plan_id, QUARTERS)) == [
        ("2024-06", "2024-06-01", "2024-06-30"),
        ("2024-07", "2024-07-01", "2024-07-31"),
        ("2024-09-30", "2024-09-01", "2024-09-30"),
    ]


def test_periods_can_be_proposed_from_any_day_that_somebody_chooses(people: Cast, priority: Shown) -> None:
    plan_id = priority["plan_id"]
    set_cadence(people, plan_id, QUARTERS)
    make_period(people.editor, plan_id, ref="Q", first_day=d("2023-07-01"), last_day=d("2023-09-30"))

    def since(day: str) -> list[str]:
        found = see(cadences.get_cadence, people.viewer, plan_id, today=TODAY, since=d(day))
        return [ref for ref, _, _ in days(found)]

    # The whole period that has the day, then a year of a monthly board; what exists is left out.
    assert since("2022-11-15")[:4] == ["2022-12", "2023-03", "2023-06", "2023-12"]
    assert len(since("2022-11-15")) == cadences.FROM_CHOSEN_DAY
    assert since("2025-01-01")[0] == "2025-03"


def test_a_cadence_is_a_change_of_its_plan(people: Cast, priority: Shown) -> None:
    plan_id = priority["plan_id"]
    set_cadence(people, plan_id, QUARTERS, 1)
    entry = entries_of(people, "plan")[-1]
    assert (entry.operation, entry.before) == ("changed", {"cadence": None})
    assert entry.after["cadence"]["kind"] == "quarterly"
    with pytest.raises(PreconditionFailed) as stale:
        set_cadence(people, plan_id, QUARTERS, 1)
    assert stale.value.current == cadence(people, plan_id)
    again = set_cadence(people, plan_id, QUARTERS, 2)
    assert again["version"] == 2, "the same cadence again changes nothing"


@pytest.mark.parametrize(
    "given, pointer",
    [
        ({"kind": "fixed_dates"}, "/last_days"),
        ({"kind": "fixed_dates", "last_days": [d("2024-03-31")]}, "/anchor"),
        ({"kind": "relative_to_meetings", "meetings": [d("2024-07-18")]}, "/days_before"),
        ({"kind": "monthly", "days_before": 3}, "/days_before"),
    ],
)
def test_a_cadence_that_gives_no_periods_is_refused(
    people: Cast, priority: Shown, given: Shown, pointer: str
) -> None:
    body = CadencePut(**{"anchor": d("2024-04-01"), **given})
    assert list(refused(set_cadence, people, priority["plan_id"], body)) == [pointer]
