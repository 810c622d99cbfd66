"""The whole content of a board report, of a period or of a day, as plain values in the order of reading.

Everything is explicit: whoever renders it (a page, PDF, Word) asks the database for nothing more, so that a
stored copy reads the same for ever. The period is taken as plain values (domain rules, section 6).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Uuid, bindparam, select

from app.access.roles import Principal
from app.models.tables import commentaries
from app.plans.statuses import STATUS_LABELS
from app.sentences import changes as change_words
from app.sentences import data_quality as quality_words
from app.sentences import progress as words
from app.sentences import restated
from app.sentences.risks import NO_RISKS, register_figures, register_lead, risk_section
from app.services import (
    comparison,
    data_quality,
    journal,
    lists,
    period_days,
    plans,
    priorities,
    registers,
    report_parts,
)
from app.services import progress as progress_service
from app.services.as_at import day as as_at_day

FORMAT = 1
"""Rises when the content changes its form, so that whoever reads a stored copy knows which one it has."""

_PERIOD = ("id", "ref", "title", "first_day", "last_day", "meeting_on")
_COMMENTARIES = select(
    *(commentaries.c[name] for name in ("priority_id", "text", "author_name", "updated_at"))
).where(commentaries.c.period_id == bindparam("period_id", type_=Uuid))


def content(
    db: Connection,
    who: Principal,
    plan: Mapping[str, Any],
    period: Mapping[str, Any] | None,
    *,
    today: date,
    day: date,
    until: date | None,
) -> dict[str, Any]:
    """All that the report of a period says, as at ``day``, as values that JSON has.

    ``plan`` as ``plans.get_plan`` answers it; of ``period`` its id, ref, title, days and meeting, None for a
    report of a day alone. What falls due is told up to ``until``, the board's next meeting; left out where
    that is None. The number of queries does not depend on the number of actions and risks. Sections without
    data are left out, except that where there is no risk it says so.
    """
    progress = progress_service.progress(db, who, plan["id"], today=today, as_at=day)
    actions = report_parts.actions(db, who, plan["id"], today=today, day=day)
    risks = report_parts.risks(db, who, plan["id"], today=today, day=day)
    told = _told(db, period["id"]) if period else {}
    found = {
        "format": FORMAT,
        "plan": {
            name: plan[name]
            for name in ("id", "ref", "title", "kind", "priority_label", "starts_on", "ends_on")
        },
        "period": {name: period[name] for name in _PERIOD} if period else None,
        "as_at": day,
        "journal_head": journal.head(db, who),
        "labels": {"statuses": dict(STATUS_LABELS)},
        "overall": {"progress": progress["overall"], **_overall_words(progress["overall"], actions)},
        "priorities": _priorities(db, who, plan, progress["priorities"], actions, risks, told),
        "general": _risks(risks.pop(None, []), to=""),
        **_registers(db, who, plan["id"], today=today, day=day),
        **_since(db, who, plan["id"], today=today, day=day),
        **_falls_due(actions, until, day),
        **_quality(db, who, plan["id"], today=today, day=day),
    }
    found["overall"] |= told.get(None, {})
    answer: dict[str, Any] = to_jsonable_python(found)
    return answer


def of_period(db: Connection, who: Principal, period: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The content of a period as known now: as at its last day or, until that has come, as at today."""
    plan = plans.get_plan(db, who, period["plan_id"])
    after = period["meeting_on"] or period["last_day"]
    until = period_days.next_meeting(db, plan["id"], after) or period["meeting_on"]
    return content(db, who, plan, period, today=today, day=min(period["last_day"], today), until=until)


def of_day(db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date) -> dict[str, Any]:
    """The content of a plan's report as at any day, as known now; its ``period`` is None.

    Raises NotFound for an unknown plan, Invalid for a day to come.
    """
    plan = plans.get_plan(db, who, plan_id)
    until = period_days.next_meeting(db, plan_id, day)
    found = content(db, who, plan, None, today=today, day=as_at_day(day, today), until=until)
    return {**found, "published": False}


