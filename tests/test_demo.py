"""The sample: every printed figure comes out, its oddities are kept, and it is loaded only once."""

import csv
import filecmp
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import config, db, demo
from app.access.roles import Principal, Role
from app.demo.loader import FOLDER, REASON, rows
from app.errors import Conflict, NotAllowed
from app.models.tables import (
    access_tokens,
    assessments,
    clients,
    journal_entries,
    management_actions,
    metadata,
    people,
    updates,
    users,
)
from app.services import actions as actions_service
from app.services import areas, controls, lists, plans, priorities, progress, registers, risks, signing_in
from app.services import assessments as assessments_service
from app.services import management_actions as management_actions_service
from app.services import updates as updates_service

ROOT = Path(__file__).parent.parent
TODAY = date(2024, 7, 1)
END_OF_JUNE = date(2024, 6, 30)
STATUSES = ("complete", "on_target", "delayed", "not_started")
EVERYTHING = lists.Page(limit=200)


@pytest.fixture
def who(sample_database: str) -> Principal:
    with db.read(None) as reader:
        return areas.by_slug(reader, "halton")


def plan_id(who: Principal, ref: str) -> Any:
    with db.read(who) as reader:
        [plan] = plans.list_plans(reader, who, ref=ref)["items"]
    return plan["id"]


def figures(who: Principal, day: date) -> dict[str, Any]:
    with db.read(who) as reader:
        return progress.progress(reader, who, plan_id(who, "PAP"), today=TODAY, as_at=day)


def actions(who: Principal, ref: str, day: date = TODAY) -> dict[str, dict[str, Any]]:
    """The actions of a plan by their first ref."""
    with db.read(who) as reader:
        found: list[dict[str, Any]] = []
        asked: lists.Page | None = EVERYTHING
        while asked:
            answer = actions_service.list_actions(
                reader, who, plan_id(who, ref), today=TODAY, as_at=day, asked=asked
            )
            found += answer["items"]
            asked = lists.Page(limit=200, cursor=answer["next"]) if answer["next"] else None
    return {action["ref"]: action for action in found}


def register_risks(who: Principal, ref: str, day: date = TODAY) -> dict[str, dict[str, Any]]:
    """The risks of a register by their ref."""
    with db.read(who) as reader:
        [register] = registers.list_registers(reader, who, today=TODAY, ref=ref)["items"]
        answer = risks.list_risks(reader, who, register["id"], today=TODAY, as_at=day, asked=EVERYTHING)
    return {risk["ref"]: risk for risk in answer["items"]}


# --- Figures ----------------------------------------------------------------------------------------------


