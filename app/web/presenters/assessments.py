"""Assessments of a risk: the points of its chart and the rows of the table that is the chart's text."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.charts.history import Assessed
from app.charts.scales import steps
from app.risk.matrix import Matrix
from app.web.presenters.dates import long_date, short_date
from app.web.presenters.risks import Rating, pair_words, rating, score_of


class AssessmentRow(NamedTuple):
    """An assessment in the table under the chart. ``correct`` is the address of the form that corrects it."""

    day: str
    score: Rating | None
    pair: str
    reason: str
    narrative: str
    by: str
    css: str
    note: str
    correct: str


def assessed(entries: Sequence[Mapping[str, Any]], matrix: Matrix, day: date) -> list[Assessed]:
    """The scores by day for the chart: standing entries up to ``day`` that state one, by this matrix."""
    by_day: dict[date, int | None] = {}
    for entry in entries:
        if entry["replaced_by"] or entry["effective_on"] > day or "current" not in entry["facts"]:
            continue
        pair = entry["current"]
        if pair is None or pair["matrix_version"] == matrix.version:
            by_day[entry["effective_on"]] = score_of(pair)
    return [Assessed(one, by_day[one]) for one in sorted(by_day)]


def assessment_rows(
    entries: Sequence[Mapping[str, Any]], matrix: Matrix, day: date, corrections: Mapping[Any, str]
) -> list[AssessmentRow]:
    """All entries on a risk up to ``day``, latest first; replaced ones struck through.

    ``corrections`` are the addresses of the forms that correct them, by the id of the entry.
    """
    step = steps(matrix)
    rows = []
    before: str = ""
    for entry in [entry for entry in entries if entry["effective_on"] <= day]:
        pair = entry["current"]
        rated = _rated_by(entry)
        shows = rated or _states_rating(entry) or entry["operation"] == "added"
        score = rating(rated, step) if shows else None
        rows.append(
            AssessmentRow(
                day=short_date(entry["effective_on"]),
                score=score,
                pair=pair_words(pair, matrix) if pair else _operation(entry, before),
                reason=entry["reason"] or "",
                narrative=entry["narrative"] or "",
                by=entry["author_name"],
                css="is-replaced" if entry["replaced_by"] else "",
                note=_note(entry),
                correct=corrections.get(entry["id"], ""),
            )
        )
        if _states_rating(entry) and not entry["replaced_by"]:
            before = rating(rated, step).text if rated else ""
    return rows[::-1]


def removal(entries: Sequence[Mapping[str, Any]], matrix: Matrix, day: date) -> str:
    """What became of the score of a risk that is not scored on ``day``; "" where it never had one."""
    last, removed = "", ""
    for entry in entries:
        if entry["replaced_by"] or entry["effective_on"] > day or not _states_rating(entry):
            continue
        rated = _rated_by(entry)
        if rated:
            last, removed = rating(rated, steps(matrix)).text, ""
        elif last and not removed:
            removed = long_date(entry["effective_on"])
    return f"The last score, {last}, was removed on {removed}" if removed else ""


def _states_rating(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says how the risk is rated, be it that it is not."""
    return bool({"current", "rating"} & set(entry["facts"]))


def _rated_by(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = entry["current"] or _rated(entry["facts"].get("rating"))
    return found


def _rated(stated: Any) -> Mapping[str, Any] | None:
    """A rating as stored: the band by itself, or with the version of its matrix."""
    return {"band": stated} if isinstance(stated, str) else stated


def _operation(entry: Mapping[str, Any], before: str) -> str:
    """What an entry without a score did; ``before`` is the score that stood until then, "" for none."""
    if before and _states_rating(entry):
        return f"Score removed (was {before})"
    words = {
        "added": "Added",
        "accepted": "Accepted",
        "materialised": "Materialised",
        "closed": "Closed",
        "reopened": "Reopened",
    }
    return words.get(entry["operation"], "Reviewed, score unchanged")


def _note(entry: Mapping[str, Any]) -> str:
    if entry["replaced_by"]:
        return "Replaced by a later entry, no longer counts"
    return "Backdated" if entry["backdated"] else ""
