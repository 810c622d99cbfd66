"""Actions as rows from which somebody goes straight on to update one, or chooses several to update."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.web.presenters.actions import due_words, flag_words, ref_in, soft_words
from app.web.presenters.dates import short_date
from app.web.presenters.text import shortened

LONGEST_UPDATE = 200
"""Letters of the latest update: the rest is on the action's page."""


class OwnRow(NamedTuple):
    """An action with the link that updates it. ``plan`` names its plan where a page has several."""

    id: str
    href: str
    name: str
    plan: str
    status: str
    due: str
    latest: str
    latest_on: str
    loud: tuple[str, ...]
    soft: tuple[str, ...]
    update_url: str


def own_rows(
    found: Iterable[Mapping[str, Any]],
    today: date,
    back: str,
    *,
    with_plan: bool = False,
    priority_id: str = "",
) -> list[OwnRow]:
    """Rows of actions that the visitor may update; ``back`` is the page that their forms go back to."""
    return [_row(one, today, back, with_plan, priority_id) for one in found]


def _row(one: Mapping[str, Any], today: date, back: str, with_plan: bool, priority_id: str) -> OwnRow:
    latest = one["latest_update"]
    return OwnRow(
        id=str(one["id"]),
        href=f"/actions/{one['id']}",
        name=f"{ref_in(one, priority_id)} {one['title']}",
        plan=one["plan_title"] if with_plan else "",
        status=one["status"],
        due=due_words(one, short=True),
        latest=shortened(latest["narrative"], LONGEST_UPDATE) if latest else "No update yet",
        latest_on=short_date(latest["effective_on"]) if latest else "",
        loud=flag_words(one, today),
        soft=soft_words(one),
        update_url=several_url([one], back),
    )


def several_url(found: Iterable[Mapping[str, Any]], back: str) -> str:
    """The address of the form that updates some actions."""
    return f"/updates?{urlencode([('back', back), *[('action', str(one['id'])) for one in found]])}"
