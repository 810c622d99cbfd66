"""What the page of changes shows: lead sentences, both positions, and every change in a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.charts.bars import Bar, status_bar
from app.errors import invalid
from app.plans.statuses import Status
from app.sentences import changes as words
from app.sentences import restated
from app.sentences import risk_changes as risk_words
from app.sentences.changes import HEADINGS, Told
from app.sentences.progress import place_label, rounding_note
from app.web.forms import Form
from app.web.presenters import lists
from app.web.presenters.change_form import field_kinds
from app.web.presenters.dates import long_date, short_date
from app.web.presenters.text import headline, plan_name
from app.web.visits import Visit

RISKS, LEFT = "risks", "left"
SHOWN = 5
"""So many changes of a kind are shown at first; one more than that would not be worth a link."""


class Asked(NamedTuple):
    """What the address asks for: ``show`` is a priority, "risks" or "" for all; ``more`` is whole."""

    plan: str
    show: str
    more: tuple[str, ...]


class Change(NamedTuple):
    """One change: the record that it links to, and what is told of it."""

    href: str
    name: str
    told: Told


class Section(NamedTuple):
    """A kind of change. ``more`` and ``more_url`` lead to those that are not shown here."""

    name: str
    heading: str
    changes: tuple[Change, ...]
    more: str
    more_url: str


class Side(NamedTuple):
    """One of the two positions: its day, what its figures are, and its bar (None without actions)."""

    day: str
    note: str
    bar: Bar | None


class Row(NamedTuple):
    """A status on both days: counts, shares ("" without actions) and the change, "+14" or "−36"."""

    status: str
    before: int
    before_share: str
    after: int
    after_share: str
    change: str


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form or link offers."""
    show = typed.get("show", "").strip()
    more = tuple(kind for kind in typed.get("more", "").split(",") if kind)
    if show not in ("", RISKS):
        try:
            UUID(show)
        except ValueError:
            raise invalid("/show", "Choose what to show from the list.") from None
    if not {*more} <= {*HEADINGS, LEFT, RISKS}:
        raise invalid("/more", "Follow one of the page's own links to show more.")
    return Asked(typed.get("plan", ""), show, more)


def changes_page(
    visit: Visit,
    plan: Mapping[str, Any],
    plans: Sequence[Mapping[str, Any]],
    priorities: Sequence[Mapping[str, Any]],
    answer: Mapping[str, Any],
    notes: Sequence[str],
    asked: Asked,
) -> dict[str, Any]:
    """A plan on two days; ``notes`` say of each whether its figures were published, "" where not."""
    only_risks = asked.show == RISKS
    is_same_day = answer["compare"] == answer["as_at"]
    has_no_figures = only_risks or is_same_day
    sections = [] if only_risks else list(_action_sections(visit, answer, asked))
    sections += _risk_sections(visit, answer, asked)
    first, last = short_date(answer["compare"]), short_date(answer["as_at"])
    form = Form({name: answer[name].isoformat() for name in ("compare", "as_at")})
    return {
        **chooser(visit, plan, plans, priorities, asked),
        "heading": "What changed",
        "title": f"What changed, {words.span(answer).removeprefix('From ').rstrip('.')}",
        "priority": answer["priority"],
        "span": words.span(answer),
        "form": form,
        "kinds": field_kinds(form),
        "lead": risk_words.lead(answer) if only_risks and not is_same_day else words.lead(answer),
        "second": "" if only_risks else words.second(answer),
        "knowledge": _knowledge(answer),
        "note": "" if only_risks else restated.note(answer["restated"], answer["earlier"], answer["compare"]),
        "sides": [] if has_no_figures else _sides(visit, answer, notes),
        "days": (first, last),
        "rows": [] if has_no_figures else _rows(answer),
        "rounding_note": "" if has_no_figures else rounding_note(answer["earlier"], answer["later"]),
        "total": _total(answer),
        "sections": sections,
        "is_same_day": is_same_day,
        "tools": _tools(visit, plan, answer, asked),
    }


def _knowledge(answer: Mapping[str, Any]) -> str:
    if not answer["restated"]:
        return "Both positions are as the service knows them today."
    return "Actions on the earlier date are as published; all else is as the service knows it today."


def _tools(visit: Visit, plan: Mapping[str, Any], answer: Mapping[str, Any], asked: Asked) -> lists.Tools:
    days = [(name, answer[name].isoformat()) for name in ("compare", "as_at")]
    return lists.tools(visit.path, [("plan", str(plan["id"])), *days, ("show", asked.show)])


def every_change(visit: Visit, answer: Mapping[str, Any], asked: Asked) -> list[tuple[str, Change]]:
    """All changes with the heading that each stands under, in the order of the page."""
    whole = asked._replace(more=(*HEADINGS, LEFT, RISKS))
    sections = [] if asked.show == RISKS else list(_action_sections(visit, answer, whole))
    sections += _risk_sections(visit, answer, whole)
    return [(part.heading, change) for part in sections for change in part.changes]


