"""The content of a board report as a document, in the order in which a board reads it.

Domain rules, section 6. The content is that of ``services/reports``: a stored copy, or one known now. Nothing
is worked out here: figures and sentences stand in it, or follow from it by the words that pages use.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.clock import LONDON
from app.data_quality.base import Severity
from app.plans.statuses import STATUS_LABELS, Status
from app.reports import changes, progress, risk_sections
from app.reports.document import (
    Block,
    Cell,
    Column,
    Commentary,
    Document,
    Heading,
    Kind,
    Look,
    Paragraph,
    Table,
    Voice,
)
from app.reports.values import due_cell, in_one, lead_of, named, with_days
from app.sentences.actions import flag_words, name_or
from app.sentences.changes import together
from app.sentences.data_quality import points
from app.sentences.periods import period_name
from app.sentences.restated import subject_words
from app.sentences.words import day_in_words, sentence_case

HEAD_DIGITS = 16
"""How much of the journal's head stands at the foot of every page; the whole of it is under the title."""
_LATE = (
    Column("Action", share=3),
    Column("Status", share=2),
    Column("Due", Kind.day, share=2),
    Column("Lead", share=2),
    Column("Why", share=4),
    Column("Path back to green", share=3),
)
_DUE = (
    Column("Action", share=4),
    Column("Lead", share=2),
    Column("Due", Kind.day, share=2),
    Column("Status", share=2),
)
_ERRATA = (Column("Date", Kind.day, share=2), Column("Correction", share=6), Column("Recorded by", share=2))


def document(content: Mapping[str, Any], look: Look) -> Document:
    """The report of a content. ``errata`` in it are those of a published period, which stand beside it."""
    found: dict[str, Any] = with_days(content)
    day = found["as_at"]
    as_at = f"as at {day_in_words(day)}"
    period = found["period"]
    name = f"{period_name(period)}, position {as_at}" if period else sentence_case(f"position {as_at}")
    head = found["journal_head"]
    return Document(
        title=f"{found['plan']['title']}: board report",
        subtitle=name,
        look=look,
        as_at=day,
        facts=tuple(_facts(found)),
        foot=f"{look.name}. {found['plan']['ref']}, {as_at}. Journal head {head[:HEAD_DIGITS]}.",
        blocks=tuple(_blocks(found)),
    )


def _blocks(content: Mapping[str, Any]) -> Iterable[Block]:
    yield from _errata(content)
    yield from _overall(content)
    for place, one in enumerate(content["priorities"], start=1):
        yield from _priority(f"p{place}", one, content)
    yield from risk_sections.general(content)
    yield from risk_sections.of_registers(content)
    yield from _falls_due(content)
    yield from _quality(content)


