"""What was measured, beside what must be reached, as a table or as JSON.

The floors are those of the design: ratios of requests/s to the bare route at 1 and 32 connections, computed
(not stored) answers on SQLite; PostgreSQL must reach half of each.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from bench.load import Result

# figure: (at 1 connection, at 32 connections)
FLOORS: dict[str, tuple[float, float]] = {
    "action": (0.10, 0.035),
    "risk": (0.10, 0.035),
    "progress 100": (0.06, 0.025),
    "progress 10,000": (0.03, 0.015),
    "list of 100": (0.05, 0.02),
    "patch": (0.03, 0.012),
    "update": (0.03, 0.012),
    "page, 100 rows": (0.026, 0.010),
}
"""What each figure must reach at 1 and at 32 connections, computed.

The overview has none: what a reader waits for is held against a bare page (``pages``), and what it takes to
make it anew after a change is told.
"""
AIMS: dict[str, tuple[float, float]] = {
    "action": (0.17, 0.06),
    "risk": (0.17, 0.06),
    "progress 100": (0.10, 0.035),
    "progress 10,000": (0.045, 0.024),
    "list of 100": (0.11, 0.045),
    "patch": (0.06, 0.023),
    "update": (0.06, 0.023),
    "page, 100 rows": (0.05, 0.013),
}
"""What it is meant to reach; missing it fails nothing."""
STORED_FLOORS = {"stored": (0.3, 0.2), "304": (0.3, 0.2)}
STORED_AIMS = {"stored": (0.5, 0.35), "304": (0.5, 0.4)}
"""The same of any answer that is not computed, by how it is answered."""
PAGES = ("page, 100 rows",)
SMALL = 100
"""Action points of the plan for which the floors of pages are set."""
POSTGRESQL_SHARE = 0.5
POSTGRESQL_STORED_SHARE = 1 / 3
MOST_MEMORY_MB = 130.0
LONGEST_COLD_START_SECONDS = 1.5
COLD_START_TIMES = 3.0  # where the machine is slower: so many times the smallest application of the stack
CROWDED_TIMES = 2.0  # at most so many times slower inside 1,000,000 action points than alone


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``floor`` is None where none is set; ``passed`` is then about the answers alone."""

    figure: str
    database: str
    points: int  # of the measured plan
    crowded: bool  # among many other plans
    connections: int
    rate: float
    processor_ms: float  # processor time of the service for one request
    p50: float
    p99: float
    ratio: float
    floor: float | None
    aim: float | None
    passed: bool
    unexpected: str


@dataclass(frozen=True, slots=True)
class Check:
    """A yes or no beside the rates: memory, cold start, query counts, growth."""

    name: str
    database: str
    measured: str
    allowed: str
    passed: bool


def floor_of(figure: str, database: str, connections: int, points: int) -> float | None:
    """The ratio that the figure must reach, or None.

    The design sets the floor of a page with 100 rows, not of one that counts 10,000 action points besides.
    """
    place = 0 if connections == 1 else 1
    noun, _, how = figure.partition(", ")
    if how in STORED_FLOORS:
        return _share(STORED_FLOORS[how][place], database, POSTGRESQL_STORED_SHARE)
    # While somebody writes, or over more records than are stored, a read may be no slower than computed.
    floors = FLOORS.get(figure) or FLOORS.get(noun)
    if floors is None:
        return None
    if figure in PAGES and points > SMALL:
        return None
    return _share(floors[place], database, POSTGRESQL_SHARE)


def aim_of(figure: str, database: str, connections: int) -> float | None:
    """The ratio that the figure is meant to reach, or None."""
    place = 0 if connections == 1 else 1
    how = figure.partition(", ")[2]
    if how in STORED_AIMS:
        return _share(STORED_AIMS[how][place], database, POSTGRESQL_STORED_SHARE)
    aims = AIMS.get(figure)
    return None if aims is None else _share(aims[place], database, POSTGRESQL_SHARE)


def _share(ratio: float, database: str, of_postgresql: float) -> float:
    return ratio if database == "sqlite" else ratio * of_postgresql


def line(
    figure: str,
    database: str,
    points: int,
    crowded: bool,
    result: Result,
    *,
    bare_rate: float,
    processor: float,
) -> Line:
    """The line of one measurement.

    ``bare_rate`` is that of the bare route in the same minute, ``processor`` the seconds of processor time
    that the service took.
    """
    ratio = result.rate / bare_rate
    floor = floor_of(figure, database, result.connections, points)
    answered = result.requests > 0 and not result.unexpected
    return Line(
        figure=figure,
        database=database,
        points=points,
        crowded=crowded,
        connections=result.connections,
        rate=result.rate,
        processor_ms=processor * 1000 / max(result.sent, 1),
        p50=result.p50,
        p99=result.p99,
        ratio=ratio,
        floor=floor,
        aim=aim_of(figure, database, result.connections),
        passed=answered and (floor is None or ratio >= floor),
        unexpected=", ".join(f"{count} x {status}" for status, count in result.unexpected.items()),
    )


def table(lines: Iterable[Line], checks: Iterable[Check]) -> str:
    """The report as text."""
    rows: list[tuple[str, ...]] = [
        (
            "figure",
            "database",
            "points",
            "conn",
            "req/s",
            "cpu ms",
            "p50 ms",
            "p99 ms",
            "ratio",
            "floor",
            "aim",
            "",
        )
    ]
    for found in lines:
        rows.append(
            (
                found.figure,
                found.database,
                f"{found.points:,}{'+' if found.crowded else ''}",
                str(found.connections),
                f"{found.rate:,.0f}",
                f"{found.processor_ms:.2f}",
                f"{found.p50:.2f}",
                f"{found.p99:.2f}",
                f"{found.ratio:.4f}",
                "-" if found.floor is None else f"{found.floor:.4f}",
                "-" if found.aim is None else f"{found.aim:.4f}",
                ("pass" if found.passed else "FAIL") + (f" ({found.unexpected})" if found.unexpected else ""),
            )
        )
    text = _aligned(rows) + "\n(+: among many other plans)" if len(rows) > 1 else ""
    listed = [
        (check.name, check.database, check.measured, check.allowed, "pass" if check.passed else "FAIL")
        for check in checks
    ]
    if listed:
        text += ("\n\n" if text else "") + _aligned(
            [("check", "database", "measured", "allowed", ""), *listed]
        )
    return text


def as_json(lines: Iterable[Line], checks: Iterable[Check]) -> str:
    """The report for programs."""
    found = {"figures": [asdict(each) for each in lines], "checks": [asdict(check) for check in checks]}
    return json.dumps(found, indent=2)


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if _is_number(cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").rstrip("+").isdigit()
