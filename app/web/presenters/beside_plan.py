"""Published percentages beside the plan's own: what it has on the day, and whether the two agree."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.plans.reconcile import OVERALL, Reconciliation
from app.plans.rounding import COMBINED, SHARES, Published
from app.sentences.progress import rounding_note, scope_sentence
from app.web.presenters.dates import long_date


class Own(NamedTuple):
    """A row of the plan: shares with their counts ("18% (17)"), and whether all that is printed agrees."""

    shares: list[str]
    agrees: bool


def beside(progress: Mapping[str, Any], found: Reconciliation, day: date) -> dict[str, Any]:
    """The plan's own rows by scope in lower case, and the sentence that the report should have."""
    rows = {OVERALL: progress["overall"]}
    rows |= {str(one["ref"]).casefold(): one for one in progress["priorities"]}
    own = {
        key: _own(rows[key], one.row)
        for one in found.scopes
        if (key := one.row.scope.casefold()) in rows and rows[key]["action_points"]
    }
    sentence = scope_sentence("Overall", progress["overall"])
    return {
        "own": own,
        "own_day": long_date(day),
        "said": f"{sentence} {rounding_note(progress['overall'])}".strip(),
    }


def _own(progress: Mapping[str, Any], row: Published) -> Own:
    shares = [progress[name] if name == COMBINED else progress["statuses"][name] for name in SHARES]
    return Own(
        [f"{one['rounded']}% ({one['count']})" for one in shares],
        all(
            printed is None or (one["count"] == 0 if printed == "none" else one["rounded"] == printed)
            for one, printed in zip(shares, (row.share(name) for name in SHARES), strict=True)
        ),
    )