def _facts(content: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    plan, period, due = content["plan"], content["period"], content.get("falls_due")
    yield "Plan", named(plan)
    if period:
        yield "Period", f"{day_in_words(period['first_day'])} to {day_in_words(period['last_day'])}"
    yield "As at", day_in_words(content["as_at"])
    meeting = period and period["meeting_on"]
    if meeting:
        yield "Board meeting", day_in_words(meeting)
    if due and due["until"] != meeting:
        yield "Next board meeting", day_in_words(due["until"])
    if period:
        is_open = content.get("published") is False
        yield "State", "Draft, not yet published" if is_open else "Published: these figures stay as they are"
    yield "Journal head", content["journal_head"]


# --- Progress ---------------------------------------------------------------------------------------------


def _overall(content: Mapping[str, Any]) -> Iterable[Block]:
    overall, noun = content["overall"], sentence_case(content["plan"]["priority_label"])
    whole = overall["progress"]
    scopes = [(one["label"], one["progress"]) for one in content["priorities"]]
    yield Heading("Overall progress", 2, "overall")
    yield Paragraph(in_one([overall["lead"], overall["second"]]), Voice.lead)
    yield from _commentary(overall)
    if whole["action_points"]:
        yield from progress.figures("overall", progress.WHOLE_PLAN, whole)
        yield Paragraph(in_one([overall["counted"], overall["note"]]), Voice.note)
        yield progress.bars(scopes)
        named_scopes = [(f"{one['label']}: {one['title']}", one["progress"]) for one in content["priorities"]]
        yield progress.by_priority(noun, named_scopes, whole)
        yield progress.flags(noun, scopes, whole)
    yield from changes.of_plan(content)


def _priority(key: str, priority: Mapping[str, Any], content: Mapping[str, Any]) -> Iterable[Block]:
    label = priority["label"]
    yield Heading(f"{label}: {priority['title']}", 2, key)
    about = _about(priority)
    if about:
        yield Paragraph(about)
    yield Paragraph(priority["sentence"], Voice.lead)
    yield from _commentary(priority)
    yield from progress.figures(f"{key}-status", label, priority["progress"])
    if priority["note"]:
        yield Paragraph(priority["note"], Voice.note)
    yield from changes.of_priority(key, priority, content)
    yield from _late(key, priority, content)
    yield Heading("Risks", 3, f"{key}-risks")
    yield from risk_sections.risks_of(key, priority, f"of {label}")
    yield from _withdrawn(key, priority)


def _about(priority: Mapping[str, Any]) -> str:
    """What must improve, and who answers for it."""
    parts = [priority["statement"] or ""]
    if priority["sro"]:
        parts.append(f"Senior responsible officer: {name_or(priority['sro'], '')}")
    if priority["responsible_bodies"]:
        parts.append(f"Responsible bodies: {priority['responsible_bodies']}")
    return together(parts)


def _commentary(section: Mapping[str, Any]) -> Iterable[Block]:
    found = section.get("commentary")
    if found:
        written = datetime.fromisoformat(found["written_at"]).astimezone(LONDON).date()
        yield Commentary(found["text"], found["author_name"], written)


def _late(key: str, priority: Mapping[str, Any], content: Mapping[str, Any]) -> Iterable[Block]:
    """Delayed and overdue actions with why, and what brings them back; left out where there are none."""
    found = [
        one
        for one in priority.get("actions", ())
        if one["status"] == Status.delayed or one["flags"]["overdue"]
    ]
    if not found:
        return
    yield Heading("Delayed and overdue actions", 3, f"{key}-late")
    rows = tuple(_late_row(one, content) for one in found)
    yield Table(f"{key}-late", f"Delayed and overdue actions of {priority['label']}", _LATE, rows)


def _late_row(one: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[Cell, ...]:
    words = (STATUS_LABELS[Status(one["status"])], *flag_words(one, content["as_at"]))
    return (
        named(one),
        ". ".join(words),
        due_cell(one),
        lead_of(one),
        _why(one),
        one["path_to_green"] or "None is recorded",
    )


def _why(one: Mapping[str, Any]) -> str:
    """What was told last, after the reason that was given with the status.

    A reason beside that very update is left out of a delay, which the update tells of: such a reason is asked
    for by other rules (an entry dated back). An overdue action that is said to be on target keeps it: it is
    why the status stands (domain rules, section 2).
    """
    entry, latest = one.get("status_entry") or {}, one["latest_update"] or {}
    reason, told = entry.get("reason"), latest.get("narrative")
    if told and told == entry.get("narrative") and one["status"] == Status.delayed:
        reason = None
    said = [reason or entry.get("narrative"), told]
    return together(words for words in said if words) or "Nobody has said why"


def _withdrawn(key: str, priority: Mapping[str, Any]) -> Iterable[Block]:
    """Withdrawn actions, apart: they are in no count."""
    found = priority.get("withdrawn_actions", ())
    if not found:
        return
    yield Heading("Withdrawn actions", 3, f"{key}-withdrawn")
    # Copies that were published before the content told when and why say it as they did.
    is_told = any("withdrawal_entry" in one for one in found)
    columns = (
        Column("Action", share=4),
        Column("Lead", share=2),
        *((Column("Withdrawn on", Kind.day, share=2), Column("Why", share=4)) if is_told else ()),
        Column("Latest update", share=4),
    )
    rows = tuple(
        (
            named(one),
            lead_of(one),
            *(_withdrawal(one) if is_told else ()),
            one["latest_update"]["narrative"] if one["latest_update"] else "None",
        )
        for one in found
    )
    caption = f"Withdrawn actions of {priority['label']}, which are in no count"
    yield Table(f"{key}-withdrawn", caption, columns, rows)


def _withdrawal(one: Mapping[str, Any]) -> tuple[Cell, Cell]:
    entry = one.get("withdrawal_entry") or {}
    said = [entry.get("reason"), entry.get("narrative")]
    return entry.get("effective_on") or "Not known", together(
        words for words in said if words
    ) or "Nobody has said why"


# --- What comes, and what is wrong ------------------------------------------------------------------------


def _falls_due(content: Mapping[str, Any]) -> Iterable[Block]:
    found = content.get("falls_due")
    if not found:
        return
    until = day_in_words(found["until"])
    yield Heading(f"Due before the next meeting, {until}", 2, "due")
    if not found["actions"]:
        yield Paragraph(f"No open action falls due until {until}.")
        return
    rows = tuple(
        (named(one), lead_of(one), one["due_on"], STATUS_LABELS[Status(one["status"])])
        for one in found["actions"]
    )
    yield Table("due", f"Open actions that fall due until {until}, the next first", _DUE, rows)


def _quality(content: Mapping[str, Any]) -> Iterable[Block]:
    found = content.get("data_quality")
    if not found:
        return
    yield Heading("Data quality", 2, "data-quality")
    yield Paragraph(in_one([found["sentence"], found["kinds"]]))
    rows = tuple(
        (
            sentence_case(subject_words(one["subject"])),
            one["message"],
            "Blocks publishing" if one["severity"] == Severity.blocks else "Does not block",
        )
        for one in points(found["findings"])
    )
    if rows:
        columns = (Column("Record", share=2), Column("Point", share=5), Column("Publishing", share=2))
        yield Table("data-quality", "Data-quality points that nobody has acknowledged", columns, rows)


def _errata(content: Mapping[str, Any]) -> Iterable[Block]:
    """What was found to be wrong in a published report, before everything else: it must not be missed."""
    found = content.get("errata", ())
    if not found:
        return
    yield Heading("Errata", 2, "errata")
    note = "Recorded after the period was published. What follows is as it was published."
    yield Paragraph(note, Voice.warning)
    rows = tuple((one["effective_on"], one["text"], one["author_name"]) for one in found)
    columns = (
        Column("Date", Kind.day, share=2),
        Column("Correction", share=6),
        Column("Recorded by", share=2),
    )
    yield Table("errata", "Corrections of this report", columns, rows)
