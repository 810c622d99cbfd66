"""Risks in words: the sentence that a register opens with, and where a score has moved."""

from collections.abc import Sequence
from typing import NamedTuple

from app.sentences.words import numeral, plural, sentence_case


class RegisterFigures(NamedTuple):
    """What a register's lead sentence says: counts of its risks that are not closed."""

    total: int
    top_band: str
    in_top_band: int
    with_target: int
    at_target: int
    unscored: int


def register_lead(figures: RegisterFigures) -> str:
    """The first sentences of a register: "One of four risks is High. No risk has reached its target."."""
    if not figures.total:
        return "No risks identified."
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
