"""The whole journal of an area, for its admins: entry by entry, and whether it is as it was written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.access.roles import Operation, Principal
from app.config import settings
from app.journal.verification import verify
from app.models.tables import areas, clients, journal_entries, registers, risks, schedules, users, webhooks
from app.services import access, checks, histories, lists, records
from app.services.histories import named
from app.services.stored import any_text

MOST_VERIFIED = 50_000
"""A page answers within seconds: a longer journal is verified by `send-tracker check --journal`."""
_ENTRY = journal_entries.c
_LIST = lists.Listing(
    "journal",
    select(
        _ENTRY.sequence,
        _ENTRY.recorded_at,
        _ENTRY.author_name,
        _ENTRY.noun,
        _ENTRY.subject_id,
        _ENTRY.operation,
        _ENTRY.before,
        _ENTRY.after,
        _ENTRY.reason,
    ).where(_ENTRY.area_id == bindparam("area_id")),
    last=[_ENTRY.sequence],
    count_from=journal_entries,
    filters={
        "noun": _ENTRY.noun == bindparam("noun"),
        "author": lists.contains(_ENTRY.author_name, "author"),
        "since": _ENTRY.recorded_at >= bindparam("since", type_=_ENTRY.recorded_at.type),
        "before": _ENTRY.recorded_at < bindparam("before", type_=_ENTRY.recorded_at.type),
    },
)
_HEAD = select(areas.c.last_sequence, areas.c.slug).where(areas.c.id == bindparam("area_id"))


def list_entries(
    db: Connection,
    who: Principal,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    noun: str | None = None,
    author: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    descending: bool = True,
) -> dict[str, Any]:
    """Every entry of the area's journal, the newest first unless asked; users, clients and settings included.

    ``author`` looks in the names of authors. Beside the list: ``names``, what the ids in entries stand for.
    """
    access.require(who, Operation.administer)
    wanted = {"noun": noun, "author": lists.pattern(author), "since": since, "before": before}
    rows, following, total = _LIST.page(db, {"area_id": who.area_id}, wanted, asked, descending=descending)
    items = records.as_dicts(rows)
    names = histories.names_of(db, who, items) | _subjects(db, who, items)
    return {**lists.answer(items, following, total), "names": names}


_SUBJECTS: Mapping[str, Select[Any]] = {
    "user": named(users, users.c.email),
    "client": named(clients, clients.c.name),
    "webhook": named(webhooks, webhooks.c.url),
    "schedule": named(schedules, schedules.c.name),
    "register": named(registers, registers.c.title),
    "matrix": named(registers, registers.c.title),
    "risk": named(risks, risks.c.ref),
}


def _subjects(db: Connection, who: Principal, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the records are called that a record's own history never has to name."""
    found: dict[str, Any] = {}
    by_noun: dict[str, list[Any]] = {}
    for item in items:
        by_noun.setdefault(item["noun"], []).append(item["subject_id"])
    for noun, ids in by_noun.items():
        if noun in _SUBJECTS:
            rows = db.execute(_SUBJECTS[noun], {"area_id": who.area_id, "ids": ids})
            found.update((str(known), name) for known, name in rows)
    return found


def place(db: Connection, who: Principal) -> int:
    """How many entries the area's journal must have."""
    access.require(who, Operation.administer)
    found: int = db.execute(_HEAD, {"area_id": who.area_id}).one().last_sequence
    return found


def verification(db: Connection, who: Principal, known_head: str) -> dict[str, Any]:
    """Whether the area's journal is as it was written: ``head``, and ``faults`` as sentences.

    ``known_head`` is a head that was noted earlier, or "": ``known_at`` is then the entry whose hash it is,
    None where it is in the journal no more. ``is_too_long`` for more than a page can verify: nothing is read.
    """
    access.require(who, Operation.administer)
    row = db.execute(_HEAD, {"area_id": who.area_id}).one()
    answer: dict[str, Any] = {"last_sequence": row.last_sequence, "known_head": known_head}
    if row.last_sequence > MOST_VERIFIED:
        return {**answer, "is_too_long": True}
    journal = checks.Journal(who.area_id, row.slug, row.last_sequence)
    with any_text(db):
        entries = checks.journal_entries(db, journal)
        verdict = verify(entries, settings().chain_key(), row.last_sequence, known_head or None)
    return {
        **answer,
        "is_too_long": False,
        "head": verdict.head,
        "faults": list(checks.journal_faults(journal, verdict)),
        "known_at": verdict.sought_at,
    }
