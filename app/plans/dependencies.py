"""Dependencies between the actions of a plan: none may, through others, depend on itself."""

from collections import deque
from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def cycle(edges: Mapping[Id, Collection[Id]], start: Id) -> tuple[Id, ...] | None:
    """Return a shortest cycle of dependencies through `start`, or None when there is none.

    `edges` maps an action to those it depends on; one without dependencies may be left out. The answer
    begins and ends with `start`: (a, b, a) says that a depends on b and b on a.
    """
    came_from: dict[Id, Id] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in edges.get(here, ()):
            if there == start:
                return _path(came_from, start, here)
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return None


def _path(came_from: Mapping[Id, Id], start: Id, last: Id) -> tuple[Id, ...]:
    backwards = [start, last]
    while backwards[-1] != start:
        backwards.append(came_from[backwards[-1]])
    return tuple(reversed(backwards))
