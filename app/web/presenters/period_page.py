"""What the page of one period shows: its report's figures and words, stored or as they would be now."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from app.charts.bars import status_bar, status_key
from app.models.periods import PeriodState
from app.web.presenters import lists
from app.web.presenters.dates import long_date, long_or, recorded
from app.web.presenters.period_known import Known
from app.web.presenters.periods import period_name, state_words
from app.web.presenters.progress import Scope, priority_rows, total_row
from app.web.visits import Visit

NO_POINTS = "No data-quality points."


class Told(NamedTuple):
    """A commentary, with who wrote it and when; ``write_url`` is "" for who may not change it."""

    text: str
    by: str
    write_url: str


class PriorityWords(NamedTuple):
    """A priority in words, with the commentary beside them and what the section says of its risks."""

    label: str
    title: str
    href: str
    sentence: str
    told: Told
    risks: str


class Erratum(NamedTuple):
    """A correction beside the published period."""

    day: str
    text: str
    by: str


class Quality(NamedTuple):
    """The data-quality points as published, and a link to those of the same day as known now.

    ``since`` says whether their number has changed; "" before publishing.
    """

    words: str
    href: str
    link: str
    since: str


def period_page(
    visit: Visit,
    plan: Mapping[str, Any],
    period: Mapping[str, Any],
    content: Mapping[str, Any],
    errata: Sequence[Mapping[str, Any]],
    known: Known | None,
    *,
    may_edit: bool,
    saved: str,
) -> dict[str, Any]:
    """A period: what its report says, and what stands beside it."""
    day = date.fromisoformat(content["as_at"])
    query = f"?as_at={day}" if day < visit.at.today else ""
    href = f"/periods/{period['id']}"
    is_open = period["state"] != PeriodState.published
    may_write = may_edit and is_open
    return {
        "section": "periods",
        "heading": period_name(period),
        "ref": period["ref"],
        "plan": (plan["title"], f"/plans/{plan['id']}{query}"),
        "list_url": f"/periods?plan={plan['id']}",
        "href": href,
        "day": long_date(day),
        "state": state_words(period),
        "is_over": period["last_day"] <= visit.at.today,
        "is_published": not is_open,
        "is_in_review": period["state"] == PeriodState.in_review,
        "version": str(period["version"]),
        "may_write": may_write,
        "erratum_url": f"{href}/errata" if may_edit and not is_open else "",
        "facts": _facts(period),
        **_report(content, day, query, href if may_write else ""),
        "publication": _publication(period, content),
        "errata": [_erratum(one) for one in errata],
        "quality": _quality(content, day, query, known),
        "known": known,
        "saved": saved,
    }


def _report(content: Mapping[str, Any], day: date, query: str, write_url: str) -> dict[str, Any]:
    """What the report says, in its own words; ``write_url`` is "" for who may not write commentary."""
    overall = content["overall"]
    progress = overall["progress"]
    return {
        "progress": Scope(
            lead=overall["lead"],
            second=overall["second"],
            sentence="",
            bar=status_bar("plan", content["plan"]["title"], progress),
            key=status_key(progress) if progress["action_points"] else (),
            note=overall["note"],
            counted=overall["counted"],
        ),
        "told": _told(overall, write_url and f"{write_url}/commentary"),
        "priority_label": content["plan"]["priority_label"].capitalize(),
        "rows": priority_rows([{**one["progress"], **_name(one)} for one in content["priorities"]], query),
        "total": total_row(progress),
        "priorities": [_priority(one, write_url, query) for one in content["priorities"]],
        "registers": [
            (one["title"], f"/registers/{one['id']}{query}", one["sentence"])
            for one in content.get("registers", ())
        ],
        "general": _risks_words(content["general"]),
        "due": _falls_due(content, query),
        "changes": _changes(content, day),
    }


def _facts(period: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        ("First day", long_date(period["first_day"]), ""),
        ("Last day: the figures are as at this day", long_date(period["last_day"]), ""),
        ("Board meeting", long_or(period["meeting_on"], "Not recorded"), ""),
        ("State", state_words(period), ""),
    ]


def _name(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("id", "ref", "title")}


def _priority(one: Mapping[str, Any], write_url: str, query: str) -> PriorityWords:
    return PriorityWords(
        label=one["label"],
        title=one["title"],
        href=f"/priorities/{one['id']}{query}",
        sentence=f"{one['sentence']} {one['note']}".strip(),
        told=_told(one, write_url and f"{write_url}/priorities/{one['id']}/commentary"),
        risks=_risks_words(one),
    )


def _told(section: Mapping[str, Any], write_url: str) -> Told:
    found = section.get("commentary")
    if not found:
        return Told("", "", write_url)
    when = recorded(datetime.fromisoformat(found["written_at"]))
    return Told(found["text"], f"{found['author_name']}, {when}", write_url)


def _risks_words(section: Mapping[str, Any]) -> str:
    return str(section.get("risk_sentence") or section["no_risks"])


def _falls_due(content: Mapping[str, Any], query: str) -> dict[str, Any] | None:
    found = content.get("falls_due")
    if not found:
        return None
    return {
        "until": long_date(date.fromisoformat(found["until"])),
        "actions": [
            (
                f"/actions/{one['id']}{query}",
                f"{one['ref']} {one['title']}",
                long_date(date.fromisoformat(one["due_on"])),
                one["status"],
            )
            for one in found["actions"]
        ],
    }


def _quality(content: Mapping[str, Any], day: date, query: str, known: Known | None) -> Quality:
    """The data-quality section in words, and the list of the same day as it is now."""
    found = content.get("data_quality") or {"sentence": NO_POINTS, "kinds": ""}
    pairs = [("plan", content["plan"]["id"])]
    if query:
        pairs.append(("as_at", str(day)))
    return Quality(
        words=f"{found['sentence']} {found['kinds']}".strip(),
        href=lists.url("/data-quality", pairs),
        link=f"The points on {long_date(day)}, as known now",
        since=known.points if known else "",
    )


def _changes(content: Mapping[str, Any], day: date) -> tuple[str, str]:
    """What changed since the period published before, in words, and the comparison; "" where none was."""
    found = content.get("changes")
    if found is None:
        return "", ""
    pairs = [("plan", content["plan"]["id"]), ("compare", str(found["compare"])), ("as_at", str(day))]
    return found["sentence"], lists.url("/changes", pairs)


def _publication(period: Mapping[str, Any], content: Mapping[str, Any]) -> list[tuple[str, str]]:
    published = period["published"]
    if not published:
        return []
    return [
        ("Published", f"{recorded(published['at'])}, by {published['by']}"),
        ("Place in the journal", str(published["sequence"])),
        ("Head of the journal before it", content["journal_head"]),
        ("Digest of the content (SHA-256)", published["digest"]),
    ]


def _erratum(one: Mapping[str, Any]) -> Erratum:
    by = f"{one['author_name']}, recorded {recorded(one['recorded_at'])}"
    return Erratum(long_date(one["effective_on"]), one["text"], by)
