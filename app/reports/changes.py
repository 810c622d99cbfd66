"""What changed since the last published period, in a report: of the plan, a priority, and general risks."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.plans.statuses import STATUS_LABELS, Status
from app.reports.document import Block, Column, Heading, Kind, Paragraph, Table
from app.reports.values import in_one
from app.sentences import changes as words
from app.sentences import risk_changes as risk_words
from app.sentences.changes import HEADINGS
from app.sentences.words import day_in_words, sentence_case

_NO_NEWS = "still_delayed"
"""What did not change stands among the delayed actions."""
_COLUMNS = (Column("Action or risk", share=3), Column("What changed", share=4), Column("Why", share=4))


def of_plan(content: Mapping[str, Any]) -> Iterable[Block]:
    """The whole plan: the sentence, and how often each kind of change came about."""
    changes = content.get("changes")
    if not changes:
        return
    yield Heading(_since(changes), 3, "changes")
    yield Paragraph(changes["sentence"])
    groups = [(HEADINGS[kind], changes["actions"][kind]) for kind in HEADINGS]
    rows = [(name, one["action_points"], one["actions"]) for name, one in groups if one["actions"]]
    if rows:
        columns = (
            Column("Change", share=3),
            Column("Action points", Kind.whole),
            Column("Actions", Kind.whole),
        )
        caption = f"What happened to actions since {day_in_words(changes['compare'])}"
        yield Table("changes", caption, columns, tuple(rows))


def of_priority(key: str, priority: Mapping[str, Any], content: Mapping[str, Any]) -> Iterable[Block]:
    """One priority: its counts on both days, and what happened to each of its actions and risks."""
    changes = content.get("changes")
    if not changes:
        return
    since = day_in_words(changes["compare"])
    yield Heading(_since(changes), 3, f"{key}-changes")
    figures = next((one for one in changes["priorities"] if one["id"] == priority["id"]), None)
    if figures:
        yield Paragraph(_moved(figures, since))
    rows = (*_actions(priority["id"], changes), *_risks(priority["id"], changes))
    if rows:
        caption = f"What happened under {priority['label']} since {since}"
        yield Table(f"{key}-changes", caption, _COLUMNS, rows)


def of_general_risks(content: Mapping[str, Any]) -> Iterable[Block]:
    """The risks that are under no priority."""
    changes = content.get("changes")
    rows = _risks(None, changes) if changes else ()
    if changes and rows:
        caption = f"What happened to general risks since {day_in_words(changes['compare'])}"
        yield Table("general-changes", caption, _COLUMNS, rows)


def _since(changes: Mapping[str, Any]) -> str:
    return f"What changed since {day_in_words(changes['compare'])}"


def _moved(figures: Mapping[str, Any], since: str) -> str:
    """The counts on both days: "Since 30 April 2024: complete 2 to 4, on target 4 to 1."."""
    before, after = (
        [figures[side]["statuses"][status.value]["count"] for status in Status]
        for side in ("earlier", "later")
    )
    moved = [
        f"{STATUS_LABELS[status].lower()} {was} to {now}"
        for status, was, now in zip(Status, before, after, strict=True)
        if was != now
    ]
    if not moved:
        return f"The number of actions with each status is as it was on {since}."
    return f"Since {since}: {', '.join(moved)}."


def _actions(priority_id: str, changes: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """A row for each action that is or was under a priority, by its first kind of change."""
    names: dict[str, str] = {}
    told: dict[str, list[words.Told]] = {}
    for kind in HEADINGS:
        for item in changes["actions"][kind]["items"] if kind != _NO_NEWS else ():
            ref = _ref_under(priority_id, item)
            if ref:
                names[item["id"]] = f"{ref} {item['title']}"
                told.setdefault(item["id"], []).append(words.action_told(kind, item, changes))
    return tuple(_row(names[key], found) for key, found in told.items())


def _ref_under(priority_id: str, item: Mapping[str, Any]) -> str:
    """The action's ref under a priority now, else the one that it had; "" where it never was there."""
    for position in (item["after"], item["before"]):
        for point in position["points"] if position else ():
            if point["priority_id"] == priority_id:
                return str(point["ref"])
    return ""


def _risks(priority_id: str | None, changes: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    names: dict[str, str] = {}
    told: dict[str, list[words.Told]] = {}
    for kind, item in risk_words.to_tell(changes["risks"]):
        positions = [one for one in (item["after"], item["before"]) if one]
        if priority_id in [one["priority_id"] for one in positions]:
            names[item["id"]] = f"Risk {item['ref']}"
            told.setdefault(item["id"], []).append(risk_words.risk_told(kind, item))
    return tuple(_row(names[key], found) for key, found in told.items())


def _row(name: str, told: list[words.Told]) -> tuple[str, str, str]:
    happened = in_one([sentence_case(one.text.strip()) for one in told])
    return name, happened, words.together(one.why for one in told)
