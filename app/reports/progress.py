"""Progress in a report: the bars, and the tables that hold the same figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.charts.bars import status_bar
from app.plans.statuses import STATUS_LABELS, Flag, Status
from app.reports.document import Bar, Bars, Block, Cell, Column, Kind, Table
from app.sentences.actions import FLAG_LABELS
from app.sentences.words import plural

WHOLE_PLAN = "The whole plan"
COMBINED = "Complete or on target"
NO_ACTIONS = "No actions"
_STATUSES = tuple(STATUS_LABELS[status] for status in Status)
Scopes = Sequence[tuple[str, Mapping[str, Any]]]
"""What is shown together: what each scope is called, and its progress."""


def figures(key: str, label: str, progress: Mapping[str, Any]) -> Iterable[Block]:
    """The counts and percentages of one scope, as a bar and as a table; nothing where it has no actions."""
    total = progress["action_points"]
    if not total:
        return
    yield bars([(label, progress)])
    shares = [(STATUS_LABELS[status], progress["statuses"][status.value]) for status in Status]
    shares.append((COMBINED, progress["complete_or_on_target"]))
    yield Table(
        key,
        f"{label}: status of its {total} {plural(total, 'action point')}",
        (Column("Status", share=3), Column("Action points", Kind.whole), Column("Percentage", Kind.percent)),
        tuple((name, share["count"], share["rounded"]) for name, share in shares),
    )


def bars(scopes: Scopes) -> Bars:
    """A bar for each scope that has actions."""
    drawn = [
        (label, progress, bar)
        for label, progress in scopes
        for bar in [status_bar("", label, progress)]
        if bar is not None
    ]
    return Bars(
        "Action points by status",
        " ".join(f"{label}: {bar.description}" for label, _progress, bar in drawn),
        tuple(Bar(label, _counts(progress), bar.description) for label, progress, bar in drawn),
        {status.value: STATUS_LABELS[status] for status in Status},
    )


def _counts(progress: Mapping[str, Any]) -> dict[str, int]:
    return {status.value: progress["statuses"][status.value]["count"] for status in Status}


def by_priority(noun: str, scopes: Scopes, whole: Mapping[str, Any]) -> Table:
    """The figures of every priority (``noun`` says what they are called) and of the whole plan."""
    has_withdrawn = bool(whole["withdrawn"])
    columns = [
        Column(noun, share=4),
        *(Column(label, Kind.whole) for label in _STATUSES),
        Column("All", Kind.whole),
        Column(f"{COMBINED}, %", Kind.percent, share=2),
        *([Column("Withdrawn, not counted", Kind.whole, share=2)] if has_withdrawn else []),
    ]
    rows = [_row(label, progress, has_withdrawn) for label, progress in (*scopes, (WHOLE_PLAN, whole))]
    caption = f"Action points of each {noun.lower()} by status"
    return Table("priorities", caption, tuple(columns), tuple(rows), total=True)


def _row(label: str, progress: Mapping[str, Any], has_withdrawn: bool) -> tuple[Cell, ...]:
    share = progress["complete_or_on_target"]["rounded"]
    return (
        label,
        *_counts(progress).values(),
        progress["action_points"],
        NO_ACTIONS if share is None else share,
        *([progress["withdrawn"]] if has_withdrawn else []),
    )


def flags(noun: str, scopes: Scopes, whole: Mapping[str, Any]) -> Table:
    """How many action points of every priority carry each flag; one that needs a period only with one."""
    shown = [flag.value for flag in Flag if whole["flags"][flag.value] is not None]
    rows = [
        (label, *(progress["flags"][flag]["action_points"] for flag in shown))
        for label, progress in (*scopes, (WHOLE_PLAN, whole))
    ]
    return Table(
        "flags",
        f"Action points of each {noun.lower()} by flag: one can carry several",
        (Column(noun, share=2), *(Column(FLAG_LABELS[flag], Kind.whole) for flag in shown)),
        tuple(rows),
        total=True,
    )
