"""Risks in words: the sentence that a register opens with, and where a score has moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.risk.scoring import Direction
from app.sentences.words import listed, numeral, plural, sentence_case

NO_RISKS = "No risks identified."
NO_GENERAL_RISKS = "No general risks identified."
NOT_SCORED = "Not scored"
DIRECTIONS = {
    Direction.improving: "Improving",
    Direction.stable: "Stable",
    Direction.worsening: "Worsening",
    Direction.no_data: "No earlier score",
}
"""Where a score has moved since the last published period."""
MOST_NAMED = 4
"""More risks than this are counted by band, not named: the list below the sentence names them all."""


class RegisterFigures(NamedTuple):
    """What a register's lead sentence says: counts of its risks that are not closed."""

    total: int
    top_band: str
    in_top_band: int
    with_target: int
    at_target: int
    unscored: int


def highest_first(grid: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Each band of a heat map answer and how many risks are in it: those of its matrix from the highest.

    Bands that risks keep from earlier versions of the matrix come last: nothing says where they would stand.
    """
    counts = [(band["band"], band["count"]) for band in grid["bands"]]
    of_matrix = len(grid["matrix"]["bands"])
    return counts[:of_matrix][::-1] + counts[of_matrix:]


def register_figures(grid: Mapping[str, Any]) -> RegisterFigures:
    """The figures of a register's lead sentence, from its heat map answer."""
    top_band, in_top_band = highest_first(grid)[0]
    now, target = (
        {risk["id"]: cell["score"] for cell in grid["cells"] for risk in cell[side]}
        for side in ("current", "target")
    )
    with_both = now.keys() & target.keys()
    return RegisterFigures(
        total=sum(band["count"] for band in grid["bands"]) + len(grid["not_scored"]),
        top_band=top_band,
        in_top_band=in_top_band,
        with_target=len(with_both),
        at_target=sum(now[risk] <= target[risk] for risk in with_both),
        unscored=len(grid["not_scored"]),
    )


def register_lead(figures: RegisterFigures) -> str:
    """The first sentences of a register: "One of four risks is High. No risk has reached its target."."""
    if not figures.total:
        return NO_RISKS
    parts = [_top(figures), _targets(figures), _unscored(figures)]
    return " ".join(part for part in parts if part)


def risk_section(risks: Sequence[Mapping[str, Any]], *, to: str = "this priority") -> str:
    """The risks of a section in words: those to a priority, or with ``to`` "" the general ones.

    ``risks`` are those that are not closed, as they are answered. "One risk is linked to this priority: 3, at
    9 Moderate with a target of 6 Low. It has not reached its target."
    """
    number = len(risks)
    if not number:
        return NO_RISKS if to else NO_GENERAL_RISKS
    verb = "is" if number == 1 else "are"
    first = f"{numeral(number)} {plural(number, 'risk')} {verb} linked to {to}"
    if not to:
        first = f"{numeral(number)} general {plural(number, 'risk')} {verb} identified"
    return " ".join(part for part in (f"{sentence_case(first)}: {_named(risks)}.", _reached(risks)) if part)


def _named(risks: Sequence[Mapping[str, Any]]) -> str:
    """The risks one by one where they are few, else how many are in each band."""
    if len(risks) <= MOST_NAMED:
        return listed([f"{risk['ref']}, {_standing(risk)}" for risk in risks], between="; ")
    bands = Counter(_band(risk) for risk in risks)
    return listed([f"{count} {band or 'not scored'}" for band, count in bands.items()])


def _standing(risk: Mapping[str, Any]) -> str:
    current, target = risk["current"], risk["target"]
    now = f"at {current['score']} {current['band']}" if current else "not scored"
    if current is None and risk["rating"]:
        now = f"rated {risk['rating']['band']}"
    return f"{now} with a target of {target['score']} {target['band']}" if target else now


def _band(risk: Mapping[str, Any]) -> str:
    rated = risk["current"] or risk["rating"]
    return str(rated["band"]) if rated else ""


def _reached(risks: Sequence[Mapping[str, Any]]) -> str:
    both = [risk for risk in risks if risk["current"] and risk["target"]]
    if not both:
        return ""
    reached = sum(risk["current"]["score"] <= risk["target"]["score"] for risk in both)
    if len(risks) == 1:
        return "It has reached its target." if reached else "It has not reached its target."
    if reached == len(risks):
        return "All have reached their target."
    if not reached:
        return "None has reached its target."
    verb, their = ("has", "its") if reached == 1 else ("have", "their")
    return f"{sentence_case(numeral(reached))} {verb} reached {their} target."


def rated(scored: Mapping[str, Any] | None) -> str:
    """A pair or a rating of an answer in words: "16 High", "M"; "" where there is neither."""
    if scored is None:
        return ""
    number = scored.get("score")
    return str(scored["band"]) if number is None else f"{number} {scored['band']}"


def direction_words(risk: Mapping[str, Any]) -> str:
    """Where a risk's score has moved, in words; that there is none where it is not scored."""
    if not (risk["current"] or risk["rating"]):
        return "No score to compare"
    return DIRECTIONS[Direction(risk["direction"])]


def band_counts(counts: Sequence[tuple[str, int]]) -> str:
    """How many risks are in each band, highest first: "1 High, 3 Moderate"; bands without risks left out."""
    return ", ".join(f"{count} {name}" for name, count in counts if count)


def band_sentence(counts: Sequence[tuple[str, int]], *, noun: str = "risk") -> str:
    """The same as a sentence: "One risk is High and three are Moderate."; "" without risks.

    With ``noun`` "" the risks are not named again: "Nine are M and four are L.".
    """
    clauses: list[str] = []
    for name, number in counts:
        if number:
            subject = "" if clauses or not noun else f" {plural(number, noun)}"
            clauses.append(f"{numeral(number)}{subject} {'is' if number == 1 else 'are'} {name}")
    return f"{sentence_case(listed(clauses))}." if clauses else ""


def _top(figures: RegisterFigures) -> str:
    if not figures.in_top_band:
        return f"{'The only risk is not' if figures.total == 1 else 'No risk is'} {figures.top_band}."
    if figures.total == 1:
        return f"The only risk is {figures.top_band}."
    verb = "is" if figures.in_top_band == 1 else "are"
    if figures.in_top_band == figures.total:
        return f"All {numeral(figures.total)} risks are {figures.top_band}."
    number = sentence_case(numeral(figures.in_top_band))
    return f"{number} of {numeral(figures.total)} risks {verb} {figures.top_band}."


def _targets(figures: RegisterFigures) -> str:
    if not figures.with_target:
        return ""
    if not figures.at_target:
        return "No risk has reached its target." if figures.total > 1 else "It has not reached its target."
    verb = "has" if figures.at_target == 1 else "have"
    their = plural(figures.at_target, "its target", "their target")
    return f"{sentence_case(numeral(figures.at_target))} {verb} reached {their}."


def _unscored(figures: RegisterFigures) -> str:
    if not figures.unscored:
        return ""
    verb = "is" if figures.unscored == 1 else "are"
    return f"{sentence_case(numeral(figures.unscored))} {verb} not scored."
