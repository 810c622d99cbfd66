"""The heat map of a register: crowded cells, the last published period, and what has moved on the tracks."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from app import db, web
from app.access.roles import Role
from app.charts.track import Earlier, track
from app.errors import Invalid
from app.models.registers import MatrixCreate
from app.services import plans as plans_service
from app.services import registers as registers_service
from app.web.presenters.heat_map import cell_of
from tests import doors, factories
from tests.web.conftest import Visitor, fields, links, words
from tests.web.test_charts import PARTNERSHIP

APRIL = date(2024, 4, 30)
SMALL = {
    "kind": "scored",
    "likelihood_labels": ["Rare", "Possible", "Likely"],
    "impact_labels": ["Minor", "Moderate", "Major"],
    "bands": [
        {"name": "Low", "lowest": 1, "highest": 1},
        {"name": "Moderate", "lowest": 2, "highest": 3},
        {"name": "High", "lowest": 4, "highest": 9},
    ],
    "reason": "The council's policy",
}
CROWD = 10


@pytest.fixture
def register(area) -> str:
    """The sample's register with ten more risks, nine of them open, all where likelihood and impact are 5."""
    with db.read(area) as reader:
        found = registers_service.list_registers(reader, area, today=factories.TODAY)["items"][0]
    for number in range(CROWD):
        risk = factories.make_risk(
            area,
            found["id"],
            ref=f"5{number}",
            description=f"Risk 5{number}",
            current=factories.pair(5, 5),
            target=factories.pair(2, 2),
        )
        if number == 0:
            factories.move(area, risk["id"], "closure")
    return f"/registers/{found['id']}"


def rows(html: str) -> list[str]:
    return re.findall(r">(5\d) Risk 5\d</a>", html)


def test_a_crowded_cell_is_counted_and_its_link_lists_the_same_risks(viewer, register):
    html = viewer.get(register)
    assert "List all 9 current" in words(html)
    crowd = next(link for link in links(html, register) if link.endswith("cell=now-5-5#register"))
    listed = viewer.get(crowd)
    assert "9 of 9 risks" in words(listed)
    assert rows(listed) == [f"5{number}" for number in range(1, CROWD)], "the closed one is on no map"
    assert '<option value="now-5-5" selected>Now at likelihood 5, impact 5</option>' in listed
    target = next(link for link in links(html, register) if link.endswith("cell=target-2-2#register"))
    assert rows(viewer.get(target)) == rows(listed)


@pytest.mark.parametrize("cell", ["now-5", "now-11-1", "now-0-1", "here-5-5", "now-٥-5", "now-5-5-5"])
def test_a_cell_that_no_map_has_is_refused(cell):
    with pytest.raises(Invalid):
        cell_of(cell)


def test_the_last_published_period_is_on_the_map_and_what_moved_since_on_the_tracks(area, viewer, register):
    assert "As at last period" not in words(viewer.get(register)), "nothing has been published"
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=APRIL)
    risk = UUID(re.findall(r'href="/risks/([^"]+)">59 ', viewer.get(register))[0])
    factories.assess(area, risk, current=factories.pair(3, 5))
    today = viewer.get(register)
    assert "Improving: 25 to 15" in words(today)
    assert today.count('class="was" cx=') == 2, "one in the key, one on the track of the risk that moved"
    assert "59: current score 15, target score 4, score on 30 April 2024 25" in today
    assert "Improving since 30 April 2024: 25 to 15" in words(viewer.get(f"/risks/{risk}"))

    last = next(link for link in links(today, register) if link.endswith("map=last#heat-map"))
    html = viewer.get(last)
    assert "Where the risks stood on 30 April 2024" in words(html)
    assert "Position as at 1 July 2024" in words(html), "the page itself stays at its day"
    crowd = next(link for link in links(html, register) if "cell=now-5-5" in link)
    assert "as_at=2024-04-30" in crowd
    assert "10 of 10 risks" in words(viewer.get(crowd)), "on that day none was closed"


def test_a_track_without_movement_has_no_earlier_place():
    assert track("t", "R1", PARTNERSHIP, 9, 4, Earlier(9, "30 April 2024")).was is None
    moved = track("t", "R1", PARTNERSHIP, 9, 4, Earlier(20, "30 April 2024"))
    assert moved.now < moved.was
    assert track("t", "R1", PARTNERSHIP, 9, 4, Earlier(30, "30 April 2024")).was is None, "off this scale"


