"""Bodies in JSON, read strictly: what two programs could read differently is refused, with where it stands.

FastAPI reads with Python's ``json``, which takes the last of two equal keys, NaN, UTF-16 and any depth.
"""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from app.api.problems import pointer_of
from app.errors import Fault, Invalid, Malformed, NotTaken, invalid

DEEPEST = 50
LONGEST_NUMBER = 100
# From this size on (bytes) a body is read in a thread: all others would wait for the 20 ms that 1 MB takes.
LARGE = 50_000
JSON = "application/json"

_TOO_DEEP = f"Send a body in JSON with at most {DEEPEST} objects and lists inside each other."
_NUMBER = (
    f"Give a number as JSON has them: not NaN or Infinity, at most {LONGEST_NUMBER} digits, "
    "and less than 1e308."
)


class JsonRequest(Request):
    """A request whose body was read already."""

    value: Any = None

    async def json(self) -> Any:
        """What the body holds."""
        return self.value


async def read(request: Request) -> Request:
    """The request with its body read; an empty one is left to the route, which says what it needs.

    Raises NotTaken for another media type, Malformed for what cannot be read, and Invalid, which names each
    key that stands twice and each number that is none.
    """
    found = JsonRequest(request.scope, request.receive)
    body = await found.body()
    if body:
        _check_kind(found)
        found.value = parse(body) if len(body) < LARGE else await run_in_threadpool(parse, body)
    return found


def _check_kind(request: Request) -> None:
    kind = request.headers.get("content-type", "")
    if kind != JSON:
        media, *parameters = (part.strip().lower() for part in kind.split(";"))
        if media != JSON and not (media.startswith("application/") and media.endswith("+json")):
            raise NotTaken(f"Send a body in JSON, with the header `Content-Type: {JSON}`.")
        if any(one.startswith("charset=") and one[8:].strip('"') not in _UTF_8 for one in parameters):
            raise NotTaken(f"Send the body as UTF-8, with the header `Content-Type: {JSON}`.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotTaken("Send the body as it is, without `Content-Encoding`.")


_UTF_8 = ("utf-8", "utf8", "us-ascii")


def parse(body: bytes) -> Any:
    """The value of a body. Raises Malformed or Invalid."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"Send a body in JSON, as UTF-8: byte {error.start + 1} is not.") from None
    try:
        found = _whole(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise invalid("", f"Send a body in JSON, as UTF-8: this is none from {where} on.") from None
    except RecursionError:
        raise Malformed(_TOO_DEEP) from None
    if text.count("[") + text.count("{") > DEEPEST and _is_deeper(found, DEEPEST):
        raise Malformed(_TOO_DEEP)
    return found


def _whole(text: str) -> Any:
    try:
        return _STRICT.decode(text)
    except _Doubtful:
        # Once more and slowly, to say where. It stands somewhere else in a text that is no JSON further on.
        marked = _MARKING.decode(text)
        if _is_deeper(marked, DEEPEST):
            raise Malformed(_TOO_DEEP) from None
        raise Invalid(_faults(marked, ())) from None


def _is_deeper(value: Any, left: int) -> bool:
    """Whether more than ``left`` objects and lists stand inside each other."""
    inside: Iterable[Any]
    kind = type(value)
    if kind is dict:
        inside = value.values()
    elif kind is list:
        inside = value
    elif kind is _Pairs:
        inside = [one for _, one in value.pairs]
    else:
        return False
    return not left or any(_is_deeper(one, left - 1) for one in inside)


class _Doubtful(Exception):
    """Something is to be refused: a key that stands twice, or a number that is none."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubtful
    return found


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _Doubtful
    return int(text)


def _real(text: str) -> float:
    found = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if math.isinf(found):
        raise _Doubtful
    return found


def _constant(_text: str) -> Any:
    raise _Doubtful


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)


# --- What is wrong, and where ----------------------------------------------------------------------------


class _Pairs:
    """An object with all its keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


class _NoNumber:
    """A number that is refused."""


def _number_or_mark(text: str) -> Any:
    try:
        return _real(text)
    except _Doubtful:
        return _NoNumber()


_MARKING = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=_number_or_mark,
    parse_float=_number_or_mark,
    parse_constant=lambda _text: _NoNumber(),
)


def _faults(value: Any, steps: tuple[Any, ...]) -> Iterator[Fault]:
    if isinstance(value, _NoNumber):
        yield Fault(pointer_of(steps), _NUMBER)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _faults(one, (*steps, place))
    elif isinstance(value, _Pairs):
        seen: set[str] = set()
        twice: set[str] = set()
        for key, one in value.pairs:
            if key in seen and key not in twice:
                twice.add(key)
                yield Fault(pointer_of((*steps, key)), "Give this key once: it stands here more than once.")
            seen.add(key)
            yield from _faults(one, (*steps, key))
