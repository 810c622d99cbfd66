"""The states of an action by day, worked out from its entries.

Domain rules, section 5 (time and trust): every fact stands by itself, ordered by effective date and
sequence. A state also says whether a dependency is open, so it ends where a dependency's does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from app.entries.fold import FOREVER, Entry, as_learned, fold, standing
from app.plans.statuses import (
    Bucket,
    Status,
    compare,
    deadline,
    original_due_on,
    pack,
)

FIRST_POINT = 512
"""Added to the code of an action's first point, so that distinct actions can be counted over points."""


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """That an action is neither complete nor withdrawn, from ``valid_from`` until before ``valid_to``."""

    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class ActionDays:
    """The state of an action for a span of days."""

    valid_from: date
    valid_to: date
    facts: Mapping[str, Any]
    status: Status
    deadline_on: date | None
    original_due_on: date | None
    code: int
    """The bucket's code without the comparisons that depend on the day asked for."""


def is_open(status: str, withdrawn: bool) -> bool:
    """Whether others that depend on an action still wait for it."""
    return status != Status.complete and not withdrawn


def settled(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The standing entries of an action, each with what its status means for the completion date.

    Domain rules, section 2: a complete action carries a completion date, given or the effective date of the
    entry that completed it, and no other action has one. Entries imply it when they are recorded; one that
    is backdated or replaced later changes what those after it imply.
    """
    found: list[Entry] = []
    status: str | None = None
    completed_on: date | None = None
    for entry in standing(entries):
        status = entry.facts.get("status") or status
        if status == Status.complete:
            completed_on = entry.facts.get("completed_on") or completed_on or entry.effective_on
        else:
            completed_on = None
        found.append(replace(entry, facts={**entry.facts, "completed_on": completed_on}))
    return tuple(found)


def action_days(
    entries: Iterable[Entry], dependencies: Mapping[Any, Sequence[OpenSpan]]
) -> tuple[ActionDays, ...]:
    """Every state of an action, in order and without a gap; ``dependencies`` by the id depended on.

    A dependency that was not there yet on a day counts as not open then.
    """
    known = tuple(entries)
    counted, learned = settled(known), as_learned(known)
    found: list[ActionDays] = []
    for state in fold(counted):
        spans = [span for key in state.facts.get("depends_on") or () for span in dependencies.get(key, ())]
        for first, after in _pieces(state.valid_from, state.valid_to, spans):
            waiting = any(span.valid_from <= first < span.valid_to for span in spans)
            found.append(_piece(first, after, state.facts, waiting, original_due_on(learned, first)))
    return tuple(found)


def _pieces(first: date, after: date, spans: Sequence[OpenSpan]) -> list[tuple[date, date]]:
    cuts = {edge for span in spans for edge in (span.valid_from, span.valid_to) if first < edge < after}
    edges = [first, *sorted(cuts), after]
    return list(pairwise(edges))


def _piece(
    first: date, after: date, facts: Mapping[str, Any], waiting: bool, original: date | None
) -> ActionDays:
    deadline_on = deadline(facts.get("due_on"), bool(facts.get("due_ongoing")), facts.get("review_on"))
    status = Status(facts["status"])
    # Compared with the earliest day of all, every date is still to come: only what is true on any day stays.
    static = compare(
        deadline_on=deadline_on,
        original_due_on=original,
        forecast_on=facts.get("forecast_on"),
        start_on=facts.get("start_on"),
        day=date.min,
        open_dependency=waiting,
    )
    code = pack(Bucket(status, bool(facts.get("withdrawn")), static))
    return ActionDays(first, after, facts, status, deadline_on, original, code)


def ref_order(ref: str) -> str:
    """A text that sorts refs as people do: 2.5 before 2.10.

    >>> ref_order("2.5") < ref_order("2.10")
    True
    """
    digits, parts = "", []
    for character in ref:
        if character.isdecimal() and character.isascii():
            digits += character
            continue
        parts += [digits.zfill(6)] if digits else []
        parts.append(character.casefold())
        digits = ""
    return "".join([*parts, digits.zfill(6)] if digits else parts)


__all__ = [
    "FIRST_POINT",
    "FOREVER",
    "ActionDays",
    "OpenSpan",
    "action_days",
    "is_open",
    "ref_order",
    "settled",
]
