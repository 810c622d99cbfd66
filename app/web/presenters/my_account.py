"""One's own account in words: the page itself, and the forms of password, authenticator app and codes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from app.access import app_codes
from app.access.roles import Principal, Role
from app.sentences.words import plural
from app.services.authenticators import HOW_MANY_CODES
from app.web.forms import Form
from app.web.presenters.dates import recorded
from app.web.presenters.said import Said
from app.web.presenters.users import ROLE_LABELS

ACCOUNT = ("Your account", "/account")
PASSWORD_FIELDS = ("current", "password", "repeated")
APP_FIELDS = ("code", "current")
PROOF_FIELDS = ("current",)
_FEW_CODES = 3
_SAID = {
    "password": Said("Your password is changed. You are signed out everywhere else."),
    "removed": Said("The authenticator app is removed. Your password alone signs you in."),
    "others": Said("You are signed out everywhere else."),
    "connected": Said("Your account now signs in by single sign-on. Its password no longer works."),
    "elsewhere": Said(
        "You sign in by single sign-on, so your organisation looks after your password.", False
    ),
    "added": Said(
        "The authenticator app was added already, by the same form. Its recovery codes were shown then. If "
        "you did not keep them, make new ones below.",
        False,
    ),
    "none": Said("There is no authenticator app on your account.", False),
}


class Step(NamedTuple):
    """Something that needs the password: what it does, its button, and where its form goes."""

    heading: str
    what: str
    button: str
    path: str
    takes_away: bool


STEPS = {
    "remove": Step(
        "Remove the authenticator app?",
        "Your password alone will sign you in, and your recovery codes end. You can add an app again at any "
        "time.",
        "Remove the app",
        "/account/authenticator/remove",
        True,
    ),
    "renew": Step(
        "Make new recovery codes?",
        f"You get {HOW_MANY_CODES} new codes. Those that you have end at once.",
        "Make new codes",
        "/account/recovery-codes",
        False,
    ),
}


class SessionRow(NamedTuple):
    """A browser that is signed in."""

    began: str
    seen: str
    which: str


def account_page(account: Mapping[str, Any], who: Principal, said: str, provider: str) -> dict[str, Any]:
    """The account. ``provider`` is the name of the single sign-on that the area has, "" without one."""
    app = account["authenticator"]
    return {
        "section": "",
        "heading": "Your account",
        "said": _SAID.get(said),
        "facts": [
            ("E-mail address", account["email"], ""),
            ("Role", ROLE_LABELS[Role(account["role"])], ""),
            ("Person in the plans", account["person_name"] or "None", ""),
            ("Area", who.area_name, ""),
        ],
        "provider": provider,
        "has_password": account["issuer"] is None,
        "may_connect": bool(provider) and account["issuer"] is None,
        "app_since": recorded(app["added_at"]) if app else "",
        "codes_left": f"{app['codes_left']} {plural(app['codes_left'], 'recovery code')}" if app else "",
        "has_few_codes": bool(app) and app["codes_left"] <= _FEW_CODES,
        "sessions": [
            SessionRow(
                recorded(one["began_at"]), recorded(one["seen_at"]), "This browser" if one["is_this"] else ""
            )
            for one in account["sessions"]
        ],
    }


def password_page(form: Form) -> dict[str, Any]:
    """The form of another password."""
    return _form_page("Change your password", form)


def app_page(form: Form, secret: bytes, service: str, email: str) -> dict[str, Any]:
    """The form that adds an app: the secret as a picture and as text, and the code that proves it."""
    return {
        **_form_page("Add an authenticator app", form),
        "picture": _qr(app_codes.as_address(secret, service, email)),
        "secret": app_codes.as_text(secret),
        "service": service,
    }


def proof_page(step: str, form: Form, has_app: bool) -> dict[str, Any]:
    """Asks before a step of ``STEPS``, which needs the password; ``has_app`` is whether there is an app."""
    shown = STEPS[step]
    return {**_form_page(shown.heading, form), "step": shown, "has_app": has_app}


def codes_page(codes: Sequence[str], is_new_app: bool) -> dict[str, Any]:
    """The page that shows recovery codes, the only one that ever does."""
    return {
        "section": "",
        "heading": "Keep your recovery codes",
        "caption": ACCOUNT,
        "codes": codes,
        "said": Said("The authenticator app is added. You are signed out everywhere else.")
        if is_new_app
        else None,
    }


def _form_page(heading: str, form: Form) -> dict[str, Any]:
    return {"section": "", "heading": heading, "caption": ACCOUNT, "form": form}


def _qr(address: str) -> Markup:
    # Only who adds an app needs it: its import takes time and memory.
    import segno

    drawn = segno.make(address, error="m", micro=False)
    words = "QR code to scan with an authenticator app"
    return Markup(
        drawn.svg_inline(
            omitsize=True, light="#fff", dark="#000", svgclass="app-qr", lineclass=None, title=words
        )
    )
