"""What the pages of one action show."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.sentences.words import numeral
from app.web.forms import Form
from app.web.presenters import corrections, steps, updates
from app.web.presenters.actions import action_facts, flag_words, path_back, refs, soft_words
from app.web.presenters.both_versions import STAYS, Stale
from app.web.presenters.data_quality import section
from app.web.presenters.dates import long_date
from app.web.presenters.history import action_history, saved_words
from app.web.visits import Visit

_FOLDED = ("completed_on", "due_on", "effective_on")
_TEXTS = (("Done when", "success_measure"), ("Expected impact", "expected_impact"))


def action_page(
    visit: Visit,
    action: Mapping[str, Any],
    plan: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    may_update: bool,
    findings: Sequence[Mapping[str, Any]],
    *,
    saved: str,
) -> dict[str, Any]:
    """An action with its facts and history."""
    return {
        "section": "plans",
        "heading": action["title"],
        "title": f"{action['ref']} {action['title']}",
        "at": visit.position(),
        "ref": action["ref"],
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}"),
        "places": [
            (f"{point['priority_ref']}, {point['ref']}", f"/priorities/{point['priority_id']}{visit.query}")
            for point in action["points"]
        ],
        "status": "" if action["withdrawn"] else action["status"],
        "loud": flag_words(action, visit.day),
        "soft": soft_words(action),
        "facts": action_facts(action),
        "texts": _texts(action),
        "evidence": action["evidence_links"],
        "events": action_history(
            entries, visit.day, corrections.of_action(visit, action, entries, may_update)
        ),
        "saved_words": saved_words(entries, visit.day),
        "quality": section(visit, findings),
        "update_url": f"/actions/{action['id']}/update" if may_update else "",
        "steps": steps.of_action(visit, action, may_update),
        "said": steps.SAID["action"].get(saved),
        "saved": saved,
    }


def _texts(action: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = [(label, action[name]) for label, name in _TEXTS]
    return [(label, text) for label, text in (*told, ("Path back to green", path_back(action))) if text]


def update_page(visit: Visit, action: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The update form."""
    latest = action["latest_update"]
    since = f" since {long_date(latest['effective_on'])}" if latest else ""
    places = len(action["points"])
    return {
        "section": "plans",
        "heading": f"Update {action['ref']}",
        "action": action,
        "href": f"/actions/{action['id']}",
        "form": form,
        "options": updates.status_options(action, visit.at.today),
        "status_hint": f"One update changes it under all {numeral(places)} priorities." if places > 1 else "",
        "since": f"What has happened{since}?",
        "hints": updates.hints(action, visit.at.today),
        "more_is_open": any(form.error(name) or _typed(form, name) for name in _FOLDED),
        "refs": refs(action),
        "loud": flag_words(action, visit.at.today),
        "facts": action_facts(action),
        "status": action["status"],
        "latest": latest["narrative"] if latest else "",
        "latest_by": f"{latest['author_name']}, {long_date(latest['effective_on'])}" if latest else "",
    }


def stale_of(action: Mapping[str, Any]) -> Stale:
    """What the page with both versions is about, after somebody else saved an update in between."""
    href = f"/actions/{action['id']}"
    return Stale(
        record_id=action["id"],
        caption=f"Action {action['ref']}",
        heading=action["title"],
        what="an update",
        section="plans",
        path=f"{href}/update",
        back=href,
        version=action["version"],
        submit="Add mine as a further update",
        empty=STAYS,
    )


def _typed(form: Form, name: str) -> bool:
    return any(form.value(f"{name}-{part}") for part in ("day", "month", "year"))