def test_a_smaller_matrix_names_who_is_not_on_its_map_before_and_after_it_is_set_up(
    area, http, viewer, register
):
    admin = Visitor(http, doors.session(area, Role.admin))
    form = fields(admin.get(f"{register}/matrix/new")) | {"preview": "1"}
    sides = ("likelihood_labels", "impact_labels")
    same = form | dict.fromkeys(sides, "1\n2\n3\n4\n5")
    assert "would not be on" not in words(admin.send(f"{register}/matrix/new", same, 200).text)
    typed = form | {name: "\n".join(SMALL[name]) for name in sides}
    for row, band in enumerate(SMALL["bands"]):
        typed |= {f"bands_{row}_{part}": str(value) for part, value in band.items()}
    crowd = "51, 52, 53, 54, 55, 56, 57, 58 and 59"
    seen = words(admin.send(f"{register}/matrix/new", typed, 200).text)
    assert re.search(rf"Risks that would not be on its heat map: [^.]*{crowd}\. ", seen)
    factories.do(registers_service.add_matrix_version, area, UUID(register[-36:]), MatrixCreate(**SMALL))
    shown = words(viewer.get(register))
    assert re.search(rf"Not on the map: [^.]*{crowd}, scored on a larger grid\.", shown)
    assert "by version 1 of the matrix" in shown, "the list says whose band it shows"
    assert "They keep the bands of that version" in shown, "those on the map are not of its colours"


def test_what_stands_under_the_map_of_the_last_period_is_of_that_day(area, viewer, register):
    with db.read(area) as reader:
        plan = plans_service.list_plans(reader, area)["items"][0]
    factories.make_published(area, plan["id"], first_day=date(2024, 4, 1), last_day=APRIL)
    assert "Closed and not on the map: 1." in words(viewer.get(register))
    last = words(viewer.get(f"{register}?map=last"))
    assert "As at 30 April 2024: matrix version 1" in last
    assert "Closed and not on the map" not in last, "nothing was closed on that day"


def test_a_closed_risk_is_left_to_nobody_to_plan(area, viewer, register):
    risk = UUID(re.findall(r'href="/risks/([^"]+)">59 ', viewer.get(register))[0])
    before = words(viewer.get(f"/risks/{risk}"))
    assert "Nothing is planned that would close the gap of 21." in before
    assert "points above the target" in before
    factories.move(area, risk, "closure")
    after = words(viewer.get(f"/risks/{risk}"))
    assert "No management actions recorded." in after
    assert "Nothing is planned" not in after
    assert "points between the last score and the target" in after


def test_no_other_style_reaches_the_marks_of_the_heat_map():
    """Solid where a risk is, dashed where it should be: a class of the same name once undid it."""
    sheets = Path(web.__file__).parent.glob("static/css/*.css")
    found = {sheet.name for sheet in sheets if re.search(r"\.chips?\b", sheet.read_text())}
    assert found == {"50-charts.css", "90-print.css"}


def test_the_words_above_the_map_tell_of_each_band_once(viewer, area):
    with db.read(area) as reader:
        found = registers_service.list_registers(reader, area, today=factories.TODAY)["items"][0]
    said = words(viewer.get(f"/registers/{found['id']}"))
    assert "One of four risks is High. No risk has reached its target. Three are Moderate." in said
    assert "One risk is High" not in said


def test_a_band_that_a_risk_keeps_from_an_earlier_matrix_is_not_taken_for_the_highest(viewer, area):
    with db.read(area) as reader:
        found = registers_service.list_registers(reader, area, today=factories.TODAY)["items"][0]
    newer = factories.FIVE_BY_FIVE | {
        "bands": [
            {"name": "Green", "lowest": 1, "highest": 3},
            {"name": "Amber", "lowest": 4, "highest": 12},
            {"name": "Red", "lowest": 13, "highest": 25},
        ],
        "reason": "The council's policy",
    }
    factories.do(registers_service.add_matrix_version, area, found["id"], MatrixCreate(**newer))
    said = words(viewer.get(f"/registers/{found['id']}"))
    assert "No risk is Red. No risk has reached its target. One risk is High and three are Moderate." in said
