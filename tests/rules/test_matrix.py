"""Risk matrices, their faults, and the one band lookup (domain rules, section 3)."""

import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.risk.bands import band_of, band_rank
from app.risk.matrix import Band, Fault, Matrix, MatrixKind, faults, holds, reachable_scores
from app.risk.scoring import score

quick = settings(max_examples=150, deadline=None)

PRINTED = Matrix(
    version=1,
    kind=MatrixKind.scored,
    likelihood_labels=("Very Unlikely", "Unlikely", "Possible", "Likely", "Very Likely"),
    impact_labels=("Minor", "Moderate", "Significant", "Serious", "Major"),
    bands=(Band("Low", 1, 6), Band("Moderate", 8, 15), Band("High", 16, 25)),
)
NAMED = Matrix(1, MatrixKind.named, (), (), (Band("L"), Band("M"), Band("H")))
CELLS = list(csv.DictReader(Path(__file__).with_name("matrix.csv").read_text(encoding="utf-8").splitlines()))


def with_bands(*ranges: tuple[int | None, int | None]) -> Matrix:
    bands = tuple(Band(f"Band {place}", *limits) for place, limits in enumerate(ranges))
    return replace(PRINTED, bands=bands)


def fields(matrix: Matrix) -> list[str]:
    return [fault.field for fault in faults(matrix)]


@st.composite
def valid_matrices(draw: st.DrawFn) -> Matrix:
    """Any size, and any way of cutting its scores into bands, with or without unreachable scores between."""
    rows, columns = draw(st.integers(2, 10)), draw(st.integers(2, 10))
    scores = reachable_scores(rows, columns)
    cuts = sorted(draw(st.sets(st.integers(1, len(scores) - 1), max_size=5)))
    bands = []
    for place, (first, last) in enumerate(pairwise([0, *cuts, len(scores)])):
        highest = scores[last - 1]
        if last < len(scores):
            highest = draw(st.integers(highest, scores[last] - 1))
        bands.append(Band(f"Band {place}", scores[first], highest))
    labels = tuple(f"Label {place}" for place in range(10))
    return Matrix(1, MatrixKind.scored, labels[:rows], labels[:columns], tuple(bands))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['likelihood']}x{cell['impact']}")
def test_a_printed_cell_has_its_score_and_band(cell: dict[str, str]) -> None:
    likelihood, impact = int(cell["likelihood"]), int(cell["impact"])
    assert score(likelihood, impact) == int(cell["score"])
    assert band_of(PRINTED, score(likelihood, impact)).name == cell["band"]
    assert PRINTED.likelihood_labels[likelihood - 1] == cell["likelihood_label"]
    assert PRINTED.impact_labels[impact - 1] == cell["impact_label"]


def test_all_25_cells_are_printed_and_the_matrix_is_valid() -> None:
    assert len({(cell["likelihood"], cell["impact"]) for cell in CELLS}) == 25
    assert faults(PRINTED) == ()


def test_the_reachable_scores_of_a_grid_are_its_products() -> None:
    assert reachable_scores(5, 5) == (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 25)
    assert reachable_scores(2, 3) == (1, 2, 3, 4, 6)


def test_a_gap_is_found_only_where_a_score_can_be_reached() -> None:
    assert fields(with_bands((1, 6), (8, 15), (16, 25))) == []
    assert faults(with_bands((1, 6), (9, 15), (16, 25))) == (
        Fault("/bands/1/lowest", "No band holds the score 8."),
    )
    assert faults(with_bands((2, 6), (7, 15))) == (
        Fault("/bands/0/lowest", "No band holds the score 1."),
        Fault("/bands/1/highest", "No band holds the scores 16, 20, 25."),
    )


def test_overlapping_and_descending_bands_are_faults() -> None:
    assert fields(with_bands((1, 8), (8, 25))) == ["/bands/1/lowest"]
    assert fields(with_bands((8, 25), (1, 7))) == ["/bands/1/lowest"]
    assert fields(with_bands((1, 25), (2, 3), (4, 5))) == ["/bands/1/lowest", "/bands/2/lowest"]
    assert fields(with_bands((6, 1), (7, 25))) == ["/bands/0/highest"]


def test_a_scored_band_needs_both_its_scores() -> None:
    assert fields(with_bands((None, 6), (8, None))) == ["/bands/0/lowest", "/bands/1/highest"]
    assert fields(with_bands()) == ["/bands"]


