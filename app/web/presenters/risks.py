"""Risks as rows of a register and as facts of a page. Bands and scores come from the answers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.charts.heat_map import Placed
from app.charts.scales import band_range, steps
from app.charts.track import Earlier, Track, track
from app.plans.states import ref_order
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import Direction, RiskState, rationale_needed
from app.sentences import risks as risk_words
from app.sentences.words import listed, plural
from app.web.presenters.dates import long_date, long_or, overdue_words
from app.web.presenters.text import headline, name_or
from app.web.visits import Visit

STATE_LABELS = {
    RiskState.open: "Open",
    RiskState.accepted: "Accepted",
    RiskState.materialised: "Materialised",
    RiskState.closed: "Closed",
}
_MARKS = {Direction.improving: "down", Direction.stable: "same", Direction.worsening: "up"}


class Rating(NamedTuple):
    """A score with its band, or a band by name: "16 High", "M", "Not scored". ``step`` 0 has no colour."""

    text: str
    step: int


class Moved(NamedTuple):
    """Where a score has moved: the mark and the words beside it."""

    mark: str
    words: str


class RiskRow(NamedTuple):
    """A risk in a register's list."""

    href: str
    name: str
    about: str
    now: Rating
    target: Rating
    gap: str
    track: Track | None
    moved: Moved
    state: str
    loud: tuple[str, ...]
    was: str = ""
    scored_by: str = ""


class ScoreBox(NamedTuple):
    """One of the boxes on a risk's page: a score with its pair in words."""

    label: str
    number: str
    band: Rating | None
    why: str


NOT_SCORED = Rating(risk_words.NOT_SCORED, 0)


def rating(scored: Mapping[str, Any] | None, step: Mapping[str, int]) -> Rating:
    """A pair or a rating of an answer in words. A band that this matrix does not have gets no colour."""
    if scored is None:
        return NOT_SCORED
    return Rating(risk_words.rated(scored), step.get(scored["band"], 0))


