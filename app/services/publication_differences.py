"""What has come to differ from a published period, figure by figure, and the entries that explain it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Integer, Row, Select, Table, Uuid, bindparam, literal, or_, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import (
    action_states,
    actions,
    assessments,
    management_action_updates,
    management_actions,
    matrix_versions,
    periods,
    publications,
    registers,
    risks,
    updates,
)
from app.sentences.entries import entry_words, fact_name, fact_words
from app.sentences.words import listed
from app.services.figures import Figures, figures_of

WHOLE_PLAN = "The whole plan"
"""The scope of figures that count every priority."""
_PLAN = bindparam("plan_id", type_=Uuid)
_AREA = bindparam("area_id", type_=Uuid)
_AFTER = bindparam("after", type_=Integer)
_DAY = bindparam("day", type_=Date)
_ENTRY = ("sequence", "recorded_at", "author_name", "effective_on")
_DATED = ("operation", "facts", "narrative", "reason", "backdated", "replaces")


def _entries_of(table: Table, noun: str, subject: list[Any], after: Any, day: Any) -> Select[Any]:
    """Entries recorded after a place that count on a day, or that correct one that counted."""
    replaced = table.alias("replaced")
    return (
        select(literal(noun).label("noun"), *(table.c[name] for name in (*_ENTRY, *_DATED)), *subject)
        .outerjoin(replaced, replaced.c.id == table.c.replaces)
        .where(
            table.c.area_id == _AREA,
            table.c.sequence > after,
            (table.c.effective_on <= day) | (replaced.c.effective_on <= day),
        )
    )


def _subject(record_id: Any, ref: Any, title: Any) -> list[Any]:
    return [record_id.label("subject_id"), ref.label("ref"), title.label("title")]


def _statements(after: Any, day: Any) -> tuple[Select[Any], ...]:
    """What changed a day of a plan after a place, both of them parameters or columns: a statement a kind."""
    return (
        _entries_of(
            updates, "action", _subject(actions.c.id, action_states.c.ref, actions.c.title), after, day
        )
        .join(actions, actions.c.id == updates.c.action_id)
        .join(
            action_states,
            (action_states.c.action_id == actions.c.id) & (action_states.c.valid_to == FOREVER),
        )
        .where(actions.c.plan_id == _PLAN),
        _entries_of(assessments, "risk", _subject(risks.c.id, risks.c.ref, risks.c.description), after, day)
        .join(risks, risks.c.id == assessments.c.risk_id)
        .join(registers, registers.c.id == risks.c.register_id)
        .where(registers.c.plan_id == _PLAN),
        _entries_of(
            management_action_updates,
            "management_action",
            _subject(management_actions.c.id, risks.c.ref, management_actions.c.title),
            after,
            day,
        )
        .join(management_actions, management_actions.c.id == management_action_updates.c.management_action_id)
        .join(risks, risks.c.id == management_actions.c.risk_id)
        .join(registers, registers.c.id == risks.c.register_id)
        .where(registers.c.plan_id == _PLAN),
        _matrices(after, day),
        _periods(after, day),
    )


def _matrices(after: Any, day: Any) -> Select[Any]:
    return (
        select(
            literal("matrix").label("noun"),
            *(matrix_versions.c[name] for name in (*_ENTRY, "matrix_version", "reason")),
            *_subject(registers.c.id, registers.c.ref, registers.c.title),
        )
        .join(registers, registers.c.id == matrix_versions.c.register_id)
        .where(
            matrix_versions.c.area_id == _AREA,
            matrix_versions.c.sequence > after,
            matrix_versions.c.effective_on <= day,
            registers.c.plan_id == _PLAN,
        )
    )


def _periods(after: Any, day: Any) -> Select[Any]:
    """A period that ended before this one and was published after it: directions are measured from it now."""
    return (
        select(
            literal("period").label("noun"),
            publications.c.sequence,
            publications.c.published_at.label("recorded_at"),
            publications.c.author_name,
            periods.c.last_day.label("effective_on"),
            *_subject(periods.c.id, periods.c.ref, periods.c.title),
        )
        .join(periods, periods.c.id == publications.c.period_id)
        .where(
            publications.c.area_id == _AREA,
            publications.c.sequence > after,
            periods.c.last_day < day,
            periods.c.plan_id == _PLAN,
        )
    )


_STATEMENTS = _statements(_AFTER, _DAY)
# Periods that were published, beside whatever else of these tables the statements read.
_SHOWN, _MADE = periods.alias("shown"), publications.alias("made")
_DIFFERING = (
    select(_SHOWN.c.id)
    .join(_MADE, _MADE.c.period_id == _SHOWN.c.id)
    .where(
        _SHOWN.c.plan_id == _PLAN,
        _MADE.c.area_id == _AREA,
        or_(
            *(
                statement.correlate(_SHOWN, _MADE).exists()
                for statement in _statements(_MADE.c.sequence, _SHOWN.c.last_day)
            )
        ),
    )
)
_ONE_DIFFERING = _DIFFERING.where(_SHOWN.c.id == bindparam("period_id", type_=Uuid))

_ENDED_THEN = _DIFFERING.add_columns(_MADE.c.sequence, _MADE.c.content).where(_SHOWN.c.last_day == _DAY)


def differing_on(db: Connection, who: Principal, plan_id: UUID, day: date) -> Row[Any] | None:
    """The plan's published period that ended on a day, where ``entries`` has some of it; else None.

    Its ``id``, and ``sequence`` and ``content`` of its publication.
    """
    of = {"area_id": who.area_id, "plan_id": plan_id, "day": day}
    return db.execute(_ENDED_THEN, of).one_or_none()


def may_differ(db: Connection, who: Principal, plan_id: UUID, period_id: UUID | None = None) -> set[UUID]:
    """The ids of the plan's published periods, or of that one, of which ``entries`` has some.

    Never one whose figures agree for want of entries; one may be there whose entries changed no figure.
    """
    of = {"area_id": who.area_id, "plan_id": plan_id}
    if period_id is None:
        return set(db.execute(_DIFFERING, of).scalars())
    return set(db.execute(_ONE_DIFFERING, {**of, "period_id": period_id}).scalars())


def entries(db: Connection, who: Principal, plan_id: UUID, *, day: date, after: int) -> list[dict[str, Any]]:
    """What was recorded about a plan after a place and changed what is true by a day, in that order."""
    parameters = {"area_id": who.area_id, "plan_id": plan_id, "day": day, "after": after}
    rows = [row._mapping for statement in _STATEMENTS for row in db.execute(statement, parameters)]
    return [_shown(row) for row in sorted(rows, key=lambda row: int(row["sequence"]))]


def _shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _ENTRY},
        "subject": {
            "noun": row["noun"],
            "id": row["subject_id"],
            "ref": row["ref"],
            "title": row["title"],
        },
        "summary": entry_words(row),
        "narrative": row.get("narrative"),
        "reason": row.get("reason"),
        # A version of a matrix that counts by a published day is dated in it or before.
        "backdated": bool(row.get("backdated")) or row["noun"] == "matrix",
    }


def figures(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where two contents of a period differ, as ``{"scope", "figure", "published", "now"}``, in words.

    Of progress the counts and whole percentages, of actions, risks and management actions what is dated, of
    the heat map its counts. What is not dated (titles, leads, findings about them) is not compared.
    """
    published, known = figures_of(then), figures_of(now)
    names = _names(now) | _names(then)
    found = [*_progress(WHOLE_PLAN, published["overall"], known["overall"])]
    for one in dict.fromkeys([*published["priorities"], *known["priorities"]]):
        sides = published["priorities"].get(one), known["priorities"].get(one)
        # A priority that was added since and has nothing on that day makes no difference.
        if sides[0] is not None or (sides[1] and _is_used(sides[1])):
            found += _progress(names[one], sides[0] or {}, sides[1] or {})
    for kind in ("actions", "risks", "management_actions"):
        for one in dict.fromkeys([*published[kind], *known[kind]]):
            found += _record(one, names, published[kind].get(one), known[kind].get(one))
    for one in dict.fromkeys([*published["heat_maps"], *known["heat_maps"]]):
        found += _heat_map(names[one], published["heat_maps"].get(one, {}), known["heat_maps"].get(one, {}))
    return found


