"""What takes long to work out, remembered for as long as nothing in the area has changed.

Everything that answers show is journalled, so that the area's last sequence, read in the same snapshot as
the figures, says whether they still stand: nothing is remembered past a change, in this process or another.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import db as database
from app.access.roles import Principal
from app.models.tables import areas

MOST = 64
_PLACE = select(areas.c.last_sequence).where(areas.c.id == bindparam("area_id"))


class Remembered:
    """Up to ``MOST`` results of one function; those used longest ago go first."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self,
        db: Connection,
        who: Principal,
        key: tuple[Hashable, ...],
        make: Callable[[], Any],
        *,
        place: int | None = None,
    ) -> Any:
        """What ``make`` returned for this key since the area last changed, or returns now.

        ``place`` is that of the area's newest journal entry, where it has been read already.
        For reading alone: a transaction that has itself written something not yet committed must not ask.
        """
        if place is None:
            place = db.execute(_PLACE, {"area_id": who.area_id}).scalar_one()
        return self.at(who, place, key, make)

    def at(self, who: Principal, place: int, key: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
        """The same where a place is known that was read before what is made, as by the gate's look-up."""
        whole = (database.opened(), who.area_id, place, *key)
        with self._lock:
            if whole in self._found:
                self._found.move_to_end(whole)
                return self._found[whole]
        made = make()
        with self._lock:
            self._found[whole] = made
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        return made
