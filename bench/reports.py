"""How long a report of 5 priorities, 93 actions and 20 risks takes as PDF, beside an empty document.

    .venv/bin/python -m bench.reports

Each turn makes another document, as typst remembers the last ones. What is told is the least of the turns:
other work on the machine only ever adds. Exit code 1 where a report takes a second or more of processor
time, which does not depend on what else the machine does.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.reports.document import Document
from app.reports.pdf import pdf
from tests.documents import board_report, document

TURNS = 7
LONGEST_SECONDS = 1.0


def main() -> int:
    """Measure, print; 1 when a report takes too long."""
    before = _megabytes()
    first, _ = _took(lambda: pdf(document()))
    report, empty = _least(board_report()), _least(document())
    pages = b"/Count "
    made = pdf(board_report())
    count = int(made[made.index(pages) + len(pages) :].split(b"/", 1)[0])
    print(f"the first document of a process, empty: {first * 1000:.0f} ms")
    print(f"an empty document: {empty[0] * 1000:.0f} ms, {empty[1] * 1000:.0f} ms of processor time")
    print(
        f"a board report, {count} pages, {len(made) / 1000:.0f} kB: {report[0] * 1000:.0f} ms, "
        f"{report[1] * 1000:.0f} ms of processor time, {report[0] / empty[0]:.1f} times the empty one"
    )
    print(f"memory: {before:.0f} MB before the first, {_megabytes():.0f} MB after {2 * TURNS + 2}")
    return 0 if report[1] < LONGEST_SECONDS else 1


def _least(shown: Document) -> tuple[float, float]:
    """Seconds, and seconds of processor time, of the quickest turn."""
    found = [
        _took(lambda turn=turn: pdf(replace(shown, title=f"Report {turn}")))  # type: ignore[misc]
        for turn in range(TURNS)
    ]
    return min(took for took, _ in found), min(used for _, used in found)


def _took(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
