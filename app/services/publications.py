"""Publishing a period: its content is frozen, with its place in the journal, and answered for ever.

Domain rules, section 5: a published period answers the stored copy byte for byte, and replay of the entries
before its place gives every figure and flag in it. Where the same day, as known now, has come to differ,
both are shown with the entries that explain it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from app.access.roles import Operation, Principal
from app.clock import LONDON, Moment
from app.errors import Conflict, NotFound, invalid
from app.models.base import new_id
from app.models.periods import PeriodState
from app.models.tables import journal_entries, periods, publications
from app.sentences.words import day_in_words, listed
from app.services import access, data_quality, journal, publication_differences, records, reports
from app.services import periods as periods_service
from app.services.figures import differing, figures_of
from app.services.replay import figures_at

_ROW = select(publications).where(
    publications.c.period_id == bindparam("period_id"), publications.c.area_id == bindparam("area_id")
)
_SHOWN = ("period_id", "sequence", "published_at", "published_on", "author_name", "digest")
_MOST_NAMED = 10
Row = Mapping[str, Any]


def publish(
    db: Connection, who: Principal, at: Moment, period_id: UUID, *, version: int | None
) -> dict[str, Any]:
    """Freeze a period and return the publication.

    Raises Conflict when it is published already, Invalid before its last day has come and while a finding
    blocks it, PreconditionFailed when it is not at ``version``.
    """
    access.require(who, Operation.edit)
    period = periods_service.get_period(db, who, period_id)
    require_unpublished(period)
    records.check_version(period, version, lambda: period)
    _check(db, who, at, period)
    head = journal.head(db, who)
    found = reports.of_period(db, who, period, today=at.today)
    stored = reports.as_bytes(found)
    digest = hashlib.sha256(stored).hexdigest()
    before, after = {"state": period["state"]}, {"state": PeriodState.published, "digest": digest}
    sequence = journal.record(db, who, at, journal.Change("period", period_id, "published", before, after))
    row = {
        "id": new_id(),
        "area_id": who.area_id,
        "period_id": period_id,
        "sequence": sequence,
        "published_at": at.now,
        "published_on": at.today,
        "author_kind": who.kind,
        "author_id": who.id,
        "author_name": who.name,
        "digest": digest,
        "content": stored,
    }
    db.execute(insert(publications), [row])
    db.execute(
        update(periods)
        .where(periods.c.id == period_id)
        .values(state=PeriodState.published, version=period["version"] + 1, updated_at=at.now)
    )
    return {**{name: row[name] for name in _SHOWN}, "journal_head": head}


def require_unpublished(period: Mapping[str, Any]) -> None:
    """Raise Conflict for a period that is published already, which says by whom and when (London time)."""
    published = period["published"]
    if published:
        time = f"{published['at'].astimezone(LONDON):%H:%M}"
        raise Conflict(
            f"It was already published, by {published['by']}, on {day_in_words(published['on'])} at {time}. "
            "Nothing changed."
        )


def _check(db: Connection, who: Principal, at: Moment, period: Mapping[str, Any]) -> None:
    last_day = period["last_day"]
    if last_day > at.today:
        raise invalid(
            "/last_day", f"Publish the period from its last day on, {last_day}: it is not over yet."
        )
    blocking = data_quality.blocking(db, who, period["plan_id"], day=last_day, today=at.today)
    if blocking:
        refs = [one["subject"]["ref"] for one in blocking]
        more = len(refs) - _MOST_NAMED
        named = listed([*refs[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
        one = len(refs) == 1
        raise invalid(
            "",
            f"{'Action' if one else 'Actions'} {named} {'is' if one else 'are'} on target although the due "
            f"date has passed, and no reason stands for it as at {day_in_words(last_day)}. Record an update "
            "that repeats the status with the reason, or states what is true now, and publish then.",
        )


def get_publication(db: Connection, who: Principal, period_id: UUID) -> dict[str, Any]:
    """The publication of a period with its stored copy. Raises NotFound when it is not published."""
    row = db.execute(_ROW, {"period_id": period_id, "area_id": who.area_id}).one_or_none()
    if row is None:
        raise NotFound("published period")
    return dict(row._mapping)


def content(db: Connection, who: Principal, period_id: UUID) -> bytes:
    """The stored copy of a published period, byte for byte. Raises NotFound when it is not published."""
    found: bytes = get_publication(db, who, period_id)["content"]
    return found


def report(db: Connection, who: Principal, period_id: UUID, *, today: date) -> bytes:
    """The content of a period's report: the stored copy once it is published, before that as it is now.

    Raises NotFound for an unknown period.
    """
    period = periods_service.get_period(db, who, period_id)
    if period["state"] == PeriodState.published:
        return content(db, who, period_id)
    return reports.as_bytes({**reports.of_period(db, who, period, today=today), "published": False})


def differences(db: Connection, who: Principal, period_id: UUID, *, today: date) -> dict[str, Any]:
    """What is published, against the same day as known now, with the entries that explain it.

    ``figures`` are ``{"scope", "figure", "published", "now"}``. Raises NotFound when it is not published.
    """
    published = get_publication(db, who, period_id)
    return _differences(db, who, published, json.loads(published["content"]), today)


def _differences(
    db: Connection, who: Principal, published: Row, stored: Mapping[str, Any], today: date
) -> dict[str, Any]:
    period = periods_service.get_period(db, who, published["period_id"])
    entries = publication_differences.entries(
        db, who, period["plan_id"], day=period["last_day"], after=published["sequence"]
    )
    if not entries:
        # Figures follow from entries alone: a test over random histories holds that none differs without one.
        return {"differs": False, "figures": [], "entries": []}
    figures = publication_differences.figures(stored, reports.of_period(db, who, period, today=today))
    return {"differs": bool(figures), "figures": figures, "entries": entries}


def replayed(db: Connection, who: Principal, period_id: UUID) -> dict[str, Any]:
    """Whether the entries before a publication's place give every figure and flag in its stored copy.

    ``differences`` are ``{"path", "published", "replayed"}``. Raises NotFound when it is not published.
    """
    published = get_publication(db, who, period_id)
    return _replayed(db, who, published, json.loads(published["content"]))


def _replayed(db: Connection, who: Principal, published: Row, stored: Mapping[str, Any]) -> dict[str, Any]:
    until = stored.get("falls_due", {}).get("until")
    again = figures_at(
        db,
        who,
        UUID(stored["plan"]["id"]),
        date.fromisoformat(stored["as_at"]),
        place=published["sequence"],
        until=date.fromisoformat(until) if until else None,
    )
    found = [
        {"path": list(path), "published": mine, "replayed": theirs}
        for path, mine, theirs in differing(figures_of(stored), again)
    ]
    return {"agrees": not found, "differences": found}


class Proof(NamedTuple):
    """A published period whole: its stored copy, what has come to differ, and whether replay gives it."""

    content: dict[str, Any]
    differences: dict[str, Any]
    replay: dict[str, Any]


def proof(db: Connection, who: Principal, period_id: UUID, *, today: date) -> Proof:
    """``content``, ``differences`` and ``replayed`` of one reading. Raises NotFound as they do."""
    published = get_publication(db, who, period_id)
    stored = json.loads(published["content"])
    differing = _differences(db, who, published, stored, today)
    return Proof(stored, differing, _replayed(db, who, published, stored))


def fault(db: Connection, who: Principal, period_id: UUID) -> str | None:
    """What is wrong with a published period, in a sentence; None when all is as it must be.

    Its bytes must fit its digest, the digest the one in the journal, and replay its figures.
    """
    published = get_publication(db, who, period_id)
    if hashlib.sha256(published["content"]).hexdigest() != published["digest"]:
        return f"The stored copy of period {period_id} was changed: it does not fit its digest."
    journalled = select(journal_entries.c.after).where(
        journal_entries.c.area_id == who.area_id, journal_entries.c.sequence == published["sequence"]
    )
    after = db.execute(journalled).scalar() or {}
    if after.get("digest") != published["digest"]:
        return f"The publication of period {period_id} is not the one that the journal tells of."
    found = _replayed(db, who, published, json.loads(published["content"]))
    if not found["agrees"]:
        path = " ".join(found["differences"][0]["path"])
        number = len(found["differences"])
        return f"Replay of period {period_id} gives {number} other figures than were published ({path})."
    return None
