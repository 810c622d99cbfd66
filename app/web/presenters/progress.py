"""Progress as pages show it: sentence, bar, key and figures, all from the one progress answer."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.bars import Bar, KeyEntry, status_bar, status_key
from app.plans.statuses import Status
from app.sentences import progress as words
from app.sentences.progress import Missed
from app.web.presenters.actions import deadline_of, ref_in


class Scope(NamedTuple):
    """The progress of a plan or priority. ``bar`` is None and ``key`` empty where there are no actions."""

    lead: str
    second: str
    sentence: str
    bar: Bar | None
    key: tuple[KeyEntry, ...]
    note: str
    counted: str


class PriorityRow(NamedTuple):
    """A priority in the table of a plan; ``figures`` and their ``shares`` in the order of the statuses.

    A share is the whole percentage, "44%"; "" without actions, where there is nothing to be a share of.
    ``was`` and ``combined_was`` are the same on an earlier day, in words; empty where nothing is compared.
    """

    href: str
    name: str
    bar: Bar | None
    figures: tuple[int, ...]
    shares: tuple[str, ...]
    combined: str
    combined_of: str
    withdrawn: int
    was: tuple[str, ...] = ()
    combined_was: str = ""
    mark: str = ""
    """The arrow beside ``combined_from``: "up" or "down", "" where nothing moved."""
    combined_from: str = ""
    """The whole percentage that it was, "40%"; "" where there is none, or where nothing is compared."""


def scope(
    name: str,
    label: str,
    title: str,
    progress: Mapping[str, Any],
    missed: Sequence[Missed] = (),
    before: Mapping[str, Any] | None = None,
    parts: Sequence[Mapping[str, Any]] = (),
) -> Scope:
    """The progress of a scope: ``label`` opens its sentence ("Priority 2"), ``title`` names its bar.

    ``before`` is the same scope's progress on an earlier day, to stand beside each figure. ``parts`` is all
    other progress whose percentages the page shows, as its rows by priority: the note is about them too.
    """
    return Scope(
        lead=words.lead(progress),
        second=words.second(progress, missed),
        sentence=words.scope_sentence(label, progress, missed),
        bar=status_bar(name, title, progress),
        key=_key(progress, before) if progress["action_points"] else (),
        note=words.rounding_note(progress, *([before] if before else []), *parts),
        counted=words.counted(progress),
    )


def _key(progress: Mapping[str, Any], before: Mapping[str, Any] | None) -> tuple[KeyEntry, ...]:
    return tuple(
        entry._replace(was=was) for entry, was in zip(status_key(progress), _was(before), strict=True)
    )


def _was(before: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What each figure was on an earlier day: "was 4 (11%)"; "" where nothing is compared."""
    if before is None:
        return ("",) * len(Status)
    if not before["action_points"]:
        return ("was no actions",) * len(Status)
    shares = [before["statuses"][status.value] for status in Status]
    return tuple(f"was {share['count']} ({share['rounded']}%)" for share in shares)


def priority_rows(
    priorities: Sequence[Mapping[str, Any]], query: str, before: Mapping[str, Any] | None = None
) -> list[PriorityRow]:
    """The priorities of a progress answer as rows; ``before`` is the answer for an earlier day."""
    then = {one["id"]: one for one in before["priorities"]} if before else {}
    return [
        _row(f"p{place}", one, query, then.get(one["id"])) for place, one in enumerate(priorities, start=1)
    ]


def total_row(
    progress: Mapping[str, Any], name: str = "all", before: Mapping[str, Any] | None = None
) -> PriorityRow:
    """The whole plan as the last row of that table."""
    return _figures(name, "", "All", "The whole plan", progress, before and before["overall"])


def moving_rows(
    priorities: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], query: str
) -> list[PriorityRow]:
    """The priorities as rows that say from which share to which each has moved."""
    then = {one["id"]: one for one in before}
    rows = priority_rows(priorities, query)
    return [_moving(row, now, then[now["id"]]) for row, now in zip(rows, priorities, strict=True)]


def moving_total(progress: Mapping[str, Any], before: Mapping[str, Any]) -> PriorityRow:
    """The whole plan as the last row of that table."""
    return _moving(total_row(progress), progress, before)


def _moving(row: PriorityRow, now: Mapping[str, Any], before: Mapping[str, Any]) -> PriorityRow:
    shares = [one["complete_or_on_target"] for one in (before, now)]
    if shares[0]["rounded"] is None or shares[1]["rounded"] is None:
        return row
    moved = shares[1]["percent"] - shares[0]["percent"]
    mark = "up" if moved > 0 else "down" if moved < 0 else ""
    return row._replace(mark=mark, combined_from=f"{shares[0]['rounded']}%")


def missed_of(items: Sequence[Mapping[str, Any]], priority_id: str = "") -> list[Missed]:
    """Overdue actions as a sentence names them."""
    found = [(ref_in(item, priority_id), deadline_of(item)) for item in items]
    return [Missed(ref, due) for ref, due in found if due]


def _row(name: str, one: Mapping[str, Any], query: str, before: Mapping[str, Any] | None) -> PriorityRow:
    href, label = f"/priorities/{one['id']}{query}", f"{one['ref']} {one['title']}"
    return _figures(name, href, label, one["ref"], one, before)


def _figures(
    name: str,
    href: str,
    label: str,
    title: str,
    progress: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> PriorityRow:
    total = progress["action_points"]
    share = progress["complete_or_on_target"]
    return PriorityRow(
        href=href,
        name=label,
        bar=status_bar(name, title, progress),
        figures=tuple(progress["statuses"][status.value]["count"] for status in Status),
        shares=tuple(
            f"{progress['statuses'][status.value]['rounded']}%" if total else "" for status in Status
        ),
        combined=f"{share['rounded']}%" if total else "No actions",
        combined_of=f"{share['count']} of {total}" if total else "",
        withdrawn=progress["withdrawn"],
        was=_was(before) if before else (),
        combined_was=_combined_was(before),
    )


def _combined_was(before: Mapping[str, Any] | None) -> str:
    if before is None:
        return ""
    share, total = before["complete_or_on_target"], before["action_points"]
    return f"was {share['rounded']}% ({share['count']} of {total})" if total else "was no actions"
