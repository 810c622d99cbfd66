"""Charts show what the answers say, and take every band from the matrix."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.charts.bars import status_bar
from app.charts.heat_map import MOST_CHIPS, Placed, heat_map, short_names
from app.charts.history import Assessed, history
from app.charts.over_time import TOP, over_time
from app.charts.scales import step_of, strips
from app.charts.track import track
from app.plans.statuses import Status
from app.risk.bands import band_of
from app.risk.matrix import Band, Matrix, MatrixKind
from app.web.rendering import component

PARTNERSHIP = Matrix(
    version=1,
    kind=MatrixKind.scored,
    likelihood_labels=("Very Unlikely", "Unlikely", "Possible", "Likely", "Very Likely"),
    impact_labels=("Minor", "Moderate", "Significant", "Serious", "Major"),
    bands=(Band("Low", 1, 6), Band("Moderate", 8, 15), Band("High", 16, 25)),
)
OTHER = Matrix(
    version=2,
    kind=MatrixKind.scored,
    likelihood_labels=("Rare", "Likely", "Sure"),
    impact_labels=("Small", "Large"),
    bands=(Band("Fine", 1, 2), Band("Watch", 3, 3), Band("Act", 4, 5), Band("Stop", 6, 6)),
)


def _answer(complete, on_target, delayed, not_started):
    counts = {"complete": complete, "on_target": on_target, "delayed": delayed, "not_started": not_started}
    total = sum(counts.values())
    return {
        "action_points": total,
        "distinct_actions": total,
        "statuses": {
            name: {"count": number, "rounded": round(100 * number / total) if total else None}
            for name, number in counts.items()
        },
    }


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_segments_fill_the_bar_in_proportion(counts):
    bar = status_bar("b", "The plan", _answer(*counts))
    if not sum(counts):
        assert bar is None
        return
    assert bar is not None
    assert abs(sum(part.width for part in bar.segments) - 100) < 0.01
    assert [part.number for part in bar.segments] == [number for number in counts if number]
    assert bar.segments[0].left == 0


def test_a_bar_has_a_title_a_description_and_no_inline_style():
    html = component("charts/bar.html", "status_bar", status_bar("p1", "Priority 1", _answer(4, 1, 4, 0)))
    assert 'role="img"' in html
    assert 'aria-labelledby="p1-t p1-d"' in html
    assert '<title id="p1-t">Priority 1: status of its 9 actions</title>' in html
    assert "Complete 4 (44%), On target 1 (11%), Delayed 4 (44%), Not started 0 (0%). 9 actions." in html
    assert "style=" not in html


def test_colour_steps_spread_over_the_palette_and_never_fall():
    for bands in range(1, 11):
        steps = [step_of(rank, bands) for rank in range(1, bands + 1)]
        assert steps == sorted(steps)
        assert steps[0] == 1
        assert steps[-1] in (1, 5)


def test_strips_part_where_the_bands_of_the_matrix_do():
    assert [(strip.start, strip.end) for strip in strips(PARTNERSHIP)] == [(0, 28), (28, 60), (60, 100)]
    assert [strip.lowest for strip in strips(OTHER)] == [1, 3, 4, 6]


@given(st.sampled_from([PARTNERSHIP, OTHER]), st.data())
def test_a_score_lies_in_the_strip_of_its_own_band(matrix, data):
    likelihood = data.draw(st.integers(1, len(matrix.likelihood_labels)))
    impact = data.draw(st.integers(1, len(matrix.impact_labels)))
    score = likelihood * impact
    shown = track("t", "R1", matrix, score, None)
    strip = next(strip for strip in shown.strips if strip.start <= shown.now <= strip.end)
    assert strip.name == band_of(matrix, score).name


def test_a_track_says_what_is_not_scored():
    assert (
        track("t", "R9", PARTNERSHIP, None, None).title == "R9: not scored, no target, on a scale of 1 to 25"
    )
    assert track("t", "R9", PARTNERSHIP, 9, 9).arrow_end is None


def test_every_cell_of_the_heat_map_has_the_band_of_its_score():
    for matrix in (PARTNERSHIP, OTHER):
        grid = heat_map(matrix, [])
        assert [row.likelihood for row in grid.rows] == list(range(len(matrix.likelihood_labels), 0, -1))
        for row in grid.rows:
            for impact, cell in enumerate(row.cells, start=1):
                assert cell.score == row.likelihood * impact
                assert cell.band == band_of(matrix, cell.score).name == cell.short + cell.rest


def test_a_thick_line_parts_cells_of_different_bands_only():
    rows = heat_map(PARTNERSHIP, []).rows
    by_pair = {(row.likelihood, impact): cell for row in rows for impact, cell in enumerate(row.cells, 1)}
    for (likelihood, impact), cell in by_pair.items():
        right, above = by_pair.get((likelihood, impact + 1)), by_pair.get((likelihood + 1, impact))
        assert cell.edge_right == (right is not None and right.band != cell.band)
        assert cell.edge_top == (above is not None and above.band != cell.band)


def test_risks_stand_in_their_cells_and_a_crowd_becomes_a_number():
    one = UUID(int=1)
    grid = heat_map(PARTNERSHIP, [Placed(one, "R1", (4, 4), (1, 4)), Placed(one, "R9", None, None)])
    serious = {row.likelihood: row.cells[3] for row in grid.rows}
    assert [chip.ref for chip in serious[4].chips] == ["R1"]
    assert serious[4].chips[0].kind == "now"
    assert serious[1].chips[0].kind == "target"
    assert grid.unplaced == ("R9",)
    crowd = heat_map(PARTNERSHIP, [Placed(one, str(n), (5, 5), None) for n in range(MOST_CHIPS + 1)])
    assert crowd.rows[0].cells[4].chips == ()
    assert crowd.rows[0].cells[4].now_count == MOST_CHIPS + 1


def test_names_with_the_same_first_letter_are_told_apart():
    assert short_names(["Low", "Large"]) == {"Low": "Lo", "Large": "La"}
    assert short_names(["Low", "Lower"]) == {"Low": "Low", "Lower": "Lowe"}


def test_a_score_holds_until_the_next_assessment():
    chart = history(
        "h",
        "R3",
        PARTNERSHIP,
        [Assessed(date(2024, 4, 30), 6), Assessed(date(2024, 6, 6), 9)],
        6,
        date(2024, 6, 30),
    )
    assert chart is not None
    assert chart.description == "30 April 2024: 6 Low; 6 June 2024: 9 Moderate. Target 6 Low."
    flat, step, last = chart.lines
    assert flat.y1 == flat.y2
    assert step.x1 == step.x2 == flat.x2
    assert last.x2 == 70, "the names of the bands have the rest to themselves"
    assert chart.dots[1].y < chart.dots[0].y, "a higher score stands higher"


def test_no_scores_no_chart_and_a_gap_where_it_was_not_scored():
    assert history("h", "R", PARTNERSHIP, [], None, date(2024, 6, 30)) is None
    assert history("h", "R", PARTNERSHIP, [Assessed(date(2024, 6, 1), None)], None, date(2024, 6, 30)) is None
    gap = [Assessed(date(2024, 5, 1), 6), Assessed(date(2024, 5, 2), None), Assessed(date(2024, 6, 1), 6)]
    chart = history("h", "R", PARTNERSHIP, gap, None, date(2024, 6, 30))
    assert chart is not None
    assert len(chart.dots) == 2
    assert chart.lines[0].x2 < chart.lines[1].x1
    assert "2 May 2024: not scored" in chart.description


# --- Progress over time -----------------------------------------------------------------------------------

_counts = st.fixed_dictionaries({status: st.integers(0, 40) for status in Status})


def _days(found):
    return [(date(2024, 1, 31) + timedelta(days=30 * place), counts) for place, counts in enumerate(found)]


@given(st.lists(_counts, max_size=13))
def test_columns_over_time_stand_beside_each_other_and_have_the_figures_of_the_table(found):
    chart = over_time("o", "PAP 1", _days(found))
    first = next((place for place, one in enumerate(found) if any(one.values())), len(found))
    assert (chart is None) == (len(found) - first < 2)
    if chart is None:
        return
    assert [row.counts for row in chart.figures] == [
        tuple(one[status] for status in Status) for one in found[len(found) - len(chart.figures) :]
    ]
    edge = 0.0
    for column, row in zip(chart.columns, chart.figures, strict=True):
        assert column.x >= edge
        edge = column.x + column.width
        assert edge <= 100.01
        assert column.total == row.total == sum(row.counts)
        heights = {block.status: block.height for block in column.blocks}
        for status, count in zip(Status, row.counts, strict=True):
            assert (count > 0) == (status.value in heights)
        assert all(block.y >= TOP - 0.1 for block in column.blocks)
    labelled = [column for column in chart.columns if column.label]
    assert len(labelled) <= 5
    assert chart.columns[-1].label


def test_the_key_of_progress_over_time_has_the_marks_and_words_of_the_statuses():
    some = dict.fromkeys(Status, 1)
    chart = over_time("o", "Plan", _days([some, some]))
    assert chart is not None
    assert [label for _, label in chart.key] == ["Complete", "On target", "Delayed", "Not started"]


def test_days_before_the_first_action_are_left_out_and_one_day_is_no_chart():
    none, some = dict.fromkeys(Status, 0), dict.fromkeys(Status, 2)
    assert over_time("o", "Plan", []) is None
    assert over_time("o", "Plan", _days([none, some])) is None
    chart = over_time("o", "Plan", _days([none, some, some]))
    assert chart is not None
    assert len(chart.columns) == 2
    assert chart.description.startswith("1 March 2024: Complete 2, On target 2, Delayed 2, Not started 2.")
