"""Measures the service; see bench/README.md."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import checks, days, figures, load, pages, report, seed, servers, stored, template
from bench.figures import Figure
from bench.report import Check, Line
from bench.seed import Shape, Site, Template

CONNECTIONS = (1, 32)
DATABASES = ("sqlite", "postgresql")
SIZES = ("100", "10000", "1000000")
CROWD = 990_000
QUICK_CROWD = 40_000

Create = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure, and for how long."""

    databases: Sequence[str]
    sizes: Sequence[str]
    only: Sequence[str]
    seconds: float
    crowd: int
    clients: int
    requests: int
    pairs: int

    def wants(self, name: str) -> bool:
        """Whether a figure or check of this name was asked for."""
        return not self.only or any(part in name for part in self.only)


class Run:
    """One run: what it measured so far."""

    def __init__(self, options: Options, bare: servers.Process) -> None:
        self.options, self.bare = options, bare
        self.lines: list[Line] = []
        self.checks: list[Check] = []
        self._bare_rates: dict[int, float] = {}

    def say(self, text: str) -> None:
        """Tell on standard error what goes on."""
        print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)

    def check(self, *found: Check) -> None:
        """Keep the outcome of checks."""
        for one in found:
            self.checks.append(one)
            self.say(f"{one.database}: {one.name}: {one.measured}{'' if one.passed else '  FAIL'}")

    def measure(
        self, figure: Figure, site: Site, service: servers.Process, database: str, crowded: bool
    ) -> None:
        """One figure at each number of connections, between two measurements of the bare route."""
        name = figures.full_name(figure, site)
        if not self.options.wants(name):
            return
        for connections in CONNECTIONS[:1] if figure.is_long else CONNECTIONS:
            line = self._line(name, figure, site, service, database, crowded, connections, 1)
            if not line.passed:
                # Other work on the machine spoils short measurements: once more, longer, the better counts.
                self.say(_told(line) + ", once more")
                again = self._line(name, figure, site, service, database, crowded, connections, 2)
                line = max(line, again, key=lambda one: (not one.unexpected, one.ratio))
            self.lines.append(line)
            self.say(_told(line))

    def _line(
        self,
        name: str,
        figure: Figure,
        site: Site,
        service: servers.Process,
        database: str,
        crowded: bool,
        connections: int,
        times: int,
    ) -> Line:
        requests = figure.requests(site, service.address)
        # What is stored is answered evenly: half the time tells as much.
        seconds = self.options.seconds * times * (0.5 if figure in stored.FIGURES else 1)
        before = self._bare_rates.get(connections) or self._bare_rate(connections)
        began = service.processor_seconds()
        with stored.beside(figure, site, service.address):
            found = load.run(service.address, requests, connections=connections, seconds=seconds)
        processor = service.processor_seconds() - began
        after = self._bare_rates[connections] = self._bare_rate(connections)
        return report.line(
            name,
            database,
            site.points,
            crowded,
            found,
            bare_rate=(before + after) / 2,
            processor=processor,
        )

    def forget_bare(self) -> None:
        """Do not compare across a pause."""
        self._bare_rates.clear()

    def _bare_rate(self, connections: int) -> float:
        requests = [load.Request("GET", "/")]
        seconds = max(0.5, self.options.seconds / 2)
        address = self.bare.address
        return load.run(address, requests, connections=connections, seconds=seconds, warm_up=0.1).rate


def _told(line: Line) -> str:
    where = f"{line.database} {line.points:,}{' among many' if line.crowded else ''}"
    what = f"{line.figure} x{line.connections}: {line.rate:,.0f}/s, {line.processor_ms:.2f} ms each"
    return f"{where}: {what}, ratio {line.ratio:.4f}{'' if line.passed else '  FAIL'}"


def main() -> int:
    """Parse, measure, print; 1 when something that must be reached was not."""
    arguments = _parser().parse_args()
    with seed.scratch() as name, servers.bare() as bare:
        run = Run(_options(arguments), bare)
        folder = Path(name)
        run.say("building the template through the service's own functions")
        full, lean = seed.templates(folder)
        for database in run.options.databases:
            with _databases(database, folder) as create:
                _measure_database(run, database, create, full, lean)
    run.check(*checks.growth(run.lines))
    print(report.as_json(run.lines, run.checks) if arguments.json else report.table(run.lines, run.checks))
    passed = all(line.passed for line in run.lines) and all(check.passed for check in run.checks)
    return 0 if passed else 1


