"""The list of a plan's or priority's actions: what its address asks for, and what stands around it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.errors import invalid
from app.plans.statuses import STATUS_LABELS, Flag, Status
from app.sentences.words import plural
from app.services.action_counts import Counts
from app.services.actions import Filter
from app.web.presenters import lists
from app.web.presenters.actions import FLAG_LABELS, ActionRow, action_rows, refs

ROWS = 100
ANCHOR = "actions"
_COLUMNS = {
    "ref": "Action",
    "status": "Status",
    "due_on": "Due",
    "lead": "Lead",
    "reported_on": "Latest update",
}
_ORDERS = {
    "ref": "in the order of the plan",
    "-ref": "in the reverse order of the plan",
    "status": "complete first",
    "-status": "not started first, then delayed",
    "due_on": "due soonest first",
    "-due_on": "due latest first",
    "lead": "by lead, from A",
    "-lead": "by lead, from Z",
    "reported_on": "longest without an update first",
    "-reported_on": "latest update first",
}
WITHDRAWN = "withdrawn"
_ONLY_IN_A_PERIOD = Flag.no_reportable_progress


class Asked(NamedTuple):
    """What a list's address asks for, as typed: every value is one of those that the form offers, or ""."""

    status: str
    flag: str
    lead: str
    due_before: str
    q: str
    sort: str
    page: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links."""
        names = ("status", "flag", "lead", "due_before", "q")
        return [(name, getattr(self, name)) for name in names]

    @property
    def is_filtered(self) -> bool:
        """Whether the list leaves out any of the actions that are not withdrawn."""
        return any(value for _, value in self.pairs)

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not the plan's own order."""
        return [("sort", self.sort)] if self.sort != "ref" else []

    def wanted(self, priority_id: UUID | None = None) -> Filter:
        """The filter as the service takes it."""
        return Filter(
            priority_id=priority_id,
            # Withdrawn actions count nowhere: they are listed apart, or where they are asked for.
            status=Status(self.status) if self.status in STATUS_LABELS else None,
            withdrawn=self.status == WITHDRAWN,
            flag=self.flag or None,
            lead_id=UUID(self.lead) if self.lead else None,
            due_before=date.fromisoformat(self.due_before) if self.due_before else None,
            q=self.q or None,
        )


class ActionList(NamedTuple):
    """All that the component of the list shows."""

    caption: str
    filters: lists.Filters
    columns: Mapping[str, lists.Column]
    rows: list[ActionRow]
    shown: str
    order: str
    pages: lists.NumberedPages
    nothing: str
    tools: lists.Tools


class WithdrawnAction(NamedTuple):
    """A withdrawn action: its address, its title, and every ref that it had."""

    href: str
    title: str
    refs: str


class WithdrawnList(NamedTuple):
    """The withdrawn actions of a plan or priority; ``more_url`` lists those that do not fit here."""

    rows: list[WithdrawnAction]
    more: str
    more_url: str


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(
        status=typed.get("status", ""),
        flag=typed.get("flag", ""),
        lead=typed.get("lead", ""),
        due_before=typed.get("due_before", ""),
        q=typed.get("q", "").replace("\x00", "").strip()[:200],
        sort=typed.get("sort", "") or "ref",
        page=lists.page_asked(typed),
    )
    if asked.status not in ("", WITHDRAWN, *(status.value for status in Status)):
        raise invalid("/status", "Choose a status from the list.")
    if asked.flag and asked.flag not in FLAG_LABELS:
        raise invalid("/flag", "Choose a flag from the list.")
    if asked.sort not in _ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    _check("/lead", UUID, asked.lead, "Choose a lead from the list.")
    _check("/due_before", date.fromisoformat, asked.due_before, "Give “due before” as a date.")
    return asked


