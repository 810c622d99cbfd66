"""The accessibility statement and the privacy notice: the forms that complete them, and the pages for all."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.models.area_settings import Compliance, StatementKind
from app.sentences.words import plural
from app.web.presenters.dates import long_date
from app.web.presenters.said import Said
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

HOME = "/admin/statements"
NAMES = {
    StatementKind.accessibility: "Accessibility statement",
    StatementKind.privacy: "Privacy notice",
}
_WHAT_FOR = {
    StatementKind.accessibility: "Public bodies must publish one and keep it up to date (the accessibility "
    "regulations of 2018).",
    StatementKind.privacy: "Tells the people whose names and accounts are here what is kept about them, and "
    "why (UK GDPR, articles 13 and 14).",
}
_COMPLIANCE = (
    (Compliance.full.value, "Fully compliant", "Everything that was checked meets level AA."),
    (Compliance.partial.value, "Partially compliant", "Most of it does. Say below what does not."),
    (Compliance.none.value, "Not compliant", "Most of it does not."),
)
_COMPLIANT = {
    Compliance.full: "fully compliant",
    Compliance.partial: "partially compliant",
    Compliance.none: "not compliant",
}
_MAIL = Field(
    "contact_email",
    "E-mail address for questions",
    hint="Everybody can read it.",
    required=True,
    words="Give an e-mail address for questions",
)
_PROPOSED: Mapping[StatementKind, Mapping[str, Any]] = {
    StatementKind.accessibility: {"reply_days": 5},
    StatementKind.privacy: {
        "lawful_basis": "a task in the public interest, under part 3 of the Children and Families Act 2014 "
        "(UK GDPR, article 6(1)(e))",
        "shared_with": "Everybody who has an account in this area: people of the council, of the NHS and of "
        "their partners.\n\nMembers of the board and of scrutiny, who receive its reports. Reports may be "
        "published with the names of posts.\n\nInspectors of Ofsted and the Care Quality Commission, if they "
        "ask.",
        "kept_for": "Six years after the plan ends. Accounts are disabled when people leave.",
    },
}
_PREPARED = Field("prepared_on", "Date of this statement", "date", required=True)
_FIELDS: Mapping[StatementKind, tuple[Field, ...]] = {
    StatementKind.accessibility: (
        Field(
            "organisation",
            "Organisation that runs the service",
            hint="For example, the council.",
            required=True,
            words="Give the organisation that runs the service",
        ),
        _MAIL,
        Field("contact_phone", "Telephone number for questions", width="20"),
        Field(
            "reply_days",
            "Working days until you reply",
            "number",
            required=True,
            words="Give the working days until you reply, from 1 to 60",
        ),
        Field(
            "compliance",
            "Compliance with WCAG 2.2, level AA",
            "radios",
            "As your own check found it, with your content in it.",
            _COMPLIANCE,
            required=True,
            words="Choose how far the service is compliant",
        ),
        Field("known_problems", "What is not accessible", "textarea", "And what people can do instead."),
        Field(
            "tested_by",
            "Who tested it",
            hint="For example, a consultant or your own team. It begins the sentence “… tested it”.",
        ),
        Field("tested_on", "When it was tested", "date"),
        _PREPARED,
    ),
    StatementKind.privacy: (
        Field(
            "controller",
            "Data controller",
            hint="The organisation that decides what is kept and why.",
            required=True,
            words="Give the data controller",
        ),
        _MAIL,
        Field(
            "protection_officer",
            "Data protection officer",
            hint="A name or a post.",
            required=True,
            words="Give the data protection officer",
        ),
        Field(
            "lawful_basis",
            "Lawful basis",
            hint="It ends the sentence “The lawful basis is: …”. Ask your data protection officer.",
            required=True,
            words="Give the lawful basis",
        ),
        Field(
            "shared_with",
            "Who it is shared with",
            "textarea",
            "Organisations and groups, for example board partners.",
        ),
        Field(
            "kept_for",
            "How long it is kept",
            hint="For example, six years after the plan ends.",
            required=True,
            words="Say how long it is kept",
        ),
        _PREPARED,
    ),
}


class Row(NamedTuple):
    """A statement in the list of admins."""

    name: str
    what_for: str
    state: str
    is_missing: bool
    edit: str
    public: str


def list_page(settings: Mapping[str, Any], said: str) -> dict[str, Any]:
    """Both statements, whether they are completed, and where everybody reads them."""
    return {
        "section": "admin",
        "heading": "Statements",
        "said": Said("The statement is saved. Everybody can read it now.") if said == "saved" else None,
        "rows": [
            Row(
                name=NAMES[kind],
                what_for=_WHAT_FOR[kind],
                state="Completed" if settings[kind.value] else "Not completed yet",
                is_missing=not settings[kind.value],
                edit=f"{HOME}/{kind.value}",
                public=f"/{kind.value}?area={settings['slug']}",
            )
            for kind in StatementKind
        ],
    }


def form(kind: StatementKind) -> RecordForm:
    """The form that completes a statement."""
    return RecordForm(
        heading=NAMES[kind],
        caption=("Statements", HOME),
        fields=_FIELDS[kind],
        submit="Publish the statement",
        back=HOME,
        section="admin",
        note="The service has the text that is the same everywhere; these are the gaps in it. "
        "Where it proposes words, check that they are true of your council. "
        "Everybody can read the statement, signed in or not.",
        what="the statement",
        saved=f"{HOME}?said=saved",
    )


def proposed(kind: StatementKind, today: date) -> dict[str, Any]:
    """What a statement that nobody has completed yet is filled in with."""
    return {**_PROPOSED[kind], "prepared_on": today}


def public_page(kind: StatementKind, statement: Mapping[str, Any] | None) -> dict[str, Any]:
    """What everybody reads; without the council's part where that is not completed."""
    found = dict(statement or {})
    if found:
        found["prepared"] = long_date(found["prepared_on"])
    if found and kind is StatementKind.accessibility:
        days = found["reply_days"]
        found["reply"] = f"{days} working {plural(days, 'day')}"
        found["compliant"] = _COMPLIANT[found["compliance"]]
        found["tested"] = long_date(found["tested_on"]) if found["tested_on"] else ""
    return {"section": "", "heading": NAMES[kind], "statement": found or None}
