"""The assess form of a risk: what it offers, what was meant, and both versions when it has gone stale."""

from collections.abc import Mapping
from typing import Any

from app.risk.matrix import Matrix, MatrixKind
from app.web.forms import Form, typed_date
from app.web.presenters.both_versions import STAYS, Both, Stale, both, dates
from app.web.presenters.dates import example_of, long_date, long_or, today_if_empty
from app.web.presenters.risk_forms import PAIRED, SIDES, numbered_labels
from app.web.presenters.risk_page import assess_aside
from app.web.presenters.risks import now_of
from app.web.presenters.text import headline
from app.web.visits import Visit

FIELDS = (
    "kind",
    *PAIRED,
    "rating",
    "target_rationale",
    "target_on",
    "review_on",
    "reason",
    "narrative",
    "effective_on",
)
DATES = ("target_on", "review_on", "effective_on")
_LABELS = {
    "target_on": "Target date",
    "review_on": "Next review date",
    "effective_on": "Date of this assessment",
}
RESCORE, SAME = "rescore", "same"
_CHANGED = "You changed {}: choose ‘The score changes’, or put it back"


def new_form(risk: Mapping[str, Any]) -> Form:
    """The form as it is first shown: the present scores chosen."""
    return sent(_scored(risk) | {"version": str(risk["version"])})


def again(risk: Mapping[str, Any], typed: Mapping[str, str]) -> Form:
    """The form as it was sent, to be gone on with; scores that a review left out are the present ones."""
    return sent(_scored(risk) | dict(typed))


def _scored(risk: Mapping[str, Any]) -> dict[str, str]:
    """The scores as they are, as the fields of a fresh form have them."""
    typed = {"target_rationale": risk["target_rationale"] or ""}
    typed |= typed_date("target_on", risk["target_on"])
    for side in SIDES:
        for name in ("likelihood", "impact"):
            typed[f"{side}_{name}"] = str(risk[side][name]) if risk[side] else ""
    if risk["rating"]:
        typed["rating"] = risk["rating"]["band"]
    return typed


def sent(typed: Mapping[str, str]) -> Form:
    """The form as it was sent."""
    return Form(typed, order=FIELDS, dates=DATES)


def stated(form: Form, matrix: Matrix, risk: Mapping[str, Any]) -> dict[str, Any]:
    """What the form states, for the service. "Reviewed, no change" states no score. Adds problems to it."""
    kind = form.value("kind")
    if kind not in (RESCORE, SAME):
        form.fault("kind", "Say whether the score changes or was reviewed without change")
    if form.text("reason") is None:
        form.fault("reason", "Give a reason for this assessment")
    found: dict[str, Any] = {name: form.text(name) for name in ("reason", "narrative")}
    found |= {name: form.date(name, _LABELS[name]) for name in ("review_on", "effective_on")}
    if kind == RESCORE:
        found |= _scores(form, matrix)
    elif kind == SAME and form.value("version") == str(risk["version"]):
        _refuse_changes(form, risk)
    return {name: value for name, value in found.items() if value is not None}


def _refuse_changes(form: Form, risk: Mapping[str, Any]) -> None:
    """A change that "Reviewed, no change" would drop in silence is a problem of its field.

    Only where the form was filled from the risk as it is: in a stale one the difference may be another's.
    """
    known = _scored(risk)
    whats = {name: f"the {name.replace('_', ' ')}" for name in PAIRED}
    whats |= {"rating": "the rating", "target_rationale": "the reason for the target"}
    for name, what in whats.items():
        if form.text(name) and form.text(name) != known.get(name, "").strip():
            form.fault(name, _CHANGED.format(what))
    typed = form.date("target_on", _LABELS["target_on"])
    if typed and typed != risk["target_on"]:
        form.fault("target_on", _CHANGED.format("the target date"))


def _scores(form: Form, matrix: Matrix) -> dict[str, Any]:
    if matrix.kind is MatrixKind.named:
        if form.text("rating") is None:
            form.fault("rating", "Choose a rating")
        return {"rating": form.text("rating")}
    return {
        "current": _pair(form, "current", matrix),
        "target": _pair(form, "target", matrix),
        "target_on": form.date("target_on", _LABELS["target_on"]),
        "target_rationale": form.text("target_rationale"),
    }


