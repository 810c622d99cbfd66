"""What is answered with yes or no: equal figures, query counts, growth, many clients at once."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from statistics import geometric_mean

from bench import mixed, queries, seed, servers
from bench.report import (
    COLD_START_TIMES,
    CROWDED_TIMES,
    LONGEST_COLD_START_SECONDS,
    MOST_MEMORY_MB,
    Check,
    Line,
)
from bench.seed import Site, Template


def copies(database: str, full: Template, sites: Iterable[Site]) -> Check:
    """Whether the figures of copies are those of the template, which the service wrote, so many times."""
    wrong = []
    for site in sites:
        times = site.points // seed.SMALL.points
        for age, counts in seed.counts_by_age(site.area, site.plan).items():
            if counts != {name: count * times for name, count in full.counts[age].items()}:
                wrong.append(f"{site.points:,} points {age} days ago")
    return Check("figures of copies", database, ", ".join(wrong) or "equal", "equal", not wrong)


def query_counts(database: str, sites: Sequence[Site]) -> list[Check]:
    """Whether a request costs as many queries with many action points as with few."""
    sizes = " and ".join(f"{site.points:,}" for site in sites)
    return [
        Check(
            f"queries of {name} at {sizes}",
            database,
            " and ".join(str(count) for count in counts),
            "equal",
            len(set(counts)) == 1,
        )
        for name, counts in queries.per_request(sites).items()
    ]


def cold_start(database: str, data: str, seconds: float, smallest: float) -> Check:
    """Whether the first answer came soon enough.

    Both are processor seconds: of the service, and of the smallest application of the same stack just before.
    """
    times = seconds / max(smallest, 0.01)
    measured = f"{seconds:.2f} s, {times:.2f} times the smallest ({smallest:.2f} s)"
    allowed = f"{LONGEST_COLD_START_SECONDS} s or {COLD_START_TIMES:g} times"
    passed = seconds <= LONGEST_COLD_START_SECONDS or times <= COLD_START_TIMES
    return Check(f"cold start, {data}", database, measured, allowed, passed)


def memory(database: str, data: str, measured: float) -> Check:
    """Whether the web process stayed small."""
    passed = measured <= MOST_MEMORY_MB
    return Check(
        f"memory after the load, {data}", database, f"{measured:.0f} MB", f"{MOST_MEMORY_MB} MB", passed
    )


def growth(lines: Iterable[Line]) -> list[Check]:
    """Whether each figure is as fast among many other plans as alone, within the allowed times.

    The mean over the numbers of connections is taken (of ratios, so the geometric one): a moment in which
    something else runs spoils one of them only.
    """
    ratios: dict[tuple[str, str, int], dict[bool, list[float]]] = {}
    for line in lines:
        both = ratios.setdefault((line.figure, line.database, line.points), {False: [], True: []})
        both[line.crowded].append(max(line.ratio, 1e-9))
    found = []
    for (figure, database, points), both in ratios.items():
        if both[False] and both[True]:
            times = geometric_mean(both[False]) / geometric_mean(both[True])
            name = f"{figure} of {points:,}: alone / among many"
            allowed = f"{CROWDED_TIMES:g} times"
            found.append(Check(name, database, f"{times:.2f} times", allowed, times <= CROWDED_TIMES))
    return found


def together(database: str, url: str, site: Site, clients: int, requests: int, pairs: int) -> list[Check]:
    """Many clients at once, and pairs of changes; on PostgreSQL against two web processes."""
    processes = 1 if database == "sqlite" else 2
    with ExitStack() as stack:
        services = [stack.enter_context(servers.service(url)) for _ in range(processes)]
        addresses = [service.address for service in services]
        load = mixed.run(addresses, site.token, clients=clients, requests=requests)
        found = mixed.pairs(addresses, site.token, number=pairs)
    refused = "".join(f"; {what}" for what in load.refused)
    return [
        Check(
            f"{clients} clients x {requests} mixed requests, {processes} web",
            database,
            f"{load.server_errors} 5xx, {load.locked} locked, {load.lost} lost of {load.requests}{refused}",
            "0",
            load.passed,
        ),
        Check(
            f"{found.pairs} pairs with one ETag, {processes} web",
            database,
            f"{found.wrong} not 200 and 412, {found.lost} lost",
            "0",
            found.passed,
        ),
    ]