@pytest.mark.parametrize("size", [0, 1, 11])
@pytest.mark.parametrize("side", ["likelihood_labels", "impact_labels"])
def test_a_side_has_two_to_ten_labels(side: str, size: int) -> None:
    labels = tuple(f"Label {place}" for place in range(size))
    matrix = (
        replace(PRINTED, likelihood_labels=labels)
        if side == "likelihood_labels"
        else replace(PRINTED, impact_labels=labels)
    )
    assert fields(matrix) == [f"/{side}"]


def test_names_are_not_blank_and_not_used_twice() -> None:
    matrix = replace(PRINTED, likelihood_labels=("Rare", " ", "rare ", "Likely", "Sure"))
    assert fields(matrix) == ["/likelihood_labels/1", "/likelihood_labels/2"]
    again = replace(PRINTED, bands=(Band("Low", 1, 6), Band("LOW", 8, 15), Band("", 16, 25)))
    assert fields(again) == ["/bands/1/name", "/bands/2/name"]
    assert fields(replace(NAMED, bands=(Band("L"), Band("l")))) == ["/bands/1/name"]


def test_a_named_matrix_has_two_bands_or_more_and_neither_labels_nor_scores() -> None:
    assert faults(NAMED) == ()
    assert fields(replace(NAMED, bands=(Band("L"),))) == ["/bands"]
    assert fields(replace(NAMED, impact_labels=("a", "b"))) == ["/impact_labels"]
    scored = replace(NAMED, bands=(Band("L", 1), Band("H", None, 2)))
    assert fields(scored) == ["/bands/0/lowest", "/bands/1/highest"]


def test_bands_rank_from_the_lowest_and_an_unknown_one_is_refused() -> None:
    assert [band_rank(NAMED, name) for name in ("L", "M", "H")] == [1, 2, 3]
    with pytest.raises(ValueError, match="no band"):
        band_rank(NAMED, "Low")


@pytest.mark.parametrize("matrix", [PRINTED, NAMED], ids=["scored", "named"])
def test_a_score_that_the_matrix_cannot_give_has_no_band(matrix: Matrix) -> None:
    with pytest.raises(ValueError, match="no band"):
        band_of(matrix, 26)


@quick
@given(valid_matrices())
def test_every_reachable_score_of_a_valid_matrix_is_in_exactly_one_band(matrix: Matrix) -> None:
    assert faults(matrix) == ()
    for value in reachable_scores(len(matrix.likelihood_labels), len(matrix.impact_labels)):
        assert [band for band in matrix.bands if holds(band, value)] == [band_of(matrix, value)]


@quick
@given(valid_matrices())
def test_a_higher_score_is_never_in_a_lower_band(matrix: Matrix) -> None:
    scores = reachable_scores(len(matrix.likelihood_labels), len(matrix.impact_labels))
    ranks = [band_rank(matrix, band_of(matrix, value).name) for value in scores]
    assert ranks == sorted(ranks)
    assert (ranks[0], ranks[-1]) == (1, len(matrix.bands))


@quick
@given(valid_matrices(), st.data())
def test_a_valid_matrix_with_a_score_left_out_or_held_twice_is_faulty(
    matrix: Matrix, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(matrix.bands) - 1))
    band = matrix.bands[place]
    assert band.lowest is not None
    if place and data.draw(st.booleans()):
        changed = replace(band, lowest=matrix.bands[place - 1].highest)
    else:
        changed = replace(band, lowest=band.lowest + 1)
    bands = (*matrix.bands[:place], changed, *matrix.bands[place + 1 :])
    assert faults(replace(matrix, bands=bands))


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2, 4),
    st.integers(2, 4),
    st.lists(st.tuples(st.integers(0, 17), st.integers(0, 17)), min_size=1, max_size=3),
)
def test_a_matrix_without_faults_holds_every_reachable_score_once(
    rows: int, columns: int, ranges: list[tuple[int, int]]
) -> None:
    labels = ("a", "b", "c", "d")
    bands = tuple(Band(f"Band {place}", *limits) for place, limits in enumerate(ranges))
    matrix = Matrix(1, MatrixKind.scored, labels[:rows], labels[:columns], bands)
    once = all(
        sum(low <= value <= high for low, high in ranges) == 1 for value in reachable_scores(rows, columns)
    )
    ascending = all(low <= high for low, high in ranges) and all(
        before[1] < after[0] for before, after in pairwise(ranges)
    )
    assert (faults(matrix) == ()) == (once and ascending)
