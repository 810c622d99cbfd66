"""The one function that works out progress, for pages, e-mails, exports and the API.

Domain rules, section 2 (status and progress): figures come from counts of action points, percentages are
rounded half up from the counts, each by itself. All arithmetic is on whole numbers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.plans.statuses import FLAGS, STATUS_CODES, WITHDRAWN, Status, flag_names, unpack

_TEN_THOUSANDTHS = 10_000


@dataclass(frozen=True, slots=True)
class BucketCount:
    """How many action points, and how many distinct actions, of a scope are in the bucket of `code`.

    The bucket belongs to the action, not to its points, so an action is never in two of them.
    """

    code: int
    action_points: int
    distinct_actions: int


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def half_up(numerator: int, denominator: int) -> int | None:
    """Return numerator / denominator as a whole percentage, rounded half up; None when the latter is 0."""
    return _half_up(100 * numerator, denominator) if denominator else None


def percent(numerator: int, denominator: int) -> float | None:
    """Return numerator / denominator as a percentage to 4 decimals, rounded half up; None as in `half_up`."""
    if not denominator:
        return None
    return _half_up(100 * _TEN_THOUSANDTHS * numerator, denominator) / _TEN_THOUSANDTHS


def _share(count: int, denominator: int) -> dict[str, Any]:
    return {
        "count": count,
        "percent": percent(count, denominator),
        "rounded": half_up(count, denominator),
    }


def progress(counts: Iterable[BucketCount], has_period: bool) -> dict[str, Any]:
    """Return the progress of a scope from the counts of its buckets.

    `has_period` says whether a period contains the day; without one "no reportable progress" is None.
    Withdrawn actions are in `withdrawn` (action points) and in no other figure. Without action points
    every percentage and `sums_to_100` is None. The keys:

    `action_points`, `distinct_actions`, `withdrawn`: whole numbers; the first is the denominator
    `statuses`: for each status `{"count", "percent", "rounded"}`
    `complete_or_on_target`: the same, from the summed counts
    `flags`: for each flag `{"action_points", "actions"}`
    `sums_to_100`: whether the four rounded percentages do
    """
    points: Counter[Status] = Counter()
    flagged_points: Counter[str] = Counter()
    flagged_actions: Counter[str] = Counter()
    actions = withdrawn = 0
    for bucket in counts:
        if bucket.code & WITHDRAWN:
            withdrawn += bucket.action_points
            continue
        points[unpack(bucket.code, has_period).status] += bucket.action_points
        actions += bucket.distinct_actions
        for name in flag_names(bucket.code, has_period):
            flagged_points[name] += bucket.action_points
            flagged_actions[name] += bucket.distinct_actions
    total = points.total()
    statuses = {status.value: _share(points[status], total) for status in STATUS_CODES}
    found: dict[str, dict[str, int] | None] = {
        name: {"action_points": flagged_points[name], "actions": flagged_actions[name]} for name in FLAGS
    }
    if not has_period:
        found["no_reportable_progress"] = None
    return {
        "action_points": total,
        "distinct_actions": actions,
        "withdrawn": withdrawn,
        "statuses": statuses,
        "complete_or_on_target": _share(points[Status.complete] + points[Status.on_target], total),
        "flags": found,
        "sums_to_100": sum(share["rounded"] for share in statuses.values()) == 100 if total else None,
    }
