"""The dashboard beside a bare page: a table of 100 rows through Jinja, without a query, in the same run.

What people are shown is kept until the area changes (``app.web.overview``); what it takes to make it anew, as
after a change, is told beside it and has its own figure with a floor (``figures``).
"""

from bench import bare, load
from bench.figures import cookie
from bench.report import Check
from bench.seed import Site

NAME = "dashboard / bare page"
MOST_TIMES = {"sqlite": 3.0, "postgresql": 6.0}
"""PostgreSQL must reach half, as with every floor: asking it anything takes longer than the whole page."""
TURNS = 3


def dashboard(database: str, site: Site, service: str, bare_route: str, *, seconds: float) -> Check:
    """Whether the median of the dashboard is at most so many times that of the bare page, by turns."""
    asked = {
        "bare": (bare_route, load.Request("GET", bare.PAGE)),
        "dashboard": (service, load.Request("GET", "/", cookie(site))),
        "made anew": (service, load.Request("GET", "/", {**cookie(site), "cache-control": "no-store"})),
    }
    medians: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(TURNS):
        for name, (address, request) in asked.items():
            result = load.run(address, [request], connections=1, seconds=seconds)
            if result.unexpected:
                raise RuntimeError(f"{request.path} answered {dict(result.unexpected)}")
            medians[name].append(result.p50)
    # Other work on the machine only ever adds: the least of the turns tells most.
    plain, shown, anew = (min(medians[name]) for name in asked)
    times = shown / plain
    measured = f"{shown:.2f} ms ({anew:.2f} after a change), bare page {plain:.2f}: {times:.2f} times"
    where = f"{NAME}, {site.points:,} points"
    most = MOST_TIMES[database]
    return Check(where, database, measured, f"{most:g} times", times <= most)