def chooser(
    visit: Visit,
    plan: Mapping[str, Any],
    plans: Sequence[Mapping[str, Any]],
    priorities: Sequence[Mapping[str, Any]],
    asked: Asked,
) -> dict[str, Any]:
    """What the form offers: the plans, the days up to today and the scopes of a plan."""
    return {
        "section": "changes",
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "plans": [(str(one["id"]), plan_name(one)) for one in plans],
        "plan_id": str(plan["id"]),
        "today_iso": visit.at.today.isoformat(),
        "options": _options(plan, priorities),
        "show": asked.show,
    }


def _options(plan: Mapping[str, Any], priorities: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    places = [
        (str(one["id"]), place_label(plan["priority_label"], one["ref"], number))
        for number, one in enumerate(priorities, start=1)
    ]
    return [("", "The whole plan and its risks"), *places, (RISKS, "Risks only")]


def _sides(visit: Visit, answer: Mapping[str, Any], notes: Sequence[str]) -> list[Side]:
    found = []
    for name, note in zip(("earlier", "later"), notes, strict=True):
        day = answer["compare" if name == "earlier" else "as_at"]
        given = "as published" if name == "earlier" and answer["restated"] else ""
        said = given or note or ("today" if day == visit.at.today else "")
        found.append(Side(long_date(day), said, status_bar(f"bar-{name}", long_date(day), answer[name])))
    return found


def _rows(answer: Mapping[str, Any]) -> list[Row]:
    return [
        Row(
            status.value,
            flow["earlier"],
            _share(answer["earlier"], status),
            flow["later"],
            _share(answer["later"], status),
            difference(flow["earlier"], flow["later"]),
        )
        for status in Status
        for flow in (answer["statuses"][status.value],)
    ]


def _total(answer: Mapping[str, Any]) -> tuple[int, int, str]:
    before, after = answer["earlier"]["action_points"], answer["later"]["action_points"]
    return before, after, difference(before, after)


def _share(figures: Mapping[str, Any], status: Status) -> str:
    rounded = figures["statuses"][status.value]["rounded"]
    return "" if rounded is None else f"{rounded}%"


def changes_url(visit: Visit, plan_id: object, show: object = "") -> str:
    """The address of what changed in a plan, or under one priority, between the days of a visit."""
    return lists.url("/changes", [("plan", str(plan_id)), *visit.days, ("show", str(show))])


def difference(before: int, after: int) -> str:
    """A change with its sign: "+14", "−36", "0"."""
    sign = "+" if after > before else "−" if after < before else ""
    return f"{sign}{abs(after - before)}"


def _action_sections(visit: Visit, answer: Mapping[str, Any], asked: Asked) -> Sequence[Section]:
    found = [
        _section(
            visit,
            answer,
            asked,
            kind,
            words.heading(kind, group),
            [
                Change(
                    f"/actions/{item['id']}{visit.query}",
                    f"{item['ref']} {item['title']}",
                    words.action_told(kind, item, answer),
                )
                for item in group["items"]
            ],
        )
        for kind in HEADINGS
        if (group := answer["actions"][kind])["items"]
    ]
    return [*found, *_left_section(visit, answer, asked)]


def _left_section(visit: Visit, answer: Mapping[str, Any], asked: Asked) -> Sequence[Section]:
    """Actions that were published and are not there yet on the later day: their pages are of now."""
    restated_since = answer["restated"] or {"left": (), "entries": ()}
    found = [
        Change(
            f"/actions/{one['id']}",
            f"{one['ref']} {one['title']}",
            restated.left_told(one, restated_since["entries"]),
        )
        for one in restated_since["left"]
    ]
    heading = restated.left_heading(restated_since["left"])
    return [_section(visit, answer, asked, LEFT, heading, found)] if found else []


def _risk_sections(visit: Visit, answer: Mapping[str, Any], asked: Asked) -> Sequence[Section]:
    """One section on all risks."""
    found = [
        Change(
            f"/risks/{item['id']}{visit.query}",
            f"{item['ref']} {headline(item['description'])}",
            risk_words.risk_told(kind, item),
        )
        for kind, item in risk_words.to_tell(answer["risks"])
    ]
    heading = risk_words.heading(answer["risks"])
    return [_section(visit, answer, asked, RISKS, heading, found)] if found else []


def _section(
    visit: Visit,
    answer: Mapping[str, Any],
    asked: Asked,
    name: str,
    heading: str,
    found: Sequence[Change],
) -> Section:
    is_whole = name in asked.more or len(found) <= SHOWN + 1
    if is_whole:
        return Section(name, heading, tuple(found), "", "")
    kept = [
        ("plan", asked.plan),
        ("compare", answer["compare"].isoformat()),
        ("as_at", visit.as_at),
        ("show", asked.show),
        ("more", ",".join((*asked.more, name))),
    ]
    url = lists.url(visit.path, kept, name)
    return Section(name, heading, tuple(found[:SHOWN]), f"Show the other {len(found) - SHOWN}", url)
