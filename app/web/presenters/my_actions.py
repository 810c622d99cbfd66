"""What somebody leads and answers for, sorted by what it asks of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.access.roles import Operation, may
from app.charts.scales import steps
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.across_plans import DUE_SOON, Work
from app.services.registers import matrix_of
from app.web.presenters.dates import long_date
from app.web.presenters.own_rows import OwnRow, own_rows, several_url
from app.web.presenters.risks import Rating, now_of, rating, risk_flags
from app.web.presenters.several import HOME, MOST, saved_words
from app.web.presenters.text import headline
from app.web.visits import Visit


class Group(NamedTuple):
    """Actions that ask for the same. ``several_url`` opens one form for all, "" where there is one only.

    ``all_words`` say what the form holds, which may be actions of other groups too.
    """

    name: str
    heading: str
    words: str
    rows: list[OwnRow]
    several_url: str
    all_words: str


class RiskRow(NamedTuple):
    """A risk with when it is to be reviewed. ``assess_url`` is "" where the visitor may not assess it."""

    href: str
    name: str
    now: Rating
    review: str
    loud: tuple[str, ...]
    assess_url: str


def my_actions_page(
    visit: Visit,
    work: Work,
    risks: Sequence[Mapping[str, Any]],
    registers: Sequence[Mapping[str, Any]],
    answered_for: Sequence[Mapping[str, Any]],
    saved: str,
) -> dict[str, Any]:
    """The visitor's own work; ``answered_for`` are the priorities whose SRO they are."""
    plans = {one["plan_id"] for group in work for one in group}
    rows = [
        _group(
            visit, *one, together=work.silent if one[0] == "no-update" else one[3], with_plan=len(plans) > 1
        )
        for one in _groups(visit, work)
    ]
    return {
        "section": "my_actions",
        "heading": "My actions",
        "is_nobody": visit.who.person_id is None,
        "lead": lead(visit.at.today, work),
        "groups": [group for group in rows if group.rows],
        "risks": _risks(visit, risks, registers),
        "answered_for": [
            (f"{one['ref']} {one['title']}", f"/my-priority?priority={one['id']}") for one in answered_for
        ],
        "back": HOME,
        "may_update": may(visit.who, Operation.contribute),
        "most": MOST,
        "saved": saved_words(saved),
    }


def _groups(visit: Visit, work: Work) -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """Name, heading, explanation and actions of each group, in the order of the page."""
    until = long_date(visit.at.today + DUE_SOON)
    has_more = len(work.silent) > len(work.no_update)
    return [
        ("overdue", "Overdue", "Say what happens now, and when it will be complete.", work.overdue),
        ("due-soon", f"Due by {until}", "", work.due_soon),
        (
            "no-update",
            "Others with no update this period" if has_more else "No update this period",
            "The board has heard nothing of these yet.",
            work.no_update,
        ),
        ("others", "Others that are not complete", "", work.others),
        (
            "impact",
            "Complete, impact not evidenced",
            "Their impact review date has passed. Add evidence, or say why there is none.",
            work.impact,
        ),
    ]


def _group(
    visit: Visit,
    name: str,
    heading: str,
    words: str,
    found: list[dict[str, Any]],
    *,
    together: list[dict[str, Any]],
    with_plan: bool,
) -> Group:
    """A group; ``together`` are the actions of the form for all."""
    url = several_url(together, HOME) if 1 < len(together) <= MOST else ""
    rows = own_rows(found, visit.at.today, HOME, with_plan=with_plan)
    which = " with no update this period" if len(together) > len(found) else ""
    return Group(
        name, f"{heading}: {len(found)}", words, rows, url, f"Update all {len(together)}{which} in one pass"
    )


def lead(today: date, work: Work) -> str:
    """What there is to do in one sentence: "You lead 9 actions that are not complete: 2 are overdue."."""
    if not work.open:
        return "You lead no action that is not complete."
    first = f"You lead {numeral(work.open)} {plural(work.open, 'action')} that " + (
        "is not complete" if work.open == 1 else "are not complete"
    )
    until = long_date(today + DUE_SOON)
    told = [
        (len(work.overdue), "is overdue", "are overdue"),
        (len(work.due_soon), f"falls due by {until}", f"fall due by {until}"),
        (len(work.silent), "has no update this period", "have no update this period"),
    ]
    clauses = [f"{numeral(number)} {one if number == 1 else many}" for number, one, many in told if number]
    if work.open == 1 and clauses:
        # One action: "it is overdue".
        return f"{first}: it {clauses[0].partition(' ')[2]}."
    return f"{first}: {listed(clauses)}." if clauses else f"{first}. {sentence_case('none is overdue')}."


def _risks(
    visit: Visit, risks: Sequence[Mapping[str, Any]], registers: Sequence[Mapping[str, Any]]
) -> list[RiskRow]:
    step = {one["id"]: steps(matrix_of(one["matrix"])) for one in registers}
    may_assess = may(visit.who, Operation.contribute)
    return [
        RiskRow(
            href=f"/risks/{one['id']}",
            name=f"{one['ref']} {headline(one['description'])}",
            now=rating(now_of(one), step.get(one["register_id"], {})),
            review=long_date(one["review_on"]) if one["review_on"] else "No review date is set",
            loud=risk_flags(one, visit.at.today),
            assess_url=f"/risks/{one['id']}/assess" if may_assess else "",
        )
        for one in risks
    ]