@contextmanager
def _databases(database: str, folder: Path) -> Iterator[Create]:
    """What makes an empty database of this kind, by name, and returns its URL."""
    if database == "sqlite":
        yield lambda name: f"sqlite:///{folder / name}.db"
        return
    folder.chmod(0o711)  # the server runs as another user, below it
    with servers.postgresql_server(folder / "postgresql") as server:
        yield server.create


def _measure_database(run: Run, database: str, create: Create, full: Template, lean: Template) -> None:
    contents: dict[str, list[tuple[Template, Shape]]] = {
        "100": [(full, seed.SMALL)],
        "10000": [(full, seed.LARGE)],
        "1000000": [(full, seed.SMALL), (full, seed.LARGE), (lean, seed.crowd(run.options.crowd))],
    }
    for size in run.options.sizes:
        shapes = contents[size]
        points = sum(shape.points for _, shape in shapes)
        run.say(f"{database}: loading {points:,} action points")
        url = create(f"bench_{size}")
        seed.load(url, shapes)
        with template.opened(url):
            sites = [seed.site(shape) for _, shape in shapes if shape.slug != "crowd"]
            run.check(checks.copies(database, full, sites))
            if run.options.wants(days.NAME):
                run.check(*days.query_counts(database, sites))
            if len(sites) > 1 and run.options.wants("queries"):
                run.check(*checks.query_counts(database, sites))
        run.forget_bare()
        _measure_service(run, database, url, sites, points)
        if size == "10000" and run.options.wants("together"):
            options = run.options
            run.check(
                *checks.together(database, url, sites[0], options.clients, options.requests, options.pairs)
            )


def _measure_service(run: Run, database: str, url: str, sites: Sequence[Site], points: int) -> None:
    data = f"{points:,} action points"
    smallest = servers.smallest_start(url) if run.options.wants("cold start") else 0.0
    with servers.service(url) as service:
        if run.options.wants("cold start"):
            run.check(checks.cold_start(database, data, service.processor_seconds(), smallest))
        for site in sites:
            for figure in figures.FIGURES:
                # A small plan has too few records for 32 connections to change one each.
                if site.points >= seed.LARGE.points or not (figure.writes or figure.is_large):
                    run.measure(figure, site, service, database, crowded=len(sites) > 1)
            for figure in stored.FIGURES:
                if stored.wanted(figure, site, crowded=len(sites) > 1):
                    run.measure(figure, site, service, database, crowded=len(sites) > 1)
            if site.points == seed.SMALL.points and run.options.wants(pages.NAME):
                seconds = run.options.seconds / 4
                run.check(pages.dashboard(database, site, service.address, run.bare.address, seconds=seconds))
            if run.options.wants(days.NAME):
                crowded = len(sites) > 1
                run.check(
                    *days.checks(
                        database, site, service.address, seconds=run.options.seconds / 2, crowded=crowded
                    )
                )
        memory = service.memory()
        if memory is not None and run.options.wants("memory"):
            run.check(checks.memory(database, data, memory))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures the service as ratios to a bare route, on both databases.",
        epilog="examples:  python -m bench --quick    python -m bench --database sqlite --size 10000 "
        "--only progress --only action",
    )
    parser.add_argument(
        "--quick", action="store_true", help="short and with fewer other plans: 3 minutes or so"
    )
    parser.add_argument(
        "--database", action="append", choices=DATABASES, help="only this one; may be repeated"
    )
    parser.add_argument(
        "--size", action="append", choices=SIZES, help="only this many action points in the database"
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="only figures and checks whose name holds this: progress, list, action, risk, dashboard, page, "
        "patch, update, stored, 304, writes/s, queries, as at any day, together, cold start, memory",
    )
    parser.add_argument("--seconds", type=float, help="seconds for each figure (2)")
    parser.add_argument(
        "--crowd", type=int, help=f"action points of other plans in the largest database ({CROWD:,})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser


def _options(arguments: argparse.Namespace) -> Options:
    quick = arguments.quick
    return Options(
        databases=arguments.database or DATABASES,
        sizes=arguments.size or SIZES,
        only=arguments.only or (),
        seconds=arguments.seconds or (0.6 if quick else 2.0),
        crowd=arguments.crowd or (QUICK_CROWD if quick else CROWD),
        clients=32,
        requests=50 if quick else 500,
        pairs=100 if quick else 1000,
    )


if __name__ == "__main__":
    sys.exit(main())
