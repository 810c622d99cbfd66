"""Fold the dated entries of one record into its states by day.

Domain rules, section 5 (time and trust): entries are facts that are never altered. What was true on a day
is worked out from those that stand, ordered by effective date and then by journal sequence. Each fact stands
by itself: its value is that of the last entry that states it, so a backdated entry never overwrites a later
one.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FOREVER = date(9999, 12, 31)
"""End of a state that nothing has followed yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated entry of a record.

    `facts` is partial: a fact left out keeps its value, a fact stated as None is cleared.
    `sequence` is the entry's place in the journal, unique within the record's area.
    `replaces` is the id of the entry that this one corrects.
    """

    id: Hashable
    sequence: int
    effective_on: date
    facts: Mapping[str, Any]
    replaces: Hashable | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The whole state of a record from `valid_from` up to, not including, `valid_to`.

    `facts` holds the last stated value of every fact stated so far, cleared ones as None.
    """

    valid_from: date
    valid_to: date
    facts: Mapping[str, Any]


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, ordered by (effective date, sequence).

    Domain rules, section 5: a replaced entry is ignored, wherever its replacement stands in time. It stays
    ignored when the replacement is itself replaced, so that only the last of a chain of corrections stands.
    """
    known = tuple(entries)
    replaced = {entry.replaces for entry in known if entry.replaces is not None}
    return tuple(
        sorted(
            (entry for entry in known if entry.id not in replaced),
            key=lambda entry: (entry.effective_on, entry.sequence),
        )
    )


def as_learned(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count in the order in which the service learned of them.

    A correction stands in the place of what it corrects, however late it came.
    """
    known = {entry.id: entry for entry in entries}

    def first_sequence(entry: Entry) -> int:
        while entry.replaces in known:
            entry = known[entry.replaces]
        return entry.sequence

    return tuple(sorted(standing(known.values()), key=first_sequence))


def fold(entries: Iterable[Entry]) -> tuple[State, ...]:
    """Return one state for each day on which a standing entry takes effect.

    The states follow each other without gap or overlap; the last one ends at FOREVER. Nothing is
    returned when no entry stands.
    """
    days: dict[date, dict[str, Any]] = {}
    facts: dict[str, Any] = {}
    for entry in standing(entries):
        facts = {**facts, **entry.facts}
        days[entry.effective_on] = facts
    ends = [*list(days)[1:], FOREVER]
    return tuple(State(first, end, stated) for (first, stated), end in zip(days.items(), ends, strict=False))


def state_as_at(entries: Iterable[Entry], day: date) -> Mapping[str, Any] | None:
    """Return what the standing entries effective on or before `day` say, as known now.

    None when none of them is effective by then: the record did not exist on that day.
    """
    facts: dict[str, Any] | None = None
    for entry in standing(entries):
        if entry.effective_on > day:
            break
        facts = {**(facts or {}), **entry.facts}
    return facts
