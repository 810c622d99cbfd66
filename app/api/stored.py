"""Stored answers: what one client was answered, kept for as long as nothing in its area has changed.

Everything that a stored answer shows is journalled. So an answer stands while the query that authenticates
each request returns what it returned before the answer was worked out: the client, its scopes, its area and
the place of the area's newest journal entry. That query comes first, on the same database, so an answer can
only be newer than the place under which it is kept, and nothing is ever stale, whichever process writes.

Held by one event loop: no locks.
"""

from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from app.access.roles import Principal

MOST_BYTES = 6_000_000
"""Of all answers together, in one process. About 2,000 single records."""
LARGEST_BYTES = 256 * 1024
"""Larger answers are not kept: each would push out a hundred others."""
# What Python needs for an entry besides its body and its address: tuples, headers, the place in the order.
_OVERHEAD = 1400

Header = tuple[bytes, bytes]


class Key(NamedTuple):
    """What was asked, and by which client. ``gzip`` is whether the answer is compressed."""

    client: object
    path: str
    query: bytes
    gzip: bool


class Standing(NamedTuple):
    """What an answer follows from besides the request: while all this is equal, the answer stands.

    ``who`` holds the row of the query that authenticated the request. ``day`` is the London date, ``opened``
    the number of the database that this process has open.
    """

    who: Principal
    day: date
    opened: int


class Answer(NamedTuple):
    """A whole 200: its headers with ETag and length, its body, and the route that answered."""

    headers: tuple[Header, ...]
    body: bytes
    tag: bytes
    route: object = None


class _Kept(NamedTuple):
    standing: Standing
    answer: Answer
    size: int


class Store:
    """Answers by what was asked, bounded by bytes; those used longest ago go first."""

    def __init__(self, most: int = MOST_BYTES, largest: int = LARGEST_BYTES) -> None:
        self.most, self.largest = most, largest
        self.size = 0
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, standing: Standing) -> Answer | None:
        """The answer to this request, if one is kept that still stands."""
        found = self._kept.get(key)
        if found is None or found.standing != standing:
            return None
        self._kept.move_to_end(key)
        return found.answer

    def put(self, key: Key, standing: Standing, answer: Answer) -> None:
        """Keep an answer in place of the one before, unless it is too large."""
        self.drop(key)
        size = len(answer.body) + len(key.path) + len(key.query) + _OVERHEAD
        if len(answer.body) > self.largest or size > self.most:
            return
        self._kept[key] = _Kept(standing, answer, size)
        self.size += size
        while self.size > self.most:
            _, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size

    def drop(self, key: Key) -> None:
        """Forget the answer to a request, if one is kept."""
        found = self._kept.pop(key, None)
        if found is not None:
            self.size -= found.size
