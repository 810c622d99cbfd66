"""What is asked of the service, figure by figure."""

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bench.load import NUMBER, Request, loopback
from bench.seed import Site

API = "/api/v1"
ROWS = 100
FEW = ("id", "ref", "title", "status", "due_on", "lead")
MOST_RECORDS = 2000  # different records asked for in turn
CHANGED_RECORDS = 320  # different records changed in turn
FEED_PAGE = 1000
BULK = 1000  # changes in one request
FEED_PLACES = range(0, 50_000, 2_500)  # of the largest plan's journal, which has 56,100 entries


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the report: its name, and the requests of it for a site served at an address."""

    name: str
    requests: Callable[[Site, str], Sequence[Request]]
    writes: bool = False
    is_large: bool = False  # asked of the largest plan alone: a small one has too little to answer
    is_long: bool = False  # takes seconds: measured at one connection alone


def bearer(site: Site) -> Mapping[str, str]:
    """The headers of a program of the site that wants every answer computed."""
    return {
        "authorization": f"Bearer {site.token}",
        "content-type": "application/json",
        "cache-control": "no-store",
    }


def cookie(site: Site) -> Mapping[str, str]:
    """The headers of somebody signed in to the site."""
    return {"cookie": f"session={site.session}", "accept": "text/html"}


def spread(ids: Sequence[UUID], most: int) -> Sequence[UUID]:
    """At most so many ids, from all over the list."""
    return ids[:: max(1, -(-len(ids) // most))]


def _progress(site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", f"{API}/plans/{site.plan}/progress", bearer(site))]


def list_path(site: Site) -> str:
    """What a dashboard asks for: about 20 kB, as the list that the floors were measured with."""
    return f"{API}/plans/{site.plan}/actions?limit={ROWS}&fields={','.join(FEW)}"


def _list(site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", list_path(site), bearer(site))]


def _long_list(site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", f"{API}/plans/{site.plan}/actions?limit={2 * ROWS}", bearer(site))]


def _whole_list(site: Site, address: str) -> Sequence[Request]:
    """Every field of the same records: 85 kB."""
    return [Request("GET", f"{API}/plans/{site.plan}/actions?limit={ROWS}", bearer(site))]


def _action(site: Site, address: str) -> Sequence[Request]:
    headers = bearer(site)
    return [Request("GET", f"{API}/actions/{one}", headers) for one in spread(site.actions, MOST_RECORDS)]


def _risk(site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", f"{API}/risks/{one}", bearer(site)) for one in site.risks]


def _feed(site: Site, address: str) -> Sequence[Request]:
    """A full page of changes from all over the journal; too large to be stored."""
    pages = [f"{API}/changes?after={after}&limit={FEED_PAGE}" for after in FEED_PLACES]
    return [Request("GET", page, bearer(site)) for page in pages]


def _patch(site: Site, address: str) -> Sequence[Request]:
    body = json.dumps({"success_measure": f"Measured {NUMBER} times"})
    headers = bearer(site)
    paths = [f"{API}/actions/{one}" for one in spread(site.actions, CHANGED_RECORDS)]
    return [Request("PATCH", path, headers, body, 200, _etag(address, path, headers)) for path in paths]


_UPDATE = {
    "status": "delayed",
    "narrative": f"Told {NUMBER} times",
    "reason": "Measured",
    "completed_on": None,
}


def _update(site: Site, address: str) -> Sequence[Request]:
    """A status and a narrative on actions that are not withdrawn, each time on another one."""
    headers = bearer(site)
    paths = [f"{API}/actions/{one}/updates" for one in site.open_actions]
    return [Request("POST", path, headers, json.dumps(_UPDATE), 201) for path in paths]


def _bulk(site: Site, address: str) -> Sequence[Request]:
    """The same on 1,000 actions at once, all or nothing."""
    changes = [
        {"operation": "record_update", "action_id": str(one), "body": _UPDATE}
        for one in site.open_actions[:BULK]
    ]
    if len(changes) < BULK:
        raise RuntimeError(f"there are only {len(changes)} open actions")
    return [Request("POST", f"{API}/bulk", bearer(site), json.dumps({"changes": changes}), 200)]


def _dashboard(site: Site, address: str) -> Sequence[Request]:
    """Made anew each time: what is kept of it is measured beside a bare page (``pages``)."""
    return [Request("GET", "/", {**cookie(site), "cache-control": "no-store"})]


def _page(site: Site, address: str) -> Sequence[Request]:
    return [Request("GET", f"/priorities/{site.priorities[0]}", cookie(site))]


FIGURES = (
    Figure("progress", _progress),
    Figure("list of 100", _list),
    Figure("list of 100 (whole)", _whole_list),
    Figure("list of 200", _long_list, is_large=True),
    Figure("action", _action),
    Figure("risk", _risk),
    Figure("feed page of 1,000", _feed, is_large=True),
    Figure("dashboard", _dashboard),
    Figure("page, 100 rows", _page),
    Figure("patch", _patch, writes=True),
    Figure("update", _update, writes=True),
    Figure("bulk of 1,000", _bulk, writes=True, is_long=True),
)


def full_name(figure: Figure, site: Site) -> str:
    """The figure's name in the report: progress has a floor for each size of plan."""
    noun, _, how = figure.name.partition(", ")
    if noun != "progress":
        return figure.name
    return f"progress {site.points:,}{', ' if how else ''}{how}"


def _etag(address: str, path: str, headers: Mapping[str, str]) -> str:
    host, port = loopback(address)
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {path} answered {answer.status}")
        return answer.headers["etag"]
    finally:
        connection.close()