def _names(content: Mapping[str, Any]) -> dict[str, str]:
    """What each record of a content is called, by its id."""
    found = {one["id"]: one["label"] for one in content["priorities"]}
    found |= {one["id"]: one["title"] for one in content.get("registers", ())}
    for section in (*content["priorities"], content["general"]):
        for name in ("actions", "withdrawn_actions"):
            for one in section.get(name, ()):
                found.setdefault(one["id"], f"Action {one['points'][0]['ref']}")
        for risk in section["risks"]:
            found[risk["id"]] = f"Risk {risk['ref']}"
            for one in risk["management_actions"]:
                found[one["id"]] = f"Management action of risk {risk['ref']}: {one['title']}"
    return found


def _is_used(progress: Mapping[str, Any]) -> bool:
    return bool(progress["action_points"] or progress["withdrawn"])


def _difference(scope: str, figure: str, published: Any, now: Any) -> Iterator[dict[str, Any]]:
    if published != now:
        yield {"scope": scope, "figure": figure, "published": published, "now": now}


def _progress(scope: str, published: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, label in (
        ("action_points", "Action points"),
        ("distinct_actions", "Distinct actions"),
        ("withdrawn", "Withdrawn action points"),
    ):
        yield from _difference(scope, label, published.get(name), now.get(name))
    shares = [(name, "statuses") for name in (now or published).get("statuses", ())]
    for name, group in (*shares, ("complete_or_on_target", "")):
        was, is_ = ((one.get(group, {}) if group else one).get(name, {}) for one in (published, now))
        for part, unit in (("count", ""), ("rounded", ", per cent")):
            yield from _difference(scope, fact_name(name) + unit, was.get(part), is_.get(part))
    for name in (now or published).get("flags", ()):
        was, is_ = (one.get("flags", {}).get(name) or {} for one in (published, now))
        for part, unit in (("action_points", ", action points"), ("actions", ", actions")):
            yield from _difference(scope, fact_name(name) + unit, was.get(part), is_.get(part))


_UNTOLD = frozenset({"flags", "narrative", "accepted_by", "accepted_at"})


def _record(
    one: str, names: Mapping[str, str], published: Figures | None, now: Figures | None
) -> Iterator[dict[str, Any]]:
    scope = names[one]
    if published is None or now is None:
        told = [side and (side.get("status") or side.get("state")) for side in (published, now)]
        yield from _difference(scope, "Listed", *(fact_words(side) if side else None for side in told))
        return
    before, after = ({**side, **side.get("flags", {})} for side in (published, now))
    for name, was in before.items():
        if name not in _UNTOLD and was != after[name]:
            yield from _difference(scope, fact_name(name), _words(was, names), _words(after[name], names))


def _words(value: Any, names: Mapping[str, str]) -> Any:
    """A value in words; a record that the content holds by what it is called there."""
    if isinstance(value, list):
        return listed([names.get(one, one) for one in value]) or None
    return names[value] if isinstance(value, str) and value in names else fact_words(value)


def _heat_map(scope: str, published: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    was, is_ = published.get("bands", {}), now.get("bands", {})
    for name in dict.fromkeys([*was, *is_]):
        yield from _difference(scope, name, was.get(name), is_.get(name))
    yield from _difference(
        scope, "Matrix version", published.get("matrix_version"), now.get("matrix_version")
    )
    for name, label in (("not_scored", "Not scored"), ("closed", "Closed")):
        counts = [len(one) if isinstance(one := side.get(name), list) else one for side in (published, now)]
        yield from _difference(scope, label, *counts)
