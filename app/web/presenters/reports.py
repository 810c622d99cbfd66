"""Which board reports there are, and the page that shows one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from app.services.report_files import FORMATS
from app.web.presenters.dates import long_or, short_date
from app.web.presenters.periods import period_name, state_words
from app.web.presenters.steps import add_plan_url
from app.web.presenters.text import plan_name
from app.web.visits import Visit

_SECTION = {"section": "reports"}


class PeriodReport(NamedTuple):
    """A period with the address of its report, and its files by format."""

    href: str
    name: str
    ref: str
    days: str
    meeting: str
    state: str
    files: tuple[tuple[str, str], ...]


def files(of: str, query: str = "") -> tuple[tuple[str, str], ...]:
    """What each format of a report is called, and its address. ``of`` is "/plans/..." or "/periods/..."."""
    return tuple((one.label, f"{of}/report.{kind}{query}") for kind, one in FORMATS.items())


def reports_page(
    visit: Visit,
    plans: Sequence[Mapping[str, Any]],
    plan: Mapping[str, Any],
    periods: Mapping[str, Any],
) -> dict[str, Any]:
    """The reports of a plan: those of its periods, newest first, and of any day."""
    today = visit.at.today
    return {
        **_SECTION,
        "heading": "Reports",
        "add_url": "",
        "plans": [(str(one["id"]), plan_name(one), one["id"] == plan["id"]) for one in plans],
        "plan": (plan["title"], f"/plans/{plan['id']}"),
        "rows": [_row(one) for one in periods["items"]],
        "more": f"The latest {len(periods['items'])} of {periods['total']} periods."
        if periods["next"]
        else "",
        "periods_url": f"/periods?plan={plan['id']}",
        "day_url": f"/plans/{plan['id']}/report",
        "today": today.isoformat(),
    }


def empty_page(visit: Visit) -> dict[str, Any]:
    """The same in an area without plans."""
    return {**_SECTION, "heading": "Reports", "plans": [], "add_url": add_plan_url(visit)}


def _row(period: Mapping[str, Any]) -> PeriodReport:
    of = f"/periods/{period['id']}"
    return PeriodReport(
        href=f"{of}/report",
        name=period_name(period),
        ref=period["ref"],
        days=f"{short_date(period['first_day'])} to {short_date(period['last_day'])}",
        meeting=long_or(period["meeting_on"], "Not recorded"),
        state=state_words(period),
        files=files(of),
    )


def report_page(visit: Visit, content: Mapping[str, Any], article: Markup, of: str) -> dict[str, Any]:
    """One report; ``of`` is the address of the period or plan that it is of."""
    plan, period = content["plan"], content["period"]
    query = "" if period else f"?as_at={content['as_at']}"
    return {
        **_SECTION,
        "heading": f"Board report of {plan['title']}",
        "plan_id": plan["id"],
        "back": (plan["title"], f"{of}{visit.query}") if not period else ("The period", of),
        "files": files(of, query),
        "article": article,
    }
