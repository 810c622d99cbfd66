"""Statuses of actions and the flags derived from them.

Domain rules, section 2 (status and progress): a status is typed, everything else that people say about an
action ("completion date missed", "not expected to meet target") is derived here, from yes/no comparisons of
its dates with a day. A status and its comparisons make a bucket, which packs into one whole number, so that a
database can group by it while the rule itself stays in this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, Protocol


class Status(StrEnum):
    """The four statuses, in the order of every list and chart."""

    complete = "complete"
    on_target = "on_target"
    delayed = "delayed"
    not_started = "not_started"


STATUS_LABELS: Mapping[Status, str] = {
    Status.complete: "Complete",
    Status.on_target: "On target",
    Status.delayed: "Delayed",
    Status.not_started: "Not started",
}


class ImpactState(StrEnum):
    """Whether an action has made a difference, which its completion does not show."""

    not_yet_due = "not_yet_due"
    evidenced = "evidenced"
    not_evidenced = "not_evidenced"


class Flag(StrEnum):
    """What people say of an action beside its status, in the order of every list: the fields of Flags."""

    overdue = "overdue"
    significantly_delayed = "significantly_delayed"
    late_start = "late_start"
    slipped = "slipped"
    no_reportable_progress = "no_reportable_progress"
    blocked = "blocked"
    contradicted = "contradicted"


FLAGS = tuple(flag.value for flag in Flag)
"""Names of the flags."""


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What the flags need to know of an action's dates as at a day. Dates not stated compare as False."""

    due_passed: bool
    """The deadline is before the day."""
    forecast_late: bool
    """The forecast is after the deadline."""
    due_moved: bool
    """The deadline is after the original due date."""
    start_passed: bool
    """The start date is before the day."""
    open_dependency: bool
    """Depends on an action that is neither complete nor withdrawn."""
    reported: bool | None
    """Has a narrative in the period that contains the day; None where no period does."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The seven derived flags of an action as at a day."""

    overdue: bool
    significantly_delayed: bool
    late_start: bool
    slipped: bool
    no_reportable_progress: bool | None
    blocked: bool
    contradicted: bool


class Bucket(NamedTuple):
    """All that the counts need to know of an action: equal buckets are counted together."""

    status: Status
    withdrawn: bool
    comparisons: Comparisons


class DatedFacts(Protocol):
    """The part of an entry that the original due date is read from."""

    @property
    def effective_on(self) -> date:
        """The day from which the facts are true."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts stated, by name."""


def deadline(due_on: date | None, due_ongoing: bool, review_on: date | None) -> date | None:
    """Return the date that the rules measure against.

    Domain rules, section 2: where the due date is "ongoing", the review date takes its place.
    """
    return review_on if due_ongoing else due_on


def impact_not_evidenced(status: str, state: str | None, review_on: date | None, day: date) -> bool:
    """Return whether a complete action's impact is not evidenced after its impact review date.

    Domain rules, section 2: completion is not impact; such an action is listed for escalation.
    """
    is_due = status == Status.complete and review_on is not None and review_on < day
    return is_due and state != ImpactState.evidenced


def original_due_on(entries: Iterable[DatedFacts], upto: date) -> date | None:
    """Return the due date that was stated first, of those effective by the day `upto`; None without one.

    Domain rules, section 2: the original due date is kept for ever. `entries` are in the order in which the
    service learned of them (`app.entries.fold.as_learned`), so that a later entry for an earlier day does
    not take its place; only a correction of that entry does. One that clears the due date, or makes it
    ongoing, states no date and is passed over.
    """
    for entry in entries:
        if entry.effective_on > upto:
            continue
        stated: date | None = entry.facts.get("due_on")
        if stated is not None:
            return stated
    return None


def _after(later: date | None, earlier: date | None) -> bool:
    return later is not None and earlier is not None and later > earlier


def compare(
    *,
    deadline_on: date | None,
    original_due_on: date | None,
    forecast_on: date | None,
    start_on: date | None,
    day: date,
    open_dependency: bool = False,
    narrative_on: date | None = None,
    period_first_day: date | None = None,
) -> Comparisons:
    """Compare an action's dates with each other and with `day`.

    `narrative_on` is the effective date of the last update with a narrative by `day`; `period_first_day`
    belongs to the period that contains `day` and is None where no period does.
    """
    reported = None
    if period_first_day is not None:
        reported = narrative_on is not None and period_first_day <= narrative_on <= day
    return Comparisons(
        due_passed=_after(day, deadline_on),
        forecast_late=_after(forecast_on, deadline_on),
        due_moved=_after(deadline_on, original_due_on),
        start_passed=_after(day, start_on),
        open_dependency=open_dependency,
        reported=reported,
    )


