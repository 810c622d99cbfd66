"""Risks in words: the sentence that a register opens with, and where a score has moved."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.sentences.words import numeral, plural, sentence_case

NO_RISKS = "No risks identified."


class RegisterFigures(NamedTuple):
    """What a register's lead sentence says: counts of its risks that are not closed."""

    total: int
    top_band: str
    in_top_band: int
    with_target: int
    at_target: int
    unscored: int


def register_figures(grid: Mapping[str, Any]) -> RegisterFigures:
    """The figures of a register's lead sentence, from its heat map answer."""
    now, target = (
        {risk["id"]: cell["score"] for cell in grid["cells"] for risk in cell[side]}
        for side in ("current", "target")
    )
    with_both = now.keys() & target.keys()
    return RegisterFigures(
        total=sum(band["count"] for band in grid["bands"]) + len(grid["not_scored"]),
        top_band=grid["bands"][-1]["band"],
        in_top_band=grid["bands"][-1]["count"],
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


def band_counts(counts: Sequence[tuple[str, int]]) -> str:
    """How many risks are in each band, highest first: "1 High, 3 Moderate"; bands without risks left out."""
    return ", ".join(f"{count} {name}" for name, count in counts if count)


def _top(figures: RegisterFigures) -> str:
    if not figures.in_top_band:
        return f"No risk is {figures.top_band}."
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