def _pair(form: Form, side: str, matrix: Matrix) -> dict[str, int] | None:
    """One side's pair: a choice of the lists, whole or (for a target) left out."""
    names = {"likelihood": matrix.likelihood_labels, "impact": matrix.impact_labels}
    if side == "target" and not any(form.text(f"{side}_{name}") for name in names):
        return None
    given = {}
    for name, labels in names.items():
        number = form.number(f"{side}_{name}", f"The {side} {name}")
        if number is None or not 1 <= number <= len(labels):
            form.fault(f"{side}_{name}", f"Choose the {side} {name}")
        else:
            given[name] = number
    return given if len(given) == len(names) else None


def assess_page(visit: Visit, risk: Mapping[str, Any], matrix: Matrix, form: Form) -> dict[str, Any]:
    """The assess form."""
    example = example_of(visit.at.today)
    review = f" Leave empty to keep {long_date(risk['review_on'])}." if risk["review_on"] else ""
    return {
        "section": "risks",
        "heading": f"Assess risk {risk['ref']}",
        "description": headline(risk["description"]),
        "href": f"/risks/{risk['id']}",
        "ref": risk["ref"],
        "form": form,
        "is_scored": matrix.kind is MatrixKind.scored,
        "likelihoods": numbered_labels(matrix.likelihood_labels, "Choose"),
        "impacts": numbered_labels(matrix.impact_labels, "Choose"),
        "ratings": [("", "Choose"), *((band.name, band.name) for band in matrix.bands)],
        "kinds": [
            (RESCORE, "The score changes", ""),
            (
                SAME,
                "Reviewed, no change",
                "Counts as a review: it is dated and shown. The scores stay.",
            ),
        ],
        "hints": {
            "target_on": example,
            "review_on": example + review,
            "effective_on": today_if_empty(visit.at.today),
        },
        "aside": assess_aside(risk, matrix),
    }


def stale_of(risk: Mapping[str, Any], form: Form) -> Stale:
    """What the page with both versions is about, after somebody else saved an assessment in between."""
    href = f"/risks/{risk['id']}"
    return Stale(
        record_id=risk["id"],
        caption=f"Risk {risk['ref']}",
        heading=f"Assess risk {risk['ref']}",
        what="an assessment",
        section="risks",
        path=f"{href}/assess",
        back=href,
        version=risk["version"],
        submit="Add mine as a further assessment",
        empty=STAYS,
        # A review without change states no score: the scores of a stale form are not to be carried on.
        left_out=[*PAIRED, "rating", "target_rationale", *dates("target_on")] if _is_same(form) else (),
    )


def differences(risk: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions field by field. A field left empty changes nothing."""
    saved = new_form(risk)
    now, target = (_saved(now_of(risk)), _saved(risk["target"]))
    rows = []
    if not _is_same(form):
        inputs = [*PAIRED[:2], "rating"]
        yours = form.value("rating") or _product(form, "current")
        rows += [
            both("current", "Current score", (now, yours), inputs, saved),
            both("target", "Target score", (target, _product(form, "target")), PAIRED[2:], saved),
            both(
                "target_rationale",
                "Reason for the target",
                (risk["target_rationale"] or "", form.text("target_rationale") or ""),
                ["target_rationale"],
                saved,
            ),
        ]
    else:
        rows += [
            Both("current", "Current score", now, "", {}, has_choice=False),
            Both("target", "Target score", target, "", {}, has_choice=False),
        ]
    for name in ("target_on", "review_on"):
        if name == "target_on" and _is_same(form):
            continue
        yours = long_or(form.date(name, ""), "")
        words = (long_or(risk[name], ""), yours)
        rows.append(both(name, _LABELS[name], words, dates(name), saved, has_choice=bool(yours)))
    told = {"reason": ("Reason", ""), "narrative": ("What has happened", _narrative(risk))}
    rows += [
        both(name, label, (was, form.text(name) or ""), [name], saved, has_choice=False)
        for name, (label, was) in told.items()
    ]
    return rows


def _is_same(form: Form) -> bool:
    return form.value("kind") == SAME


def _saved(scored: Mapping[str, Any] | None) -> str:
    if scored is None:
        return ""
    if scored.get("likelihood") is None:
        return str(scored["band"])
    return f"Likelihood {scored['likelihood']}, impact {scored['impact']}"


def _product(form: Form, side: str) -> str:
    likelihood, impact = form.value(f"{side}_likelihood"), form.value(f"{side}_impact")
    return f"Likelihood {likelihood}, impact {impact}" if likelihood and impact else ""


def _narrative(risk: Mapping[str, Any]) -> str:
    return risk["latest_narrative"]["narrative"] if risk["latest_narrative"] else ""
