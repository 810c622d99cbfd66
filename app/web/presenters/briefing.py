"""A plan on two pages for a member of its board: what changed, what is off track and why, what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.scales import steps
from app.plans.statuses import Status
from app.sentences import changes as change_words
from app.sentences import restated
from app.sentences import risk_changes as risk_words
from app.sentences.changes import HEADINGS, Told
from app.sentences.words import numeral, plural, sentence_case
from app.services.briefings import Outlook
from app.services.registers import matrix_of
from app.web.presenters.actions import deadline_of, due_words
from app.web.presenters.changes import changes_url
from app.web.presenters.dates import long_date, overdue_words, short_date
from app.web.presenters.plans import plan_span
from app.web.presenters.progress import scope
from app.web.presenters.risks import Moved, Rating, moved, movement_heading, now_of, rating
from app.web.presenters.text import headline, name_or, shortened
from app.web.visits import Visit

MOST = 8
"""So many actions are told of, and so many fall due: with more it is no longer two pages."""
HIGHEST = 4
_NAMED = 12
_TOLD = 3
_LONGEST = 160
# How did amber become green, and why did a date move: the board is told who said why.
_EXPLAINED = ("delayed_to_on_target", "reopened", "withdrawn", "reinstated", "due_moved")
# What did not change is no news: it stands under what is off track.
_NO_NEWS = ("still_delayed",)


class Change(NamedTuple):
    """A kind of change with the refs that it happened to, and, where the board asks why, who said what."""

    heading: str
    refs: tuple[tuple[str, str, str], ...]
    more: str
    told: tuple[tuple[str, str, Told], ...]


class Late(NamedTuple):
    """A delayed or overdue action: since when, why, and what brings it back."""

    href: str
    name: str
    status: str
    loud: tuple[str, ...]
    lead: str
    since: str
    why: str
    path: str


class HighRisk(NamedTuple):
    """One of the highest risks, with the last that was said of it."""

    href: str
    name: str
    now: Rating
    target: str
    moved: Moved | None
    latest: str


def briefing_page(
    visit: Visit,
    plan: Mapping[str, Any],
    plans: Sequence[Mapping[str, Any]],
    compared: Mapping[str, Any],
    found: Outlook,
    highest: Sequence[Mapping[str, Any]],
    registers: Sequence[Mapping[str, Any]],
    published: bool,
) -> dict[str, Any]:
    """The briefing on a plan; ``compared`` is it against the last published period's last day, if any."""
    since, as_at = long_date(compared["compare"]), visit.query.replace("?", "&")
    changed = [one for one in _changes(visit, compared) if one.refs]
    return {
        "section": "overview",
        "heading": "Briefing for the board",
        "about": ", ".join(words for words in (plan["title"], plan_span(plan)) if words),
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "at": visit.position((("plan", str(plan["id"])),)),
        "progress": scope("plan", plan["ref"], plan["title"], compared["later"]),
        "since": since,
        "since_words": f"Since {since}, the end of the last published period."
        if published
        else f"Since {since}. No earlier period is published.",
        "changed": " ".join(part for part in _lead(compared) if part),
        "changes": changed,
        "risk_changes": _risk_changes(visit, compared),
        "changes_url": changes_url(visit._replace(compare=compared["compare"]), plan["id"]),
        "late": [_late(visit, one) for one in found.off_track.items],
        "late_words": _late_words(found, compared["later"]),
        "late_url": f"/plans/{plan['id']}?status={Status.delayed.value}{as_at}#actions",
        "risks": _risks(visit, highest, registers),
        "movement": movement_heading(visit.since),
        "next": [
            (f"/actions/{one['id']}{visit.query}", f"{one['ref']} {one['title']}", one["status"], _due(one))
            for one in found.falls_due.items
        ],
        "next_words": _next_words(found),
        "others": [(one["title"], f"/briefing?plan={one['id']}") for one in plans if one["id"] != plan["id"]],
    }


def _lead(compared: Mapping[str, Any]) -> tuple[str, ...]:
    note = restated.note(compared["restated"], compared["earlier"], compared["compare"])
    return change_words.lead(compared), note, change_words.second(compared)


