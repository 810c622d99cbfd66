"""The page on which somebody chooses actions of a plan, to update them in one form."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.access.roles import Operation, may
from app.sentences.words import plural
from app.web.presenters import lists
from app.web.presenters.action_filter import Asked
from app.web.presenters.action_list import ROWS
from app.web.presenters.own_rows import own_rows, several_url
from app.web.presenters.several import MOST, saved_words
from app.web.visits import Visit


def choose_url(visit: Visit, plan_id: object, asked: Asked, priority_id: object = "") -> str:
    """Where actions of a list are chosen to be updated; "" for whoever updates none, and for a past day."""
    own = may(visit.who, Operation.edit) or visit.who.person_id is not None
    if visit.as_at or not own or not may(visit.who, Operation.contribute):
        return ""
    kept = [("priority", str(priority_id)), *asked.pairs, *asked.sort_pairs]
    return lists.url(f"/plans/{plan_id}/updates", kept)


def choose_page(
    visit: Visit,
    plan: Mapping[str, Any],
    mine: Sequence[Mapping[str, Any]],
    total: int,
    asked: Asked,
    under: Sequence[UUID],
    saved: str,
) -> dict[str, Any]:
    """The actions that the visitor may update, of those that fit the filters of the list."""
    kept = [*asked.pairs, *asked.sort_pairs]
    place = f"/priorities/{under[0]}" if under else f"/plans/{plan['id']}"
    back = lists.url(visit.path, [*[("priority", str(one)) for one in under], *kept])
    found = f"{len(mine)} {plural(len(mine), 'action')} that you can update"
    return {
        "section": "plans",
        "heading": "Choose actions to update",
        "plan": (plan["title"], f"/plans/{plan['id']}"),
        "list_url": lists.url(place, kept, "actions"),
        "rows": own_rows(mine, visit.at.today, back, priority_id=str(under[0]) if under else ""),
        "shown": found if total <= ROWS else f"{found}, of the first {ROWS} in the list",
        "filtered": asked.is_filtered,
        "back": back,
        "all_url": several_url(mine, back) if 1 < len(mine) <= MOST else "",
        "most": MOST,
        "saved": saved_words(saved),
    }
