"""The line that says what a page's figures are compared with."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.sentences import changes as words
from app.web.presenters.changes import changes_url
from app.web.presenters.dates import long_date
from app.web.visits import Visit


class Compared(NamedTuple):
    """The line; ``since`` is "" where nothing is compared, and the line is then only a link."""

    since: str
    words: str
    changes_url: str
    plain_url: str


def compared(
    visit: Visit,
    plan_id: object,
    show: object = "",
    before: Mapping[str, Any] | None = None,
    now: Mapping[str, Any] | None = None,
    *,
    said: str = "",
) -> Compared:
    """The line for a scope with its figures on both days, or with ``said`` for what has no such figures."""
    if visit.compare is None:
        return Compared("", "", changes_url(visit, plan_id, show), "")
    if before is not None and now is not None:
        days = {"compare": visit.compare, "as_at": visit.day}
        said = words.lead({**days, "earlier": before, "later": now})
    plain = visit.path + visit._replace(compare=None).query
    return Compared(long_date(visit.compare), said, changes_url(visit, plan_id, show), plain)