def _changes(visit: Visit, compared: Mapping[str, Any]) -> list[Change]:
    found = []
    for kind in (kind for kind in HEADINGS if kind not in _NO_NEWS):
        group = compared["actions"][kind]
        items = group["items"]
        links = [(f"/actions/{one['id']}{visit.query}", one["ref"], one["title"]) for one in items]
        told = items[:_TOLD] if kind in _EXPLAINED else ()
        found.append(
            Change(
                heading=change_words.heading(kind, group),
                refs=tuple(links[:_NAMED]),
                more=f"and {len(links) - _NAMED} more" if len(links) > _NAMED else "",
                told=tuple(
                    (link[0], f"{one['ref']} {one['title']}", change_words.action_told(kind, one, compared))
                    for one, link in zip(told, links, strict=False)
                ),
            )
        )
    return found


def _risk_changes(visit: Visit, compared: Mapping[str, Any]) -> list[tuple[str, str, Told]]:
    told = [
        (f"/risks/{one['id']}{visit.query}", f"Risk {one['ref']}", risk_words.risk_told(kind, one))
        for kind, one in risk_words.to_tell(compared["risks"])
        if kind != "reviewed"
    ]
    return told[:HIGHEST]


def _late(visit: Visit, one: Mapping[str, Any]) -> Late:
    due, entry, latest = deadline_of(one), one["status_entry"], one["latest_update"]
    loud = [overdue_words(due, visit.day)] if one["flags"]["overdue"] else []
    if one["flags"]["significantly_delayed"]:
        loud.append(f"Forecast {short_date(one['forecast_on'])}")
    # The newest narrative says most; the reason given then, where nobody has told more since.
    said = (latest and latest["narrative"]) or (entry and (entry["reason"] or entry["narrative"])) or ""
    is_delayed = one["status"] == Status.delayed
    return Late(
        href=f"/actions/{one['id']}{visit.query}",
        name=f"{one['ref']} {one['title']}",
        status=one["status"],
        loud=tuple(loud),
        lead=name_or(one["lead"], "No lead"),
        since=f"Delayed since {long_date(entry['effective_on'])}, due {_due(one, short=False)}"
        if is_delayed and entry
        else f"Due {_due(one)}",
        why=shortened(said, _LONGEST) or "Nobody has said why",
        path=shortened(one["path_to_green"], _LONGEST) if one["path_to_green"] else "None is recorded",
    )


def _due(one: Mapping[str, Any], *, short: bool = True) -> str:
    words = due_words(one, short=short)
    return words[:1].lower() + words[1:] if words[:1].isalpha() else words


def _late_words(found: Outlook, progress: Mapping[str, Any]) -> str:
    """How many are off track: "20 actions are delayed or overdue, one of them past its date."."""
    total = found.off_track.total
    if not total:
        return "No action is delayed or overdue."
    overdue = progress["flags"]["overdue"]["actions"]
    number = sentence_case(numeral(total))
    counted = f"{number} {plural(total, 'action is', 'actions are')} delayed or overdue"
    has_late = overdue and total > 1
    late = f", {numeral(overdue)} of them past {plural(overdue, 'its', 'their')} date" if has_late else ""
    rest = f" The {numeral(MOST)} most pressing ones are below." if total > MOST else ""
    return f"{counted}{late}.{rest}"


def _next_words(found: Outlook) -> str:
    """Until when to look, and how much there is."""
    until, total = long_date(found.until), found.falls_due.total
    first = f"The board meets next on {until}." if found.meeting_on else ""
    span = "before then" if found.meeting_on else f"by {until}"
    due = f"{sentence_case(numeral(total))} {plural(total, 'action falls', 'actions fall')} due {span}"
    rest = f", the first {numeral(MOST)} of them" if total > MOST else ""
    return " ".join(part for part in (first, f"{due}{rest}{':' if total else '.'}") if part)


def _risks(
    visit: Visit, highest: Sequence[Mapping[str, Any]], registers: Sequence[Mapping[str, Any]]
) -> list[HighRisk]:
    step = {one["id"]: steps(matrix_of(one["matrix"])) for one in registers}
    return [
        HighRisk(
            href=f"/risks/{one['id']}{visit.query}",
            name=f"{one['ref']} {headline(one['description'], _LONGEST)}",
            now=rating(now_of(one), step.get(one["register_id"], {})),
            target=rating(one["target"], {}).text if one["target"] else "None",
            moved=None if one["rating"] else moved(one, visit.since, says_since=False),
            latest=shortened(one["latest_narrative"]["narrative"], _LONGEST)
            if one["latest_narrative"]
            else "",
        )
        for one in highest
    ]
