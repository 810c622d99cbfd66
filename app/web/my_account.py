"""The pages of one's own account: password, authenticator app, recovery codes, and where one is signed in."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.config import settings
from app.errors import Conflict, Invalid, invalid
from app.lazy_routes import page_router
from app.services import authenticators, sessions, signing_in
from app.services import own_account as own_service
from app.services import users as users_service
from app.web import session_cookies
from app.web.deps import Present, SentForm
from app.web.forms import Form
from app.web.presenters import my_account as presenter
from app.web.record_forms import NOT_WHOLE
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, set_aside
from app.web.visits import Visit

router = page_router()
_WRONG = "This is not your current password, or too many attempts were made. Check it, or wait 15 minutes"


@router.get("/account")
def account(visit: Present, request: Request, said: str = "") -> Response:
    """The account; ``said`` is what has just been done."""
    with db.read(visit.who) as connection:
        found = own_service.own_account(
            connection, visit.who, visit.at.now, session_cookies.session_of(request)
        )
    provider = settings().single_sign_on.get(found["slug"])
    content = presenter.account_page(found, visit.who, said, provider.name if provider else "")
    return page("pages/my_account.html", visit.who, content)


@router.post("/account/sessions")
def end_sessions(visit: Present, request: Request, sent: SentForm) -> Response:
    """Sign out everywhere else, or here as well."""
    which = Form(sent).value("which")
    if which not in ("others", "all"):
        raise invalid("", NOT_WHOLE)
    this = session_cookies.session_of(request)
    with db.write(None) as writer:
        sessions.lapse_all(writer, users_service.own_id(visit.who), visit.at.now, but=this)
        left = sessions.end_session(writer, this, visit.at.now) if which == "all" else ""
    return (
        session_cookies.signed_out("/sign-in", left) if which == "all" else see_other("/account?said=others")
    )


# --- Password ---------------------------------------------------------------------------------------------


@router.get("/account/password")
def password_form(visit: Present) -> Response:
    """The form of another password."""
    return _password_page(visit, Form({})) if _has_password(visit) else _elsewhere()


@router.post("/account/password")
def change_password(visit: Present, request: Request, sent: SentForm) -> Response:
    """Change the password; other sessions end."""
    if not _has_password(visit):
        return _elsewhere()
    form = Form(sent, order=presenter.PASSWORD_FIELDS)
    if form.value("password") != form.value("repeated"):
        form.fault("repeated", "Type the same password twice")
    if not form.problems and is_proved(visit, form):
        try:
            hashed = users_service.hash_new_password(_email(visit), form.value("password"))
            with db.write(visit.who) as connection:
                users_service.change_password(
                    connection, visit.who, visit.at, hashed, session_cookies.session_of(request)
                )
            return see_other("/account?said=password")
        except Invalid as error:
            form.take(error)
    return _password_page(visit, form, status=422)


def _password_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    return page("pages/my_password.html", visit.who, presenter.password_page(form), status=status)


def _has_password(visit: Visit) -> bool:
    with db.read(visit.who) as connection:
        return own_service.has_password(connection, visit.who)


def _email(visit: Visit) -> str:
    with db.read(visit.who) as connection:
        return own_service.email(connection, visit.who)


def _elsewhere() -> Response:
    return see_other("/account?said=elsewhere")


def is_proved(visit: Visit, form: Form) -> bool:
    """Whether the form holds the current password; if not, it says so, and the failure is counted."""
    if not form.value("current"):
        form.fault("current", "Enter your current password")
        return False
    with db.read(None) as reader:
        found = signing_in.account_of(reader, visit.who, visit.at.now)
    # Between the transactions, as in signing in: a hash takes 150 ms.
    fits = signing_in.password_fits(found, form.value("current"))
    with db.write(None) as writer:
        proves = signing_in.confirm(writer, found, fits, visit.at.now)
    if not proves:
        form.fault("current", _WRONG)
    return proves


# --- Authenticator app ------------------------------------------------------------------------------------


@router.get("/account/authenticator")
def app_form(visit: Present) -> Response:
    """The form that adds an app. Its secret follows from an id that the form carries: nothing is stored."""
    if not _has_password(visit):
        return _elsewhere()
    carried = set_aside(visit.who)
    return _app_page(visit, Form({"key": carried}), _key(visit, carried))


@router.post("/account/authenticator")
def add_app(visit: Present, request: Request, sent: SentForm) -> Response:
    """Add the app, and show the recovery codes, once."""
    if not _has_password(visit):
        return _elsewhere()
    form = Form(sent, order=presenter.APP_FIELDS)
    key = id_set_aside(visit.who, form.value("key"))
    if key is None:
        carried = set_aside(visit.who)
        form = Form({"key": carried}, order=presenter.APP_FIELDS)
        form.fault("", NOT_WHOLE)
        return _app_page(visit, form, _key(visit, carried), status=422)
    if not form.value("code").strip():
        form.fault("code", "Enter the code that the app shows")
    if not form.problems and is_proved(visit, form):
        try:
            with db.write(visit.who) as connection:
                codes = authenticators.add(
                    connection,
                    visit.who,
                    visit.at,
                    key,
                    form.value("code"),
                    session_cookies.session_of(request),
                )
            return page("pages/recovery_codes.html", visit.who, presenter.codes_page(codes, True))
        except Conflict:
            return see_other("/account?said=added")
        except Invalid as error:
            form.take(error)
    return _app_page(visit, form, key, status=422)


def _key(visit: Visit, carried: str) -> UUID:
    found = id_set_aside(visit.who, carried)
    assert found is not None, "an id that was set aside a moment ago"
    return found


def _app_page(visit: Visit, form: Form, key: UUID, *, status: int = 200) -> Response:
    secret = authenticators.secret_of(users_service.own_id(visit.who), key)
    content = presenter.app_page(form, secret, settings().name, _email(visit))
    return page("pages/authenticator.html", visit.who, content, status=status)


@router.get("/account/authenticator/remove")
def remove_form(visit: Present) -> Response:
    """Asks whether the app is to go."""
    return _proof_page(visit, "remove", Form({}))


@router.post("/account/authenticator/remove")
def remove_app(visit: Present, sent: SentForm) -> Response:
    """Remove the app and its recovery codes."""
    form = Form(sent, order=presenter.PROOF_FIELDS)
    if not is_proved(visit, form):
        return _proof_page(visit, "remove", form, status=422)
    with db.write(visit.who) as connection:
        authenticators.remove(connection, visit.who, visit.at)
    return see_other("/account?said=removed")


@router.get("/account/recovery-codes")
def codes_form(visit: Present) -> Response:
    """Asks whether new recovery codes are wanted."""
    return _proof_page(visit, "renew", Form({}))


@router.post("/account/recovery-codes")
def renew_codes(visit: Present, sent: SentForm) -> Response:
    """New recovery codes, shown once; the old ones end."""
    form = Form(sent, order=presenter.PROOF_FIELDS)
    if not is_proved(visit, form):
        return _proof_page(visit, "renew", form, status=422)
    try:
        with db.write(visit.who) as connection:
            codes = authenticators.renew_codes(connection, visit.who, visit.at)
    except Conflict:
        return see_other("/account?said=none")
    return page("pages/recovery_codes.html", visit.who, presenter.codes_page(codes, False))


def _proof_page(visit: Visit, step: str, form: Form, *, status: int = 200) -> Response:
    """Asks before a step of ``presenter.STEPS``, and for the password."""
    with db.read(visit.who) as connection:
        has_app = authenticators.state(connection, visit.who) is not None
    return page("pages/my_proof.html", visit.who, presenter.proof_page(step, form, has_app), status=status)
