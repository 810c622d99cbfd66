"""Signing in by single sign-on: going to the provider of an area, coming back, and connecting an account.

A provider may be slow, and the service has few threads: whatever asks one runs in threads apart.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio.to_thread
from fastapi import Request
from starlette.responses import Response

from app import db
from app.access.roles import Principal
from app.clock import Moment, moment
from app.config import SignOn, settings
from app.errors import NotFound
from app.lazy_routes import page_router
from app.logs import log
from app.senders import oidc
from app.services import areas as areas_service
from app.services import own_account as own_service
from app.services import single_sign_on as service
from app.web import session_cookies
from app.web.addresses import local_address
from app.web.deps import Present, SentForm, signed_in
from app.web.errors import error_page
from app.web.forms import Form
from app.web.my_account import is_proved
from app.web.presenters import single_sign_on as presenter
from app.web.rendering import page, see_other
from app.web.visits import Visit

router = page_router()
Found = TypeVar("Found")
_LONGEST_ADDRESS = 1000
"""Characters of an address that a browser carries on the way; what is longer is left out."""
# Beside the threads that answer requests: a provider that hangs takes none of those.
_APART = anyio.CapacityLimiter(4)


async def _apart(work: Callable[[], Found]) -> Found:
    return await anyio.to_thread.run_sync(work, limiter=_APART)


def _back() -> str:
    """The address to which every provider sends people back; registered there."""
    return f"{settings().address}/sign-in/callback"


# --- There and back ---------------------------------------------------------------------------------------


@router.get("/sign-in/with/{name}")
async def leave(request: Request, name: str, next: str = "", ticket: str = "") -> Response:
    """Go to the provider of the area with this short name. ``ticket`` is that of who connects an account."""
    provider, at = service.provider_of(name), moment()
    who = signed_in(request)
    connects = service.connects(who, ticket, at.now) if ticket else None
    if ticket and connects is None:
        return _refused(None, service.GONE)
    address = local_address(next)
    begun = service.begin(name, address if len(address) <= _LONGEST_ADDRESS else "", at.now, connects)
    try:
        there = await _apart(partial(oidc.authorization_address, provider, _back(), begun.proof))
    except oidc.Refused as error:
        return _failed(provider, error)
    response = see_other(there)
    session_cookies.carry(response, session_cookies.SINGLE_SIGN_ON, service.carried(begun), service.LIFETIME)
    return response


@router.get("/sign-in/callback")
async def come_back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
    """Come back from the provider: with a code for this browser's own question, or not signed in."""
    at = moment()
    begun = service.opened(request.cookies.get(session_cookies.SINGLE_SIGN_ON, ""), at.now)
    if begun is None or not service.is_answer(begun, state):
        return _refused(None, service.GONE)
    try:
        provider = service.provider_of(begun.slug)
    except NotFound:
        return _refused(None, service.GONE)
    if error or not code:
        log.info("a provider of single sign-on refused", area=begun.slug)
        return _refused(provider, service.NOT_DONE.format(name=provider.name))
    return await _apart(partial(_finish, begun, provider, code, signed_in(request), at))


def _finish(begun: service.Begun, provider: SignOn, code: str, who: Principal | None, at: Moment) -> Response:
    """Ask the provider who brought this code, and sign them in."""
    try:
        with db.write(None) as writer:
            service.spend(writer, begun, at.now)
        claims = oidc.claims_of(provider, _back(), code, begun.proof, at.now)
    except service.Refused as refused:
        return _refused(provider, str(refused))
    except oidc.Refused as error:
        return _failed(provider, error)
    try:
        token = _let_in(begun, provider, claims, who, at)
    except service.Refused as refused:
        with db.write(None) as writer:
            service.end_of(writer, claims)
        return _refused(provider, str(refused))
    address = "/account?said=connected" if begun.user_id else begun.address
    return session_cookies.signed_in(token, address)


def _let_in(
    begun: service.Begun, provider: SignOn, claims: oidc.Claims, who: Principal | None, at: Moment
) -> str:
    try:
        with db.read(None) as reader:
            area = areas_service.by_slug(reader, begun.slug)
    except NotFound as error:
        raise service.Refused(service.GONE) from error
    with db.write(area) as writer:
        if begun.user_id is None:
            return service.sign_in(writer, area, provider, claims, at)
        if who is None or who.id != begun.user_id:
            raise service.Refused(service.GONE)
        return service.connect(writer, who, area, provider, claims, at)


def _refused(provider: SignOn | None, words: str) -> Response:
    """Nobody is signed in; why, and the way to try again."""
    response = page("pages/sign_in_refused.html", None, presenter.refused_page(words), status=422)
    session_cookies.forget(response, session_cookies.SINGLE_SIGN_ON, session_cookies.PATH)
    return response


def _failed(provider: SignOn, error: oidc.Refused) -> Response:
    """The provider is not believed, or does not answer: the reason is for the log, not for whoever asks."""
    log.warning("single sign-on failed", issuer=provider.issuer, reason=str(error))
    is_away = isinstance(error, oidc.Unreachable)
    words = service.AWAY if is_away else service.NOT_DONE
    if is_away:
        return error_page(503, None, happened=words.format(name=provider.name), back="/sign-in")
    return _refused(provider, words.format(name=provider.name))


# --- Signing out ------------------------------------------------------------------------------------------


@router.get("/sign-out/{name}")
async def end_there(name: str) -> Response:
    """Go to the provider's page that ends its own session too, or back to signing in where it has none."""
    provider = service.provider_of(name)
    try:
        there = await _apart(partial(oidc.end_session_address, provider, f"{settings().address}/sign-in"))
    except oidc.Refused as error:
        return _failed(provider, error)
    return see_other(there or "/sign-in")


# --- Connecting an account --------------------------------------------------------------------------------


@router.get("/account/single-sign-on")
def connect_form(visit: Present) -> Response:
    """Asks whether an account that has a password is to sign in by single sign-on."""
    return _connect_page(visit, Form({}))


@router.post("/account/single-sign-on")
def connect(visit: Present, sent: SentForm) -> Response:
    """With the password, the link to the provider. A form may not lead to another site, a link may."""
    form = Form(sent, order=presenter.FIELDS)
    if not is_proved(visit, form):
        return _connect_page(visit, form, status=422)
    slug, provider = _own_provider(visit)
    if provider is None:
        return see_other("/account")
    ticket = service.ticket(visit.who, visit.at.now)
    content = presenter.leave_page(provider.name, slug, ticket)
    return page("pages/single_sign_on_leave.html", visit.who, content)


def _connect_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    _, provider = _own_provider(visit)
    content = presenter.connect_page(form, provider.name if provider else "")
    return page("pages/single_sign_on.html", visit.who, content, status=status)


def _own_provider(visit: Visit) -> tuple[str, SignOn | None]:
    """The short name of the visitor's area, and the provider that they may connect to, if any."""
    with db.read(visit.who) as connection:
        slug = str(areas_service.get_area(connection, visit.who, visit.who.area_id)["slug"])
        has_password = own_service.has_password(connection, visit.who)
    return slug, settings().single_sign_on.get(slug) if has_password else None
