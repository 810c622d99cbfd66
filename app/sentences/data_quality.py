"""Data quality in words: how many points there are, what they are, and who acknowledged them.

The input are findings as they are answered: mappings with ``check``, ``severity`` and ``acknowledged``. One
that is acknowledged is no point any more; it is said beside them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.data_quality.base import CheckId, Severity
from app.sentences.words import listed, numeral, plural, sentence_case

Findings = Sequence[Mapping[str, Any]]

PHRASES: Mapping[CheckId, tuple[str, str]] = {
    CheckId.action_on_target_overdue_without_reason: (
        "action on target past its due date without a reason",
        "actions on target past their due date without a reason",
    ),
    CheckId.action_contradicted: (
        "action with a status that contradicts its dates or what it waits for",
        "actions with a status that contradicts their dates or what they wait for",
    ),
    CheckId.action_due_before_start: ("action due before it starts", "actions due before they start"),
    CheckId.action_ongoing_without_review_date: (
        "ongoing action without a review date",
        "ongoing actions without a review date",
    ),
    CheckId.action_no_due_date: ("action without a due date", "actions without a due date"),
    CheckId.action_no_lead: ("action without a lead", "actions without a lead"),
    CheckId.action_no_update_in_period: (
        "action without an update in the period",
        "actions without an update in the period",
    ),
    CheckId.action_impact_not_evidenced: (
        "complete action whose impact is not evidenced in time",
        "complete actions whose impact is not evidenced in time",
    ),
    CheckId.risk_updated_before_opened: (
        "risk last updated before it was opened",
        "risks last updated before they were opened",
    ),
    CheckId.risk_no_opened_date: ("risk without an opened date", "risks without an opened date"),
    CheckId.risk_no_owner: ("risk without an owner", "risks without an owner"),
    CheckId.risk_no_management_action: (
        "open risk above its target without a management action",
        "open risks above their target without a management action",
    ),
    CheckId.risk_target_likelihood_above_current: (
        "risk with a target likelihood above the current one",
        "risks with a target likelihood above the current one",
    ),
    CheckId.risk_target_impact_above_current: (
        "risk with a target impact above the current one",
        "risks with a target impact above the current one",
    ),
    CheckId.risk_target_without_rationale: (
        "risk with a target not below its score and no rationale",
        "risks with a target not below their score and no rationale",
    ),
    CheckId.management_action_no_due_date: (
        "management action without a due date",
        "management actions without a due date",
    ),
    CheckId.management_action_no_lead: (
        "management action without a lead",
        "management actions without a lead",
    ),
}
"""What each check finds, one and many of it."""


def points(findings: Findings) -> list[Mapping[str, Any]]:
    """The findings that count: those that nobody has acknowledged."""
    return [one for one in findings if not one["acknowledged"]]


def number(findings: Findings) -> int:
    """How many findings there are; one with a ``count`` stands for as many alike."""
    return sum(one.get("count", 1) for one in findings)


def lead(findings: Findings) -> str:
    """The sentence that a list or section opens with: how many points, how many of them block publishing.

    "Nine data-quality points; none blocks publishing. One more is acknowledged."
    """
    open_points = points(findings)
    blocking = number([one for one in open_points if one["severity"] == Severity.blocks])
    acknowledged = number(findings) - number(open_points)
    return " ".join(
        part for part in (_open(number(open_points), blocking), _told(acknowledged, open_points)) if part
    )


def _open(count: int, blocking: int) -> str:
    if not count:
        return "No data-quality points."
    if count == 1:
        return f"One data-quality point; it {'blocks' if blocking else 'does not block'} publishing."
    noun = f"{sentence_case(numeral(count))} data-quality points"
    if not blocking:
        return f"{noun}; none blocks publishing."
    if blocking == count:
        return f"{noun}; all block publishing."
    return f"{noun}; {numeral(blocking)} {plural(blocking, 'blocks', 'block')} publishing."


def _told(acknowledged: int, open_points: Findings) -> str:
    if not acknowledged:
        return ""
    more = " more" if open_points else ""
    return f"{sentence_case(numeral(acknowledged))}{more} {plural(acknowledged, 'is', 'are')} acknowledged."


def by_check(findings: Findings, most: int = len(CheckId)) -> str:
    """What the points are, the most frequent first; "" when there are none.

    "Three management actions without a due date, two risks without an owner and four others.": kinds beyond
    the first ``most`` are counted together.
    """
    counts: Counter[CheckId] = Counter()
    for one in points(findings):
        counts[CheckId(one["check"])] += one.get("count", 1)
    places = {check: place for place, check in enumerate(CheckId)}
    ordered = sorted(counts.items(), key=lambda one: (-one[1], places[one[0]]))
    parts = [f"{numeral(count)} {phrase(check, count)}" for check, count in ordered[:most]]
    others = sum(count for _check, count in ordered[most:])
    parts += [f"{numeral(others)} {plural(others, 'other')}"] if others else []
    return f"{sentence_case(listed(parts))}." if parts else ""


def phrase(check: CheckId, number: int) -> str:
    """What a check finds, for a number of it: "risks without an owner"."""
    return plural(number, *PHRASES[check])
