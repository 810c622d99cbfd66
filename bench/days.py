"""As at any day: what an old position costs beside today's, over HTTP, and how many queries.

A plan of 100 action points must answer for any day within three times of today's answer, also inside a
history of 1,000,000 entries; one of 10,000 within 100 ms. Every answer is computed: nothing is kept between.
"""

from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from io import StringIO

from starlette.testclient import TestClient

from app.clock import LONDON
from app.main import create_app
from bench import load, queries, seed
from bench.figures import API, ROWS, bearer, cookie
from bench.report import Check
from bench.seed import Site

AGES = (7, 45, 120, 200, 239)
"""Days ago, to nearly the first day of the template's history."""
MOST_TIMES = 3.0
MOST_MILLISECONDS = 100.0
NAME = "as at any day"


def _questions(site: Site) -> dict[str, tuple[str, Mapping[str, str]]]:
    """What is asked for each day: an address, with a place for the day, and the headers."""
    api, page = bearer(site), cookie(site)
    return {
        "progress": (f"{API}/plans/{site.plan}/progress?", api),
        "list": (f"{API}/plans/{site.plan}/actions?limit={ROWS}&", api),
        "risks": (f"{API}/registers/{site.registers[0]}/risks?limit={ROWS}&", api),
        "page": (f"/priorities/{site.priorities[0]}?", page),
    }


def _requests(site: Site) -> dict[str, dict[int, load.Request]]:
    """For each question a request for today (0 days ago) and for each age."""
    # The day of the service that is measured; this process may have no settings.
    today = datetime.now(LONDON).date()
    return {
        name: {
            age: load.Request("GET", f"{path}as_at={today - timedelta(days=age)}", headers)
            for age in (0, *AGES)
        }
        for name, (path, headers) in _questions(site).items()
    }


def checks(database: str, site: Site, address: str, *, seconds: float, crowded: bool) -> list[Check]:
    """The median of each question for today and for each age, against what is allowed."""
    found = []
    for name, requests in _requests(site).items():
        medians: dict[int, float] = {}
        for age, request in requests.items():
            result = load.run(address, [request], connections=1, seconds=seconds)
            if result.unexpected:
                raise RuntimeError(f"{request.path} answered {dict(result.unexpected)}")
            medians[age] = result.p50
        found.append(_judged(database, site, name, medians, crowded))
    return found


def _judged(database: str, site: Site, name: str, medians: Mapping[int, float], crowded: bool) -> Check:
    oldest = max(AGES, key=lambda age: medians[age])
    worst, now = medians[oldest], medians[0]
    measured = f"{worst:.1f} ms {oldest} days ago, {now:.1f} today: {worst / now:.2f} times"
    where = f"{site.points:,} points{' among many' if crowded else ''}"
    if site.points >= seed.LARGE.points:
        allowed, passed = f"{MOST_MILLISECONDS:g} ms", worst < MOST_MILLISECONDS
    else:
        allowed, passed = f"{MOST_TIMES:g} times", worst <= MOST_TIMES * now
    return Check(f"{NAME}, {name} of {where}", database, measured, allowed, passed)


def query_counts(database: str, sites: Sequence[Site]) -> list[Check]:
    """Whether each question costs as many queries on every day and at every size, in the open database.

    A list counts its total only where the first page does not hold all: one query more, whatever the size.
    """
    counts: dict[str, set[int]] = {}
    # The service logs each request on standard output, which is the report's.
    with redirect_stdout(StringIO()), TestClient(create_app(), base_url="https://testserver") as client:
        for site in sites:
            for name, requests in _requests(site).items():
                if name == "page":
                    continue  # it reads more where something is overdue or withdrawn on the day
                for request in requests.values():
                    with queries.counted() as statements:
                        answer = client.get(request.path, headers=dict(request.headers))
                    if answer.status_code != request.expected:
                        raise RuntimeError(f"{request.path} answered {answer.status_code}")
                    counts.setdefault(name, set()).add(len(statements))
    return [
        Check(
            f"{NAME}, queries of {name}",
            database,
            " or ".join(map(str, sorted(found))),
            "equal, or one more",
            max(found) - min(found) <= 1,
        )
        for name, found in counts.items()
    ]
