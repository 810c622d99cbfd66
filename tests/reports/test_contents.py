"""A content becomes a document: the order of a board's paper, the content's own figures, and nothing else."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models.reports import ReportOfDay, ReportRead
from app.plans.statuses import Flag, Status
from app.reports.contents import document
from app.reports.document import Bars, Commentary, Document, Heading, HeatMap, Paragraph, Table
from app.reports.risk_sections import BAND_COLOURS
from app.web.static_files import _FILES
from tests.reports import samples

Shown = dict[str, Any]
# docs/domain.md: section 2, "Acceptance".
PRINTED = {
    "Priority 1": (44, 11, 44, 0),
    "Priority 2": (0, 60, 40, 0),
    "Priority 3": (0, 71, 29, 0),
    "Priority 4": (0, 58, 25, 17),
    "Priority 5": (22, 40, 15, 23),
    "The whole plan": (18, 43, 22, 17),
}


def tables(found: Document) -> dict[str, Table]:
    return {one.key: one for one in found.blocks if isinstance(one, Table)}


def headings(found: Document, level: int = 2) -> list[str]:
    return [one.text for one in found.blocks if isinstance(one, Heading) and one.level == level]


def said(found: Document) -> list[str]:
    return [one.text for one in found.blocks if isinstance(one, Paragraph)]


def texts(value: Any) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from texts(getattr(value, name))


def names(value: Any, place: str = "") -> set[str]:
    """The paths of every field of a content, whatever its values."""
    if isinstance(value, dict):
        return {place, *(path for key, one in value.items() for path in names(one, f"{place}/{key}"))}
    if isinstance(value, list):
        return {path for one in value for path in names(one, f"{place}/0")}
    return {place}


# --- The content that tests are made of -------------------------------------------------------------------


def test_the_content_made_by_hand_is_one_that_the_service_could_store(
    whole_content: Shown, sample_content: Shown
) -> None:
    ReportRead.model_validate_json(json.dumps(whole_content))
    ReportOfDay.model_validate_json(json.dumps(sample_content))
    for path in ("actions", "risks"):
        mine, real = (
            next(one for one in found["priorities"] if one.get(path))
            for found in (whole_content, sample_content)
        )
        assert mine[path][0].keys() - {"status_entry"} == real[path][0].keys() - {"status_entry"}
    of_registers = [
        {re.sub(r"/(current|target)/0.*", "", path) for path in names(found["registers"][0]["heat_map"])}
        for found in (whole_content, sample_content)
    ]
    assert of_registers[0] <= of_registers[1]


# --- Order and sections -----------------------------------------------------------------------------------


def test_sections_come_in_the_order_of_a_boards_paper(whole_document: Document) -> None:
    assert headings(whole_document) == [
        "Overall progress",
        "Priority 1: Shared strategic oversight",
        "Priority 2: Shared strategic oversight",
        "General risks",
        "Risk heat map",
        "Due before the next meeting, 22 August 2024",
        "Data quality",
    ]
    assert headings(whole_document, 3) == [
        "What changed since 31 March 2024",
        "What changed since 31 March 2024",
        "Delayed and overdue actions",
        "Risks",
        "Withdrawn actions",
        "What changed since 31 March 2024",
        "Risks",
    ]
    kinds = {type(one) for one in whole_document.blocks}
    assert kinds == {Heading, Paragraph, Commentary, Table, Bars, HeatMap}


def test_what_is_withdrawn_says_when_and_why_unless_it_was_published_before_that_was_told(
    whole_content: Shown,
) -> None:
    def table(content: Shown) -> Table:
        made = document(content, samples.LOOK)
        return next(one for one in made.blocks if isinstance(one, Table) and one.key.endswith("-withdrawn"))

    told = table(whole_content)
    assert [one.label for one in told.columns] == ["Action", "Lead", "Withdrawn on", "Why", "Latest update"]
    assert told.rows[0][2:4] == (date(2024, 5, 14), "The grant ended.")
    before = json.loads(json.dumps(whole_content))
    for priority in before["priorities"]:
        for one in priority.get("withdrawn_actions", ()):
            del one["withdrawal_entry"]
    assert [one.label for one in table(before).columns] == ["Action", "Lead", "Latest update"]


def test_facts_say_of_what_and_when_the_report_is(whole_document: Document) -> None:
    assert dict(whole_document.facts) == {
        "Plan": "PAP Priority action plan",
        "Period": "1 April 2024 to 30 June 2024",
        "As at": "30 June 2024",
        "Board meeting": "18 July 2024",
        "Next board meeting": "22 August 2024",
        "State": "Published: these figures stay as they are",
        "Journal head": samples.HEAD,
    }
    assert samples.HEAD[:16] in whole_document.foot
    assert "as at 30 June 2024" in whole_document.foot
    draft = document({**samples.content(), "published": False}, samples.LOOK)
    assert dict(draft.facts)["State"] == "Draft, not yet published"


def test_a_section_without_data_is_left_out(whole_content: Shown) -> None:
    for name in ("changes", "falls_due", "data_quality", "registers"):
        del whole_content[name]
    for name in ("actions", "withdrawn_actions", "commentary"):
        del whole_content["priorities"][0][name]
    found = document({**whole_content, "period": None}, samples.LOOK)
    assert headings(found) == [
        "Overall progress",
        *[f"Priority {number}: Shared strategic oversight" for number in (1, 2)],
        "General risks",
    ]
    assert headings(found, 3) == ["Risks", "Risks"]
    assert "Period" not in dict(found.facts)
    assert "Board meeting" not in dict(found.facts)


def test_no_risks_identified_is_printed_where_there_are_none_and_only_there(
    whole_document: Document, sample_document: Document, sample_content: Shown
) -> None:
    assert said(whole_document).count("No risks identified.") == 2
    without = [one for one in (*sample_content["priorities"], sample_content["general"]) if not one["risks"]]
    assert said(sample_document).count("No risks identified.") == len(without) == 3


def test_a_plan_without_anything_is_a_short_report() -> None:
    content = samples.content()
    nothing = {**samples.figures(0, 0, 0, 0), "withdrawn": 0}
    overall = {"progress": nothing, "lead": "There are no actions to report on.", "second": "", "note": ""}
    content |= {"overall": {**overall, "counted": "No actions."}, "priorities": []}
    for name in ("changes", "falls_due", "data_quality", "registers"):
        del content[name]
    found = document(content, samples.LOOK)
    assert said(found) == ["There are no actions to report on.", "No risks identified."]
    assert not tables(found)


def test_errata_stand_before_everything_else(whole_content: Shown) -> None:
    erratum = {"effective_on": "2024-07-20", "text": "Action 2.5 was overdue.", "author_name": "Lead"}
    found = document({**whole_content, "errata": [erratum]}, samples.LOOK)
    assert headings(found)[0] == "Errata"
    assert "Action 2.5 was overdue." in list(texts(tables(found)["errata"]))


# --- Figures ----------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_papers(sample_document: Document) -> None:
    found = tables(sample_document)
    for key, label in (
        ("overall", "The whole plan"),
        *((f"p{n}-status", f"Priority {n}") for n in range(1, 6)),
    ):
        table = found[key]
        assert table.caption.startswith(f"{label}: ")
        assert tuple(row[2] for row in table.rows[:4]) == PRINTED[label]
    whole = found["priorities"].rows[-1]
    assert whole[:6] == ("The whole plan", 17, 40, 20, 16, 93)


def test_the_figures_are_those_of_the_content(sample_contents: dict[str, Shown]) -> None:
    for content in sample_contents.values():
        found = tables(document(content, samples.LOOK))
        scopes = [*(one["progress"] for one in content["priorities"]), content["overall"]["progress"]]
        for row, flags, progress in zip(found["priorities"].rows, found["flags"].rows, scopes, strict=True):
            counts = tuple(progress["statuses"][status.value]["count"] for status in Status)
            share = progress["complete_or_on_target"]["rounded"]
            assert row[1:7] == (*counts, progress["action_points"], "No actions" if share is None else share)
            known = [progress["flags"][flag.value] for flag in Flag]
            assert list(flags[1:]) == [one["action_points"] for one in known if one is not None]


def test_every_late_action_and_every_risk_is_told(sample_contents: dict[str, Shown]) -> None:
    for content in sample_contents.values():
        found = tables(document(content, samples.LOOK))
        for place, one in enumerate(content["priorities"], start=1):
            late = [
                f"{action['ref']} {action['title']}"
                for action in one.get("actions", ())
                if action["status"] == "delayed" or action["flags"]["overdue"]
            ]
            table = found.get(f"p{place}-late")
            assert [row[0] for row in table.rows] == late if table else not late
            risks = found.get(f"p{place}-risks")
            for row, risk in zip(risks.rows if risks else (), one["risks"], strict=True):
                rated = risk["current"]
                words = f"{rated['score']} {rated['band']}" if rated else (risk["rating"] or {}).get("band")
                assert row[1] == (words or "Not scored")


def test_a_heat_map_shows_what_its_tables_say(sample_document: Document) -> None:
    (heat_map,) = (one for one in sample_document.blocks if isinstance(one, HeatMap))
    rows = tables(sample_document)["register-1-scores"].rows
    for likelihood in range(1, 6):
        for impact in range(1, 6):
            square = heat_map.squares[5 - impact][likelihood - 1]
            assert square.band.split()[0] == str(likelihood * impact)
            for names_there, side in ((square.current, slice(1, 3)), (square.target, slice(5, 7))):
                assert {*names_there} == {row[0] for row in rows if row[side] == (likelihood, impact)}
    assert heat_map.impacts[0] == "Major"
    assert heat_map.likelihoods[0] == "Very Unlikely"


def test_a_risk_keeps_its_own_band_under_a_new_version_of_the_matrix(whole_content: Shown) -> None:
    register = whole_content["registers"][0]
    grid, (first,) = register["heat_map"], register["matrices"]
    spans = (("High", 1, 6), ("Moderate", 8, 15), ("Red", 16, 25))
    bands = [{"name": name, "lowest": lowest, "highest": highest} for name, lowest, highest in spans]
    grid["matrix"] = {**first, "matrix_version": 2, "bands": bands}
    register["matrices"] = [grid["matrix"], first]
    for cell in grid["cells"]:
        cell["band"] = {"Low": "High", "High": "Red"}.get(cell["band"], cell["band"])
    grid["bands"] = [{"band": name, "count": int(name == "High")} for name, _lowest, _highest in spans]
    (risk,) = whole_content["priorities"][0]["risks"]
    grid["other_matrix"] = [{"id": risk["id"], "ref": risk["ref"]}]

    found = document(whole_content, samples.LOOK)
    (heat_map,) = (one for one in found.blocks if isinstance(one, HeatMap))
    assert heat_map.description == (
        "Now at 16 High by version 1 of the matrix: R1. Target at 4 Low by version 1 of the matrix: R1."
    )
    square = heat_map.squares[1][3]
    assert (square.band, square.current) == ("16 Red", ("R1 (High)",))
    assert tables(found)["register-1-scores"].rows[0][3:5] == (16, "High")
    assert tables(found)["register-1-bands"].rows == (
        ("High", "1 to 6", 0),
        ("Moderate", "8 to 15", 0),
        ("Red", "16 to 25", 0),
        ("High by version 1 of the matrix", "16 to 25", 1),
    )
    note = found.blocks[found.blocks.index(heat_map) + 1]
    assert isinstance(note, Paragraph)
    assert note.text == (
        "One risk was scored with another version of the matrix: R1. It keeps the band of that version: "
        "the colour and the band of a square are not its own."
    )


def test_bands_have_the_colours_of_the_pages() -> None:
    styles = _FILES["app.css"].content.decode()
    assert tuple(re.findall(r"--band-[1-5]-bg: (#[0-9a-f]{6});", styles)) == BAND_COLOURS


def test_data_quality_points_are_told_but_for_acknowledged_ones(
    sample_content: Shown, whole_content: Shown
) -> None:
    found = sample_content["data_quality"]["findings"]
    rows = tables(document(sample_content, samples.LOOK))["data-quality"].rows
    assert [row[1] for row in rows] == [one["message"] for one in found]
    assert {row[2] for row in rows} == {"Does not block"}
    (one,) = whole_content["data_quality"]["findings"]
    one["severity"] = "blocks"
    assert tables(document(whole_content, samples.LOOK))["data-quality"].rows[0][2] == "Blocks publishing"
    one["acknowledged"] = {"reason": "Known", "author_name": "Lead"}
    assert "data-quality" not in tables(document(whole_content, samples.LOOK))


# --- Why, and what changed --------------------------------------------------------------------------------


def why(**given: Any) -> str:
    content = samples.content()
    action = content["priorities"][0]["actions"][0] | given
    content["priorities"][0]["actions"] = [action]
    return str(tables(document(content, samples.LOOK))["p1-late"].rows[0][4])


def test_a_delay_says_why() -> None:
    entry = {"effective_on": "2024-06-01", "narrative": "Begun", "reason": None, "author_name": "Lead"}
    latest = {
        "id": "1",
        "effective_on": "2024-06-20",
        "narrative": "Two posts are vacant",
        "author_name": "Lead",
    }
    assert why(status_entry=entry, latest_update=latest) == "Begun. Two posts are vacant"
    assert (
        why(status_entry=entry | {"reason": "Vacancy"}, latest_update=latest)
        == "Vacancy. Two posts are vacant"
    )
    assert why(status_entry=entry | {"reason": "Vacancy"}, latest_update=None) == "Vacancy"
    same = entry | {"narrative": latest["narrative"], "reason": "Entered late"}
    assert why(status_entry=same, latest_update=latest) == "Two posts are vacant"
    flags = {flag.value: flag is Flag.overdue for flag in Flag}
    overdue = {"status": "on_target", "flags": flags, "status_entry": same, "latest_update": latest}
    assert why(**overdue) == "Entered late. Two posts are vacant"
    assert why(status_entry=None, latest_update=None) == "Nobody has said why"
    assert why(status_entry=entry | {"narrative": "=r=1+1"}, latest_update=None) == "=r=1+1", "as written"


def test_changes_stand_under_the_priority_that_they_happened_to(whole_content: Shown) -> None:
    found = tables(document(whole_content, samples.LOOK))
    rows = found["p1-changes"].rows
    assert [row[0] for row in rows] == ["1.1 Carry out the survey", "Risk R1"]
    assert rows[0][1] == "Went from on target to delayed."
    assert rows[1][1].startswith("Fell from 20 High to 16 High on 12 June 2024.")
    assert "p2-changes" not in found
    [risk] = whole_content["changes"]["risks"]["rescored"]["items"]
    for position in (risk["before"], risk["after"]):
        position["priority_id"] = None
    found = tables(document(whole_content, samples.LOOK))
    assert [row[0] for row in found["general-changes"].rows] == ["Risk R1"]
    assert [row[0] for row in found["p1-changes"].rows] == ["1.1 Carry out the survey"]


def test_a_risk_that_is_accepted_says_by_whom_and_until_when(whole_content: Shown) -> None:
    [risk] = whole_content["priorities"][0]["risks"]
    by = {"id": "1", "name": "Director", "organisation": "Council"}
    risk |= {"state": "accepted", "accepted": {"by": by, "until": "2024-12-31", "assessment_id": "1"}}
    row = tables(document(whole_content, samples.LOOK))["p1-risks"].rows[0]
    assert row[5] == "Data lead. Accepted by Director until 31 December 2024."


# --- Keys and texts ---------------------------------------------------------------------------------------


def test_keys_are_unique_and_short_enough_to_name_a_sheet(
    sample_contents: dict[str, Shown], whole_document: Document
) -> None:
    for found in (whole_document, *(document(one, samples.LOOK) for one in sample_contents.values())):
        for kind in (Heading, Table):
            keys = [one.key for one in found.blocks if isinstance(one, kind)]
            assert len({*keys}) == len(keys)
            assert all(re.fullmatch(r"[a-z0-9-]{1,31}", key) for key in keys)


def test_every_row_is_as_wide_as_its_head(whole_document: Document) -> None:
    for one in whole_document.blocks:
        if isinstance(one, Table):
            assert all(len(row) == len(one.columns) for row in one.rows)
        if isinstance(one, Bars):
            assert all({*bar.counts} == {*one.labels} for bar in one.bars)
        if isinstance(one, HeatMap):
            assert len(one.squares) == len(one.impacts)
            assert {len(row) for row in one.squares} == {len(one.likelihoods)}


def test_texts_that_people_wrote_are_told_as_they_are(hostile_document: Document) -> None:
    everything = "\n".join(texts(hostile_document))
    for text in samples.HOSTILE.values():
        assert text in everything
