"""Routes are made when they are first asked for, whole for everybody who asks at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.lazy_routes import LazyRoute


class _Slow(LazyRoute):
    def make(self, *given: Any, **options: Any) -> None:
        time.sleep(0.05)
        super().make(*given, **options)


def _shown(number: int) -> str:
    return str(number)


def test_a_route_that_several_ask_for_at_once_is_whole_for_each_of_them():
    route = _Slow("/records/{number}", _shown, include_in_schema=False)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: (route.include_in_schema, route.dependant), range(4)))
    assert [one[0] for one in found] == [False] * 4
    assert len({id(one[1]) for one in found}) == 1


def test_what_no_route_has_is_still_missed():
    with pytest.raises(AttributeError):
        _ = LazyRoute("/", _shown).nothing
