"""Lists as sheets of rows: the columns that a page shows, in words, with dates and numbers as such."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from app.clock import LONDON
from app.data_quality.base import Noun, Severity
from app.models.plans import PlanKind
from app.plans.statuses import STATUS_LABELS, Status
from app.risk.scoring import RiskState
from app.sentences.journal import tell
from app.transfer.columns import Column, Kind, Table
from app.web.presenters.actions import flag_words, ref_in, refs, soft_words
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.plan_forms import KIND_LABELS
from app.web.presenters.risks import STATE_LABELS, moved, now_of, rating, risk_flags, score_of
from app.web.presenters.text import name_or
from app.web.visits import Visit

Item = Mapping[str, Any]
Row = Mapping[str, Any]


class Sheet(NamedTuple):
    """A list to be downloaded: its columns, what makes a row of an item, and what the file is called."""

    table: Table
    row: Callable[[Any], Row]
    title: str
    wide: frozenset[str] = frozenset()

    def about(self, visit: Visit) -> list[tuple[str, str]]:
        """Whose rows these are, of which day, and when they were downloaded."""
        return [
            ("List", self.title),
            ("Area", visit.who.area_name),
            ("Position as at", long_date(visit.day)),
            ("Downloaded", f"{recorded(visit.at.now)} by {visit.who.name}"),
        ]


def table(name: str, *columns: tuple[str, Kind]) -> Table:
    """The table of a sheet: its name, and each column with its kind."""
    return Table(name, "", tuple(Column(label, "", kind) for label, kind in columns), key=(columns[0][0],))


_TEXT, _DAY, _WHOLE, _YES_NO = Kind.text, Kind.day, Kind.whole, Kind.yes_no


def london_day(moment: datetime | None) -> date | None:
    """The London day of a time."""
    return moment.astimezone(LONDON).date() if moment else None


# --- Actions ----------------------------------------------------------------------------------------------

_ACTIONS = table(
    "Actions",
    ("Ref", _TEXT),
    ("Action", _TEXT),
    ("Status", _TEXT),
    ("Due", _DAY),
    ("Ongoing", _YES_NO),
    ("Review", _DAY),
    ("Lead", _TEXT),
    ("Latest update", _TEXT),
    ("Updated on", _DAY),
    ("To look at", _TEXT),
)


def action_sheet(title: str, day: date, priority_id: str = "") -> Sheet:
    """The actions of a plan, or of a priority with their refs there, as at a day."""

    def row(item: Item) -> Row:
        latest, due = item["latest_update"], item["due_on"]
        withdrawn = item["withdrawn"]
        return {
            "Ref": ref_in(item, priority_id) if priority_id else refs(item),
            "Action": item["title"],
            "Status": "Withdrawn" if withdrawn else STATUS_LABELS[Status(item["status"])],
            "Due": None if due == "ongoing" else due,
            "Ongoing": due == "ongoing",
            "Review": item["review_on"],
            "Lead": name_or(item["lead"], ""),
            "Latest update": latest["narrative"] if latest else "",
            "Updated on": latest["effective_on"] if latest else None,
            "To look at": "; ".join((*flag_words(item, day), *soft_words(item))),
        }

    return Sheet(_ACTIONS, row, title, frozenset({"Action", "Latest update", "To look at"}))


# --- Risks ------------------------------------------------------------------------------------------------

_RISKS = table(
    "Risks",
    ("Ref", _TEXT),
    ("Risk", _TEXT),
    ("Priority", _TEXT),
    ("Owner", _TEXT),
    ("SRO", _TEXT),
    ("Score", _WHOLE),
    ("Band", _TEXT),
    ("Target score", _WHOLE),
    ("Target band", _TEXT),
    ("Gap", _WHOLE),
    ("Movement", _TEXT),
    ("State", _TEXT),
    ("Next review", _DAY),
    ("To look at", _TEXT),
)


def risk_sheet(title: str, day: date, since: date | None, flags: Mapping[Any, tuple[str, ...]]) -> Sheet:
    """The risks of a register as at a day; ``flags`` are their data-quality points, by id."""

    def row(item: Item) -> Row:
        now, target = now_of(item), item["target"]
        return {
            "Ref": item["ref"],
            "Risk": item["description"],
            "Priority": item["priority_ref"] or "General",
            "Owner": name_or(item["owner"], ""),
            "SRO": name_or(item["sro"], ""),
            "Score": score_of(item["current"]),
            "Band": now["band"] if now else rating(None, {}).text,
            "Target score": score_of(target),
            "Target band": target["band"] if target else "",
            "Gap": item["gap"],
            "Movement": moved(item, since).words,
            "State": STATE_LABELS[RiskState(item["state"])],
            "Next review": item["review_on"],
            "To look at": "; ".join((*risk_flags(item, day), *flags.get(item["id"], ()))),
        }

    return Sheet(_RISKS, row, title, frozenset({"Risk", "To look at"}))


# --- Data quality -----------------------------------------------------------------------------------------

_FINDINGS = table(
    "Data quality",
    ("Kind of record", _TEXT),
    ("Ref", _TEXT),
    ("Record", _TEXT),
    ("Plan", _TEXT),
    ("Blocks publishing", _YES_NO),
    ("What to do", _TEXT),
    ("Acknowledged by", _TEXT),
    ("Acknowledged on", _DAY),
    ("Reason", _TEXT),
)
_NOUNS = {Noun.action: "Action", Noun.risk: "Risk", Noun.management_action: "Management action"}


def finding_sheet(plans: Iterable[Item]) -> Sheet:
    """The points of data quality; ``plans`` are those of the area."""
    titles = {one["id"]: one["title"] for one in plans}

    def row(item: Item) -> Row:
        subject, told = item["subject"], item["acknowledged"]
        return {
            "Kind of record": _NOUNS[subject["noun"]],
            "Ref": subject["ref"],
            "Record": subject["title"],
            "Plan": titles.get(item["plan_id"], ""),
            "Blocks publishing": item["severity"] is Severity.blocks,
            "What to do": item["message"],
            "Acknowledged by": told["author_name"] if told else "",
            "Acknowledged on": told["effective_on"] if told else None,
            "Reason": told["reason"] if told else "",
        }

    return Sheet(_FINDINGS, row, "Data quality", frozenset({"Record", "What to do", "Reason"}))


# --- History ----------------------------------------------------------------------------------------------

_HISTORY = table(
    "History",
    ("Entry", _WHOLE),
    ("Recorded on", _DAY),
    ("Recorded at", _TEXT),
    ("By", _TEXT),
    ("Effective from", _DAY),
    ("What", _TEXT),
    ("Changes", _TEXT),
    ("In words", _TEXT),
)


def history_sheet(title: str) -> Sheet:
    """A record's history: of each entry of the journal what the page tells of it."""

    def row(item: tuple[Item, Item]) -> Row:
        entry, names = item
        local = entry["recorded_at"].astimezone(LONDON)
        told = tell(entry, names, local.date())
        texts = [f"{one.label.capitalize()}: {one.after or 'none'}" for one in told.texts]
        return {
            "Entry": entry["sequence"],
            "Recorded on": local.date(),
            "Recorded at": f"{local:%H:%M}",
            "By": entry["author_name"],
            "Effective from": told.day,
            "What": told.sentence,
            "Changes": " ".join(told.changes),
            "In words": "\n".join([told.narrative or "", *texts]).strip(),
        }

    return Sheet(_HISTORY, row, title, frozenset({"What", "Changes", "In words"}))


