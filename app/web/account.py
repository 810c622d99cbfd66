"""Signing in and out, and the one-time link that sets a password."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from app import db
from app.clock import moment
from app.config import settings
from app.errors import Invalid
from app.lazy_routes import page_router
from app.services import sessions
from app.services import users as users_service
from app.web.deps import COOKIE, SentForm
from app.web.errors import error_page
from app.web.forms import Form
from app.web.rendering import page, see_other

router = page_router()

_REFUSED = (
    "The e-mail address or password is wrong, or too many attempts were made. Check them, or wait 15 minutes"
)
_SIGN_IN = ("email", "password")
_NEW_PASSWORD = ("password", "repeated")


@router.get("/sign-in")
def sign_in_form(next: str = "", set: str = "") -> Response:
    """The sign-in form; ``next`` is the page that was asked for, ``set`` that a password was just set."""
    return _sign_in_page(Form({"next": local_address(next)}), is_password_set=bool(set))


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
        account = users_service.find_account(reader, form.value("email").strip(), at.now)
    # Between the transactions: a hash takes 150 ms, and no lock is held meanwhile.
    fits = users_service.password_fits(account, form.value("password"))
    with db.write(None) as writer:
        token = users_service.sign_in(writer, account, fits, at.now)
    if token is None:
        form.fault("email", _REFUSED)
        return _sign_in_page(form, status=422)
    response = see_other(local_address(form.value("next")) or "/")
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=not settings().is_demo,
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, sent: SentForm) -> Response:
    """End the session, on the server as well as in the browser."""
    token = request.cookies.get(COOKIE)
    if token:
        with db.write(None) as writer:
            sessions.end_session(writer, token)
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=not settings().is_demo)
    return response


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


def local_address(typed: str) -> str:
    """An address of this service that may be gone to after signing in, else ""."""
    is_local = typed.startswith("/") and not typed.startswith("//") and "\\" not in typed
    return typed if is_local and typed.isprintable() else ""


def _account_of(token: str) -> dict[str, Any] | None:
    with db.read(None) as reader:
        return users_service.open_link(reader, token, moment().now)


def _sign_in_page(form: Form, *, is_password_set: bool = False, status: int = 200) -> Response:
    content = {"heading": "Sign in", "section": "", "form": form, "is_password_set": is_password_set}
    return page("pages/sign_in.html", None, content, status=status)


def _password_page(account: dict[str, Any] | None, form: Form, *, status: int = 200) -> Response:
    if account is None:
        happened = "This link was used already or has expired. Ask your administrator for a new one."
        return error_page(404, None, happened=happened)
    content = {"heading": "Choose a password", "section": "", "form": form, "account": account}
    return page("pages/set_password.html", None, content, status=status)
