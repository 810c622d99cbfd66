"""The summary e-mail of a report: the board's questions answered on one screen, from the report's content.

Nothing is worked out here that the content does not say: figures and sentences are those of the report, of a
stored copy or of one known now, so that the two never contradict each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.plans.changes import ActionChange
from app.plans.states import ref_order
from app.plans.statuses import STATUS_LABELS, Status
from app.reports import registers
from app.reports.document import Look
from app.reports.letter import Bar, Item, Letter, Section, bar_of, key_of, some
from app.reports.values import due_cell, in_one, led_by, named, with_days
from app.risk.scoring import Direction
from app.sentences import risk_changes as risk_words
from app.sentences import since
from app.sentences.actions import deadline_of, flag_words
from app.sentences.changes import stopped
from app.sentences.data_quality import number, points
from app.sentences.periods import period_name
from app.sentences.risks import NOT_SCORED, direction_words, rated
from app.sentences.words import day_in_words, listed, numeral, plural, sentence_case, short_of, shortened

LATE, DUE, RISKS, CHANGED = 6, 6, 4, 8
"""So many of each are named: a message is read on a phone."""
LONGEST_TITLE, LONGEST_RISK = 140, 160


def summary(content: Mapping[str, Any], look: Look, *, base_url: str) -> Letter:
    """The message on a content of ``services/reports``. ``base_url`` is where the service is opened."""
    found: dict[str, Any] = with_days(content)
    day, plan = found["as_at"], found["plan"]
    heading, leads = _leads(found)
    pages = _Pages(base_url, plan["id"], day)
    sections = (_corrections, _off_track, _falls_due, _highest, _changed, _priorities, _quality)
    title = shortened(plan["title"], LONGEST_TITLE)
    return Letter(
        subject=f"{title}: {_share(found)}, {day_in_words(day)}",
        preview=" ".join(leads[1:]),
        look=look,
        about=title,
        heading=heading,
        leads=leads,
        bar=_whole(found),
        sections=tuple(one for make in sections if (one := make(found, pages)) is not None),
        button=(f"Open the plan as at {day_in_words(day)}", pages.overview),
        links=(("Read the whole report", pages.report(found)),),
        foot=_foot(found),
    )


class _Pages:
    """The addresses of pages as at the day of the figures."""

    def __init__(self, base_url: str, plan_id: str, day: date) -> None:
        self._base, self._plan, self._day = base_url, plan_id, day.isoformat()

    @property
    def overview(self) -> str:
        return f"{self._base}/?plan={self._plan}&as_at={self._day}"

    def report(self, content: Mapping[str, Any]) -> str:
        period = content["period"]
        if period:
            return f"{self._base}/periods/{period['id']}/report"
        return f"{self._base}/plans/{self._plan}/report?as_at={self._day}"

    def of(self, kind: str, record: Mapping[str, Any]) -> str:
        return f"{self._base}/{kind}/{record['id']}?as_at={self._day}"


# --- The answer -------------------------------------------------------------------------------------------


def _share(content: Mapping[str, Any]) -> str:
    progress = content["overall"]["progress"]
    share = progress["complete_or_on_target"]["rounded"]
    return "no actions" if share is None else f"{share}% complete or on target"


def _leads(content: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The heading, without a full stop, and the sentences under it."""
    overall, changes, day = content["overall"], content.get("changes"), content["as_at"]
    progress = overall["progress"]
    first, second = overall["lead"], overall["second"]
    if changes:
        earlier = changes["earlier"]
        given = bool(changes.get("restated"))
        first = since.lead(progress, earlier, changes["compare"], day, as_published=given)
        second = since.second(progress, earlier)
    leads = (f"Position as at {day_in_words(day)}.", second, overall["note"])
    return first.removesuffix("."), tuple(one for one in leads if one)


def _whole(content: Mapping[str, Any]) -> Bar | None:
    progress = content["overall"]["progress"]
    if not progress["action_points"]:
        return None
    return Bar("", f"{key_of(progress)}.", bar_of("", progress).segments)


def _corrections(content: Mapping[str, Any], _pages: _Pages) -> Section | None:
    """What was found to be wrong in a published report stands before everything else."""
    found = content.get("errata")
    if not found:
        return None
    items = tuple(Item(one["text"], day_in_words(one["effective_on"])) for one in found)
    return Section("Corrections since the report was published", items=items)


# --- What presses -----------------------------------------------------------------------------------------


def _off_track(content: Mapping[str, Any], pages: _Pages) -> Section | None:
    """Delayed and overdue actions, worst first: by when they were or are due."""
    day, every = content["as_at"], _actions(content)
    late = [one for one in every if one["status"] == Status.delayed or one["flags"]["overdue"]]
    if not late:
        return None
    late.sort(key=lambda one: (deadline_of(one) or date.max, one["order"]))
    items, more = some((_late(one, day, pages) for one in late), LATE, "action")
    overdue = sum(one["flags"]["overdue"] for one in late)
    counted = f"{sentence_case(numeral(len(late)))} {plural(len(late), 'action is', 'actions are')}"
    missed = f", {numeral(overdue)} of them past {plural(overdue, 'its', 'their')} date" if overdue else ""
    return Section("Off track, worst first", f"{counted} delayed or overdue{missed}.", items, more=more)


