"""The full history of every record: each journal entry as a person would say it."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app import db
from app.models.tables import journal_entries
from app.sentences.journal import tell
from app.services import histories
from app.services.lists import Page
from tests import doors
from tests.doors import NOBODY, Program
from tests.web.conftest import action_path, fields, links, plan_path, priority_paths, risk_path, words

NAMES = {
    "0197f6a0-58c4-7d51-9f35-3f0f5a6d9b11": "Programme lead",
    "0197f6a0-5b10-7a44-b1c9-6e5d4c3b2a33": "PAP 1",
    "0197f6a0-5c21-7b66-9e01-1a2b3c4d5e44": "7.1",
    "0197f6a0-5d32-7c77-8f12-2b3c4d5e6f55": date(2024, 4, 1),
}
PERSON, PRIORITY, ACTION, EARLIER = NAMES
LEARNED = date(2024, 6, 28)


def told(noun="action", operation="updated", *, before=None, after=None, reason=None):
    entry = {
        "noun": noun,
        "operation": operation,
        "before": before,
        "after": after,
        "reason": reason,
        "author_name": "Ed Editor",
        "subject_id": ACTION,
    }
    return tell(entry, NAMES, LEARNED)


# --- Sentences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {
                "before": {"status": "delayed"},
                "after": {"status": "on_target", "effective_on": "2024-05-03"},
                "reason": "survey went live",
            },
            "Status changed from Delayed to On target by Ed Editor on 3 May 2024: survey went live",
        ),
        (
            {"before": {"status": "delayed"}, "after": {"status": "delayed", "effective_on": "2024-05-03"}},
            "Status kept at Delayed by Ed Editor on 3 May 2024.",
        ),
        (
            {
                "before": {"due_on": "2024-05-31"},
                "after": {"due_on": "ongoing", "effective_on": "2024-05-03"},
            },
            "Due date changed from 31 May 2024 to ongoing by Ed Editor on 3 May 2024.",
        ),
        (
            {
                "before": {"forecast_on": "2024-05-31"},
                "after": {"forecast_on": None, "effective_on": "2024-05-03"},
            },
            "Forecast date cleared, it was 31 May 2024 by Ed Editor on 3 May 2024.",
        ),
        (
            {"after": {"narrative": "Begun.", "effective_on": "2024-05-03"}},
            "Update told by Ed Editor on 3 May 2024.",
        ),
        (
            {"operation": "changed", "before": {"lead_id": None}, "after": {"lead_id": PERSON}},
            "Lead set to Programme lead by Ed Editor on 28 June 2024.",
        ),
        (
            {
                "operation": "withdrawn",
                "after": {"withdrawn": True, "effective_on": "2024-05-03"},
                "reason": "merged with 2.5",
            },
            "Withdrawn from every count by Ed Editor on 3 May 2024: merged with 2.5",
        ),
        (
            {
                "before": {"points": [{"priority_id": PRIORITY, "ref": "1.1"}], "depends_on": []},
                "after": {
                    "points": [{"priority_id": PRIORITY, "ref": "1.2"}],
                    "effective_on": "2024-05-03",
                },
            },
            "Place in the plan changed from 1.1 under PAP 1 to 1.2 under PAP 1 by Ed Editor on 3 May 2024.",
        ),
        (
            {
                "noun": "risk",
                "operation": "assessed",
                "before": {"current": {"likelihood": 4, "impact": 4, "matrix_version": 1}},
                "after": {
                    "current": {"likelihood": 2, "impact": 4, "matrix_version": 1},
                    "effective_on": "2024-05-03",
                },
                "reason": "posts filled",
            },
            "Current score changed from 16 (likelihood 4, impact 4) to 8 (likelihood 2, impact 4) "
            "by Ed Editor on 3 May 2024: posts filled",
        ),
        (
            {
                "noun": "risk",
                "operation": "assessed",
                "after": {"last_updated_on": "2024-05-03", "effective_on": "2024-05-03"},
            },
            "Reviewed without change by Ed Editor on 3 May 2024.",
        ),
        (
            {
                "noun": "risk",
                "operation": "closed",
                "before": {"state": "open"},
                "after": {"state": "closed", "effective_on": "2024-05-03"},
            },
            "Closed by Ed Editor on 3 May 2024.",
        ),
        (
            {
                "noun": "control",
                "operation": "changed",
                "before": {"in_place": True},
                "after": {"in_place": False},
            },
            "Control “7.1”: in place changed from Yes to No by Ed Editor on 28 June 2024.",
        ),
        (
            {"noun": "control", "operation": "created", "after": {"description": "Panel"}},
            "Control “7.1” added by Ed Editor on 28 June 2024.",
        ),
        (
            {"noun": "plan", "operation": "created", "after": {"ref": "PAP", "kind": "reform_plan"}},
            "Plan added by Ed Editor on 28 June 2024.",
        ),
    ],
)
def test_an_entry_is_told_in_one_sentence(entry, expected):
    assert told(**entry).sentence == expected


@pytest.mark.parametrize(
    ("cadence", "words"),
    [
        (
            {"kind": "quarterly", "anchor": "2024-04-01", "meeting_days_after": 18},
            "every quarter from 1 April 2024, meeting 18 days after the last day",
        ),
        (
            {"kind": "monthly", "anchor": "2024-04-01", "meeting_days_after": 1},
            "every month from 1 April 2024, meeting 1 day after the last day",
        ),
        (
            {"kind": "six_weekly", "anchor": "2024-04-01", "meeting_days_after": 0},
            "every six weeks from 1 April 2024, meeting on the last day",
        ),
        ({"kind": "six_weekly", "anchor": "2024-04-01"}, "every six weeks from 1 April 2024"),
        (
            {"kind": "fixed_dates", "anchor": "2024-04-01", "last_days": ["2024-05-31", "2024-06-30"]},
            "periods from 1 April 2024 that end on 31 May 2024 and 30 June 2024",
        ),
        (
            {
                "kind": "relative_to_meetings",
                "anchor": "2024-04-01",
                "meetings": ["2024-07-18"],
                "days_before": 14,
            },
            "periods from 1 April 2024 that end 14 days before the meetings of 18 July 2024",
        ),
    ],
)
def test_a_cadence_is_told_as_a_board_would_say_it(cadence, words):
    found = told("plan", "changed", before={"cadence": None}, after={"cadence": cadence})
    said = " ".join([found.sentence, *(f"{one.label}: {one.after}" for one in found.texts)])
    assert words in said
    assert "Cadence" in said


def test_an_acknowledged_point_is_told_in_the_words_of_its_check():
    after = {"check": "risk_no_owner", "fingerprint": "0", "effective_on": "2024-05-03"}
    found = told("data_quality", "acknowledged", after=after, reason="agreed")
    assert found.changes == ("Point: risk without an owner.",)


def test_what_was_only_looked_at_is_no_change():
    kept = {"before": {"status": "delayed"}, "after": {"status": "delayed", "effective_on": "2024-05-03"}}
    assert not told(**kept).is_change
    assert not told("risk", "assessed", after={"effective_on": "2024-05-03"}).is_change
    assert told(after={"status": "delayed", "effective_on": "2024-05-03"}).is_change
    assert told("risk", "closed", after={"effective_on": "2024-05-03"}).is_change


def test_what_else_changed_is_told_after_the_first_change():
    both = {"status": "delayed", "forecast_on": "2024-10-31", "effective_on": "2024-05-03"}
    found = told(before={"status": "on_target"}, after=both, reason="late")
    assert found.sentence == "Status changed from On target to Delayed by Ed Editor on 3 May 2024: late"
    assert found.changes == ("Forecast date set to 31 October 2024.",)


def test_a_long_text_is_shown_before_and_after():
    long = "Leaders across education, health and care should act together. " * 3
    found = told("priority", "changed", before={"statement": "Short"}, after={"statement": long})
    assert found.sentence == "Statement changed by Ed Editor on 28 June 2024."
    assert [(one.before, one.after) for one in found.texts] == [("Short", long)]


def test_a_correction_names_the_day_of_what_it_corrects():
    after = {"status": "delayed", "replaces": EARLIER, "effective_on": "2024-05-03"}
    assert told(after=after).corrects == "1 April 2024"


def test_a_field_that_has_no_words_yet_is_still_told_in_plain_words():
    after = {"new_thing_on": "2024-05-31", "share": {"of_whom": ["a", "b"]}, "lead_person_id": PERSON}
    found = told("new_noun", "changed", before={"new_thing_on": None}, after=after)
    assert found.sentence == "New thing set to 31 May 2024 by Ed Editor on 28 June 2024."
    assert found.changes == ("Share set to of whom a and b.", "Lead person set to Programme lead.")


# --- Every entry that the service writes ------------------------------------------------------------------

_CODE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}|\b[a-z]+_[a-z_]+\b|\d{4}-\d\d-\d\d|[{}\[\]]|\bNone\b|\bTrue\b|\bFalse\b"
)


def test_every_entry_of_the_sample_reads_as_words(area):
    """No id, code, date or list as a program writes them is left in any sentence."""
    pages = {}
    with db.read(area) as reader:
        for noun, table in histories.NOUNS.items():
            for record_id in reader.execute(
                select(table.c.id).where(table.c.area_id == area.area_id)
            ).scalars():
                answer = histories.history(reader, area, record_id, noun=noun, asked=Page(limit=200))
                for item in answer["items"]:
                    found = tell(item, answer["names"], LEARNED)
                    pages[item["sequence"]] = " ".join((found.sentence, *found.changes))
        everything = set(
            reader.execute(
                select(journal_entries.c.sequence).where(
                    ~journal_entries.c.noun.in_(("person", "user", "area"))
                )
            ).scalars()
        )
    assert everything <= pages.keys()
    strange = {said for said in pages.values() if _CODE.search(said) or "not there any more" in said}
    assert not strange
    assert "Added to the plan by the service on 1 April 2024: Loaded from the June 2024 papers" in next(
        said for said in pages.values() if "Added to the plan" in said
    )


# --- Pages ------------------------------------------------------------------------------------------------


def records(visitor):
    return {
        "plan": plan_path(visitor),
        "priority": priority_paths(visitor)[0],
        "action": action_path(visitor, "1.9"),
        "register": links(visitor.get("/registers"), "/registers/")[0],
        "risk": risk_path(visitor, "1"),
    }


def test_every_record_leads_to_its_full_history(viewer):
    for noun, path in records(viewer).items():
        assert f'href="{path}/history"' in viewer.get(path), noun
        html = viewer.get(f"{path}/history")
        assert f'<a class="govuk-link" href="{path}">' in html
        assert "Entry " in words(html), noun


def test_an_update_is_the_first_thing_in_the_history(editor):
    path = action_path(editor, "1.9")
    form = {
        **fields(editor.get(f"{path}/update")),
        "status": "delayed",
        "reason": "survey went live <b>late</b>",
    }
    editor.send(f"{path}/update", {**form, "narrative": "Sent to all families."}, 303)
    html = editor.get(f"{path}/history")
    first = words(html[html.index("<ol") : html.index("</li>", html.index("<ol"))])
    assert "Status " in first
    assert "on 1 July 2024: survey went live <b>late</b>" in first
    assert "<b>late</b>" not in html
    assert "Sent to all families." in first


def test_a_risks_history_holds_its_controls_and_management_actions(viewer):
    said = words(viewer.get(f"{risk_path(viewer, '3')}/history"))
    assert "Control “" in said
    assert "Management action “" in said
    assert "added to the risk" in said


def period_with_everything(editor):
    """A period with a commentary written twice, one on a priority, and an erratum; its address."""
    form = {"ref": "2024-06", "first_day-day": "1", "first_day-month": "4", "first_day-year": "2024"}
    form |= {"last_day-day": "30", "last_day-month": "6", "last_day-year": "2024"}
    answer = editor.send(f"{plan_path(editor)}/periods/new", form, 303)
    path = str(answer.headers["location"]).partition("?")[0]
    editor.send(f"{path}/commentary", {"text": "A <b>good</b> quarter."}, 303)
    again = fields(editor.get(f"{path}/commentary")) | {"text": "A mixed quarter."}
    editor.send(f"{path}/commentary", again, 303)
    on_priority = links(editor.get(path), f"{path}/priorities/")[0]
    editor.send(on_priority, {"text": "Recruitment is in hand."}, 303)
    editor.send(f"{path}/state", {"version": "1", "state": "in_review"}, 303)
    editor.send(f"{path}/publication", fields(editor.get(f"{path}/publication")), 303)
    editor.send(f"{path}/errata", {"text": "Action 2.5 was overdue."}, 303)
    return path


def test_the_history_of_a_period_and_of_its_plan_hold_commentary_review_publication_and_errata(
    editor, viewer, stranger
):
    path = period_with_everything(editor)
    assert f'href="{path}/history"' in viewer.get(path)
    for history in (f"{path}/history", f"{plan_path(editor)}/history"):
        html = viewer.get(history)
        # Whoever it was, on whichever day the tests run.
        said = re.sub(r" by \S+ on \d+ [A-Z][a-z]+ \d{4}", " by somebody one day", words(html))
        for told_there in (
            "Erratum to period 2024-06 added by somebody one day. Text: Action 2.5 was overdue.",
            "Period “2024-06”: published by somebody",
            "Period “2024-06”: state changed from Draft to In review by somebody",
            "Commentary on PAP 1 in period 2024-06 written by somebody",
            "Commentary on period 2024-06 changed by somebody one day. "
            "Text before: A <b>good</b> quarter. Text after: A mixed quarter.",
            "Commentary on period 2024-06 written by somebody one day. Text: A <b>good</b> quarter.",
            "Period “2024-06” added by",
        ):
            assert told_there in said, (history, told_there)
        assert "<b>good</b>" not in html
        numbers = [int(found) for found in re.findall(r"Entry (\d+) of the journal", said)]
        assert numbers[:7] == list(range(numbers[0], numbers[0] - 7, -1)), "no entry is jumped over"
        stranger.get(history, 404)
    viewer.get(f"/periods/{NOBODY}/history", 404)


def test_each_entry_stands_under_the_day_it_was_recorded_and_says_the_day_it_is_effective(editor):
    path = action_path(editor, "1.9")
    form = fields(editor.get(f"{path}/update")) | {"status": "delayed", "reason": "Learned late."}
    late = {"effective_on-day": "28", "effective_on-month": "6", "effective_on-year": "2024"}
    editor.send(f"{path}/update", {**form, **late, "narrative": "Told late."}, 303)
    html = editor.get(f"{path}/history")
    first = words(html[html.index("<ol") : html.index("</li>", html.index("<ol"))])
    heading, recorded = re.search(
        r"^ (.+?) Effective 28 June 2024\. Status .* Recorded (.+?),", first
    ).groups()
    assert heading == recorded
    days = re.findall(r'<time datetime="([0-9-]+)"', html)
    assert days == sorted(days, reverse=True)


def test_a_long_history_has_pages_without_a_gap(editor, area, http):
    path = action_path(editor, "1.9")
    program = Program(http, doors.token(area, "write"), is_checked=False)
    total = 60 + words(editor.get(f"{path}/history")).count("of the journal")
    for number in range(60):
        program.post(f"{path}/updates", {"narrative": f"Told {number}."}, 201)
    first = editor.get(f"{path}/history")
    assert f"50 of {total} changes, the last one recorded first." in words(first)
    following = [link for link in links(first, f"{path}/history") if "page=2" in link]
    second = editor.get(following[0])
    numbers = [int(found) for found in re.findall(r"Entry (\d+) of the journal", first + second)]
    assert len(numbers) == total
    assert numbers == sorted(set(numbers), reverse=True)
    editor.get(f"{path}/history?page=rubbish", 422)
    oldest = editor.get(f"{path}/history?sort=recorded")
    numbers = [int(found) for found in re.findall(r"Entry (\d+) of the journal", oldest)]
    assert numbers == sorted(numbers)


def test_another_areas_history_is_not_there(viewer, stranger):
    for path in records(viewer).values():
        stranger.get(f"{path}/history", 404)
    viewer.get(f"/risks/{NOBODY}/history", 404)