def now_of(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a risk is rated by now: its current pair, or its rating in a named matrix."""
    found: Mapping[str, Any] | None = item["current"] or item["rating"]
    return found


def moved(item: Mapping[str, Any], since: date | None, *, says_since: bool = True) -> Moved:
    """The direction of a risk's score since the last published period's last day, None without one.

    ``says_since`` is left out where a heading says it for all (``movement_heading``).
    """
    direction = Direction(item["direction"])
    words = risk_words.DIRECTIONS[direction]
    if now_of(item) is None:
        return Moved("new", "No score to compare")
    if direction is Direction.no_data:
        return Moved("new", words if since else "Nothing published to compare with")
    if since and says_since:
        words = f"{words} since {long_date(since)}"
    return Moved(_MARKS[direction], words if direction is Direction.stable else words + _scores_moved(item))


def _scores_moved(item: Mapping[str, Any]) -> str:
    """From which score to which: ": 20 to 16"; "" where risks are rated by name."""
    before, current = item.get("severity_before"), item["current"]
    return f": {before} to {current['score']}" if before and current else ""


def movement_heading(since: date | None) -> str:
    """The heading of a column of directions: "Movement since 30 June 2024"."""
    return f"Movement since {long_date(since)}" if since else "Movement"


def risk_rows(items: Iterable[Mapping[str, Any]], matrix: Matrix, visit: Visit) -> list[RiskRow]:
    """Rows of a register, with a track for each scored risk."""
    step = steps(matrix)
    return [_row(item, matrix, step, visit) for item in items]


def _row(item: Mapping[str, Any], matrix: Matrix, step: Mapping[str, int], visit: Visit) -> RiskRow:
    current, target = item["current"], item["target"]
    same_matrix = all(pair is None or pair["matrix_version"] == matrix.version for pair in (current, target))
    shows_track = (current or target) and same_matrix and matrix.kind is MatrixKind.scored
    return RiskRow(
        href=f"/risks/{item['id']}{visit.query}",
        name=f"{item['ref']} {headline(item['description'])}",
        about=", ".join((item["priority_ref"] or "General", _responsible(item))),
        now=rating(now_of(item), step),
        target=rating(target, step) if target else Rating("None", 0),
        gap="" if item["gap"] is None else str(item["gap"]),
        track=track(
            f"risk-{item['id']}",
            item["ref"],
            matrix,
            score_of(current),
            score_of(target),
            _earlier(item, visit.since),
        )
        if shows_track
        else None,
        moved=moved(item, visit.since, says_since=False),
        state=STATE_LABELS[RiskState(item["state"])],
        loud=risk_flags(item, visit.day),
        was=_was(item),
        scored_by=""
        if current is None or current["matrix_version"] == matrix.version
        else f"by version {current['matrix_version']} of the matrix",
    )


def _earlier(item: Mapping[str, Any], since: date | None) -> Earlier | None:
    """Where a scored risk was on the last day of the last published period, None without one."""
    before = item.get("severity_before")
    return Earlier(before, long_date(since)) if before and since else None


def _was(item: Mapping[str, Any]) -> str:
    """How a risk was rated on the day that the list is compared with; "" where nothing is compared."""
    before = item.get("compared")
    if before is None:
        return ""
    rated = now_of(before)
    return f"was {rating(rated, {}).text}" if rated else "was not scored"


def review_overdue(review_on: date | None, day: date) -> str:
    """That a review is overdue, and since when: "Review overdue by 3 days"."""
    return f"Review {overdue_words(review_on, day).lower()}"


def risk_flags(item: Mapping[str, Any], day: date) -> tuple[str, ...]:
    """What about a risk needs eyes."""
    words = []
    if item["review_overdue"]:
        words.append(review_overdue(item["review_on"], day))
    if now_of(item) is None and item["state"] != RiskState.closed:
        words.append(NOT_SCORED.text)
    current, target = item["current"], item["target"]
    if rationale_needed(score_of(current), score_of(target)) and not item["target_rationale"]:
        words.append("Target is not below the current score, and no reason is given")
    if current and target:
        words += [
            f"Target {side} {target[side]} is above current {side} {current[side]}"
            for side in ("likelihood", "impact")
            if target[side] > current[side]
        ]
    return tuple(words)


def placed(cells: Iterable[Mapping[str, Any]], not_scored: Iterable[Mapping[str, Any]]) -> list[Placed]:
    """Risks for the heat map from the register's heat map answer."""
    found: dict[UUID, dict[str, Any]] = {}
    for cell in cells:
        pair = (cell["likelihood"], cell["impact"])
        for kind in ("current", "target"):
            for one in cell[kind]:
                found.setdefault(one["id"], {"ref": one["ref"]})[kind] = pair
    for one in not_scored:
        found.setdefault(one["id"], {"ref": one["ref"]})
    risks = [Placed(key, one["ref"], one.get("current"), one.get("target")) for key, one in found.items()]
    return sorted(risks, key=lambda risk: ref_order(risk.ref))


def score_boxes(item: Mapping[str, Any], matrix: Matrix, removal: str = "") -> list[ScoreBox]:
    """The boxes Now, Target and Gap of a risk's page; ``removal`` says what became of its last score."""
    step = steps(matrix)
    by = f", by {long_date(item['target_on'])}" if item["target_on"] else ""
    boxes = [_box("Now", now_of(item), matrix, step, removal)]
    if matrix.kind is MatrixKind.named:
        return boxes
    if item["target"]:
        boxes.append(_box(f"Target{by}", item["target"], matrix, step))
    else:
        boxes.append(ScoreBox(f"Target{by}", "", Rating("No target", 0), "No target score is recorded"))
    if item["gap"] is not None:
        above = (
            "above the target"
            if item["state"] != RiskState.closed
            else "between the last score and the target"
        )
        words = "No further to go" if item["gap"] <= 0 else f"points {above}"
        boxes.append(ScoreBox("Gap", str(item["gap"]), None, words))
    return boxes


def _box(
    label: str,
    scored: Mapping[str, Any] | None,
    matrix: Matrix,
    step: Mapping[str, int],
    removal: str = "",
) -> ScoreBox:
    if scored is None:
        return ScoreBox(label, "", NOT_SCORED, removal or "No score has been given yet")
    rating = Rating(scored["band"], step.get(scored["band"], 0))
    if scored.get("score") is None:
        return ScoreBox(label, "", rating, "Rated by name")
    return ScoreBox(label, str(scored["score"]), rating, pair_words(scored, matrix))


def pair_words(pair: Mapping[str, Any], matrix: Matrix) -> str:
    """A pair with its labels: "Likelihood 3 (Possible) × impact 2 (Moderate)"."""
    likelihood, impact = pair["likelihood"], pair["impact"]
    if pair["matrix_version"] != matrix.version:
        return f"Likelihood {likelihood} × impact {impact}, by version {pair['matrix_version']} of the matrix"
    return (
        f"Likelihood {likelihood} ({matrix.likelihood_labels[likelihood - 1]}) × "
        f"impact {impact} ({matrix.impact_labels[impact - 1]})"
    )


def risk_facts(item: Mapping[str, Any], query: str, priority_label: str) -> list[tuple[str, str, str]]:
    """The facts under a risk's heading."""
    priority = item["priority_id"]
    treatment = item["treatment"]
    leads = [one["name"] for one in item["strategic_leads"]]
    facts = [
        (
            priority_label.capitalize(),
            item["priority_ref"] or "General",
            f"/priorities/{priority}{query}" if priority else "",
        ),
        ("SRO", name_or(item["sro"], "Not recorded"), ""),
        ("Risk owner", name_or(item["owner"], "Not recorded"), ""),
        ("Treatment", treatment.capitalize() if treatment else "Not stated", ""),
        ("State", _state(item), ""),
        ("Opened", long_or(item["opened_on"], "Not recorded"), ""),
        ("Last updated", long_or(item["last_updated_on"], "Not recorded"), ""),
        ("Next review", long_or(item["review_on"], "Not set"), ""),
    ]
    if leads:
        facts.insert(3, (plural(len(leads), "Strategic lead"), listed(leads), ""))
    return facts


def bands_in_words(matrix: Matrix) -> list[str]:
    """The bands from the lowest: "Low 1 to 6"."""
    return [f"{band.name} {band_range(band)}".strip() for band in matrix.bands]


def _state(item: Mapping[str, Any]) -> str:
    words = STATE_LABELS[RiskState(item["state"])]
    accepted = item["accepted"]
    if not accepted:
        return words
    return f"{words} by {accepted['by']['name']} until {long_date(accepted['until'])}"


def _responsible(item: Mapping[str, Any]) -> str:
    return name_or(item["owner"] or item["sro"], "no owner")


def score_of(pair: Mapping[str, Any] | None) -> int | None:
    return pair["score"] if pair else None
