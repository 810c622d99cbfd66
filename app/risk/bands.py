"""The one band lookup.

Domain rules, section 3 (risk): no page, query, e-mail or chart has a threshold of its own.
"""

from app.risk.matrix import Band, Matrix, holds


def band_of(matrix: Matrix, score: int) -> Band:
    """Return the band that holds a score.

    Raises ValueError when none does: a score that the matrix cannot give, or a matrix without scores.
    """
    for band in matrix.bands:
        if holds(band, score):
            return band
    raise ValueError(f"no band of matrix version {matrix.version} holds the score {score}")


def band_rank(matrix: Matrix, name: str) -> int:
    """Return the place of a band in its matrix, 1 for the lowest, to order ratings by.

    Raises ValueError for a name that is no band of the matrix.
    """
    for place, band in enumerate(matrix.bands, start=1):
        if band.name == name:
            return place
    raise ValueError(f"matrix version {matrix.version} has no band {name!r}")
