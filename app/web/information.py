"""Help: guides for each journey, and what words and figures mean. Open to everybody, signed in or not."""

from functools import cache
from importlib.resources import files

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from app.errors import NotFound
from app.lazy_routes import page_router
from app.plans.statuses import STATUS_LABELS
from app.web.deps import signed_in
from app.web.markdown import html
from app.web.presenters.actions import FLAG_LABELS
from app.web.rendering import page

router = page_router()
GUIDES = {
    "reading": ("Read the plan before a meeting", "For board members and senior responsible officers."),
    "updating": ("Update your actions", "For everybody who leads an action or answers for a risk."),
    "plans": ("Set up and change a plan", "Priorities, actions, people, copying, withdrawing."),
    "risks": ("Keep a risk register", "The matrix, risks, assessments, and reading the heat map."),
    "periods": ("Run a board period", "From draft to published, and what comes after."),
    "reports": ("Make the board report", "Of a period or of any day, to read, print or download."),
    "finding": ("Find, filter and download", "Search, filters, saved views, CSV and Excel, printing."),
    "account": ("Sign in and look after your account", "Passwords, the authenticator app, sessions."),
    "admin": ("Look after an area", "For admins: users, settings, statements, the journal."),
    "scheduled-email": ("Scheduled e-mail", "For admins: summaries for a board, reminders for leads."),
    "single-sign-on": ("Single sign-on", "For whoever runs the service: Microsoft Entra ID and others."),
}
"""Guides for people, by name: heading and what each is about."""
FOR_PROGRAMS = {
    "quick-start": "Quick-start for the API",
    "webhooks": "Webhooks guide",
    "api-policy": "Versions and deprecation of the API",
    "api-changelog": "Changes of the API",
}
"""Guides for whoever writes a program; the reference of the API lists them too."""
SHORTCUTS = (
    (("/",), "search"),
    (("?",), "this list"),
    (("g", "o"), "overview"),
    (("g", "m"), "my actions"),
    (("g", "p"), "plans"),
    (("g", "r"), "risk registers"),
    (("g", "b"), "board periods"),
    (("g", "c"), "what changed"),
    (("g", "d"), "data quality"),
    (("u",), "update the action that is shown"),
    (("a",), "assess the risk that is shown"),
    (("e",), "edit what is shown"),
)
"""Keys of static/js/shortcuts.js, and what each does where the page offers it."""


@router.get("/help")
async def help_page(request: Request) -> Response:
    """What the words and figures mean."""
    content = {
        "section": "",
        "heading": "Help",
        "guides": GUIDES,
        "statuses": STATUS_LABELS,
        "flags": FLAG_LABELS,
        "shortcuts": SHORTCUTS,
    }
    return page("pages/help.html", signed_in(request), content)


@router.get("/help/{name}")
def guide(request: Request, name: str) -> Response:
    """A guide, from the file that docs/ shows as well."""
    if name in GUIDES:
        heading, back = GUIDES[name][0], ("Help", "/help")
    elif name in FOR_PROGRAMS:
        heading, back = FOR_PROGRAMS[name], ("API reference", "/reference")
    else:
        raise NotFound("guide")
    content = {"section": "", "heading": heading, "body": _text(name), "back": back, "part_of": "Help"}
    return page("pages/reference.html", signed_in(request), content)


@cache
def _text(name: str) -> Markup:
    text = (files("app.web") / "guides" / f"{name}.md").read_text(encoding="utf-8")
    return html(text.partition("\n")[2])  # its first line is the heading
