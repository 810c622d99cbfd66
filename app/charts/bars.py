"""Stacked status bars: where each segment starts and how wide it is, in per cent of the bar's width."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, Status

NARROWEST_WITH_COUNT = 9.0
"""A segment of at least this share (per cent) has its count printed in it."""


class Segment(NamedTuple):
    """One status of a bar. ``left`` and ``width`` are per cent; ``plate`` is the label's ground in px."""

    status: str
    number: int
    left: float
    width: float
    is_first: bool
    shows_count: bool
    plate: int


class Bar(NamedTuple):
    """A bar and its text: ``title`` what it shows, ``description`` the same figures in words."""

    name: str
    title: str
    description: str
    segments: tuple[Segment, ...]


class KeyEntry(NamedTuple):
    """One entry of the key under a bar; ``rounded`` is the whole percentage, None without actions.

    ``was`` says what it was on an earlier day, "" where nothing is compared.
    """

    status: str
    label: str
    number: int
    rounded: int | None
    was: str = ""


def status_bar(name: str, scope: str, progress: Mapping[str, Any]) -> Bar | None:
    """The bar of a scope's progress answer; None where there are no action points, as then there is no bar.

    ``name`` makes the ids of title and description unique on the page.
    """
    total = progress["action_points"]
    if not total:
        return None
    noun = "action" if total == progress["distinct_actions"] else "action point"
    described = ", ".join(
        f"{entry.label} {entry.number} ({entry.rounded}%)" for entry in status_key(progress)
    )
    plural = "" if total == 1 else "s"
    return Bar(
        name,
        f"{scope}: status of its {total} {noun}{plural}",
        f"{described}. {total} {noun}{plural}.",
        segments({status.value: progress["statuses"][status.value]["count"] for status in Status}),
    )


def status_key(progress: Mapping[str, Any]) -> tuple[KeyEntry, ...]:
    """The four statuses with count and percentage, in the one order; statuses without actions keep theirs."""
    statuses = progress["statuses"]
    return tuple(
        KeyEntry(status.value, STATUS_LABELS[status], share["count"], share["rounded"])
        for status in Status
        for share in (statuses[status.value],)
    )


def segments(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """The segments of a bar of these counts by status; a status without any has none."""
    total = sum(counts.values())
    found: list[Segment] = []
    before = 0
    for status in Status:
        count = counts[status.value]
        if not count:
            continue
        width = 100 * count / total
        found.append(
            Segment(
                status=status.value,
                number=count,
                left=round(100 * before / total, 3),
                width=round(width, 3),
                is_first=not found,
                shows_count=width >= NARROWEST_WITH_COUNT,
                plate=12 + 9 * len(str(count)),
            )
        )
        before += count
    return tuple(found)
