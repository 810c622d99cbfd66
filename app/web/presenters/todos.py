"""What needs somebody, as the overview counts it: each with a link to what is counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, Status
from app.sentences import data_quality
from app.sentences.words import listed, numeral, plural, short_of
from app.web.presenters.dates import days_between
from app.web.presenters.lists import url
from app.web.visits import Visit


class Todo(NamedTuple):
    """Something that needs somebody: always a count, with a link to what is counted."""

    number: int
    words: str
    href: str
    meta: str


_FLAGGED = {
    "significantly_delayed": ("not expected to meet its date", "not expected to meet their dates"),
    "late_start": ("action late to start", "actions late to start"),
    "blocked": ("action blocked by another", "actions blocked by others"),
    "contradicted": ("status contradicted by its dates", "statuses contradicted by their dates"),
    "no_reportable_progress": (
        "action without an update this period",
        "actions without an update this period",
    ),
}
ANCHOR = "actions"
NAMED = 2
"""So many of the visitor's own actions are named."""


def of_the_board(visit: Visit, answer: Mapping[str, Any]) -> list[Todo]:
    """What the whole plan's board has to look at."""
    list_url = f"/plans/{answer['plan']['id']}"
    flags = answer["later"]["overall"]["flags"]
    found = [
        _overdue(visit, flags["overdue"], answer["deadlines"]["overdue"]["first"], list_url),
        _due(visit, answer, f"{list_url}/timeline"),
    ]
    found += [
        Todo(
            flags[name]["actions"],
            plural(flags[name]["actions"], *words),
            _listed_at(visit, list_url, ("flag", name)),
            _places(flags[name]),
        )
        for name, words in _FLAGGED.items()
        if flags[name]
    ]
    found += [_reviews(visit, answer), _quality(visit, answer)]
    return [one for one in found if one.number]


def of_the_lead(visit: Visit, mine: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]) -> list[Todo]:
    """What the visitor's own actions need: missed dates, delays without a way back, late starts."""
    list_url, lead = f"/plans/{answer['plan']['id']}", ("lead", str(visit.who.person_id))
    late = [one for one in mine if one["flags"]["overdue"]]
    stuck = [one for one in mine if one["status"] == Status.delayed and one["has_no_path"]]
    delayed = [one for one in mine if one["status"] == Status.delayed]
    waiting = [one for one in mine if one["flags"]["late_start"]]
    of_all = f"of the {len(mine)} that you lead"
    found = [
        Todo(
            len(late),
            f"{plural(len(late), 'action')} past {plural(len(late), 'its', 'their')} due date",
            _listed_at(visit, list_url, lead, ("flag", "overdue")),
            _deadlines_of(late, visit.day) or of_all,
        ),
        Todo(
            len(delayed),
            f"{plural(len(delayed), 'action')} delayed",
            _listed_at(visit, list_url, lead, ("status", Status.delayed.value)),
            _stuck(stuck, delayed, visit.day) or of_all,
        ),
        Todo(
            len(waiting),
            f"{plural(len(waiting), 'action')} late to start",
            _listed_at(visit, list_url, lead, ("flag", "late_start")),
            of_all,
        ),
    ]
    return [one for one in found if one.number]


def _stuck(stuck: Sequence[Mapping[str, Any]], delayed: Sequence[Mapping[str, Any]], day: date) -> str:
    """Which delayed actions say no way back to green: "No path back to green: 1.8 is due in 31 days."."""
    if not stuck:
        return ""
    many = "" if len(stuck) == len(delayed) else f" for {numeral(len(stuck))} of them"
    named = _deadlines_of(stuck, day)
    return f"No path back to green{many}{': ' + named if named else ''}"


def _deadlines_of(found: Sequence[Mapping[str, Any]], day: date) -> str:
    """The first deadlines: "1.8 is due in 31 days, on 31 July; 5.58 was due on 30 June"."""
    return "; ".join(
        f"{one['ref']} {_when(one['deadline_on'], day)}" for one in found[:NAMED] if one["deadline_on"]
    )


def _when(deadline: date, day: date) -> str:
    on = short_of(deadline, day)
    if deadline < day:
        return f"was due on {on}, {days_between(deadline, day)} ago"
    return f"is due in {days_between(day, deadline)}, on {on}" if deadline > day else "is due today"


def _overdue(
    visit: Visit, flag: Mapping[str, int], first: Sequence[Mapping[str, Any]], list_url: str
) -> Todo:
    """The missed dates, named where they are few."""
    number = flag["actions"]
    meta = _places(flag)
    if number == len(first) == 1:
        only = first[0]
        over = f"{only['ref']} {only['title']}, {days_between(only['deadline_on'], visit.day)} over"
        meta = f"{over}, {meta}" if meta else over
    elif number == len(first):
        over = listed([f"{one['ref']} by {days_between(one['deadline_on'], visit.day)}" for one in first])
        meta = f"{over}, {meta}" if meta else over
    words = plural(number, "completion date missed", "completion dates missed")
    return Todo(number, words, _listed_at(visit, list_url, ("flag", "overdue")), meta)


def _due(visit: Visit, answer: Mapping[str, Any], timeline: str) -> Todo:
    """What falls due before the board meets, or in the weeks to come where no meeting is known."""
    due, until = answer["deadlines"]["due"], answer["deadlines"]["until"]
    named = "before the next board meeting" if answer["meeting_on"] else "in the next four weeks"
    words = f"due {named}, {'' if answer['meeting_on'] else 'until '}{short_of(until, visit.day)}"
    href = url(timeline, [("show", "due"), *visit.days], "actions")
    return Todo(due["count"], words, href, _statuses(due))


def _statuses(due: Mapping[str, Any]) -> str:
    """Which they are: "1.8, 2.4 and 4.9: all three are delayed"; only the first where there are more."""
    first = due["first"]
    refs = listed([one["ref"] for one in first])
    statuses = {one["status"] for one in first}
    if due["count"] > len(first):
        return f"The first: {refs}"
    if len(statuses) > 1:
        return listed([f"{one['ref']} {_label(one)}" for one in first])
    if not first:
        return ""
    every = {1: "", 2: "both are "}.get(len(first), f"all {numeral(len(first))} are ")
    return f"{refs}: {every}{_label(first[0])}"


def _label(one: Mapping[str, Any]) -> str:
    return STATUS_LABELS[Status(one["status"])].lower()


def _reviews(visit: Visit, answer: Mapping[str, Any]) -> Todo:
    number, registers = answer["reviews_late"], answer["registers"]
    href = (
        url(f"/registers/{registers[0]['id']}", [("sort", "review_on"), *visit.days], "register")
        if registers
        else ""
    )
    return Todo(number, f"{plural(number, 'risk review')} overdue", href, "")


def _quality(visit: Visit, answer: Mapping[str, Any]) -> Todo:
    """How many data-quality points there are, and what most of them are."""
    points = answer["findings"]
    number = data_quality.number(data_quality.points(points))
    href = url("/data-quality", [("plan", str(answer["plan"]["id"])), *visit.days])
    return Todo(number, plural(number, "data-quality point"), href, data_quality.by_check(points, 3))


def _listed_at(visit: Visit, list_url: str, *filters: tuple[str, str]) -> str:
    return url(list_url, [*filters, *visit.days], ANCHOR)


def _places(flag: Mapping[str, int]) -> str:
    points, actions = flag["action_points"], flag["actions"]
    return f"counted as {points} action points" if points != actions else ""