def _actions(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every action once, with all its refs."""
    found: dict[str, dict[str, Any]] = {}
    for priority in content["priorities"]:
        for one in priority.get("actions", ()):
            if one["id"] not in found:
                refs = [point["ref"] for point in one["points"]] or [one["ref"]]
                found[one["id"]] = {**one, "ref": listed(refs), "order": ref_order(refs[0])}
    return list(found.values())


def _late(one: Mapping[str, Any], day: date, pages: _Pages) -> Item:
    flags = one["flags"]
    shown = {"overdue": flags["overdue"], "significantly_delayed": flags["significantly_delayed"]}
    only = {**one, "flags": dict.fromkeys(flags, False) | shown}
    words = [STATUS_LABELS[Status(one["status"])], *flag_words(only, day)]
    if not flags["overdue"]:
        words.append(f"Due {_due(one)}")
    return _action(one, [*words, led_by(one)], pages)


def _due(one: Mapping[str, Any]) -> str:
    due = due_cell(one)
    return day_in_words(due) if isinstance(due, date) else str(due)[:1].lower() + str(due)[1:]


def _action(one: Mapping[str, Any], words: Sequence[str], pages: _Pages) -> Item:
    detail = in_one([stopped(shortened(part, LONGEST_TITLE)) for part in words])
    return Item(shortened(named(one), LONGEST_TITLE), detail, pages.of("actions", one))


def _falls_due(content: Mapping[str, Any], pages: _Pages) -> Section | None:
    found = content.get("falls_due")
    if not found:
        return None
    until, day = day_in_words(found["until"]), content["as_at"]
    heading = f"Due before the next meeting, {until}"
    if not found["actions"]:
        return Section(heading, f"No open action falls due until {until}.")
    told = (
        _action(
            one,
            (
                f"Due {short_of(one['due_on'], day)}",
                STATUS_LABELS[Status(one["status"])],
                led_by(one),
            ),
            pages,
        )
        for one in found["actions"]
    )
    items, more = some(told, DUE, "action")
    total = len(found["actions"])
    lead = f"{sentence_case(numeral(total))} open {plural(total, 'action falls', 'actions fall')} due."
    return Section(heading, lead, items, more=more)


def _highest(content: Mapping[str, Any], pages: _Pages) -> Section:
    every = registers.worst_first(content)
    if not every:
        return Section("Highest risks", content["general"].get("no_risks") or "No risks identified.")
    called = registers.names(content)
    items, more = some((_risk(one, called, pages) for one in every), RISKS, "risk")
    return Section("Highest risks", in_one(registers.sentences(content)), items, more=more)


def _risk(one: Mapping[str, Any], called: Mapping[str, str], pages: _Pages) -> Item:
    words = [rated(one["current"] or one["rating"]) or NOT_SCORED]
    if one["current"] and one["direction"] != Direction.no_data:
        words.append(direction_words(one))
    if one["target"]:
        words.append(f"Target {rated(one['target'])}")
    if not one["management_actions"]:
        words.append("No management action")
    text = shortened(f"{one['ref']} {one['description']}", LONGEST_RISK)
    told = [*(f"{part}." for part in words), _register(one, called)]
    return Item(text, in_one(told), pages.of("risks", one))


def _register(one: Mapping[str, Any], called: Mapping[str, str]) -> str:
    """Which register a risk is in, where the plan has several: refs are unique only within one."""
    name = called.get(one["register_id"])
    return f"Register: {stopped(shortened(name, LONGEST_TITLE))}" if name else ""


# --- What changed, and the rest ---------------------------------------------------------------------------


def _changed(content: Mapping[str, Any], pages: _Pages) -> Section | None:
    changes = content.get("changes")
    if not changes:
        return None
    lines = since.moved_lines(
        _moves(changes["actions"]),
        changes["earlier"],
        changes["later"],
        {one["id"]: one["ref"] for one in changes["priorities"]},
    )
    told = [Item(f"{line.strong}{line.rest}") for line in lines]
    called = registers.names(content)
    risks = [
        Item(
            f"Risk {one['ref']}",
            in_one([sentence_case(risk_words.risk_told(kind, one).text.strip()), _register(one, called)]),
            pages.of("risks", one),
        )
        for kind, one in risk_words.to_tell(changes["risks"])
        if kind != "reviewed"
    ]
    items, more = some([*told, *risks], CHANGED, "change")
    heading = f"What changed since {day_in_words(changes['compare'])}"
    return Section(heading, changes["sentence"], items, more=more)


def _moves(actions: Mapping[str, Any]) -> dict[ActionChange, since.Moved]:
    """How many actions did what, of the kinds that somebody recorded."""
    found = {}
    for kind in ActionChange:
        group = actions[kind.value]
        if group["actions"] and kind not in since.BY_DATES_ALONE:
            places = [point["priority_id"] for one in group["items"] for point in one["after"]["points"]]
            refs = tuple(one["ref"] for one in group["items"][: since.NAMED])
            found[kind] = since.Moved(group["action_points"], group["actions"], refs, Counter(places))
    return found


def _priorities(content: Mapping[str, Any], _pages: _Pages) -> Section | None:
    bars = [
        bar_of(f"{one['label']}: {shortened(one['title'], LONGEST_TITLE)}", one["progress"])
        for one in content["priorities"]
    ]
    if not bars:
        return None
    return Section(f"By {content['plan']['priority_label']}", bars=tuple(bars))


def _quality(content: Mapping[str, Any], _pages: _Pages) -> Section | None:
    found = content.get("data_quality")
    if not found or not number(points(found["findings"])):
        return None
    return Section("Data quality", in_one([found["sentence"], found["kinds"]]))


def _foot(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Which report this is, and by what it can be checked."""
    return tuple(_facts(content))


def _facts(content: Mapping[str, Any]) -> Iterable[str]:
    period = content["period"]
    if period:
        state = "a draft: not yet published" if content.get("published") is False else "published"
        yield f"Period: {stopped(f'{period_name(period)}, {state}')}"
        if period["meeting_on"]:
            yield f"Board meeting: {day_in_words(period['meeting_on'])}."
    yield f"As at {day_in_words(content['as_at'])}, by the journal up to {content['journal_head']}."