# --- What changed, and plans ------------------------------------------------------------------------------

_CHANGES = table("What changed", ("What", _TEXT), ("Record", _TEXT), ("Change", _TEXT), ("Why", _TEXT))


def change_sheet(plan: str) -> Sheet:
    """What changed in a plan between two days: each change under the heading that the page has it under."""

    def row(item: tuple[str, Any]) -> Row:
        heading, change = item
        values = (heading, change.name, change.told.text.strip(), change.told.why)
        return dict(zip(_CHANGES.names, values, strict=True))

    return Sheet(_CHANGES, row, f"What changed in {plan}", frozenset({"Record", "Change", "Why"}))


_PLANS = table(
    "Plans",
    ("Ref", _TEXT),
    ("Plan", _TEXT),
    ("Kind", _TEXT),
    ("First day", _DAY),
    ("Last day", _DAY),
    ("Actions", _WHOLE),
    ("Action points", _WHOLE),
    *((label, _WHOLE) for label in STATUS_LABELS.values()),
    ("Overdue", _WHOLE),
    ("Withdrawn action points", _WHOLE),
)


def plan_sheet() -> Sheet:
    """The plans with their progress: each item is a plan and its progress."""

    def row(item: tuple[Item, Item]) -> Row:
        plan, progress = item
        overall = progress["overall"]
        return {
            "Ref": plan["ref"],
            "Plan": plan["title"],
            "Kind": KIND_LABELS[PlanKind(plan["kind"])],
            "First day": plan["starts_on"],
            "Last day": plan["ends_on"],
            "Actions": overall["distinct_actions"],
            "Action points": overall["action_points"],
            **{label: overall["statuses"][code]["count"] for code, label in STATUS_LABELS.items()},
            "Overdue": overall["flags"]["overdue"]["action_points"],
            "Withdrawn action points": overall["withdrawn"],
        }

    return Sheet(_PLANS, row, "Plans", frozenset({"Plan"}))