def as_bytes(content: Mapping[str, Any]) -> bytes:
    """A content as the bytes that are kept and answered: the same for the same content, whenever made.

    UTF-8, names sorted, no spaces; numbers are whole, but for percentages of four decimals at most.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _told(db: Connection, period_id: UUID) -> dict[UUID | None, dict[str, Any]]:
    """Officers' commentary by priority, that of the whole period under None; each with its author."""
    rows = db.execute(_COMMENTARIES, {"period_id": period_id})
    return {
        row.priority_id: {
            "commentary": {
                "text": row.text,
                "author_name": row.author_name,
                "written_at": row.updated_at,
            }
        }
        for row in rows
    }


def _overall_words(progress: Mapping[str, Any], actions: report_parts.Actions) -> dict[str, Any]:
    missed = report_parts.missed(actions.every)
    return {
        "lead": words.lead(progress),
        "second": words.second(progress, missed),
        "counted": words.counted(progress),
        "note": words.rounding_note(progress),
    }


def _priorities(
    db: Connection,
    who: Principal,
    plan: Mapping[str, Any],
    figures: Sequence[Mapping[str, Any]],
    actions: report_parts.Actions,
    risks: dict[UUID | None, list[dict[str, Any]]],
    told: Mapping[UUID | None, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    described = priorities.list_priorities(db, who, plan["id"], asked=lists.WHOLE)["items"]
    by_id = {one["id"]: one for one in described}
    found = []
    for number, one in enumerate(figures, start=1):
        own, priority_id = by_id[one["id"]], one["id"]
        label = words.place_label(plan["priority_label"], own["ref"], number)
        progress = {name: value for name, value in one.items() if name not in ("id", "ref", "title")}
        mine = actions.under(priority_id)
        found.append(
            {
                **{name: own[name] for name in ("id", "ref", "title", "statement", "responsible_bodies")},
                "sro": own["sro"],
                "label": label,
                "progress": progress,
                "sentence": words.scope_sentence(label, progress, report_parts.missed(mine["actions"])),
                "note": words.rounding_note(progress),
                **told.get(priority_id, {}),
                **{name: items for name, items in mine.items() if items},
                **_risks(risks.pop(priority_id, []), to=f"this {plan['priority_label']}"),
            }
        )
    return found


def _risks(found: list[dict[str, Any]], *, to: str) -> dict[str, Any]:
    if not found:
        return {"risks": [], "no_risks": NO_RISKS}
    return {"risks": found, "risk_sentence": risk_section(found, to=to)}


def _registers(db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date) -> dict[str, Any]:
    """Each register of the plan with its heat map and every version of the matrix, bands and thresholds."""
    listed = registers.list_registers(db, who, today=today, plan_id=plan_id, asked=lists.WHOLE)["items"]
    found = []
    for one in listed:
        grid = registers.heat_map(db, who, one["id"], today=today, day=day)
        found.append(
            {
                **{name: one[name] for name in ("id", "ref", "title")},
                "sentence": register_lead(register_figures(grid)),
                "heat_map": {
                    name: value for name, value in grid.items() if name not in ("as_at", "register_id")
                },
                "matrices": registers.versions(db, one["id"]),
            }
        )
    return {"registers": found} if found else {}


def _since(db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date) -> dict[str, Any]:
    """What changed since the last published period as it was published; left out where there is none."""
    before = period_days.last_published(db, plan_id, day)
    if before is None:
        return {}
    found = comparison.compare(db, who, plan_id, today=today, as_at=day, compare=before, as_given=True)
    note = restated.note(found["restated"], found["earlier"], before)
    told = (change_words.lead(found), change_words.second(found), note)
    sentence = " ".join(part for part in told if part)
    return {"changes": {"sentence": sentence, **found}}


def _falls_due(actions: report_parts.Actions, until: date | None, day: date) -> dict[str, Any]:
    """Open actions that fall due until the next meeting; left out where no meeting is known."""
    if until is None:
        return {}
    return {"falls_due": {"until": until, "actions": actions.due(day, until)}}


def _quality(db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date) -> dict[str, Any]:
    found = data_quality.findings(db, who, today=today, as_at=day, plan_id=plan_id)
    if not found:
        return {}
    kinds = quality_words.by_check(found)
    return {"data_quality": {"sentence": quality_words.lead(found), "kinds": kinds, "findings": found}}
