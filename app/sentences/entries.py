"""A dated entry in a few words: what it states, for lists where its record is named beside it."""

import re
from collections.abc import Mapping
from typing import Any

from app.plans.statuses import STATUS_LABELS
from app.risk.scoring import score
from app.sentences.journal_fields import coded, label, plain
from app.sentences.words import listed, plural, sentence_case

_OPERATIONS = {
    "added": "Added",
    "withdrawn": "Withdrawn",
    "reinstated": "Reinstated",
    "accepted": "Accepted",
    "materialised": "Materialised",
    "closed": "Closed",
    "reopened": "Reopened",
}
# Figures, flags and what a reader of a comparison knows by another name than a reader of a history.
_NAMES = {
    "complete_or_on_target": "complete or on target",
    "current": "score",
    "added_on": "date added",
    "original_due_on": "original due date",
    "gap": "gap to target",
    "direction": "movement",
    "overdue": "completion date missed",
    "significantly_delayed": "not expected to meet its target",
    "slipped": "due date moved",
    "contradicted": "contradicted by its dates",
    **{status.value: words.lower() for status, words in STATUS_LABELS.items()},
}
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def fact_name(name: str) -> str:
    """What a fact, status or flag is called: "due_on" is "Due date"."""
    return sentence_case(_NAMES.get(name) or label(name))


def fact_words(value: Any) -> Any:
    """A fact's value in words; numbers and null stay what they are."""
    if isinstance(value, Mapping):
        return _mapping_words(value)
    if isinstance(value, str):
        return coded(value) if _CODE.fullmatch(value) else plain(value, {})
    return plain(value, {}) if isinstance(value, bool) else value


def _mapping_words(value: Mapping[str, Any]) -> str:
    if "likelihood" in value:
        likelihood, impact = value["likelihood"], value["impact"]
        band = f", {value['band']}" if "band" in value else ""
        return f"{score(likelihood, impact)} ({likelihood} × {impact}{band})"
    return str(value["band"]) if "band" in value else listed([str(one) for one in value.values()])


def entry_words(entry: Mapping[Any, Any]) -> str:
    """What an entry states: "Status On target, due date 31 May 2024", "Reviewed without change"."""
    if entry["noun"] == "matrix":
        return f"Matrix version {entry['matrix_version']}"
    if entry["noun"] == "period":
        return "Period published: directions are measured from its last day"
    first = [_OPERATIONS[entry["operation"]]] if entry["operation"] in _OPERATIONS else []
    told = [_stated(name, value) for name, value in entry["facts"].items() if name not in _UNTOLD]
    parts = [*first, *(one for one in told if one)]
    if not parts:
        parts = ["Reviewed without change" if entry["noun"] == "risk" else "Narrative"]
    words = ", ".join([sentence_case(parts[0]), *(part[:1].lower() + part[1:] for part in parts[1:])])
    return f"{words} (corrects an earlier entry)" if entry["replaces"] else words


_UNTOLD = frozenset(
    ("withdrawn", "state", "last_updated_on", "accepted_by_id", "accepted_assessment_id", "priority_id")
)


def _stated(name: str, value: Any) -> str:
    if name == "points":
        refs = [str(point["ref"]) for point in value]
        return f"{plural(len(refs), 'Ref')} {listed(refs)}"
    if name == "depends_on":
        return f"Waits for {len(value)} {plural(len(value), 'action')}" if value else "Waits for no action"
    if name in ("path_to_green", "target_rationale"):
        return fact_name(name)
    return f"{fact_name(name)} {fact_words(value)}" if value is not None else f"No {fact_name(name).lower()}"