def action_list(
    answer: Mapping[str, Any],
    asked: Asked,
    *,
    path: str,
    as_at: str,
    day: date,
    caption: str,
    counts: Counts,
    priority_id: str = "",
    withdrawn: int = 0,
    compare: str = "",
) -> ActionList:
    """The list of an answer of the service; ``withdrawn`` of its scope's actions are listed apart."""
    filtered = [("as_at", as_at), ("compare", compare), *asked.pairs]
    kept = [("as_at", as_at), ("compare", compare)]
    items: Sequence[Mapping[str, Any]] = answer["items"]
    query = f"?as_at={as_at}" if as_at else ""
    return ActionList(
        caption=caption,
        filters=lists.filters(path, [*kept, *asked.sort_pairs], fields(asked, counts), ANCHOR),
        columns=lists.columns(path, [*kept, *asked.pairs], asked.sort, _COLUMNS, ANCHOR),
        rows=action_rows(items, day, query, priority_id),
        shown=lists.shown_of(len(items), answer["total"], "action", before=ROWS * (asked.page - 1)),
        order=_ORDERS[asked.sort],
        pages=lists.numbered(path, [*filtered, *asked.sort_pairs], asked.page, ROWS, answer["total"], ANCHOR),
        nothing=_nothing(asked, withdrawn),
        tools=lists.tools(path, [*filtered, *asked.sort_pairs]),
    )


def withdrawn_list(answer: Mapping[str, Any], *, path: str, as_at: str) -> WithdrawnList:
    """The withdrawn actions of an answer of the service."""
    items: Sequence[Mapping[str, Any]] = answer["items"]
    query = f"?as_at={as_at}" if as_at else ""
    rows = [WithdrawnAction(f"/actions/{one['id']}{query}", one["title"], refs(one)) for one in items]
    left = answer["total"] - len(rows)
    return WithdrawnList(
        rows,
        more=f"{left} more withdrawn {plural(left, 'action')}" if left else "",
        more_url=lists.url(path, [("as_at", as_at), ("status", WITHDRAWN)], ANCHOR),
    )


def _nothing(asked: Asked, withdrawn: int) -> str:
    if asked.page > 1:
        return f"There is no page {asked.page:,}: the list is shorter now."
    return "Every action has been withdrawn." if withdrawn else "No actions have been added yet."


def fields(asked: Asked, counts: Counts) -> list[lists.Field]:
    """The fields of the filter form, each choice with how many actions it would show."""
    statuses = [
        ("", lists.counted("Any", sum(counts.statuses.values()))),
        *((code.value, lists.counted(label, counts.statuses[code])) for code, label in STATUS_LABELS.items()),
        (WITHDRAWN, lists.counted("Withdrawn", counts.withdrawn)),
    ]
    # Only where a board period contains the day is there a flag that looks at it.
    names = [
        name
        for name in FLAG_LABELS
        if name != _ONLY_IN_A_PERIOD or counts.flags[Flag(name)] or asked.flag == name
    ]
    flags = [
        ("", lists.counted("Any", counts.any_flag)),
        *((name, lists.counted(FLAG_LABELS[name], counts.flags[Flag(name)])) for name in names),
    ]
    people = [("", lists.counted("Anyone", counts.any_lead)), *_leads(asked, counts.leads)]
    return [
        lists.Field("status", "Status", asked.status, statuses),
        lists.Field("flag", "Flag", asked.flag, flags),
        lists.Field("lead", "Lead", asked.lead, people),
        lists.Field("due_before", "Due before", asked.due_before, type="date"),
        lists.Field("q", "Words in the title", asked.q),
    ]


def _leads(asked: Asked, leads: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Who leads what the other filters show; somebody chosen who does not stays chosen."""
    counts = {str(one["id"]): one["count"] for one in leads}
    found = [(value, lists.counted(words, counts[value])) for value, words in named_apart(leads)]
    if asked.lead and asked.lead not in counts:
        found.append((asked.lead, lists.counted("The chosen person", 0)))
    return found


def named_apart(people: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Ids and names of people to choose from; where a name repeats, the organisation tells them apart."""
    found = list(people)
    counts = Counter(one["name"] for one in found)
    return [
        (
            str(one["id"]),
            one["name"]
            if counts[one["name"]] == 1
            else f"{one['name']} ({one['organisation'] or 'no organisation'})",
        )
        for one in found
    ]


def _check(pointer: str, read: Any, typed: str, message: str) -> None:
    if typed:
        try:
            read(typed)
        except ValueError:
            raise invalid(pointer, message) from None
