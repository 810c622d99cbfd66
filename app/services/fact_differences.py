"""Which of the facts that were sent differ from how a record stands."""

from collections.abc import Mapping, Sequence
from typing import Any


def differing(facts: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that differ from a record as it stood then; all of them where it was not there (empty)."""
    return {name: value for name, value in facts.items() if not then or _plain(value) != _plain(then[name])}


def _plain(value: Any) -> Any:
    """A fact in one form, whether it was sent or is answered: pairs, ratings, points and dependencies."""
    if isinstance(value, Mapping):
        if "band" in value and "likelihood" not in value:
            return value["band"]
        return tuple(value[name] for name in ("likelihood", "impact"))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {
            (str(one["priority_id"]), one["ref"]) if isinstance(one, Mapping) else str(one) for one in value
        }
    return value
