"""Signing in and out, and the one-time link that sets a password."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.clock import moment
from app.errors import Invalid
from app.lazy_routes import page_router
from app.services import authenticators, sessions, signing_in, single_sign_on
from app.services import users as users_service
from app.web import session_cookies
from app.web.addresses import local_address
from app.web.deps import SentForm
from app.web.errors import error_page
from app.web.forms import Form
from app.web.presenters.said import Said
from app.web.presenters.single_sign_on import way_out, ways_in
from app.web.rendering import page, see_other

router = page_router()

_REFUSED = (
    "The e-mail address or password is wrong, or too many attempts were made. Check them, or wait 15 minutes"
)
_SAID = {
    "set": Said("Your password is set. Sign in with it now."),
    "kept": Said("You were signed out, so nothing is saved yet. What you typed is kept: sign in to go on."),
    "ended": Said(
        "You were signed out: you did not use the service for 2 hours, or signed in 12 hours ago, or signed "
        "out in another place, or your role or password changed. Sign in to go on.",
        False,
    ),
    "over": Said("Signing in took too long, or your password has changed since. Begin again.", False),
}
_SIGN_IN = ("email", "password")
_CODE = ("code",)
_NEW_PASSWORD = ("password", "repeated")


@router.get("/sign-in")
def sign_in_form(
    next: str = "", set: str = "", over: str = "", kept: str = "", ended: str = "", out: str = ""
) -> Response:
    """The sign-in form; ``next`` is the page that was asked for, ``set`` that a password was just set.

    ``over`` says that signing in took too long and begins anew, ``kept`` that what was typed is kept,
    ``ended`` that a session is over; ``out``
    is the area by whose single sign-on somebody was signed in until now.
    """
    said = "set" if set else "over" if over else "kept" if kept else "ended" if ended else ""
    return _sign_in_page(Form({"next": local_address(next)}), said=said, out=out)


@router.post("/sign-in")
def sign_in(sent: SentForm) -> Response:
    """Check the password and start a session. One message for every reason to refuse."""
    form, at = Form(sent, order=_SIGN_IN), moment()
    for name, words in (("email", "Enter your e-mail address"), ("password", "Enter your password")):
        if not form.value(name).strip():
            form.fault(name, words)
    if form.problems:
        return _sign_in_page(form, status=422)
    with db.read(None) as reader:
        account = signing_in.find_account(reader, form.value("email").strip(), at.now)
    # Between the transactions: a hash takes 150 ms, and no lock is held meanwhile.
    fits = signing_in.password_fits(account, form.value("password"))
    with db.write(None) as writer:
        token = signing_in.sign_in(writer, account, fits, at.now)
    if token is None:
        form.fault("email", _REFUSED)
        return _sign_in_page(form, status=422)
    address = local_address(form.value("next"))
    if isinstance(token, signing_in.CodeWanted):
        return _ask_for_code(token.user_id, address, at.now)
    return session_cookies.signed_in(token, address)


def _ask_for_code(user_id: UUID, address: str, now: datetime) -> Response:
    with db.read(None) as reader:
        ticket = authenticators.ticket(reader, user_id, now)
    response = see_other(_code_address(address))
    session_cookies.carry(response, session_cookies.CODE_TICKET, ticket, authenticators.TICKET_LIFETIME)
    return response


@router.get("/sign-in/code")
def code_form(request: Request, next: str = "") -> Response:
    """Asks for the code of the authenticator app, of somebody whose password fitted a moment ago."""
    form = Form({"next": local_address(next)}, order=_CODE)
    return _code_page(form) if _gave_password(request) else see_other("/sign-in?over=1")


@router.post("/sign-in/code")
def code(request: Request, sent: SentForm) -> Response:
    """Check the code, of the app or for recovery, and start a session."""
    form, at = Form(sent, order=_CODE), moment()
    if not _gave_password(request):
        return see_other("/sign-in?over=1")
    if not form.value("code").strip():
        form.fault("code", "Enter the code that the app shows, or a recovery code")
        return _code_page(form, status=422)
    with db.write(None) as writer:
        token = authenticators.sign_in(writer, _ticket(request), form.value("code"), at)
    if token is None:
        form.fault("code", f"{authenticators.WRONG_CODE}. After ten wrong ones, wait 15 minutes")
        return _code_page(form, status=422)
    return session_cookies.signed_in(token, local_address(form.value("next")))


def _ticket(request: Request) -> str:
    return request.cookies.get(session_cookies.CODE_TICKET, "")


def _gave_password(request: Request) -> bool:
    with db.read(None) as reader:
        return authenticators.user_of_ticket(reader, _ticket(request), moment().now) is not None


def _code_address(address: str) -> str:
    return f"/sign-in/code?next={quote(address, safe='/')}" if address else "/sign-in/code"


@router.post("/sign-out")
def sign_out(request: Request, sent: SentForm) -> Response:
    """End the session, on the server as well as in the browser."""
    token = session_cookies.session_of(request)
    slug = left = ""
    if token:
        with db.write(None) as writer:
            slug = single_sign_on.slug_of_session(writer, token)
            left = sessions.end_session(writer, token, moment().now)
    return session_cookies.signed_out(f"/sign-in?out={slug}" if slug else "/sign-in", left)


@router.get("/set-password/{token}")
def set_password_form(token: str) -> Response:
    """The form behind a one-time link."""
    return _password_page(_account_of(token), Form({}))


@router.post("/set-password/{token}")
def set_password(token: str, sent: SentForm) -> Response:
    """Set the password, which uses up the link."""
    account = _account_of(token)
    if account is None:
        return _password_page(None, Form({}))
    form = Form(sent, order=_NEW_PASSWORD)
    password = form.value("password")
    if password != form.value("repeated"):
        form.fault("repeated", "Type the same password twice")
    try:
        hashed = "" if form.problems else users_service.hash_new_password(account["email"], password)
        if hashed:
            with db.write(None) as writer:
                users_service.set_password(writer, token, hashed, moment())
    except Invalid as error:
        form.take(error)
    if form.problems:
        return _password_page(account, form, status=422)
    return see_other("/sign-in?set=1")


def _account_of(token: str) -> dict[str, Any] | None:
    with db.read(None) as reader:
        return users_service.open_link(reader, token, moment().now)


def _sign_in_page(form: Form, *, said: str = "", out: str = "", status: int = 200) -> Response:
    content = {
        "heading": "Sign in",
        "section": "",
        "form": form,
        "said": _SAID.get(said),
        "ways": ways_in(local_address(form.value("next"))),
        "out": way_out(out),
    }
    return page("pages/sign_in.html", None, content, status=status)


def _code_page(form: Form, *, status: int = 200) -> Response:
    content = {"heading": "Enter the code from your app", "section": "", "form": form}
    return page("pages/sign_in_code.html", None, content, status=status)


def _password_page(account: dict[str, Any] | None, form: Form, *, status: int = 200) -> Response:
    if account is None:
        happened = "This link was used already or has expired. Ask an admin for a new one."
        return error_page(404, None, happened=happened)
    content = {"heading": "Choose a password", "section": "", "form": form, "account": account}
    return page("pages/set_password.html", None, content, status=status)