def shares(scope: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(scope["statuses"][status]["rounded"] for status in STATUSES)


def counts(scope: dict[str, Any]) -> tuple[int, ...]:
    return tuple(scope["statuses"][status]["count"] for status in STATUSES)


def test_progress_at_the_end_of_june_is_as_published(who: Principal) -> None:
    answer = figures(who, END_OF_JUNE)
    assert {priority["ref"]: shares(priority) for priority in answer["priorities"]} == {
        "PAP 1": (44, 11, 44, 0),
        "PAP 2": (0, 60, 40, 0),
        "PAP 3": (0, 71, 29, 0),
        "PAP 4": (0, 58, 25, 17),
        "PAP 5": (22, 40, 15, 23),
    }
    overall = answer["overall"]
    assert counts(overall) == (17, 40, 20, 16)
    assert shares(overall) == (18, 43, 22, 17)
    assert (overall["action_points"], overall["distinct_actions"], overall["withdrawn"]) == (93, 89, 0)
    assert overall["flags"]["overdue"] == {"action_points": 5, "actions": 1}
    assert answer["priorities"][0]["complete_or_on_target"]["rounded"] == 56


def test_progress_on_the_first_day_is_what_had_begun(who: Principal) -> None:
    overall = figures(who, date(2024, 4, 1))["overall"]
    assert counts(overall) == (0, 10, 0, 83)


def test_there_was_no_action_before_the_first_day(who: Principal) -> None:
    overall = figures(who, date(2024, 3, 31))["overall"]
    assert (overall["action_points"], shares(overall)) == (0, (None,) * 4)


def test_every_published_share_of_a_priority_comes_out(who: Principal) -> None:
    found = {priority["ref"]: priority for priority in figures(who, END_OF_JUNE)["priorities"]}
    for published in rows("halton-pap/published-progress.csv"):
        if published["scope"] == "overall":
            continue  # no counts can give it: see the sample's README
        for status in STATUSES:
            if published[status]:
                assert found[published["scope"]]["statuses"][status]["rounded"] == int(published[status])


# --- The plan ---------------------------------------------------------------------------------------------


def test_every_row_of_the_plan_is_an_action_point(who: Principal) -> None:
    printed = rows("halton-pap/actions.csv")
    by_ref = {point["ref"]: action for action in actions(who, "PAP").values() for point in action["points"]}
    assert set(by_ref) == {row["ref"] for row in printed}
    for row in printed:
        action = by_ref[row["ref"]]
        assert action["title"] == row["title"]
        assert (action["lead"]["name"], action["lead"]["organisation"]) == (
            row["lead_role"],
            row["lead_organisation"],
        )
        assert action["status"] == row["status"]
        assert str(action["due_on"] or "") == row["due_date"]
        assert str(action["completed_on"] or "") == row["completed_date"]
        assert action["success_measure"] == row["success_measure"]
        told = action["latest_update"]
        assert (told["narrative"] if told else "") == row["latest_progress"]
        assert str(told["effective_on"] if told else "") == row["progress_date"]


def test_the_survey_is_one_action_under_every_priority(who: Principal) -> None:
    survey = actions(who, "PAP")["1.9"]
    assert [(point["priority_ref"], point["ref"]) for point in survey["points"]] == [
        ("PAP 1", "1.9"),
        ("PAP 2", "2.5"),
        ("PAP 3", "3.7"),
        ("PAP 4", "4.12"),
        ("PAP 5", "5.60"),
    ]
    with db.read(who) as reader:
        history = updates_service.list_updates(reader, who, survey["id"])
    assert [(entry["operation"], entry["effective_on"], entry["facts"]["status"]) for entry in history] == [
        ("added", date(2024, 4, 1), "not_started"),
        ("updated", date(2024, 4, 1), "on_target"),
        ("updated", date(2024, 6, 28), "delayed"),
    ]


def test_every_entry_says_where_it_comes_from(who: Principal) -> None:
    with db.read(who) as reader:
        for table in (updates, assessments):
            assert set(reader.execute(select(table.c.reason)).scalars()) == {REASON}
        newest = reader.execute(select(func.max(updates.c.effective_on))).scalar()
        assert not any(reader.execute(select(updates.c.backdated)).scalars())
    assert newest == demo.NEWEST_ENTRY_ON


def test_priorities_carry_their_printed_statements(who: Principal) -> None:
    with db.read(who) as reader:
        found = priorities.list_priorities(reader, who, plan_id(who, "PAP"))["items"]
    assert [(one["ref"], one["title"], one["statement"]) for one in found] == [
        (row["ref"], row["title"], row["statement"]) for row in rows("halton-pap/priorities.csv")
    ]


# --- The risk register ------------------------------------------------------------------------------------


def test_the_printed_scores_and_bands_come_out(who: Principal) -> None:
    bands = {int(cell["score"]): cell["band"] for cell in rows("halton-risk-register/matrix.csv")}
    found = register_risks(who, "PAP")
    printed = rows("halton-risk-register/register.csv")
    assert set(found) == {row["ref"] for row in printed}
    for row in printed:
        for side in ("current", "target"):
            pair, score = found[row["ref"]][side], int(row[f"{side}_score"])
            assert (pair["score"], pair["band"]) == (score, bands[score])
            assert pair["likelihood"] == int(row[f"{side}_likelihood"])
            assert pair["impact"] == int(row[f"{side}_impact"])


def test_all_cells_of_the_matrix_come_out_as_printed(who: Principal) -> None:
    with db.read(who) as reader:
        [register] = registers.list_registers(reader, who, today=TODAY, ref="PAP")["items"]
        cells = registers.heat_map(reader, who, register["id"], today=TODAY)["cells"]
    matrix = register["matrix"]
    assert {
        (
            str(cell["likelihood"]),
            matrix["likelihood_labels"][cell["likelihood"] - 1],
            str(cell["impact"]),
            matrix["impact_labels"][cell["impact"] - 1],
            str(cell["score"]),
            cell["band"],
        )
        for cell in cells
    } == {tuple(row.values()) for row in rows("halton-risk-register/matrix.csv")}


def test_the_oddities_of_the_register_are_kept(who: Principal) -> None:
    found = register_risks(who, "PAP")
    assert (found["1"]["opened_on"], found["1"]["last_updated_on"]) == (date(2024, 3, 1), date(2024, 1, 5))
    assert [ref for ref, risk in found.items() if risk["owner"] is None] == ["1", "4"]
    assert [ref for ref, risk in found.items() if risk["opened_on"] is None] == ["3"]
    assert [ref for ref, risk in found.items() if risk["latest_narrative"] is None] == ["2", "4"]
    assert found["4"]["target"]["impact"] > found["4"]["current"]["impact"]
    assert {ref: risk["priority_ref"] for ref, risk in found.items()} == {
        "1": "PAP 1",
        "2": "PAP 1",
        "3": "PAP 4",
        "4": "PAP 2",
    }
    assert [lead["name"] for lead in found["1"]["strategic_leads"]] == [
        "Strategic SEND lead A",
        "Strategic SEND lead B",
    ]


def test_risks_are_assessed_on_the_later_of_opened_and_last_updated(who: Principal) -> None:
    with db.read(who) as reader:
        history = {
            ref: assessments_service.list_assessments(reader, who, risk["id"])
            for ref, risk in register_risks(who, "PAP").items()
        }
    scored = {
        ref: [entry["effective_on"] for entry in entries if entry["current"]]
        for ref, entries in history.items()
    }
    assert scored == {
        "1": [date(2024, 3, 1)],
        "2": [date(2024, 5, 6)],
        "3": [date(2024, 6, 6)],
        "4": [date(2024, 6, 5)],
    }
    early = register_risks(who, "PAP", date(2024, 4, 1))
    assert [ref for ref, risk in early.items() if risk["current"]] == ["1"]
    assert len(early) == 4


def test_management_actions_have_no_status_and_dates_only_where_printed(who: Principal) -> None:
    found = []
    with db.read(who) as reader:
        for ref, risk in register_risks(who, "PAP").items():
            answer = management_actions_service.list_management_actions(reader, who, risk["id"], today=TODAY)
            found += [
                (ref, one["title"], one["lead"]["name"], str(one["due_on"] or ""), one["status"])
                for one in answer["items"]
            ]
            in_place = controls.list_controls(reader, who, risk["id"])["items"]
            assert [one["description"] for one in in_place] == [
                row["controls"] for row in rows("halton-risk-register/register.csv") if row["ref"] == ref
            ]
    assert found == [
        (row["risk_ref"], row["action"], row["lead_role"], row["due_date"], None)
        for row in rows("halton-risk-register/management-actions.csv")
    ]


# --- The grant programme ----------------------------------------------------------------------------------


def test_the_grant_programme_has_148_actions_in_workstreams_and_phases(who: Principal) -> None:
    found = actions(who, "DBV")
    assert len(found) == 148
    assert Counter(action["points"][0]["priority_ref"] for action in found.values()) == {
        "1a": 10,
        "1b": 18,
        "1c": 20,
        "1d": 13,
        "1e": 22,
        "2": 29,
        "2c": 19,
        "2d": 17,
    }
    assert {action["phase"] for action in found.values()} == {"Co-Design", "Implementation", "Sustain"}
    assert {action["status"] for action in found.values()} == {"not_started"}
    with db.read(who) as reader:
        plan = plans.get_plan(reader, who, plan_id(who, "DBV"))
    assert (plan["kind"], plan["priority_label"]) == ("grant_programme", "workstream")


def test_its_dates_are_as_printed(who: Principal) -> None:
    found = actions(who, "DBV")
    dates = {ref: (action["start_on"], action["due_on"]) for ref, action in found.items()}
    assert dates["1a.2"] == (date(2024, 2, 1), date(2024, 2, 29)), "before its plan"
    assert dates["1b.6"] == (None, date(2024, 6, 30)), "a start without a year is none"
    assert dates["2.7"] == (date(2024, 4, 1), date(2024, 5, 31))
    assert dates["1e.25"] == (date(2025, 9, 1), "ongoing")
    assert dates["2d.20"] == (None, "ongoing"), "termly"
    assert dates["1c.19"] == (None, None)
    ongoing = [action for action in found.values() if action["due_on"] == "ongoing"]
    assert len(ongoing) == 17
    assert {action["review_on"] for action in ongoing} == {None}
    assert [ref for ref, action in found.items() if action["title"] == "(no text printed)"] == [
        "1c.11",
        "2c.6",
    ]


def test_its_thirteen_risks_are_rated_and_not_scored(who: Principal) -> None:
    found = register_risks(who, "DBV", date(2024, 4, 1))
    printed = rows("halton-dbv/programme-risks.csv")
    assert [(ref, risk["rating"]["band"]) for ref, risk in found.items()] == [
        (row["no"], row["rating"]) for row in printed
    ]
    assert {risk["current"] for risk in found.values()} == {None}
    assert {risk["owner"]["name"] for risk in found.values()} == {"DM SEND"}
    under = "1b 1b 1b 1a 1a 1a 1c 1d 1e 2 2 2c 2d"
    assert " ".join(risk["priority_ref"] for risk in found.values()) == under
    assert found["5"]["review_on"] == date(2024, 3, 31), "before its plan starts, as printed"
    assert found["12"]["review_on"] == date(2024, 9, 30)
    with db.read(who) as reader:
        [register] = registers.list_registers(reader, who, today=TODAY, ref="DBV")["items"]
    assert [band["name"] for band in register["matrix"]["bands"]] == ["L", "M", "H"]


# --- Loading ----------------------------------------------------------------------------------------------


def everything() -> dict[str, int]:
    with db.read(None) as reader:
        return {
            name: reader.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_loading_again_changes_nothing(who: Principal) -> None:
    before = everything()
    assert demo.load() == []
    assert everything() == before


def test_what_is_missing_is_loaded(database: str) -> None:
    assert [words.split(" with ")[0] for words in demo.load()] == ["plan PAP", "programme DBV", "4 accounts"]
    with db.write(None) as writer:
        writer.execute(users.delete().where(users.c.role == Role.viewer))
    assert demo.load() == ["1 accounts"]


def test_a_plan_that_fails_leaves_nothing_behind(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> int:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(demo.pap, "_load_register", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        demo.load()
    found = everything()
    assert (found["areas"], found["journal_entries"]) == (1, 1)
    assert {found[name] for name in ("plans", "actions", "updates", "people", "users")} == {0}


def test_every_label_is_one_person(who: Principal) -> None:
    with db.read(who) as reader:
        found = reader.execute(select(people.c.name, people.c.organisation)).all()
        leads = set(reader.execute(select(management_actions.c.lead_id)).scalars())
    assert len(found) == len(set(found))
    assert [row.organisation for row in found if row.name == "Data officer"] == ["Local authority", "ICB"]
    assert [row.organisation for row in found if row.name == "Strategic SEND lead C"] == [None]
    assert len(leads) == 2


def test_one_account_a_role_signs_in(who: Principal) -> None:
    with db.read(None) as reader:
        found = {row.email: row for row in reader.execute(select(users))}
        name = reader.execute(
            select(people.c.name).where(people.c.id == found["contributor@halton.example"].person_id)
        ).scalar()
    assert {email: row.role for email, row in found.items()} == {
        "viewer@halton.example": "viewer",
        "contributor@halton.example": "contributor",
        "editor@halton.example": "editor",
        "admin@halton.example": "admin",
    }
    assert name == "Strategic SEND lead"
    for role, email, password in demo.SIGN_INS:
        assert found[email].role == role
        account = signing_in.Account(found[email].id, found[email].password_hash)
        assert signing_in.password_fits(account, password)


def test_no_client_and_no_secret_is_made(who: Principal) -> None:
    with db.read(None) as reader:
        assert reader.execute(select(clients)).first() is None
        assert reader.execute(select(access_tokens)).first() is None
        journalled = reader.execute(
            select(journal_entries.c.after).where(journal_entries.c.noun == "user")
        ).scalars()
        assert "argon2" not in str(list(journalled))


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ({"SEND_TRACKER_ENVIRONMENT": "production"}, NotAllowed),
        ({"SEND_TRACKER_TODAY": "2024-06-27"}, Conflict),
    ],
)
def test_it_is_refused_where_it_must_not_be(
    database: str, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], error: type[Exception]
) -> None:
    keys = {"SEND_TRACKER_SECRET_KEY": "s" * 32, "SEND_TRACKER_JOURNAL_KEY": "j" * 32}
    if "SEND_TRACKER_ENVIRONMENT" in setting:
        monkeypatch.delenv("SEND_TRACKER_TODAY")
    for name, value in (keys | setting).items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    with pytest.raises(error):
        demo.load()
    assert set(everything().values()) == {0}


# --- Its files --------------------------------------------------------------------------------------------


def test_the_files_are_whole() -> None:
    for path in FOLDER.rglob("*.csv"):
        header, *rest = csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True))
        assert {len(row) for row in rest} == {len(header)}, path.name
    assert (FOLDER / "README.md").is_file()


def test_the_files_are_those_that_we_were_given() -> None:
    """Compared where the project's shared folder lies beside it; a fresh clone has none."""
    given = ROOT.parent / "shared" / "data"
    names = [path.relative_to(given).as_posix() for path in given.rglob("*") if path.is_file()]
    _, differing, unreadable = filecmp.cmpfiles(given, FOLDER, names, shallow=False)
    assert (differing, unreadable) == ([], [])