def flags(status: Status, withdrawn: bool, comparisons: Comparisons) -> Flags:
    """Return the flags of an action.

    Domain rules, section 2 (table of flags). A withdrawn action has none. "No reportable progress" is None
    for a withdrawn action and where no period contains the day.
    """
    if withdrawn:
        return Flags(False, False, False, False, None, False, False)
    complete = status is Status.complete
    on_target = status is Status.on_target
    reported = comparisons.reported
    return Flags(
        overdue=not complete and comparisons.due_passed,
        significantly_delayed=status is Status.delayed and comparisons.forecast_late,
        late_start=status is Status.not_started and comparisons.start_passed,
        slipped=comparisons.due_moved,
        no_reportable_progress=None if reported is None else not complete and not reported,
        blocked=not complete and comparisons.open_dependency,
        contradicted=(on_target and (comparisons.due_passed or comparisons.forecast_late))
        or (complete and comparisons.open_dependency),
    )


def reason_needed(*, before: Status | None, after: Status, comparisons_after: Comparisons) -> str | None:
    """Say why a change of status needs a reason, or return None when it needs none.

    Domain rules, section 2: a rating worse than the dates suggest is allowed; a better one, and any move from
    delayed to on target, needs a reason. `before` is None for the first status of an action.
    """
    if after is not Status.on_target:
        return None
    if before is Status.delayed:
        return "Give a reason for the move from delayed to on target."
    if comparisons_after.due_passed:
        return "Give a reason why the action is on target although its due date has passed."
    if comparisons_after.forecast_late:
        return "Give a reason why the action is on target although its forecast is later than its due date."
    return None


STATUS_CODES: Mapping[Status, int] = {status: place for place, status in enumerate(Status)}

STATUS_BITS = 3
WITHDRAWN = 4
DUE_PASSED = 8
FORECAST_LATE = 16
DUE_MOVED = 32
START_PASSED = 64
OPEN_DEPENDENCY = 128
REPORTED = 256

ALL_CODES = range(512)
"""Every code that a bucket can pack into."""

_STATUSES = tuple(Status)


def pack(bucket: Bucket) -> int:
    """Pack a bucket into its code: the status in two bits, then one bit for each yes/no.

    An unknown `reported` (no period) packs like False; `unpack` is told whether there was a period.
    """
    found = bucket.comparisons
    return (
        STATUS_CODES[bucket.status]
        + WITHDRAWN * bucket.withdrawn
        + DUE_PASSED * found.due_passed
        + FORECAST_LATE * found.forecast_late
        + DUE_MOVED * found.due_moved
        + START_PASSED * found.start_passed
        + OPEN_DEPENDENCY * found.open_dependency
        + REPORTED * bool(found.reported)
    )


@cache
def unpack(code: int, has_period: bool) -> Bucket:
    """Return the bucket of a code. `has_period` says whether a period contains the day.

    Raises ValueError for a number that is no code.
    """
    if code not in ALL_CODES:
        raise ValueError(f"{code} is not the code of a bucket")
    return Bucket(
        _STATUSES[code & STATUS_BITS],
        bool(code & WITHDRAWN),
        Comparisons(
            due_passed=bool(code & DUE_PASSED),
            forecast_late=bool(code & FORECAST_LATE),
            due_moved=bool(code & DUE_MOVED),
            start_passed=bool(code & START_PASSED),
            open_dependency=bool(code & OPEN_DEPENDENCY),
            reported=bool(code & REPORTED) if has_period else None,
        ),
    )


@cache
def flag_names(code: int, has_period: bool) -> tuple[str, ...]:
    """Return the names of the flags that are set in the bucket of a code, in the order of FLAGS."""
    found = flags(*unpack(code, has_period))
    return tuple(name for name in FLAGS if getattr(found, name))


@cache
def codes_with_flag(flag: str, has_period: bool) -> frozenset[int]:
    """Return every code whose bucket has the flag: the rule as a truth table, for filters in a database.

    Raises ValueError for a name that is no flag.
    """
    if flag not in FLAGS:
        raise ValueError(f"{flag!r} is not a flag")
    return frozenset(code for code in ALL_CODES if flag in flag_names(code, has_period))
