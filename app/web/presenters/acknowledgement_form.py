"""The form that acknowledges a data-quality point of a record."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.data_quality.base import Noun, Severity
from app.web.forms import Form
from app.web.presenters.data_quality import may_be_told, value_of
from app.web.presenters.text import headline
from app.web.visits import Visit

FIELDS = ("point", "reason")
Findings = Sequence[Mapping[str, Any]]


def new_form(visit: Visit, findings: Findings, chosen: str) -> Form:
    """The form as it is first shown: with the point that a link named, or the only one there is."""
    offered = [value_of(one) for one in findings if may_be_told(visit, one)]
    if len(offered) == 1:
        chosen = offered[0]
    return sent({"point": chosen} if chosen in offered else {})


def sent(typed: Mapping[str, str]) -> Form:
    """The form as it was sent."""
    return Form(typed, order=FIELDS)


def stated(form: Form, findings: Findings) -> dict[str, Any]:
    """What the form states, for the service. Adds problems to it."""
    chosen = {value_of(one): one for one in findings}.get(form.value("point"))
    if chosen is None:
        changed = "What was found has changed since. Choose what you acknowledge"
        form.fault("point", changed if form.value("point") else "Choose what you acknowledge")
    if form.text("reason") is None:
        form.fault("reason", "Say why it stays as it is")
    if chosen is None or form.problems:
        return {}
    return {
        "check": chosen["check"],
        "subject_id": chosen["subject"]["id"],
        "fingerprint": chosen["fingerprint"],
        "reason": form.text("reason"),
    }


def acknowledge_page(
    visit: Visit, findings: Findings, form: Form, *, name: str, href: str, section: str
) -> dict[str, Any]:
    """The form for one record; ``name`` is the record, ``href`` its page."""
    return {
        "section": section,
        "heading": "Acknowledge a data-quality point",
        "name": name,
        "href": href,
        "form": form,
        "options": [(value_of(one), _label(one), "") for one in findings if may_be_told(visit, one)],
        "blocking": [one["message"] for one in findings if one["severity"] is Severity.blocks],
    }


def _label(found: Mapping[str, Any]) -> str:
    subject = found["subject"]
    if subject["noun"] is Noun.management_action:
        return f"{headline(subject['title'])}: {found['message']}"
    return str(found["message"])
