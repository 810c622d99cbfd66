"""Going through a journal's hash chain: does every entry follow the one before, and if not, what was done.

Exact about whether, and where first. What was done is told from what is left: the hashes of an entry's
neighbours say whether the entry was changed, moved or put there, or one before it taken away. Where the hash
of an entry is lost, the one after it cannot be judged and is not accused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from app.journal.chain import START, Entry, following

MOST_FAULTS = 20
"""How many faults of one journal are told apart; the rest is counted."""


class Kind(StrEnum):
    """What was done to a journal."""

    edited = "edited"  # a column, or the hash
    missing = "missing"
    inserted = "inserted"  # not by the service
    swapped = "swapped"  # another entry's content stands there
    cut = "cut"  # missing at the end


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a sequence.

    ``other`` is the last one of several that are missing, or the one whose content stands there.
    """

    sequence: int
    kind: Kind
    other: int


@dataclass(slots=True)
class Verdict:
    """What going through a journal found; ``sought_at`` is where the hash that was asked for stands."""

    head: str = START
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0
    sought_at: int | None = None


def verify(entries: Iterable[Entry], key: bytes, last_sequence: int, sought: str | None = None) -> Verdict:
    """Go through one area's entries, in the order of their sequences, and say what is wrong with them.

    ``last_sequence`` is what the area itself says; ``sought`` a hash that was noted earlier.
    """
    walk = _Walk(key, last_sequence)
    entry: Entry | None = None
    for after in entries:
        if after.hash == sought:
            walk.verdict.sought_at = after.sequence
        if entry is not None:
            walk.step(entry, after)
        entry = after
    if entry is not None:
        walk.step(entry, None)
        walk.verdict.head = entry.hash
    walk.end()
    return walk.verdict


class _Walk:
    """Where in the chain the verification is, and what it found."""

    def __init__(self, key: bytes, last_sequence: int) -> None:
        self.key, self.last_sequence = key, last_sequence
        self.verdict = Verdict()
        self.previous: str | None = START  # None: the hash that the next entry followed is lost
        self.expected = 1
        self.shift = 0  # by how much the sequences from here on were moved
        self.skips = False  # the next entry is dealt with already
        # Places without what was written there, with the hash that it followed; and entries out of place.
        self.vacant: list[tuple[int, str]] = []
        self.strays: list[Entry] = []

    def step(self, entry: Entry, after: Entry | None) -> None:
        """Take one entry; ``after`` is the next one."""
        number = entry.sequence
        if not isinstance(number, int) or number < self.expected or self._is_beyond(number):
            self._stray(Kind.inserted, entry, number if isinstance(number, int) else self.expected)
            return
        if number > self.expected:
            self._fault(Kind.missing, self.expected, number - 1)
            if self.previous is not None:
                self.vacant.append((self.expected - self.shift, self.previous))
            self.previous = None
        self.expected = number + 1
        if self.skips:
            self.skips = False
        elif self.previous is None or self._fits(entry, number - self.shift, self.previous):
            self.previous = entry.hash
        elif after is None or after.sequence != number + 1 or not self._explain(entry, after, self.previous):
            self.vacant.append((number - self.shift, self.previous))
            self._stray(Kind.edited, entry, number)
            self.previous = None

    def end(self) -> None:
        """Say what is missing at the end, and which entries stand in each other's places."""
        reached = self.expected - 1
        if max(reached, reached - self.shift) < self.last_sequence:
            self._fault(Kind.cut, self.expected, self.last_sequence)
        for entry in self.strays[:MOST_FAULTS]:
            for place, previous in self.vacant[:MOST_FAULTS]:
                if place != entry.sequence and self._fits(entry, place, previous):
                    self._is_swapped(entry.sequence, place)

    def _explain(self, entry: Entry, after: Entry, previous: str) -> bool:
        """Tell from the next entry what was done to one that does not fit; False when that says nothing."""
        place = entry.sequence - self.shift
        own = following(previous, _numbered(entry, place), self.key)
        if self._fits(after, place + 1, entry.hash):
            self._fault(Kind.edited, entry.sequence)
            self.previous = entry.hash
        elif self._fits(after, place + 1, own):  # its hash was edited, nothing else
            self._fault(Kind.edited, entry.sequence)
            self.previous = own
        elif self._fits(after, place, previous):
            if self._fits(entry, place + 1, after.hash):
                self._fault(Kind.swapped, entry.sequence, entry.sequence + 1)
                self.previous, self.skips = entry.hash, True
            else:  # and all after it were renumbered
                self._fault(Kind.inserted, entry.sequence)
                self.shift += 1
        elif self._fits(after, place + 2, entry.hash):  # and all after it were renumbered
            self._fault(Kind.missing, entry.sequence)
            self.previous = entry.hash
            self.shift -= 1
        else:
            return False
        return True

    def _fits(self, entry: Entry, place: int, previous: str) -> bool:
        """Whether the service wrote this entry at this place, after one with this hash."""
        return following(previous, _numbered(entry, place), self.key) == entry.hash

    def _is_beyond(self, number: int) -> bool:
        return min(number, number - self.shift) > self.last_sequence

    def _stray(self, kind: Kind, entry: Entry, number: int) -> None:
        self._fault(kind, number)
        self.strays.append(entry)

    def _fault(self, kind: Kind, sequence: int, other: int | None = None) -> None:
        if len(self.verdict.faults) < MOST_FAULTS:
            self.verdict.faults.append(Fault(sequence, kind, sequence if other is None else other))
        else:
            self.verdict.more_faults += 1

    def _is_swapped(self, sequence: int, place: int) -> None:
        faults = self.verdict.faults
        for at, fault in enumerate(faults):
            if fault.sequence == sequence and fault.kind in (Kind.edited, Kind.inserted):
                faults[at] = Fault(sequence, Kind.swapped, place)


def _numbered(entry: Entry, place: int) -> tuple[object, ...]:
    """The hashed columns of an entry, as they would be at this place."""
    return (*entry[:2], place, *entry[3:-1])
