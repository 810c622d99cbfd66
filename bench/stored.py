"""The same reads again: answered from what is stored, as a 304, and while somebody writes beside.

Each over many records of the site in turn. A stored answer stands while nothing in its area changes, so a
figure of stored answers asks for everything once first; with ten writes a second beside, each write ends all
of them. What is asked of any of 10,000 records is more than the service stores: it is mostly computed.
"""

import http.client
import json
import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from bench import figures
from bench.figures import API, Figure, bearer, list_path
from bench.load import Request, loopback
from bench.seed import Site

MOST_STORED = 300  # different records asked for in turn
WRITES_A_SECOND = 10
STORED, NOT_MODIFIED, BESIDE, ANY = "stored", "304", f"{WRITES_A_SECOND} writes/s", "any of 10,000"


def _headers(site: Site) -> dict[str, str]:
    """Those of a program that takes a stored answer."""
    return {name: value for name, value in bearer(site).items() if name != "cache-control"}


def _paths(name: str, site: Site) -> Sequence[str]:
    one = {
        "progress": f"{API}/plans/{site.plan}/progress",
        "list of 100": list_path(site),
    }.get(name)
    if one is not None:
        return [one]
    ids = site.actions if name == "action" else site.risks
    return [f"{API}/{name}s/{record}" for record in figures.spread(ids, MOST_STORED)]


def _stored(name: str, site: Site, address: str) -> Sequence[Request]:
    headers, paths = _headers(site), _paths(name, site)
    _etags(address, paths, headers)
    return [Request("GET", path, headers) for path in paths]


def _not_modified(name: str, site: Site, address: str) -> Sequence[Request]:
    headers, paths = _headers(site), _paths(name, site)
    tags = _etags(address, paths, headers)
    return [
        Request("GET", path, {**headers, "if-none-match": tag}, expected=304)
        for path, tag in zip(paths, tags, strict=True)
    ]


def _beside(name: str, site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", path, _headers(site)) for path in _paths(name, site)]


def _any(site: Site, address: str) -> Sequence[Request]:
    ids = list(site.actions)
    random.Random(1).shuffle(ids)
    return [Request("GET", f"{API}/actions/{one}", _headers(site)) for one in ids]


def _etags(address: str, paths: Sequence[str], headers: Mapping[str, str]) -> Sequence[str]:
    """Ask for everything once, over one connection."""
    connection = http.client.HTTPConnection(*loopback(address), timeout=30)
    try:
        return [_etag(connection, path, headers) for path in paths]
    finally:
        connection.close()


def _etag(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> str:
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"GET {path} answered {answer.status}")
    return answer.headers["etag"]


READS = ("progress", "list of 100", "action", "risk")
FIGURES = (
    *(Figure(f"{name}, {STORED}", partial(_stored, name)) for name in READS),
    *(Figure(f"{name}, {NOT_MODIFIED}", partial(_not_modified, name)) for name in READS),
    *(Figure(f"{name}, {BESIDE}", partial(_beside, name)) for name in READS),
    Figure(f"action, {ANY}", _any),
)
_CROWDED = (f"action, {STORED}", f"action, {NOT_MODIFIED}")


def wanted(figure: Figure, site: Site, *, crowded: bool) -> bool:
    """Whether the figure tells something here: among many other plans most would tell nothing new."""
    if figure.name.endswith(ANY):
        return len(site.actions) > MOST_STORED and not crowded
    return not crowded or figure.name in _CROWDED


@contextmanager
def beside(figure: Figure, site: Site, address: str) -> Iterator[None]:
    """Change one action of the site ten times a second meanwhile, where the figure says so.

    Raises RuntimeError when a change was refused.
    """
    if not figure.name.endswith(BESIDE):
        yield
        return
    is_over, faults = threading.Event(), list[str]()
    writer = threading.Thread(target=_write, args=(site, address, is_over, faults), daemon=True)
    writer.start()
    try:
        yield
    finally:
        is_over.set()
        writer.join()
    if faults:
        raise RuntimeError(f"writing beside: {faults[0]}")


def _write(site: Site, address: str, is_over: threading.Event, faults: list[str]) -> None:
    connection = http.client.HTTPConnection(*loopback(address), timeout=30)
    path = f"{API}/actions/{site.actions[0]}"
    try:
        tag, number = _etag(connection, path, _headers(site)), 0
        while not is_over.wait(1 / WRITES_A_SECOND):
            number += 1
            body = json.dumps({"success_measure": f"Measured beside, {number}"})
            headers = {**_headers(site), "if-match": tag, "content-type": "application/json"}
            connection.request("PATCH", path, body=body, headers=headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                faults.append(f"{answer.status} {said[:200]!r}")
                return
            tag = answer.headers["etag"]
    except (OSError, http.client.HTTPException) as error:
        faults.append(repr(error))
    finally:
        connection.close()
